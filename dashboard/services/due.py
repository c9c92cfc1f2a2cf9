"""Whose turn it is to be looked after: fair between accounts, stops before questions.

Recordings wait in the database for their turn, in the order in which they came due. A
question needs a place in the account's share of requests, so that a thousand recordings
hold no thread and leave room for starts and stops. Claims are conditional updates: any
number of workers may claim.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import and_, case, func, or_, select, update

from dashboard.domain.lifecycle import ACTIVE
from dashboard.extensions import db
from dashboard.models import Account, AccountState, Recording
from dashboard.providers import registry
from dashboard.services import context, rate
from dashboard.services.pacing import QUESTIONS
from dashboard.services.unit_of_work import Transaction, transaction

LEASE = timedelta(seconds=45)
PROBE_EVERY = timedelta(seconds=3)
"""While an account does not answer, one of its recordings asks for all."""

_ACTIVE = [state.value for state in ACTIVE]
_NEEDS_NO_QUESTION = or_(
    Recording.state.not_in(_ACTIVE),
    Recording.handle_key.is_(None),
    and_(Recording.stop_wanted_at.is_not(None), Recording.stop_sent_at.is_(None)),
)


class Turn(StrEnum):
    """What came of a claim. LATER: the account's share is used up; AWAY: it does not answer."""

    OURS = "ours"
    OTHERS = "others"
    LATER = "later"
    AWAY = "away"


@dataclass(frozen=True)
class Due:
    recording_id: int
    account_id: int
    vendor: str
    since: datetime
    is_question: bool


def first(limit: int) -> list[Due]:
    """Those whose time has come: of each account one, then of each another, and so on."""
    question = case((_NEEDS_NO_QUESTION, 0), else_=1)
    waiting = (
        select(
            Recording.id,
            Recording.account_id,
            Recording.next_sync_at.label("since"),
            question.label("question"),
            func.row_number()
            .over(partition_by=Recording.account_id, order_by=(question, Recording.next_sync_at))
            .label("place"),
        )
        .where(Recording.next_sync_at <= context.now())
        .subquery()
    )
    rows = db.session.execute(
        select(waiting, Account.vendor)
        .join(Account, Account.id == waiting.c.account_id)
        .order_by(waiting.c.place, waiting.c.since)
        .limit(limit)
    ).all()
    db.session.rollback()
    return [Due(row.id, row.account_id, row.vendor, row.since, bool(row.question)) for row in rows]


def claim(due: Due) -> Turn:
    """Take it for LEASE, unless another has, or its account cannot be asked now."""
    with transaction() as work:
        if due.is_question and not _may_ask(work, due.account_id):
            return Turn.AWAY
        if due.is_question and not _has_place(work, due):
            return Turn.LATER
        taken = work.session.execute(
            update(Recording)
            .where(Recording.id == due.recording_id, Recording.next_sync_at == due.since)
            .values(next_sync_at=context.now() + LEASE)
        ).rowcount
        return Turn.OURS if taken else Turn.OTHERS


def _has_place(work: Transaction, due: Due) -> bool:
    per_s = registry.capabilities_for(due.vendor).rate_per_s * QUESTIONS
    return rate.take_question(work, due.account_id, per_s, context.now().timestamp())


def _may_ask(work: Transaction, account_id: int) -> bool:
    now = context.now()
    return (
        work.session.execute(
            update(AccountState)
            .where(AccountState.account_id == account_id)
            .where(
                or_(
                    AccountState.unreachable_since.is_(None),
                    AccountState.probe_at.is_(None),
                    AccountState.probe_at <= now,
                )
            )
            .values(probe_at=now + PROBE_EVERY)
        ).rowcount
        > 0
    )
