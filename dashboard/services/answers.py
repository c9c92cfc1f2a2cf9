"""From a vendor's answer to what it tells that we do not know yet."""

from collections.abc import Iterator

from dashboard.domain.events import EventKind, RecordingEvent
from dashboard.domain.lifecycle import RecordingState
from dashboard.domain.recording import Phase, RecordingSnapshot
from dashboard.services import files, live, lost
from dashboard.services.live import Live

_NOT_ENDED = (RecordingState.STARTING, RecordingState.RECORDING)


def events(
    recording: Live, snapshot: RecordingSnapshot, found: files.Found
) -> Iterator[RecordingEvent]:
    state, phase = recording.state, snapshot.phase
    if phase is Phase.RUNNING and state is RecordingState.STARTING:
        yield live.event(EventKind.SEEN_RUNNING)
    elif phase is Phase.FINISHING and state in _NOT_ENDED:
        yield live.event(EventKind.RECORDER_LEFT, reasons=["gone_quiet"], **live.said(snapshot))
    elif phase is Phase.ENDED:
        yield _ended(snapshot, found)
    elif phase is Phase.FAILED:
        yield live.event(
            EventKind.EXITED_ABNORMALLY,
            code=snapshot.vendor_status,
            text=snapshot.vendor_text,
        )
    elif phase is Phase.GONE:
        yield from lost.events(recording, snapshot, found)


def _ended(snapshot: RecordingSnapshot, found: files.Found) -> RecordingEvent:
    if snapshot.uploaded is False:
        return live.event(EventKind.BACKED_UP)
    if snapshot.uploaded or found.playlist:
        return live.event(EventKind.UPLOADED)
    return live.event(EventKind.EXITED, nothing_recorded=True, **live.said(snapshot))
