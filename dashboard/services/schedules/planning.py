"""A row for every time of every schedule, made a day before it is due."""

import logging
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import delete, or_, select

from dashboard.domain.recurrence import Occurrence, Plan, at_key, between
from dashboard.extensions import db
from dashboard.models import Schedule, ScheduleOccurrence
from dashboard.services import context
from dashboard.services.schedules.states import FEED, State
from dashboard.services.unit_of_work import SHELL, Transaction, transaction

log = logging.getLogger(__name__)

AHEAD = timedelta(hours=25)
"""A check may be wanted a day before."""
AGAIN = timedelta(hours=1)
LONG_AGO = timedelta(days=30)
"""What was due earlier, while nothing ran, is not told any more."""
MOST = 1000
"""Rows in one transaction."""


def plan_ahead(limit: int = 50) -> None:
    """Make the rows that are missing; any number of workers may."""
    now = context.now()
    due = db.session.scalars(
        select(Schedule.id)
        .where(Schedule.archived_at.is_(None), Schedule.enabled)
        .where(or_(Schedule.planned_until.is_(None), Schedule.planned_until < now + AHEAD - AGAIN))
        .limit(limit)
    ).all()
    db.session.rollback()
    for schedule_id in due:
        try:
            _plan(schedule_id)
        except Exception as fault:  # one that cannot be read keeps no other from being recorded
            log.error("schedule %s cannot be planned: %r", schedule_id, fault)


def _plan(schedule_id: int) -> None:
    with transaction() as work:
        row = locked(work, schedule_id)
        if row.enabled and row.archived_at is None:
            plan_in(work, row)


def locked(work: Transaction, schedule_id: int) -> Schedule:
    """The schedule, so that nobody plans it while it is changed."""
    return work.session.scalar(
        select(Schedule)
        .where(Schedule.id == schedule_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def plan_in(work: Transaction, row: Schedule) -> None:
    now = context.now()
    since, before = max(row.planned_until or now, now - LONG_AGO), now + AHEAD
    found = list(islice(between(Plan.from_json(row.plan), since, before), MOST))
    for one in found:
        if not one.skipped:
            _add(work, row, one, now)
    row.planned_until = before if len(found) < MOST else found[-1].starts_at
    work.touch(FEED, SHELL)


def replan(work: Transaction, row: Schedule) -> None:
    """After a change: what has not begun is planned anew. What runs keeps its time, and takes
    the new end if there still is one."""
    now = context.now()
    _forget_planned(work, row, now)
    row.planned_until = now
    if not row.enabled or row.archived_at is not None:
        return
    plan_in(work, row)
    plan = Plan.from_json(row.plan)
    running = select(ScheduleOccurrence).where(
        ScheduleOccurrence.schedule_id == row.id,
        ScheduleOccurrence.state == State.RUNNING.value,
    )
    for one in work.session.scalars(running):
        found = at_key(plan, one.key)
        if found and not found.skipped:
            one.ends_at = one.next_at = found.ends_at


def _forget_planned(work: Transaction, row: Schedule, now: datetime) -> None:
    """What is due already is not forgotten: it has to be told what became of it."""
    work.session.execute(
        delete(ScheduleOccurrence).where(
            ScheduleOccurrence.schedule_id == row.id,
            ScheduleOccurrence.state == State.PLANNED.value,
            ScheduleOccurrence.starts_at > now,
        )
    )


def _add(work: Transaction, row: Schedule, one: Occurrence, now: datetime) -> None:
    check_at = one.starts_at - timedelta(minutes=row.lead_min)
    work.insert_new(
        ScheduleOccurrence,
        schedule_id=row.id,
        key=one.key,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        state=State.PLANNED.value,
        taken_over=False,
        attempts=0,
        next_at=one.starts_at,
        check_at=check_at if row.lead_min and one.starts_at > now else None,
    )
