"""Schedules from a calendar file and into one. What is there already is known by its UID."""

from dataclasses import dataclass, field, replace
from typing import Literal

from sqlalchemy import select

from dashboard.domain.recurrence import Plan, local_of
from dashboard.errors import InvalidInput, Problem, text
from dashboard.extensions import db
from dashboard.models import Channel, Schedule
from dashboard.services import audit
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.schedules import calendar_files, changes, planning
from dashboard.services.schedules.calendar_files import Entry, Told
from dashboard.services.schedules.form import Wanted
from dashboard.services.unit_of_work import Transaction, transaction

_CARE = {"lead_min": 15, "grace_min": 10, "takes_over": 0}

Done = Literal["added", "changed", "same", "off"]


@dataclass
class Imported:
    """Titles of what was added, changed, the same already, or turned off as cancelled."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    off: list[str] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)


def bring_in(data: bytes, zone: str, channel_id: int | None, actor: Actor) -> Imported:
    """channel_id: for entries that name no channel of ours. Raises Forbidden, InvalidInput."""
    need(actor, "operate")
    if not data:
        raise InvalidInput([Problem("file", text("Choose a calendar file."))])
    found = calendar_files.read(data, zone)
    done = Imported(told=list(found.told))
    for entry in sorted(found.entries, key=lambda one: one.recurrence_id):  # series first
        try:
            getattr(done, _take(entry, channel_id, actor)).append(entry.title)
        except InvalidInput as fault:
            done.told += (Told(entry.title, problem.what) for problem in fault.problems)
    return done


def written(schedule_id: int | None = None) -> bytes:
    """A calendar file of one schedule with its moved times, or of all. Raises NotFound."""
    query = select(Schedule).where(Schedule.archived_at.is_(None)).order_by(Schedule.id)
    if schedule_id is not None:
        query = query.where(Schedule.uid == changes.get(schedule_id).uid)
    return calendar_files.write(db.session.scalars(query))


def _take(entry: Entry, channel_id: int | None, actor: Actor) -> Done:
    present = _present(entry.uid, entry.recurrence_id)
    if entry.cancelled:
        return _cancel(entry, present, actor)
    wanted = _wanted(entry, present, channel_id)
    if present is not None and _is_same(present, wanted):
        return "same"
    plan = Plan.from_json(present.plan) if present else None
    changes.checked(wanted, plan)
    with transaction() as work:
        if present is None:
            row = changes.add(work, wanted, entry.uid, entry.recurrence_id, actor)
            if entry.off:
                row.enabled = False
                planning.replan(work, row)
            audit.note(work, "schedule.import", "schedule", row.id, actor=actor,
                       after=changes.facts(row))  # fmt: skip
        else:
            row = changes.get_locked(work, present.id)
            changes.change(work, row, wanted, "schedule.import", actor)
        _leave_out_of_series(work, entry, actor)
    return "changed" if present else "added"


def _cancel(entry: Entry, present: Schedule | None, actor: Actor) -> Done:
    if present is not None:
        changes.set_enabled(present.id, False, actor)
    if entry.recurrence_id:
        with transaction() as work:
            _leave_out_of_series(work, entry, actor)
    elif present is None:
        raise InvalidInput([Problem("", text("It is cancelled."))])
    return "off"


def _wanted(entry: Entry, present: Schedule | None, channel_id: int | None) -> Wanted:
    plan, care = entry.plan, _CARE
    if present is not None:  # what was left out here stays so
        plan = replace(plan, skipped=plan.skipped | Plan.from_json(present.plan).skipped)
        care = {name: getattr(present, name) for name in _CARE}
    care = {**care, **entry.care}
    channel = _channel(entry, present, channel_id)
    if channel is None:
        raise InvalidInput([Problem("", text("It names no channel of ours, and none was chosen."))])
    return Wanted(entry.title, channel, plan, care["lead_min"], care["grace_min"],
                  bool(care["takes_over"]))  # fmt: skip


def _channel(entry: Entry, present: Schedule | None, otherwise: int | None) -> int | None:
    """The one it names; else the one it had; else the one that was chosen."""
    named = db.session.scalars(
        select(Channel.id).where(Channel.name == entry.place, Channel.archived_at.is_(None))
    ).all()
    if len(named) == 1:
        return named[0]
    return present.channel_id if present else otherwise


def _is_same(row: Schedule, wanted: Wanted) -> bool:
    mine = (row.title, row.channel_id, row.plan, row.lead_min, row.grace_min, row.takes_over)
    return mine == (wanted.title, wanted.channel_id, wanted.plan.to_json(), wanted.lead_min,
                    wanted.grace_min, wanted.takes_over)  # fmt: skip


def _leave_out_of_series(work: Transaction, entry: Entry, actor: Actor) -> None:
    """A single time that was moved or cancelled no longer comes as one of its series."""
    series = _present(entry.uid, "") if entry.recurrence_id else None
    if series is None:
        return
    row, local = changes.get_locked(work, series.id), local_of(entry.recurrence_id)
    plan = Plan.from_json(row.plan)
    if local not in plan.skipped:
        before = changes.facts(row)
        row.plan = plan.skip(local).to_json()
        planning.replan(work, row)
        audit.note(work, "schedule.skip", "schedule", row.id, actor=actor,
                   time=local.isoformat(), before=before, after=changes.facts(row))  # fmt: skip


def _present(uid: str, recurrence_id: str) -> Schedule | None:
    return db.session.scalar(
        select(Schedule).where(
            Schedule.uid == uid,
            Schedule.recurrence_id == recurrence_id,
            Schedule.archived_at.is_(None),
        )
    )
