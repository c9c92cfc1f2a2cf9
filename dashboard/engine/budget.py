"""What this machine can carry: the processor time of recordings, measured while they run.

A recording that is asked for is estimated by its pixels; one that runs is known by what it
used. What the running ones show corrects the estimate of the next.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dashboard.engine.tasks import Spec, Task

BASE = 0.1
PER_MEGAPIXEL = 0.0145
"""Cores: for a mix at all, and for each million pixels a second of it. Measured with four
people decoded live: 640x360@15 0.13, 1920x1080@30 0.72, each taken a quarter higher
(docs/DECISIONS.md, "Admission")."""
PER_PERSON = 0.15
"""Cores for one person recorded alone whose picture has to be encoded."""
PER_PERSON_HEARD = 0.03

_TRUSTED_AFTER_S = 5.0
"""Recorded seconds; before, a worker has mostly loaded libraries."""
_MEMORY_S = 10.0
_LESSON = 0.02
_LEAST, _MOST = 0.2, 5.0
_QUOTA = Path("/sys/fs/cgroup/cpu.max")


@dataclass
class _Meter:
    """Of one recording. cost: cores, smoothed; None until it can be trusted."""

    frame: int
    cpu_s: float
    seconds: float = 0.0
    cost: float | None = None


@dataclass(frozen=True)
class Reading:
    """In cores. per_megapixel: as corrected by now. factor: of the starting figures."""

    cores: float
    limit: float
    used: float
    factor: float

    @property
    def free(self) -> float:
        return max(0.0, self.limit - self.used)


class Budget:
    """cores: what there is. share: how much of it recordings may use; 0 takes everything."""

    def __init__(self, share: float, cores: float | None = None) -> None:
        self._cores = cores or cores_here()
        self._share = share
        self._factor = 1.0
        self._meters: dict[str, _Meter] = {}

    def note(self, task: Task, frame: int, cpu_s: float) -> None:
        """What a worker had used when it had made a frame. Another worker begins at zero again."""
        meter = self._meters.get(task.sid)
        if meter is None or cpu_s < meter.cpu_s or frame <= meter.frame:
            seconds = meter.seconds if meter else 0.0
            cost = meter.cost if meter else None
            self._meters[task.sid] = _Meter(frame, cpu_s, seconds, cost)
            return
        seconds = (frame - meter.frame) / task.spec.canvas["fps"]
        cost = (cpu_s - meter.cpu_s) / seconds
        meter.frame, meter.cpu_s = frame, cpu_s
        meter.seconds += seconds
        if meter.seconds >= _TRUSTED_AFTER_S:
            weight = min(1.0, seconds / _MEMORY_S) if meter.cost is not None else 1.0
            meter.cost = cost * weight + (meter.cost or 0.0) * (1 - weight)
            self._learn(task.spec, cost)

    def estimate(self, spec: Spec | None, people: int = 1) -> float:
        """Cores that a recording will use. spec: None is the least there can be."""
        return self._factor * _first_guess(spec, people)

    def takes(self, spec: Spec | None, running: Iterable[Task], people: int = 1) -> bool:
        """Whether one more can be carried; a machine with nothing to do always tries."""
        running = list(running)
        if not self._share or not running:
            return True
        found = self.read(running)
        return found.used + self.estimate(spec, people) <= found.limit

    def read(self, running: Iterable[Task]) -> Reading:
        tasks = {task.sid: task for task in running}
        self._meters = {sid: one for sid, one in self._meters.items() if sid in tasks}
        used = sum(map(self._cost_of, tasks.values()))
        limit = self._cores * self._share if self._share else float("inf")
        return Reading(self._cores, limit, used, self._factor)

    def _cost_of(self, task: Task) -> float:
        meter = self._meters.get(task.sid)
        measured = meter.cost if meter else None
        return self.estimate(task.spec) if measured is None else measured

    def _learn(self, spec: Spec, cost: float) -> None:
        if spec.mode != "mix":
            return
        shown = min(_MOST, max(_LEAST, cost / _first_guess(spec, 1)))
        self._factor += _LESSON * (shown - self._factor)


def _first_guess(spec: Spec | None, people: int) -> float:
    if spec is None:
        return BASE
    if spec.mode == "individual":
        each = PER_PERSON_HEARD if spec.streams == "audio" else PER_PERSON
        return max(1, people) * each
    return BASE + PER_MEGAPIXEL * megapixels(spec.canvas) * (spec.streams != "audio")


def megapixels(canvas: Mapping[str, int]) -> float:
    """Million pixels a second."""
    return canvas["width"] * canvas["height"] * canvas["fps"] / 1e6


def cores_here() -> float:
    """Processors this process may use, or what its container allows of them."""
    found = float(len(os.sched_getaffinity(0)))
    try:
        quota, period = _QUOTA.read_text().split()
        return min(found, int(quota) / int(period))
    except (OSError, ValueError):  # no container, or "max"
        return found
