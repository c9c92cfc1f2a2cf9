"""From the people of a tick to packets in a slice: compose, mix, encode, cut."""

from collections.abc import Iterable
from fractions import Fraction

import av
import numpy as np

from dashboard.engine.worker.compositor import Compositor, Picture
from dashboard.engine.worker.encoder import Encoders
from dashboard.engine.worker.job import Job
from dashboard.engine.worker.mixer import BLOCK, RATE, Mixer
from dashboard.engine.worker.people import People
from dashboard.engine.worker.segmenter import Segmenter
from dashboard.engine.worker.shelf import Shelf
from dashboard.layouts.document import Layout
from dashboard.layouts.presets import arrange


class Pipeline:
    """Raises av.error.FFmpegError if an encoder fails, OSError if the disk does."""

    def __init__(self, job: Job, people: People) -> None:
        self._job, self._people = job, people
        self._fps = job.canvas.fps
        self._compositor = Compositor(job.canvas.size)
        self._mixer = Mixer()
        self._encoders = Encoders(job)
        self._segmenter: Segmenter | None = None
        self._epoch_ms = 0
        self._next_block = 0
        self.last_frame: av.VideoFrame | None = None

    def arrange(self, layout: Layout) -> None:
        """Place the people of now; holds from the next tick on."""
        self._compositor.arrange(arrange(layout, self._people.placed()), layout.background)

    def begin(self, shelf: Shelf, epoch_ms: int, tick: int) -> None:
        """epoch_ms: wall time of media time 0. tick: the first one, later than 0 on a resume."""
        self._epoch_ms = epoch_ms
        self._next_block = self._sample(tick)
        self._segmenter = Segmenter(self._encoders, shelf, epoch_ms)

    def tick(self, number: int) -> None:
        """Sound goes first: a picture without look-ahead may end the slice the sound is for."""
        if self._job.has_audio:
            self._sound(number)
        if self._job.has_video:
            self._draw(number)
        if self._segmenter.fault:
            raise self._segmenter.fault

    def finish(self) -> None:
        """Empty the encoders and close the open slice."""
        if self._segmenter is None:
            return
        if self._job.has_audio:
            self._encode(self._mixer.finish())
        video, audio = self._encoders.finish()
        for packet in audio:
            self._segmenter.audio(packet)
        for packet in video:
            self._segmenter.video(packet)
        self._segmenter.close()

    def abandon(self) -> None:
        """Let the open slice be, as a crash would."""
        if self._segmenter:
            self._segmenter.abandon()

    def _draw(self, number: int) -> None:
        at = Fraction(self._epoch_ms, 1000) + Fraction(number, self._fps)
        seen = self._people.seen()

        def look(uid: str) -> Picture | None:
            source = seen.get(uid)
            if source is None:
                return None
            shown = source.number(at)
            return Picture(shown, source.picture(shown))

        self.last_frame = self._compositor.compose(look)
        for packet in self._encoders.encode_video(self.last_frame, number):
            self._segmenter.video(packet)

    def _sound(self, number: int) -> None:
        first, end = self._sample(number), self._sample(number + 1)
        since_1970 = self._epoch_ms * (RATE // 1000) + first
        self._encode(self._mixer.tick(self._people.heard(), since_1970, end - first))

    def _encode(self, blocks: Iterable[np.ndarray]) -> None:
        for block in blocks:
            first, self._next_block = self._next_block, self._next_block + BLOCK
            for packet in self._encoders.encode_audio(block, first):
                self._segmenter.audio(packet)

    def _sample(self, tick: int) -> int:
        """The first sample of a tick, since media time 0."""
        return tick * RATE // self._fps
