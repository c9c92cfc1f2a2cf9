"""What the ledger of callbacks shows: frozen, free of secrets and of table rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dashboard.domain.events import EventKind
from dashboard.errors import Text
from dashboard.providers.base import Fact
from dashboard.services.readmodels import Level

Signature = Literal["genuine", "unsigned", "forged"]
Outcome = Literal[
    "applied",
    "waiting",
    "no_recording",
    "set_aside",
    "out_of_time",
    "unreadable",
    "test",
    "refused",
]
OUTCOMES: tuple[Outcome, ...] = Outcome.__args__
LEVELS: tuple[Level, ...] = Level.__args__
Show = Literal["all", "unmatched", "refused"]
Order = Literal["arrival", "sequence"]


@dataclass(frozen=True)
class LedgerFilters:
    """The ledger as somebody wants it. Empty and None: all.

    channel: its whole name. outcome: what became of it; kind, level: what it told.
    since, until: of its arrival. search: see services/reading/ledger.py. order: by sequence only
    where one recording is asked for. before: the last line of the page before, None for the first.
    """

    show: Show = "all"
    account_id: int | None = None
    channel: str = ""
    recording_id: int | None = None
    outcome: Outcome | None = None
    kind: EventKind | None = None
    level: Level | None = None
    since: datetime | None = None
    until: datetime | None = None
    search: str = ""
    order: Order = "arrival"
    before: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but place and order was chosen."""
        return any(
            (self.account_id, self.channel, self.recording_id, self.outcome, self.kind,
             self.level, self.since, self.until, self.search)
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """One callback.

    event_at: by the vendor's clock. lag_s: from then until it came; below 0 where clocks differ.
    channel, recorder_uid: what it says it is about; of refused ones nobody knows whether it is so.
    recording_id: it was applied to, or claims to be about. repeats: copies of it that came later.
    duplicate_of: an earlier one of the same session and sequence that says something else.
    gap: first and last sequence that are missing before it.
    """

    id: int
    received_at: datetime
    account_id: int
    account_name: str
    vendor: str
    signature: Signature
    outcome: Outcome
    sentence: Text
    level: Level
    event_at: datetime | None = None
    lag_s: float | None = None
    channel: str | None = None
    recorder_uid: str | None = None
    recording_id: int | None = None
    sequence: int | None = None
    kind: EventKind | None = None
    repeats: int = 0
    duplicate_of: int | None = None
    gap: tuple[int, int] | None = None

    @property
    def is_settled(self) -> bool:
        return self.outcome != "waiting"


@dataclass(frozen=True, kw_only=True)
class LedgerEntry(LedgerLine):
    """A callback opened.

    raw_text, headers: secrets masked. facts: each number in it explained. counts: this vendor
    numbers its callbacks. tries, tried_at, last_error, next_try_at: how applying it went so far.
    replayable: something could come of applying it again.
    """

    raw_text: str
    headers: tuple[tuple[str, str], ...]
    facts: tuple[Fact, ...]
    counts: bool
    address: str | None
    session: str | None
    applied_at: datetime | None
    tries: int
    tried_at: datetime | None
    next_try_at: datetime | None
    last_error: str | None
    repeated_at: datetime | None
    replayable: bool


@dataclass(frozen=True)
class LedgerPage:
    """lines: newest first, or by sequence. older: for `before` of the next page, None at the end.

    searched_to: so far back was looked in one go, and there is more behind; None: all of it.
    newest: id of the last that came, whatever the filters. counts: the vendor of the one
    recording asked for numbers its callbacks.
    """

    lines: tuple[LedgerLine, ...]
    filters: LedgerFilters
    newest: int
    older: str | None = None
    searched_to: datetime | None = None
    counts: bool = True


@dataclass(frozen=True)
class LedgerNews:
    """What a live tail has to show. fresh: newest first. changed: lines that it shows already.

    newest: to ask from next. more: there was more than fits one answer.
    """

    fresh: tuple[LedgerLine, ...]
    changed: tuple[LedgerLine, ...]
    newest: int
    more: bool = False
