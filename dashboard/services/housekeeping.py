"""Throwing away what nobody will look for again, so that no table grows for ever.

What stays, and why:

- Callbacks: a copy of one is known by its row, however late it comes. Those that were refused
  are bounded for each account (refused.py).
- The audit, and what a recording was told to do: its events, layouts, lists of people and
  confirmations are the record of it. They grow with what people do, not with time.
- Polls: a run of equal answers is one row, so that a recording has few.
- Times of schedules: one row each, which says what became of it. Those that are still to come
  and no longer planned go at once (schedules/planning.py).
- Rules, destinations and schedules: few, and named by what they led to.

Open editors are forgotten where they are kept (layouts/editing.py).
"""

from datetime import timedelta

from sqlalchemy import delete, exists, or_

from dashboard.models import (
    AlertIncident,
    AlertMessage,
    DiskSpace,
    Invite,
    LoginSession,
    LoginThrottle,
    WorkerHeartbeat,
)
from dashboard.services import context
from dashboard.services.unit_of_work import transaction

KEPT = timedelta(days=30)
ALERTS_KEPT = timedelta(days=90)
FORGOTTEN = timedelta(days=1)
"""Wrong passwords count for minutes, workers for seconds."""


def clear_out() -> int:
    """Returns how many rows went."""
    now = context.now()
    old, forgotten, over = now - KEPT, now - FORGOTTEN, now - ALERTS_KEPT
    with transaction() as work:
        return sum(
            work.session.execute(statement).rowcount
            for statement in (
                delete(LoginSession).where(
                    or_(LoginSession.expires_at < old, LoginSession.ended_at < old)
                ),
                delete(Invite).where(Invite.expires_at < old),
                delete(LoginThrottle).where(LoginThrottle.last_at < forgotten),
                delete(WorkerHeartbeat).where(WorkerHeartbeat.at < forgotten),
                delete(DiskSpace).where(DiskSpace.at < forgotten),
                delete(AlertMessage).where(
                    AlertMessage.created_at < over, AlertMessage.next_try_at.is_(None)
                ),
                delete(AlertIncident).where(
                    AlertIncident.resolved_at < over,
                    ~exists().where(AlertMessage.incident_id == AlertIncident.id),
                ),
            )
        )
