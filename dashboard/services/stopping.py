"""Speaking a wanted stop to the vendor, until it has taken it."""

import logging
from datetime import timedelta

from dashboard.domain.events import EventKind
from dashboard.domain.lifecycle import is_active
from dashboard.domain.recording import Phase, RecordingSnapshot
from dashboard.errors import ProviderError, ProviderUnavailable
from dashboard.models import Recording, RecordingEvent
from dashboard.services import accounts, context, live, progress
from dashboard.services.live import Live
from dashboard.services.unit_of_work import Transaction, calling_out, transaction

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(seconds=3)
LOOK_AFTER = timedelta(seconds=2)


def carry_out_stop(recording_id: int) -> bool:
    """Send the stop that is wanted. Returns True when nothing is left to send.

    May be called at any time, by anybody, more than once: a stop may be repeated.
    """
    recording = live.load(recording_id)
    if not is_wanted(recording):
        return True
    if recording.handle_key is None:
        return False  # not named yet; whoever learns its name calls again
    provider = accounts.provider_of(recording.config)
    try:
        with calling_out():
            snapshot = provider.stop(recording.handle)
    except ProviderError as fault:
        _take_fault(recording, fault)
        return False
    _take_answer(recording, snapshot)
    return True


def stop_once_more(recording: Live) -> bool:
    """Tell the vendor to end what has ended for us already. Returns whether it took that.

    The state stays as it is. May be repeated; a fault is told once.
    """
    try:
        with calling_out():
            snapshot = accounts.provider_of(recording.config).stop(recording.handle)
    except ProviderError as fault:
        _take_fault(recording, fault)
        return False
    told = live.event(EventKind.STOP_ACCEPTED, **live.said(snapshot))
    with transaction() as work:
        now = context.now()
        live.set_columns(work, recording.id, stop_sent_at=now, next_sync_at=now + LOOK_AFTER)
        if snapshot.phase is not Phase.GONE:
            progress.apply_in(work, recording.id, told, "command")
    return True


def is_wanted(recording: Live) -> bool:
    return (
        recording.stop_wanted_at is not None
        and recording.stop_sent_at is None
        and is_active(recording.state)
    )


def _take_answer(recording: Live, snapshot: RecordingSnapshot) -> None:
    now = context.now()
    told = {
        Phase.GONE: None,  # the next look decides, with the storage before it
        Phase.ENDED: _ended(snapshot),
        Phase.FAILED: live.event(EventKind.EXITED_ABNORMALLY, text=snapshot.vendor_text),
    }.get(snapshot.phase, live.event(EventKind.STOP_ACCEPTED, **live.said(snapshot)))
    with transaction() as work:
        live.set_columns(work, recording.id, stop_sent_at=now, next_sync_at=now + LOOK_AFTER)
        if told:
            progress.apply_in(work, recording.id, told, "command")
        progress.keep_files(work, recording.id, snapshot.files)
        work.touch_recording(recording.id)
    accounts.note_answer(recording.config.id)


def _ended(snapshot: RecordingSnapshot):
    """Over at once: everything is uploaded, or there was nothing."""
    if snapshot.uploaded is None:
        return live.event(EventKind.EXITED, nothing_recorded=True, **live.said(snapshot))
    kind = EventKind.UPLOADED if snapshot.uploaded else EventKind.BACKED_UP
    return live.event(kind)


def _take_fault(recording: Live, fault: ProviderError) -> None:
    log.warning("recording %s: the stop was not taken: %s", recording.id, fault)
    if isinstance(fault, ProviderUnavailable):
        accounts.note_silence(recording.config.id, fault)
    with transaction() as work:
        if not _is_told(work, recording.id):
            progress.apply_in(
                work, recording.id, live.told_by(EventKind.STOP_UNANSWERED, fault), "command"
            )
        live.set_columns(work, recording.id, next_sync_at=context.now() + AGAIN_AFTER)


def _is_told(work: Transaction, recording_id: int) -> bool:
    """Tried every few seconds, it is told once, until something else has happened."""
    last = work.session.get(Recording, recording_id).last_event_id
    line = work.session.get(RecordingEvent, last) if last else None
    return line is not None and line.kind == EventKind.STOP_UNANSWERED
