"""Cuts the encoded streams into slices, on key frames, 15.000 s each.

A packet of sound waits until the picture has come as far: the video encoder looks ahead,
and sound written at once would land in the slice before its own.
"""

from collections import deque
from fractions import Fraction
from pathlib import Path

import av

from dashboard.engine.worker.encoder import SLICE_S, START_S, Encoders
from dashboard.engine.worker.mixer import BLOCK
from dashboard.engine.worker.shelf import Shelf
from dashboard.engine.worker.tsfile import Continuity, TsFile

_MUXER = {"flush_packets": "1", "mpegts_copyts": "1", "pes_payload_size": "1200"}
"""flush_packets: a killed worker leaves all it was given. Small PES: as with AAC's own
default of 2930 bytes half a second of sound would wait in the muxer."""


class Segmenter:
    def __init__(self, encoders: Encoders, shelf: Shelf, epoch_ms: int) -> None:
        """epoch_ms: wall time of media time 0."""
        self._encoders, self._shelf, self._epoch_ms = encoders, shelf, epoch_ms
        self._continuity = Continuity()
        self._slice: _OpenSlice | None = None
        self._held: deque[av.Packet] = deque()

    @property
    def fault(self) -> OSError | None:
        """What the disk said, when it no longer takes anything."""
        return self._slice.file.fault if self._slice else None

    def video(self, packet: av.Packet) -> None:
        """Raises OSError if a slice cannot be opened or put in place."""
        if packet.is_keyframe and self._is_due(_time(packet.pts, packet)):
            self._turn(_time(packet.pts, packet))
        self._slice.end = max(self._slice.end, _time(packet.pts + 1, packet))
        self._write_held(_time(packet.dts, packet))
        self._slice.mux(packet)

    def audio(self, packet: av.Packet) -> None:
        if self._encoders.video:
            self._held.append(packet)
            return
        run_up = 0 if self._slice else BLOCK  # AAC's first packet holds nothing yet
        at = _time(packet.pts + run_up, packet)
        if self._is_due(at):
            self._turn(at)
        self._slice.end = _time(packet.pts + BLOCK, packet)
        self._slice.mux(packet)

    def close(self) -> None:
        """End the open slice with all that was held. Raises OSError."""
        if self._slice:
            self._write_held(self._slice.end)
            self._held.clear()
            self._end_slice(self._slice.end)

    def abandon(self) -> None:
        """Let go of the open slice after a fault; what the disk took of it stays."""
        if self._slice:
            self._slice.file.close()
            self._slice = None

    def _is_due(self, at: Fraction) -> bool:
        return self._slice is None or at >= self._slice.start + SLICE_S

    def _turn(self, at: Fraction) -> None:
        if self._slice:
            self._write_held(at)
            self._end_slice(at)
        start_ms = self._epoch_ms + int((at - START_S) * 1000 + Fraction(1, 2))
        path = self._shelf.open(start_ms)
        self._slice = _OpenSlice(path, at, self._encoders, self._continuity)

    def _end_slice(self, end: Fraction) -> None:
        closing = self._slice
        closing.close()
        if closing.file.fault:
            raise closing.file.fault
        self._slice = None
        self._shelf.close(closing.path, float(end - closing.start), closing.tracks)

    def _write_held(self, until: Fraction) -> None:
        """Mux the sound that begins before a moment."""
        while self._held and _time(self._held[0].pts, self._held[0]) < until:
            self._slice.mux(self._held.popleft())


class _OpenSlice:
    def __init__(self, path: Path, start: Fraction, encoders: Encoders, continuity: Continuity):
        self.path, self.start, self.end = path, start, start
        self.file = TsFile(path, continuity)
        self._muxer = av.open(self.file, "w", format="mpegts", options=_MUXER)
        patterns = {"VIDEO": encoders.video, "AUDIO": encoders.audio}
        self._streams = {
            pattern.type: self._muxer.add_stream_from_template(pattern, opaque=True)
            for pattern in patterns.values()
            if pattern
        }
        self.tracks = tuple(name for name, pattern in patterns.items() if pattern)

    def mux(self, packet: av.Packet) -> None:
        packet.stream = self._streams[packet.stream.type]
        self._muxer.mux_one(packet)

    def close(self) -> None:
        self._muxer.close()
        self.file.close()


def _time(value: int, packet: av.Packet) -> Fraction:
    """Seconds of a packet's own time base, which is the encoder's."""
    return value * packet.time_base
