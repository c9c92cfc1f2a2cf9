"""The only place that writes `recording.state`.

Commands, callbacks and sync all end here. States only move forward, so an event that comes
late or twice is kept in the history and moves nothing.
"""

from datetime import timedelta
from pathlib import PurePosixPath

from sqlalchemy import select, update

from dashboard.domain.events import EventKind, RecordingEvent
from dashboard.domain.lifecycle import RecordingState, is_active
from dashboard.domain.recording import OutputFile
from dashboard.errors import Conflict, NotFound, text
from dashboard.models import Recording, RecordingFile
from dashboard.models import RecordingEvent as EventRow
from dashboard.services import context, outcome, texts
from dashboard.services.readmodels import FileKind, Source
from dashboard.services.unit_of_work import Transaction, transaction

TRIES = 5
SOON = timedelta(seconds=1)
_KINDS: dict[str, FileKind] = {
    ".m3u8": "playlist", ".mpd": "playlist", ".mp4": "mp4", ".ts": "slice", ".webm": "slice",
}  # fmt: skip
_QUIET = frozenset({EventKind.UPLOAD_PROGRESS, EventKind.STATUS, EventKind.UNKNOWN})
"""Kept in the history, but not what a row tells as the last thing that happened."""


def apply_event(
    recording_id: int,
    event: RecordingEvent,
    source: Source,
    *,
    actor_email: str | None = None,
    delivery_id: int | None = None,
) -> RecordingState:
    """Take an event in, in a transaction of its own. Returns the state after it.

    Raises NotFound, Conflict when others changed the recording faster than we could read it.
    """
    with transaction() as work:
        return apply_in(
            work, recording_id, event, source, actor_email=actor_email, delivery_id=delivery_id
        )


def apply_in(
    work: Transaction,
    recording_id: int,
    event: RecordingEvent,
    source: Source,
    *,
    actor_email: str | None = None,
    delivery_id: int | None = None,
) -> RecordingState:
    """The same inside an open transaction. An event of a delivery counts once."""
    if delivery_id is not None and _is_known(work, delivery_id):
        return RecordingState(_read(work, recording_id).state)
    now = context.now()
    for _ in range(TRIES):
        row = _read(work, recording_id)
        seen, before = row.version, RecordingState(row.state)
        state = outcome.next_state(row, event)
        changed = outcome.facts(row, event, state, now, actor_email)
        changed |= _next_look(row, event, state, now)
        if source in ("callback", "sync"):
            changed["last_seen_at"] = now
        if source == "callback":
            changed["last_callback_at"] = now
        if _update(work, recording_id, seen, changed):
            break
    else:
        raise Conflict(text("This recording changes faster than it can be read. Try again."))
    line = _remember(work, recording_id, event, source, now, actor_email, delivery_id)
    line.state_after = state.value if _moved(event, before, state) else None
    keep_files(work, recording_id, event.files)
    work.session.flush()
    if event.kind not in _QUIET and not _is_late(row, event):
        work.session.execute(
            update(Recording).where(Recording.id == recording_id).values(last_event_id=line.id)
        )
    work.session.expire(row)
    work.touch_recording(recording_id, on_air=state != before)
    return state


def keep_files(work: Transaction, recording_id: int, files: tuple[OutputFile, ...]) -> None:
    """Remember the names of files that were told; whether they arrived, the storage says."""
    for file in files:
        name = texts.storable(file.name, 1024)
        work.insert_new(
            RecordingFile,
            recording_id=recording_id,
            name=name,
            kind=kind_of(name),
            started_at=file.started_at,
        )


def kind_of(name: str) -> FileKind:
    return _KINDS.get(PurePosixPath(name).suffix.lower(), "other")


def _read(work: Transaction, recording_id: int) -> Recording:
    row = work.session.scalar(
        select(Recording)
        .where(Recording.id == recording_id)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound(text("There is no such recording."))
    return row


def _update(work: Transaction, recording_id: int, seen: int, changed: dict) -> bool:
    """Write if nobody else did since we read."""
    return (
        work.session.execute(
            update(Recording)
            .where(Recording.id == recording_id, Recording.version == seen)
            .values(version=seen + 1, **changed)
            .execution_options(synchronize_session=False)
        ).rowcount
        == 1
    )


def _is_known(work: Transaction, delivery_id: int) -> bool:
    known = select(EventRow.id).where(EventRow.delivery_id == delivery_id)
    return work.session.scalar(known) is not None


def _remember(
    work: Transaction,
    recording_id: int,
    event: RecordingEvent,
    source: Source,
    now,
    actor_email: str | None,
    delivery_id: int | None,
) -> EventRow:
    line = EventRow(
        recording_id=recording_id,
        kind=event.kind.value,
        source=source,
        at=event.at,
        here_at=event.here_at,
        told_at=now,
        sequence=event.sequence,
        person_uid=texts.storable(event.person_uid, 64),
        detail=dict(event.detail),
        actor_email=actor_email,
        delivery_id=delivery_id,
    )
    work.session.add(line)
    return line


def _moved(event: RecordingEvent, before: RecordingState, after: RecordingState) -> bool:
    return after != before or event.kind is EventKind.START_REQUESTED


def _is_late(row: Recording, event: RecordingEvent) -> bool:
    """A callback that an earlier-arrived one has overtaken."""
    return event.sequence is not None and event.sequence < (row.last_sequence or 0)


def _next_look(row: Recording, event: RecordingEvent, state: RecordingState, now) -> dict:
    """When somebody should look again: soon after an end, and where a callback is missing."""
    ended = not is_active(state) and is_active(RecordingState(row.state))
    closing = state is RecordingState.UPLOADING and row.state != state
    last, told = row.last_sequence, event.sequence
    missing = told is not None and last is not None and told > last + 1
    if not (ended or closing or missing) or row.handle_key is None and not ended:
        return {}
    soonest = now + SOON
    return {"next_sync_at": min(row.next_sync_at or soonest, soonest)}
