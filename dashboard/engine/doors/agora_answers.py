"""What a task looks like from Agora's side. Source: agora-anyrtc.md sections 6 and 7.

A strict client fails on a key it does not know: nothing is added to these shapes.
"""

from typing import Any

from dashboard.engine.jobs import full_name, playlist_of
from dashboard.engine.tasks import Phase, Task
from dashboard.protocols import filenames
from dashboard.protocols.agora import Status, UploadingStatus

MP4_PART_MS = 2 * 3600 * 1000
"""Section 11: an MP4 of a mixed recording holds about two hours."""


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
        return Status.RUNNING if task.first_upload else Status.RECORDER_READY
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


def _uploading(task: Task) -> str:
    if task.uploaded:
        return UploadingStatus.UPLOADED
    return UploadingStatus.BACKED_UP if task.backed_up else UploadingStatus.UNKNOWN


def playlist(task: Task) -> str:
    """The full name of the index once it is in the bucket, "" before."""
    return full_name(task, playlist_of(task)) if task.first_upload else ""


def file_list(task: Task) -> list[dict[str, Any]]:
    """Every file worth naming: the MP4s, then the index."""
    files = [(name, _mp4_start_ms(task, name)) for name in task.mp4_names]
    if task.first_upload:
        files.append((playlist_of(task), task.first_slice_ms or 0))
    return [
        {
            "fileName": full_name(task, name),
            "trackType": track_type(task),
            "uid": "0",
            "mixedAllUser": True,
            "isPlayable": True,
            "sliceStartTime": start_ms,
        }
        for name, start_ms in files
    ]


def _files(task: Task) -> dict[str, Any]:
    """A name alone where only HLS is recorded, a list where there are MP4s, too."""
    if task.spec.mp4:
        return {"fileListMode": "json", "fileList": file_list(task)}
    return {"fileListMode": "string", "fileList": playlist(task)}


def track_type(task: Task) -> str:
    return {"audio": "audio", "video": "video"}.get(task.spec.streams, "audio_and_video")


def _mp4_start_ms(task: Task, name: str) -> int:
    index = filenames.parse_name(name).index or 0
    return (task.first_slice_ms or 0) + index * MP4_PART_MS
