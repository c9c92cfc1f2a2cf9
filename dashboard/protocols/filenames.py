"""What recorded files are called. Source: agora-anyrtc.md section 11 (both vendors).

A *stem* is what all files of one mixed recording begin with: `<sid>_<channel, cleaned>`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

CLEANED = frozenset("!@#$%^&*()+_.=[]{}~|,;:?<>")
"""Characters of a channel name that become "-" in a file name."""

Kind = Literal["playlist", "slice", "mp4", "other"]

_STAMP = re.compile(r"\d{17}")
_NAME = re.compile(
    r"(?:bak(?P<bak>\d+)_)?(?P<stem>(?P<sid>[0-9a-f]{32})_[^/]*?)"
    r"(?:_(?P<stamp>\d{17})\.ts|_(?P<index>\d{1,6})\.mp4|\.m3u8)"
)


def clean_channel(name: str) -> str:
    return "".join("-" if character in CLEANED else character for character in name)


def stem(sid: str, channel: str) -> str:
    return f"{sid}_{clean_channel(channel)}"


def playlist_name(stem: str) -> str:
    return f"{stem}.m3u8"


def slice_name(stem: str, start_ms: int, prefix: str = "") -> str:
    """prefix: "" or `failover_prefix(n)`."""
    return f"{prefix}{stem}_{utc_stamp(start_ms)}.ts"


def mp4_name(stem: str, index: int) -> str:
    return f"{stem}_{index}.mp4"


def individual_stem(stem: str, uid: str, kind: Literal["audio", "video", "av"]) -> str:
    """What the files of one person begin with. "av": both media in one index."""
    return f"{stem}__uid_s_{uid}__uid_e_{kind}"


def snapshot_name(stem: str, uid: str, at_ms: int) -> str:
    return f"{individual_stem(stem, uid, 'video')}_{utc_stamp(at_ms)}.jpg"


def failover_prefix(n: int) -> str:
    """What slices begin with after the n-th resumption; n from 0."""
    return f"bak{n}_"


def with_folders(prefix: Sequence[str], name: str) -> str:
    """The full name in a bucket: the elements of `fileNamePrefix`, then the file."""
    return "/".join((*prefix, name))


def utc_stamp(ms: int) -> str:
    """yyyyMMddHHmmssSSS in UTC."""
    at = datetime.fromtimestamp(ms // 1000, UTC)
    return f"{at:%Y%m%d%H%M%S}{ms % 1000:03d}"


def parse_stamp(stamp: str) -> int:
    """Milliseconds of a stamp of 17 digits, or of unix milliseconds with 13. Raises ValueError."""
    if len(stamp) == 13 and stamp.isdecimal():
        return int(stamp)
    if not _STAMP.fullmatch(stamp):
        raise ValueError(f"not a time stamp: {stamp!r}")
    at = datetime.strptime(stamp[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    return int(at.timestamp()) * 1000 + int(stamp[14:])


@dataclass(frozen=True)
class FileName:
    """What a name tells. failover: n of `bak<n>_`. index: which MP4, from 0."""

    kind: Kind
    sid: str | None = None
    stem: str | None = None
    start_ms: int | None = None
    index: int | None = None
    failover: int | None = None


def parse_name(name: str) -> FileName:
    """Read a file name, with or without folders before it; what it does not know is "other"."""
    found = _NAME.fullmatch(name.rsplit("/", 1)[-1])
    if not found:
        return FileName("other")
    shared = {
        "sid": found["sid"],
        "stem": found["stem"],
        "failover": int(found["bak"]) if found["bak"] else None,
    }
    if found["stamp"]:
        try:
            return FileName("slice", start_ms=parse_stamp(found["stamp"]), **shared)
        except ValueError:
            return FileName("other")
    if found["index"]:
        return FileName("mp4", index=int(found["index"]), **shared)
    return FileName("playlist", **shared)
