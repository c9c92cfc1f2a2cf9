"""What happened to a task, in the words of TRTC's callbacks. Source: trtc.md section 9."""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from dashboard.engine.apps import App
from dashboard.engine.config import Tuning
from dashboard.engine.house import Faults
from dashboard.engine.library import Library
from dashboard.engine.notifier import Manner
from dashboard.engine.tasks import End, Fault, Happening, Kind, Task
from dashboard.protocols.trtc import room_of
from dashboard.protocols.trtc_events import (
    APP_HEADER,
    GROUP_RECORDING,
    MEDIA_IDS,
    SIGN_HEADER,
    Event,
    FileStop,
    Leave,
    UploadStop,
    sign,
)

Told = Iterator[tuple[Event, dict[str, Any]]]

_LEAVE = {
    End.STOPPED: Leave.API_STOP,
    End.IDLE: Leave.ALONE_TOO_LONG,
    End.REPLACED: Leave.SAME_USER_JOINED,
    End.SHUTDOWN: Leave.KICKED_BY_SERVER,
    End.FAULT: Leave.KICKED_BY_SERVER,
}
_FILES = ("mp4", "aac")
_BROKEN = (Fault.DISK_FULL, Fault.ENCODER, Fault.INTERNAL)


class Notices:
    """library: where files are that go to no bucket, and at which address."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._writers: Mapping[Kind, Callable[[Task, Happening], Told]] = {
            Kind.RECORDER_STARTED: self._recorder_started,
            Kind.UPLOADER_STARTED: self._uploader_started,
            Kind.SLICE_STARTED: self._slice_started,
            Kind.FIRST_FILE: self._first_file,
            Kind.RECORDER_LEFT: self._recorder_left,
            Kind.UPLOADED: self._uploaded,
            Kind.BACKED_UP: self._backed_up,
            Kind.FAULT: self._fault,
            Kind.IMAGE_FAILED: self._image_failed,
            Kind.FAILED_OVER: self._failed_over,
            Kind.EXITED: self._exited,
        }

    def describe(self, task: Task, happening: Happening) -> list[dict[str, Any]]:
        """Notices to be kept: everything but the time of sending."""
        writer = self._writers.get(happening.kind)
        told = writer(task, happening) if writer else ()
        return [_notice(task, happening.at_ms, event, payload) for event, payload in told]

    def _recorder_started(self, task: Task, what: Happening) -> Told:
        yield Event.RECORDER_START, {"Status": 0}

    def _uploader_started(self, task: Task, what: Happening) -> Told:
        if task.spec.library is None:
            yield Event.UPLOAD_START, {"Status": 0}

    def _slice_started(self, task: Task, what: Happening) -> Told:
        """Of each index once, though a gap begins a slice as well."""
        file = what.fields
        if _has_index(task) and file["discontinue_ms"] == file["start_ms"]:
            yield (
                Event.FILE_SLICE,
                {
                    "FileName": file["name"],
                    "UserId": file["uid"],
                    "TrackType": file["medium"],
                    "BeginTimeStamp": file["start_ms"],
                },
            )

    def _first_file(self, task: Task, what: Happening) -> Told:
        if _has_index(task):
            yield Event.FILE_INFO, {"FileList": what.fields["name"]}

    def _recorder_left(self, task: Task, what: Happening) -> Told:
        """Of what broke `_fault` has told."""
        if not task.fault:
            yield Event.RECORDER_STOP, {"LeaveCode": int(_LEAVE[what.fields["end"]])}

    def _uploaded(self, task: Task, what: Happening) -> Told:
        if task.spec.library is not None:
            for file in self._library.kept(task):
                yield (
                    Event.VOD_COMMIT,
                    {
                        "Status": FileStop.DONE,
                        "TencentVod": self._library_file(task, file),
                    },
                )
            yield Event.VOD_STOP, {"Status": 0}
            return
        files = [file for file in task.files if file["kind"] in _FILES]
        if task.spec.hls or not files:  # then the index is all there is
            state = UploadStop.RECOVERED if task.backed_up else UploadStop.UPLOADED
            yield Event.UPLOAD_STOP, {"Status": int(state)}
        if files:
            yield Event.MP4_STOP, _file_stop(FileStop.DONE, files)

    def _backed_up(self, task: Task, what: Happening) -> Told:
        yield from self._upload_stuck(task)

    def _fault(self, task: Task, what: Happening) -> Told:
        fault, message = what.fields["fault"], what.fields["message"]
        if fault is Fault.NOT_READY:
            yield Event.RECORDER_START, {"Status": 1}
        elif fault in _BROKEN and what.fields["fatal"]:
            yield Event.RECORDER_STOP, {"LeaveCode": int(Leave.KICKED_BY_SERVER)}
        elif fault is Fault.FILE_FAILED:
            yield from self._file_failed(task, message)
        elif fault is Fault.UPLOAD_TIMEOUT:
            yield from self._upload_stuck(task)
        else:
            code = what.fields.get("code") or fault.value
            yield Event.UPLOAD_ERROR, {"Code": code, "Message": message}

    def _image_failed(self, task: Task, what: Happening) -> Told:
        yield Event.DOWNLOAD_IMAGE_ERROR, {"Url": what.fields["url"]}

    def _file_failed(self, task: Task, message: str) -> Told:
        if task.spec.library is None:
            yield Event.MP4_STOP, _file_stop(FileStop.FAILED, [])
            return
        for file in self._library.wanted(task):
            name = self._library.name_of(task, file)
            yield Event.VOD_COMMIT, {
                "Status": FileStop.FAILED,
                "Errmsg": message,
                "TencentVod": {
                    "UserId": file["uid"], "TrackType": file["medium"], "CacheFile": name,
                },
            }  # fmt: skip

    def _upload_stuck(self, task: Task) -> Told:
        if task.spec.library is not None:
            yield Event.VOD_STOP, {"Status": 1}
        else:
            yield Event.UPLOAD_STOP, {"Status": int(UploadStop.STUCK)}

    def _failed_over(self, task: Task, what: Happening) -> Told:
        yield Event.FAILOVER, {"Status": 0}

    def _exited(self, task: Task, what: Happening) -> Told:
        """Whoever waits for the last word gets it, also where there was nothing to upload."""
        if task.uploaded or task.fault in (Fault.NOT_READY, Fault.UPLOAD_TIMEOUT):
            return
        if not what.fields["normal"]:
            yield from self._upload_stuck(task)
        elif task.spec.library is not None:
            yield Event.VOD_STOP, {"Status": 0}
        else:
            yield Event.UPLOAD_STOP, {"Status": int(UploadStop.UPLOADED)}

    def _library_file(self, task: Task, file: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **_file(file),
            "FileId": self._library.file_id(task, file),
            "VideoUrl": self._library.address_of(task, file),
            "CacheFile": self._library.name_of(task, file),
            **_times(file),
        }


def manner_of(tuning: Tuning, faults: Faults) -> Manner:
    """Section 9: what an answer says does not matter. The switch of `faults` makes it quirky."""
    return Manner(
        lambda notice, sent_ms, app: _envelope(notice, sent_ms, app, faults.trtc_quirks),
        tuning.trtc_retry_gaps_s,
        wants_json=False,
        answer_limit_s=tuning.trtc_answer_limit_s,
        give_up_s=tuning.trtc_give_up_s,
        next_of=lambda task: _next_of(task) if faults.trtc_quirks else 0,
        copies=lambda: 2 if faults.trtc_quirks else 1,
    )


def _envelope(
    notice: Mapping[str, Any], sent_ms: int, app: App, time_is_text: bool
) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a notice at the time of sending; signed anew each time."""
    info = dict(notice["EventInfo"])
    if time_is_text:
        info["EventTs"] = str(info["EventTs"])
    document = {
        "EventGroupId": GROUP_RECORDING,
        "EventType": notice["EventType"],
        "CallbackTs": sent_ms,
        "EventInfo": info,
    }
    body = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
    return body, {
        "Content-Type": "application/json",
        SIGN_HEADER: sign(app.callback_secret, body),
        APP_HEADER: app.app_id,
    }


def _next_of(task: Task) -> int | None:
    """The real service now and then tells of the end of an upload (305) before it tells that
    the recorder left (302); here it is always so.
    """
    numbers = [notice["EventType"] for notice in task.pending]
    if numbers[0] != Event.RECORDER_STOP:
        return 0
    if Event.UPLOAD_STOP in numbers:
        return numbers.index(Event.UPLOAD_STOP)
    return 0 if task.is_over else None


def _notice(task: Task, at_ms: int, event: Event, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "noticeId": str(uuid.uuid4()),
        "EventType": int(event),
        "EventInfo": {
            "RoomId": room_of(task.channel),
            "EventTs": at_ms // 1000,
            "EventMsTs": at_ms,
            "UserId": task.recorder_uid,
            "TaskId": task.sid,
            "Payload": payload,
        },
    }


def _has_index(task: Task) -> bool:
    return task.spec.library is None and task.spec.hls


def _file_stop(state: FileStop, files: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "Status": int(state),
        "FileList": [file["name"] for file in files],
        "FileMessage": [{"FileName": file["name"], **_file(file), **_times(file)}
                        for file in files],
    }  # fmt: skip


def _file(file: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "UserId": file["uid"],
        "TrackType": file["medium"],
        "MediaId": MEDIA_IDS[file["stream"]],
    }


def _times(file: Mapping[str, Any]) -> dict[str, Any]:
    return {"StartTimeStamp": file["start_ms"], "EndTimeStamp": file["end_ms"]}
