"""Messages: rows that somebody sends, again and again until they are taken.

What is promised. A message is never sent twice where it can be known: a row is claimed before
it is sent, what was certainly not taken is tried again after growing pauses, and of an e-mail
only the addresses that have not got it yet. Where the answer was lost, or the worker was killed
while sending, nobody knows; then it is sent again and says that it may be a repeat, for an
alert missed is worse than one read twice.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from dashboard.errors import Conflict, NotFound, Text, text
from dashboard.extensions import db
from dashboard.models import AlertDestination, AlertIncident, AlertMessage, AlertRuleDestination
from dashboard.services import audit, context, texts
from dashboard.services.alerts import letters, quiet
from dashboard.services.alerts.postman import Postman, Reply
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import Transaction, calling_out, transaction
from dashboard.services.vault import VaultClosed

log = logging.getLogger(__name__)

PAUSES_S = (30, 60, 120, 300, 600, 1200, 1800, 3600, 3600, 7200, 7200, 14400)
"""Before each further try; after the last one it is given up, half a day later."""
CLAIM = timedelta(minutes=2)
"""Longer than one message may take: whoever has not finished by then is gone."""
AT_A_TIME = 10
TOGETHER = 4
"""So many that are due for one destination are told in one message."""
WAITING, HELD, SENDING, SENT = "waiting", "held", "sending", "sent"
JOINED, OVERTAKEN, GAVE_UP = "joined", "overtaken", "gave_up"
CERTAIN_FAULTS = ("blocked", "unread")
"""Trying again changes nothing before somebody changes the destination."""


# ---------------------------------------------------------------- writing them


def write(
    work: Transaction, incident: AlertIncident, kind: str, number: int, now: datetime
) -> None:
    """A row for each destination: of the rule, or, at the end, where it was told of."""
    chosen = _told(work, incident.id) if kind == "resolved" else _of_rule(work, incident.rule_id)
    waiting = _waiting(work, incident.id) if kind == "repeated" else set()
    for destination_id in chosen - waiting:
        work.insert_new(
            AlertMessage,
            incident_id=incident.id,
            destination_id=destination_id,
            kind=kind,
            number=number,
            grave=incident.rule.grave,
            state=WAITING,
            created_at=now,
            next_try_at=now,
            attempts=0,
            unsure=False,
            accepted=[],
        )


def overtake(work: Transaction, incident_id: int) -> None:
    """It is over before it was told: only that is told."""
    work.session.execute(
        update(AlertMessage)
        .where(AlertMessage.incident_id == incident_id, AlertMessage.state.in_((WAITING, HELD)))
        .values(state=OVERTAKEN, next_try_at=None)
    )


def retry_now(message_id: int, actor: Actor) -> None:
    """Also in quiet hours: somebody wants it.

    Raises Forbidden, NotFound, Conflict where there is nothing to be tried.
    """
    need(actor, "operate")
    with transaction() as work:
        if work.session.get(AlertMessage, message_id) is None:
            raise NotFound(text("There is no such message."))
        done = work.session.execute(
            update(AlertMessage)
            .where(AlertMessage.id == message_id, AlertMessage.state.in_((WAITING, HELD, GAVE_UP)))
            .values(state=WAITING, next_try_at=context.now(), grave=True)
        ).rowcount
        if not done:
            raise Conflict(text("There is nothing to send: look at its state."))
        audit.note(work, "alert.retry", "alert_message", message_id, actor=actor)
        work.touch("alerts")


def _of_rule(work: Transaction, rule_id: int) -> set[int]:
    query = (
        select(AlertDestination.id)
        .join(AlertRuleDestination, AlertRuleDestination.destination_id == AlertDestination.id)
        .where(AlertRuleDestination.rule_id == rule_id, AlertDestination.archived_at.is_(None))
    )
    return set(work.session.scalars(query))


def _told(work: Transaction, incident_id: int) -> set[int]:
    query = (
        select(AlertDestination.id)
        .join(AlertMessage, AlertMessage.destination_id == AlertDestination.id)
        .where(AlertMessage.incident_id == incident_id, AlertDestination.archived_at.is_(None))
    )
    return set(work.session.scalars(query))


def _waiting(work: Transaction, incident_id: int) -> set[int]:
    """Where the one before has not arrived yet: another would say no more."""
    query = select(AlertMessage.destination_id).where(
        AlertMessage.incident_id == incident_id,
        AlertMessage.state.in_((WAITING, HELD, SENDING)),
    )
    return set(work.session.scalars(query))


# ---------------------------------------------------------------- sending them


@dataclass(frozen=True)
class Claim:
    message_id: int
    until: datetime


def send_due(most: int = AT_A_TIME) -> int:
    """Send what is due. Returns how many were tried."""
    now = context.now()
    _take_back(now)
    _arrange(now)
    tried = 0
    with Postman() as postman:
        for message_id in _due(now, most):
            claim = _claim(message_id)
            if claim is not None:
                _send(postman, claim)
                tried += 1
    return tried


def _due(now: datetime, most: int) -> list[int]:
    query = (
        select(AlertMessage.id)
        .where(AlertMessage.state == WAITING, AlertMessage.next_try_at <= now)
        .order_by(AlertMessage.next_try_at, AlertMessage.id)
        .limit(most)
    )
    found = list(db.session.scalars(query))
    db.session.rollback()
    return found


def _claim(message_id: int) -> Claim | None:
    """None where somebody else was first."""
    now = context.now()
    with transaction() as work:
        done = work.session.execute(
            update(AlertMessage)
            .where(
                AlertMessage.id == message_id,
                AlertMessage.state == WAITING,
                AlertMessage.next_try_at <= now,
            )
            .values(
                state=SENDING,
                claimed_until=now + CLAIM,
                attempts=AlertMessage.attempts + 1,
                last_try_at=now,
            )
        ).rowcount
    return Claim(message_id, now + CLAIM) if done else None


def _send(postman: Postman, claim: Claim) -> None:
    row = db.session.get(AlertMessage, claim.message_id)
    if row.destination.archived_at is not None:
        _finish(claim, Reply("unread"), text("The destination is disabled."))
        return
    try:
        letter = letters.of(row, _joined(row.id))
    except VaultClosed as fault:  # certainly not sent; the key may be put right
        _finish(claim, Reply("away"), fault.message)
        return
    with calling_out():
        reply = postman.send(letter)
    _finish(claim, reply)


def _joined(message_id: int) -> list[AlertMessage]:
    query = select(AlertMessage).where(AlertMessage.summary_id == message_id)
    return list(db.session.scalars(query.order_by(AlertMessage.id)))


def _finish(claim: Claim, reply: Reply, why: Text | None = None) -> None:
    """why: what to say instead of the reply's own sentence."""
    now = context.now()
    log.info("alert message %s: %s", claim.message_id, reply.outcome)
    with transaction() as work:
        row = work.session.get(AlertMessage, claim.message_id)
        if row.state != SENDING or row.claimed_until != claim.until:
            return  # it took so long that somebody took it back
        row.claimed_until = None
        row.accepted = [*row.accepted, *reply.accepted]
        if reply.outcome == "accepted":
            row.state, row.sent_at, row.next_try_at, row.last_fault = SENT, now, None, None
        else:
            row.last_fault = texts.to_json(why or reply.sentence)
            row.unsure = row.unsure or reply.outcome == "unknown"
            pause_s = _pause_s(row.attempts, reply)
            row.state = WAITING if pause_s else GAVE_UP
            row.next_try_at = now + timedelta(seconds=pause_s) if pause_s else None
        work.touch("alerts")


def _pause_s(attempts: int, reply: Reply) -> int | None:
    """None: it is given up."""
    if reply.outcome in CERTAIN_FAULTS or attempts > len(PAUSES_S):
        return None
    return PAUSES_S[attempts - 1]


def _take_back(now: datetime) -> None:
    """From a worker that was killed while it sent."""
    late = select(AlertMessage.id).where(
        AlertMessage.state == SENDING, AlertMessage.claimed_until < now
    )
    if db.session.scalar(late.limit(1)) is None:
        return
    with transaction() as work:
        work.session.execute(
            update(AlertMessage)
            .where(AlertMessage.state == SENDING, AlertMessage.claimed_until < now)
            .values(
                state=WAITING,
                claimed_until=None,
                next_try_at=now,
                unsure=True,
                last_fault=texts.to_json(_ENDED),
            )
        )
        work.touch("alerts")


_ENDED = text("The worker ended while it was being sent. It may have arrived.")


# ---------------------------------------------------------------- quiet hours, and many at once


def _arrange(now: datetime) -> None:
    """Hold back what would disturb, and put together what is told in one."""
    rows = _due_or_held(now)
    for destination_id in {row.destination_id for row in rows}:
        mine = [row for row in rows if row.destination_id == destination_id]
        destination = mine[0].destination
        ends = quiet.until(now, destination.zone, destination.quiet_from, destination.quiet_until)
        if ends is not None:
            _hold([row.id for row in mine if row.state == WAITING and not row.grave], ends)
            continue
        held = [row.id for row in mine if row.state == HELD]
        fresh = [row for row in mine if row.attempts == 0 and row.incident_id is not None]
        together = [row.id for row in fresh if len(fresh) >= TOGETHER or row.state == HELD]
        if len(together) > 1:
            _join(destination_id, together, now)
        _let_go([one for one in held if len(together) < 2 or one not in together], now)


def _due_or_held(now: datetime) -> list[AlertMessage]:
    query = select(AlertMessage).where(
        ((AlertMessage.state == WAITING) & (AlertMessage.next_try_at <= now))
        | (AlertMessage.state == HELD)
    )
    return list(db.session.scalars(query.order_by(AlertMessage.id)))


def _hold(ids: Iterable[int], until: datetime) -> None:
    ids = list(ids)
    if not ids:
        return
    with transaction() as work:
        work.session.execute(
            update(AlertMessage)
            .where(AlertMessage.id.in_(ids), AlertMessage.state == WAITING)
            .values(state=HELD, next_try_at=until)
        )
        work.touch("alerts")


def _let_go(ids: list[int], now: datetime) -> None:
    if not ids:
        return
    with transaction() as work:
        work.session.execute(
            update(AlertMessage)
            .where(AlertMessage.id.in_(ids), AlertMessage.state == HELD)
            .values(state=WAITING, next_try_at=now)
        )
        work.touch("alerts")


def _join(destination_id: int, ids: list[int], now: datetime) -> None:
    """One message for all of them. Nothing where somebody else has put them together."""
    with transaction() as work:
        summary = AlertMessage(
            destination_id=destination_id, kind="summary", number=0, grave=False, state=WAITING,
            created_at=now, next_try_at=now, attempts=0, unsure=False, accepted=[],
        )  # fmt: skip
        work.session.add(summary)
        work.session.flush()
        done = work.session.execute(
            update(AlertMessage)
            .where(AlertMessage.id.in_(ids), AlertMessage.state.in_((WAITING, HELD)))
            .values(state=JOINED, next_try_at=None, summary_id=summary.id)
        ).rowcount
        if done:
            work.touch("alerts")
        else:
            work.session.delete(summary)
