"""How a recording goes: what of it somebody should know, told from facts alone.

Every condition that holds is found, however young; whoever shows it or raises an alarm has a
patience of their own for `now - since`. What nothing tells is not a condition: an unknown is
None in the facts and finds nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from dashboard.domain.lifecycle import RecordingState, is_active

Level = Literal["warning", "error"]

NEAR = timedelta(minutes=10)
NEAR_PART = 0.2
"""A ceiling is near in its last ten minutes, of a short one in its last fifth."""
OVERDUE = 2
"""So many callbacks that come at a known pace have to be missed."""
FIRST_CALLBACK = timedelta(minutes=1)
"""Where callbacks come at no known pace, the first one still comes at once."""
STALE = timedelta(minutes=5)
"""What was last seen of the uploads says nothing of now after so long."""


class Condition(StrEnum):
    """Worst first."""

    LOST = "lost"
    FAILED = "failed"
    STORAGE_ERROR = "storage_error"
    FILES_MISSING = "files_missing"
    UNSETTLED = "unsettled"
    """Whether a start or a stop was taken is not known."""
    UNREACHABLE = "unreachable"
    NO_UPLOAD = "no_upload"
    NOBODY_PUBLISHING = "nobody_publishing"
    CALLBACKS_SILENT = "callbacks_silent"
    CEILING_NEAR = "ceiling_near"
    RESUMED = "resumed"


@dataclass(frozen=True)
class Finding:
    """A condition that holds. detail: plain values for the sentence that tells it."""

    condition: Condition
    since: datetime
    level: Level = "warning"
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known of one recording. All times are by our clock; None: not known, or never.

    sending: whether anybody sends what is recorded; None: nothing tells. silent_since: since
    when nobody does. sending_since: since when somebody does again.
    last_upload_at: a file was last seen or told to arrive. uploads_seen_at: until when
    that is known; None: nothing tells of uploads.
    storage_error: why the storage does not take files; storage_error_at: when it was last told.
    callbacks: they are expected. callbacks_every: at this pace; None: only at changes.
    ceiling_at: it is stopped then; ceiling_min: its longest time.
    told, missing: files by name, and those that are not in the storage; 0 where that is not
    known. backed_up_at: the vendor keeps the files for now.
    """

    state: RecordingState
    started_at: datetime
    recording_since: datetime | None = None
    recorded_until: datetime | None = None
    ended_at: datetime | None = None
    unanswered_at: datetime | None = None
    stop_wanted_at: datetime | None = None
    stop_sent_at: datetime | None = None
    unreachable_since: datetime | None = None
    sending: bool | None = None
    silent_since: datetime | None = None
    sending_since: datetime | None = None
    max_idle_s: int | None = None
    last_upload_at: datetime | None = None
    uploads_seen_at: datetime | None = None
    storage_error: Mapping[str, Any] | None = None
    storage_error_at: datetime | None = None
    last_callback_at: datetime | None = None
    callbacks: bool = False
    callbacks_every: timedelta | None = None
    ceiling_at: datetime | None = None
    ceiling_min: int | None = None
    resumed: int = 0
    resumed_at: datetime | None = None
    told: int = 0
    missing: int = 0
    backed_up_at: datetime | None = None
    failure: Mapping[str, Any] | None = None


def findings(facts: Facts, now: datetime) -> tuple[Finding, ...]:
    """All that hold now, worst first, whatever their age."""
    teller = _running if is_active(facts.state) else _ended
    return tuple(sorted(teller(facts, now), key=_rank))


_ORDER = {condition: rank for rank, condition in enumerate(Condition)}


def _rank(finding: Finding) -> tuple[bool, int]:
    return finding.level != "error", _ORDER[finding.condition]


# ---------------------------------------------------------------- while it runs


def _running(facts: Facts, now: datetime) -> Iterator[Finding]:
    if facts.unanswered_at is not None and facts.state is RecordingState.STARTING:
        yield Finding(Condition.UNSETTLED, facts.unanswered_at, detail={"what": "start"})
    if facts.stop_wanted_at is not None and facts.stop_sent_at is None:
        yield Finding(Condition.UNSETTLED, facts.stop_wanted_at, detail={"what": "stop"})
    if facts.unreachable_since is not None:
        yield Finding(Condition.UNREACHABLE, facts.unreachable_since)
    if facts.resumed_at is not None:
        yield Finding(Condition.RESUMED, facts.resumed_at, detail={"times": facts.resumed})
    yield from _storage_error(facts)
    yield from _no_upload(facts, now)
    if facts.state is RecordingState.RECORDING:
        yield from _nobody_publishing(facts)
        yield from _callbacks_silent(facts, now)
        yield from _ceiling_near(facts, now)


def _storage_error(facts: Facts) -> Iterator[Finding]:
    """It is over once something arrived after it."""
    at = facts.storage_error_at
    if at is None or (facts.last_upload_at is not None and facts.last_upload_at > at):
        return
    yield Finding(Condition.STORAGE_ERROR, at, "error", {"why": facts.storage_error})


def _no_upload(facts: Facts, now: datetime) -> Iterator[Finding]:
    """Only where uploads can be seen, and something is there to be uploaded."""
    seen = facts.uploads_seen_at
    if seen is None or now - seen > STALE or facts.recording_since is None:
        return
    idle = facts.state is RecordingState.RECORDING and facts.sending is False
    if idle or facts.unreachable_since is not None:
        return
    moments = [facts.recording_since, facts.last_upload_at, facts.sending_since, facts.resumed_at]
    if facts.state is not RecordingState.RECORDING:
        moments.append(facts.recorded_until)
    since = max(moment for moment in moments if moment is not None)
    if seen > since:  # else nobody has looked since then
        detail = {"ever": facts.last_upload_at is not None}
        yield Finding(Condition.NO_UPLOAD, since, detail=detail)


def _nobody_publishing(facts: Facts) -> Iterator[Finding]:
    if facts.sending is not False or facts.unreachable_since is not None:
        return
    since = [facts.silent_since, facts.recording_since or facts.started_at]
    yield Finding(
        Condition.NOBODY_PUBLISHING,
        max(moment for moment in since if moment is not None),
        detail={"max_idle_s": facts.max_idle_s},
    )


def _callbacks_silent(facts: Facts, now: datetime) -> Iterator[Finding]:
    ever = facts.last_callback_at is not None
    if not facts.callbacks or (ever and facts.callbacks_every is None):
        return
    since = facts.last_callback_at or facts.recording_since or facts.started_at
    due = facts.callbacks_every * OVERDUE if facts.callbacks_every else FIRST_CALLBACK
    if now - since > due:
        yield Finding(Condition.CALLBACKS_SILENT, since, detail={"ever": ever})


def _ceiling_near(facts: Facts, now: datetime) -> Iterator[Finding]:
    if facts.ceiling_at is None or facts.stop_wanted_at is not None:
        return
    begun = facts.recording_since or facts.started_at
    from_here = facts.ceiling_at - min(NEAR, (facts.ceiling_at - begun) * NEAR_PART)
    if now >= from_here:
        detail = {"minutes": facts.ceiling_min, "at": facts.ceiling_at}
        yield Finding(Condition.CEILING_NEAR, from_here, detail=detail)


# ---------------------------------------------------------------- after its end


def _ended(facts: Facts, now: datetime) -> Iterator[Finding]:
    ended = facts.ended_at or facts.started_at
    if facts.state is RecordingState.FAILED:
        yield Finding(Condition.FAILED, ended, "error", {"why": facts.failure})
    if facts.state is RecordingState.LOST:
        yield Finding(Condition.LOST, ended, "error", {"why": facts.failure})
    if facts.backed_up_at is not None and (facts.missing or not facts.told):
        yield Finding(Condition.FILES_MISSING, facts.backed_up_at, detail={"backed_up": True})
    elif facts.missing:
        detail = {"missing": facts.missing, "told": facts.told}
        yield Finding(Condition.FILES_MISSING, ended, "error", detail)
