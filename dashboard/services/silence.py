"""A vendor that does not answer, or says that it was asked too often."""

from datetime import timedelta

from dashboard.domain.events import EventKind, RecordingEvent
from dashboard.errors import ProviderError
from dashboard.models import AccountState, Recording
from dashboard.services import accounts, context, limits, live, polls, progress, rate
from dashboard.services.live import Live
from dashboard.services.unit_of_work import Transaction, transaction

AGAIN_AFTER = timedelta(seconds=3)
TOO_MANY = 429
TOO_OFTEN_FOR = timedelta(minutes=1)
"""So long being asked too often is our own affair; then nobody knows how the recording is."""
_QUESTIONS_PER_S = 4.0


def take(recording: Live, fault: ProviderError) -> None:
    """A question was not answered."""
    too_often = fault.http_status == TOO_MANY
    if not too_often:
        accounts.note_silence(recording.config.id, fault)
    with transaction() as work:
        polls.note_fault(work, recording.id, fault)
        row = work.session.get(Recording, recording.id)
        if too_often:
            rate.hold_back(work, row.account_id, context.now().timestamp())
        if not (too_often and _is_known_well(row)):
            _tell(work, row, live.told_by(EventKind.UNREACHABLE, fault))
        live.set_columns(work, recording.id, next_sync_at=context.now() + AGAIN_AFTER)


def wait_for_account(recording_id: int) -> None:
    """Another recording asks for all of an account that is away: this one waits for it."""
    with transaction() as work:
        row = work.session.get(Recording, recording_id)
        state = work.session.get(AccountState, row.account_id)
        _tell(work, row, RecordingEvent(EventKind.UNREACHABLE, context.now(),
                                        detail={"why": state.last_error}))  # fmt: skip
        line_s = limits.active_on(row.account_id) / _QUESTIONS_PER_S
        pause = max(AGAIN_AFTER, timedelta(seconds=line_s))
        live.set_columns(work, recording_id, next_sync_at=context.now() + pause)


def _is_known_well(row: Recording) -> bool:
    known = max(filter(None, (row.last_seen_at, row.answered_at, row.started_at)))
    return context.now() - known < TOO_OFTEN_FOR


def _tell(work: Transaction, row: Recording, event: RecordingEvent) -> None:
    """Once, however often it is asked in vain."""
    if row.unreachable_since is not None:
        return
    progress.apply_in(work, row.id, event, "sync")
    live.set_columns(work, row.id, unreachable_since=context.now())
