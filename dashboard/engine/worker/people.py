"""Who is in the channel, and what of them is recorded."""

from collections.abc import Iterable

from dashboard.engine.sources import KINDS, Source
from dashboard.engine.worker.job import Job, Publisher, Subscription
from dashboard.engine.worker.shelf import Tell


class People:
    """In the order they joined. Tells of every stream that begins or ceases to be received."""

    def __init__(self, job: Job, tell: Tell) -> None:
        self._job, self._tell = job, tell
        self._subscription = job.subscription
        self._present: dict[str, Publisher] = {}
        self._sources: dict[str, Source] = {}
        self._receiving: set[tuple[str, str]] = set()

    def __len__(self) -> int:
        return len(self._present)

    def join(self, publishers: Iterable[Publisher], at_ms: int) -> None:
        """Take people in. Who is there already keeps their place and is changed."""
        for person in publishers:
            self._sources[person.uid] = KINDS[person.kind](
                person.uid, person.color, person.tone_hz, self._job.canvas.fps
            )
            self._present[person.uid] = person
        self._compare(at_ms)

    def leave(self, uid: str, at_ms: int) -> bool:
        """False when nobody of that uid is there."""
        if self._present.pop(uid, None) is None:
            return False
        del self._sources[uid]
        self._compare(at_ms)
        return True

    def subscribe(self, subscription: Subscription, at_ms: int) -> None:
        self._subscription = subscription
        self._compare(at_ms)

    @property
    def is_anyone_received(self) -> bool:
        return bool(self._receiving)

    def placed(self) -> list[str]:
        """Who has a window: all whose video is taken, with their camera on or off."""
        if not self._job.has_video:
            return []
        return [uid for uid in self._present if self._subscription.video.takes(uid)]

    def seen(self) -> dict[str, Source]:
        return self._received("video")

    def heard(self) -> dict[str, Source]:
        return self._received("audio")

    def _received(self, medium: str) -> dict[str, Source]:
        return {uid: source for uid, source in self._sources.items()
                if (uid, medium) in self._receiving}  # fmt: skip

    def _compare(self, at_ms: int) -> None:
        now = {
            (person.uid, medium)
            for person in self._present.values()
            for medium in ("audio", "video")
            if self._is_received(person, medium)
        }
        before, self._receiving = self._receiving, now
        for uid, medium in sorted(before ^ now):
            self._tell("stream_state", uid=uid, medium=medium,
                       receiving=(uid, medium) in now, at_ms=at_ms)  # fmt: skip

    def _is_received(self, person: Publisher, medium: str) -> bool:
        wanted = self._job.has_video if medium == "video" else self._job.has_audio
        audience = getattr(self._subscription, medium)
        return wanted and getattr(person, medium) and audience.takes(person.uid)
