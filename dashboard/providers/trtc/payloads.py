"""TRTC's messages: ours into theirs, and theirs into ours. Source: trtc.md 3 and 4.

Traps that are built in: the canvas is always said (left out it is a portrait of 360 x 640),
bitrates are bits a second, objects of transcoding are always whole, and what Modify replaces
is always sent whole, both parts of it.
"""

from collections.abc import Mapping
from typing import Any

from dashboard.clock import from_ms
from dashboard.domain.recording import (
    Merge,
    Mode,
    OnPause,
    Output,
    OutputFile,
    Phase,
    Pictures,
    Profile,
    RecordingHandle,
    RecordingSnapshot,
    RecordingSpec,
    RoomType,
    Sound,
    StorageTarget,
    Streams,
)
from dashboard.domain.subscription import BEGINNING_MARK, Choice, Subscription
from dashboard.errors import Unsupported, text
from dashboard.layouts.document import Layout
from dashboard.protocols.trtc import (
    PREFIX_RULE,
    MediaId,
    MediaType,
    OutputFormat,
    RecordMode,
    RoomIdType,
    StreamType,
    Vendor,
    channel_of,
)
from dashboard.providers.agora.readings import is_file_name, whole_number
from dashboard.providers.base import FOLDER
from dashboard.providers.trtc.layouts import layout_params

Body = dict[str, Any]

LONGEST_CONTROL_H = 720
GOP_S = 10
"""Section 3.4: what the vendor takes where nothing is said; inside the object it must be said."""
LIBRARY = "tencent_vod"
LOCAL = "local"

ROOM_TYPES = {RoomType.TEXT: RoomIdType.STRING, RoomType.NUMBER: RoomIdType.INTEGER}


def studio_channel(room: str, room_type: RoomType) -> str:
    """What a studio calls the channel of a room."""
    return channel_of(room, ROOM_TYPES[room_type])


MODES = {Mode.MIX: RecordMode.MIXED, Mode.INDIVIDUAL: RecordMode.SINGLE}
STREAMS = {
    Streams.BOTH: StreamType.BOTH,
    Streams.AUDIO: StreamType.AUDIO,
    Streams.VIDEO: StreamType.VIDEO,
}
PICTURES = {
    Pictures.ALL: MediaId.ALL,
    Pictures.MAIN: MediaId.MAIN,
    Pictures.SCREEN: MediaId.AUX,
}
OUTPUTS = {
    Output.HLS: OutputFormat.HLS,
    Output.HLS_MP4: OutputFormat.HLS_MP4,
    Output.HLS_AAC: OutputFormat.HLS_AAC,
    Output.MP4: OutputFormat.MP4,
    Output.AAC: OutputFormat.AAC,
}
MEDIA = {
    Output.HLS: MediaType.HLS,
    Output.HLS_MP4: MediaType.HLS_MP4,
    Output.HLS_AAC: MediaType.HLS_AAC,
    Output.MP4: MediaType.MP4,
    Output.AAC: MediaType.AAC,
}
SOUNDS = {
    Sound.CALL: (3, 1, 32_000),
    Sound.SPEECH: (1, 1, 48_000),
    Sound.MUSIC: (1, 1, 128_000),
    Sound.STEREO: (1, 2, 128_000),
    Sound.CD: (2, 2, 128_000),
}
"""Number of the sampling rate, channels, bits a second (at most 128,000)."""
STORES = {LOCAL: Vendor.COS, "tencent": Vendor.COS, "aws": Vendor.S3, "s3": Vendor.S3}
_LOCAL_REGION = "ap-guangzhou"
_PHASES = {"idle": Phase.RUNNING, "inprogress": Phase.RUNNING, "exited": Phase.FINISHING}
"""Idle: the recorder is in the room, and nobody sends anything yet."""
_TRACKS = {"audio": "audio", "video": "video"}

# ---------------------------------------------------------------- ours into theirs


def create_body(spec: RecordingSpec, app: int, ticket: str, room_ticket: str = "") -> Body:
    """ticket: UserSig of the recorder. room_ticket: PrivateMapKey, where rooms need one."""
    profile = spec.profile
    body: Body = {
        "SdkAppId": app,
        "RoomId": spec.channel,
        "RoomIdType": int(ROOM_TYPES[profile.room_type]),
        "UserId": profile.recorder_uid,
        "UserSig": ticket,
        "RecordParams": _record_params(profile, spec.storage.kind != LIBRARY),
        "StorageParams": storage_params(spec.storage, profile.output),
        "ResourceExpiredHour": profile.resource_hours or LONGEST_CONTROL_H,
    }
    if profile.mode is Mode.MIX:
        body["MixTranscodeParams"] = _transcoding(profile)
        if profile.streams is not Streams.AUDIO:
            body["MixLayoutParams"] = layout_params(profile.layout, profile.canvas)
    return {**body, "PrivateMapKey": room_ticket} if room_ticket else body


def modify_body(
    app: int, task_id: str, layout: Layout, subscription: Subscription, profile: Profile
) -> Body:
    """All that Modify covers: whatever were left out would fall back to its default."""
    body = {**task_body(app, task_id), "SubscribeStreamUserIds": subscribed(subscription, profile)}
    if profile.mode is Mode.MIX and profile.streams is not Streams.AUDIO:
        body["MixLayoutParams"] = layout_params(layout, profile.canvas)
    return body


def task_body(app: int, task_id: str) -> Body:
    return {"SdkAppId": app, "TaskId": task_id}


def subscribed(subscription: Subscription, profile: Profile) -> Body:
    """All four lists; an empty one restricts nothing.

    Nobody is said by the recorder's own id, as the only one: it never publishes.
    """
    nobody = Choice(only=(profile.recorder_uid,))
    audio, video = (
        nobody if choice.nobody else choice for choice in (subscription.audio, subscription.video)
    )
    return {
        "SubscribeAudioUserIds": _names(audio.only),
        "UnSubscribeAudioUserIds": _names(audio.never),
        "SubscribeVideoUserIds": _names(video.only),
        "UnSubscribeVideoUserIds": _names(video.never),
    }


def storage_params(target: StorageTarget, output: Output) -> Body:
    """Raises Unsupported for a store that the vendor has not."""
    if target.kind == LIBRARY:
        return {"CloudVod": {"TencentVod": _library(target, output)}}
    if target.kind not in STORES:
        raise Unsupported(
            text("This account cannot write to such a store."), vendor="trtc", operation="prepare"
        )
    is_local = target.kind == LOCAL
    bucket: Body = {
        "Vendor": int(STORES[target.kind]),
        "Region": target.region or (_LOCAL_REGION if is_local else "us-east-1"),
        "Bucket": target.bucket,
        "AccessKey": target.access_key or target.kind,
        "SecretKey": target.secret_key or target.kind,
    }
    if target.prefix:
        bucket["FileNamePrefix"] = list(target.prefix)
    if target.kind == "s3" and target.endpoint:
        bucket["EndpointUrl"] = target.endpoint
    return {"CloudStorage": bucket}


def _record_params(profile: Profile, in_bucket: bool) -> Body:
    params: Body = {
        "RecordMode": int(MODES[profile.mode]),
        "MaxIdleTime": profile.max_idle_s,
        "StreamType": int(STREAMS[profile.streams]),
        "MediaId": int(PICTURES[profile.pictures]),
        "FillType": int(profile.on_pause is OnPause.BLACK),
    }
    if in_bucket:
        params["OutputFormat"] = int(OUTPUTS[profile.output])
    if profile.part_min:
        params["MaxMediaFileDuration"] = profile.part_min
    if profile.mode is Mode.INDIVIDUAL:
        params["AvMerge"] = int(profile.merge is Merge.ONLY)
    if profile.relays:
        params["SubscribeAbility"] = 1
    if not profile.subscription.is_everybody:
        params["SubscribeStreamUserIds"] = subscribed(profile.subscription, profile)
    return params


def _transcoding(profile: Profile) -> Body:
    params: Body = {}
    if profile.streams is not Streams.AUDIO:
        canvas = profile.canvas
        params["VideoParams"] = {
            "Width": canvas.width,
            "Height": canvas.height,
            "Fps": canvas.fps,
            "BitRate": canvas.bitrate_kbps * 1000,
            "Gop": profile.gop_s or GOP_S,
        }
    if profile.streams is not Streams.VIDEO:
        rate, channels, bits = SOUNDS[profile.sound]
        params["AudioParams"] = {"SampleRate": rate, "Channel": channels, "BitRate": bits}
    return params


LIBRARY_NUMBERS = {"keep_s": "ExpireTime", "class_id": "ClassId", "sub_app_id": "SubAppId"}
LIBRARY_WORDS = {
    "procedure": "Procedure",
    "session_context": "SessionContext",
    "source_context": "SourceContext",
    "record_id": "UserDefineRecordId",
}


def _library(target: StorageTarget, output: Output) -> Body:
    fields: Body = {"MediaType": int(MEDIA[output])}
    if target.region:
        fields["StorageRegion"] = target.region
    for ours, theirs in LIBRARY_NUMBERS.items():
        if target.options.get(ours):
            fields[theirs] = int(target.options[ours])
    for ours, theirs in LIBRARY_WORDS.items():
        if target.options.get(ours):
            fields[theirs] = target.options[ours]
    return fields


def _names(names: tuple[str, ...]) -> list[str]:
    return [name[:-1] + PREFIX_RULE if name.endswith(BEGINNING_MARK) else name for name in names]


def choice_of(only: Any, never: Any) -> Choice:
    """Two lists of theirs as ours."""
    return Choice(_read_names(only), _read_names(never))


def _read_names(names: Any) -> tuple[str, ...]:
    items = names if isinstance(names, list) else []
    return tuple(
        name.removesuffix(PREFIX_RULE) + BEGINNING_MARK if name.endswith(PREFIX_RULE) else name
        for name in map(str, items)
    )


# ---------------------------------------------------------------- theirs into ours


def snapshot_of(response: Mapping[str, Any], handle: RecordingHandle) -> RecordingSnapshot:
    """Read the Response of Describe. A status from the future moves nothing."""
    status = str(response.get("Status") or "")[:50]
    listed = response.get("StorageFileList")
    files = tuple(filter(None, map(file_of, listed if isinstance(listed, list) else ())))
    return RecordingSnapshot(
        phase=_PHASES.get(status.lower(), Phase.STARTING),
        files=located(handle, files),
        vendor_status=status or None,
    )


def file_of(item: Any) -> OutputFile | None:
    """An object that names a file, in whichever of the documented forms."""
    if not isinstance(item, Mapping):
        return None
    name = item.get("FileName") or item.get("CacheFile")
    if not isinstance(name, str) or not is_file_name(name):
        return None
    uid = item.get("UserId")
    return OutputFile(
        name=name,
        track=_TRACKS.get(str(item.get("TrackType")), "audio_and_video"),
        uid=str(uid) if uid else None,
        started_at=_moment(item.get("BeginTimeStamp", item.get("StartTimeStamp"))),
    )


def located(handle: RecordingHandle, files: tuple[OutputFile, ...]) -> tuple[OutputFile, ...]:
    """With their whole names: the vendor tells bare ones, which lie in a folder of the task."""
    folder = folder_of(handle)
    return tuple(
        file if "/" in file.name or not folder else _renamed(file, f"{folder}/{file.name}")
        for file in files
    )


def named(task_id: str) -> dict[str, str]:
    """What a handle gains once the vendor has named the task."""
    return {"task_id": task_id, FOLDER: task_id}


def folder_of(handle: RecordingHandle) -> str:
    """Section 6: prefix and TaskId; "" before it is named, and where there is no bucket."""
    task_id = handle.get("task_id")
    if not task_id or handle.get("library"):
        return ""
    return "/".join(filter(None, (handle.get("prefix", ""), task_id)))


def _renamed(file: OutputFile, name: str) -> OutputFile:
    return OutputFile(name, file.track, file.uid, file.playable, file.started_at)


def _moment(value: Any):
    """ms; an older page has seconds."""
    number = whole_number(value)
    if number is None or not 0 < number < 10**14:
        return None
    return from_ms(number if number >= 10**11 else number * 1000)
