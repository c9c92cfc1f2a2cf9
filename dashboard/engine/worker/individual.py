"""Everybody by themselves: indexes of their own for each person's sound and pictures."""

from collections.abc import Mapping, Sequence

import av

from dashboard.engine.worker.job import Job
from dashboard.engine.worker.people import People, Stream
from dashboard.engine.worker.shelf import Shelves, Tell
from dashboard.engine.worker.snapshots import Snapshots
from dashboard.engine.worker.solo import Solo
from dashboard.engine.worker.timeline import Timeline
from dashboard.layouts.document import Layout
from dashboard.layouts.watermarks import Watermark


class Individual:
    """A pipeline per stream of a person, begun and ended with what is received of it."""

    def __init__(self, job: Job, people: People, tell: Tell) -> None:
        self._job, self._people = job, people
        self._snapshots = Snapshots(job, tell) if job.snapshot_s else None
        self._solos: dict[tuple[str, Stream], Solo] = {}
        self._shelves: Shelves | None = None
        self._timeline: Timeline | None = None
        self._tick = 0

    @property
    def last_frame(self) -> av.VideoFrame | None:
        """The first person who is seen."""
        if self._timeline is None:
            return None
        at = self._timeline.at(self._tick)
        for source in self._people.seen().values():
            return source.picture(source.number(at))
        return None

    def arrange(self, layout: Layout) -> None:
        """There is no picture of all of them."""

    def mark(self, watermarks: Sequence[Watermark]) -> None:
        """They are for mixes."""

    def add_images(self, paths: Mapping[str, str]) -> None:
        """They are for mixes."""

    def begin(self, shelves: Shelves, timeline: Timeline, tick: int) -> None:
        self._shelves, self._timeline, self._tick = shelves, timeline, tick

    def tick(self, number: int) -> None:
        self._tick = number
        seats = {(seat.uid, seat.stream): seat for seat in self._people.seats()}
        if self._job.record:
            for key in [key for key in self._solos if key not in seats]:
                self._solos.pop(key).finish()
            for key, seat in seats.items():
                if key not in self._solos:
                    self._solos[key] = Solo(self._job, *key, self._shelves, self._timeline)
                self._solos[key].tick(number, seat)
        if self._snapshots:
            self._snapshots.tick(number, self._timeline, self._people.seen())

    def finish(self) -> None:
        for solo in self._solos.values():
            solo.finish()
        self._solos.clear()

    def abandon(self) -> None:
        for solo in self._solos.values():
            solo.abandon()
