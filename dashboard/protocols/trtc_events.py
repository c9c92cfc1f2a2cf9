"""What TRTC's callbacks say and how they are signed. Source: trtc.md section 9."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

from dashboard.errors import Text, text

GROUP_RECORDING = 3
"""`EventGroupId`."""
SIGN_HEADER = "Sign"
APP_HEADER = "SdkAppId"
ANSWER_LIMIT_S = 5
RETRY_EVERY_S = 10
GIVE_UP_AFTER_S = 60
"""A callback is sent again at once, then every RETRY_EVERY_S, until it is so old."""
RETRY_GAPS_S = (0.0, *(float(RETRY_EVERY_S),) * (GIVE_UP_AFTER_S // RETRY_EVERY_S - 1))


class Event(IntEnum):
    """`EventType`, by what we call it."""

    RECORDER_START = 301
    RECORDER_STOP = 302
    UPLOAD_START = 303
    FILE_INFO = 304
    UPLOAD_STOP = 305
    FAILOVER = 306
    FILE_SLICE = 307
    UPLOAD_ERROR = 308
    DOWNLOAD_IMAGE_ERROR = 309
    MP4_STOP = 310
    VOD_COMMIT = 311
    VOD_STOP = 312


@dataclass(frozen=True)
class EventRow:
    """fields: what `Payload` always holds. bucket, library: it is sent where files go there."""

    number: int
    fields: tuple[str, ...]
    bucket: bool = True
    library: bool = True


EVENTS: Mapping[int, EventRow] = {
    row.number: row
    for row in (
        EventRow(301, ("Status",)),
        EventRow(302, ("LeaveCode",)),
        EventRow(303, ("Status",), library=False),
        EventRow(304, ("FileList",), library=False),
        EventRow(305, ("Status",), library=False),
        EventRow(306, ("Status",)),
        EventRow(307, ("FileName", "UserId", "TrackType", "BeginTimeStamp"), library=False),
        EventRow(308, ("Code", "Message")),
        EventRow(309, ("Url",)),
        EventRow(310, ("Status", "FileList", "FileMessage"), library=False),
        EventRow(311, ("Status", "TencentVod"), bucket=False),
        EventRow(312, ("Status",), bucket=False),
    )
}


class Leave(IntEnum):
    """`LeaveCode` of 302: why the recorder left."""

    API_STOP = 0
    KICKED_BY_CUSTOMER = 1
    DISMISSED_BY_CUSTOMER = 2
    KICKED_BY_SERVER = 3
    DISMISSED_BY_SERVER = 4
    ALONE_TOO_LONG = 99
    ROOM_TIMEOUT = 100
    SAME_USER_JOINED = 101


LEAVE_REASONS: Mapping[int, Text] = {
    Leave.API_STOP: text("The recorder was asked to stop."),
    Leave.KICKED_BY_CUSTOMER: text("The recorder was removed from the room by the customer."),
    Leave.DISMISSED_BY_CUSTOMER: text("The room was dismissed by the customer."),
    Leave.KICKED_BY_SERVER: text("The recorder was removed from the room by the vendor."),
    Leave.DISMISSED_BY_SERVER: text("The room was dismissed by the vendor."),
    Leave.ALONE_TOO_LONG: text("Nobody was in the channel for longer than the idle limit."),
    Leave.ROOM_TIMEOUT: text("The room was empty for too long."),
    Leave.SAME_USER_JOINED: text("The same recorder uid joined the channel again."),
}


class UploadStop(IntEnum):
    """`Status` of 305."""

    UPLOADED = 0
    STUCK = 1
    RECOVERED = 2


class FileStop(IntEnum):
    """`Status` of 310 and 311."""

    DONE = 0
    STUCK = 1
    FAILED = 2


STARTS: Mapping[int, Text] = {0: text("worked"), 1: text("failed")}
"""`Status` of 301 and 303; 306 has 0 alone."""
UPLOAD_STOPS: Mapping[int, Text] = {
    UploadStop.UPLOADED: text("All files were uploaded."),
    UploadStop.STUCK: text("Some files are still with the vendor, or in its backup."),
    UploadStop.RECOVERED: text("Files that had been stuck were uploaded."),
}
FILE_STOPS: Mapping[int, Text] = {
    FileStop.DONE: text("The file is ready."),
    FileStop.STUCK: text("The file is stuck and follows later."),
    FileStop.FAILED: text("The file could not be made."),
}
"""`Status` of 310 and 311."""
LIBRARY_STOPS: Mapping[int, Text] = {
    0: text("All files are in the media library."),
    1: text("Some files did not come into the media library."),
}
"""`Status` of 312."""
GROUPS: Mapping[int, Text] = {
    GROUP_RECORDING: text("cloud recording"),
    8: text("recording of a web page"),
}
"""`EventGroupId`."""
TRACKS: Mapping[str, Text] = {
    "audio": text("sound"),
    "video": text("picture"),
    "audio_video": text("sound and picture"),
}
STREAMS: Mapping[str, Text] = {
    "main": text("camera"),
    "aux": text("screen"),
    "mix": text("all in one"),
}

MEDIA_IDS: Mapping[str, str] = {"main": "main", "screen": "aux", "mix": "mix"}
"""Our word for a stream -> `MediaId` of a file in 310 and 311."""


def sign(key: str, raw: bytes) -> str:
    """The Sign header of a body, base64."""
    return base64.b64encode(hmac.new(key.encode(), raw, hashlib.sha256).digest()).decode()


def verify(keys: Iterable[str], raw: bytes, given: str | None) -> bool:
    """Whether a body was signed with one of these keys; empty keys count for nothing.

    Takes the same time whichever character differs.
    """
    received = (given or "").strip().encode("utf-8", "replace")
    matches = [hmac.compare_digest(sign(key, raw).encode(), received) for key in keys if key]
    return any(matches)
