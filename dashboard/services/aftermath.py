"""After the end: what still arrives in the storage, and whether the vendor goes on all the same.

A recording that ended for us may run on at the vendor: it was lost and is found again, it was
marked as ended, a stop was overheard. It keeps its state, since its channel may be taken by
another by now. It is stopped once more where somebody wanted its end, and shown where nobody did.
"""

import logging
from datetime import timedelta

from sqlalchemy import select

from dashboard.domain.events import EventKind
from dashboard.domain.lifecycle import RecordingState, is_active
from dashboard.domain.recording import Phase, RecordingSnapshot
from dashboard.errors import Conflict, NotFound, ProviderError, text
from dashboard.extensions import db
from dashboard.models import Recording, RecordingEvent
from dashboard.services import (
    accounts,
    audit,
    context,
    files,
    limits,
    live,
    polls,
    progress,
    stopping,
)
from dashboard.services.live import Live
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import Transaction, calling_out, transaction

log = logging.getLogger(__name__)

LAST_LOOKS = timedelta(minutes=30)
STOPS_FOR = timedelta(hours=24)
"""So long a stop that no vendor has taken is tried again after the end."""
MISSING_AFTER = timedelta(minutes=5)
"""By then files that were told of have arrived, or something is wrong."""
ALIVE_EVERY = timedelta(minutes=2)
ASK_EVERY_S = 15.0
SHORTEST_S, LONGEST_S, STOP_LONGEST_S = 2.0, 60.0, 600.0
_AT_WORK = (Phase.STARTING, Phase.RUNNING)


def look(recording: Live) -> None:
    """See what arrived and whether it goes on, until there is nothing more to see."""
    _stop_at_last(recording)
    _ask_again(recording)
    found = files.look(recording.id, recording.spec.storage, recording.handle)
    with transaction() as work:
        row = work.session.get(Recording, recording.id)
        _keep(row, found)
        age = context.now() - (row.ended_at or row.started_at)
        unseen = not (found.readable or found.away)
        done = found.is_whole or unseen or age > LAST_LOOKS or row.handle_key is None
        if row.files_missing and (done or age > MISSING_AFTER):
            _tell_missing(work, row)
        row.next_sync_at = _next(row, done, age, found.is_whole)
        if row.next_sync_at is None:
            work.touch_recording(recording.id)


def look_now(recording_id: int, actor: Actor) -> files.Found:
    """Look into the storage because somebody wants to know. Raises Forbidden, NotFound."""
    need(actor, "operate")
    recording = live.load(recording_id)
    found = files.look(recording.id, recording.spec.storage, recording.handle)
    with transaction() as work:
        _keep(work.session.get(Recording, recording_id), found)
        work.touch_recording(recording_id)
    return found


def stop_after_end(recording_id: int, actor: Actor) -> None:
    """Somebody wants an end of a recording that goes on though it had ended for us.

    Raises Forbidden, NotFound, Conflict where it is not known to go on.
    """
    need(actor, "operate")
    with transaction() as work:
        row = work.session.get(Recording, recording_id)
        if row is None:
            raise NotFound(text("There is no such recording."))
        if row.alive_after_end_at is None:
            raise Conflict(text("This recording has ended already."), recording_id)
        row.stop_wanted_at = row.stop_wanted_at or context.now()
        row.stop_sent_at = None
        wish = live.event(EventKind.STOP_REQUESTED)
        work.session.flush()
        progress.apply_in(work, recording_id, wish, "command", actor_email=actor.email)
        audit.note(work, "recording.stop", "recording", recording_id, actor=actor)
    stopping.stop_once_more(live.load(recording_id))


# ---------------------------------------------------------------- at the vendor


def _stop_at_last(recording: Live) -> None:
    """Marked as ended while the vendor could not be reached, for example."""
    pending = recording.stop_wanted_at is not None and recording.stop_sent_at is None
    if pending and recording.handle_key is not None:
        stopping.stop_once_more(recording)


def _ask_again(recording: Live) -> None:
    """Whether the vendor knows it again. Asked of lost ones, and of those heard of since."""
    if recording.handle_key is None or not _is_doubtful(db.session.get(Recording, recording.id)):
        return
    try:
        with calling_out():
            snapshot = accounts.provider_of(recording.config).query(recording.handle)
    except ProviderError as fault:
        log.info("recording %s: whether it goes on is not known: %s", recording.id, fault)
        return
    if _take_answer(recording, snapshot):
        stopping.stop_once_more(recording)


def _take_answer(recording: Live, snapshot: RecordingSnapshot) -> bool:
    """Returns whether it has to be stopped."""
    with transaction() as work:
        polls.note_answer(work, recording.id, snapshot)
        row = work.session.get(Recording, recording.id)
        if snapshot.phase not in _AT_WORK:
            row.alive_after_end_at = None
            return False
        row.alive_after_end_at = row.alive_after_end_at or context.now()
        work.session.flush()
        _tell_alive(work, row)
        return _should_end(row)


def _should_end(row: Recording) -> bool:
    """All but one that was lost while nobody wanted its end: what it records may be needed."""
    if row.state != RecordingState.LOST.value or row.stop_wanted_at is not None:
        return True
    ceiling = limits.ceiling_at(row)
    return ceiling is not None and context.now() >= ceiling


def _tell_alive(work: Transaction, row: Recording) -> None:
    if not _is_told(work, row.id, EventKind.SEEN_AFTER_END):
        log.warning("recording %s has ended for us and goes on at the vendor", row.id)
        event = live.event(EventKind.SEEN_AFTER_END, stopped=_should_end(row) or None)
        progress.apply_in(work, row.id, event, "sync")


# ---------------------------------------------------------------- in the storage


def _keep(row: Recording, found: files.Found) -> None:
    for name, value in files.columns_of(found).items():
        setattr(row, name, value)


def _tell_missing(work: Transaction, row: Recording) -> None:
    """Once: how many of how many."""
    if is_active(RecordingState(row.state)) or _is_told(work, row.id, EventKind.FILES_MISSING):
        return
    event = live.event(EventKind.FILES_MISSING, missing=row.files_missing)
    work.session.flush()
    progress.apply_in(work, row.id, event, "sync")


def _is_told(work: Transaction, recording_id: int, kind: EventKind) -> bool:
    told = select(RecordingEvent.id).where(
        RecordingEvent.recording_id == recording_id, RecordingEvent.kind == kind.value
    )
    return work.session.scalar(told.limit(1)) is not None


def _next(row: Recording, done: bool, age: timedelta, is_whole: bool):
    """When to look again; None: there is nothing more to see.

    One of which everything is there has ended at the vendor, too.
    """
    stop_waits = row.stop_wanted_at is not None and row.stop_sent_at is None
    if row.handle_key is not None and stop_waits and age < STOPS_FOR:
        return context.now() + timedelta(seconds=_pause_s(age, STOP_LONGEST_S))
    if row.alive_after_end_at is not None and age > LAST_LOOKS:
        return context.now() + ALIVE_EVERY
    asks = _is_doubtful(row) and row.handle_key is not None and age <= LAST_LOOKS
    asks = asks and not (is_whole and row.alive_after_end_at is None)
    if done and not asks:
        return None
    pause_s = max(ASK_EVERY_S if asks else 0.0, _pause_s(age, LONGEST_S))
    return context.now() + timedelta(seconds=pause_s)


def _is_doubtful(row: Recording) -> bool:
    return row.state == RecordingState.LOST.value or row.alive_after_end_at is not None


def _pause_s(age: timedelta, longest_s: float) -> float:
    return min(longest_s, max(SHORTEST_S, age.total_seconds() / 4))
