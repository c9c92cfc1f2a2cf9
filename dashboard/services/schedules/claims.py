"""Who looks after a time of a schedule: a moment of its row, moved on by whoever is first."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute

from dashboard.extensions import db
from dashboard.models import ScheduleOccurrence
from dashboard.services import context
from dashboard.services.unit_of_work import transaction

LEASE = timedelta(seconds=60)
"""A start takes at most about 45 s; after a kill the next one looks so much later."""
Moment = InstrumentedAttribute[datetime | None]
"""ScheduleOccurrence.next_at, or its check_at."""


def due(moment: Moment, limit: int) -> list[tuple[int, datetime]]:
    """Ids whose moment has come, with the moment as it was seen; the most urgent first."""
    rows = db.session.execute(
        select(ScheduleOccurrence.id, moment)
        .where(moment <= context.now())
        .order_by(moment)
        .limit(limit)
    ).all()
    db.session.rollback()
    return [(row[0], row[1]) for row in rows]


def take(moment: Moment, occurrence_id: int, seen: datetime) -> bool:
    """Move it on by LEASE. False where somebody else was first."""
    with transaction() as work:
        return (
            work.session.execute(
                update(ScheduleOccurrence)
                .where(ScheduleOccurrence.id == occurrence_id, moment == seen)
                .values({moment: context.now() + LEASE})
            ).rowcount
            == 1
        )
