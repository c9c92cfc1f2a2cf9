"""Which files of a recording have arrived, one name a line, beside its state.

Only ever appended to. A line that a crash cuts off names no file: that one goes again.
"""

import contextlib
from pathlib import Path

NAME = "arrived.txt"


class Ledger:
    """folder: the task's."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME

    def read(self) -> set[str]:
        try:
            return set(self._path.read_text(encoding="utf-8").splitlines())
        except (OSError, ValueError):
            return set()

    def note(self, name: str) -> None:
        """A disk that is full costs an upload more, no recording."""
        with contextlib.suppress(OSError), open(self._path, "a", encoding="utf-8") as file:
            file.write(name + "\n")
