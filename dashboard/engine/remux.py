"""A finished recording as MP4: the slices' packets, not encoded again.

All slices of a recording stand on one timeline, so a gap between two of them, an outage,
is kept, and so is the offset between picture and sound. The index of an MP4 goes to its
front, so that a browser can begin before it has everything.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from dashboard.engine.playlist import Slice, parse
from dashboard.protocols.filenames import mp4_name, playlist_name

PART_S = 2 * 3600
PART_BYTES = 2_000_000_000
_WRAP = Fraction(2**33, 90_000)
"""A presentation time of MPEG-TS begins again after 26.5 hours (ISO 13818-1, 2.4.3.6)."""


def remux(
    folder: Path, stem: str, part_s: float = PART_S, part_bytes: int = PART_BYTES
) -> list[str]:
    """Write `<stem>_<index>.mp4` beside the slices; an old file of that name is replaced.

    part_s, part_bytes: a new file is begun before the slice that would go beyond.
    Returns the names written, none for a recording without slices.
    Raises OSError or av.error.FFmpegError.
    """
    slices = parse((folder / playlist_name(stem)).read_text(encoding="utf-8")).slices
    names = []
    for index, group in enumerate(_parts(folder, slices, part_s, part_bytes)):
        name = mp4_name(stem, index)
        draft = folder / f"{name}.part"
        try:
            _write(folder, group, draft)
            os.replace(draft, folder / name)
        finally:
            draft.unlink(missing_ok=True)
        names.append(name)
    return names


def _parts(
    folder: Path, slices: Sequence[Slice], part_s: float, part_bytes: int
) -> Iterator[list[Slice]]:
    group: list[Slice] = []
    size = 0
    for item in slices:
        bytes_more = (folder / item.name).stat().st_size
        lasts_s = (item.end_ms - group[0].start_ms) / 1000 if group else 0
        if group and (lasts_s > part_s or size + bytes_more > part_bytes):
            yield group
            group, size = [], 0
        group.append(item)
        size += bytes_more
    if group:
        yield group


def _write(folder: Path, group: Sequence[Slice], path: Path) -> None:
    options = {"movflags": "+faststart", "movie_timescale": "90000"}
    with av.open(str(path), "w", format="mp4", options=options) as output:
        mover = _Mover(output)
        for item in group:
            mover.take(folder / item.name, item.start_ms)


@dataclass(frozen=True)
class _Zero:
    """pts_s: what the slices call the moment that is 0 in the MP4. wall_ms: when it was."""

    pts_s: Fraction
    wall_ms: int


class _Mover:
    """Moves packets of slice after slice into one output."""

    def __init__(self, output: av.container.OutputContainer) -> None:
        self._output = output
        self._streams: dict[str, av.stream.Stream] = {}
        self._zero: _Zero | None = None
        self._last_dts: dict[str, int] = {}

    def take(self, path: Path, start_ms: int) -> None:
        first = _first_pts(path)
        with av.open(str(path), format="mpegts") as slice_:
            if self._zero is None:
                self._begin(slice_, _Zero(first, start_ms))
            shift = self._zero.pts_s - self._wraps(first, start_ms) * _WRAP
            for packet in slice_.demux():
                if packet.dts is not None:
                    self._put(packet, shift)

    def _begin(self, slice_: av.container.InputContainer, zero: _Zero) -> None:
        self._zero = zero
        self._streams = {
            stream.type: self._output.add_stream_from_template(stream) for stream in slice_.streams
        }

    def _wraps(self, first: Fraction, start_ms: int) -> int:
        """How often the presentation time began again between our zero and a slice."""
        expected = self._zero.pts_s + Fraction(start_ms - self._zero.wall_ms, 1000)
        return round((expected - first) / _WRAP)

    def _put(self, packet: av.Packet, shift: Fraction) -> None:
        kind = packet.stream.type
        step = int(shift / packet.time_base)
        packet.pts -= step
        packet.dts -= step
        if packet.dts <= self._last_dts.get(kind, packet.dts - 1):
            return
        self._last_dts[kind] = packet.dts
        packet.stream = self._streams[kind]
        self._output.mux(packet)


def _first_pts(path: Path) -> Fraction:
    """The first picture's time in a slice, in seconds; the first sound's where there is none.

    In a pass of its own: after a seek libavformat may count times that wrap differently.
    """
    with av.open(str(path), format="mpegts") as slice_:
        stream = (slice_.streams.video or slice_.streams.audio)[0]
        for packet in slice_.demux(stream):
            if packet.pts is not None:
                return packet.pts * packet.time_base
    raise ValueError(f"{path.name} has no packets")
