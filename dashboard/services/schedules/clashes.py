"""Times at which two schedules want the same channel."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from dashboard.domain.recurrence import LONGEST, Occurrence, Plan, between, coming
from dashboard.extensions import db
from dashboard.models import Schedule
from dashboard.services import context

AHEAD = timedelta(days=60)
MOST = 5


@dataclass(frozen=True)
class Clash:
    """starts_at: when this one begins; other_starts_at: when the other one does."""

    other_id: int
    other_title: str
    starts_at: datetime
    other_starts_at: datetime
    other_ends_at: datetime


def of(schedule: Schedule) -> tuple[Clash, ...]:
    """The first of sixty days from its next time on. One that is off clashes with nothing."""
    now = context.now()
    ahead = coming(Plan.from_json(schedule.plan), now - timedelta(days=1), 1)
    if not schedule.enabled or not ahead:
        return ()
    since = ahead[0].starts_at
    others = db.session.scalars(
        select(Schedule)
        .where(Schedule.channel_id == schedule.channel_id, Schedule.id != schedule.id)
        .where(Schedule.enabled, Schedule.archived_at.is_(None))
        .order_by(Schedule.id)
    ).all()
    mine = _times(schedule, since) if others else []
    found = [clash for other in others for clash in _with(other, mine, since)]
    return tuple(sorted(found, key=lambda clash: clash.starts_at)[:MOST])


def _times(schedule: Schedule, since: datetime) -> list[Occurrence]:
    """From seven days earlier on: so long one may last."""
    now = context.now()
    found = between(Plan.from_json(schedule.plan), since - LONGEST, since + AHEAD)
    return [one for one in found if not one.skipped and one.ends_at > now]


def _with(other: Schedule, mine: list[Occurrence], since: datetime) -> list[Clash]:
    """Both in order of time: one walk along the two."""
    theirs, found, at = _times(other, since), [], 0
    for one in mine:
        while at < len(theirs) and theirs[at].ends_at <= one.starts_at:
            at += 1
        if at < len(theirs) and theirs[at].starts_at < one.ends_at:
            found.append(Clash(other.id, other.title, one.starts_at,
                               theirs[at].starts_at, theirs[at].ends_at))  # fmt: skip
            if len(found) == MOST:
                break
    return found
