"""Whether the parts of the house are alive."""

from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from dashboard.extensions import db
from dashboard.models import Account, AccountState, WorkerHeartbeat
from dashboard.services import context
from dashboard.services.unit_of_work import SHELL, transaction
from dashboard.settings import Settings

BEAT_EVERY = timedelta(seconds=5)
DEAD_AFTER = timedelta(seconds=20)


def beat(worker_id: str) -> None:
    """A worker's sign of life, every BEAT_EVERY."""
    was_dead = not worker_ok()
    now = context.now()
    with transaction() as work:
        row = work.session.get(WorkerHeartbeat, worker_id)
        if row is None:
            row = WorkerHeartbeat(worker_id=worker_id, started_at=now)
            work.session.add(row)
        row.at = now
        if was_dead:
            work.touch(SHELL)


def worker_ok() -> bool:
    latest = db.session.scalar(select(func.max(WorkerHeartbeat.at)))
    return latest is not None and context.now() - latest < DEAD_AFTER


def engine_ok() -> bool:
    """The built-in engine answered when it was last spoken to."""
    away = db.session.scalar(
        select(func.count())
        .select_from(AccountState)
        .join(Account, Account.id == AccountState.account_id)
        .where(Account.builtin.is_(True), AccountState.unreachable_since.is_not(None))
    )
    return not away


def readiness(settings: Settings) -> dict[str, Any]:
    """{"ok", "database", "worker", "engine"}. ok: requests can be served.

    A missing worker or engine is told, but is no reason to send nobody here.
    """
    try:
        db.session.execute(select(Account.id).limit(1))
        facts = {"database": True, "worker": worker_ok(), "engine": engine_ok()}
    except SQLAlchemyError:
        facts = {"database": False, "worker": False, "engine": False}
    return {"ok": facts["database"] and settings.folder.is_dir(), **facts}
