"""What an event tells of a recording beside its state. Pure: values in, columns out."""

from datetime import datetime, timedelta
from typing import Any

from dashboard.domain.events import EventKind, RecordingEvent
from dashboard.domain.lifecycle import RecordingState, advance, is_active
from dashboard.errors import Text, text
from dashboard.models import Recording
from dashboard.services import symptoms, texts, wording

_CEILING = text("It was stopped when its longest time, %(minutes)s min, was over.")
_STOPPED_BY_WHOM = text("Stopped by %(email)s.")
_STOPPED = text("Stopped by the system.")
MARKED = text("Marked as ended by %(email)s: %(reason)s")
_NOTHING_RECORDED = text("Nobody sent anything, so nothing was recorded.")
_ENDED = text("The vendor ended it.")


def next_state(row: Recording, event: RecordingEvent) -> RecordingState:
    """Where an event leads. An end that would be good is not, once a grave error was told."""
    state = advance(RecordingState(row.state), event.kind)
    is_new_end = state is RecordingState.COMPLETED and state != row.state
    if is_new_end and row.failure and not _is_mended(row, event):
        return RecordingState.FAILED
    return state


def _is_mended(row: Recording, event: RecordingEvent) -> bool:
    """Trouble with the storage is over once every file has arrived."""
    was_uploading = (row.failure or {}).get("part") == "uploader"
    return event.kind is EventKind.UPLOADED and was_uploading


def _is_overcome(row: Recording) -> bool:
    """The storage refused something, and has taken files since then."""
    was_uploading = (row.failure or {}).get("part") == "uploader"
    refused_at, taken_at = row.storage_error_at, row.last_upload_at
    return was_uploading and bool(refused_at and taken_at and taken_at > refused_at)


def facts(
    row: Recording,
    event: RecordingEvent,
    state: RecordingState,
    now: datetime,
    actor_email: str | None,
) -> dict[str, Any]:
    """The columns that change with this event. state: what `next_state` said."""
    changed: dict[str, Any] = {}
    at = min(max(event.here_at or event.at, row.started_at), now)
    if state != row.state:
        changed["state"] = state.value
    if state is RecordingState.RECORDING and row.recording_since is None:
        changed["recording_since"] = at
    changed |= _times(row, event, state, at)
    changed |= _reasons(row, event, state, actor_email)
    changed |= symptoms.columns(row, event, at)
    if _goes_on_after_end(row, event):
        changed |= {"alive_after_end_at": now, "next_sync_at": now}
    if event.kind is EventKind.FAILED_OVER:
        changed["resumed"] = row.resumed + 1
    if event.sequence is not None and event.sequence > (row.last_sequence or -1):
        changed["last_sequence"] = event.sequence
    return changed


def _goes_on_after_end(row: Recording, event: RecordingEvent) -> bool:
    """The vendor's recorder did something later than the end that we know of."""
    if is_active(RecordingState(row.state)) or row.ended_at is None or row.alive_after_end_at:
        return False
    at = event.here_at or event.at
    return event.kind in _AT_WORK and at > row.ended_at + CLOCKS_DIFFER


CLOCKS_DIFFER = timedelta(seconds=5)
_AT_WORK = frozenset(
    {
        EventKind.RECORDER_STARTED,
        EventKind.SLICE_STARTED,
        EventKind.AUDIO_CHANGED,
        EventKind.VIDEO_CHANGED,
        EventKind.FAILED_OVER,
    }
)


def _times(
    row: Recording, event: RecordingEvent, state: RecordingState, at: datetime
) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    late = state in (RecordingState.STOPPING, RecordingState.UPLOADING) or not is_active(state)
    if late and row.recording_since is None and event.kind in _PROVES_RECORDING:
        changed["recording_since"] = at
    if row.recorded_until is None and (state is RecordingState.UPLOADING or not is_active(state)):
        changed["recorded_until"] = at
    is_late_word = row.ended_at is not None and at >= (row.recorded_until or row.ended_at)
    if event.kind is EventKind.RECORDER_LEFT and not is_late_word:
        changed["recorded_until"] = at  # after the end, too: it was guessed until now
    if not is_active(state) and row.ended_at is None:
        changed["ended_at"] = at
    return changed


_PROVES_RECORDING = frozenset(
    {EventKind.RECORDER_STARTED, EventKind.SLICE_STARTED, EventKind.FIRST_FILE}
)


def _reasons(
    row: Recording, event: RecordingEvent, state: RecordingState, actor_email: str | None
) -> dict[str, Any]:
    """The first reason for an end is kept, and replaces a guess that came before it, as a mark
    replaces a stop that did not help; a failure replaces only one without words."""
    changed: dict[str, Any] = {}
    failure = _failure(event)
    if failure and (row.failure is None or _is_better(failure, row.failure)):
        changed["failure"] = failure
    if event.kind is EventKind.GONE and _is_overcome(row):
        changed["failure"] = failure
    if row.failure and _is_mended(row, event):
        changed["failure"] = None
    is_mark = event.kind is EventKind.MARKED_ENDED
    if is_mark or row.end_reason in (None, texts.to_json(_ENDED)):
        reason = _end_reason(event, actor_email)
        if reason is None and not is_active(state) and is_active(RecordingState(row.state)):
            reason = _ENDED
        if reason:
            changed["end_reason"] = texts.to_json(reason)
    ends_badly = state in (RecordingState.FAILED, RecordingState.LOST)
    if ends_badly and state != row.state and not row.failure and "failure" not in changed:
        changed["failure"] = texts.to_json(
            wording.sentence(event.kind, event.detail, event.person_uid)
        )
    return changed


def _failure(event: RecordingEvent) -> dict[str, Any] | None:
    detail = event.detail
    is_grave = event.kind is EventKind.ERROR and detail.get("severity") not in wording.MILD
    joined_not = event.kind is EventKind.RECORDER_LEFT and "failed_to_join" in (
        detail.get("reasons") or ()
    )
    if is_grave or joined_not:
        return texts.to_json(wording.sentence(event.kind, detail)) | _vendor_words(detail)
    if event.kind in (EventKind.START_REFUSED, EventKind.SETTLED_FAILED, EventKind.GONE):
        return texts.to_json(wording.sentence(event.kind, detail)) | _vendor_words(detail)
    return None


def _vendor_words(detail: Any) -> dict[str, Any]:
    words = {
        "vendor_code": detail.get("code"),
        "vendor_text": detail.get("text"),
        "part": detail.get("part"),
    }
    return {name: value for name, value in words.items() if value is not None}


def _is_better(new: dict[str, Any], old: dict[str, Any]) -> bool:
    return bool(new.get("vendor_text")) and not old.get("vendor_text")


def _end_reason(event: RecordingEvent, actor_email: str | None) -> Text | None:
    if event.kind is EventKind.STOP_REQUESTED and event.detail.get("ceiling_min"):
        return Text(_CEILING.template, {"minutes": event.detail["ceiling_min"]})
    if event.kind is EventKind.STOP_REQUESTED:
        return Text(_STOPPED_BY_WHOM.template, {"email": actor_email}) if actor_email else _STOPPED
    if event.kind is EventKind.MARKED_ENDED:
        return Text(MARKED.template, {"email": actor_email or "?",
                                       "reason": event.detail.get("reason", "?")})  # fmt: skip
    if event.kind is EventKind.RECORDER_LEFT and event.detail.get("reasons"):
        return _ENDINGS.get(event.detail["reasons"][0])
    if event.detail.get("nothing_recorded"):
        return _NOTHING_RECORDED
    return None


_ENDINGS = {
    "nobody_there": text("It ended by itself: nobody was in the channel."),
    "interrupted": text("The recording service was shut down, so the recording was closed."),
    "failed_to_join": text("The recorder could not join the channel."),
    "asked": text("It was stopped at the vendor."),
}
