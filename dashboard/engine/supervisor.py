"""Worker processes: a spare kept warm, handed out, ended when they outlive their use.

One process does one job and ends. The spare is there so that a recording does not wait
for a media library to load.
"""

import asyncio
import contextlib
import logging
import os
import signal
import time
from pathlib import Path

from dashboard.engine.process import MODULE, Worker
from dashboard.errors import EngineError, text

log = logging.getLogger(__name__)

IDLE_LIMIT_S = 20.0
ORPHAN_LIMIT_S = 3.0


class Workers:
    """Hands out workers that are ready to take a job, and keeps one warm for the next."""

    def __init__(self) -> None:
        self._spare: Worker | None = None
        self._warming: asyncio.Task[None] | None = None
        self._open = True
        self._works = False
        self._all: set[Worker] = set()
        self._turns = asyncio.Semaphore(max(2, os.cpu_count() or 2))

    @property
    def can_start(self) -> bool:
        """Whether the last worker that was started came up."""
        return self._works

    @property
    def has_spare(self) -> bool:
        return self._spare is not None and self._spare.is_alive

    def warm(self) -> None:
        """Start a spare if there is none; does not wait."""
        if not self._open or self.has_spare or (self._warming and not self._warming.done()):
            return
        self._warming = asyncio.create_task(self._warm())

    async def _warm(self) -> None:
        try:
            self._spare = await self._launch()
        except (OSError, EngineError) as fault:
            log.error("a worker cannot be started: %s", fault)

    async def take(self) -> Worker:
        """A worker that waits for its job. Raises EngineError."""
        spare, self._spare = self._spare, None
        if spare is None and self._warming and not self._warming.done():
            await asyncio.wait({self._warming})
            spare, self._spare = self._spare, None
        if spare is None or not spare.is_alive:
            spare = await self.apart()
        self.warm()
        return spare

    async def apart(self) -> Worker:
        """A fresh one; the spare stays for a recording. Raises EngineError."""
        try:
            return await self._launch()
        except OSError as fault:
            raise EngineError(
                text("A recording process cannot be started: %(why)s", why=str(fault))
            ) from fault

    async def _launch(self) -> Worker:
        async with self._turns:
            try:
                worker = await Worker.launch()
            except OSError:
                self._works = False
                raise
            self._all = {one for one in self._all if one.is_alive} | {worker}
            try:
                event = await worker.next_event(IDLE_LIMIT_S)
            except TimeoutError:
                event = {}
            self._works = event.get("event") == "idle"
            if not self._works:
                await worker.gone()
                raise EngineError(text("A recording process ended before it was ready."))
            return worker

    async def close(self) -> None:
        """End the spare and whatever else still runs."""
        self._open = False
        if self._warming:
            self._warming.cancel()
        await asyncio.gather(*(worker.gone() for worker in self._all))


async def end_orphan(pid: int) -> None:
    """Wait for a worker of an engine that was killed: it closes its slice, then it goes."""
    deadline = time.monotonic() + ORPHAN_LIMIT_S
    while _is_worker(pid):
        if time.monotonic() > deadline:
            log.error("worker %s outlived its engine; killed", pid)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
            return
        await asyncio.sleep(0.05)


def _is_worker(pid: int) -> bool:
    """Whether this number still belongs to a worker, and not to somebody new."""
    try:
        return MODULE.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
