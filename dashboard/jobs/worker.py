"""A worker process from its start to its end."""

import logging
import os
import signal
import threading
import time

from flask import Flask

from dashboard.jobs import runtime, work
from dashboard.jobs.loops import Loop
from dashboard.services import context

log = logging.getLogger(__name__)

ROUNDS_END_S = 1.5
"""So long a round under way may take to end by itself. What is cut off is taken up at the next
start: every round is safe to be cut off anywhere, as a kill would do it."""
CLEAN_EVERY_S = 600.0


class Worker:
    def __init__(self, app: Flask) -> None:
        self._app = app
        with app.app_context():
            self._settings = context.settings()
        self._stopping = threading.Event()
        self._launched = False

    def run(self) -> int:
        """Work until told to end, then leave without waiting for threads that sleep or hang."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stopping.set())
        loops = [self._launcher(), *work.loops(self._app, self._settings, self._stopping)]
        for loop in loops:
            loop.start()
        log.info("worker %s is at work", self._settings.worker_id)
        while not self._stopping.wait(1.0):  # a plain wait() would keep signals from being seen
            pass
        self._end(loops)
        logging.shutdown()
        os._exit(0)  # workflows that sleep keep their threads; their sleep is on disk

    def _launcher(self) -> Loop:
        """The workflows' database may be away at first; all else goes on meanwhile."""
        return Loop(self._app, "workflows", CLEAN_EVERY_S, self._workflows, self._stopping)

    def _workflows(self) -> None:
        """Take them up once, and clean up after them from then on."""
        if not self._launched:
            runtime.launch(self._app, self._settings)
            self._launched = True
            log.info("workflows are taken up")
        runtime.forget_ended(context.now())

    def _end(self, loops: list[Loop]) -> None:
        until = time.monotonic() + ROUNDS_END_S
        late = [loop.name for loop in loops if not loop.join(until - time.monotonic())]
        if late:
            log.warning("left in the middle of a round: %s", ", ".join(late))
        if self._launched:
            runtime.shut_down()
        log.info("worker %s has ended", self._settings.worker_id)
