"""What can be done with a callback that is kept: apply it again, and say what came of it."""

from dataclasses import dataclass

from sqlalchemy import select

from dashboard.errors import NotFound, Text, text
from dashboard.extensions import db
from dashboard.models import Account, CallbackDelivery, Recording
from dashboard.providers import registry
from dashboard.providers.base import Unreadable, Verdict
from dashboard.services import (
    accounts,
    audit,
    callbacks,
    delivery_rows,
    ledger_words,
    permissions,
)
from dashboard.services.reading.ledger import entries_of
from dashboard.services.readmodels import Actor
from dashboard.services.readmodels_ledger import Outcome
from dashboard.services.unit_of_work import transaction

__all__ = ["Replayed", "entries_of", "replay"]


@dataclass(frozen=True)
class Replayed:
    """changed: a recording is another than before."""

    outcome: Outcome
    sentence: Text
    changed: bool = False


def replay(delivery_id: int, actor: Actor) -> Replayed:
    """Apply a kept callback again, by the same path as if it came now.

    What is applied already changes nothing. What was set aside, came late or found no recording
    has another try; what was refused is held against the account's secrets of today.
    Raises NotFound, Forbidden.
    """
    permissions.need(actor, "operate")
    row = db.session.get(CallbackDelivery, delivery_id)
    if row is None:
        raise NotFound(text("There is no such callback."))
    was, version = ledger_words.outcome(row), _version(row.recording_id)
    refusal = _stands_against(row)
    if refusal is None:
        callbacks.apply_again(delivery_id)
    db.session.rollback()
    row = db.session.get(CallbackDelivery, delivery_id)
    outcome = ledger_words.outcome(row)
    changed = outcome == "applied" and (was != outcome or _version(row.recording_id) != version)
    with transaction() as work:
        audit.note(
            work,
            "callback.replay",
            "callback",
            delivery_id,
            actor=actor,
            before={"outcome": was},
            after={"outcome": outcome},
            name=row.channel or str(delivery_id),
            recording=row.recording_id,
            changed=changed,
        )
    row = db.session.get(CallbackDelivery, delivery_id)
    return Replayed(outcome, refusal or _said(row, was, outcome), changed)


def _stands_against(row: CallbackDelivery) -> Text | None:
    """Why it cannot be applied; None where it can be tried."""
    account = db.session.get(Account, row.account_id)
    reader = registry.callbacks_for(account.vendor)
    parsed = reader.parse(row.raw)
    if row.signature != Verdict.GENUINE.value:
        secrets = accounts.callback_secrets_of(account)
        if reader.verify(row.headers, row.raw, secrets) is not Verdict.GENUINE:
            return text("Its signature is still not right, so it changes nothing.")
        return _believe(row.id, reader, parsed)
    if isinstance(parsed, Unreadable):
        return text("It still cannot be read, so it changes nothing.")
    if parsed.probe:
        return text("It is a test, and changes nothing.")
    if row.kind is None or row.verdict.startswith(delivery_rows.UNREADABLE):
        with transaction() as work:  # a reader of today understands it
            delivery_rows.label(work.session.get(CallbackDelivery, row.id), parsed)
    return None


def _believe(delivery_id: int, reader, parsed) -> Text | None:
    """It was refused, and is signed with a secret that is known by now: it counts from now on."""
    with transaction() as work:
        row = work.session.get(CallbackDelivery, delivery_id)
        key = reader.duplicate_key(row.raw)[:200]
        same = work.session.scalar(
            select(CallbackDelivery.id).where(
                CallbackDelivery.account_id == row.account_id,
                CallbackDelivery.duplicate_key == key,
            )
        )
        if same is not None:
            return text("The same came again with a good signature, as number %(id)s.", id=same)
        row.duplicate_key = key
        row.signature = row.verdict = Verdict.GENUINE.value
        row.recording_id = None
        delivery_rows.label(row, parsed)
        if delivery_rows.same_number(work, row, parsed, reader.parse):
            row.next_try_at = None
            return text("It is signed with a secret known by now, and was told already.")
    if isinstance(parsed, Unreadable):
        return text("It is signed with a secret known by now, and cannot be read.")
    return text("It is a test, and changes nothing.") if parsed.probe else None


def _said(row: CallbackDelivery, was: Outcome, outcome: Outcome) -> Text:
    if outcome == "applied" and was == "applied":
        return text("It is applied already. Applying it again changed nothing.")
    if outcome == "applied":
        return text("It was applied to recording %(id)s.", id=row.recording_id)
    if row.last_error:
        return text("It could not be applied: %(why)s", why=row.last_error)
    return text("There is still no recording that it belongs to.")


def _version(recording_id: int | None) -> int | None:
    if recording_id is None:
        return None
    return db.session.scalar(select(Recording.version).where(Recording.id == recording_id))
