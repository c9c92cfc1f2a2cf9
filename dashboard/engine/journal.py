"""What survives a crash: one folder per task with `state.json`, the files and nothing else.

The notices still to be delivered are part of the state, so that a step and what is
told of it are kept by the same write.
"""

import asyncio
import json
import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

from dashboard.engine.disk import write_atomically
from dashboard.engine.tasks import Task

log = logging.getLogger(__name__)
STATE = "state.json"


class Journal:
    """folder: holds one folder per task, named by its sid."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._locks: dict[str, asyncio.Lock] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def files(self, sid: str) -> Path:
        """Where the worker writes."""
        return self.folder / sid / "files"

    def make_room(self, sid: str) -> None:
        """Raises OSError."""
        self.files(sid).mkdir(parents=True, exist_ok=True, mode=0o700)

    async def save(self, task: Task) -> None:
        """Keep the task as it is now. Raises OSError.

        Whoever waits may be cancelled; the write is not, or an older one could overtake it.
        """
        await asyncio.shield(asyncio.ensure_future(self._save(task)))

    async def _save(self, task: Task) -> None:
        async with self._locks.setdefault(task.sid, asyncio.Lock()):
            content = json.dumps(task.to_json()).encode()
            await asyncio.to_thread(self._write, task.sid, content)

    def _write(self, sid: str, content: bytes) -> None:
        (self.folder / sid).mkdir(exist_ok=True, mode=0o700)
        write_atomically(self.folder / sid / STATE, content)

    def load(self) -> Iterator[Task]:
        """Every task on disk, the oldest first; what cannot be read is left alone and named."""
        tasks = []
        for path in self.folder.glob(f"*/{STATE}"):
            try:
                tasks.append(Task.from_json(json.loads(path.read_bytes())))
            except (OSError, ValueError, KeyError, TypeError) as fault:
                log.error("task %s cannot be read and is left alone: %r", path.parent.name, fault)
        yield from sorted(tasks, key=lambda task: task.created_ms)

    def drop_files(self, sid: str) -> None:
        """Everything arrived elsewhere: the local files go."""
        shutil.rmtree(self.files(sid), ignore_errors=True)

    def has_files(self, sid: str) -> bool:
        files = self.files(sid)
        return files.exists() and any(files.iterdir())

    def forget(self, sid: str) -> None:
        """Unless there are files that nobody else has."""
        self._locks.pop(sid, None)
        if self.has_files(sid):
            return
        shutil.rmtree(self.folder / sid, ignore_errors=True)
