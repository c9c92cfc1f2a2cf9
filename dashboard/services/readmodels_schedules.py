"""What the screens of schedules are given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dashboard.errors import Text
from dashboard.services.schedules.checking import Trouble
from dashboard.services.schedules.clashes import Clash
from dashboard.services.schedules.states import OPEN, State
from dashboard.storage.trial import Step


@dataclass(frozen=True)
class Moment:
    """One time of a schedule, made or only planned.

    key: as in the address that leaves it out. zone: whose clock the schedule keeps to.
    notes: what a change of the clocks does to it. reason: why it came as it did.
    """

    schedule_id: int
    title: str
    channel_id: int
    channel_name: str
    zone: str
    key: str
    starts_at: datetime
    ends_at: datetime
    state: State
    skipped: bool = False
    notes: tuple[Text, ...] = ()
    reason: Text | None = None
    recording_id: int | None = None
    taken_over: bool = False
    findings: tuple[Step, ...] = ()
    checked_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def red(self) -> tuple[Step, ...]:
        return tuple(step for step in self.findings if step.needed and step.why)


@dataclass(frozen=True)
class ScheduleRow:
    """words: when it comes, in a sentence. now: what runs or is tried. is_over: nothing comes."""

    id: int
    title: str
    channel_id: int
    channel_name: str
    account_name: str
    zone: str
    words: Text
    enabled: bool
    now: Moment | None
    next: Moment | None
    last: Moment | None


@dataclass(frozen=True)
class ScheduleList:
    """digest: changes whenever the list would show something else."""

    rows: tuple[ScheduleRow, ...]
    troubles: tuple[Trouble, ...]
    digest: str
    poll_s: int


@dataclass(frozen=True)
class Agenda:
    """moments: by start, the last day's outcomes first. more: there are more than shown."""

    moments: tuple[Moment, ...]
    troubles: tuple[Trouble, ...]
    days: int
    more: bool
    digest: str
    poll_s: int


@dataclass(frozen=True)
class ScheduleScreen:
    """coming: the next ten, those left out among them. past: newest first. digest, poll_s: as
    of a list."""

    row: ScheduleRow
    takes_over: bool
    lead_min: int
    grace_min: int
    created_by: str | None
    coming: tuple[Moment, ...]
    past: tuple[Moment, ...]
    clashes: tuple[Clash, ...]
    also: int
    uid: str
    digest: str
    poll_s: int


@dataclass(frozen=True)
class ScheduleForm:
    """values: by field name, all text."""

    values: Mapping[str, str]
    schedule_id: int | None = None
