"""TRTC's events 301 to 312 in our words. Source: trtc.md section 9.

`detail` as agora/notices.py has it, and further: RECORDER_LEFT may have the reasons "removed",
"dismissed", "removed_by_vendor", "dismissed_by_vendor", "replaced"; STATUS the whats
"file_made", "file_late", "library_file" (with file_id and address); WARNING "image_failed".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.domain.events import EventKind
from dashboard.domain.recording import OutputFile
from dashboard.protocols.agora_events import DID_NOT_START
from dashboard.protocols.trtc_events import FILE_STOPS, Event, FileStop, Leave, UploadStop
from dashboard.providers.agora.notices import as_kept
from dashboard.providers.agora.readings import files_of, whole_number
from dashboard.providers.trtc.payloads import file_of

_LONGEST_WORD = 300
_REASONS = {
    Leave.API_STOP: "asked",
    Leave.KICKED_BY_CUSTOMER: "removed",
    Leave.DISMISSED_BY_CUSTOMER: "dismissed",
    Leave.KICKED_BY_SERVER: "removed_by_vendor",
    Leave.DISMISSED_BY_SERVER: "dismissed_by_vendor",
    Leave.ALONE_TOO_LONG: "nobody_there",
    Leave.ROOM_TIMEOUT: "nobody_there",
    Leave.SAME_USER_JOINED: "replaced",
}

Payload = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    kind: EventKind
    detail: Mapping[str, Any] = field(default_factory=dict)
    person_uid: str | None = None
    files: tuple[OutputFile, ...] = ()

    @property
    def is_unknown(self) -> bool:
        return self.kind is EventKind.UNKNOWN


def tell(number: int, payload: Payload) -> Told:
    """payload: of any content; nothing in it is believed to be there."""
    teller = _TELLERS.get(number)
    return teller(payload) if teller else Told(EventKind.UNKNOWN)


def _started(kind: EventKind, part: str) -> Callable[[Payload], Told]:
    def teller(payload: Payload) -> Told:
        code = whole_number(payload.get("Status"))
        if code:
            meaning = as_kept(DID_NOT_START)
            return Told(EventKind.ERROR, {"part": part, "code": code, "meaning": meaning})
        return Told(kind)

    return teller


def _left(payload: Payload) -> Told:
    code = whole_number(payload.get("LeaveCode"))
    reason = _REASONS.get(code)
    detail = _known(code=code, reasons=[reason] if reason else None)
    return Told(EventKind.RECORDER_LEFT, detail)


def _first_file(payload: Payload) -> Told:
    return Told(EventKind.FIRST_FILE, files=files_of(payload.get("FileList")))


def _uploaded(payload: Payload) -> Told:
    """The newest table calls the field LeaveCode; its own sample, and reality, Status."""
    status = whole_number(payload.get("Status", payload.get("LeaveCode")))
    if status == UploadStop.STUCK:
        return Told(EventKind.BACKED_UP)
    return Told(EventKind.UPLOADED)


def _failed_over(payload: Payload) -> Told:
    return Told(EventKind.FAILED_OVER)


def _slice(payload: Payload) -> Told:
    file = file_of(payload)
    return Told(
        EventKind.SLICE_STARTED,
        _known(
            started_ms=whole_number(payload.get("BeginTimeStamp")),
            uid=_words(payload.get("UserId")) or None,
            track=_words(payload.get("TrackType")),
        ),
        files=(file,) if file else (),
    )


def _upload_failed(payload: Payload) -> Told:
    detail = _known(code=_words(payload.get("Code")), text=_words(payload.get("Message")))
    # a later try may succeed; what is lost for good is told by 305
    return Told(EventKind.ERROR, {"part": "uploader", "severity": "medium", **detail})


def _image_failed(payload: Payload) -> Told:
    return Told(EventKind.WARNING, _known(what="image_failed", why=_words(payload.get("Url"))))


def _file_made(payload: Payload) -> Told:
    status = whole_number(payload.get("Status"))
    named = payload.get("FileMessage")
    files = tuple(filter(None, map(file_of, named if isinstance(named, list) else ())))
    files = files or files_of(payload.get("FileList"))
    if status == FileStop.FAILED:
        return Told(EventKind.ERROR, _failed(status), files=files)
    if status == FileStop.STUCK:
        return Told(EventKind.STATUS, {"what": "file_late"}, files=files)
    return Told(EventKind.FILE_MADE, {"what": "file_made"}, files=files)


def _library_file(payload: Payload) -> Told:
    """The fields of the file are nested; on an older page they are not."""
    file = payload.get("TencentVod")
    fields = file if isinstance(file, Mapping) else payload
    status = whole_number(payload.get("Status"))
    words = _words(payload.get("Errmsg", payload.get("ErrMsg")))
    if status == FileStop.FAILED:
        return Told(EventKind.ERROR, {**_failed(status), **_known(text=words)})
    detail = _known(
        what="file_late" if status == FileStop.STUCK else "library_file",
        file_id=_words(fields.get("FileId")),
        address=_words(fields.get("VideoUrl")),
        file=_words(fields.get("CacheFile")),
        track=_words(fields.get("TrackType")),
        started_ms=_ms(fields.get("StartTimeStamp", fields.get("BeginTimeStamp"))),
        ended_ms=_ms(fields.get("EndTimeStamp")),
    )
    return Told(EventKind.STATUS, detail, person_uid=_words(fields.get("UserId")) or None)


def _library_done(payload: Payload) -> Told:
    if whole_number(payload.get("Status")):
        return Told(EventKind.BACKED_UP)
    return Told(EventKind.UPLOADED)


_TELLERS: Mapping[int, Callable[[Payload], Told]] = {
    Event.RECORDER_START: _started(EventKind.RECORDER_STARTED, "recorder"),
    Event.RECORDER_STOP: _left,
    Event.UPLOAD_START: _started(EventKind.UPLOADER_STARTED, "uploader"),
    Event.FILE_INFO: _first_file,
    Event.UPLOAD_STOP: _uploaded,
    Event.FAILOVER: _failed_over,
    Event.FILE_SLICE: _slice,
    Event.UPLOAD_ERROR: _upload_failed,
    Event.DOWNLOAD_IMAGE_ERROR: _image_failed,
    Event.MP4_STOP: _file_made,
    Event.VOD_COMMIT: _library_file,
    Event.VOD_STOP: _library_done,
}


def _failed(status: int) -> dict[str, Any]:
    meaning = as_kept(FILE_STOPS[status])
    return {"part": "uploader", "severity": "medium", "code": status, "meaning": meaning}


def _known(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _ms(value: Any) -> int | None:
    """ms; an older page has seconds."""
    number = whole_number(value)
    return number * 1000 if number is not None and number < 10**11 else number


def _words(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value)[:_LONGEST_WORD]
