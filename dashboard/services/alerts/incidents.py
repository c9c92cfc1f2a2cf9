"""Incidents: opened once, kept open while they flap, told again, and told when over.

Any number of workers may do a round at the same moment: a row is opened by an insert that a
unique key refuses to the second, and everything else by an update that says what it expects.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import select, update

from dashboard.errors import NotFound, text
from dashboard.extensions import db
from dashboard.models import AlertIncident, AlertRule
from dashboard.services import audit, context
from dashboard.services.alerts import messages, watching
from dashboard.services.alerts.conditions import DISK_FILLING, FINAL
from dashboard.services.alerts.watching import Seen, Sight
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import SHELL, Transaction, transaction

log = logging.getLogger(__name__)

ALERTS = "alerts"
"""The feed of what the screen of alerts shows."""
SETTLES = timedelta(minutes=2)
LONGEST = timedelta(minutes=5)
"""So long a condition has to be gone before it counts as over; each return doubles it, up to
the longest."""


def round_() -> None:
    """Look once at everything: open, go on, repeat, resolve."""
    now = context.now()
    rules = {rule.id: rule for rule in watching.rules_at_work()}
    seen = watching.look(rules.values(), now)
    still_open = {(one.rule_id, one.subject): one for one in _open()}
    for key in dict.fromkeys([*seen.holding, *still_open]):
        try:
            _move(key, still_open.get(key), rules.get(key[0]), seen, now)
        except Exception:  # of whatever kind: the others are to be told all the same
            db.session.rollback()
            log.exception("alert rule %s, %s: cannot be told", *key)


def _move(
    key: tuple[int, str],
    incident: AlertIncident | None,
    rule: AlertRule | None,
    seen: Seen,
    now: datetime,
) -> None:
    """One thing that holds, or that was told of."""
    if incident is None:
        _begin(rule, seen.holding[key], now)
    elif rule is None:
        _end(incident.id, now, tell=False)
    elif key in seen.holding:
        _go_on(incident, rule, seen.holding[key], now)
    else:
        _fade(incident, rule, seen, now)


def acknowledge(incident_id: int, actor: Actor) -> None:
    """Somebody knows: nothing is repeated. Also for what other rules say of the same thing.

    What cannot end by itself, a failed recording for example, is over with that.
    Raises Forbidden, NotFound.
    """
    need(actor, "operate")
    now = context.now()
    with transaction() as work:
        incident = work.session.get(AlertIncident, incident_id)
        if incident is None:
            raise NotFound(text("There is no such alert."))
        values = {"acknowledged_at": now, "acknowledged_by": actor.email, "repeat_at": None}
        if incident.condition in FINAL:
            values["resolved_at"] = now
        done = work.session.execute(
            update(AlertIncident)
            .where(
                AlertIncident.subject == incident.subject,
                AlertIncident.condition == incident.condition,
                AlertIncident.resolved_at.is_(None),
                AlertIncident.acknowledged_at.is_(None),
            )
            .values(**values)
        ).rowcount
        if done:
            audit.note(work, "alert.acknowledge", "alert", incident_id, actor=actor,
                       condition=incident.condition, where=incident.where)  # fmt: skip
            work.touch(ALERTS, SHELL)


def _open() -> list[AlertIncident]:
    query = select(AlertIncident).where(AlertIncident.resolved_at.is_(None))
    return list(db.session.scalars(query))


def _begin(rule: AlertRule, sight: Sight, now: datetime) -> None:
    """Nothing where another worker was first, or where it was acknowledged as over."""
    rule_id, repeat_minutes = rule.id, rule.repeat_minutes
    if sight.condition in FINAL and _is_known(sight):
        return
    with transaction() as work:
        added = work.insert_new(
            AlertIncident,
            rule_id=rule_id,
            condition=sight.condition,
            subject=sight.subject,
            level=sight.level,
            where=sight.where,
            detail=dict(sight.detail),
            recording_id=sight.recording_id,
            channel_id=sight.channel_id,
            account_id=sight.account_id,
            since=sight.since,
            opened_at=now,
            repeat_at=_later(now, repeat_minutes),
            repeats=0,
            returned=0,
        )
        if added:
            incident = work.session.scalar(
                select(AlertIncident).where(
                    AlertIncident.rule_id == rule_id,
                    AlertIncident.subject == sight.subject,
                    AlertIncident.resolved_at.is_(None),
                )
            )
            messages.write(work, incident, "opened", 0, now)
            work.touch(ALERTS, SHELL)


def _is_known(sight: Sight) -> bool:
    """What has happened is told of once."""
    query = select(AlertIncident.id).where(
        AlertIncident.rule_id == sight.rule_id, AlertIncident.subject == sight.subject
    )
    return db.session.scalar(query.limit(1)) is not None


def _go_on(incident: AlertIncident, rule: AlertRule, sight: Sight, now: datetime) -> None:
    """It holds: back from a pause perhaps, and perhaps to be told again."""
    if incident.clear_since is not None:
        changes = {"clear_since": None, "returned": incident.returned + 1}
        with transaction() as work:
            if _change(work, incident, changes, AlertIncident.clear_since.is_not(None)):
                work.touch(ALERTS)
    if sight.condition == DISK_FILLING and dict(sight.detail) != incident.detail:
        with transaction() as work:
            if _change(work, incident, {"detail": dict(sight.detail)}):
                work.touch(ALERTS)
    due, repeats = incident.repeat_at, incident.repeats
    if due is None or due > now:
        return
    with transaction() as work:
        values = {"repeat_at": _later(now, rule.repeat_minutes), "repeats": repeats + 1,
                  "detail": dict(sight.detail)}  # fmt: skip
        if _change(work, incident, values, AlertIncident.repeat_at == due):
            messages.write(work, incident, "repeated", repeats + 1, now)


def _fade(incident: AlertIncident, rule: AlertRule, seen: Seen, now: datetime) -> None:
    """It does not hold just now: over once that has lasted."""
    if incident.subject in seen.unknown and incident.condition not in FINAL:
        return
    if incident.condition in FINAL:
        _end(incident.id, now, tell=rule.tell_resolved)
    elif incident.clear_since is None:
        with transaction() as work:
            if _change(work, incident, {"clear_since": now}, AlertIncident.clear_since.is_(None)):
                work.touch(ALERTS)
    elif now - incident.clear_since >= wait(incident.returned):
        _end(incident.id, incident.clear_since, tell=rule.tell_resolved)


def wait(returned: int) -> timedelta:
    """How long something has to be gone before it is over. returned: how often it came back."""
    return min(SETTLES * 2 ** min(returned, 10), LONGEST)


def _end(incident_id: int, over_at: datetime, *, tell: bool) -> None:
    with transaction() as work:
        incident = work.session.get(AlertIncident, incident_id)
        if _change(work, incident, {"resolved_at": over_at, "repeat_at": None}):
            messages.overtake(work, incident_id)
            if tell:
                messages.write(work, incident, "resolved", 0, context.now())
            work.touch(ALERTS, SHELL)


def _change(work: Transaction, incident: AlertIncident, values: dict, *expected) -> bool:
    """Whether it was still open and as expected; nobody else has changed it then."""
    done = work.session.execute(
        update(AlertIncident)
        .where(AlertIncident.id == incident.id, AlertIncident.resolved_at.is_(None), *expected)
        .values(**values)
        .execution_options(synchronize_session="fetch")
    )
    return done.rowcount == 1


def _later(now: datetime, minutes: int | None) -> datetime | None:
    return now + timedelta(minutes=minutes) if minutes else None
