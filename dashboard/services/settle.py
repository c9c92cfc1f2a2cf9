"""What became of a start whose answer never came: a lost message, or a crash of ours.

Where a handle was prepared, the vendor is asked by it; nothing else is ever started before
that is settled. Where none was, nothing can be running, and the start is made up for.
"""

import logging
from datetime import timedelta

from dashboard.domain.events import EventKind
from dashboard.domain.lifecycle import is_active
from dashboard.errors import ProviderError, text
from dashboard.services import accounts, callbacks, context, live, progress, starting
from dashboard.services.live import Live
from dashboard.services.unit_of_work import calling_out, transaction

log = logging.getLogger(__name__)

LIMIT = timedelta(minutes=10)
"""A prepared start is good for 5 minutes at most; what has not shown itself by then, is not."""
TOO_LATE = timedelta(minutes=5)
"""A start that we never got to send is not sent so long after it was wanted."""
PAUSES_S = (2, 3, 5, 10, 20)

_NEVER_SENT = text("The start could not be sent in time. Nothing was recorded. Start again.")
_NEVER_STARTED = text("The start never reached the vendor. Nothing was recorded. Start again.")
_NOT_WANTED = text("It was stopped before it had begun. Nothing was recorded.")
_NOT_KNOWN = text(
    "The vendor never told whether this recording started. Look at its console to be sure."
)


def settle_one(recording_id: int, *, claimed: bool = False) -> bool:
    """Find out, or try to. Returns True when nothing is left to find out.

    Leaves alone a start that is just being spoken to the vendor. claimed: nobody else is
    looking after this recording now (sync has made sure).
    """
    recording = live.load(recording_id)
    if _is_settled(recording):
        return True
    if not claimed and is_being_started(recording):
        return False
    if recording.handle is None:
        _make_up(recording)
    else:
        _settle(recording)
    return _is_settled(live.load(recording_id))


def is_being_started(recording: Live) -> bool:
    """Somebody holds the lease of this start, and its answer is not known to be lost."""
    within = recording.next_sync_at and recording.next_sync_at > context.now()
    return bool(within) and recording.unanswered_at is None


def _is_settled(recording: Live) -> bool:
    return recording.handle_key is not None or not is_active(recording.state)


def _settle(recording: Live) -> None:
    """A callback may have told the name already; else ask."""
    if recording.unanswered_at is None:
        with transaction() as work:
            live.set_columns(work, recording.id, unanswered_at=context.now())
    callbacks.match_unmatched(recording.id)
    found = live.load(recording.id)
    if not _is_settled(found):
        _ask(found)


def _make_up(recording: Live) -> None:
    """We crashed before anything was asked of the vendor."""
    if recording.stop_wanted_at:
        _fail(recording, _NOT_WANTED)
    elif context.now() - recording.started_at > TOO_LATE:
        _fail(recording, _NEVER_SENT)
    else:
        log.info("recording %s: its start is made up for", recording.id)
        try:
            starting.begin(recording)
        except ProviderError as fault:
            log.warning("recording %s: %s", recording.id, fault)


def _ask(recording: Live) -> None:
    provider = accounts.provider_of(recording.config)
    try:
        with calling_out():
            handle = provider.settle(recording.spec, recording.handle)
        if handle is not None:
            starting.keep_name(recording, handle)
    except ProviderError as fault:
        _take_fault(recording, fault)
        return
    if handle is not None:
        log.info("recording %s: its start has arrived after all", recording.id)
        starting.take_up(recording)
    else:
        _fail(recording, _NOT_WANTED if recording.stop_wanted_at else _NEVER_STARTED)


def _take_fault(recording: Live, fault: ProviderError) -> None:
    if fault.outcome == "refused":
        starting.fail(recording, fault)
    elif context.now() - recording.started_at > LIMIT:
        _fail(recording, _NOT_KNOWN, fault)
    else:
        age_s = (context.now() - recording.started_at).total_seconds()
        pause_s = next((pause for pause in PAUSES_S if pause * 4 > age_s), PAUSES_S[-1])
        with transaction() as work:
            live.set_columns(
                work, recording.id, next_sync_at=context.now() + timedelta(seconds=pause_s)
            )


def _fail(recording: Live, why, fault: ProviderError | None = None) -> None:
    log.warning("recording %s: %s", recording.id, why)
    told = live.event(
        EventKind.SETTLED_FAILED,
        why=why,
        code=fault.vendor_code if fault else None,
        text=fault.vendor_text if fault else None,
    )
    progress.apply_event(recording.id, told, "watchdog")
