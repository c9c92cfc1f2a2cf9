"""Who is in the channel, and what of them is recorded."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from dashboard.engine.sources import Source, open_camera, open_screen
from dashboard.engine.worker.job import Job, Publisher, Subscription
from dashboard.engine.worker.shelf import Tell

Stream = Literal["main", "screen"]
_STREAMS: dict[str, tuple[Stream, ...]] = {
    "main": ("main",), "screen": ("screen",), "all": ("main", "screen"),
}  # fmt: skip
"""By Spec.pictures."""


@dataclass(frozen=True)
class Seat:
    """One stream of one person as it is now. A screen has no sound.

    audio, video: whether it is received. paused: its picture is wanted and not sent.
    """

    uid: str
    stream: Stream
    source: Source
    audio: bool
    video: bool
    paused: bool


class People:
    """In the order they joined. Tells of every stream that begins or ceases to be received."""

    def __init__(self, job: Job, tell: Tell) -> None:
        self._job, self._tell = job, tell
        self._subscription = job.subscription
        self._present: dict[str, Publisher] = {}
        self._sources: dict[tuple[str, Stream], Source] = {}
        self._receiving: set[tuple[str, Stream, str]] = set()
        self._beyond: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self._present)

    def join(self, publishers: Iterable[Publisher], at_ms: int) -> None:
        """Take people in. Who is there already keeps their place and is changed."""
        for person in publishers:
            for stream in ("main", "screen"):
                self._sources[person.uid, stream] = self._source(person, stream)
            self._present[person.uid] = person
        self._compare(at_ms)

    def leave(self, uid: str, at_ms: int) -> bool:
        """False when nobody of that uid is there."""
        if self._present.pop(uid, None) is None:
            return False
        for stream in ("main", "screen"):
            del self._sources[uid, stream]
        self._compare(at_ms)
        return True

    def subscribe(self, subscription: Subscription, at_ms: int) -> None:
        self._subscription = subscription
        self._compare(at_ms)

    @property
    def is_anyone_received(self) -> bool:
        return bool(self._receiving)

    def places(self, hide_audio_only: bool = False) -> Iterator[tuple[str, Stream]]:
        """The pictures that have a window, main ones first: of all whose video is taken, with
        their camera on or, unless that is to be hidden, off, and the screens that are shared."""
        for uid, person in self._present.items():
            if self._wants(uid, "main", "video") and (person.video or not hide_audio_only):
                yield uid, "main"
            if (uid, "screen", "video") in self._receiving:
                yield uid, "screen"

    def seen(self, stream: Stream = "main") -> dict[str, Source]:
        return self._received(stream, "video")

    def heard(self) -> dict[str, Source]:
        return self._received("main", "audio")

    def seats(self) -> Iterator[Seat]:
        """Every stream of which something is received, or whose picture is paused."""
        for uid, person in self._present.items():
            for stream in ("main", "screen"):
                audio = (uid, stream, "audio") in self._receiving
                video = (uid, stream, "video") in self._receiving
                paused = stream == "main" and not person.video and self._wants(uid, stream, "video")
                if audio or video or paused:
                    source = self._sources[uid, stream]
                    yield Seat(uid, stream, source, audio, video, paused)

    def _source(self, person: Publisher, stream: Stream) -> Source:
        fps = self._job.canvas.fps
        if stream == "screen":
            return open_screen(person, fps)
        return open_camera(person, fps, self._job.media)

    def _received(self, stream: Stream, medium: str) -> dict[str, Source]:
        return {uid: self._sources[uid, stream] for uid in self._present
                if (uid, stream, medium) in self._receiving}  # fmt: skip

    def _compare(self, at_ms: int) -> None:
        self._beyond = self._too_many()
        now = set(self._sent())
        before, self._receiving = self._receiving, now
        for uid, stream, medium in sorted(before ^ now):
            self._tell("stream_state", uid=uid, medium=medium, stream=stream,
                       receiving=(uid, stream, medium) in now, at_ms=at_ms)  # fmt: skip

    def _too_many(self) -> frozenset[str]:
        """Those who joined when as many were there as are recorded."""
        if not self._job.most_people:
            return frozenset()
        lists = self._subscription
        taken = [uid for uid in self._present
                 if (self._job.has_audio and lists.audio.takes(uid))
                 or (self._job.has_video and lists.video.takes(uid))]  # fmt: skip
        return frozenset(taken[self._job.most_people :])

    def _sent(self) -> Iterator[tuple[str, Stream, str]]:
        """What is sent and taken."""
        for uid, person in self._present.items():
            sent = {("main", "audio"): person.audio, ("main", "video"): person.video,
                    ("screen", "video"): person.screen}  # fmt: skip
            for (stream, medium), is_sent in sent.items():
                if is_sent and self._wants(uid, stream, medium):
                    yield uid, stream, medium

    def _wants(self, uid: str, stream: Stream, medium: str) -> bool:
        if uid in self._beyond:
            return False
        if medium == "audio":
            return self._job.has_audio and self._subscription.audio.takes(uid)
        is_taken = self._job.has_video and stream in _STREAMS[self._job.pictures]
        return is_taken and self._subscription.video.takes(uid)
