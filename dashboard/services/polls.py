"""What a vendor said each time it was asked how a recording is, as runs of equal answers."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from dashboard.domain.recording import RecordingSnapshot
from dashboard.errors import ProviderError, ProviderUnavailable
from dashboard.extensions import db
from dashboard.models import Poll
from dashboard.services import context, texts
from dashboard.services.unit_of_work import Transaction

NO_ANSWER = "no_answer"
REFUSED = "refused"


def note_answer(work: Transaction, recording_id: int, snapshot: RecordingSnapshot) -> None:
    said = {"code": snapshot.vendor_status, "text": snapshot.vendor_text}
    _note(work, recording_id, snapshot.phase.value, said)


def note_fault(work: Transaction, recording_id: int, fault: ProviderError) -> None:
    said = {
        "why": texts.to_json(fault.message),
        "http": fault.http_status,
        "code": fault.vendor_code,
        "text": fault.vendor_text,
    }
    outcome = NO_ANSWER if isinstance(fault, ProviderUnavailable) else REFUSED
    _note(work, recording_id, outcome, said)


def of(recording_id: int) -> tuple[Poll, ...]:
    """Oldest first. first_at, last_at and count tell of each run."""
    rows = select(Poll).where(Poll.recording_id == recording_id).order_by(Poll.id)
    return tuple(db.session.scalars(rows))


def latest(work: Transaction, recording_id: int) -> Poll | None:
    rows = select(Poll).where(Poll.recording_id == recording_id).order_by(Poll.id.desc())
    return work.session.scalar(rows.limit(1))


def _note(work: Transaction, recording_id: int, outcome: str, said: Mapping[str, Any]) -> None:
    """The same as last time: counted. Otherwise a row of its own."""
    detail = {name: value for name, value in said.items() if value is not None}
    now, last = context.now(), latest(work, recording_id)
    if last is not None and (last.outcome, last.detail) == (outcome, detail):
        last.count, last.last_at = last.count + 1, now
        return
    work.session.add(
        Poll(recording_id=recording_id, outcome=outcome, first_at=now, last_at=now,
             count=1, detail=detail)
    )  # fmt: skip
