"""Rows that several services look up, and what is said where they are not there."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from dashboard.domain.lifecycle import ACTIVE
from dashboard.errors import NotFound, text
from dashboard.extensions import db
from dashboard.models import Audit, Channel, Recording
from dashboard.services.unit_of_work import Transaction


def recording(recording_id: int | None) -> Recording:
    """Raises NotFound."""
    row = db.session.get(Recording, recording_id) if recording_id else None
    if row is None:
        raise NotFound(text("There is no such recording."))
    return row


def channel(channel_id: int | None) -> Channel:
    """Also an archived one. Raises NotFound."""
    row = db.session.get(Channel, channel_id) if channel_id else None
    if row is None:
        raise NotFound(text("There is no such channel."))
    return row


def locked_channel(work: Transaction, channel_id: int) -> Channel:
    """As it is now, and nobody changes it before we have. Raises NotFound."""
    row = work.session.get(Channel, channel_id, with_for_update=True)
    if row is None:
        raise NotFound(text("There is no such channel."))
    return row


def running_of(channel_id: int) -> int | None:
    """The id of a recording of this channel that has not ended."""
    return db.session.scalar(
        select(Recording.id)
        .where(
            Recording.channel_id == channel_id,
            Recording.state.in_([state.value for state in ACTIVE]),
        )
        .limit(1)
    )


def last_change(row: Channel, actions: Iterable[str]) -> tuple[str | None, datetime]:
    """By whom and when one of these was done to a channel last; else when it was made."""
    last = db.session.execute(
        select(Audit.actor_email, Audit.at)
        .where(
            Audit.subject == "channel",
            Audit.subject_id == row.id,
            Audit.action.in_(tuple(actions)),
        )
        .order_by(Audit.id.desc())
        .limit(1)
    ).first()
    return (last[0], last[1]) if last else (None, row.created_at)
