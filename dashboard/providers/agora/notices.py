"""Agora's event types in our words. Source of the numbers: protocols/agora_events.py.

`detail` by kind; what a notice leaves out is left out:

| kind               | detail                                                                |
| ------------------ | --------------------------------------------------------------------- |
| ERROR              | part, severity, code, text, meaning (a Text: the pages' own of it)    |
| WARNING            | part, code, meaning; or what ("storage_key_expired", "page_limit",    |
|                    | "page_reloaded", "download_failed") and why                           |
| RECORDER_LEFT      | reasons: list of "failed_to_join", "interrupted", "nobody_there",     |
|                    | "ignored", "asked"; code                                              |
| SLICE_STARTED      | started_ms, gap_ms (for so long nothing was recorded), uid, track     |
| AUDIO_CHANGED, VIDEO_CHANGED | receiving (bool), changed_ms                                |
| UPLOAD_PROGRESS    | percent, 0..100                                                       |
| FAILED_OVER        | recorder_uid: under which the recorder is back                        |
| STATUS             | status (the vendor's number), phase, meaning; or what and more        |
| UNKNOWN            | vendor_event, vendor_name                                             |

part is "recorder", "uploader", "service" or "page".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.domain.events import EventKind
from dashboard.domain.recording import OutputFile
from dashboard.errors import Text
from dashboard.protocols.agora import STATUSES
from dashboard.protocols.agora_events import (
    DID_NOT_START,
    ERROR_CODES,
    ERROR_LEVELS,
    EVENTS,
    WARNING_CODES,
    WEB_STOP_CODES,
    Event,
    Leave,
    Module,
    StreamState,
)
from dashboard.providers.agora.readings import files_of, phase_of_status, whole_number

_LONGEST_WORD = 300

_PARTS = {
    Module.RECORDER: "recorder",
    Module.UPLOADER: "uploader",
    Module.CLOUD: "service",
    Module.WEB_PAGE: "page",
}
_LEAVE_REASONS = {
    Leave.SIGINT: "interrupted",
    Leave.NO_USERS: "nobody_there",
    Leave.IGNORE: "ignored",
    Leave.CLIENT_LEAVE: "asked",
}

Details = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """A notice in our words, without its time."""

    kind: EventKind
    detail: Mapping[str, Any] = field(default_factory=dict)
    person_uid: str | None = None
    files: tuple[OutputFile, ...] = ()


def tell(number: int, details: Details) -> Told:
    """Translate one notice. details: of any content; nothing in it is believed to be there."""
    teller = _TELLERS.get(number)
    if teller is None:
        row = EVENTS.get(number)
        name = details.get("msgName") or (row.msg_name if row else None)
        return Told(EventKind.UNKNOWN, _known(vendor_event=number, vendor_name=_words(name)))
    return teller(details)


def _error(details: Details) -> Told:
    level = ERROR_LEVELS.get(whole_number(details.get("errorLevel")))
    code = whole_number(details.get("errorCode"))
    return Told(
        EventKind.ERROR,
        _known(
            part=_PARTS.get(whole_number(details.get("module"))),
            severity=str(level) if level else None,
            code=code,
            meaning=_meaning(ERROR_CODES, code),
            text=_words(details.get("errorMsg")),
        ),
    )


def _warning(details: Details) -> Told:
    part = _PARTS.get(whole_number(details.get("module")))
    code = whole_number(details.get("warnCode"))
    meaning = _meaning(WARNING_CODES, code)
    return Told(EventKind.WARNING, _known(part=part, code=code, meaning=meaning))


def _status(details: Details) -> Told:
    status = whole_number(details.get("status"))
    phase = phase_of_status(status).value
    return Told(
        EventKind.STATUS,
        _known(status=status, phase=phase, meaning=_meaning(STATUSES, status)),
        files=files_of(details.get("fileList")),
    )


def _session_exit(details: Details) -> Told:
    code = whole_number(details.get("exitStatus"))
    return Told(EventKind.EXITED_ABNORMALLY if code else EventKind.EXITED, _known(code=code))


def _failover(details: Details) -> Told:
    uid = details.get("newUid")
    return Told(EventKind.FAILED_OVER, _known(recorder_uid=None if uid is None else _words(uid)))


def _started(kind: EventKind, part: str) -> Callable[[Details], Told]:
    """Events that say "started", or with a status other than 0 that it did not work."""

    def teller(details: Details) -> Told:
        code = whole_number(details.get("status"))
        if code:
            meaning = as_kept(DID_NOT_START)
            return Told(EventKind.ERROR, {"part": part, "code": code, "meaning": meaning})
        return Told(kind)

    return teller


def _with_files(kind: EventKind) -> Callable[[Details], Told]:
    return lambda details: Told(kind, files=files_of(details.get("fileList")))


def _progress(details: Details) -> Told:
    done = whole_number(details.get("progress"))
    percent = None if done is None else min(done, 10_000) / 100
    return Told(EventKind.UPLOAD_PROGRESS, _known(percent=percent))


def _left(details: Details) -> Told:
    code = whole_number(details.get("leaveCode"))
    if code is None:
        return Told(EventKind.RECORDER_LEFT)
    reasons = [word for bit, word in _LEAVE_REASONS.items() if code & bit]
    if code == Leave.INIT_FAILED:
        reasons = ["failed_to_join"]
    return Told(EventKind.RECORDER_LEFT, {"code": code, "reasons": reasons})


def _slice(details: Details) -> Told:
    started = whole_number(details.get("startUtcMs"))
    resumed_from = whole_number(details.get("discontinueUtcMs"))
    gap = None if None in (started, resumed_from) else max(0, started - resumed_from)
    uid = details.get("streamUid")
    return Told(
        EventKind.SLICE_STARTED,
        _known(
            started_ms=started,
            gap_ms=gap,
            uid=_words(uid) if uid and str(uid) != "0" else None,
            track=_words(details.get("trackType")),
        ),
    )


def _stream_state(kind: EventKind) -> Callable[[Details], Told]:
    def teller(details: Details) -> Told:
        state = whole_number(details.get("state"))
        changed = details.get("UtcMs", details.get("utcMs"))
        uid = details.get("streamUid")
        return Told(
            kind,
            _known(
                receiving=None if state is None else state == StreamState.RECEIVING,
                changed_ms=whole_number(changed),
            ),
            person_uid=None if uid is None else _words(uid),
        )

    return teller


def _page_stopped(details: Details) -> Told:
    code = whole_number(details.get("code"))
    reason = WEB_STOP_CODES.get(code)
    return Told(
        EventKind.RECORDER_LEFT,
        _known(
            code=code, reasons=[reason] if reason else None, text=_words(details.get("message"))
        ),
        files=files_of(details.get("fileList")),
    )


def _noted(kind: EventKind, what: str, **fields: str) -> Callable[[Details], Told]:
    """Events we only show. fields: our name for each of the vendor's."""

    def teller(details: Details) -> Told:
        more = {ours: _words(details.get(theirs)) for ours, theirs in fields.items()}
        return Told(kind, _known(what=what, **more), files=files_of(details.get("fileList")))

    return teller


_TELLERS: Mapping[int, Callable[[Details], Told]] = {
    Event.ERROR: _error,
    Event.WARNING: _warning,
    Event.STATUS_UPDATE: _status,
    Event.FILE_INFOS: _with_files(EventKind.FIRST_FILE),
    Event.SESSION_EXIT: _session_exit,
    Event.SESSION_FAILOVER: _failover,
    Event.HIGH_AVAILABILITY: _noted(EventKind.STATUS, "failover_ready"),
    Event.UPLOADER_STARTED: _started(EventKind.UPLOADER_STARTED, "uploader"),
    Event.UPLOADED: _with_files(EventKind.UPLOADED),
    Event.BACKED_UP: _with_files(EventKind.BACKED_UP),
    Event.UPLOADING_PROGRESS: _progress,
    Event.STS_EXPIRED: _noted(EventKind.WARNING, "storage_key_expired"),
    Event.RECORDER_STARTED: _started(EventKind.RECORDER_STARTED, "recorder"),
    Event.RECORDER_LEAVE: _left,
    Event.SLICE_START: _slice,
    Event.AUDIO_STATE: _stream_state(EventKind.AUDIO_CHANGED),
    Event.VIDEO_STATE: _stream_state(EventKind.VIDEO_CHANGED),
    Event.SNAPSHOT_FILE: _noted(EventKind.STATUS, "screenshot", file="fileName"),
    Event.VOD_STARTED: _noted(EventKind.STATUS, "vod_upload_started"),
    Event.VOD_TRIGGERED: _noted(EventKind.STATUS, "vod_processing_started"),
    Event.WEB_STARTED: _started(EventKind.RECORDER_STARTED, "page"),
    Event.WEB_STOPPED: _page_stopped,
    Event.WEB_LIMIT: _noted(EventKind.WARNING, "page_limit", why="limitType"),
    Event.WEB_RELOAD: _noted(EventKind.WARNING, "page_reloaded", why="reason"),
    Event.TRANSCODER_STARTED: _noted(EventKind.STATUS, "transcoding_started"),
    Event.TRANSCODER_COMPLETED: _noted(EventKind.STATUS, "transcoding_ended", result="result"),
    Event.DOWNLOAD_FAILED: _noted(EventKind.WARNING, "download_failed", file="fileName"),
    Event.RTMP_STATUS: _noted(EventKind.STATUS, "live_push", status="status"),
    Event.POSTPONED_RESULT: _noted(EventKind.STATUS, "transcoding_ended", result="result"),
}


def _meaning(table: Mapping[int, Text], code: int | None) -> dict[str, Any] | None:
    """What the vendor's pages say of a code: a Text as it is kept in tables."""
    found = table.get(code)
    return as_kept(found) if found else None


def as_kept(sentence: Text) -> dict[str, Any]:
    return {"template": sentence.template, "values": dict(sentence.values)}


def _known(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _words(value: Any) -> str | None:
    """A vendor's text or number, cut to a length that a page and a table can hold."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value)[:_LONGEST_WORD]
