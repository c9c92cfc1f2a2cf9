"""One medium on its way from a source to packets: what it needs from tick to tick."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np

from dashboard.engine.sources import Coded
from dashboard.engine.worker.encoder import START_S, AudioEncoder, CodedPattern, VideoEncoder
from dashboard.engine.worker.job import Job
from dashboard.engine.worker.mixer import BLOCK, RATE, Mixer, Voice
from dashboard.engine.worker.timeline import Timeline

_CLOCK = 90_000
"""Of MPEG-TS."""


class SoundTrack:
    """Voices, mixed and encoded."""

    def __init__(self, job: Job, timeline: Timeline, tick: int) -> None:
        """tick: the first one."""
        self._timeline = timeline
        self._mixer = Mixer()
        self._encoder = AudioEncoder(job.sound)
        self._next_block = timeline.sample(tick)
        self.pattern = self._encoder.pattern

    def tick(self, number: int, voices: Mapping[str, Voice]) -> Iterator[av.Packet]:
        first, end = self._timeline.sample(number), self._timeline.sample(number + 1)
        since_1970 = self._timeline.epoch_ms * (RATE // 1000) + first
        yield from self._encode(self._mixer.tick(voices, since_1970, end - first))

    def finish(self) -> Iterator[av.Packet]:
        yield from self._encode(self._mixer.finish())
        yield from self._encoder.finish()

    def _encode(self, blocks: Iterable[np.ndarray]) -> Iterator[av.Packet]:
        for block in blocks:
            first, self._next_block = self._next_block, self._next_block + BLOCK
            yield from self._encoder.encode(block, first)


class DrawnPicture:
    """Pictures of one size, encoded."""

    def __init__(self, job: Job, width: int, height: int) -> None:
        canvas = replace(job.canvas, width=width, height=height)
        self._encoder = VideoEncoder(canvas, job.slice_s, is_live=job.clock == "live")
        self.pixels = (width, height)
        self.pattern = self._encoder.pattern

    def tick(self, number: int, frame: av.VideoFrame) -> Iterator[av.Packet]:
        """frame: not kept and not changed, but for its time."""
        yield from self._encoder.encode(frame, number)

    def finish(self) -> list[av.Packet]:
        return self._encoder.finish()


class CodedPicture:
    """A publisher's own H.264 of one size, taken over as it is; the first is a key frame."""

    def __init__(self, timeline: Timeline, width: int, height: int) -> None:
        self._timeline = timeline
        self.pixels = (width, height)
        self.pattern = CodedPattern(width, height, timeline.fps).pattern

    def packet(self, coded: Coded) -> av.Packet:
        packet = av.Packet(coded.data)
        packet.time_base = Fraction(1, _CLOCK)
        packet.pts, packet.dts = self._ticks(coded.pts), self._ticks(coded.dts)
        packet.duration = _CLOCK // self._timeline.fps
        packet.is_keyframe = coded.key
        return packet

    def finish(self) -> list[av.Packet]:
        return []

    def _ticks(self, at: Fraction) -> int:
        return round((at - self._timeline.epoch + START_S) * _CLOCK)
