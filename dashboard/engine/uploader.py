"""Brings finished files into their bucket, in order, until they have arrived.

A bucket is a folder of this machine. Nothing local is given up before it arrived; a
playlist that was written anew goes over its old self.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from dashboard.engine.disk import place
from dashboard.engine.tasks import Fault

log = logging.getLogger(__name__)

RETRY_GAPS_S = (0.2, 0.5, 1, 2, 5, 10, 30)
TROUBLE_AFTER = 3
"""So many failures in a row are told; fewer are the disk's own business."""

Arrived = Callable[[str], Awaitable[None]]
Trouble = Callable[[Fault, str], Awaitable[None]]


class Uploader:
    """One per recording.

    source, target: folders. arrived: awaited for each file. trouble: awaited once per outage.
    refusing: whether the storage plays dead (a switch for tests).
    """

    def __init__(
        self,
        source: Path,
        target: Path,
        arrived: Arrived,
        trouble: Trouble,
        refusing: Callable[[], bool] = lambda: False,
    ) -> None:
        self._source = source
        self._target = target
        self._on_arrived = arrived
        self._on_trouble = trouble
        self._refusing = refusing
        self._waiting: dict[str, None] = {}
        self._expected: set[str] = set()
        self._arrived: set[str] = set()
        self._more = asyncio.Event()
        self._settled = asyncio.Event()
        self._settled.set()
        self._work: asyncio.Task[None] | None = None

    @property
    def part(self) -> float:
        """How much has arrived, 0..1; 1 only when nothing waits."""
        if not self._expected:
            return 0.0
        part = len(self._arrived) / len(self._expected)
        return part if not self._waiting else min(part, 0.9999)

    @property
    def is_settled(self) -> bool:
        return self._settled.is_set()

    def has_arrived(self, name: str) -> bool:
        return name in self._arrived

    def add(self, name: str) -> None:
        """A file is finished, or has been written anew."""
        self._waiting.pop(name, None)
        self._waiting[name] = None
        self._expected.add(name)
        self._settled.clear()
        self._more.set()
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._run())

    def add_all(self) -> None:
        """Everything in the folder: what a crash may have left. Slices go before the playlist."""
        names = sorted(path.name for path in self._source.glob("*") if _is_finished(path))
        names = [name for name in names if name not in self._arrived or name.endswith(".m3u8")]
        for name in sorted(names, key=lambda name: name.endswith(".m3u8")):
            self.add(name)

    async def settle(self, limit_s: float) -> bool:
        """Wait until all has arrived; returns whether it has."""
        try:
            async with asyncio.timeout(limit_s):
                await self._settled.wait()
        except TimeoutError:
            return False
        return True

    async def close(self) -> None:
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
                await asyncio.sleep(RETRY_GAPS_S[min(failures, len(RETRY_GAPS_S)) - 1])
                continue
            failures = 0

    async def _bring(self, name: str) -> None:
        self._waiting.pop(name)
        try:
            if self._refusing():
                raise PermissionError("the storage refuses")
            await asyncio.to_thread(place, self._source / name, self._target / name)
        except OSError:
            self._waiting = {name: None, **self._waiting}
            raise
        self._arrived.add(name)
        await self._on_arrived(name)
        if not self._waiting:
            self._settled.set()

    async def _report(self, name: str, fault: OSError, failures: int) -> None:
        log.warning("%s did not arrive in %s (%s): %s", name, self._target, failures, fault)
        if failures == TROUBLE_AFTER:
            refused = isinstance(fault, PermissionError | NotADirectoryError | FileExistsError)
            kind = Fault.STORAGE_REFUSED if refused else Fault.UPLOAD_FAILED
            await self._on_trouble(kind, f"{name}: {fault.strerror or fault}")


def _is_finished(path: Path) -> bool:
    return path.is_file() and path.suffix in {".ts", ".m3u8", ".mp4"} and path.name[0] != "."
