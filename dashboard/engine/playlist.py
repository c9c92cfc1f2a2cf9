"""The index of a recording as text: an HLS playlist with the private tags of either vendor.

Plain text in, plain text out; the media is not looked at. Agora's tags, their order and the
missing comma after EXTINF follow its "Manage recorded files" page (agora-anyrtc.md section
11); the comma comes with `correctEXTINF`. TRTC's are those of trtc.md section 7.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dashboard.protocols.filenames import parse_stamp, utc_stamp

TARGET_S = 15

_TRACK_EVENT = "#EXT-X-AGORA-TRACK-EVENT:"
_ROTATE = "#EXT-X-AGORA-ROTATE:"
_TRTC = "#EXT-X-TRTC-"
_NAMED = re.compile(r"_(\d{17})\.ts$")
_PAIR = re.compile(r"WIDTH[=:](\d+)[, ]HEIGHT[=:](\d+)")


@dataclass(frozen=True)
class Slice:
    """One media file of the playlist.

    duration_s: seconds, six decimals count.
    discontinuity: there is a gap or a new encoder before it.
    tracks: "VIDEO", "AUDIO": the tracks that begin (again) with this slice.
    pixels: width and height of the picture that begins with it, where the style tells them.
    """

    name: str
    duration_s: float
    discontinuity: bool = False
    tracks: tuple[str, ...] = ()
    size_bytes: int = 0
    pixels: tuple[int, int] | None = None

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
class Head:
    """What a playlist says of itself.

    style: "agora" or "trtc". target_s: promised up front, as players may read it once; it
        grows only where a publisher's key frames are further apart.
    The rest goes into TRTC's tags. media: "main", "aux" or "mix". rate, channels: of the sound.
    """

    style: str = "agora"
    target_s: int = TARGET_S
    uid: str = ""
    media: str = "mix"
    tracks: tuple[str, ...] = ()
    rate: int = 48_000
    channels: int = 1


@dataclass(frozen=True)
class Playlist:
    """comma: write the comma after EXTINF that the HLS standard asks for."""

    slices: tuple[Slice, ...] = ()
    ended: bool = False
    comma: bool = False
    head: Head = field(default=Head(), compare=False)

    @property
    def duration_s(self) -> float:
        return round(sum(item.duration_s for item in self.slices), 6)

    def add(self, item: Slice) -> "Playlist":
        return replace(self, slices=(*self.slices, item))

    def render(self) -> str:
        return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        head, before, digits = _STYLES[self.head.style]
        yield from head(self)
        comma = "," if self.comma else ""
        for item in self.slices:
            if item.discontinuity:
                yield "#EXT-X-DISCONTINUITY"
            yield from before(item)
            yield f"#EXTINF:{item.duration_s:.{digits}f}{comma}"
            yield item.name
        if self.ended:
            yield "#EXT-X-ENDLIST"

    @property
    def _target_s(self) -> int:
        longest = max((item.duration_s for item in self.slices), default=0)
        return max(self.head.target_s, int(longest + 0.5))

    def _agora_head(self) -> Iterator[str]:
        yield from ("#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-MEDIA-SEQUENCE:0")
        yield "#EXT-X-ALLOW-CACHE:YES"
        yield f"#EXT-X-TARGETDURATION:{self._target_s}"

    def _trtc_head(self) -> Iterator[str]:
        head = self.head
        yield from ("#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-ALLOW-CACHE:NO")
        yield "#EXT-X-MEDIA-SEQUENCE:0"
        yield f"#EXT-X-TARGETDURATION:{self._target_s}"
        if self.slices:
            yield f"{_TRTC}START-REC-TIME:{self.slices[0].start_ms}"
        if head.uid:
            yield f"{_TRTC}MEDIA-ID:{head.media}"
            yield f"{_TRTC}USER-ID:{head.uid}"
        yield f"{_TRTC}MIX-STREAM:{int(not head.uid)}"
        if len(head.tracks) == 1:
            yield f"{_TRTC}STREAM-TYPE:{int(head.tracks[0] == 'video')}"
        if "audio" in head.tracks:
            yield (f"{_TRTC}AUDIO-METADATA:Channel:{head.channels} SampleRate:{head.rate} "
                   f"SampleFormat:1 Codec:{_AAC}")  # fmt: skip
        pixels = next((item.pixels for item in self.slices if item.pixels), None)
        if pixels:
            yield f"{_TRTC}VIDEO-METADATA:WIDTH:{pixels[0]} HEIGHT:{pixels[1]} Codec:{_H264}"


_AAC, _H264 = 86018, 27
"""FFmpeg's numbers of codecs."""


def _before_agora(item: Slice) -> Iterator[str]:
    at = utc_stamp(item.start_ms) if item.tracks or item.pixels else ""
    for track in item.tracks:
        yield f"{_TRACK_EVENT}EVENT=START,TRACK_TYPE={track},TIME={at}"
    if item.pixels:
        yield f"{_ROTATE}WIDTH={item.pixels[0]},HEIGHT={item.pixels[1]},ROTATE=0,TIME={at}"


def _before_trtc(item: Slice) -> Iterator[str]:
    yield f"{_TRTC}FILE-ATTR:{item.start_ms},{item.size_bytes}"


_STYLES = {
    "agora": (Playlist._agora_head, _before_agora, 6),
    "trtc": (Playlist._trtc_head, _before_trtc, 3),
}


def parse(document: str) -> Playlist:
    """Read a playlist back, also one cut off in the middle of a line by a crash.

    Unknown tags are passed over, a file name without an EXTINF as well.
    """
    found = Playlist()
    duration, gap, tracks, size, pixels = None, False, (), 0, None
    for line in document.splitlines():
        if line.startswith("#EXTINF:"):
            duration = _seconds(line)
            found = replace(found, comma=line.endswith(",") or found.comma)
        elif line == "#EXT-X-DISCONTINUITY":
            gap = True
        elif line.startswith(_TRACK_EVENT):
            tracks = (*tracks, *re.findall(r"TRACK_TYPE=(\w+)", line))
        elif line.startswith((_ROTATE, f"{_TRTC}VIDEO-METADATA:")):
            pixels = _pixels(line)
        elif line.startswith(f"{_TRTC}FILE-ATTR:"):
            size = int(line.rpartition(",")[2]) if re.search(r",\d+$", line) else 0
        elif line == "#EXT-X-ENDLIST":
            found = replace(found, ended=True)
        elif line and not line.startswith("#") and duration is not None:
            found = found.add(Slice(line, duration, gap, tracks, size, pixels))
            duration, gap, tracks, size, pixels = None, False, (), 0, None
    return found


def _seconds(line: str) -> float | None:
    number = re.match(r"#EXTINF:\s*(\d+(?:\.\d+)?)", line)
    return float(number[1]) if number else None


def _pixels(line: str) -> tuple[int, int] | None:
    found = _PAIR.search(line)
    return (int(found[1]), int(found[2])) if found else None
