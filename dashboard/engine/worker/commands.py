"""What the supervisor, or a test's script, tells a running recording to do."""

import json
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

Command = Mapping[str, Any]


class Commands(Protocol):
    hung_up: bool
    """The one who commands is gone."""

    def due(self, at_ms: float) -> list[Command]:
        """Those to be carried out before the tick at this moment, each once."""
        ...

    def rest(self) -> None:
        """Give up the processor for a moment while there is nothing to record."""
        ...


class Script:
    """Commands with their times, for recordings that run faster than the world.

    lines: (seconds after the clock's start, command), in order.
    """

    def __init__(self, lines: Iterable[tuple[float, Command]], start_ms: float) -> None:
        self._lines = deque((start_ms + at_s * 1000, command) for at_s, command in lines)
        self.hung_up = False

    def due(self, at_ms: float) -> list[Command]:
        found = []
        while self._lines and self._lines[0][0] <= at_ms + 0.001:
            found.append(self._lines.popleft()[1])
        self.hung_up = not self._lines and not found
        return found

    def rest(self) -> None:
        pass


class Rehearsal:
    """A script, and whoever commands beside it: on the virtual clock of a running engine.

    Without a script, or after its end, it goes on until somebody says stop.
    """

    def __init__(self, script: Script, inbox: "Inbox") -> None:
        self._script, self._inbox = script, inbox

    @property
    def hung_up(self) -> bool:
        return self._inbox.hung_up

    def due(self, at_ms: float) -> list[Command]:
        return [*self._script.due(at_ms), *self._inbox.due(at_ms)]

    def rest(self) -> None:
        self._inbox.rest()


class Inbox:
    """Commands as JSON lines, read by a thread of their own so that no tick waits for them."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._queue: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self.hung_up = False
        threading.Thread(target=self._read, name="commands", daemon=True).start()

    def first(self) -> Command | None:
        """Wait for a command; None at the end of the stream."""
        command = self._queue.get()
        self.hung_up = command is None
        return command

    def due(self, at_ms: float) -> list[Command]:
        found = []
        while not self._queue.empty():
            command = self._queue.get()
            if command is None:
                self.hung_up = True
            else:
                found.append(command)
        return found

    def rest(self) -> None:
        time.sleep(0.01)

    def _read(self) -> None:
        """Straight from the descriptor: a file object's lock would hold up the exit."""
        rest = b""
        while data := os.read(self._descriptor, 65_536):
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                if line.strip():
                    self._queue.put(_command(line))
        self._queue.put(None)


def _command(line: bytes) -> Command:
    """An unreadable line becomes a command nobody knows, and is refused like one."""
    try:
        found = json.loads(line)
    except ValueError:
        return {"cmd": "", "seq": None}
    return found if isinstance(found, dict) else {"cmd": "", "seq": None}
