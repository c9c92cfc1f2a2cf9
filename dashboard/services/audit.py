"""Who did what to what: one row in the transaction that did it."""

from typing import Any

from dashboard.models import Audit
from dashboard.services import context
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import Transaction


def note(
    work: Transaction,
    action: str,
    subject: str,
    subject_id: int | None = None,
    *,
    actor: Actor | None = None,
    email: str | None = None,
    address: str | None = None,
    **detail: Any,
) -> None:
    """action: "recording.start", "sign_in.refused", ... detail: JSON-simple, never a secret."""
    work.session.add(
        Audit(
            at=context.now(),
            action=action,
            actor_id=actor.id if actor else None,
            actor_email=actor.email if actor else email,
            subject=subject,
            subject_id=subject_id,
            address=address,
            detail=detail,
        )
    )
