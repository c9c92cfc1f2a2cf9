"""Brings finished files to their target, in order, until they have arrived.

Nothing local is given up before it arrived: while a store is away, files wait on disk. A
playlist that was written anew goes over its old self. What arrived is noted beside the
task, so that the next process brings only what is missing.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from dashboard.engine.tasks import Fault
from dashboard.engine.uploads.ledger import Ledger
from dashboard.engine.uploads.targets import StoreFault, Target

log = logging.getLogger(__name__)

RETRY_GAPS_S = (0.2, 0.5, 1, 2, 5, 10, 30)
TROUBLE_AFTER = 3
"""So many failures in a row are told; fewer are the store's own business."""
_FINISHED = frozenset({".ts", ".m3u8", ".mp4", ".aac", ".jpg"})

Arrived = Callable[[str], Awaitable[None]]
Trouble = Callable[[Fault, str, str], Awaitable[None]]


class Uploader:
    """One per recording.

    source: the folder the worker writes to. arrived: awaited for each file. trouble: awaited
    once per outage, with what it is, a sentence, and the store's own code or "". refusing:
    whether the storage plays dead (a switch for tests). keeps: whether a file is for the
    storage at all.
    """

    def __init__(
        self,
        source: Path,
        target: Target,
        arrived: Arrived,
        trouble: Trouble,
        refusing: Callable[[], bool] = lambda: False,
        keeps: Callable[[str], bool] = lambda name: True,
    ) -> None:
        self._source = source
        self._target = target
        self._on_arrived = arrived
        self._on_trouble = trouble
        self._refusing = refusing
        self._keeps = keeps
        self._ledger = Ledger(source.parent)
        self._waiting: dict[str, None] = {}
        self._expected: set[str] = set()
        self._arrived: set[str] = set()
        self._sent = 0.0
        self._more = asyncio.Event()
        self._again = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()
        self._work: asyncio.Task[None] | None = None

    @property
    def part(self) -> float:
        """How much has arrived, 0..1; 1 only when nothing waits."""
        if not self._expected:
            return 0.0
        part = (len(self._arrived) + self._sent) / len(self._expected)
        return part if not self._waiting and not self._sent else min(part, 0.9999)

    def add(self, name: str) -> None:
        """A file is finished, or has been written anew."""
        if not self._keeps(name):
            return
        self._waiting.pop(name, None)
        self._waiting[name] = None
        self._expected.add(name)
        self._settled.clear()
        self._more.set()
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._run())

    def add_all(self) -> None:
        """Everything in the folder: what a crash may have left. Slices go before the playlist."""
        before = self._ledger.read() - self._expected
        names = sorted(path.name for path in self._source.glob("*") if _is_finished(path))
        for name in names:
            if name in before and not name.endswith(".m3u8"):
                self._expected.add(name)
                self._arrived.add(name)
        names = [name for name in names if name not in self._arrived or name.endswith(".m3u8")]
        for name in sorted(names, key=lambda name: name.endswith(".m3u8")):
            self.add(name)

    def turn_to(self, target: Target) -> None:
        """What has not arrived goes there from now on, at once: a store's keys were renewed."""
        self._target = target
        self._again.set()

    async def settle(self, limit_s: float) -> bool:
        """Wait until all has arrived; returns whether it has."""
        try:
            async with asyncio.timeout(limit_s):
                await self._settled.wait()
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
        self._target.close()
        if self._work:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
            self._work = None

    async def _run(self) -> None:
        failures = 0
        while True:
            if not self._waiting:
                self._more.clear()
                await self._more.wait()
            name = next(iter(self._waiting))
            try:
                await self._bring(name)
            except OSError as fault:
                failures += 1
                await self._report(name, fault, failures)
                await self._pause(RETRY_GAPS_S[min(failures, len(RETRY_GAPS_S)) - 1])
                continue
            failures = 0

    async def _bring(self, name: str) -> None:
        self._waiting.pop(name)
        try:
            if self._refusing():
                raise PermissionError("the storage refuses")
            await self._target.put(self._source / name, name, self._count)
        except OSError:
            self._waiting = {name: None, **self._waiting}
            raise
        finally:
            self._sent = 0.0
        self._arrived.add(name)
        await asyncio.to_thread(self._ledger.note, name)
        await self._on_arrived(name)
        if not self._waiting:
            self._settled.set()

    def _count(self, part: float) -> None:
        self._sent = part

    async def _pause(self, gap_s: float) -> None:
        self._again.clear()
        try:
            async with asyncio.timeout(gap_s):
                await self._again.wait()
        except TimeoutError:
            return

    async def _report(self, name: str, fault: OSError, failures: int) -> None:
        log.warning("%s did not arrive (%s): %s", name, failures, fault)
        if failures == TROUBLE_AFTER:
            kind = Fault.STORAGE_REFUSED if _is_refusal(fault) else Fault.UPLOAD_FAILED
            code = fault.code if isinstance(fault, StoreFault) else ""
            await self._on_trouble(kind, f"{name}: {fault.strerror or fault}", code)


def _is_refusal(fault: OSError) -> bool:
    if isinstance(fault, StoreFault):
        return fault.refused
    return isinstance(fault, PermissionError | NotADirectoryError | FileExistsError)


def _is_finished(path: Path) -> bool:
    return path.is_file() and path.suffix in _FINISHED and path.name[0] != "."
