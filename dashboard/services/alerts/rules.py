"""Rules: what an administrator can do with them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from dashboard.errors import NotFound, Text, text
from dashboard.extensions import db
from dashboard.models import Account, AlertDestination, AlertRule, Channel
from dashboard.services import audit, context, stale
from dashboard.services.alerts.conditions import WATCHED
from dashboard.services.form_reader import LONGEST_NAME, FormReader
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import SHELL, transaction

LONGEST_REPEAT_MIN = 7 * 24 * 60
FIELDS = ("name", "condition", "account_id", "channel_id", "amount", "repeat_minutes",
          "tell_resolved", "grave")  # fmt: skip
_TYPED_AS = {"account_id": "scope", "channel_id": "scope"}


def get(rule_id: int) -> AlertRule:
    """Raises NotFound."""
    row = db.session.get(AlertRule, rule_id)
    if row is None:
        raise NotFound(text("There is no such rule."))
    return row


def create(form: Mapping[str, str], chosen: list[str], actor: Actor) -> int:
    """chosen: ids of destinations. Returns its id. Raises Forbidden, InvalidInput."""
    need(actor, "administer")
    values, destinations = _read(form, chosen, None)
    now = context.now()
    with transaction() as work:
        row = AlertRule(**values, watched_since=now, created_at=now)
        row.destinations = _rows(destinations)
        work.session.add(row)
        work.session.flush()
        audit.note(work, "alert_rule.create", "alert_rule", row.id, actor=actor, after=_told(row))
        work.touch("alerts")
        return row.id


def edit(rule_id: int, form: Mapping[str, str], chosen: list[str], actor: Actor) -> None:
    """What it watches for stays. Raises Forbidden, NotFound, InvalidInput, Stale."""
    need(actor, "administer")
    values, destinations = _read(form, chosen, get(rule_id).condition)
    with transaction() as work:
        row = get(rule_id)
        stale.refuse(work, row, form, ("alert_rule", rule_id), fields=_TYPED_AS)
        before = _told(row)
        for name, value in values.items():
            setattr(row, name, value)
        row.destinations = _rows(destinations)
        work.session.flush()
        audit.note(work, "alert_rule.edit", "alert_rule", rule_id, actor=actor,
                   before=before, after=_told(row))  # fmt: skip
        work.touch("alerts")


def switch(rule_id: int, on: bool, actor: Actor) -> None:
    """Disabled, it watches nothing, and what it told of is over without a word.

    Raises Forbidden, NotFound.
    """
    need(actor, "administer")
    now = context.now()
    with transaction() as work:
        row = get(rule_id)
        if on and row.archived_at is not None:
            row.archived_at, row.watched_since = None, now
        elif not on:
            row.archived_at = row.archived_at or now
        action = "alert_rule.enable" if on else "alert_rule.disable"
        audit.note(work, action, "alert_rule", rule_id, actor=actor)
        work.touch("alerts", SHELL)


def _told(row: AlertRule) -> dict[str, Any]:
    told = {name: getattr(row, name) for name in FIELDS}
    return {**told, "destinations": [one.name for one in row.destinations]}


def _rows(ids: list[int]) -> list[AlertDestination]:
    return list(db.session.scalars(select(AlertDestination).where(AlertDestination.id.in_(ids))))


def _read(
    form: Mapping[str, str], chosen: list[str], condition: str | None
) -> tuple[dict[str, Any], list[int]]:
    """condition: that of a rule which is there. Raises InvalidInput."""
    reader = FormReader(form)
    condition = condition or reader.typed("condition")
    watched = WATCHED.get(condition)
    if watched is None:
        reader.wrong("condition", text("Choose one of the list."))
        reader.refuse()
    account_id, channel_id = _scope(reader, watched.is_of_recordings)
    ids = [int(one) for one in chosen if one.isdecimal()]
    if len(_rows(ids)) != len(set(ids)) or len(ids) != len(chosen):
        reader.wrong("destinations", text("Choose one of the list."))
    values = {
        "name": _name(reader),
        "condition": condition,
        "account_id": account_id,
        "channel_id": channel_id,
        "amount": _number(reader, "amount", 1, watched.most) if watched.amount else 0,
        "repeat_minutes": _number(reader, "repeat_minutes", 5, LONGEST_REPEAT_MIN)
        if reader.typed("repeat_minutes")
        else None,
        "tell_resolved": reader.typed("tell_resolved") == "1",
        "grave": reader.typed("grave") == "1",
    }
    reader.refuse()
    return values, ids


def _name(reader: FormReader) -> str:
    name = reader.typed("name")
    if len(name) > LONGEST_NAME or not name.isprintable():
        reader.wrong("name", text("Use at most %(limit)d characters.", limit=LONGEST_NAME))
    return name


def _number(reader: FormReader, field: str, least: int, most: int) -> int:
    typed = reader.typed(field)
    if not typed.isdecimal() or len(typed) > 6 or not least <= int(typed) <= most:
        reader.wrong(
            field, text("Give a whole number from %(least)s to %(most)s.", least=least, most=most)
        )
        return 0
    return int(typed)


def _scope(reader: FormReader, of_recordings: bool) -> tuple[int | None, int | None]:
    """ "", "account-3" or "channel-7"."""
    kind, _, number = reader.typed("scope").partition("-")
    if not kind or not of_recordings:
        return None, None
    table = {"account": Account, "channel": Channel}.get(kind)
    row = db.session.get(table, int(number)) if table and number.isdecimal() else None
    if row is None or row.archived_at is not None:
        reader.wrong("scope", NO_SUCH_SCOPE)
        return None, None
    return (row.id, None) if kind == "account" else (None, row.id)


NO_SUCH_SCOPE: Text = text("Choose one of the list.")
