"""One worker process: what we say to it, what it tells, its end.

JSON lines, commands on its standard input, events on its standard output.
"""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dashboard.errors import EngineError, text

log = logging.getLogger(__name__)

LINE_LIMIT = 16 * 1024 * 1024
"""A preview travels as one line."""
ANSWER_LIMIT_S = 5.0
_LAST_LOOK_S = 0.1
EXITED = "exited"
"""Name of the event that we make of the end of a process; carries its status."""
MODULE = "dashboard.engine.worker"
_HOUSE = Path(__file__).parents[2]


class Refused(EngineError):
    """The worker did not take a command."""


class Worker:
    """One process. Events are read with `next_event`, answers to commands with `ask`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._seq = 0
        self._tag = f"worker {process.pid}"
        self._reading = asyncio.create_task(self._read())
        self._talking = asyncio.create_task(self._pass_on_words())

    @classmethod
    async def launch(cls) -> "Worker":
        """Raises OSError when no process can be made."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            MODULE,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=_HOUSE,
            limit=LINE_LIMIT,
            start_new_session=True,  # the terminal's Ctrl-C is not for the worker
        )
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    def name(self, tag: str) -> None:
        """What its words are logged under."""
        self._tag = tag

    def order(self, message: Mapping[str, Any]) -> None:
        """Send a command and do not wait. A worker that has gone is found out by its events."""
        if self._process.stdin.is_closing():
            return
        self._process.stdin.write(json.dumps(message).encode() + b"\n")

    def tell(self, command: str, **fields: Any) -> None:
        """Send a numbered command whose answer nobody waits for."""
        self._seq += 1
        self.order({"cmd": command, "seq": self._seq, **fields})

    async def ask(self, command: str, **fields: Any) -> dict[str, Any]:
        """Send a command and wait until it took effect.

        Raises Refused, with the worker's reason, or when it is gone or says nothing.
        """
        self._seq += 1
        seq = self._seq
        answer = asyncio.get_running_loop().create_future()
        self._answers[seq] = answer
        try:
            self.order({"cmd": command, "seq": seq, **fields})
            async with asyncio.timeout(ANSWER_LIMIT_S):
                return await answer
        except TimeoutError as fault:
            raise Refused(text("The recorder does not answer.")) from fault
        finally:
            self._answers.pop(seq, None)

    async def next_event(self, limit_s: float | None = None) -> dict[str, Any]:
        """The next event; the last one is EXITED. Raises TimeoutError.

        After a pause of this whole process the limit is over before the events that waited
        in the pipe are read: they count.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                return await self._events.get()
        async with asyncio.timeout(_LAST_LOOK_S):
            return await self._events.get()

    async def until(self, names: set[str], limit_s: float) -> dict[str, Any]:
        """Skip to the first event with one of these names, or EXITED. Raises TimeoutError."""
        async with asyncio.timeout(limit_s):
            while True:
                event = await self._events.get()
                if event["event"] in names or event["event"] == EXITED:
                    return event

    def kill(self) -> None:
        """End it and everything it started."""
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def gone(self) -> None:
        """Kill it if it still runs and wait until it does not."""
        self.kill()
        await asyncio.gather(self._reading, self._talking, return_exceptions=True)

    async def _read(self) -> None:
        try:
            async for line in self._process.stdout:
                self._take(line)
        except ValueError:  # a line beyond the limit: it is out of its mind
            log.error("%s: an event too long to read", self._tag)
            self.kill()
        status = await self._process.wait()
        self._process.stdin.close()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(Refused(text("The recorder has ended.")))
        self._events.put_nowait({"event": EXITED, "status": status})

    def _take(self, line: bytes) -> None:
        try:
            event = json.loads(line)
            name = event["event"]
        except (ValueError, KeyError, TypeError):
            log.warning("%s: not an event: %r", self._tag, line[:200])
            return
        if name not in {"done", "refused"}:
            self._events.put_nowait(event)
            return
        answer = self._answers.get(event.get("seq"))
        if answer is None or answer.done():
            return
        if name == "done":
            answer.set_result(event)
        else:
            answer.set_exception(Refused(str(event.get("reason", "refused"))))

    async def _pass_on_words(self) -> None:
        """What libraries print goes to our log, line by line."""
        with contextlib.suppress(ValueError):
            async for line in self._process.stderr:
                log.warning("%s: %s", self._tag, line.decode("utf-8", "replace").rstrip()[:500])
