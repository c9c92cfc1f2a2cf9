"""Plain facts of TRTC cloud recording: names, numbers and ranges of its four calls.

Every fact cites its section of trtc.md. Its errors are in `trtc_errors`, its callbacks in
`trtc_events`, signatures in `trtc_tc3` and `trtc_usersig`, file names in `trtc_filenames`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any

# Section 1 and 2: where the calls go.
SERVICE = "trtc"
VERSION = "2019-07-22"
REGION = "ap-guangzhou"
"""Of calls, where an account names none."""
CREATE, DESCRIBE, MODIFY, DELETE = CALLS = (
    "CreateCloudRecording",
    "DescribeCloudRecording",
    "ModifyCloudRecording",
    "DeleteCloudRecording",
)
"""`X-TC-Action`. All go to the path "/"."""
RATE_PER_S = 20
"""Calls a second, of each action."""
MOST_TASKS = 100
"""Recordings that an account may have at a time."""
PEOPLE_MAX = 25
"""Anchors of one recording; the first to join count."""
FAILOVERS_MAX = 3
"""Restarts of one recording on another machine."""

# Section 3.1 and 3.6: names.
USER_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
ROOM_NUMBER_MAX = 4_294_967_294
ROOM_NUMBER = r"[1-9][0-9]{0,9}"
ROOM_MAX_BYTES = 64
"""Of a room whose id is text; its letters are those of Agora's channels."""
ROOM_NUMBER_MARK = "*"
"""Ours: what the channel of a room begins with whose id is a number. See `channel_of`."""
PREFIX_RULE = ".*$"
"""Ends an item of an allow or block list that means all ids which begin so."""

# Section 3.3 and 3.4: storage and canvas.
PREFIX_ELEMENT = re.compile(r"[A-Za-z0-9_-]+")
RECORD_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
CANVAS_MAX_PIXELS = 1920 * 1080
SAMPLE_RATES: Mapping[int, int] = {1: 48_000, 2: 44_100, 3: 16_000}
"""`AudioParams.SampleRate` is a number of this list."""

# Section 3.5: pictures by address, and colours.
IMAGE_URL = re.compile(r"https?://[a-zA-Z0-9\-._~:/?#\[\]@!&()*+,%=]+")
IMAGE_SUFFIX = re.compile(r"\.(?:jpe?g|png)(?![a-z0-9])", re.IGNORECASE)
COLOUR = re.compile(r"(?:#|0x)[0-9A-Fa-f]{6}")
"""The canvas writes #RRGGBB, watermarks 0xRRGGBB; both are taken."""


class RoomIdType(IntEnum):
    STRING = 0
    INTEGER = 1


class RecordMode(IntEnum):
    SINGLE = 1
    MIXED = 2


class StreamType(IntEnum):
    BOTH = 0
    AUDIO = 1
    VIDEO = 2


class MediaId(IntEnum):
    """Of RecordParams. In layouts MAIN_STREAM and AUX_STREAM count from 0."""

    ALL = 0
    MAIN = 1
    AUX = 2


MAIN_STREAM, AUX_STREAM = 0, 1
"""`MediaId` of MixLayoutParams and MixLayout (section 3.5)."""


class OutputFormat(IntEnum):
    """Where there is a bucket."""

    HLS = 0
    HLS_MP4 = 1
    HLS_AAC = 2
    MP4 = 3
    AAC = 4


class MediaType(IntEnum):
    """In the media library; the order differs from OutputFormat's."""

    MP4 = 0
    HLS = 1
    AAC = 2
    HLS_MP4 = 3
    HLS_AAC = 4


class Vendor(IntEnum):
    COS = 0
    S3 = 1


class LayoutMode(IntEnum):
    """`MixLayoutMode`, section 8."""

    FLOATING = 1
    SCREEN_SHARE = 2
    GRID = 3
    CUSTOM = 4


class RenderMode(IntEnum):
    STRETCH = 0
    CROP = 1
    LETTERBOX = 2
    SMART = 3


class WaterMarkType(IntEnum):
    IMAGE = 0
    TEXT = 1
    TIMESTAMP = 2


class TimestampPos(IntEnum):
    TOP_LEFT = 0
    TOP_RIGHT = 1
    BOTTOM_LEFT = 2
    BOTTOM_RIGHT = 3
    TOP_CENTRE = 4
    BOTTOM_CENTRE = 5
    CENTRE = 6


# What those numbers are among our own words (layouts.document, layouts.watermarks).
LAYOUTS: Mapping[str, LayoutMode] = {
    "trtc_floating": LayoutMode.FLOATING,
    "screen_share": LayoutMode.SCREEN_SHARE,
    "grid": LayoutMode.GRID,
    "custom": LayoutMode.CUSTOM,
}
FITS: Mapping[str, RenderMode] = {
    "stretch": RenderMode.STRETCH,
    "fill": RenderMode.CROP,
    "contain": RenderMode.LETTERBOX,
    "smart": RenderMode.SMART,
}
PLACES: Mapping[str, TimestampPos] = {
    "top_left": TimestampPos.TOP_LEFT,
    "top_right": TimestampPos.TOP_RIGHT,
    "bottom_left": TimestampPos.BOTTOM_LEFT,
    "bottom_right": TimestampPos.BOTTOM_RIGHT,
    "top": TimestampPos.TOP_CENTRE,
    "bottom": TimestampPos.BOTTOM_CENTRE,
    "centre": TimestampPos.CENTRE,
}
CLEAR = 255
"""Alpha of a window that cannot be seen; 0 is solid, the other way round than ours."""


class Status(StrEnum):
    """Of a recording that is asked for (section 4). EXITED: leaving, and not gone yet."""

    IDLE = "Idle"
    IN_PROGRESS = "InProgress"
    EXITED = "Exited"


@dataclass(frozen=True)
class Field:
    """One member of an object.

    kind: "integer", "text", "flag" or the name of a shape. many: a list of those.
    low, high: of an integer, both included. most: items of a list, or bytes of a text.
    default: what an omitted one means; None: nothing, or that it depends.
    """

    kind: str
    required: bool = False
    low: int = 0
    high: int = 2**53
    default: Any = None
    many: bool = False
    most: int = 4096


def _integer(low: int = 0, high: int = 2**53, default: int | None = None, required: bool = False):
    return Field("integer", required, low, high, default)


def _text(required: bool = False, most: int = 4096) -> Field:
    return Field("text", required, most=most)


def _object(shape: str, required: bool = False) -> Field:
    return Field(shape, required)


def _list(kind: str, most: int) -> Field:
    return Field(kind, many=True, most=most)


_EDGE = _integer(0, 1920, required=True)
_MARK_EDGE = _integer(0, 2560, required=True)
_TICKET_BYTES = 16 * 1024

SHAPES: Mapping[str, Mapping[str, Field]] = {
    # section 3.1
    CREATE: {
        "SdkAppId": _integer(required=True),
        "RoomId": _text(required=True, most=ROOM_MAX_BYTES),
        "RoomIdType": _integer(0, 1, RoomIdType.INTEGER),
        "UserId": _text(required=True),
        "UserSig": _text(required=True, most=_TICKET_BYTES),
        "RecordParams": _object("RecordParams", required=True),
        "StorageParams": _object("StorageParams", required=True),
        "MixTranscodeParams": _object("MixTranscodeParams"),
        "MixLayoutParams": _object("MixLayoutParams"),
        "ResourceExpiredHour": _integer(6, 720, 72),
        "PrivateMapKey": _text(most=_TICKET_BYTES),
    },
    # section 4
    DESCRIBE: {
        "SdkAppId": _integer(required=True),
        "TaskId": _text(required=True),
        "RecorderKey": _text(),
    },
    MODIFY: {
        "SdkAppId": _integer(required=True),
        "TaskId": _text(required=True),
        "MixLayoutParams": _object("MixLayoutParams"),
        "SubscribeStreamUserIds": _object("SubscribeStreamUserIds"),
    },
    DELETE: {"SdkAppId": _integer(required=True), "TaskId": _text(required=True)},
    # section 3.2
    "RecordParams": {
        "RecordMode": _integer(1, 2, required=True),
        "MaxIdleTime": _integer(5, 86_400, 30),
        "StreamType": _integer(0, 2, StreamType.BOTH),
        "SubscribeStreamUserIds": _object("SubscribeStreamUserIds"),
        "OutputFormat": _integer(0, 4, OutputFormat.HLS),
        "AvMerge": _integer(0, 1, 0),
        "MaxMediaFileDuration": _integer(1, 1440, 1440),
        "MediaId": _integer(0, 2, MediaId.ALL),
        "FillType": _integer(0, 1, 0),
        "SubscribeAbility": _integer(0, 1, 0),
    },
    # section 3.6
    "SubscribeStreamUserIds": {
        "SubscribeAudioUserIds": _list("text", 32),
        "UnSubscribeAudioUserIds": _list("text", 32),
        "SubscribeVideoUserIds": _list("text", 32),
        "UnSubscribeVideoUserIds": _list("text", 32),
    },
    # section 3.3
    "StorageParams": {
        "CloudStorage": _object("CloudStorage"),
        "CloudVod": _object("CloudVod"),
    },
    "CloudStorage": {
        "Vendor": _integer(0, 1, required=True),
        "Region": _text(required=True),
        "Bucket": _text(required=True),
        "AccessKey": _text(required=True),
        "SecretKey": _text(required=True),
        "FileNamePrefix": _list("text", 32),
        "EndpointUrl": _text(),
    },
    "CloudVod": {"TencentVod": _object("TencentVod")},
    "TencentVod": {
        "Procedure": _text(),
        "ExpireTime": _integer(default=0),
        "StorageRegion": _text(),
        "ClassId": _integer(default=0),
        "SubAppId": _integer(),
        "SessionContext": _text(),
        "SourceContext": _text(),
        "MediaType": _integer(0, 4, MediaType.MP4),
        "UserDefineRecordId": _text(most=64),
    },
    # section 3.4: an object that is there must be whole
    "MixTranscodeParams": {
        "VideoParams": _object("VideoParams"),
        "AudioParams": _object("AudioParams"),
    },
    "VideoParams": {
        "Width": _integer(1, 1920, required=True),
        "Height": _integer(1, 1920, required=True),
        "Fps": _integer(1, 60, required=True),
        "BitRate": _integer(64_000, 8_192_000, required=True),
        "Gop": _integer(1, 3600, required=True),
    },
    "AudioParams": {
        "SampleRate": _integer(1, 3, required=True),
        "Channel": _integer(1, 2, required=True),
        "BitRate": _integer(32_000, 128_000, required=True),
    },
    # section 3.5
    "MixLayoutParams": {
        "MixLayoutMode": _integer(1, 4, required=True),
        "MixLayoutList": _list("MixLayout", PEOPLE_MAX),
        "BackGroundColor": _text(),
        "MaxResolutionUserId": _text(),
        "MediaId": _integer(0, 1, MAIN_STREAM),
        "BackgroundImageUrl": _text(),
        "PlaceHolderMode": _integer(0, 1, 0),
        "BackgroundImageRenderMode": _integer(0, 3),
        "DefaultSubBackgroundImage": _text(),
        "WaterMarkList": _list("WaterMark", 25),
        "RenderMode": _integer(0, 3),
        "MaxResolutionUserAlign": _integer(0, 1, 0),
        "PureAudioDisableLayout": Field("flag", default=False),
    },
    "MixLayout": {
        "Top": _EDGE,
        "Left": _EDGE,
        "Width": _EDGE,
        "Height": _EDGE,
        "UserId": _text(),
        "Alpha": _integer(0, 255, 0),
        "RenderMode": _integer(0, 3, RenderMode.CROP),
        "MediaId": _integer(0, 1, MAIN_STREAM),
        "ImageLayer": _integer(default=0),
        "SubBackgroundImage": _text(),
    },
    "WaterMark": {
        "WaterMarkType": _integer(0, 2, WaterMarkType.IMAGE),
        "WaterMarkImage": _object("WaterMarkImage"),
        "WaterMarkChar": _object("WaterMarkChar"),
        "WaterMarkTimestamp": _object("WaterMarkTimestamp"),
    },
    "WaterMarkImage": {
        "WaterMarkUrl": _text(required=True),
        "Top": _MARK_EDGE,
        "Left": _MARK_EDGE,
        "Width": _MARK_EDGE,
        "Height": _MARK_EDGE,
    },
    "WaterMarkChar": {
        "Top": _MARK_EDGE,
        "Left": _MARK_EDGE,
        "Width": _MARK_EDGE,
        "Height": _MARK_EDGE,
        "Chars": _text(required=True),
        "FontSize": _integer(1, 1920, 14),
        "FontColor": _text(),
        "BackGroundColor": _text(),
        "Font": _text(),
    },
    "WaterMarkTimestamp": {
        "Pos": _integer(0, 6, required=True),
        "TimeZone": _integer(-12, 14, 8),
        "Font": _text(),
    },
}
"""Every object that a call may carry, its members as they are called on the wire."""

VIDEO_DEFAULTS: Mapping[str, int] = {
    "Width": 360, "Height": 640, "Fps": 15, "BitRate": 550_000, "Gop": 10,
}  # fmt: skip
"""Section 3.4: portrait; BitRate in bits a second, Gop in seconds."""
AUDIO_DEFAULTS: Mapping[str, int] = {"SampleRate": 1, "Channel": 2, "BitRate": 64_000}

SECRET_FIELDS = frozenset({"UserSig", "AccessKey", "SecretKey", "PrivateMapKey"})
"""Never shown, and never written to a log."""


def is_room(room: str, kind: int) -> bool:
    """Whether a room may be called this (section 3.1)."""
    if kind == RoomIdType.STRING:
        return 0 < len(room.encode("utf-8", "replace")) <= ROOM_MAX_BYTES
    plain = room.isascii() and room.isdecimal() and len(room) <= 10 and not room.startswith("0")
    return plain and int(room) <= ROOM_NUMBER_MAX


def is_image_address(address: str) -> bool:
    """Whether a picture may be taken from here: the type shows in the address (section 3.5)."""
    return bool(IMAGE_URL.fullmatch(address) and IMAGE_SUFFIX.search(address))


def channel_of(room: str, kind: int) -> str:
    """What we call the channel of a room.

    A room whose id is text is the channel of that name. One whose id is a number is another
    room than the text of the same digits, so its channel has a mark before it.
    """
    marked = kind == RoomIdType.INTEGER or room.startswith(ROOM_NUMBER_MARK)
    return ROOM_NUMBER_MARK + room if marked else room


def room_of(channel: str) -> str:
    """The room's id, as calls and callbacks have it."""
    return channel.removeprefix(ROOM_NUMBER_MARK)
