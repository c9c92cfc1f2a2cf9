"""Agora's answers in our words.

Written as any page of any year says: numbers and booleans may come as text, a file's name
under two spellings, a file list as one name, many, or nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dashboard.clock import from_ms
from dashboard.domain.recording import OutputFile, Phase, RecordingSnapshot
from dashboard.protocols.agora import Status, UploadingStatus

LONGEST_NAME = 1024

_PHASES = {
    Status.NOT_STARTED: Phase.STARTING,
    Status.INITIALISED: Phase.STARTING,
    Status.RECORDER_STARTING: Phase.STARTING,
    Status.UPLOADER_READY: Phase.STARTING,
    Status.RECORDER_READY: Phase.RUNNING,
    Status.RUNNING: Phase.RUNNING,
    Status.RECORDING_STOPPED: Phase.FINISHING,
    Status.SERVICE_STOPPED: Phase.FINISHING,
    Status.ABOUT_TO_EXIT: Phase.FINISHING,
    Status.ABNORMAL_EXIT: Phase.FAILED,
}
_UPLOADED = {UploadingStatus.UPLOADED: True, UploadingStatus.BACKED_UP: False}


def snapshot_of_query(response: Mapping[str, Any]) -> RecordingSnapshot:
    """Read the serverResponse of a query."""
    status = whole_number(response.get("status"))
    return RecordingSnapshot(
        # a number from the future moves nothing until it is understood
        phase=_PHASES.get(status, Phase.STARTING),
        files=files_of(response.get("fileList")),
        uploaded=_uploaded(response),
        vendor_status=None if status is None else str(status),
    )


def snapshot_of_stop(response: Mapping[str, Any]) -> RecordingSnapshot:
    """Read the serverResponse of a stop, which may be empty: we do not wait for the upload."""
    uploaded = _uploaded(response)
    return RecordingSnapshot(
        phase=Phase.FINISHING if uploaded is None else Phase.ENDED,
        files=files_of(response.get("fileList")),
        uploaded=uploaded,
        vendor_status=str(response.get("uploadingStatus") or "")[:50] or None,
    )


def phase_of_status(status: int | None) -> Phase:
    return _PHASES.get(status, Phase.STARTING)


def files_of(listed: Any) -> tuple[OutputFile, ...]:
    """Read a fileList: one name, a list of names or objects, or nothing."""
    if isinstance(listed, str):
        listed = [listed]
    if not isinstance(listed, list):
        return ()
    return tuple(file for file in map(_file, listed) if file)


def _file(item: Any) -> OutputFile | None:
    if isinstance(item, str):
        return OutputFile(name=item) if is_file_name(item) else None
    if not isinstance(item, Mapping):
        return None
    name = item.get("fileName") or item.get("filename")
    if not isinstance(name, str) or not is_file_name(name):
        return None
    uid = item.get("uid")
    return OutputFile(
        name=name,
        track=str(item.get("trackType") or "audio_and_video"),
        uid=str(uid) if uid and str(uid) != "0" else None,
        playable=truth(item.get("isPlayable"), True),
        started_at=moment(item.get("sliceStartTime")),
    )


def is_file_name(name: str) -> bool:
    """Whether it can be kept and shown. That it leads anywhere is for the storage to check."""
    return 0 < len(name) <= LONGEST_NAME and name.isprintable()


def _uploaded(response: Mapping[str, Any]) -> bool | None:
    return _UPLOADED.get(str(response.get("uploadingStatus")))


def whole_number(value: Any) -> int | None:
    """An int that may be spelled as text; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    return None


def truth(value: Any, default: bool) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).lower(), default)


def moment(value: Any) -> datetime | None:
    """A time in ms, or in seconds where it is too small for ms, as some pages have it."""
    number = whole_number(value)
    if number is None or not 0 < number < 10**14:
        return None
    return from_ms(number if number >= 10**11 else number * 1000)
