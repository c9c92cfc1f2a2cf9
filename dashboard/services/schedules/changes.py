"""Making, changing and putting away schedules, and leaving out single times."""

import secrets
from collections.abc import Mapping
from typing import Any

from dashboard.domain.recurrence import Plan, at_key, coming
from dashboard.errors import Conflict, InvalidInput, NotFound, Problem, Text, text
from dashboard.extensions import db
from dashboard.models import Channel, Schedule
from dashboard.services import audit, context, stale
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.schedules import form, planning
from dashboard.services.schedules.form import Wanted
from dashboard.services.schedules.states import FEED
from dashboard.services.unit_of_work import SHELL, Transaction, transaction

SUBJECT = "schedule"
_TYPED_AS = {
    "channel": "channel_id", "plan.zone": "zone", "plan.first": "date", "plan.rule": "repeats",
    "plan.length": "length_min", "plan.until": "until", "plan.skipped": "except_dates",
    "plan.also": "rule",
}  # fmt: skip


def create(typed: Mapping[str, str], actor: Actor) -> int:
    """Returns the new schedule's id. Raises Forbidden, InvalidInput."""
    need(actor, "operate")
    wanted = checked(form.read(typed), None)
    with transaction() as work:
        row = add(work, wanted, f"{secrets.token_hex(16)}@tallydeck", "", actor)
        audit.note(work, "schedule.create", "schedule", row.id, actor=actor, after=facts(row))
        return row.id


def edit(schedule_id: int, typed: Mapping[str, str], actor: Actor) -> None:
    """What runs goes on, to its new end if the plan still has that time.

    Raises Forbidden, NotFound, InvalidInput, Stale where somebody was quicker.
    """
    need(actor, "operate")
    present = get(schedule_id)
    plan = Plan.from_json(present.plan)
    wanted = checked(form.read(typed, plan), plan)
    with transaction() as work:
        row = get_locked(work, schedule_id)
        stale.refuse(work, row, typed, (SUBJECT, schedule_id), fields=_TYPED_AS)
        change(work, row, wanted, "schedule.edit", actor)


def set_enabled(schedule_id: int, enabled: bool, actor: Actor) -> None:
    """Off: nothing begins any more; what runs is still ended as planned."""
    need(actor, "operate")
    with transaction() as work:
        row = get_locked(work, schedule_id)
        if row.enabled == enabled:
            return
        before = facts(row)
        row.enabled = enabled
        _touched(work, row)
        action = "schedule.on" if enabled else "schedule.off"
        audit.note(work, action, "schedule", row.id, actor=actor, before=before, after=facts(row))


def remove(schedule_id: int, actor: Actor) -> None:
    """Its past stays to be read; what runs is still ended as planned."""
    need(actor, "operate")
    with transaction() as work:
        row = get_locked(work, schedule_id)
        before = facts(row)
        row.enabled, row.archived_at = False, context.now()
        _touched(work, row)
        audit.note(work, "schedule.remove", "schedule", row.id, actor=actor, before=before)


def skip(schedule_id: int, key: str, actor: Actor, *, skipped: bool = True) -> None:
    """Leave one time out, or take it back. Raises Conflict for one that has begun."""
    need(actor, "operate")
    with transaction() as work:
        row = get_locked(work, schedule_id)
        plan = Plan.from_json(row.plan)
        found = at_key(plan, key)
        if found is None:
            raise NotFound(text("The schedule has no such time any more."))
        if found.starts_at <= context.now():
            raise Conflict(text("This time has begun already. Stop its recording instead."))
        before = facts(row)
        row.plan = (plan.skip if skipped else plan.take_back)(found.local).to_json()
        _touched(work, row)
        action = "schedule.skip" if skipped else "schedule.unskip"
        audit.note(work, action, "schedule", row.id, actor=actor, time=key,
                   before=before, after=facts(row))  # fmt: skip


# ---------------------------------------------------------------- shared with the import


def checked(wanted: Wanted, present: Plan | None) -> Wanted:
    """What only the tables and the clock can tell. Raises InvalidInput."""
    problems = [*_channel_problems(wanted), *_time_problems(wanted.plan, present)]
    if problems:
        raise InvalidInput(problems)
    return wanted


def add(work: Transaction, wanted: Wanted, uid: str, recurrence_id: str, actor: Actor) -> Schedule:
    now = context.now()
    row = Schedule(uid=uid, recurrence_id=recurrence_id, enabled=True, version=1,
                   created_by=actor.email, created_at=now, updated_at=now)  # fmt: skip
    _fill(row, wanted)
    work.session.add(row)
    work.session.flush()
    planning.plan_in(work, row)
    return row


def change(work: Transaction, row: Schedule, wanted: Wanted, action: str, actor: Actor) -> None:
    before = facts(row)
    _fill(row, wanted)
    _touched(work, row)
    audit.note(work, action, "schedule", row.id, actor=actor, before=before, after=facts(row))


def facts(row: Schedule) -> dict[str, Any]:
    """For before and after."""
    return {
        "title": row.title, "channel": row.channel_id, "plan": row.plan, "enabled": row.enabled,
        "takes_over": row.takes_over, "lead_min": row.lead_min, "grace_min": row.grace_min,
    }  # fmt: skip


def get(schedule_id: int) -> Schedule:
    """Raises NotFound."""
    row = db.session.get(Schedule, schedule_id)
    if row is None or row.archived_at is not None:
        raise _gone()
    return row


def get_locked(work: Transaction, schedule_id: int) -> Schedule:
    row = planning.locked(work, schedule_id)
    if row is None or row.archived_at is not None:
        raise _gone()
    return row


def _gone() -> NotFound:
    return NotFound(text("There is no such schedule, or it was removed."))


def _fill(row: Schedule, wanted: Wanted) -> None:
    row.title, row.channel_id, row.plan = wanted.title, wanted.channel_id, wanted.plan.to_json()
    row.lead_min, row.grace_min = wanted.lead_min, wanted.grace_min
    row.takes_over = wanted.takes_over


def _touched(work: Transaction, row: Schedule) -> None:
    row.version, row.updated_at = row.version + 1, context.now()
    work.session.flush()
    planning.replan(work, row)
    work.touch(FEED, SHELL)


def _channel_problems(wanted: Wanted) -> list[Problem]:
    channel = db.session.get(Channel, wanted.channel_id)
    if channel is None or channel.archived_at is not None:
        return [Problem("channel_id", text("Choose one of the channels."))]
    return []


def _time_problems(plan: Plan, present: Plan | None) -> list[Problem]:
    now = context.now()
    where = "length_min" if plan.length else "until"
    if form.longer_than_its_pause(plan, now):
        return [Problem(where, text("It would begin again before it has ended."))]
    if plan != present and not coming(plan, now, 1):
        what: Text = text("None of its times is still to come.")
        return [Problem("date", what)]
    return []
