"""The index of a recording as text: an HLS playlist with the tags Agora writes.

Plain text in, plain text out; the media is not looked at. Tags, their order and the
missing comma after EXTINF follow Agora's "Manage recorded files" page (reference
section 11); the comma comes with `correctEXTINF`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from dashboard.protocols.filenames import parse_stamp, utc_stamp

TARGET_S = 15
"""Promised up front and never changed, as players may read it once."""

_TRACK_EVENT = "#EXT-X-AGORA-TRACK-EVENT:"
_NAMED = re.compile(r"_(\d{17})\.ts$")


@dataclass(frozen=True)
class Slice:
    """One media file of the playlist.

    duration_s: seconds, six decimals count.
    discontinuity: there is a gap or a new encoder before it.
    tracks: "VIDEO", "AUDIO": the tracks that begin (again) with this slice.
    """

    name: str
    duration_s: float
    discontinuity: bool = False
    tracks: tuple[str, ...] = ()

    @property
    def start_ms(self) -> int:
        """When its first picture was taken, as its name says. ValueError for other names."""
        found = _NAMED.search(self.name)
        if not found:
            raise ValueError(f"{self.name}: no time in the name")
        return parse_stamp(found[1])

    @property
    def end_ms(self) -> int:
        return self.start_ms + round(self.duration_s * 1000)


@dataclass(frozen=True)
class Playlist:
    """comma: write the comma after EXTINF that the HLS standard asks for."""

    slices: tuple[Slice, ...] = ()
    ended: bool = False
    comma: bool = False

    @property
    def duration_s(self) -> float:
        return round(sum(item.duration_s for item in self.slices), 6)

    def add(self, item: Slice) -> "Playlist":
        return replace(self, slices=(*self.slices, item))

    def render(self) -> str:
        return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        yield from ("#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-MEDIA-SEQUENCE:0",
                    "#EXT-X-ALLOW-CACHE:YES", f"#EXT-X-TARGETDURATION:{TARGET_S}")  # fmt: skip
        comma = "," if self.comma else ""
        for item in self.slices:
            if item.discontinuity:
                yield "#EXT-X-DISCONTINUITY"
            for track in item.tracks:
                at = utc_stamp(item.start_ms)
                yield f"{_TRACK_EVENT}EVENT=START,TRACK_TYPE={track},TIME={at}"
            yield f"#EXTINF:{item.duration_s:.6f}{comma}"
            yield item.name
        if self.ended:
            yield "#EXT-X-ENDLIST"


def parse(document: str) -> Playlist:
    """Read a playlist back, also one cut off in the middle of a line by a crash.

    Unknown tags are passed over, a file name without an EXTINF as well.
    """
    found = Playlist()
    duration, gap, tracks = None, False, ()
    for line in document.splitlines():
        if line.startswith("#EXTINF:"):
            duration = _seconds(line)
            found = replace(found, comma=line.endswith(",") or found.comma)
        elif line == "#EXT-X-DISCONTINUITY":
            gap = True
        elif line.startswith(_TRACK_EVENT):
            tracks = (*tracks, *re.findall(r"TRACK_TYPE=(\w+)", line))
        elif line == "#EXT-X-ENDLIST":
            found = replace(found, ended=True)
        elif line and not line.startswith("#") and duration is not None:
            found = found.add(Slice(line, duration, gap, tracks))
            duration, gap, tracks = None, False, ()
    return found


def _seconds(line: str) -> float | None:
    number = re.match(r"#EXTINF:\s*(\d+(?:\.\d+)?)", line)
    return float(number[1]) if number else None
