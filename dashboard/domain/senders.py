"""Who sends in a channel, as far as callbacks tell: kept small, whatever their order.

Streams are a JSON-simple map, "audio:11" to [sends, order, when]: order grows with what the
vendor told later (its sequence, else its time); when is ms since 1970 by our clock.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Streams = Mapping[str, list[Any]]

MOST = 200
"""Of those that have stopped, the ones longest ago are forgotten first."""


def told(
    streams: Streams | None, medium: str, uid: str, sends: bool, order: int, at: datetime
) -> dict[str, list[Any]]:
    """The streams after one more word of them. One that is late or repeated changes nothing."""
    known = dict(streams or {})
    before = known.get(f"{medium}:{uid}")
    if before is None or order > before[1]:
        known[f"{medium}:{uid}"] = [sends, order, int(at.timestamp() * 1000)]
    return _trimmed(known)


def silence(streams: Streams | None, media: tuple[str, ...]) -> tuple[bool | None, datetime | None]:
    """Whether anybody sends one of these media, and since when nobody does.

    (None, None): no word of it has come.
    """
    of_these = [
        stream for name, stream in (streams or {}).items() if name.split(":", 1)[0] in media
    ]
    if not of_these:
        return None, None
    if any(sends for sends, _, _ in of_these):
        return True, None
    last_ms = max(ms for _, _, ms in of_these)
    return False, datetime.fromtimestamp(last_ms / 1000, UTC)


def _trimmed(streams: dict[str, list[Any]]) -> dict[str, list[Any]]:
    if len(streams) <= MOST:
        return streams
    quiet = sorted((name for name in streams if not streams[name][0]), key=lambda n: streams[n][2])
    for name in quiet[: len(streams) - MOST]:
        del streams[name]
    return streams
