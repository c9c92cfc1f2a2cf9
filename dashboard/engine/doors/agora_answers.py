"""What a task looks like from Agora's and anyRTC's side.

Source: agora-anyrtc.md sections 6, 7 and 14. A strict client fails on a key it does not
know: nothing is added to these shapes.
"""

from collections.abc import Mapping
from typing import Any

from dashboard.engine.doors.dialects import dialect_of
from dashboard.engine.jobs import full_name
from dashboard.engine.tasks import Phase, Task
from dashboard.protocols.agora import Status, UploadingStatus

EVERYBODY = "0"
"""`uid` of a file with everybody in it."""
_TRACKS = {"audio": "audio", "video": "video"}
_LISTED = ("mp4", "hls")
"""Kinds of files that are named in lists, those first that come first."""


def identity(task: Task) -> dict[str, Any]:
    return {
        "cname": task.channel,
        "uid": task.recorder_uid,
        "resourceId": task.resource,
        "sid": task.sid,
    }


def status_of(task: Task) -> Status:
    """The vendor's number for where a task stands."""
    if task.phase is Phase.RECORDING:
        uploaded = task.first_upload or (not task.spec.record and task.files)
        return Status.RUNNING if uploaded else Status.RECORDER_READY
    if task.phase is Phase.FINISHING:
        return Status.ABOUT_TO_EXIT if task.uploaded else Status.SERVICE_STOPPED
    return {
        Phase.STARTING: Status.RECORDER_STARTING,
        Phase.STOPPING: Status.RECORDING_STOPPED,
        Phase.ENDED: Status.ABOUT_TO_EXIT,
        Phase.FAILED: Status.ABNORMAL_EXIT,
    }[task.phase]


def query_response(task: Task) -> dict[str, Any]:
    return {
        "status": int(status_of(task)),
        **_files(task),
        "sliceStartTime": task.first_slice_ms or 0,
    }


def stop_response(task: Task) -> dict[str, Any]:
    return {**_files(task), "uploadingStatus": _uploading(task)}


def playlist(task: Task) -> str:
    """The full name of the first index once one is in the bucket, "" before."""
    names = [file["name"] for file in _made(task) if file["kind"] == "hls"]
    return full_name(task, names[0]) if names else ""


def file_list(task: Task) -> list[dict[str, Any]]:
    """Every file worth naming: the MP4s, then the indexes."""
    return [
        {
            dialect_of(task).file_key: full_name(task, file["name"]),
            "trackType": track_type(file["medium"]),
            "uid": file["uid"] or EVERYBODY,
            "mixedAllUser": not file["uid"],
            "isPlayable": True,
            "sliceStartTime": file["start_ms"],
        }
        for kind in _LISTED
        for file in _made(task)
        if file["kind"] == kind
    ]


def track_type(medium: str) -> str:
    """`trackType` of "audio", "video" or "audio_video"."""
    return _TRACKS.get(medium, "audio_and_video")


def _files(task: Task) -> dict[str, Any]:
    """A name where there is one index and nothing else, a list where there may be more.

    Nothing at all where only screenshots are taken.
    """
    if not task.spec.record:
        return {}
    if task.spec.mp4 or task.spec.mode == "individual":
        return {"fileListMode": "json", "fileList": file_list(task)}
    return {"fileListMode": "string", "fileList": playlist(task)}


def _uploading(task: Task) -> str:
    if task.uploaded:
        return UploadingStatus.UPLOADED
    return UploadingStatus.BACKED_UP if task.backed_up else UploadingStatus.UNKNOWN


def _made(task: Task) -> list[Mapping[str, Any]]:
    """What can be asked for: indexes once the first one is in the bucket, MP4s when made."""
    return [file for file in task.files if task.first_upload or file["kind"] != "hls"]
