"""The whole state machine of a recording. States only move forward."""

from enum import StrEnum

from dashboard.domain.events import EventKind


class RecordingState(StrEnum):
    STARTING = "starting"
    RECORDING = "recording"
    STOPPING = "stopping"
    UPLOADING = "uploading"
    COMPLETED = "completed"
    FAILED = "failed"
    LOST = "lost"


ACTIVE = (
    RecordingState.STARTING,
    RecordingState.RECORDING,
    RecordingState.STOPPING,
    RecordingState.UPLOADING,
)
"""The vendor may still be working (and billing); the channel is taken."""

ON_AIR = (RecordingState.RECORDING,)

_RANK = {state: rank for rank, state in enumerate(ACTIVE)}
_FINAL_RANK = len(ACTIVE)

_LEADS_TO = {
    EventKind.START_REFUSED: RecordingState.FAILED,
    EventKind.RECORDER_STARTED: RecordingState.RECORDING,
    EventKind.SLICE_STARTED: RecordingState.RECORDING,
    EventKind.FIRST_FILE: RecordingState.RECORDING,
    EventKind.SEEN_RUNNING: RecordingState.RECORDING,
    EventKind.STOP_REQUESTED: RecordingState.STOPPING,
    EventKind.RECORDER_LEFT: RecordingState.UPLOADING,
    EventKind.STOP_ACCEPTED: RecordingState.UPLOADING,
    EventKind.UPLOADED: RecordingState.COMPLETED,
    EventKind.BACKED_UP: RecordingState.COMPLETED,
    EventKind.EXITED: RecordingState.COMPLETED,
    EventKind.EXITED_ABNORMALLY: RecordingState.FAILED,
    EventKind.SETTLED_ENDED: RecordingState.COMPLETED,
    EventKind.SETTLED_FAILED: RecordingState.FAILED,
    EventKind.GONE: RecordingState.LOST,
    EventKind.MARKED_ENDED: RecordingState.LOST,
}


def advance(state: RecordingState, kind: EventKind) -> RecordingState:
    """The state after an event: a later one, or the same. Final states stay.

    A late or repeated event is therefore harmless: it is kept in the history and
    moves nothing.
    """
    following = _LEADS_TO.get(kind, state)
    if kind is EventKind.FILE_MADE and state is RecordingState.UPLOADING:
        following = RecordingState.COMPLETED  # the recorder has left, and here is what it made
    return following if _rank(following) > _rank(state) else state


def is_active(state: RecordingState) -> bool:
    return state in ACTIVE


def _rank(state: RecordingState) -> int:
    return _RANK.get(state, _FINAL_RANK)
