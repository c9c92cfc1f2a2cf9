"""One recording from its first picture to its end: the loop of ticks.

Tick n stands at n/fps of media time. Commands are carried out between two ticks; then
every source is asked for its picture and sound of exactly that moment.
"""

import math
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import av

from dashboard.engine.worker import recovery
from dashboard.engine.worker.clock import MediaClock
from dashboard.engine.worker.commands import Command, Commands, Script
from dashboard.engine.worker.control import Control
from dashboard.engine.worker.faults import Fault, of_disk, of_encoder
from dashboard.engine.worker.individual import Individual
from dashboard.engine.worker.job import Job
from dashboard.engine.worker.people import People
from dashboard.engine.worker.pipeline import Mix, Pipeline
from dashboard.engine.worker.shelf import Shelves, Tell
from dashboard.engine.worker.timeline import Timeline

_GLANCE_MS = 100
"""How long a command may wait when ticks are rare."""
_REPORT_MS = 1000


def record(
    job: Job, clock: MediaClock, script: Iterable[tuple[float, Command]]
) -> list[dict[str, Any]]:
    """A whole recording in this process. Raises Fault as a worker would report it.

    script: (seconds after the clock's present time, command); ends with {"cmd": "stop"}.
    Returns the events a supervisor would have been told.
    """
    events: list[dict[str, Any]] = []

    def tell(event: str, **values: Any) -> None:
        events.append({"event": event, **values})

    Recording(job, clock, Script(script, clock.now_ms()), tell).run()
    return events


class Recording:
    def __init__(self, job: Job, clock: MediaClock, commands: Commands, tell: Tell) -> None:
        self._job, self._clock, self._commands, self._tell = job, clock, commands, tell
        self._shelves = Shelves(job, tell)
        self._people = People(job, tell)
        self._pipeline: Pipeline | None = None
        self._control: Control | None = None
        self._epoch_ms = job.epoch_ms
        self._next = 0
        self._late = 0
        self._ahead_ms = 0.0
        self._reported_ms = 0.0
        self._held_s = 0.0

    def run(self) -> bool:
        """Returns whether it was stopped; False when the supervisor has gone.

        Raises Fault when it cannot go on; what was sliced is listed by then.
        """
        try:
            self._set_up()
            self._wait_for_somebody()
            while not self._is_over:
                self._tick()
            self._pipeline.finish()
            if self._control.is_stopped:
                conclude(self._shelves, self._tell)
        except av.error.FFmpegError as cause:
            self._give_up(of_encoder(cause), cause)
        except OSError as cause:
            self._give_up(of_disk(cause), cause)
        return self._control.is_stopped

    @property
    def _is_over(self) -> bool:
        return self._control.is_stopped or self._commands.hung_up

    def _set_up(self) -> None:
        if self._job.resume:
            recovery.adopt(self._shelves)
            self._shelves.end_earlier()
        self._pipeline = self._make_pipeline()
        self._control = Control(self._job, self._people, self._pipeline, self._tell)
        at_ms = round(self._clock.now_ms())
        self._tell("ready", at_ms=at_ms, files=self._shelves.to_json())
        self._people.join(self._job.publishers, at_ms)
        self._pipeline.arrange(self._job.layout)

    def _wait_for_somebody(self) -> None:
        """Slices begin with the first stream that is taken; after a crash, at once."""
        is_begun = bool(self._shelves.listed)
        while not (is_begun or self._people.is_anyone_received or self._is_over):
            self._commands.rest()
            now_ms = self._clock.now_ms()
            self._clock.wait_until(now_ms + min(_GLANCE_MS, 1000 / self._job.canvas.fps))
            self._obey()
        if not self._is_over:
            self._begin()

    def _begin(self) -> None:
        """Media time runs on after a crash, so that a gap in it is the true outage.

        A clock that was set back meanwhile is not waited for: media time then runs ahead.
        """
        now_ms = round(self._clock.now_ms())
        listed = self._shelves.listed
        if self._epoch_ms is None:
            self._epoch_ms = min((item.start_ms for item in listed), default=now_ms)
        after_ms = max(now_ms, *(item.end_ms + 1 for item in listed), 0)
        self._ahead_ms = after_ms - now_ms
        passed_ms = max(0, after_ms - self._epoch_ms)
        self._next = math.ceil(passed_ms * self._job.canvas.fps / 1000)
        timeline = Timeline(self._epoch_ms, self._job.canvas.fps)
        self._tell("begun", epoch_ms=self._epoch_ms)
        self._pipeline.begin(self._shelves, timeline, self._next)

    def _make_pipeline(self) -> Pipeline:
        if self._job.mode == "individual":
            return Individual(self._job, self._people, self._tell)
        return Mix(self._job, self._people)

    @property
    def _is_held(self) -> bool:
        job = self._job
        return job.clock == "virtual" and 0 < job.hold_s * job.canvas.fps <= self._next

    def _hold(self) -> None:
        """Media time stands still; signs of life go on with the world's."""
        if time.monotonic() - self._held_s >= _REPORT_MS / 1000:
            self._held_s = time.monotonic()
            self._tell_progress(self._next - 1)
        self._commands.rest()
        self._obey()

    def _tick(self) -> None:
        if self._is_held:
            self._hold()
            return
        period_ms = 1000 / self._job.canvas.fps
        late_s = self._wait(self._epoch_ms + self._next * period_ms - self._ahead_ms)
        if self._is_over:
            return
        self._late += late_s * 1000 > period_ms
        number, self._next = self._next, self._next + 1
        self._pipeline.tick(number)
        self._report(number)

    def _wait(self, at_ms: float) -> float:
        """Wait for the tick's moment, obeying meanwhile. Returns by how many seconds it is late."""
        while True:
            late_s = self._clock.wait_until(min(at_ms, self._clock.now_ms() + _GLANCE_MS))
            self._obey()
            if self._clock.now_ms() >= at_ms or self._is_over:
                return late_s

    def _obey(self) -> None:
        now_ms = self._clock.now_ms()
        for command in self._commands.due(now_ms):
            self._control.obey(command, round(now_ms), self._next)

    def _report(self, number: int) -> None:
        now_ms = self._clock.now_ms()
        if now_ms - self._reported_ms >= _REPORT_MS:
            self._reported_ms = now_ms
            self._tell_progress(number)

    def _tell_progress(self, number: int) -> None:
        self._tell("progress", frame=number, late_frames=self._late,
                   cpu_s=round(time.process_time(), 3), people=len(self._people))  # fmt: skip

    def _give_up(self, fault: Fault, cause: Exception) -> None:
        """Make what is on the disk playable, as far as the disk lets us; then raise."""
        self._tell("error", code=fault.code, message=fault.message)
        if self._pipeline:
            self._pipeline.abandon()
        recovery.salvage(self._shelves)
        raise fault from cause


def ends_of(job: Job) -> list[int]:
    """When slices of an earlier worker ended, for a clock that is to go on from them."""
    shelves = Shelves(job, lambda *_, **__: None)
    listed = {item.name: item.end_ms for item in shelves.listed}
    for file, path in shelves.files():
        if file.start_ms is not None and path.name not in listed:
            found = recovery.measure(path)
            listed[path.name] = file.start_ms + round(found.duration_s * 1000) if found else 0
    return list(listed.values())


def close_orphan(job: Job, tell: Tell) -> None:
    """Finish a recording whose worker has died. Raises OSError."""
    shelves = Shelves(replace(job, resume=True), tell)
    recovery.adopt(shelves)
    conclude(shelves, tell)


def conclude(shelves: Shelves, tell: Tell) -> None:
    """End the lists and say goodbye. Raises OSError."""
    shelves.end()
    files = shelves.to_json()
    tell("finished", slices=len(shelves.listed), files=files,
         duration_s=max((shelf.playlist.duration_s for shelf in shelves), default=0))  # fmt: skip
