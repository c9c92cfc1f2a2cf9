"""Looking before the hour: what would keep a start from happening is told while there is time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from dashboard.domain.lifecycle import ACTIVE
from dashboard.errors import DashboardError, NotFound, Text, text
from dashboard.extensions import db
from dashboard.models import Channel, Recording, Schedule, ScheduleOccurrence
from dashboard.services import context, preflight, texts
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.schedules import claims
from dashboard.services.schedules.states import FEED, KEY, State, actor_of
from dashboard.services.unit_of_work import SHELL, transaction
from dashboard.storage.trial import Step

OPEN = text("The channel and its account are in use")
FREE = text("Nobody records the channel")
CHECK = text("The check")


@dataclass(frozen=True)
class Trouble:
    """A time that is coming and will not be recorded as things are. why: the first reason."""

    schedule_id: int
    title: str
    channel_id: int
    channel_name: str
    starts_at: datetime
    checked_at: datetime
    why: Text


def check_due(limit: int = 2) -> int:
    """Check what starts soon. Returns how many were taken up."""
    moment = ScheduleOccurrence.check_at
    return sum(
        claims.take(moment, id_, seen) and _check(id_) for id_, seen in claims.due(moment, limit)
    )


def check_next(schedule_id: int, actor: Actor) -> bool:
    """Check the next time at once, for somebody who pressed the button.

    Returns False where none is near enough to have a row. Raises Forbidden, NotFound.
    """
    need(actor, "operate")
    if db.session.get(Schedule, schedule_id) is None:
        raise NotFound(text("There is no such schedule."))
    coming = db.session.scalar(
        select(ScheduleOccurrence.id)
        .where(ScheduleOccurrence.schedule_id == schedule_id)
        .where(ScheduleOccurrence.state == State.PLANNED.value)
        .order_by(ScheduleOccurrence.starts_at)
        .limit(1)
    )
    return coming is not None and _check(coming)


def troubles() -> tuple[Trouble, ...]:
    """What is told beforehand, soonest first."""
    return tuple(filter(None, map(_trouble, coming_checked())))


def coming_checked() -> list[ScheduleOccurrence]:
    """What is still to come and was checked, soonest first."""
    rows = db.session.scalars(
        select(ScheduleOccurrence)
        .where(ScheduleOccurrence.next_at.is_not(None))
        .where(ScheduleOccurrence.state == State.PLANNED.value)
        .where(ScheduleOccurrence.checked_at.is_not(None))
        .options(joinedload(ScheduleOccurrence.schedule).joinedload(Schedule.channel))
        .order_by(ScheduleOccurrence.starts_at)
        .limit(100)
    )
    return list(rows)


def first_reason(row: ScheduleOccurrence) -> Text | None:
    """Why it will not start; None where nothing is in the way."""
    return next((step.why for step in steps_of(row) if step.needed and step.why), None)


def steps_of(row: ScheduleOccurrence) -> tuple[Step, ...]:
    return tuple(
        Step(texts.from_json(one["what"]), texts.from_json(one["why"]), one["needed"])
        for one in row.findings or ()
    )


def _trouble(row: ScheduleOccurrence) -> Trouble | None:
    why = first_reason(row)
    if why is None:
        return None
    schedule = row.schedule
    return Trouble(
        schedule_id=schedule.id,
        title=schedule.title,
        channel_id=schedule.channel_id,
        channel_name=schedule.channel.name,
        starts_at=row.starts_at,
        checked_at=row.checked_at,
        why=why,
    )


def _check(occurrence_id: int) -> bool:
    row = db.session.get(ScheduleOccurrence, occurrence_id)
    steps: tuple[Step, ...] = ()
    if row is not None and row.state == State.PLANNED and context.now() < row.starts_at:
        steps = _steps(row)
    findings = [
        {"what": texts.to_json(step.what), "needed": step.needed,
         "why": texts.to_json(step.why) if step.why else None}
        for step in steps
    ]  # fmt: skip
    with transaction() as work:
        work.session.execute(
            update(ScheduleOccurrence)
            .where(ScheduleOccurrence.id == occurrence_id)
            .values(check_at=None, **({"findings": findings, "checked_at": context.now()}
                                      if steps else {}))
        )  # fmt: skip
        work.touch(FEED, SHELL)
    return bool(steps)


def _steps(row: ScheduleOccurrence) -> tuple[Step, ...]:
    channel, actor = row.schedule.channel, actor_of(row.schedule)
    own = (_in_use(channel), _free(row, channel))
    try:
        return (*own, *preflight.check(channel.id, actor).findings)
    except DashboardError as fault:
        return (*own, Step(CHECK, fault.message))


def _in_use(channel: Channel) -> Step:
    if channel.archived_at is not None:
        return Step(OPEN, text("%(name)s is archived.", name=channel.name), needed=True)
    if channel.account.archived_at is not None:
        name = channel.account.name
        return Step(OPEN, text("Account %(name)s is disabled.", name=name), needed=True)
    return Step(OPEN, needed=True)


def _free(row: ScheduleOccurrence, channel: Channel) -> Step:
    """Another schedule's recording ends by itself; one by hand goes on until somebody stops it."""
    key = db.session.scalar(
        select(Recording.key)
        .where(Recording.channel_id == channel.id)
        .where(Recording.state.in_([state.value for state in ACTIVE]))
        .limit(1)
    )
    if key is None or key.startswith(KEY) or row.schedule.takes_over:
        return Step(FREE)
    return Step(
        FREE,
        text("%(name)s is being recorded by hand. Unless that is stopped before, this time is "
             "not recorded by the schedule.", name=channel.name),
    )  # fmt: skip
