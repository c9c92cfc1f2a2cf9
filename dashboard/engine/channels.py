"""Who is in which channel. People are test cards or files; they survive a restart."""

import asyncio
import json
import logging
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from dashboard.clock import now_ms
from dashboard.engine.disk import write_atomically

log = logging.getLogger(__name__)

PALETTE = (
    "#2F6FDE", "#D9822B", "#2E9E6B", "#7A5BD0", "#1E97A8", "#B8921E", "#5B6BC0", "#4F8F3A",
    "#9A5AA8", "#2B83B5", "#A8713C", "#3D9488",
)  # fmt: skip
"""Card colours. None is red: red means on air."""
DEMO_UIDS = ("1001", "1002", "1003")


@dataclass(frozen=True)
class Publisher:
    """Somebody who publishes.

    kind: "testcard" or "file". tone_hz: what a test card sounds like. joined_ms: wall time.
    screen: they share their screen as well. file: relative to the media folder.
    """

    uid: str
    kind: str
    color: str
    tone_hz: float
    audio: bool
    video: bool
    joined_ms: int
    screen: bool = False
    file: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


Listener = Callable[[str, Publisher | None, str], None]
"""Called with the channel, the publisher as it is now (None: gone) and the uid."""


class Channels:
    """Keeps everything in one small file; several writes in a row end as one."""

    def __init__(self, path: Path, demo_channel: str = "") -> None:
        self._path = path
        self._people: dict[str, dict[str, Publisher]] = {}
        self._listeners: list[Listener] = []
        self._saving = asyncio.Lock()
        if path.exists():
            self._read()
        elif demo_channel:
            for uid in DEMO_UIDS:
                self._people.setdefault(demo_channel, {})[uid] = default_publisher(uid)
            self._write(self._document())

    def listen(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def names(self) -> list[str]:
        return sorted(self._people)

    def people(self, channel: str) -> list[Publisher]:
        """In the order in which they joined."""
        return list(self._people.get(channel, {}).values())

    async def put(self, channel: str, uid: str, **changes: Any) -> Publisher:
        """Let somebody join, or change how they publish. Raises OSError."""
        room = self._people.setdefault(channel, {})
        publisher = replace(room.get(uid) or default_publisher(uid), **changes)
        room[uid] = publisher
        self._tell(channel, publisher, uid)
        await self._save()
        return publisher

    async def remove(self, channel: str, uid: str) -> bool:
        """Returns whether somebody left."""
        room = self._people.get(channel, {})
        if room.pop(uid, None) is None:
            return False
        if not room:
            self._people.pop(channel, None)
        self._tell(channel, None, uid)
        await self._save()
        return True

    def _tell(self, channel: str, publisher: Publisher | None, uid: str) -> None:
        for listener in self._listeners:
            listener(channel, publisher, uid)

    def _document(self) -> bytes:
        rooms = {
            channel: [publisher.to_json() for publisher in room.values()]
            for channel, room in self._people.items()
        }
        return json.dumps({"channels": rooms}, indent=1).encode()

    async def _save(self) -> None:
        async with self._saving:
            await asyncio.to_thread(self._write, self._document())

    def _write(self, document: bytes) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._path, document)

    def _read(self) -> None:
        try:
            document = json.loads(self._path.read_bytes())
            for channel, people in document["channels"].items():
                self._people[channel] = {item["uid"]: Publisher(**item) for item in people}
        except (OSError, ValueError, KeyError, TypeError) as fault:
            log.error("%s cannot be read, channels begin empty: %r", self._path.name, fault)


def default_publisher(uid: str) -> Publisher:
    """The same card for the same uid, always."""
    turn = DEMO_UIDS.index(uid) if uid in DEMO_UIDS else zlib.crc32(uid.encode())
    return Publisher(
        uid=uid,
        kind="testcard",
        color=PALETTE[turn % len(PALETTE)],
        tone_hz=440.0 + 110.0 * (turn % 12),
        audio=True,
        video=True,
        joined_ms=now_ms(),
    )
