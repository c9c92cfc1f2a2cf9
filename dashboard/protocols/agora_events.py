"""What Agora's callbacks say. Source: agora-anyrtc.md sections 9 and 10."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from dashboard.errors import Text, text

PRODUCT_ID = 3
"""`productId` of cloud recording."""
SCENE_RTC_RECORD = "rtc_record"
SCENE_RTC_SNAPSHOT = "rtc_snapshot"
"""`serviceScene` of recordings, and of those that only take screenshots (section 9)."""
ANSWER_LIMIT_S = 10
"""A receiver has so long to say 200 with a JSON body."""


class Service(IntEnum):
    """`serviceType`: which part of the cloud is speaking."""

    CLOUD = 0
    RECORDER = 1
    UPLOADER = 2
    EXTENSION = 4
    WEB_PAGE = 6
    DOWNLOAD = 8


class Event(IntEnum):
    """`eventType`, by what we call it."""

    ERROR = 1
    WARNING = 2
    STATUS_UPDATE = 3
    FILE_INFOS = 4
    SESSION_EXIT = 11
    SESSION_FAILOVER = 12
    HIGH_AVAILABILITY = 13
    UPLOADER_STARTED = 30
    UPLOADED = 31
    BACKED_UP = 32
    UPLOADING_PROGRESS = 33
    STS_EXPIRED = 34
    RECORDER_STARTED = 40
    RECORDER_LEAVE = 41
    SLICE_START = 42
    AUDIO_STATE = 43
    VIDEO_STATE = 44
    SNAPSHOT_FILE = 45
    VOD_STARTED = 60
    VOD_TRIGGERED = 61
    WEB_STARTED = 70
    WEB_STOPPED = 71
    WEB_LIMIT = 72
    WEB_RELOAD = 73
    TRANSCODER_STARTED = 80
    TRANSCODER_COMPLETED = 81
    DOWNLOAD_FAILED = 90
    RTMP_STATUS = 100
    POSTPONED_RESULT = 1001


@dataclass(frozen=True)
class EventRow:
    """msg_name: `details.msgName`. service: None where the vendor's pages do not say.

    fields: what `details` holds beside msgName. anyrtc: that vendor sends it, too.
    """

    number: int
    msg_name: str | None
    service: Service | None
    fields: tuple[str, ...]
    anyrtc: bool = False


def _row(number, name, service, fields="", anyrtc=False):
    return EventRow(number, name, service, tuple(fields.split()), anyrtc)


EVENTS: Mapping[int, EventRow] = {
    row.number: row
    for row in (
        _row(1, "cloud_recording_error", Service.CLOUD,
             "module errorLevel errorCode stat errorMsg", True),
        _row(2, "cloud_recording_warning", Service.CLOUD, "module warnCode", True),
        _row(3, "cloud_recording_status_update", Service.CLOUD,
             "status recordingMode fileList", True),
        _row(4, "cloud_recording_file_infos", Service.CLOUD, "fileList", True),
        _row(11, "session_exit", Service.CLOUD, "exitStatus", True),
        _row(12, "session_failover", Service.CLOUD, "newUid", True),
        _row(13, None, None),
        _row(30, "uploader_started", Service.UPLOADER, "status", True),
        _row(31, "uploaded", Service.UPLOADER, "status fileList", True),
        _row(32, "backuped", Service.UPLOADER, "status fileList", True),
        _row(33, "uploading_progress", Service.UPLOADER, "progress", True),
        _row(34, None, Service.UPLOADER),
        _row(40, "recorder_started", Service.RECORDER, "status", True),
        _row(41, "recorder_leave", Service.RECORDER, "leaveCode", True),
        _row(42, "recorder_slice_start", Service.RECORDER,
             "startUtcMs discontinueUtcMs mixedAllUser streamUid trackType", True),
        _row(43, "recorder_audio_stream_state_changed", Service.RECORDER,
             "streamUid state UtcMs", True),
        _row(44, "recorder_video_stream_state_changed", Service.RECORDER,
             "streamUid state UtcMs", True),
        _row(45, "recorder_snapshot_file", Service.RECORDER, "fileName"),
        _row(60, "vod_started", Service.EXTENSION, "aliVodInfo", True),
        _row(61, "vod_triggered", Service.EXTENSION, "", True),
        _row(70, "web_recorder_started", Service.WEB_PAGE, "recorderStartTime"),
        _row(71, "web_recorder_stopped", Service.WEB_PAGE, "code message details fileList"),
        _row(72, "web_recorder_capability_limit", Service.WEB_PAGE, "limitType"),
        _row(73, "web_recorder_reload", Service.WEB_PAGE, "reason"),
        _row(80, "transcoder_started", None),
        _row(81, "transcoder_completed", None, "result uids"),
        _row(90, "download_failed", Service.DOWNLOAD, "vendor region bucket fileName"),
        _row(100, "rtmp_publish_status", Service.WEB_PAGE, "rtmpUrl status"),
        _row(1001, "postpone_transcode_final_result", Service.CLOUD, "result fileList"),
    )
}  # fmt: skip


class Leave(IntEnum):
    """Bits of `leaveCode` (event 41): why the recorder left the channel."""

    INIT_FAILED = 0
    SIGINT = 2
    NO_USERS = 4
    IGNORE = 8
    CLIENT_LEAVE = 16


INIT_FAILED = text("The recorder could not be set up.")
"""`leaveCode` 0: no bit is set."""
LEAVE_BITS: Mapping[int, Text] = {
    Leave.SIGINT: text("The recorder was told to end by its machine."),
    Leave.NO_USERS: text("Nobody was in the channel for longer than the idle limit."),
    Leave.IGNORE: text("The recorder left for a reason that means nothing to you."),
    Leave.CLIENT_LEAVE: text("The recorder was asked to stop."),
}


def leave_reasons(code: int) -> tuple[Text, ...]:
    """What a `leaveCode` means; several bits may be set, 0 has none. Unknown bits are left out."""
    if code == Leave.INIT_FAILED:
        return (INIT_FAILED,)
    return tuple(reason for bit, reason in LEAVE_BITS.items() if code & bit)


def unknown_leave_bits(code: int) -> int:
    """The bits that no page explains."""
    return code & ~sum(LEAVE_BITS)


class Module(IntEnum):
    """`module` of events 1 and 2."""

    RECORDER = 0
    UPLOADER = 1
    CLOUD = 2
    WEB_PAGE = 6


MODULES: Mapping[int, Text] = {
    Module.RECORDER: text("recorder"),
    Module.UPLOADER: text("uploader"),
    Module.CLOUD: text("cloud service"),
    Module.WEB_PAGE: text("web page recorder"),
}

ERROR_LEVELS: Mapping[int, Text] = {
    1: text("debug"),
    2: text("minor"),
    3: text("medium"),
    4: text("major"),
    5: text("fatal"),
}

ERROR_CODES: Mapping[int, Text] = {
    32: text("The storage refused the upload: bucket, region or keys are not right."),
    47: text("A file could not be uploaded."),
    50: text("The upload took too long."),
    51: text("A recorded file could not be processed."),
    52: text("The recording service did not start in time."),
}
"""`errorCode` of event 1: 32, 47, 51 of the uploader, 50, 52 of the cloud service."""

WARNING_CODES: Mapping[int, Text] = {
    31: text("Files are being uploaded to your storage again."),
    32: text("Files are being uploaded to the vendor's backup instead of your storage."),
}
"""`warnCode` of event 2, of the uploader."""


class StreamState(IntEnum):
    """`state` of events 43 and 44."""

    RECEIVING = 0
    NOT_RECEIVING = 1


class RecordingMode(IntEnum):
    """`recordingMode` of event 3; the vendor's pages contradict each other, so do not branch."""

    MIX = 0
    INDIVIDUAL = 1


WEB_STOP_CODES: Mapping[int, str] = {
    0: "ok",
    1: "max_recording_hour",
    2: "capability_limit",
    3: "start_engine_failed",
    4: "page_load_timeout",
    5: "access_url_failed",
    6: "recorder_error",
}
"""`code` of event 71."""


SERVICES: Mapping[int, Text] = {
    Service.CLOUD: text("recording service"),
    Service.RECORDER: text("recorder"),
    Service.UPLOADER: text("uploader"),
    Service.EXTENSION: text("extension"),
    Service.WEB_PAGE: text("web page recorder"),
    Service.DOWNLOAD: text("download"),
}
PRODUCTS: Mapping[int, Text] = {
    1: text("calls and streaming"),
    2: text("push to a CDN"),
    PRODUCT_ID: text("cloud recording"),
    4: text("player in the cloud"),
}
"""1, 2 and 4 are named by anyRTC alone (section 14)."""
SCENES: Mapping[str, Text] = {
    SCENE_RTC_RECORD: text("recording of a channel"),
    SCENE_RTC_SNAPSHOT: text("screenshots of a channel"),
    "web_record": text("recording of a web page"),
}
STAT: Mapping[int, Text] = {0: text("normal"), 1: text("not normal")}
"""`stat` of event 1, `exitStatus` of 11, `status` of 30, 31, 32 and 40; of these only 0 is
documented for all, so that others are told as not normal."""
DID_NOT_START = text("It did not start as it should.")
"""Events 30 and 40 with another `status` than 0; the pages list no others."""
STREAM_STATES: Mapping[int, Text] = {
    StreamState.RECEIVING: text("is received"),
    StreamState.NOT_RECEIVING: text("is not received"),
}
RECORDING_MODES: Mapping[int, Text] = {
    RecordingMode.MIX: text("all in one"),
    RecordingMode.INDIVIDUAL: text("each on their own"),
}
WEB_STOPS: Mapping[int, Text] = {
    0: text("The page's recording was stopped as asked."),
    1: text("The longest time was reached."),
    2: text("The page asks more of the recorder than it can do."),
    3: text("The page's recorder could not be started."),
    4: text("The page took too long to load."),
    5: text("The page could not be opened."),
    6: text("The page's recorder broke."),
}
"""`code` of event 71, as WEB_STOP_CODES."""
PAGE_LIMITS: Mapping[str, Text] = {
    "resolution": text("The page is larger than the recorder can draw."),
    "WebGL": text("The page draws with WebGL, more than the recorder can."),
    "bandwidth": text("The page loads more than the recorder's line carries."),
}
"""`limitType` of event 72."""
PAGE_RELOADS: Mapping[str, Text] = {
    "audio_silence": text("The page had been silent for too long."),
    "page_load_timeout": text("The page took too long to load."),
}
"""`reason` of event 73."""
RESULTS: Mapping[str, Text] = {
    "all_success": text("all worked"),
    "total_success": text("all worked"),
    "partial_success": text("some worked"),
    "success": text("worked"),
    "fail": text("failed"),
    "failed": text("failed"),
}
"""`result` of events 81 and 1001, and of each uid in 81."""
LIVE_PUSH_STATES: Mapping[str, Text] = {
    "connecting": text("is being connected"),
    "publishing": text("is passed on"),
    "onhold": text("is on hold"),
    "disconnected": text("is cut off"),
}
"""`status` of event 100."""
