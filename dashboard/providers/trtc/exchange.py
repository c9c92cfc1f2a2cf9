"""TRTC's CreateCloudRecording as it is sent, and what such a call says in our words."""

from collections.abc import Mapping
from typing import Any

from dashboard.domain.recording import (
    Canvas,
    Merge,
    Mode,
    OnPause,
    Output,
    Pictures,
    Profile,
    RecordingSpec,
    RoomType,
    Sound,
    StorageTarget,
    Streams,
)
from dashboard.domain.subscription import Subscription
from dashboard.errors import text
from dashboard.layouts.document import Layout, Preset
from dashboard.protocols.trtc import CREATE, REGION, SECRET_FIELDS, VERSION, Vendor
from dashboard.providers.base import ReadRequest, SentRequest
from dashboard.providers.shown import LEFT_OUT, Members, curl, without_secrets
from dashboard.providers.trtc import payloads
from dashboard.providers.trtc.layout_reading import layout_of

_AUTHORIZATION = (
    '-H "Authorization: $TC3_AUTHORIZATION" -H "X-TC-Timestamp: $TC3_TIMESTAMP" '
    f'-H "X-TC-Region: ${{TC3_REGION:-{REGION}}}"'
)
_HOW_SIGNED = text(
    "TC3_AUTHORIZATION is the TC3-HMAC-SHA256 signature of these very bytes and of "
    "TC3_TIMESTAMP, made with SecretId and SecretKey; the UserSig is made of SdkAppId and UserId "
    "with the application's own secret key. Both expire, so neither is written here. "
    "TC3_REGION is the account's region of calls."
)
_WITHOUT = Canvas(360, 640, 15, 550)
"""Section 3.4: the picture that comes of saying nothing."""


def requests_of(spec: RecordingSpec, base_url: str, app_id: str) -> tuple[SentRequest, ...]:
    """One call. Its signature covers the very bytes of the body, so curl takes it from outside."""
    app = int(app_id) if app_id.isdecimal() else 0
    shown = without_secrets(payloads.create_body(spec, app, LEFT_OUT), SECRET_FIELDS)
    url = base_url.rstrip("/") + "/"
    headers = {"X-TC-Action": CREATE, "X-TC-Version": VERSION}
    return (
        SentRequest(CREATE, url, shown, curl(url, _AUTHORIZATION, headers, shown), _HOW_SIGNED),
    )


def is_request(document: Mapping[str, Any]) -> bool:
    return isinstance(document.get("RecordParams"), Mapping)


def read_request(document: Mapping[str, Any]) -> ReadRequest:
    """Raises InvalidInput."""
    body = Members(document)
    body.ignore("SdkAppId", "UserSig", "PrivateMapKey")
    storage = body.object("StorageParams")
    target, library = _storage(storage)
    profile = _profile(body, library)
    return ReadRequest(profile, body.word("RoomId") or None, target, body.unread())


def _profile(body: Members, library: Output | None) -> Profile:
    record = body.object("RecordParams")
    transcoding, layout = body.object("MixTranscodeParams"), body.object("MixLayoutParams")
    mode = record.choice("RecordMode", payloads.MODES, Mode.MIX)
    streams = record.choice("StreamType", payloads.STREAMS, Streams.BOTH)
    output = record.choice("OutputFormat", payloads.OUTPUTS, Output.HLS)
    video = transcoding.object("VideoParams")
    composed = mode is Mode.MIX and streams is not Streams.AUDIO
    canvas = _canvas(video) if composed else Canvas()
    gop_s = video.number("Gop", payloads.GOP_S)
    return Profile(
        recorder_uid=body.word("UserId"),
        room_type=body.choice("RoomIdType", payloads.ROOM_TYPES, RoomType.NUMBER),
        resource_hours=body.number("ResourceExpiredHour", 72),
        mode=mode,
        streams=streams,
        output=library or output,
        max_idle_s=record.number("MaxIdleTime", 30),
        pictures=record.choice("MediaId", payloads.PICTURES, Pictures.ALL),
        on_pause=OnPause.BLACK if record.number("FillType", 0) else OnPause.LAST_FRAME,
        part_min=record.number("MaxMediaFileDuration", 0) or None,
        merge=Merge.ONLY if record.number("AvMerge", 0) else Merge.NONE,
        relays=record.number("SubscribeAbility", 0) == 1,
        subscription=_subscription(record.object("SubscribeStreamUserIds")),
        sound=_sound(transcoding) if mode is Mode.MIX else Profile.sound,
        canvas=canvas,
        gop_s=gop_s if composed and gop_s != payloads.GOP_S else None,
        layout=layout_of(layout, canvas) if composed else Layout(Preset.GRID),
    )


def _canvas(video: Members) -> Canvas:
    bits = video.number("BitRate", _WITHOUT.bitrate_kbps * 1000)
    return Canvas(
        video.number("Width", _WITHOUT.width),
        video.number("Height", _WITHOUT.height),
        video.number("Fps", _WITHOUT.fps),
        round(bits / 1000),
    )


def _sound(transcoding: Members) -> Sound:
    """The one of ours that comes nearest; where it differs is told."""
    audio = transcoding.object("AudioParams")
    wanted = (audio.number("SampleRate", 1), audio.number("Channel", 2))
    bits = audio.number("BitRate", 64_000)
    same = [sound for sound, row in payloads.SOUNDS.items() if row[:2] == wanted]
    if not same:
        same = [sound for sound, row in payloads.SOUNDS.items() if row[1] == wanted[1]]
    if not same:
        raise audio.wrong("Channel", text("There is no such choice."))
    found = min(same, key=lambda sound: abs(payloads.SOUNDS[sound][2] - bits))
    names = ("SampleRate", "Channel", "BitRate")
    for name, theirs, ours in zip(names, (*wanted, bits), payloads.SOUNDS[found], strict=True):
        if theirs != ours:
            audio.missed(name)
    return found


def _subscription(lists: Members) -> Subscription:
    return Subscription(
        *(
            payloads.choice_of(
                list(lists.texts(f"Subscribe{medium}UserIds")),
                list(lists.texts(f"UnSubscribe{medium}UserIds")),
            )
            for medium in ("Audio", "Video")
        )
    )


def _storage(storage: Members) -> tuple[StorageTarget | None, Output | None]:
    """The target, and what a media library is to keep."""
    if "CloudVod" in storage:
        return _library(storage.object("CloudVod").object("TencentVod"))
    if "CloudStorage" not in storage:
        return None, None
    bucket = storage.object("CloudStorage")
    bucket.ignore("AccessKey", "SecretKey")
    vendor, endpoint = bucket.number("Vendor", 0), bucket.word("EndpointUrl")
    if vendor not in set(Vendor):
        raise bucket.wrong("Vendor", text("This account cannot write to such a store."))
    kind = "s3" if endpoint else "tencent" if vendor == Vendor.COS else "aws"
    return (
        StorageTarget(
            kind=kind,
            bucket=bucket.word("Bucket"),
            prefix=bucket.texts("FileNamePrefix"),
            region=bucket.word("Region") or None,
            endpoint=endpoint or None,
        ),
        None,
    )


def _library(vod: Members) -> tuple[StorageTarget, Output]:
    options = {
        ours: vod.word(theirs)
        for ours, theirs in {**payloads.LIBRARY_NUMBERS, **payloads.LIBRARY_WORDS}.items()
        if theirs in vod
    }
    target = StorageTarget(
        payloads.LIBRARY, "", region=vod.word("StorageRegion") or None, options=options
    )
    return target, vod.choice("MediaType", payloads.MEDIA, Output.MP4)
