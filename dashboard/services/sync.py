"""Asking vendors how their recordings are. Callbacks are a fast hint, this is the truth.

Due recordings are claimed by a conditional update, so that any number of workers may ask.
"""

import logging
from datetime import timedelta

from sqlalchemy import func, select, update

from dashboard.domain.events import EventKind, RecordingEvent
from dashboard.domain.lifecycle import ACTIVE, RecordingState, is_active
from dashboard.domain.recording import Phase, RecordingSnapshot
from dashboard.errors import DashboardError, ProviderError, text
from dashboard.extensions import db
from dashboard.models import Recording
from dashboard.services import accounts, context, files, limits, live, progress, settle
from dashboard.services.live import Live
from dashboard.services.stopping import carry_out_stop, is_wanted
from dashboard.services.unit_of_work import calling_out, transaction

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=45)
STOP_AGAIN_AFTER = timedelta(seconds=30)
RESTORING = timedelta(seconds=90)
"""A vendor may not know a recording for so long while it replaces a lost recorder."""
CLOSING = timedelta(seconds=6)
UPLOAD_PATIENCE = timedelta(minutes=20)
"""Files are in the bucket within 20 minutes, say the vendors."""
LAST_LOOKS = timedelta(minutes=30)
QUERIES_PER_S = 4.0
"""Of the account's requests a second, those we spend on asking."""
PACE_S = {
    RecordingState.STARTING: 1.5,
    RecordingState.RECORDING: 5.0,
    RecordingState.STOPPING: 2.0,
    RecordingState.UPLOADING: 2.0,
}
UNREACHABLE_PACE_S = 3.0

_GONE = text("The vendor no longer knows this recording, and its files are not in the storage.")
_GONE_UNSEEN = text(
    "The vendor no longer knows this recording. We cannot look into its storage from here."
)
_PLAYABLE_REST = text("The vendor no longer knows this recording. What was uploaded can be played.")


def sync_due(limit: int = 20) -> int:
    """Look after recordings whose time has come. Returns how many it looked after."""
    now = context.now()
    due = db.session.execute(
        select(Recording.id, Recording.next_sync_at)
        .where(Recording.next_sync_at <= now)
        .order_by(Recording.next_sync_at)
        .limit(limit)
    ).all()
    db.session.rollback()
    done = 0
    for recording_id, seen in due:
        if not _claim(recording_id, seen):
            continue
        try:
            sync_one(recording_id)
        except DashboardError as fault:
            log.warning("recording %s was not looked after: %s", recording_id, fault)
        done += 1
    return done


def sync_one(recording_id: int, *, complain: bool = False) -> None:
    """Look after one: settle its start, send its stop, ask the vendor, look at its files.

    complain: raise the ProviderError of the query, for somebody who pressed a button.
    """
    recording = live.load(recording_id)
    if not is_active(recording.state):
        _look_last(recording)
        return
    if recording.handle_key is None:
        if not settle.settle_one(recording_id, claimed=not complain):
            return
        recording = live.load(recording_id)
        if not is_active(recording.state) or recording.handle_key is None:
            return
    if limits.want_stop_at_ceiling(recording):
        recording = live.load(recording_id)
    if is_wanted(recording) and not carry_out_stop(recording_id):
        return
    _ask(live.load(recording_id), complain)


def _claim(recording_id: int, seen) -> bool:
    with transaction() as work:
        return (
            work.session.execute(
                update(Recording)
                .where(Recording.id == recording_id, Recording.next_sync_at == seen)
                .values(next_sync_at=context.now() + LEASE)
            ).rowcount
            == 1
        )


# ---------------------------------------------------------------- asking


def _ask(recording: Live, complain: bool) -> None:
    provider = accounts.provider_of(recording.config)
    try:
        with calling_out():
            snapshot = provider.query(recording.handle)
    except ProviderError as fault:
        _take_silence(recording, fault)
        if complain:
            raise
        return
    accounts.note_answer(recording.config.id)
    found = files.look(recording.id, recording.spec.storage, recording.handle)
    _take_snapshot(recording, snapshot, found)


def _take_silence(recording: Live, fault: ProviderError) -> None:
    accounts.note_silence(recording.config.id, fault)
    now = context.now()
    with transaction() as work:
        if recording.unreachable_since is None:
            progress.apply_in(
                work, recording.id, live.told_by(EventKind.UNREACHABLE, fault), "sync"
            )
            live.set_columns(work, recording.id, unreachable_since=now)
        live.set_columns(
            work, recording.id, next_sync_at=now + timedelta(seconds=UNREACHABLE_PACE_S)
        )


def _take_snapshot(recording: Live, snapshot: RecordingSnapshot, found: files.Found) -> None:
    now = context.now()
    told = list(_events(recording, snapshot, found))
    gone = snapshot.phase is Phase.GONE
    columns = {
        "last_seen_at": None if gone else now,
        "gone": recording.gone + 1 if gone else 0,
        "gone_since": (recording.gone_since or now) if gone else None,
    }
    if gone:
        columns.pop("last_seen_at")
    with transaction() as work:
        if recording.unreachable_since is not None:
            live.set_columns(work, recording.id, unreachable_since=None)
            told.insert(0, live.event(EventKind.REACHABLE))
        for event in told:
            progress.apply_in(work, recording.id, event, "sync")
        progress.keep_files(work, recording.id, snapshot.files)
        state = RecordingState(work.session.get(Recording, recording.id).state)
        live.set_columns(work, recording.id, next_sync_at=_next(recording, state), **columns)
    if _is_deaf(recording, snapshot):
        log.warning("recording %s goes on after its stop; stopping it again", recording.id)
        with transaction() as work:
            live.set_columns(work, recording.id, stop_sent_at=None)
        carry_out_stop(recording.id)


def _next(recording: Live, state: RecordingState):
    now = context.now()
    if not is_active(state):
        return now + timedelta(seconds=1)
    pace_s = PACE_S[state]
    if state is RecordingState.RECORDING:
        pace_s = max(pace_s, _active_on(recording.config.id) / QUERIES_PER_S)
    return now + timedelta(seconds=pace_s)


def _active_on(account_id: int) -> int:
    return db.session.scalar(
        select(func.count())
        .select_from(Recording)
        .where(
            Recording.account_id == account_id,
            Recording.state.in_([state.value for state in ACTIVE]),
        )
    )


def _is_deaf(recording: Live, snapshot: RecordingSnapshot) -> bool:
    """It was told to stop, said yes, and is still recording."""
    return (
        snapshot.phase is Phase.RUNNING
        and recording.stop_sent_at is not None
        and context.now() - recording.stop_sent_at > STOP_AGAIN_AFTER
    )


# ---------------------------------------------------------------- from an answer to events


def _events(recording: Live, snapshot: RecordingSnapshot, found: files.Found):
    """What the answer tells that we do not know yet."""
    state, phase = recording.state, snapshot.phase
    if phase is Phase.RUNNING and state is RecordingState.STARTING:
        yield live.event(EventKind.SEEN_RUNNING)
    elif phase is Phase.FINISHING and state in (
        RecordingState.STARTING,
        RecordingState.RECORDING,
    ):
        yield live.event(EventKind.RECORDER_LEFT, reasons=["gone_quiet"])
    elif phase is Phase.ENDED:
        yield _ended(snapshot, found)
    elif phase is Phase.FAILED:
        yield live.event(
            EventKind.EXITED_ABNORMALLY,
            code=snapshot.vendor_status,
            text=snapshot.vendor_text,
        )
    elif phase is Phase.GONE:
        yield from _gone(recording, found)


def _ended(snapshot: RecordingSnapshot, found: files.Found) -> RecordingEvent:
    if snapshot.uploaded is False:
        return live.event(EventKind.BACKED_UP)
    if snapshot.uploaded or found.playlist:
        return live.event(EventKind.UPLOADED)
    return live.event(EventKind.EXITED, nothing_recorded=True)


def _gone(recording: Live, found: files.Found):
    """Twice in a row, and for long enough: then the storage has the last word."""
    if recording.gone < 1 or recording.gone_since is None:
        return
    waited = context.now() - recording.gone_since
    asked_to_end = recording.stop_sent_at is not None or (
        recording.state is RecordingState.UPLOADING
    )
    if found.is_whole and waited >= CLOSING:
        yield live.event(EventKind.SETTLED_ENDED)
    elif not asked_to_end and waited >= RESTORING or waited >= UPLOAD_PATIENCE:
        yield _lost(found)


def _lost(found: files.Found) -> RecordingEvent:
    if not found.readable:
        return live.event(EventKind.GONE, why=_GONE_UNSEEN)
    if found.playlist and found.playlist.slices:
        return live.event(EventKind.GONE, why=_PLAYABLE_REST)
    return live.event(EventKind.GONE, why=_GONE)


# ---------------------------------------------------------------- after the end


def _look_last(recording: Live) -> None:
    """It has ended: see what arrived, until everything has or it is clear that it will not."""
    found = files.look(recording.id, recording.spec.storage, recording.handle)
    with transaction() as work:
        row = work.session.get(Recording, recording.id)
        unseen = not (found.readable or found.away)
        age = context.now() - (row.ended_at or row.started_at)
        done = found.is_whole or unseen or age > LAST_LOOKS or row.handle_key is None
        pause = timedelta(seconds=min(60.0, max(2.0, age.total_seconds() / 4)))
        row.next_sync_at = None if done else context.now() + pause
        if done:
            work.touch_recording(recording.id)
