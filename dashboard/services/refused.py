"""Callbacks that are not signed as they should be: kept to be looked at, and bounded.

They are never applied. None blocks a genuine one or is counted as its copy: their keys hold
line breaks, and a genuine one never does.
"""

import hashlib
from datetime import timedelta

from flask import current_app
from sqlalchemy import delete, literal_column, select

from dashboard.models import AccountState, CallbackDelivery
from dashboard.providers.base import ParsedDelivery, Unreadable
from dashboard.services import context, delivery_rows, texts
from dashboard.services.flood import Flood
from dashboard.services.unit_of_work import Transaction, transaction

KEPT = 500
"""Of an account: the newest stay, 32 MiB at the very most."""
AT_ONCE, WINDOW = 100, timedelta(seconds=10)
"""So many of an account are written down in such a time; more are only counted."""

_FLOOD = "tallydeck.refused"


def due(account_id: int) -> int:
    """How many to count now, this one with them; 0: too many come, this one is not kept."""
    flood = current_app.extensions.setdefault(_FLOOD, Flood(AT_ONCE, WINDOW))
    return flood.count(account_id, context.now())


def keep(row: CallbackDelivery, claims: ParsedDelivery | Unreadable, refused: int) -> None:
    """row: with its signature's verdict. claims: what it would say if it were true.

    refused: how many to count.
    """
    row.duplicate_key = f"refused\n{row.verdict}\n{hashlib.sha256(row.raw).hexdigest()}"
    row.level = "warning"
    with transaction() as work:
        delivery_rows.count(work, row.account_id, forged=AccountState.forged + refused)
        if delivery_rows.fold(work, row.account_id, row.duplicate_key, row.received_at):
            return
        if isinstance(claims, ParsedDelivery):
            row.channel = texts.storable(claims.channel, 255)
            row.recorder_uid = texts.storable(claims.recorder_uid, 64)
            row.event_at, row.kind = claims.event_at, claims.event.kind.value
            row.recording_id = delivery_rows.named(work, row.account_id, claims)
        work.session.add(row)
        work.session.flush()
        _forget(work, row.account_id)


def _forget(work: Transaction, account_id: int) -> None:
    """All but the newest of an account."""
    refused = CallbackDelivery.signature != literal_column("'genuine'")  # as the index has it
    theirs = (CallbackDelivery.account_id == account_id) & refused
    oldest_kept = work.session.scalar(
        select(CallbackDelivery.id)
        .where(theirs)
        .order_by(CallbackDelivery.id.desc())
        .offset(KEPT - 1)
        .limit(1)
    )
    if oldest_kept is not None:
        work.session.execute(
            delete(CallbackDelivery).where(theirs, CallbackDelivery.id < oldest_kept)
        )
