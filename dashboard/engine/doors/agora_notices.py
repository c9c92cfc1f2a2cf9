"""What happened to a task, in the words of Agora's callbacks.

Source: agora-anyrtc.md section 9 (envelope, signatures) and section 10 (events).
"""

import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from dashboard.engine.apps import App
from dashboard.engine.doors.agora_answers import (
    EVERYBODY,
    file_list,
    playlist,
    status_of,
    track_type,
)
from dashboard.engine.jobs import full_name
from dashboard.engine.tasks import End, Fault, Happening, Kind, Task
from dashboard.protocols.agora_events import (
    EVENTS,
    PRODUCT_ID,
    SCENE_RTC_RECORD,
    SCENE_RTC_SNAPSHOT,
    Event,
    Leave,
    Module,
    RecordingMode,
    StreamState,
)
from dashboard.protocols.signatures import agora_headers

Details = tuple[Event, dict[str, Any]]

_LEAVE = {
    End.STOPPED: Leave.CLIENT_LEAVE,
    End.IDLE: Leave.NO_USERS,
    End.SHUTDOWN: Leave.SIGINT,
    End.FAULT: Leave.IGNORE,
}

_FAULTS: Mapping[Fault, tuple[Module, int]] = {
    Fault.NOT_READY: (Module.CLOUD, 52),
    Fault.UPLOAD_TIMEOUT: (Module.CLOUD, 50),
    Fault.STORAGE_REFUSED: (Module.UPLOADER, 32),
    Fault.UPLOAD_FAILED: (Module.UPLOADER, 47),
    Fault.FILE_FAILED: (Module.UPLOADER, 51),
    Fault.DISK_FULL: (Module.RECORDER, 51),
    Fault.ENCODER: (Module.RECORDER, 51),
    Fault.INTERNAL: (Module.RECORDER, 51),
}
"""module and errorCode. The vendor lists no codes for a recorder; 51 tells best what broke."""
_MAJOR, _FATAL = 4, 5
_TO_BACKUP = 32
"""`warnCode`: files go to a backup instead of their store; ours is the folder of the task."""
_MODES = {"mix": RecordingMode.MIX, "individual": RecordingMode.INDIVIDUAL}


def describe(task: Task, happening: Happening) -> dict[str, Any] | None:
    """A notice to be kept: everything but the time of sending. None: nothing is told of it."""
    writer = _WRITERS.get(happening.kind)
    if writer is None:
        return None
    written = writer(task, happening)
    if written is None:
        return None
    event, details = written
    row = EVENTS[event]
    return {
        "noticeId": str(uuid.uuid4()),
        "productId": PRODUCT_ID,
        "eventType": int(event),
        "payload": {
            "cname": task.channel,
            "uid": task.recorder_uid,
            "sid": task.sid,
            "sequence": task.next_sequence,
            "sendts": happening.at_ms,
            "serviceType": int(row.service),
            "serviceScene": SCENE_RTC_RECORD if task.spec.record else SCENE_RTC_SNAPSHOT,
            "details": {"msgName": row.msg_name, **details},
        },
    }


def envelope(notice: Mapping[str, Any], sent_ms: int, app: App) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a notice at the time of sending; signed anew each time."""
    document = {
        "noticeId": notice["noticeId"],
        "productId": notice["productId"],
        "eventType": notice["eventType"],
        "notifyMs": sent_ms,
        "payload": notice["payload"],
    }
    body = json.dumps(document, separators=(",", ":")).encode()
    return body, {"Content-Type": "application/json", **agora_headers(app.callback_secret, body)}


def _recorder_started(task: Task, what: Happening) -> Details:
    return Event.RECORDER_STARTED, {"status": 0}


def _uploader_started(task: Task, what: Happening) -> Details:
    return Event.UPLOADER_STARTED, {"status": 0}


def _slice_started(task: Task, what: Happening) -> Details:
    uid = what.fields.get("uid", "")
    return Event.SLICE_START, {
        "startUtcMs": what.fields["start_ms"],
        "discontinueUtcMs": what.fields["discontinue_ms"],
        "mixedAllUser": not uid,
        "streamUid": uid or EVERYBODY,
        "trackType": track_type(what.fields.get("medium", task.spec.streams)),
    }


def _stream_changed(task: Task, what: Happening) -> Details:
    audio = what.fields["medium"] == "audio"
    receiving = what.fields["receiving"]
    return Event.AUDIO_STATE if audio else Event.VIDEO_STATE, {
        "streamUid": what.fields["uid"],
        "state": int(StreamState.RECEIVING if receiving else StreamState.NOT_RECEIVING),
        "UtcMs": what.at_ms,
    }


def _first_file(task: Task, what: Happening) -> Details | None:
    """Told once, of the first index, however many there are."""
    name = playlist(task)
    if "name" in what.fields and full_name(task, what.fields["name"]) != name:
        return None
    return Event.FILE_INFOS, {"fileList": name}


def _file_ready(task: Task, what: Happening) -> Details | None:
    """Of screenshots; other files are told of when all is uploaded."""
    if what.fields["kind"] != "jpg":
        return None
    return Event.SNAPSHOT_FILE, {"fileName": full_name(task, what.fields["name"])}


def _progress(task: Task, what: Happening) -> Details:
    return Event.UPLOADING_PROGRESS, {"progress": int(what.fields["part"] * 10000)}


def _recorder_left(task: Task, what: Happening) -> Details:
    return Event.RECORDER_LEAVE, {"leaveCode": int(_LEAVE[what.fields["end"]])}


def _uploaded(task: Task, what: Happening) -> Details:
    return Event.UPLOADED, {"status": 0, "fileList": file_list(task)}


def _fault(task: Task, what: Happening) -> Details:
    module, code = _FAULTS[what.fields["fault"]]
    return Event.ERROR, {
        "module": int(module),
        "errorLevel": _FATAL if what.fields["fatal"] else _MAJOR,
        "errorCode": code,
        "stat": 1,
        "errorMsg": what.fields["message"],
    }


def _failed_over(task: Task, what: Happening) -> Details:
    return Event.SESSION_FAILOVER, {"newUid": what.fields["new_uid"]}


def _misplaced_call(task: Task, what: Happening) -> Details:
    return Event.STATUS_UPDATE, {
        "status": int(status_of(task)),
        "recordingMode": int(_MODES[task.spec.mode]),
        "fileList": playlist(task),
    }


def _set_aside(task: Task, what: Happening) -> Details:
    return Event.WARNING, {"module": int(Module.UPLOADER), "warnCode": _TO_BACKUP}


def _backed_up(task: Task, what: Happening) -> Details:
    return Event.BACKED_UP, {"status": 0, "fileList": file_list(task)}


def _exited(task: Task, what: Happening) -> Details:
    return Event.SESSION_EXIT, {"exitStatus": 0 if what.fields["normal"] else 1}


_WRITERS: Mapping[Kind, Callable[[Task, Happening], Details | None]] = {
    Kind.RECORDER_STARTED: _recorder_started,
    Kind.UPLOADER_STARTED: _uploader_started,
    Kind.SLICE_STARTED: _slice_started,
    Kind.STREAM_CHANGED: _stream_changed,
    Kind.FIRST_FILE: _first_file,
    Kind.FILE_READY: _file_ready,
    Kind.PROGRESS: _progress,
    Kind.RECORDER_LEFT: _recorder_left,
    Kind.UPLOADED: _uploaded,
    Kind.SET_ASIDE: _set_aside,
    Kind.BACKED_UP: _backed_up,
    Kind.FAULT: _fault,
    Kind.FAILED_OVER: _failed_over,
    Kind.MISPLACED_CALL: _misplaced_call,
    Kind.EXITED: _exited,
}
