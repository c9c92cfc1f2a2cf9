"""What TRTC's calls may carry, and what becomes of it.

Source: trtc.md section 3 (create), 4 (modify) and 14, 3 (in which order mistakes are told).
Raises Refusal.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.engine.apps import App
from dashboard.engine.doors import trtc_layout
from dashboard.engine.doors.trtc_layout import Members, read_layout, read_watermarks
from dashboard.engine.doors.trtc_reading import Problems, Rank, read
from dashboard.engine.tasks import Spec
from dashboard.engine.uploads.storage import storage_of
from dashboard.layouts.geometry import Size
from dashboard.protocols import trtc, trtc_filenames, trtc_usersig
from dashboard.protocols.trtc import (
    AUDIO_DEFAULTS,
    CANVAS_MAX_PIXELS,
    CREATE,
    MODIFY,
    PREFIX_ELEMENT,
    RECORD_ID,
    SAMPLE_RATES,
    USER_ID,
    VIDEO_DEFAULTS,
    MediaId,
    MediaType,
    OutputFormat,
    RecordMode,
    RoomIdType,
    StreamType,
)
from dashboard.protocols.trtc_errors import Code, missing

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_STREAMS = {StreamType.BOTH: "both", StreamType.AUDIO: "audio", StreamType.VIDEO: "video"}
_PICTURES = {MediaId.ALL: "all", MediaId.MAIN: "main", MediaId.AUX: "screen"}
_OUTPUTS: Mapping[int, frozenset[str]] = {
    OutputFormat.HLS: frozenset({"hls"}),
    OutputFormat.HLS_MP4: frozenset({"hls", "mp4"}),
    OutputFormat.HLS_AAC: frozenset({"hls", "aac"}),
    OutputFormat.MP4: frozenset({"mp4"}),
    OutputFormat.AAC: frozenset({"aac"}),
}
_MEDIA: Mapping[int, frozenset[str]] = {
    MediaType.MP4: frozenset({"mp4"}),
    MediaType.HLS: frozenset({"hls"}),
    MediaType.AAC: frozenset({"aac"}),
    MediaType.HLS_MP4: frozenset({"hls", "mp4"}),
    MediaType.HLS_AAC: frozenset({"hls", "aac"}),
}
_SMALLEST_EDGE = 16
_PLAIN_CANVAS = Size(1920, 1920)
"""Where a call does not tell how large the canvas is: what any could be."""


@dataclass(frozen=True)
class Create:
    """A CreateCloudRecording that is in order. channel: of the engine."""

    channel: str
    robot: str
    hours: int
    spec: Spec


@dataclass(frozen=True)
class Changes:
    """What a ModifyCloudRecording replaces; all of it, as it covers the whole (section 4)."""

    layout: dict[str, Any]
    watermarks: tuple[dict[str, Any], ...]
    subscription: dict[str, Any]


def check_app(values: Members, app: App, problems: Problems) -> None:
    if values["SdkAppId"] is not None and str(values["SdkAppId"]) != app.app_id:
        message = "`SdkAppId` does not belong to this SecretId."
        problems.add(Rank.RANGE, Code.SDK_APP_ID, message)


def read_create(document: Members, app: App, task_id: str) -> Create:
    problems = Problems()
    values = read(CREATE, document, problems)
    check_app(values, app, problems)
    _check_who(values, problems)
    record = values["RecordParams"]
    _check_lists(record and record["SubscribeStreamUserIds"], problems)
    storage = values["StorageParams"]
    if storage:
        _check_storage(storage, record or {}, problems)
    canvas = _check_canvas(values["MixTranscodeParams"], problems)
    trtc_layout.check(values["MixLayoutParams"], canvas, problems)
    problems.raise_first(Rank.SIZE)
    why = trtc_usersig.verify(
        values["UserSig"], app.app_secret, values["SdkAppId"], values["UserId"], time.time()
    )
    if why:
        problems.add(Rank.USER_SIG, Code.USER_SIG, f"`UserSig` is not valid: {why}.")
    problems.raise_first()
    return Create(
        channel=trtc.channel_of(values["RoomId"], values["RoomIdType"]),
        robot=values["UserId"],
        hours=values["ResourceExpiredHour"],
        spec=_spec(values, canvas, task_id),
    )


def read_modify(document: Members, app: App, spec: Spec | None) -> Changes:
    """spec: of the recording; None where there is none, which is for the caller to say."""
    problems = Problems()
    values = read(MODIFY, document, problems)
    check_app(values, app, problems)
    _check_lists(values["SubscribeStreamUserIds"], problems)
    canvas = _canvas_of(spec)
    trtc_layout.check(values["MixLayoutParams"], canvas, problems)
    problems.raise_first()
    return Changes(
        layout=read_layout(values["MixLayoutParams"], canvas),
        watermarks=read_watermarks(values["MixLayoutParams"], canvas),
        subscription=_subscription(values["SubscribeStreamUserIds"]),
    )


def read_task(shape: str, document: Members, app: App) -> str:
    """TaskId of a call that carries no more."""
    problems = Problems()
    values = read(shape, document, problems)
    check_app(values, app, problems)
    problems.raise_first()
    return values["TaskId"]


# ------------------------------------------------------------------ what is wrong


def _check_who(values: Members, problems: Problems) -> None:
    if values["RoomId"] and not trtc.is_room(values["RoomId"], values["RoomIdType"]):
        message = "`RoomId` must be 1..4294967294 as text, or with RoomIdType 0 up to 64 bytes."
        problems.add(Rank.RANGE, Code.RANGE, message)
    if values["UserId"] and not USER_ID.fullmatch(values["UserId"]):
        message = "`UserId` must be 1 to 32 letters, digits, _ or -."
        problems.add(Rank.RANGE, Code.RANGE, message)


def _check_lists(lists: Members | None, problems: Problems) -> None:
    for name, items in (lists or {}).items():
        if not all(item and _is_rule(item) for item in items):
            message = f"`{name}` must hold user ids, or beginnings of them followed by .*$."
            problems.add(Rank.RANGE, Code.INVALID, message)


def _is_rule(item: str) -> bool:
    beginning = item.removesuffix(trtc.PREFIX_RULE)
    return beginning == "" or bool(USER_ID.fullmatch(beginning))


def _check_storage(storage: Members, record: Members, problems: Problems) -> None:
    bucket, library = storage["CloudStorage"], storage["CloudVod"]
    if bucket is None and library is None:
        message = "`StorageParams` needs CloudStorage or CloudVod."
        problems.add(Rank.MISSING, missing("CloudStorage"), message)
    if bucket and library:
        message = "`StorageParams` takes CloudStorage or CloudVod, not both."
        problems.add(Rank.STORAGE, Code.INVALID, message)
    if bucket:
        _check_bucket(bucket, problems)
    if library and library["TencentVod"]:
        _check_library(library["TencentVod"], record, problems)


def _check_bucket(bucket: Members, problems: Problems) -> None:
    if bucket["Bucket"] and not _BUCKET.fullmatch(bucket["Bucket"]):
        message = "`Bucket` must be letters, digits, dots and dashes."
        problems.add(Rank.RANGE, Code.INVALID, message)
    if not all(item and PREFIX_ELEMENT.fullmatch(item) for item in bucket["FileNamePrefix"]):
        message = "`FileNamePrefix` must hold letters, digits, _ and - only."
        problems.add(Rank.RANGE, Code.INVALID, message)
    try:
        _storage(bucket)
    except ValueError as fault:
        problems.add(Rank.RANGE, Code.INVALID, f"`EndpointUrl` {fault}.")


def _check_library(vod: Members, record: Members, problems: Problems) -> None:
    if vod["UserDefineRecordId"] and not RECORD_ID.fullmatch(vod["UserDefineRecordId"]):
        message = "`UserDefineRecordId` must be up to 64 letters, digits, _ or -."
        problems.add(Rank.RANGE, Code.INVALID, message)
    sound_alone = vod["MediaType"] in (MediaType.AAC, MediaType.HLS_AAC)
    if sound_alone and record.get("StreamType") != StreamType.AUDIO:
        message = "`MediaType` 2 and 4 need StreamType 1."
        problems.add(Rank.STORAGE, Code.INVALID, message)


def _check_canvas(transcoding: Members | None, problems: Problems) -> Size:
    video = (transcoding or {}).get("VideoParams") or VIDEO_DEFAULTS
    if None in (video["Width"], video["Height"]):
        return _PLAIN_CANVAS
    if video["Width"] * video["Height"] > CANVAS_MAX_PIXELS:
        message = "`Width` times `Height` must not exceed 1920 x 1080."
        problems.add(Rank.TRANSCODING, Code.RANGE, message)
    return Size(video["Width"], video["Height"])


def _canvas_of(spec: Spec | None) -> Size:
    """As it was asked for: the recorded one may be a pixel smaller."""
    if spec is None:
        return _PLAIN_CANVAS
    return Size(*spec.notes.get("canvas") or (spec.canvas["width"], spec.canvas["height"]))


def _even(edge: int) -> int:
    """The picture is 4:2:0, which has no odd sizes."""
    return max(_SMALLEST_EDGE, edge // 2 * 2)


# ------------------------------------------------------------------ into our words


def _spec(values: Members, canvas: Size, task_id: str) -> Spec:
    record, layout = values["RecordParams"], values["MixLayoutParams"]
    bucket, vod = values["StorageParams"]["CloudStorage"], values["StorageParams"]["CloudVod"]
    transcoding = values["MixTranscodeParams"] or {}
    video = transcoding.get("VideoParams") or VIDEO_DEFAULTS
    library = None if vod is None else _library(vod["TencentVod"] or {})
    wanted = _MEDIA[library["media_type"]] if library else _OUTPUTS[record["OutputFormat"]]
    single = record["RecordMode"] == RecordMode.SINGLE
    return Spec(
        canvas={
            "width": _even(canvas.width),
            "height": _even(canvas.height),
            "fps": video["Fps"],
            "bitrate_kbps": round(video["BitRate"] / 1000),
            "gop_s": video["Gop"],
        },
        layout=read_layout(layout, canvas),
        watermarks=() if single else read_watermarks(layout, canvas),
        subscription=_subscription(record["SubscribeStreamUserIds"]),
        bucket=bucket["Bucket"] if bucket else "",
        folders=(*(bucket["FileNamePrefix"] if bucket else ()), task_id),
        storage=_storage(bucket) if bucket else None,
        library=library,
        mode="individual" if single else "mix",
        style="trtc",
        notes={"canvas": [canvas.width, canvas.height]},
        stem=trtc_filenames.stem(
            values["SdkAppId"],
            values["RoomId"],
            is_text=values["RoomIdType"] == RoomIdType.STRING,
        ),
        streams=_STREAMS[StreamType(record["StreamType"])],
        merge="only" if single and record["AvMerge"] else "none",
        pictures=_PICTURES[MediaId(record["MediaId"])],
        on_pause="black" if record["FillType"] else "last",
        sound=_sound(transcoding.get("AudioParams") or AUDIO_DEFAULTS),
        max_idle_s=record["MaxIdleTime"],
        hls="hls" in wanted,
        mp4="mp4" in wanted,
        aac="aac" in wanted,
        part_min=record["MaxMediaFileDuration"],
        most_people=trtc.PEOPLE_MAX,
        most_failovers=trtc.FAILOVERS_MAX,
    )


def _sound(audio: Members) -> dict[str, int]:
    return {
        "rate": SAMPLE_RATES[audio["SampleRate"]],
        "channels": audio["Channel"],
        "bitrate_kbps": round(audio["BitRate"] / 1000),
    }


def _subscription(lists: Members | None) -> dict[str, Any]:
    """Section 3.6: an empty list restricts nothing; both kinds of a medium hold together."""
    given = lists or {}
    found: dict[str, Any] = {}
    for medium, name in (("audio", "SubscribeAudioUserIds"), ("video", "SubscribeVideoUserIds")):
        allow, deny = given.get(name), given.get(f"Un{name}")
        rules = {"allow": allow, "deny": deny}
        found[medium] = {rule: list(ids) for rule, ids in rules.items() if ids} or None
    return found


def _storage(bucket: Members) -> dict[str, Any] | None:
    return storage_of(
        bucket["EndpointUrl"],
        bucket["Bucket"] or "",
        bucket["AccessKey"] or "",
        bucket["SecretKey"] or "",
        region=bucket["Region"] or "",
    )


def _library(vod: Members) -> dict[str, Any]:
    """Spec.library: see dashboard/engine/library.py."""
    return {
        "media_type": vod.get("MediaType") or int(MediaType.MP4),
        "keep_s": vod.get("ExpireTime") or 0,
        "record_id": vod.get("UserDefineRecordId") or "",
        "session_context": vod.get("SessionContext") or "",
        "source_context": vod.get("SourceContext") or "",
        "class_id": vod.get("ClassId") or 0,
    }
