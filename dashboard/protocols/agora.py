"""Plain facts of the Agora cloud recording interface: names, numbers and ranges.

Every fact cites its section of agora-anyrtc.md. Its errors are in `agora_errors`, its
callbacks in `agora_events`, its stores and their regions in `agora_storage`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from dashboard.errors import Text, text

# Section 1 and 2: where the calls go.
PATH = "/v1/apps/{app_id}/cloud_recording"
REGION_PREFIXES = ("na", "eu", "ap", "cn")
"""The vendor's Python client may put one of these before /v1."""
RATE_PER_S = 10
"""Calls a second that one App ID may make (section 1)."""

# Section 2: time limits.
RESOURCE_LIFE_S = 300
SYNC_STOP_LIMIT_S = 20
"""Section 7: how long a stop that waits for the upload may wait."""
FAILOVER_LIMIT_S = 90

# Section 8.3: channel names.
CHANNEL_CHARACTERS = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !#$%&()+-:;<=.>?@[]^_{}|~,"
)
CHANNEL_NAME = r"[A-Za-z0-9 !#$%&()+\-:;<=.>?@\[\]^_{}|~,]+"
"""The same as a pattern."""
CHANNEL_SIGNS = "! # $ % & ( ) + - : ; < = . > ? @ [ ] ^ _ { } | ~ ,"
CHANNEL_MAX_BYTES = 64
UID_MAX = 2**32 - 1
"""Section 3: uids are decimal text, 1 to this."""

ALL_STREAMS = "#allstream#"
"""Section 4.2: stands for everybody in a list of subscribed uids."""
SUBSCRIBED_UIDS_MAX = 32
REGIONS_MAX = 17
"""Windows of a mixed picture (section 4.3)."""
UID_GROUPS = (2, 7, 12, 17, 32, 49)
"""Section 4.2: how many subscribed uids each `subscribeUidGroup` is for at most."""
PREFIX_MAX_LENGTH = 128
"""Section 4.1: `fileNamePrefix` joined with "/", the slashes included."""
PRIVATE_EXTINF = "correctEXTINF"
"""Section 4.2: the `privateParams` switch that writes EXTINF with its comma."""


@dataclass(frozen=True)
class Range:
    """Integers low..high, both included. default: what an omitted field means."""

    low: int
    high: int
    default: int | None = None

    def __contains__(self, value: int) -> bool:
        return self.low <= value <= self.high


RANGES: Mapping[str, Range] = {
    # section 3, acquire
    "scene": Range(0, 2, 0),
    "resourceExpiredHour": Range(1, 720, 72),
    "regionAffinity": Range(0, 4, 0),
    # section 4.2, recordingConfig
    "channelType": Range(0, 1, 0),
    "streamTypes": Range(0, 2, 2),
    "decryptionMode": Range(0, 8, 0),
    "audioProfile": Range(0, 2, 0),
    "videoStreamType": Range(0, 1, 0),
    "maxIdleTime": Range(5, 2_592_000, 30),
    "subscribeUidGroup": Range(0, 5),
    # section 4.4, snapshotConfig
    "captureInterval": Range(5, 3600, 10),
    # section 4.3, transcodingConfig
    "width": Range(1, 1920, 360),
    "height": Range(1, 1920, 640),
    "bitrate": Range(1, 6500, 500),
    "mixedVideoLayout": Range(0, 3, 0),
    "render_mode": Range(0, 1, 0),
}
"""Integer fields by their name on the wire."""

CANVAS_MAX_PIXELS = 1920 * 1080
FRAME_RATES = (1, 7, 10, 15, 24, 30, 60)
"""Section 4.3: any other rate is taken as FRAME_RATE_DEFAULT."""
FRAME_RATE_DEFAULT = 15
BACKGROUND_DEFAULT = "#000000"
AV_FILE_TYPES = (frozenset({"hls"}), frozenset({"hls", "mp4"}))
"""Section 4.4: what `avFileType` may hold in mix mode; MP4 alone is an error."""
INDIVIDUAL_FILE_TYPES = AV_FILE_TYPES[:1]
STREAM_MODES = ("default", "standard", "original")
"""Section 4.2: `streamMode` of individual mode; original only with streamTypes 0."""
SALTED_ENCRYPTIONS = (7, 8)
"""Section 4.2: the `decryptionMode`s that need a salt, base64 of SALT_BYTES."""
SALT_BYTES = 32
AREAS = ("CN", "AP", "EU", "NA")
"""Section 3: `region` of acquire."""


class MixedLayout(IntEnum):
    """`mixedVideoLayout`, section 12."""

    FLOATING = 0
    BEST_FIT = 1
    VERTICAL = 2
    CUSTOM = 3


class RenderMode(IntEnum):
    """`render_mode`, section 4.3."""

    CROP = 0
    FIT = 1


class Scene(IntEnum):
    """`scene` of acquire, section 3: which modes the resource is for."""

    RTC = 0
    WEB = 1
    POSTPONED = 2
    """Transcoding afterwards; withdrawn from the vendor's pages."""


class StreamTypes(IntEnum):
    """`streamTypes`, section 4.2."""

    AUDIO = 0
    VIDEO = 1
    BOTH = 2


class UploadingStatus:
    """`uploadingStatus`, section 7."""

    UPLOADED = "uploaded"
    BACKED_UP = "backuped"
    UNKNOWN = "unknown"


class Status(IntEnum):
    """`serverResponse.status`, section 6."""

    NOT_STARTED = 0
    INITIALISED = 1
    RECORDER_STARTING = 2
    UPLOADER_READY = 3
    RECORDER_READY = 4
    RUNNING = 5
    RECORDING_STOPPED = 6
    SERVICE_STOPPED = 7
    ABOUT_TO_EXIT = 8
    ABNORMAL_EXIT = 20


STATUSES: Mapping[int, Text] = {
    Status.NOT_STARTED: text("The recording has not started yet."),
    Status.INITIALISED: text("The recording is set up."),
    Status.RECORDER_STARTING: text("The recorder is starting."),
    Status.UPLOADER_READY: text("The upload is ready, the recorder is still starting."),
    Status.RECORDER_READY: text("The recorder is in the channel; no file has been uploaded yet."),
    Status.RUNNING: text("Recording; the first file has been uploaded."),
    Status.RECORDING_STOPPED: text("The recorder has stopped."),
    Status.SERVICE_STOPPED: text("The recording service has stopped."),
    Status.ABOUT_TO_EXIT: text("The recording service is about to leave."),
    Status.ABNORMAL_EXIT: text("The recording ended because of a fault."),
}


def is_channel_name(name: str) -> bool:
    """Whether a channel may be called this (section 8.3)."""
    return 0 < len(
        name.encode("utf-8", "replace")
    ) <= CHANNEL_MAX_BYTES and CHANNEL_CHARACTERS.issuperset(name)


def is_uid(value: str) -> bool:
    """Whether this is a uid: plain decimal text, 1 to 2^32-1, no leading zero (section 3)."""
    return (
        value.isascii()
        and value.isdecimal()
        and len(value) <= 10
        and not value.startswith("0")
        and int(value) <= UID_MAX
    )
