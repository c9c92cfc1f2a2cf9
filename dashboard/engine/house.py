"""What every recording shares: its surroundings, handed in once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.engine.budget import Budget
from dashboard.engine.callback_faults import NONE, CallbackFaults
from dashboard.engine.channels import Channels
from dashboard.engine.config import EngineConfig
from dashboard.engine.doors.faults import Planned
from dashboard.engine.images import Images
from dashboard.engine.journal import Journal
from dashboard.engine.library import Library
from dashboard.engine.notifier import Notifier
from dashboard.engine.supervisor import Workers
from dashboard.engine.tasks import Happening, Task
from dashboard.engine.uploads.safe import Safe
from dashboard.engine.uploads.targets import Targets

Notice = dict[str, Any]
Describe = Callable[[Task, Happening], Notice | list[Notice] | None]
"""Puts a happening into the words of the door that the task came through; None: it has none."""


@dataclass
class Faults:
    """Switches that tests use to see how a client bears up. All off by default.

    start_lost: so many starts are carried out and never answered. callbacks_off: notices
    are lost. storage_off: the storage refuses. answers: see doors/faults.py. callbacks: by
    App ID, "*" for all; see callback_faults.py. trtc_quirks: TRTC's callbacks as they may
    come: EventTs as text, 305 before 302, all twice.
    """

    start_lost: int = 0
    start_delay_s: float = 0.0
    callbacks_off: bool = False
    storage_off: bool = False
    trtc_quirks: bool = False
    answers: list[Planned] = field(default_factory=list)
    callbacks: dict[str, CallbackFaults] = field(default_factory=dict)

    def callbacks_of(self, app_id: str) -> CallbackFaults:
        return self.callbacks.get(app_id) or self.callbacks.get("*") or NONE


@dataclass(frozen=True)
class House:
    """describe: by the name of the door."""

    config: EngineConfig
    journal: Journal
    workers: Workers
    channels: Channels
    notifier: Notifier
    safe: Safe
    targets: Targets
    library: Library
    budget: Budget
    images: Images
    describe: Mapping[str, Describe]
    faults: Faults
