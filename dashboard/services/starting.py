"""Speaking the start of a recording to its vendor, so that it happens once.

The intent is on disk before anything is asked; the prepared handle is on disk before the
start is sent. A crash between any two lines leaves what `settle` needs to go on.
"""

import logging
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from dashboard.domain.events import EventKind
from dashboard.domain.recording import RecordingHandle
from dashboard.errors import ProviderError, ProviderUnavailable, text
from dashboard.models import Recording
from dashboard.services import accounts, callbacks, context, engine_disk, live, progress, stopping
from dashboard.services.live import Live
from dashboard.services.unit_of_work import calling_out, transaction

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""So long nobody else looks after a start: prepare and start take at most about 45 s."""
SETTLE_AFTER = timedelta(seconds=2)

_NAMED_TWICE = text(
    "The vendor answered this start with the name of another recording of this account."
)
_LOOK_THERE = text("It is asked again. Look at the vendor's console for what really runs.")


def begin(recording: Live) -> None:
    """Prepare and start what was committed as wanted.

    Raises ProviderError if it was refused; the recording is failed by then. A lost answer
    raises nothing: the recording stays starting and is settled later.
    """
    provider = accounts.provider_of(recording.config)
    try:
        with calling_out():
            prepared = provider.prepare(recording.spec)
        if not _keep_prepared(recording.id, prepared):
            log.warning("recording %s: somebody else has begun it, leaving", recording.id)
            return
        with calling_out():
            handle = provider.start(recording.spec, prepared)
        keep_name(recording, handle)
    except ProviderError as fault:
        take_fault(recording, engine_disk.in_plain_words(fault, recording.config))
        return
    take_up(recording)


def keep_name(recording: Live, handle: RecordingHandle) -> None:
    """It runs: keep what the vendor calls it.

    Raises ProviderError (outcome "unknown") where the vendor calls another one so already.
    """
    try:
        with transaction() as work:
            live.keep_handle(work, recording, handle)
            progress.apply_in(work, recording.id, live.event(EventKind.START_ACCEPTED), "command")
    except IntegrityError as fault:
        raise ProviderError(
            _NAMED_TWICE,
            vendor=recording.config.vendor,
            operation="start",
            outcome="unknown",
            remedy=_LOOK_THERE,
        ) from fault
    accounts.note_answer(recording.config.id)


def take_up(recording: Live) -> None:
    """Now that it has its name: whatever was told of it meanwhile, and a stop that waited."""
    callbacks.match_unmatched(recording.id)
    stopping.carry_out_stop(recording.id)


def take_fault(recording: Live, fault: ProviderError) -> None:
    """Failed at once, or unanswered. Raises the fault again if nothing was started."""
    if isinstance(fault, ProviderUnavailable):
        accounts.note_silence(recording.config.id, fault)
    if fault.outcome == "refused":
        fail(recording, fault)
        fault.recording_id = recording.id
        raise fault
    log.warning("recording %s: whether it started is not known: %s", recording.id, fault)
    now = context.now()
    with transaction() as work:
        progress.apply_in(
            work, recording.id, live.told_by(EventKind.START_UNANSWERED, fault), "command"
        )
        live.set_columns(work, recording.id, unanswered_at=now, next_sync_at=now + SETTLE_AFTER)


def fail(recording: Live, fault: ProviderError) -> None:
    log.warning("recording %s was not started: %s", recording.id, fault)
    progress.apply_event(recording.id, live.told_by(EventKind.START_REFUSED, fault), "command")


def _keep_prepared(recording_id: int, handle: RecordingHandle) -> bool:
    """Only one of those who may be starting this recording gets to."""
    with transaction() as work:
        return (
            work.session.execute(
                update(Recording)
                .where(Recording.id == recording_id, Recording.handle.is_(None))
                .values(handle=dict(handle), next_sync_at=context.now() + LEASE)
            ).rowcount
            == 1
        )
