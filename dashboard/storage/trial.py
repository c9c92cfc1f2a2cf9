"""Trying a store out: write a small file, read it, find it in the list, take it away again.

Recording needs the first alone; a key that may write and nothing else is a good key.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from dashboard.domain.recording import StorageTarget
from dashboard.errors import DashboardError, Text, text
from dashboard.storage import store_for

_CONTENT = b"Tallydeck tried this store out. This file can be deleted.\n"


@dataclass(frozen=True)
class Step:
    """why: what kept it from working, None when it did. needed: recording needs it.

    remark: `why` is no fault, only worth knowing.
    """

    what: Text
    why: Text | None = None
    needed: bool = False
    remark: bool = False

    @property
    def ok(self) -> bool:
        return self.why is None


LOOK = text("Look into it from here")
WRITE = text("Write a file")
READ = text("Read it back")
LIST = text("List the folder")
REMOVE = text("Remove it")


def try_out(target: StorageTarget) -> tuple[Step, ...]:
    """What works, in the order it was tried; it ends with the first needed step that fails."""
    name = "/".join((*target.prefix, f"tallydecktest{secrets.token_hex(6)}.txt"))
    try:
        store = store_for(target)
    except DashboardError as fault:
        return (Step(LOOK, fault.message),)  # vendors write there all the same
    steps = [_step(WRITE, lambda: store.write(name, _CONTENT), needed=True)]
    if steps[0].ok:
        steps += [
            _step(READ, lambda: _same(store.open(name))),
            _step(LIST, lambda: _listed(store.list(target.prefix), name)),
            _step(REMOVE, lambda: store.remove(name)),
        ]
    return tuple(steps)


def _step(what: Text, act: Callable[[], Text | None], needed: bool = False) -> Step:
    try:
        return Step(what, act(), needed)
    except DashboardError as fault:
        return Step(what, fault.message, needed)
    except OSError as fault:
        return Step(what, Text("%(why)s", {"why": fault.strerror or str(fault)}), needed)


def _same(file) -> Text | None:
    with file:
        found = file.read(len(_CONTENT) + 1)
    return None if found == _CONTENT else text("Something else came back than was written.")


def _listed(files, name: str) -> Text | None:
    here = any(file.name == name for file in files)
    return None if here else text("The file that was written is not in the list.")
