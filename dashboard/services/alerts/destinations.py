"""Destinations: what an administrator can do with them, and how they are reached.

All that it takes to reach one is sealed. What a page shows is the service and, where an address
holds no secret there, its host.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from dashboard.errors import InvalidInput, NotFound, Problem, text
from dashboard.extensions import db
from dashboard.models import AlertDestination
from dashboard.services import audit, context, stale, texts
from dashboard.services.alerts import destination_form, letters, ways
from dashboard.services.alerts.destination_form import Typed
from dashboard.services.alerts.postman import Postman, Reply
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import calling_out, transaction

TRIAL_S = 25.0
"""Somebody waits for it, and pages wait for 30 s."""


def get(destination_id: int) -> AlertDestination:
    """Raises NotFound."""
    row = db.session.get(AlertDestination, destination_id)
    if row is None:
        raise NotFound(text("There is no such destination."))
    return row


def create(kind: str, form: Mapping[str, str], actor: Actor) -> int:
    """Returns its id. Raises Forbidden, InvalidInput."""
    need(actor, "administer")
    typed = _checked(kind, form, {}, 0)
    with transaction() as work:
        row = AlertDestination(kind=kind, address=b"", created_at=context.now())
        _write(row, typed)
        work.session.add(row)
        work.session.flush()
        ways.seal(row, typed.address)
        audit.note(work, "alert_destination.create", "alert_destination", row.id, actor=actor,
                   after=_told(row))  # fmt: skip
        return row.id


def edit(destination_id: int, form: Mapping[str, str], actor: Actor) -> None:
    """Secrets left empty stay. Raises Forbidden, NotFound, InvalidInput, Stale."""
    need(actor, "administer")
    row = get(destination_id)
    kept = ways.opened(row)
    typed = _checked(row.kind, form, kept, destination_id)
    with transaction() as work:
        row = get(destination_id)
        stale.refuse(work, row, form, ("alert_destination", destination_id), fields=_typed_as(row))
        before = _told(row)
        _write(row, typed)
        ways.seal(row, typed.address)
        if typed.address != kept:
            row.tested_at = row.test_fault = None
        audit.note(work, "alert_destination.edit", "alert_destination", destination_id,
                   actor=actor, before=before, after=_told(row),
                   changed=["address"] if typed.address != kept else None)  # fmt: skip
        work.touch("alerts")


def switch(destination_id: int, on: bool, actor: Actor) -> None:
    """Disabled, nothing is sent there any more. Raises Forbidden, NotFound."""
    need(actor, "administer")
    with transaction() as work:
        row = get(destination_id)
        row.archived_at = None if on else row.archived_at or context.now()
        action = "alert_destination.enable" if on else "alert_destination.disable"
        audit.note(work, action, "alert_destination", destination_id, actor=actor)
        work.touch("alerts")


def try_out(destination_id: int, actor: Actor) -> Reply:
    """Send a message for real. What came back is kept. Raises Forbidden, NotFound, VaultClosed."""
    need(actor, "administer")
    letter = letters.trial(get(destination_id), actor.email)
    with calling_out(), Postman(TRIAL_S) as postman:
        reply = postman.send(letter)
    good = reply.outcome == "accepted"
    with transaction() as work:
        row = get(destination_id)
        row.tested_at = context.now()
        row.test_fault = None if good else texts.to_json(reply.sentence)
        audit.note(work, "alert_destination.test", "alert_destination", destination_id,
                   actor=actor, ok=good)  # fmt: skip
    return reply


def _write(row: AlertDestination, typed: Typed) -> None:
    row.name, row.service, row.shown = typed.name, typed.service, typed.shown
    row.language, row.zone, row.internal = typed.language, typed.zone, typed.internal
    row.quiet_from, row.quiet_until = typed.quiet_from, typed.quiet_until


def _typed_as(row: AlertDestination) -> dict[str, str]:
    """Where in its form a change of its address is told; the address itself is nowhere."""
    place = "to" if row.kind == "email" else "url"
    return dict.fromkeys(("shown", "service", "address"), place)


def _told(row: AlertDestination) -> dict[str, Any]:
    """For the audit: no secret."""
    names = ("name", "service", "shown", "language", "zone", "quiet_from", "quiet_until",
             "internal")  # fmt: skip
    return {name: getattr(row, name) for name in names}


def _checked(
    kind: str, form: Mapping[str, str], kept: Mapping[str, Any], destination_id: int
) -> Typed:
    problems: list[Problem] = []
    typed = None
    try:
        typed = destination_form.read(kind, form, kept)
    except InvalidInput as fault:
        problems += fault.problems
    name = str(form.get("name") or "").strip()
    taken = select(AlertDestination.id).where(
        func.lower(AlertDestination.name) == name.lower(), AlertDestination.id != destination_id
    )
    if name and db.session.scalar(taken.limit(1)) is not None:
        problems.append(Problem("name", text("Another destination has this name.")))
    if problems:
        raise InvalidInput(problems)
    return typed
