"""An account's turn: one row says when the next request may go out, for all processes.

GCRA. Where a vendor allows 10 requests a second, at 10.0 eleven calls fell into some seconds,
so we ask for 9.5, and for the same share of any other limit. Stops do not wait in line: they
take the next place and go at once. Questions of our own accord have a count beside it, so that
they never use up what people's commands need.
"""

import logging
import time
from collections.abc import Callable

from sqlalchemy import text as sql
from sqlalchemy.exc import OperationalError

from dashboard.extensions import WRITES, db
from dashboard.services.unit_of_work import Transaction, calling_out

log = logging.getLogger(__name__)

SHARE = 0.95
PER_SECOND = 10 * SHARE
LONGEST_WAIT_S = 15.0
AT_ONCE = frozenset({"stop"})
QUESTIONS_AT_ONCE_S = 1.0
"""Questions may come in a bunch of as many as are due in this time."""

_TAKE = sql(
    "UPDATE rate_bucket SET next_at = "
    "(CASE WHEN next_at > :now THEN next_at ELSE :now END) + :gap "
    "WHERE account_id = :account RETURNING next_at"
)
_MAKE = sql(
    "INSERT INTO rate_bucket (account_id, next_at, query_at) VALUES (:account, :next, 0) "
    "ON CONFLICT (account_id) DO NOTHING"
)
_ASK = sql(
    "UPDATE rate_bucket SET query_at = "
    "(CASE WHEN query_at > :now THEN query_at ELSE :now END) + :gap "
    "WHERE account_id = :account AND query_at <= :latest"
)
_HOLD = sql(
    "UPDATE rate_bucket SET query_at = :until, "
    "next_at = (CASE WHEN next_at > :next THEN next_at ELSE :next END) "
    "WHERE account_id = :account"
)
_TOO_MANY_S = 1.0
_TOO_MANY_QUESTIONS_S = 5.0


def gate_for(
    account_id: int,
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
    per_second: float = PER_SECOND,
) -> Callable[[str], None]:
    """What the account's client calls before every request, with the operation's name."""

    def wait(operation: str) -> None:
        with calling_out():
            delay = _reserve_or_go(account_id, now(), 1 / per_second)
        if delay > 0 and operation not in AT_ONCE:
            sleep(min(delay, LONGEST_WAIT_S))

    return wait


def _reserve_or_go(account_id: int, now: float, gap: float) -> float:
    """A database that cannot count is no reason not to stop a recording."""
    try:
        return _reserve(account_id, now, gap)
    except OperationalError as fault:
        log.warning("account %s goes without waiting for its turn: %s", account_id, fault)
        return 0.0


def _reserve(account_id: int, now: float, gap: float) -> float:
    """Take the next place. Returns the seconds until it comes."""
    values = {"account": account_id, "now": now, "gap": gap}
    with db.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        next_at = connection.execute(_TAKE, values).scalar()
        if next_at is None:
            connection.execute(_MAKE, {"account": account_id, "next": now + gap})
            return 0.0
    return next_at - gap - now


def take_question(work: Transaction, account_id: int, per_second: float, now: float) -> bool:
    """A place among the questions of an account; False: all are taken for the moment.

    now: seconds since 1970.
    """
    work.session.execute(_MAKE, {"account": account_id, "next": 0.0})
    latest = now + QUESTIONS_AT_ONCE_S - 1 / per_second
    values = {"account": account_id, "now": now, "gap": 1 / per_second, "latest": latest}
    return work.session.execute(_ASK, values).rowcount > 0


def hold_back(work: Transaction, account_id: int, now: float) -> None:
    """The vendor says that it was asked too often: nothing for a second, no question for five."""
    work.session.execute(
        _HOLD,
        {
            "account": account_id,
            "next": time.time() + _TOO_MANY_S,
            "until": now + _TOO_MANY_QUESTIONS_S,
        },
    )
