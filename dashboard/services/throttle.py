"""Slowing down those who guess passwords, per account and per address.

An attempt is counted before the password is looked at, so that many at once cannot slip
through; a right password takes its count back.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.errors import TooManyAttempts, text
from dashboard.models import LoginThrottle
from dashboard.services import context
from dashboard.services.unit_of_work import Transaction

FORGOTTEN_AFTER = timedelta(minutes=15)
FIRST_WAIT_S = 30
LONGEST_WAIT_S = 900


@dataclass(frozen=True)
class Limit:
    """free: attempts before the first wait, which then doubles with each further one."""

    kind: str
    free: int


ACCOUNT = Limit("account", 5)
ADDRESS = Limit("address", 20)


def count(work: Transaction, limit: Limit, who: str) -> None:
    """Count an attempt. Raises TooManyAttempts while it has to wait."""
    now = context.now()
    row = _row(work, limit, who)
    if now - row.last_at > FORGOTTEN_AFTER:
        row.failures = 0
    wait_s = _wait_s(row, limit, now)
    if wait_s > 0:
        raise TooManyAttempts(
            text("Too many attempts. Try again in %(s)s seconds.", s=wait_s), retry_after_s=wait_s
        )
    row.failures += 1
    row.last_at = now


def forgive(work: Transaction, limit: Limit, who: str, *, all_of_it: bool) -> None:
    """The attempt was a good one. all_of_it: and the bad ones before it are forgotten."""
    row = _row(work, limit, who)
    row.failures = 0 if all_of_it else max(0, row.failures - 1)


def _wait_s(row: LoginThrottle, limit: Limit, now: datetime) -> int:
    beyond = row.failures - limit.free
    if beyond < 0:
        return 0
    wait_s = min(FIRST_WAIT_S * 2 ** min(beyond, 10), LONGEST_WAIT_S)
    return -int(-(wait_s - (now - row.last_at).total_seconds()) // 1)


def _row(work: Transaction, limit: Limit, who: str) -> LoginThrottle:
    """Only a digest is kept: what people type as their address may be their password."""
    subject = f"{limit.kind}:{hashlib.sha256(who.encode('utf-8', 'replace')).hexdigest()}"
    work.insert_new(LoginThrottle, subject=subject, failures=0, last_at=context.now())
    return work.session.get(LoginThrottle, subject, with_for_update=True, populate_existing=True)
