"""From the people of a tick to packets in a slice: compose, mix, encode, cut."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import av

from dashboard.engine.reels import mixed
from dashboard.engine.worker import marks
from dashboard.engine.worker.compositor import Compositor, Picture
from dashboard.engine.worker.job import Job
from dashboard.engine.worker.people import People
from dashboard.engine.worker.pictures import Pictures
from dashboard.engine.worker.segmenter import Rule, Segmenter
from dashboard.engine.worker.shelf import Shelves
from dashboard.engine.worker.standins import StandIns
from dashboard.engine.worker.timeline import Timeline
from dashboard.engine.worker.tracks import DrawnPicture, SoundTrack
from dashboard.layouts.document import Layout, Preset
from dashboard.layouts.presets import Placement, seat_all
from dashboard.layouts.watermarks import Watermark


class Pipeline(Protocol):
    """Raises av.error.FFmpegError if an encoder fails, OSError if the disk does."""

    last_frame: av.VideoFrame | None
    """What it looks like now, for previews."""

    def arrange(self, layout: Layout) -> None:
        """Place the people of now; holds from the next tick on."""
        ...

    def mark(self, watermarks: Sequence[Watermark]) -> None:
        """Paint these over everything, from the next tick on."""
        ...

    def add_images(self, paths: Mapping[str, str]) -> None:
        """address -> path, of images that have come; they show from the next tick on."""
        ...

    def begin(self, shelves: Shelves, timeline: Timeline, tick: int) -> None:
        """tick: the first one, later than 0 on a resume."""
        ...

    def tick(self, number: int) -> None: ...

    def finish(self) -> None:
        """Empty the encoders and close the open slices."""
        ...

    def abandon(self) -> None:
        """Let the open slices be, as a crash would."""
        ...


class Mix:
    """Everybody in one picture and one sound."""

    def __init__(self, job: Job, people: People) -> None:
        self._job, self._people = job, people
        size = job.canvas.size
        self._compositor = Compositor(size)
        self._images = Pictures(job.images, size)
        self._stand_ins = StandIns(self._images, job.on_pause if job.style == "trtc" else "")
        self._layout, self._watermarks = job.layout, job.watermarks
        self.mark(job.watermarks)
        self._picture = DrawnPicture(job, size.width, size.height) if job.has_video else None
        self._sound: SoundTrack | None = None
        self._segmenter: Segmenter | None = None
        self._timeline: Timeline | None = None
        self.last_frame: av.VideoFrame | None = None

    def arrange(self, layout: Layout) -> None:
        self._layout = layout
        self._images.keep(layout.images, layout.background)
        hides = layout.hide_audio_only and layout.preset is not Preset.CUSTOM
        windows = seat_all(layout, list(self._people.places(hides)))
        self._compositor.arrange(windows, layout.background, self._background())
        self._stand_ins.arrange(layout, windows)

    def mark(self, watermarks: Sequence[Watermark]) -> None:
        self._watermarks = watermarks
        self._compositor.marks = marks.draw(watermarks, self._job.canvas.size, self._images)

    def add_images(self, paths: Mapping[str, str]) -> None:
        self._images.add(paths)
        self.arrange(self._layout)
        self.mark(self._watermarks)

    def begin(self, shelves: Shelves, timeline: Timeline, tick: int) -> None:
        job, self._timeline = self._job, timeline
        if job.has_audio:
            self._sound = SoundTrack(job, timeline, tick)
        tracks = {"video": self._picture, "audio": self._sound}
        patterns = {kind: track.pattern for kind, track in tracks.items() if track}
        shelf = shelves.shelf(mixed(job.streams))
        shelf.begin(self._picture.pixels if self._picture else None)
        self._segmenter = Segmenter(patterns, shelf, timeline.epoch_ms, Rule(job.slice_s))

    def tick(self, number: int) -> None:
        """Sound goes first: a picture without look-ahead may end the slice the sound is for."""
        if self._sound:
            self._put("audio", self._sound.tick(number, self._people.heard()))
        if self._picture:
            self.last_frame = self._draw(number)
            self._put("video", self._picture.tick(number, self.last_frame))
        if self._segmenter.fault:
            raise self._segmenter.fault

    def finish(self) -> None:
        if self._segmenter is None:
            return
        if self._sound:
            self._put("audio", self._sound.finish())
        if self._picture:
            self._put("video", self._picture.finish())
        self._segmenter.close()

    def abandon(self) -> None:
        if self._segmenter:
            self._segmenter.abandon()

    def _put(self, kind: str, packets: Iterable[av.Packet]) -> None:
        for packet in packets:
            self._segmenter.put(kind, packet)

    def _background(self) -> Picture | None:
        address, behind = self._layout.background_image, self._layout.background
        frame = self._images.frame(address, behind) if address else None
        return Picture(0, frame, fit=self._layout.background_fit) if frame else None

    def _draw(self, number: int) -> av.VideoFrame:
        at = self._timeline.at(number)
        seen = {"main": self._people.seen(), "screen": self._people.seen("screen")}

        def look(window: Placement) -> Picture | None:
            source = seen[window.stream].get(window.uid)
            if source is None:
                return self._stand_ins.instead(window, at)
            shown = source.number(at)
            picture = Picture(shown, source.picture(shown), source)
            self._stand_ins.saw(window, picture, at)
            return picture

        return self._compositor.compose(look, self._timeline.ms(number))
