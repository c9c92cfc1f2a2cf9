"""Ceilings of our own: how long a recording may get, how many an account may have at once."""

import logging
from datetime import datetime, timedelta

from sqlalchemy import func, select

from dashboard.domain.events import EventKind
from dashboard.domain.lifecycle import ACTIVE
from dashboard.errors import Conflict, text
from dashboard.extensions import db
from dashboard.models import Account, Recording, ScheduleOccurrence
from dashboard.services import context, live, progress
from dashboard.services.live import Live
from dashboard.services.schedules.states import State, actor_of
from dashboard.services.unit_of_work import Transaction, transaction

log = logging.getLogger(__name__)

SCHEDULES_FIRST = timedelta(seconds=30)
"""So long after a planned end it is left to the schedule, which ends it and tells how."""

_ACTIVE = [state.value for state in ACTIVE]


def longest_min(own: int | None) -> int | None:
    """Minutes that a recording may get: its own longest time, else that of the house."""
    return own or context.settings().longest_recording_h * 60 or None


def ceiling_at(row: Recording) -> datetime | None:
    """When a recording is stopped; counted from when it was first known to run."""
    minutes = longest_min(row.profile.get("max_duration_min"))
    return (row.recording_since or row.started_at) + timedelta(minutes=minutes) if minutes else None


def planned_end_of(recording_id: int) -> datetime | None:
    """When its schedule ends it."""
    time = _scheduled(recording_id)
    return time.ends_at if time else None


def stops_at(row: Recording) -> datetime | None:
    """Its ceiling or the end of its schedule's time, whichever comes first."""
    moments = [ceiling_at(row), planned_end_of(row.id)]
    return min((moment for moment in moments if moment is not None), default=None)


def _scheduled(recording_id: int) -> ScheduleOccurrence | None:
    return db.session.scalar(
        select(ScheduleOccurrence)
        .where(ScheduleOccurrence.recording_id == recording_id)
        .where(ScheduleOccurrence.state == State.RUNNING.value)
        .order_by(ScheduleOccurrence.ends_at)
        .limit(1)
    )


def want_stop_at_planned_end(recording: Live) -> bool:
    """The same for one whose schedule should have ended it by now, and did not.

    It is ended in the schedule's name.
    """
    if recording.stop_wanted_at is not None:
        return False
    with transaction() as work:
        time = _scheduled(recording.id)
        if time is None or context.now() < time.ends_at + SCHEDULES_FIRST:
            return False
        row = work.session.get(Recording, recording.id, with_for_update=True)
        if row.stop_wanted_at is not None or row.state not in _ACTIVE:
            return False
        row.stop_wanted_at = context.now()
        work.session.flush()
        wish = live.event(EventKind.STOP_REQUESTED, planned_end=True)
        email = actor_of(time.schedule).email
        progress.apply_in(work, row.id, wish, "watchdog", actor_email=email)
    log.warning("recording %s: its planned end has passed, stopping it", recording.id)
    return True


def want_stop_at_ceiling(recording: Live) -> bool:
    """Write down that a recording shall end because its time is over. Returns whether it did.

    Whoever called sends the stop; one that is wanted already is left alone.
    """
    minutes = longest_min(recording.spec.profile.max_duration_min)
    if not minutes or recording.stop_wanted_at is not None:
        return False
    with transaction() as work:
        row = work.session.get(Recording, recording.id)
        if row.stop_wanted_at is not None or row.state not in _ACTIVE:
            return False
        if context.now() < ceiling_at(row):
            return False
        row.stop_wanted_at = context.now()
        work.session.flush()
        wish = live.event(EventKind.STOP_REQUESTED, ceiling_min=minutes)
        progress.apply_in(work, row.id, wish, "watchdog")
    log.info("recording %s: %s min are over, stopping it", recording.id, minutes)
    return True


def refuse_too_many(work: Transaction, account_id: int) -> None:
    """Raises Conflict where the account records as much as it may.

    The account's row is held until the end of the transaction, so that two presses at the
    same moment are counted one after the other.
    """
    account = work.session.scalar(
        select(Account)
        .where(Account.id == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if account.most_recordings is None:
        return
    running = active_on(account_id)
    if running >= account.most_recordings:
        raise Conflict(
            text("Account %(name)s may record %(n)s at the same time, and does. "
                 "Stop one, or ask an administrator.",
                 name=account.name, n=account.most_recordings)
        )  # fmt: skip


def active_on(account_id: int) -> int:
    """Recordings that have not ended."""
    return db.session.scalar(
        select(func.count())
        .select_from(Recording)
        .where(Recording.account_id == account_id, Recording.state.in_(_ACTIVE))
    )
