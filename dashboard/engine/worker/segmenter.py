"""Cuts the encoded streams of one index into slices, on key frames.

A packet of sound waits until the picture has come as far: the video encoder looks ahead,
and sound written at once would land in the slice before its own.
"""

from collections import deque
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from fractions import Fraction

import av

from dashboard.engine.worker.encoder import START_S
from dashboard.engine.worker.mixer import BLOCK
from dashboard.engine.worker.shelf import Shelf
from dashboard.engine.worker.tsfile import TsFile

Pattern = Callable[[av.container.OutputContainer], av.stream.Stream]
"""Adds a stream to a muxer."""

_MUXER = {"flush_packets": "1", "mpegts_copyts": "1", "pes_payload_size": "1200"}
"""flush_packets: a killed worker leaves all it was given. Small PES: as with AAC's own
default of 2930 bytes half a second of sound would wait in the muxer."""


@dataclass(frozen=True)
class Rule:
    """When a slice ends: at the first key frame after slice_s, or before any picture once it
    lasts longest_s or has most_bytes (agora-anyrtc.md section 11)."""

    slice_s: int
    longest_s: int = 330
    most_bytes: int = 50_000_000


class Segmenter:
    """One run of slices, from the moment its tracks begin until one begins or ends."""

    def __init__(
        self, patterns: Mapping[str, Pattern], shelf: Shelf, epoch_ms: int, rule: Rule
    ) -> None:
        """patterns: for "video" and "audio". epoch_ms: wall time of media time 0."""
        self._patterns, self._shelf, self._epoch_ms, self._rule = patterns, shelf, epoch_ms, rule
        self._slice: _OpenSlice | None = None
        self._held: deque[av.Packet] = deque()

    @property
    def kinds(self) -> Set[str]:
        """The media it takes."""
        return self._patterns.keys()

    @property
    def fault(self) -> OSError | None:
        """What the disk said, when it no longer takes anything."""
        return self._slice.file.fault if self._slice else None

    def put(self, kind: str, packet: av.Packet) -> None:
        """Raises OSError if a slice cannot be opened or put in place."""
        if kind == "video":
            self._video(packet)
        elif "video" in self._patterns:
            self._held.append(packet)
        else:
            self._audio(packet)

    def close(self) -> None:
        """End the open slice with all that was held. Raises OSError."""
        if self._slice:
            self._write_held(None)
            self._end_slice(self._slice.end)

    def abandon(self) -> None:
        """Let go of the open slice after a fault; what the disk took of it stays."""
        if self._slice:
            self._slice.file.close()
            self._slice = None

    def _video(self, packet: av.Packet) -> None:
        at = _time(packet.pts, packet)
        if self._is_due(at, packet.is_keyframe):
            self._turn(at)
        self._slice.end = max(self._slice.end, _time(packet.pts + (packet.duration or 1), packet))
        self._write_held(_time(packet.dts, packet))
        self._slice.mux("video", packet)

    def _audio(self, packet: av.Packet) -> None:
        run_up = 0 if self._slice else BLOCK  # AAC's first packet holds nothing yet
        at = _time(packet.pts + run_up, packet)
        if self._is_due(at, True):
            self._turn(at)
        self._slice.end = _time(packet.pts + BLOCK, packet)
        self._slice.mux("audio", packet)

    def _is_due(self, at: Fraction, is_key: bool) -> bool:
        if self._slice is None:
            return True
        lasts = at - self._slice.start
        if is_key:
            return lasts >= self._rule.slice_s
        return lasts >= self._rule.longest_s or self._slice.file.size_bytes >= self._rule.most_bytes

    def _turn(self, at: Fraction) -> None:
        if self._slice:
            self._write_held(at)
            self._end_slice(at)
        start_ms = self._epoch_ms + int((at - START_S) * 1000 + Fraction(1, 2))
        self._slice = _OpenSlice(self._shelf, start_ms, at, self._patterns)

    def _end_slice(self, end: Fraction) -> None:
        closing, self._slice = self._slice, None
        closing.close()
        if closing.file.fault:
            raise closing.file.fault
        self._shelf.close(closing.path, float(end - closing.start), closing.tracks)

    def _write_held(self, until: Fraction | None) -> None:
        """Mux the sound that begins before a moment; None for all of it."""
        while self._held and (until is None or _time(self._held[0].pts, self._held[0]) < until):
            self._slice.mux("audio", self._held.popleft())


class _OpenSlice:
    def __init__(self, shelf: Shelf, start_ms: int, at: Fraction, patterns: Mapping[str, Pattern]):
        self.path = shelf.open(start_ms)
        self.start = self.end = at
        self.file = TsFile(self.path, shelf.continuity)
        self._muxer = av.open(self.file, "w", format="mpegts", options=_MUXER)
        kinds = [kind for kind in ("video", "audio") if kind in patterns]
        self._streams = {kind: patterns[kind](self._muxer) for kind in kinds}
        self.tracks = tuple(kind.upper() for kind in kinds)

    def mux(self, kind: str, packet: av.Packet) -> None:
        packet.stream = self._streams[kind]
        self._muxer.mux_one(packet)

    def close(self) -> None:
        self._muxer.close()
        self.file.close()


def _time(value: int, packet: av.Packet) -> Fraction:
    """Seconds of a packet's own time base, which is the encoder's."""
    return value * packet.time_base
