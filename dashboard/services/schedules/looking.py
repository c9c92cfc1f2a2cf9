"""What the screens of schedules show: the list, one schedule, the agenda, a preview."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from dashboard.domain.recurrence import Occurrence, Plan, between, coming
from dashboard.extensions import db
from dashboard.models import Account, Channel, Schedule, ScheduleOccurrence
from dashboard.services import context, stale, texts
from dashboard.services.reading import feeds
from dashboard.services.readmodels import Actor
from dashboard.services.readmodels_schedules import (
    Agenda,
    Moment,
    ScheduleForm,
    ScheduleList,
    ScheduleRow,
    ScheduleScreen,
)
from dashboard.services.schedules import changes, checking, clashes, form
from dashboard.services.schedules.states import FEED, OPEN, State
from dashboard.services.schedules.words import in_words

NEXT_TEN = 10
PAST_SHOWN = 30
MOST_ON_AGENDA = 400
YESTERDAY = timedelta(days=1)
_OPEN = [state.value for state in OPEN]


def digest(actor: Actor, *asked: object) -> str:
    """One row by its key, and the minute: what is planned moves up as time goes."""
    minute = context.now().replace(second=0, microsecond=0)
    return feeds.digest(feeds.version(FEED), actor.role, actor.locale, minute, *asked)


def listed(actor: Actor) -> ScheduleList:
    """By title."""
    rows = db.session.scalars(_schedules().order_by(func.lower(Schedule.title), Schedule.id)).all()
    open_, last = _open_rows(), _last_rows()
    found = tuple(_row(row, open_.get(row.id, ()), last.get(row.id)) for row in rows)
    moving = any(row.now for row in found)
    return ScheduleList(
        found, checking.troubles(), digest(actor, "list"),
        feeds.LOOKING_S if moving else feeds.QUIET_S,
    )  # fmt: skip


def screen(schedule_id: int, actor: Actor) -> ScheduleScreen:
    """Raises NotFound."""
    row = changes.get(schedule_id)
    plan, now = Plan.from_json(row.plan), context.now()
    made = db.session.scalars(
        select(ScheduleOccurrence)
        .where(ScheduleOccurrence.schedule_id == row.id)
        .order_by(ScheduleOccurrence.starts_at.desc())
        .limit(PAST_SHOWN + 30)
    ).all()
    by_key = {one.key: one for one in made}
    ahead = coming(plan, now, NEXT_TEN, skipped=True)
    open_ = [one for one in reversed(made) if one.state in _OPEN]
    closed = [one for one in made if one.state not in _OPEN]
    shown = _row(row, open_, closed[0] if closed else None)
    return ScheduleScreen(
        row=shown,
        takes_over=row.takes_over,
        lead_min=row.lead_min,
        grace_min=row.grace_min,
        created_by=row.created_by,
        coming=tuple(_moment(row, one, by_key.get(one.key)) for one in ahead),
        past=tuple(_made(one) for one in closed[:PAST_SHOWN]),
        clashes=clashes.of(row),
        also=len(plan.also),
        uid=row.uid,
        digest=digest(actor, "one", schedule_id),
        poll_s=feeds.LOOKING_S if shown.now else feeds.QUIET_S,
    )


def agenda(days: int, actor: Actor) -> Agenda:
    """What was due since yesterday, what runs, and what comes in so many days."""
    now = context.now()
    made = db.session.scalars(
        select(ScheduleOccurrence)
        .where(ScheduleOccurrence.starts_at >= now - YESTERDAY)
        .options(joinedload(ScheduleOccurrence.schedule).joinedload(Schedule.channel))
        .order_by(ScheduleOccurrence.starts_at)
        .limit(MOST_ON_AGENDA)
    ).all()
    running = db.session.scalars(
        select(ScheduleOccurrence)
        .where(ScheduleOccurrence.next_at.is_not(None))
        .where(ScheduleOccurrence.starts_at < now - YESTERDAY)
    ).all()
    known = {(one.schedule_id, one.key) for one in made}
    found = [_made(one) for one in (*running, *made)]
    for row in db.session.scalars(_schedules().where(Schedule.enabled)).unique():
        found += [
            _moment(row, one, None)
            for one in between(Plan.from_json(row.plan), now, now + timedelta(days=days))
            if (row.id, one.key) not in known
        ]
    found.sort(key=lambda one: (one.starts_at, one.title))
    return Agenda(
        tuple(found[:MOST_ON_AGENDA]), checking.troubles(), days, len(found) > MOST_ON_AGENDA,
        digest(actor, "agenda", days),
        feeds.LOOKING_S if any(one.state in _MOVING for one in found) else feeds.QUIET_S,
    )  # fmt: skip


def preview(typed: Mapping[str, str], schedule_id: int | None) -> tuple[Occurrence, ...]:
    """The next ten times of a form. Raises InvalidInput, NotFound."""
    present = Plan.from_json(changes.get(schedule_id).plan) if schedule_id else None
    plan = form.read_plan(typed, present)
    return tuple(coming(plan, context.now(), NEXT_TEN, skipped=True))


def form_of(schedule_id: int) -> ScheduleForm:
    """Raises NotFound."""
    row = changes.get(schedule_id)
    values = {
        "title": row.title,
        "channel_id": str(row.channel_id),
        "lead_min": str(row.lead_min),
        "grace_min": str(row.grace_min),
        "takes_over": "1" if row.takes_over else "",
        stale.SEEN: stale.seen((changes.SUBJECT, row.id)),
        **form.written(Plan.from_json(row.plan)),
    }
    return ScheduleForm(values, row.id)


def new_form(zone: str, channel_id: str = "") -> ScheduleForm:
    return ScheduleForm(form.usual(zone, context.now()) | {"channel_id": channel_id})


def channel_choices() -> tuple[tuple[int, str], ...]:
    """(id, name) of those that can be recorded, with the account's name where names repeat."""
    found = db.session.execute(
        select(Channel.id, Channel.name, Account.name)
        .join(Account, Account.id == Channel.account_id)
        .where(Channel.archived_at.is_(None))
        .order_by(func.lower(Channel.name), Account.name)
    ).all()
    names = [name for _, name, _ in found]
    return tuple(
        (id_, f"{name} ({account})" if names.count(name) > 1 else name)
        for id_, name, account in found
    )


# ---------------------------------------------------------------- helpers

_MOVING = (State.STARTING, State.RUNNING)


def _schedules():
    channel = joinedload(Schedule.channel).joinedload(Channel.account)
    return select(Schedule).where(Schedule.archived_at.is_(None)).options(channel)


def _open_rows() -> dict[int, list[ScheduleOccurrence]]:
    """By schedule, soonest first."""
    found: dict[int, list[ScheduleOccurrence]] = {}
    rows = db.session.scalars(
        select(ScheduleOccurrence)
        .where(ScheduleOccurrence.next_at.is_not(None))
        .order_by(ScheduleOccurrence.starts_at)
    )
    for row in rows:
        found.setdefault(row.schedule_id, []).append(row)
    return found


def _last_rows() -> dict[int, ScheduleOccurrence]:
    """By schedule: the last one that is over."""
    over = ScheduleOccurrence.state.not_in(_OPEN)
    latest = (
        select(ScheduleOccurrence.schedule_id, func.max(ScheduleOccurrence.starts_at).label("at"))
        .where(over)
        .group_by(ScheduleOccurrence.schedule_id)
        .subquery()
    )
    rows = db.session.scalars(
        select(ScheduleOccurrence)
        .join(latest, latest.c.schedule_id == ScheduleOccurrence.schedule_id)
        .where(ScheduleOccurrence.starts_at == latest.c.at, over)
    )
    return {row.schedule_id: row for row in rows}


def _row(
    row: Schedule, open_: Iterable[ScheduleOccurrence], last: ScheduleOccurrence | None
) -> ScheduleRow:
    open_ = list(open_)
    moving = next((one for one in open_ if one.state in _MOVING), None)
    planned = next((one for one in open_ if one.state == State.PLANNED), None)
    plan = Plan.from_json(row.plan)
    following = _made(planned) if planned else None
    if following is None and row.enabled:
        ahead = coming(plan, context.now(), 1)
        following = _moment(row, ahead[0], None) if ahead else None
    return ScheduleRow(
        id=row.id,
        title=row.title,
        channel_id=row.channel_id,
        channel_name=row.channel.name,
        account_name=row.channel.account.name,
        zone=plan.zone,
        words=in_words(plan),
        enabled=row.enabled,
        now=_made(moving) if moving else None,
        next=following,
        last=_made(last) if last else None,
    )


def _made(one: ScheduleOccurrence) -> Moment:
    """One that has a row: what became of it."""
    schedule = one.schedule
    return Moment(
        schedule_id=schedule.id,
        title=schedule.title,
        channel_id=schedule.channel_id,
        channel_name=schedule.channel.name,
        zone=schedule.plan["zone"],
        key=one.key,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        state=State(one.state),
        reason=texts.from_json(one.reason),
        recording_id=one.recording_id,
        taken_over=one.taken_over,
        findings=checking.steps_of(one),
        checked_at=one.checked_at,
    )


def _moment(row: Schedule, one: Occurrence, made: ScheduleOccurrence | None) -> Moment:
    """One of the plan, with what is known of it already."""
    return Moment(
        schedule_id=row.id,
        title=row.title,
        channel_id=row.channel_id,
        channel_name=row.channel.name,
        zone=row.plan["zone"],
        key=one.key,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        state=State.SKIPPED if one.skipped else State(made.state) if made else State.PLANNED,
        skipped=one.skipped,
        notes=one.notes,
        findings=checking.steps_of(made) if made else (),
        checked_at=made.checked_at if made else None,
    )
