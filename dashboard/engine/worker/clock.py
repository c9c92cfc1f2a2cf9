"""Media time: what a recording paces itself by.

Presentation times come from the number of a tick, never from reading a clock, so
that a late tick is caught up and none is lost. The clock only says how long to wait.
"""

import time
from typing import Protocol


class MediaClock(Protocol):
    def now_ms(self) -> float:
        """Wall time, milliseconds since 1970."""
        ...

    def wait_until(self, at_ms: float) -> float:
        """Wait for a moment of wall time. Returns by how many seconds it was missed."""
        ...


class LiveClock:
    """Runs with the world. The wall clock is read once; later steps of it change nothing."""

    def __init__(self) -> None:
        self._wall_ms = time.time() * 1000
        self._zero = time.monotonic()

    def now_ms(self) -> float:
        return self._wall_ms + (time.monotonic() - self._zero) * 1000

    def wait_until(self, at_ms: float) -> float:
        ahead_s = (at_ms - self.now_ms()) / 1000
        if ahead_s > 0:
            time.sleep(ahead_s)
        return max(0.0, -ahead_s)


VIRTUAL_START_MS = 1_767_225_600_000
"""2026-01-01T00:00:00Z."""


class VirtualClock:
    """Never waits: each wait is over at once, exactly on time."""

    def __init__(self, start_ms: float = VIRTUAL_START_MS) -> None:
        self._now_ms = start_ms

    def now_ms(self) -> float:
        return self._now_ms

    def wait_until(self, at_ms: float) -> float:
        self._now_ms = max(self._now_ms, at_ms)
        return 0.0
