"""A thread that does one thing again and again, and does not die of it."""

import logging
import threading
import time
from collections.abc import Callable

from flask import Flask

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0

Pass = Callable[[], float | None]
"""One round of a loop. Returns the seconds until the next round should begin, counted from
the beginning of this one; None for the loop's usual pace."""


class Loop:
    """Rounds of `work`, each in an application context of its own.

    every_s: the usual pace. After a fault the pause doubles, up to 30 s, and one line is logged.
    """

    def __init__(
        self, app: Flask, name: str, every_s: float, work: Pass, stopping: threading.Event
    ) -> None:
        self.name = name
        self._app = app
        self._every_s = every_s
        self._work = work
        self._stopping = stopping
        self._thread = threading.Thread(target=self._run, name=f"loop-{name}", daemon=True)

    def start(self) -> "Loop":
        self._thread.start()
        return self

    def join(self, timeout_s: float) -> bool:
        """Wait for the end of its round. Returns whether it has ended."""
        self._thread.join(max(0.0, timeout_s))
        return not self._thread.is_alive()

    def _run(self) -> None:
        faults = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                with self._app.app_context():
                    pace_s = self._work()
                faults = 0
            except Exception as fault:  # whatever it is, the next round may go well
                faults += 1
                pace_s = pause_after(faults)
                log.error("%s: %s; again in %.0f s", self.name, in_short(fault), pace_s)
                log.debug("%s: where it happened", self.name, exc_info=True)
            pace_s = self._every_s if pace_s is None else pace_s
            self._stopping.wait(max(0.0, began + pace_s - time.monotonic()))


def pause_after(faults: int) -> float:
    """How long to wait after so many faults in a row."""
    return min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(faults - 1, 10))


def in_short(fault: BaseException) -> str:
    """A fault on one line; a database's goes on with the whole statement."""
    return f"{type(fault).__name__}: {str(fault).partition(chr(10))[0]}"
