"""What a recording's page says of its truth: files that are missing, why it counts as lost,
whether it goes on though it had ended, and whether it hangs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from dashboard.domain.events import EventKind
from dashboard.domain.lifecycle import RecordingState, is_active
from dashboard.errors import NotFound, Text, text
from dashboard.extensions import db
from dashboard.models import Recording, RecordingEvent, RecordingFile
from dashboard.services import context, texts
from dashboard.services.lost import RESTORING, UPLOAD_PATIENCE

NAMED = 50
HANGS_AFTER = timedelta(minutes=1)
"""A start, a stop, an answer takes seconds."""
UPLOAD_HANGS_AFTER = timedelta(minutes=10)
LATE_AFTER = timedelta(minutes=1)
"""After the end, files that are still missing are shown by name."""


@dataclass(frozen=True)
class FilesTruth:
    """expected: files that were told of; missing: how many of them have not arrived.

    late: names of those that should have by now, NAMED at most. looked_at: the storage last
    said what it holds. fault, words: why it does not, and its own code and text.
    uploaded_percent: as a callback last told.
    """

    expected: int = 0
    missing: int = 0
    late: tuple[str, ...] = ()
    looked_at: datetime | None = None
    fault: Text | None = None
    words: str = ""
    uploaded_percent: float | None = None


@dataclass(frozen=True)
class Truth:
    """evidence: why it counts as lost. doubt: the vendor does not know it just now; since when,
    why that may be, and what follows. alive_since: it goes on at the vendor after its end.

    stopping: somebody wants it to end there, too. hangs: an administrator may mark it as ended.
    """

    files: FilesTruth
    evidence: tuple[Text, ...] = ()
    doubt: Text | None = None
    alive_since: datetime | None = None
    stopping: bool = False
    hangs: bool = False


def truth(recording_id: int) -> Truth:
    """Raises NotFound."""
    row = db.session.get(Recording, recording_id)
    if row is None:
        raise NotFound(text("There is no such recording."))
    return Truth(
        files=_files(row),
        evidence=_evidence(row),
        doubt=_doubt(row),
        alive_since=row.alive_after_end_at,
        stopping=row.stop_wanted_at is not None,
        hangs=_hangs(row),
    )


def _files(row: Recording) -> FilesTruth:
    told = db.session.execute(
        select(RecordingFile.name, RecordingFile.arrived_at)
        .where(RecordingFile.recording_id == row.id)
        .order_by(RecordingFile.name)
    ).all()
    missing = [name.rpartition("/")[2] for name, arrived_at in told if arrived_at is None]
    late = row.ended_at is not None and context.now() - row.ended_at > LATE_AFTER
    fault = row.files_fault or {}
    return FilesTruth(
        expected=len(told),
        missing=len(missing),
        late=tuple(missing[:NAMED]) if late else (),
        looked_at=row.files_checked_at,
        fault=texts.from_json(row.files_fault),
        words=fault.get("words", ""),
        uploaded_percent=_last_detail(row.id, EventKind.UPLOAD_PROGRESS).get("percent"),
    )


def _last_detail(recording_id: int, kind: EventKind) -> dict[str, Any]:
    found = db.session.scalar(
        select(RecordingEvent.detail)
        .where(RecordingEvent.recording_id == recording_id, RecordingEvent.kind == kind.value)
        .order_by(RecordingEvent.id.desc())
        .limit(1)
    )
    return found or {}


def _hangs(row: Recording) -> bool:
    """It is not ended, and does not move as it should."""
    if not is_active(RecordingState(row.state)):
        return False
    now = context.now()
    if row.unreachable_since is not None:
        return True
    if row.gone_since is not None and now - row.gone_since > HANGS_AFTER:
        return True
    if row.state == RecordingState.UPLOADING.value:
        return now - (row.recorded_until or row.started_at) > UPLOAD_HANGS_AFTER
    since = row.started_at if row.state == RecordingState.STARTING.value else row.stop_wanted_at
    return since is not None and now - since > HANGS_AFTER


def _doubt(row: Recording) -> Text | None:
    """Several things look like this (complaint 10 of the survey of peers)."""
    if not is_active(RecordingState(row.state)) or row.gone_since is None:
        return None
    is_closing = row.stop_sent_at is not None or row.state == RecordingState.UPLOADING.value
    if is_closing:
        return text(
            "Vendors forget a recording once it has ended, while its files are on their way. "
            "It is completed when they are in the storage; if they are not by %(until)s, "
            "it counts as lost.",
            until=_clock((row.gone_since + UPLOAD_PATIENCE).isoformat()),
        )
    return text(
        "It may be replacing a lost recorder, or the recording has ended: nobody was in the "
        "channel, somebody stopped it elsewhere, or it never began. If it still does not know "
        "it at %(until)s, the recording counts as lost and its channel is free.",
        until=_clock((row.gone_since + RESTORING).isoformat()),
    )


def _evidence(row: Recording) -> tuple[Text, ...]:
    """What was asked and answered, and what the storage held."""
    if row.state != RecordingState.LOST.value:
        return ()
    detail = _last_detail(row.id, EventKind.GONE)
    found = detail.get("evidence")
    if not found:
        return ()
    said = " · ".join(str(part) for part in (detail.get("code"), detail.get("text")) if part)
    asked = text(
        "The vendor was asked %(n)s times between %(first)s and %(last)s and did not know it.",
        n=found["asked"],
        first=_clock(found["since"]),
        last=_clock(found["until"]),
    )
    answer = text("Its last answer: %(said)s", said=said) if said else None
    return tuple(filter(None, (asked, answer, _storage(found["storage"]))))


def _storage(found: dict[str, Any]) -> Text:
    fault = texts.from_json(found.get("fault"))
    if fault is not None:
        words = found.get("words")
        said = text("%(what)s (%(said)s)", what=fault, said=words) if words else fault
        return text("The storage could not be looked into: %(why)s", why=said)
    if found["closed"]:
        return text(
            "The storage held %(n)s files, %(m)s were missing; the playlist was closed.",
            n=found["arrived"], m=found["missing"],
        )  # fmt: skip
    return text(
        "The storage held %(n)s files, %(m)s were missing; no playlist was closed.",
        n=found["arrived"], m=found["missing"],
    )  # fmt: skip


def _clock(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%H:%M:%S} UTC"
