"""Starting and ending what is due, once, whoever does it and however often they are killed."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from dashboard.domain.events import EventKind
from dashboard.domain.lifecycle import ACTIVE, RecordingState, is_active
from dashboard.errors import (
    Conflict,
    DashboardError,
    NotFound,
    ProviderError,
    ProviderUnavailable,
    Text,
    text,
)
from dashboard.extensions import db
from dashboard.models import Recording, RecordingEvent, ScheduleOccurrence
from dashboard.services import context, outcomes, recordings, texts
from dashboard.services.schedules import claims
from dashboard.services.schedules.states import (
    BY_SCHEDULE,
    KEY,
    State,
    actor_of,
    change,
    close,
    late,
)
from dashboard.services.unit_of_work import transaction

log = logging.getLogger(__name__)

LATE = timedelta(seconds=10)
"""From here on it is told that a start or an end was late."""
LOOK_AGAIN = timedelta(seconds=5)
TRY_AGAIN = timedelta(seconds=15)
_UNFINISHED = (State.PLANNED, State.STARTING)


def act_due(limit: int = 2) -> int:
    """Start and end what is due. Returns how many were taken up."""
    done = 0
    for occurrence_id, seen in claims.due(ScheduleOccurrence.next_at, limit):
        if not claims.take(ScheduleOccurrence.next_at, occurrence_id, seen):
            continue
        try:
            _act(occurrence_id)
        except DashboardError as fault:
            log.warning("occurrence %s was not looked after: %s", occurrence_id, fault)
        done += 1
    return done


def notice_ends(limit: int = 50) -> None:
    """Write down how those came to an end that somebody else ended, or nobody."""
    ended = db.session.scalars(
        select(ScheduleOccurrence.id)
        .join(Recording, Recording.id == ScheduleOccurrence.recording_id)
        .where(ScheduleOccurrence.next_at.is_not(None))
        .where(ScheduleOccurrence.state == State.RUNNING.value)
        .where(
            or_(
                Recording.state.not_in([state.value for state in ACTIVE]),
                Recording.stop_wanted_at.is_not(None),
            )
        )
        .limit(limit)
    ).all()
    db.session.rollback()
    for occurrence_id in ended:
        _over(occurrence_id)


def _act(occurrence_id: int) -> None:
    row = _get(occurrence_id)
    if row.state == State.RUNNING:
        _end(row)
    elif row.state in _UNFINISHED:
        _begin(row)


# ---------------------------------------------------------------- the start


def _begin(row: ScheduleOccurrence) -> None:
    """Start it, unless somebody who was killed did so already or its time is over."""
    known = _started_before(row)
    if known is not None:
        _bind(row, known)
        return
    schedule, now = row.schedule, context.now()
    if not schedule.enabled or schedule.archived_at is not None:
        with transaction() as work:
            close(work, row, State.SKIPPED, text("The schedule was turned off."))
    elif now >= row.ends_at or now > _latest(row):
        _give_up(row, now)
    else:
        _try(row)


def _latest(row: ScheduleOccurrence) -> datetime:
    return row.starts_at + timedelta(minutes=row.schedule.grace_min)


def _started_before(row: ScheduleOccurrence) -> int | None:
    """The recording of its last attempt, but for one that never came to run."""
    if not row.attempts:
        return None
    found = _recording_of(row)
    if found is None or (found.state == RecordingState.FAILED and not found.recording_since):
        return None
    return found.id


def _recording_of(row: ScheduleOccurrence) -> Recording | None:
    return db.session.scalar(select(Recording).where(Recording.key == _key(row, row.attempts)))


def _key(row: ScheduleOccurrence, attempt: int) -> str:
    """The same for all workers; another one once the vendor has refused."""
    again = f":{attempt}" if attempt > 1 else ""
    return f"{KEY}{row.schedule_id}:{row.key}{again}"


def _try(row: ScheduleOccurrence) -> None:
    failed = row.attempts and _recording_of(row) is not None
    attempt = row.attempts + 1 if failed or not row.attempts else row.attempts
    schedule = row.schedule
    channel_id, key, actor = schedule.channel_id, _key(row, attempt), actor_of(schedule)
    with transaction() as work:
        if not change(work, row.id, _UNFINISHED, State.STARTING, attempts=attempt):
            return  # it was planned anew meanwhile
    try:
        recording_id = recordings.start(channel_id, key, actor)
    except Conflict as fault:
        _in_the_way(_get(row.id), fault)
    except NotFound as fault:
        _wait(_get(row.id), fault.message, LOOK_AGAIN)
    except ProviderError as fault:
        _refused(_get(row.id), fault)
    except DashboardError as fault:  # a key of ours that does not open its secrets, for example
        _wait(_get(row.id), fault.message, TRY_AGAIN)
    else:
        _bind(_get(row.id), recording_id)


def _bind(row: ScheduleOccurrence, recording_id: int, *, taken_over: bool = False) -> None:
    """It runs. What was told of it while it was tried becomes why it was late."""
    if taken_over:
        reason = text("It was being recorded already. It is ended as planned.")
    else:
        reason = _why_late(row, db.session.get(Recording, recording_id).started_at)
    with transaction() as work:
        change(
            work,
            row.id,
            _UNFINISHED,
            State.RUNNING,
            recording_id=recording_id,
            taken_over=taken_over,
            next_at=row.ends_at,
            reason=reason,
        )
        work.touch_recording(recording_id)
    log.info("schedule %s: %s is recorded as %s", row.schedule_id, row.key, recording_id)


def _why_late(row: ScheduleOccurrence, started_at: datetime) -> Text | None:
    """None for one that began in time."""
    passed = started_at - row.starts_at
    if passed < LATE:
        return None
    by, why = late(passed.total_seconds()), texts.from_json(row.reason)
    if why is None:
        return text("Started %(late)s late: no worker was there in time.", late=by)
    return text("Started %(late)s late: %(why)s", late=by, why=why)


def _in_the_way(row: ScheduleOccurrence, fault: Conflict) -> None:
    other = db.session.get(Recording, fault.recording_id) if fault.recording_id else None
    if other is None:
        _wait(row, fault.message, LOOK_AGAIN)
        return
    by_hand = not other.key.startswith(KEY)
    if by_hand and row.schedule.takes_over and other.stop_wanted_at is None:
        _bind(row, other.id, taken_over=True)
        return
    why = text("%(name)s was being recorded already, started by %(who)s.",
               name=other.channel_name, who=_started_by(other) or "?")  # fmt: skip
    _wait(row, why, LOOK_AGAIN, other.id)


def _refused(row: ScheduleOccurrence, fault: ProviderError) -> None:
    """A vendor that is away may come back; one that says no says so again."""
    why, recording_id = _with_vendors_words(fault), getattr(fault, "recording_id", None)
    if isinstance(fault, ProviderUnavailable) or fault.retryable:
        _wait(row, why, TRY_AGAIN * 2 ** min(row.attempts - 1, 5), recording_id)
        return
    with transaction() as work:
        close(work, row, State.REFUSED, why, recording_id=recording_id)


def _with_vendors_words(fault: ProviderError) -> Text:
    words = " · ".join(part for part in (fault.vendor_code, fault.vendor_text) if part)
    if not words:
        return fault.message
    return text("%(why)s The vendor's words: %(words)s", why=fault.message, words=words)


def _wait(
    row: ScheduleOccurrence, why: Text, pause: timedelta, recording_id: int | None = None
) -> None:
    """Try again, once more just before the time of grace is over."""
    now = context.now()
    last = max(_latest(row), now + timedelta(seconds=1))
    next_at = min(now + pause, last)
    with transaction() as work:
        change(work, row.id, _UNFINISHED, State.STARTING,
               reason=why, next_at=next_at, recording_id=recording_id)  # fmt: skip


def _give_up(row: ScheduleOccurrence, now: datetime) -> None:
    why = texts.from_json(row.reason)
    with transaction() as work:
        if row.attempts and why is not None:
            close(work, row, State.REFUSED,
                  text("Not started within %(grace)s min: %(why)s",
                       grace=row.schedule.grace_min, why=why))  # fmt: skip
            return
        close(work, row, State.MISSED,
              text("No worker was there when it was to start, nor within %(grace)s min after.",
                   grace=row.schedule.grace_min))  # fmt: skip
    log.warning("schedule %s: %s was missed", row.schedule_id, row.key)


# ---------------------------------------------------------------- the end


def _end(row: ScheduleOccurrence) -> None:
    """Rather late than never. What somebody ended, or started anew, is left alone."""
    now = context.now()
    if now < row.ends_at:  # the end was moved meanwhile
        with transaction() as work:
            change(work, row.id, (State.RUNNING,), State.RUNNING, next_at=row.ends_at)
        return
    recording = db.session.get(Recording, row.recording_id)
    if recording.stop_wanted_at is not None or not is_active(RecordingState(recording.state)):
        _over(row.id)
        return
    passed = now - row.ends_at
    try:
        recordings.stop(recording.id, actor_of(row.schedule))
    except Conflict:
        _over(row.id)
        return
    row = _get(row.id)
    reason = texts.from_json(row.reason)
    if passed >= LATE:
        reason = _both(reason, text("Ended %(late)s late: no worker was there in time.",
                                    late=late(passed.total_seconds())))  # fmt: skip
    with transaction() as work:
        close(work, row, State.DONE, reason)


def _over(occurrence_id: int) -> None:
    """It came to an end, or somebody asked for it: by whom, or of what?"""
    row = _get(occurrence_id)
    recording = db.session.get(Recording, row.recording_id)
    state, why = _how_it_ended(row, recording)
    reason = _both(texts.from_json(row.reason), why) if why else texts.from_json(row.reason)
    with transaction() as work:
        close(work, row, state, reason)


def _how_it_ended(row: ScheduleOccurrence, recording: Recording) -> tuple[State, Text | None]:
    asked = _event(recording.id, EventKind.STOP_REQUESTED)
    if asked is not None and (asked.actor_email or "").startswith(BY_SCHEDULE):
        return State.DONE, None
    if recording.state in (RecordingState.FAILED, RecordingState.LOST):
        return State.BROKE, outcomes.why_of(recording)
    if asked is None:
        ended = recording.ended_at or context.now()
        if ended >= row.ends_at:
            return State.DONE, None
        why = texts.from_json(recording.end_reason)
        return State.EARLY, why or text("The recording ended by itself.")
    if asked.actor_email:
        return State.EARLY, text("Stopped by %(who)s before its end.", who=asked.actor_email)
    return State.EARLY, text("It reached the longest time that its channel allows.")


def _both(first: Text | None, second: Text) -> Text:
    if first is None:
        return second
    return text("%(first)s %(second)s", first=first, second=second)


# ---------------------------------------------------------------- reading


def _get(occurrence_id: int) -> ScheduleOccurrence:
    """As it is now, whoever changed it."""
    db.session.rollback()
    return db.session.get(ScheduleOccurrence, occurrence_id, populate_existing=True)


def _started_by(recording: Recording) -> str | None:
    line = _event(recording.id, EventKind.START_REQUESTED)
    return line.actor_email if line else None


def _event(recording_id: int, kind: EventKind) -> RecordingEvent | None:
    """The first of its kind."""
    return db.session.scalar(
        select(RecordingEvent)
        .where(RecordingEvent.recording_id == recording_id, RecordingEvent.kind == kind.value)
        .order_by(RecordingEvent.id)
        .limit(1)
    )
