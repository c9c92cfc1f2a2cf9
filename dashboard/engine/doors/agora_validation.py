"""What calls in Agora's and anyRTC's dialects may carry, and what becomes of it.

Source: agora-anyrtc.md section 3 (acquire) and 4 (start); stores, lists and layouts are
read in files of their own. Unknown fields are ignored, as section 16 recommends. Raises
Answer, code 2, whose reason names the field.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.engine.doors.agora_layout import read_layout
from dashboard.engine.doors.agora_storage import read_storage
from dashboard.engine.doors.agora_subscription import read_lists
from dashboard.engine.doors.body import Fields
from dashboard.engine.doors.dialects import Dialect
from dashboard.engine.tasks import Spec
from dashboard.layouts.document import Layout
from dashboard.protocols import agora
from dashboard.protocols.agora import RANGES, Range, StreamTypes

_STREAMS = {StreamTypes.AUDIO: "audio", StreamTypes.VIDEO: "video", StreamTypes.BOTH: "both"}
_SMALLEST_EDGE = 16
_CARD = {"width": 640, "height": 360, "fps": 15, "bitrate_kbps": 500}
"""Individual mode: how large a test card is, which has no size of its own."""
_MERGE = {"default": "none", "original": "none", "standard": "beside"}


@dataclass(frozen=True)
class Who:
    channel: str
    uid: str


@dataclass(frozen=True)
class Reservation:
    """What acquire asked for.

    hours: how long calls reach the recording. start: the start it is for, if it said so.
    """

    scene: int
    hours: int
    start: Mapping[str, Any] | None = None


def read_who(fields: Fields, dialect: Dialect) -> Who:
    """cname and uid, which every call carries."""
    channel = fields.text("cname", required=True)
    if not agora.is_channel_name(channel):
        raise fields.wrong("cname", "must be 1 to 64 of the characters a channel may have")
    uid = fields.text("uid", required=True)
    if not dialect.is_uid(uid):
        raise fields.wrong("uid", f"must be {dialect.uid_words}")
    return Who(channel, uid)


def read_acquire(request: Fields) -> Reservation:
    """The clientRequest of acquire."""
    scene = request.integer("scene", RANGES["scene"])
    request.integer("regionAffinity", RANGES["regionAffinity"])
    request.texts("excludeResourceIds", 100)
    region = request.text("region")
    if region is not None and region not in agora.AREAS:
        raise request.wrong("region", "must be CN, AP, EU or NA")
    start = request.object("startParameter")
    hours = request.integer("resourceExpiredHour", RANGES["resourceExpiredHour"])
    return Reservation(scene, hours, start and start.document)


def read_start(request: Fields, mode: str, dialect: Dialect) -> Spec:
    """The clientRequest of a start. mode: "mix" or "individual"."""
    request.text("token")
    _refuse_other_modes(request, mode)
    store = read_storage(request.object("storageConfig", required=True), dialect)
    given = request.object("recordingConfig")
    recording = given or Fields(request.call, {})
    number = _streams(recording, given is not None)
    streams = _STREAMS[StreamTypes(number)]
    _check_encryption(recording)
    recording.integer("videoStreamType", RANGES["videoStreamType"])
    shared: dict[str, Any] = {
        "bucket": store.bucket,
        "folders": store.folders,
        "storage": store.storage,
        "notes": store.notes,
        "streams": streams,
        "audio_profile": recording.integer("audioProfile", RANGES["audioProfile"]),
        "max_idle_s": recording.integer("maxIdleTime", RANGES["maxIdleTime"]),
        "correct_extinf": _correct_extinf(recording),
        "mode": mode,
    }
    read_mode = _read_mix if mode == "mix" else _read_individual
    return Spec(**shared, **read_mode(request, recording, streams, dialect))


def _read_mix(request: Fields, recording: Fields, streams: str, dialect: Dialect) -> dict[str, Any]:
    _stream_mode(recording, streams)
    recording.integer("subscribeUidGroup", RANGES["subscribeUidGroup"])
    transcoding = recording.object("transcodingConfig") or Fields(request.call, {})
    return {
        "canvas": _canvas(transcoding),
        "layout": read_layout(transcoding, dialect),
        "subscription": read_lists(recording, streams, dialect, agora.REGIONS_MAX),
        "mp4": "mp4" in _file_types(request, agora.AV_FILE_TYPES),
    }


def _read_individual(
    request: Fields, recording: Fields, streams: str, dialect: Dialect
) -> dict[str, Any]:
    transcoding = recording.object("transcodingConfig")
    if transcoding:  # the vendor's own client may send it, and nothing is transcoded
        _canvas(transcoding)
        read_layout(transcoding, dialect)
    group_required = request.has("recordingConfig")
    recording.integer("subscribeUidGroup", RANGES["subscribeUidGroup"], required=group_required)
    _file_types(request, agora.INDIVIDUAL_FILE_TYPES)
    snapshot_s = _snapshot_s(request, recording, streams)
    return {
        "canvas": _CARD,
        "layout": Layout().to_json(),
        "subscription": read_lists(recording, streams, dialect),
        "merge": _MERGE[_stream_mode(recording, streams)],
        "snapshot_s": snapshot_s,
        "record": not snapshot_s or request.has("recordingFileConfig"),
    }


def _refuse_other_modes(request: Fields, mode: str) -> None:
    if mode == "mix" and request.has("snapshotConfig"):
        raise request.wrong("snapshotConfig", "is for individual mode only")
    if request.has("extensionServiceConfig"):
        raise request.wrong("extensionServiceConfig", "is for web mode only")
    apps = request.object("appsCollection")
    policy = apps.text("combinationPolicy") if apps else None
    if policy not in (None, "default"):
        raise apps.wrong("combinationPolicy", "must be default; the others were withdrawn")
    if request.has("transcodeOptions"):
        raise request.wrong("transcodeOptions", "belongs to a withdrawn way of recording")


def _streams(recording: Fields, channel_type_required: bool) -> int:
    recording.integer("channelType", RANGES["channelType"], required=channel_type_required)
    return recording.integer("streamTypes", RANGES["streamTypes"])


def _stream_mode(recording: Fields, streams: str) -> str:
    mode = recording.text("streamMode") or "default"
    if mode not in agora.STREAM_MODES:
        raise recording.wrong("streamMode", "must be default, standard or original")
    if mode == "original" and streams != "audio":
        raise recording.wrong("streamMode", "may be original only with streamTypes 0")
    return mode


def _check_encryption(recording: Fields) -> None:
    """Checked as the vendor does; the channels of this engine are never encrypted."""
    mode = recording.integer("decryptionMode", RANGES["decryptionMode"])
    secret, salt = recording.text("secret"), recording.text("salt")
    if mode and not secret:
        raise recording.wrong("secret", "is required with this decryptionMode")
    if mode in agora.SALTED_ENCRYPTIONS and not _is_salt(salt or ""):
        raise recording.wrong("salt", "must be 32 bytes in base64 with this decryptionMode")


def _is_salt(value: str) -> bool:
    try:
        return len(base64.b64decode(value, validate=True)) == agora.SALT_BYTES
    except (binascii.Error, ValueError):
        return False


def _snapshot_s(request: Fields, recording: Fields, streams: str) -> int:
    """Section 4.4: seconds between two screenshots, 0 for none."""
    snapshot = request.object("snapshotConfig")
    if snapshot is None:
        return 0
    kinds = snapshot.texts("fileType", 1)
    if kinds != ["jpg"]:
        raise snapshot.wrong("fileType", 'must be ["jpg"]')
    if streams == "audio":
        raise recording.wrong("streamTypes", "must be 1 or 2 with snapshotConfig")
    if recording.has("subscribeAudioUids") and not recording.has("subscribeVideoUids"):
        raise recording.wrong(
            "subscribeVideoUids", "is required with snapshotConfig and subscribeAudioUids"
        )
    return snapshot.integer("captureInterval", RANGES["captureInterval"])


def _canvas(transcoding: Fields) -> dict[str, int]:
    width = transcoding.integer("width", RANGES["width"])
    height = transcoding.integer("height", RANGES["height"])
    if width * height > agora.CANVAS_MAX_PIXELS:
        raise transcoding.wrong("width", "times height must not exceed 1920 x 1080")
    fps = transcoding.integer("fps", Range(0, 1000, agora.FRAME_RATE_DEFAULT))
    return {
        "width": _even(width),
        "height": _even(height),
        "fps": fps if fps in agora.FRAME_RATES else agora.FRAME_RATE_DEFAULT,
        "bitrate_kbps": transcoding.integer("bitrate", RANGES["bitrate"]),
    }


def _even(edge: int) -> int:
    """The picture is 4:2:0, which has no odd sizes."""
    return max(_SMALLEST_EDGE, edge // 2 * 2)


def _file_types(request: Fields, allowed: tuple[frozenset[str], ...]) -> frozenset[str]:
    """Section 4.4; a recording without recordingFileConfig is HLS."""
    files = request.object("recordingFileConfig")
    types = files.texts("avFileType", 4) if files else None
    if types is None:
        return allowed[0]
    if frozenset(types) not in allowed or len(set(types)) != len(types):
        words = " or ".join(json.dumps(sorted(one)) for one in allowed)
        raise files.wrong("avFileType", f"must be {words} in this mode")
    return frozenset(types)


def _correct_extinf(recording: Fields) -> bool:
    raw = recording.text("privateParams")
    if not raw:
        return False
    try:
        values = json.loads(raw)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise recording.wrong("privateParams", "must be a JSON object as text")
    return values.get(agora.PRIVATE_EXTINF) is True
