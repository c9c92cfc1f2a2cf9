"""An account's turn: one row says when the next request may go out, for all processes.

GCRA. Where a vendor allows 10 requests a second, at 10.0 eleven calls fell into some seconds,
so we ask for 9.5, and for the same share of any other limit. Stops do not wait in line: they
take the next place and go at once.
"""

import logging
import time
from collections.abc import Callable

from sqlalchemy import text as sql
from sqlalchemy.exc import OperationalError

from dashboard.extensions import WRITES, db
from dashboard.services.unit_of_work import calling_out

log = logging.getLogger(__name__)

SHARE = 0.95
PER_SECOND = 10 * SHARE
LONGEST_WAIT_S = 15.0
AT_ONCE = frozenset({"stop"})

_TAKE = sql(
    "UPDATE rate_bucket SET next_at = "
    "(CASE WHEN next_at > :now THEN next_at ELSE :now END) + :gap "
    "WHERE account_id = :account RETURNING next_at"
)
_MAKE = sql(
    "INSERT INTO rate_bucket (account_id, next_at) VALUES (:account, :next) "
    "ON CONFLICT (account_id) DO NOTHING"
)


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
