"""The packets of a part's slices, written as one file."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from dashboard.engine.parts import Part, Piece

_WRAP = Fraction(2**33, 90_000)
"""A presentation time of MPEG-TS begins again after 26.5 hours (ISO 13818-1, 2.4.3.6)."""
_BLOCK = 1024
_ADTS_HEADER = 7
_MP4 = {
    "movflags": "+faststart",
    "movie_timescale": "90000",
    "max_interleave_delta": "30000000",  # sound and picture come a slice at a time
}


@dataclass(frozen=True)
class _Zero:
    """pts_s: what the slices call the moment that is 0 in the file. wall_ms: when it was."""

    pts_s: Fraction
    wall_ms: int


@dataclass(frozen=True)
class _Moment:
    """A packet and its place in the file: seconds by which its own times are too late."""

    packet: av.Packet
    shift_s: Fraction

    @property
    def at(self) -> Fraction:
        return self.packet.pts * self.packet.time_base - self.shift_s


def write_mp4(part: Part, path: Path) -> None:
    """Raises OSError or av.error.FFmpegError."""
    with av.open(str(path), "w", format="mp4", options=_MP4) as output:
        streams = _add_streams(output, part)
        last_dts: dict[str, int] = {}
        for moment in _moments(part):
            packet, kind = moment.packet, moment.packet.stream.type
            step = int(moment.shift_s / packet.time_base)
            packet.pts -= step
            packet.dts -= step
            if kind in streams and packet.dts > last_dts.get(kind, packet.dts - 1):
                last_dts[kind] = packet.dts
                packet.stream = streams[kind]
                output.mux(packet)


def write_aac(part: Part, path: Path) -> None:
    """Sound alone, in ADTS, which has no times: gaps become silence. Raises OSError."""
    silence: bytes | None = None
    next_at: Fraction | None = None
    with open(path, "wb") as file:
        for moment in _moments(part):
            packet = moment.packet
            if packet.stream.type != "audio":
                continue
            block = Fraction(_BLOCK, packet.stream.rate)
            missing = round((moment.at - next_at) / block) if next_at is not None else 0
            if missing < 0:
                continue
            if missing:
                silence = silence or _silence(packet)
                file.write(silence * missing)
            file.write(bytes(packet))
            next_at = (moment.at if next_at is None else next_at + missing * block) + block


def _add_streams(output: av.container.OutputContainer, part: Part) -> dict[str, av.stream.Stream]:
    """One stream of each medium as the slices begin with it; picture first."""
    wanted = {medium for piece in part.pieces for medium in piece.media}
    found: dict[str, av.stream.Stream] = {}
    with ExitStack() as open_slices:
        for piece in part.pieces:
            if not set(piece.media) <= found.keys():
                slice_ = open_slices.enter_context(av.open(str(piece.path), format="mpegts"))
                found = {**{stream.type: stream for stream in slice_.streams}, **found}
            if wanted <= found.keys():
                break
        return {kind: output.add_stream_from_template(found[kind])
                for kind in sorted(found, reverse=True)}  # fmt: skip


def _moments(part: Part) -> Iterator[_Moment]:
    """Every packet that belongs to a part, slice by slice."""
    anchor = next(piece for piece in part.pieces if piece.start_ms == part.start_ms)
    zero = _Zero(_first_pts(anchor), part.start_ms)
    until = part.until_ms
    lasts_s = None if until is None else Fraction(until - part.start_ms, 1000)
    for piece in part.pieces:
        shift = zero.pts_s - _wraps(zero, _first_pts(piece), piece.start_ms) * _WRAP
        is_cut = piece.start_ms < part.start_ms or (until is not None and piece.end_ms > until)
        with av.open(str(piece.path), format="mpegts") as slice_:
            for packet in slice_.demux():
                moment = _Moment(packet, shift)
                if packet.dts is None or (is_cut and not _is_within(moment, lasts_s)):
                    continue
                yield moment


def _is_within(moment: _Moment, lasts_s: Fraction | None) -> bool:
    """Slices of sound are not cut where those of the picture are."""
    return moment.at >= 0 and (lasts_s is None or moment.at < lasts_s)


def _wraps(zero: _Zero, first: Fraction, start_ms: int) -> int:
    """How often the presentation time began again between our zero and a slice."""
    expected = zero.pts_s + Fraction(start_ms - zero.wall_ms, 1000)
    return round((expected - first) / _WRAP)


def _first_pts(piece: Piece) -> Fraction:
    """The first picture's time in a slice, in seconds; the first sound's where there is none.

    In a pass of its own: after a seek libavformat may count times that wrap differently.
    """
    with av.open(str(piece.path), format="mpegts") as slice_:
        stream = (slice_.streams.video or slice_.streams.audio)[0]
        for packet in slice_.demux(stream):
            if packet.pts is not None:
                return packet.pts * packet.time_base
    raise ValueError(f"{piece.path.name} has no packets")


def _silence(like: av.Packet) -> bytes:
    """A block of nothing in the shape of another block: its ADTS header with our own length."""
    stream = like.stream
    layout = stream.layout.name
    context = av.CodecContext.create("aac", "w")
    context.sample_rate, context.layout, context.format = stream.rate, layout, "fltp"
    frame = av.AudioFrame.from_ndarray(
        np.zeros((stream.layout.nb_channels, _BLOCK), np.float32), format="fltp", layout=layout
    )
    frame.sample_rate = stream.rate
    data = bytes([*context.encode(frame), *context.encode(None)][-1])
    header = bytearray(bytes(like)[:_ADTS_HEADER])
    length = _ADTS_HEADER + len(data)
    header[3] = (header[3] & 0xFC) | (length >> 11)
    header[4] = (length >> 3) & 0xFF
    header[5] = ((length & 7) << 5) | (header[5] & 0x1F)
    return bytes(header) + data
