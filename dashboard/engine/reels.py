"""Which indexes a recording has, and what their files are called in either vendor's style."""

import re
from dataclasses import dataclass
from typing import Any, Literal

from dashboard.protocols import filenames, trtc_filenames

Medium = Literal["audio", "video", "audio_video"]
Stream = Literal["main", "screen", "mix"]

OPEN = ".part"
"""What a file is called by while it is written."""


@dataclass(frozen=True, order=True)
class Reel:
    """What one index holds. uid: "" for everybody in one picture."""

    uid: str
    stream: Stream
    medium: Medium

    @property
    def media(self) -> tuple[str, ...]:
        return tuple(self.medium.split("_"))

    def to_json(self) -> dict[str, Any]:
        return {"uid": self.uid, "stream": self.stream, "medium": self.medium}


def mixed(streams: str) -> Reel:
    """streams: "both", "audio" or "video"."""
    return Reel("", "mix", "audio_video" if streams == "both" else streams)


@dataclass(frozen=True)
class FileOf:
    """What the name of a file in the folder says.

    index: the index that lists it, or itself. start_ms: of a slice, None for an index.
    """

    reel: Reel
    index: str
    start_ms: int | None = None
    is_open: bool = False


@dataclass(frozen=True)
class Names:
    """All names of one recording.

    style: "agora" or "trtc". streams: those of the mixed picture. prefix: of files made after
    a failover: of slices in Agora's style, of slices and indexes in TRTC's.
    """

    style: str
    stem: str
    streams: str = "both"
    prefix: str = ""

    def index(self, reel: Reel) -> str:
        prefix = self.prefix if self.style == "trtc" else ""
        return f"{prefix}{self._stem_of(reel)}.m3u8"

    def slice(self, reel: Reel, start_ms: int) -> str:
        return filenames.slice_name(self._stem_of(reel), start_ms, self.prefix)

    def part(self, uid: str, stream: Stream, number: int, parts: int, ending: str) -> str:
        """An MP4 or a file of sound. number: from 0."""
        if self.style == "trtc":
            stem = self._single(uid, stream) if uid else self.stem
            return trtc_filenames.part_name(stem, number + 1, parts, ending)
        stem = f"{self.stem}__uid_s_{uid}__uid_e" if uid else self.stem
        return f"{stem}_{number}.{ending}"

    def snapshot(self, uid: str, at_ms: int) -> str:
        return filenames.snapshot_name(self.stem, uid, at_ms)

    def read_snapshot(self, name: str) -> tuple[str, int] | None:
        """Whose it is and when it was taken; None for other files."""
        pattern = rf"{re.escape(self.stem)}__uid_s_(.+)__uid_e_video_(\d{{17}})\.jpg"
        found = re.fullmatch(pattern, name)
        return (found[1], filenames.parse_stamp(found[2])) if found else None

    def read(self, name: str) -> FileOf | None:
        """None for files of others, and for MP4 and pictures."""
        found = self._pattern().fullmatch(name)
        if not found:
            return None
        try:
            reel = self._reel_of(found)
            start_ms = filenames.parse_stamp(found["stamp"]) if found["stamp"] else None
        except ValueError:
            return None
        prefix = found["prefix"] or ""
        return FileOf(reel, Names(self.style, self.stem, self.streams, prefix).index(reel),
                      start_ms, bool(found["open"]))  # fmt: skip

    def _stem_of(self, reel: Reel) -> str:
        if not reel.uid:
            return self.stem
        if self.style == "trtc":
            return self._single(reel.uid, reel.stream, reel.medium)
        kind = "av" if reel.medium == "audio_video" else reel.medium
        return filenames.individual_stem(self.stem, reel.uid, kind)

    def _single(self, uid: str, stream: Stream, medium: Medium = "audio_video") -> str:
        media = "aux" if stream == "screen" else "main"
        track = None if medium == "audio_video" else medium
        return trtc_filenames.single_stem(self.stem, uid, media, track)

    def _pattern(self) -> re.Pattern[str]:
        prefix, person = _PATTERNS[self.style]
        return re.compile(
            rf"(?P<prefix>{prefix}\d+_)?{re.escape(self.stem)}(?:{person})?"
            rf"(?:_(?P<stamp>\d{{17}})\.ts(?P<open>{re.escape(OPEN)})?|\.m3u8)"
        )

    def _reel_of(self, found: re.Match[str]) -> Reel:
        if found["uid"] is None:
            return mixed(self.streams)
        if self.style == "trtc":
            stream = "screen" if found["media"] == "aux" else "main"
            return Reel(trtc_filenames.decode(found["uid"]), stream, found["kind"] or "audio_video")
        kind = found["kind"]
        return Reel(found["uid"], "main", "audio_video" if kind == "av" else kind)


_PATTERNS = {
    "agora": ("bak", r"__uid_s_(?P<uid>.+)__uid_e_(?P<kind>audio|video|av)"),
    "trtc": (
        "ha",
        r"__UserId_s_(?P<uid>[\w+.-]+)__UserId_e_(?P<media>main|aux)(?:_(?P<kind>audio|video))?",
    ),
}
