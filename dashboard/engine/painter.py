"""What somebody in a channel looks like now, drawn in a process of its own.

Never by the worker that records: twenty-five pictures would cost it more than a tick, and
the recording comes first. The process is started when somebody asks and ends when nobody does.
"""

import asyncio
import base64
from pathlib import Path

from dashboard.engine.channels import Publisher
from dashboard.engine.process import Worker
from dashboard.engine.supervisor import Workers
from dashboard.errors import EngineError

IDLE_S = 20.0


class Painter:
    def __init__(self, workers: Workers, media: Path, idle_s: float = IDLE_S) -> None:
        """media: the folder of files that people publish."""
        self._workers = workers
        self._media = media
        self._idle_s = idle_s
        self._worker: Worker | None = None
        self._starting = asyncio.Lock()
        self._ending: asyncio.TimerHandle | None = None

    async def picture(self, person: Publisher, width: int) -> bytes | None:
        """A JPEG; None when they send no picture, or none can be drawn just now."""
        if not person.video:
            return None
        try:
            worker = await self._ready()
            answer = await worker.ask("paint", publisher=person.to_json(), width=width)
        except EngineError:
            return None
        return base64.b64decode(answer["jpeg"])

    async def _ready(self) -> Worker:
        async with self._starting:
            if self._worker is None or not self._worker.is_alive:
                self._worker = await self._workers.apart()
                self._worker.name(f"painter {self._worker.pid}")
                self._worker.order({"cmd": "paint", "job": {"media": str(self._media)}})
        self._stay()
        return self._worker

    def _stay(self) -> None:
        """Put off the end."""
        if self._ending:
            self._ending.cancel()
        self._ending = asyncio.get_running_loop().call_later(self._idle_s, self.close)

    def close(self) -> None:
        if self._ending:
            self._ending.cancel()
        if self._worker:
            self._worker.kill()
        self._worker = None
