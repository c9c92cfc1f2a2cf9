"""What Agora's calls in mix mode may carry, and what becomes of it.

Source: agora-anyrtc.md section 3 (acquire), 4 (start) and 5 (update, updateLayout).
Unknown fields are ignored, as section 16 recommends. Raises Answer, code 2.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from dashboard.engine.doors.agora_layout import read_layout
from dashboard.engine.doors.body import Fields
from dashboard.engine.tasks import Spec
from dashboard.engine.uploads.storage import storage_of
from dashboard.protocols import agora, agora_storage
from dashboard.protocols.agora import RANGES, Range, StreamTypes

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_ELEMENT = re.compile(r"[A-Za-z0-9]+")
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_ANY_REGION = Range(0, 1000)
_STREAMS = {StreamTypes.AUDIO: "audio", StreamTypes.VIDEO: "video", StreamTypes.BOTH: "both"}
_SMALLEST_EDGE = 16


@dataclass(frozen=True)
class Who:
    channel: str
    uid: str


def read_who(fields: Fields) -> Who:
    """cname and uid, which every call carries."""
    channel = fields.text("cname", required=True)
    if not agora.is_channel_name(channel):
        raise fields.wrong("cname", "must be 1 to 64 of the characters a channel may have")
    uid = fields.text("uid", required=True)
    if not agora.is_uid(uid):
        raise fields.wrong("uid", "must be a string, decimal, from 1 to 4294967295")
    return Who(channel, uid)


def read_acquire(request: Fields) -> int:
    """The clientRequest of acquire. Returns resourceExpiredHour."""
    request.integer("scene", RANGES["scene"])
    request.integer("regionAffinity", RANGES["regionAffinity"])
    request.texts("excludeResourceIds", 100)
    region = request.text("region")
    if region is not None and region not in {"CN", "AP", "EU", "NA"}:
        raise request.wrong("region", "must be CN, AP, EU or NA")
    request.object("startParameter")
    hours = RANGES["resourceExpiredHour"]
    return request.integer("resourceExpiredHour", hours) or hours.default


def read_start(request: Fields) -> Spec:
    """The clientRequest of a start in mix mode."""
    request.text("token")
    if request.has("snapshotConfig"):
        raise request.wrong("snapshotConfig", "is for individual mode only")
    if request.has("extensionServiceConfig"):
        raise request.wrong("extensionServiceConfig", "is for web mode only")
    storage = request.object("storageConfig", required=True)
    bucket, folders = read_storage(storage)
    empty = Fields("Start", {})
    recording = request.object("recordingConfig")
    channel_type_required = recording is not None
    recording = recording or empty
    recording.integer("channelType", RANGES["channelType"], required=channel_type_required)
    streams = recording.integer("streamTypes", RANGES["streamTypes"])
    _check_rest(recording, streams)
    transcoding = recording.object("transcodingConfig")
    return Spec(
        canvas=_canvas(transcoding or empty),
        layout=read_layout(transcoding or empty),
        subscription=_subscription(recording, streams),
        bucket=bucket,
        folders=folders,
        streams=_STREAMS[StreamTypes(streams)],
        audio_profile=recording.integer("audioProfile", RANGES["audioProfile"]),
        max_idle_s=recording.integer("maxIdleTime", RANGES["maxIdleTime"]),
        mp4=_wants_mp4(request),
        correct_extinf=_correct_extinf(recording),
        storage=read_store(storage),
    )


def read_storage(storage: Fields) -> tuple[str, tuple[str, ...]]:
    """Bucket and folders. Keys have to be given, and are not kept: the bucket is ours."""
    vendor = storage.integer("vendor", Range(0, agora_storage.PRIVATE_VENDOR), required=True)
    if 11 < vendor < agora_storage.PRIVATE_VENDOR:
        raise storage.wrong("vendor", "is not one of the known vendors")
    region = storage.integer("region", _ANY_REGION, required=True)
    if not agora_storage.takes_region(vendor, region):
        raise storage.wrong("region", "is not one of the vendor's regions")
    bucket = storage.text("bucket", required=True, longest=1024)
    if vendor == agora_storage.PRIVATE_VENDOR:
        bucket = _NOT_IN_A_NAME.sub("-", bucket).strip("-.")[:128]
    if not _BUCKET.fullmatch(bucket):
        raise storage.wrong("bucket", "must be letters, digits, dots and dashes")
    private = vendor == agora_storage.PRIVATE_VENDOR
    for name in ("accessKey", "secretKey"):
        if not storage.has(name):
            raise storage.wrong(name, "is required")
        storage.text(name, required=not private)
    _check_temporary_key(storage)
    return bucket, _folders(storage)


def read_store(storage: Fields) -> dict[str, Any] | None:
    """Where the files really go; None is a folder of ours, as this engine knows no other store."""
    extension = storage.object("extensionParams")
    endpoint = extension.text("endpoint") if extension else None
    if storage.integer("vendor", _ANY_REGION) != agora_storage.S3_COMPATIBLE or not endpoint:
        return None
    try:
        return storage_of(
            endpoint,
            storage.text("bucket", longest=1024) or "",
            storage.text("accessKey") or "",
            storage.text("secretKey") or "",
            storage.text("stsToken", longest=16 * 1024) or "",
        )
    except ValueError as fault:
        raise extension.wrong("endpoint", str(fault)) from fault


def read_subscription(request: Fields, streams: str, current: dict[str, Any]) -> dict[str, Any]:
    """The streamSubscribe of update; a list that is not given stays as it is."""
    lists = request.object("streamSubscribe", required=True)
    changed = dict(current)
    for medium, name, suffix in (
        ("audio", "audioUidList", "AudioUids"),
        ("video", "videoUidList", "VideoUids"),
    ):
        uids = lists.object(name)
        if uids is None:
            continue
        if streams not in ("both", medium):
            raise lists.wrong(name, f"needs streamTypes that include {medium}")
        chosen = _chosen(uids, suffix)
        changed[medium] = chosen[0] if chosen else None
    return changed


def _check_rest(recording: Fields, streams: int) -> None:
    """Fields that are checked as the vendor does and mean nothing to a channel of this engine."""
    mode = recording.text("streamMode")
    if mode not in {None, "default", "standard", "original"}:
        raise recording.wrong("streamMode", "must be default, standard or original")
    if mode == "original" and streams != StreamTypes.AUDIO:
        raise recording.wrong("streamMode", "may be original only with streamTypes 0")
    recording.integer("videoStreamType", RANGES["videoStreamType"])
    recording.integer("subscribeUidGroup", RANGES["subscribeUidGroup"])
    encryption = recording.integer("decryptionMode", RANGES["decryptionMode"])
    secret, salt = recording.text("secret"), recording.text("salt")
    if encryption and not secret:
        raise recording.wrong("secret", "is required with this decryptionMode")
    if encryption in (7, 8) and not salt:
        raise recording.wrong("salt", "is required with this decryptionMode")


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


def _subscription(recording: Fields, streams: int) -> dict[str, Any]:
    """Section 4.2: lists of one medium only turn the other one off."""
    audio, video = _chosen(recording, "AudioUids"), _chosen(recording, "VideoUids")
    if audio and streams == StreamTypes.VIDEO:
        raise recording.wrong("subscribeAudioUids", "needs streamTypes that include audio")
    if video and streams == StreamTypes.AUDIO:
        raise recording.wrong("subscribeVideoUids", "needs streamTypes that include video")
    nobody = {"allow": []}
    return {
        "audio": audio[0] if audio else (nobody if video else None),
        "video": video[0] if video else (nobody if audio else None),
    }


def _chosen(fields: Fields, suffix: str) -> tuple[dict[str, list[str]] | None] | None:
    """The list of one medium, boxed; None when none is given.

    Section 4.2: three spellings are in use, one of them a slip of the vendor's own client.
    """
    allow_name = f"subscribe{suffix}"
    allow = fields.texts(allow_name, agora.SUBSCRIBED_UIDS_MAX)
    spellings = (f"{word}{suffix}" for word in ("unSubscribe", "unsubscribe", "unsunscribe"))
    names = [name for name in spellings if fields.has(name)]
    deny = fields.texts(names[0], agora.SUBSCRIBED_UIDS_MAX) if names else None
    if allow is not None and deny is not None:
        raise fields.wrong(allow_name, f"and {names[0]} cannot be used together")
    if allow is None and deny is None:
        return None
    if allow == [agora.ALL_STREAMS]:
        return (None,)
    name, uids = (allow_name, allow) if allow is not None else (names[0], deny)
    for uid in uids:
        if not agora.is_uid(uid):
            raise fields.wrong(name, "must hold uids, decimal strings from 1 to 4294967295")
    return ({"allow" if allow is not None else "deny": uids},)


def _wants_mp4(request: Fields) -> bool:
    """Section 4.4; in mix mode a recording without recordingFileConfig is HLS."""
    files = request.object("recordingFileConfig")
    types = files.texts("avFileType", 4) if files else None
    if types is not None and tuple(types) not in agora.AV_FILE_TYPES:
        raise files.wrong("avFileType", 'must be ["hls"] or ["hls","mp4"]')
    return types is not None and "mp4" in types


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


def _check_temporary_key(storage: Fields) -> None:
    if storage.text("stsToken", longest=16 * 1024):
        storage.integer("stsExpiration", Range(0, 2**40), required=True)
    extension = storage.object("extensionParams")
    if extension:
        for name in ("sse", "tag", "endpoint"):
            extension.text(name)


def _folders(storage: Fields) -> tuple[str, ...]:
    elements = storage.texts("fileNamePrefix", agora.PREFIX_MAX_LENGTH)
    if not elements:
        return ()
    if not all(map(_ELEMENT.fullmatch, elements)):
        raise storage.wrong("fileNamePrefix", "must hold letters and digits only")
    if len("/".join(elements)) + 1 > agora.PREFIX_MAX_LENGTH:
        raise storage.wrong("fileNamePrefix", "must not exceed 128 characters with its slashes")
    return tuple(elements)
