"""Agora's messages: ours into theirs, and theirs into ours.

Written as today's pages say, read as any page of any year says: numbers and booleans may
come as text, a file's name under two spellings, a file list as one name, many, or nothing.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dashboard.clock import from_ms
from dashboard.domain.recording import (
    Output,
    OutputFile,
    Phase,
    RecordingHandle,
    RecordingSnapshot,
    RecordingSpec,
    StorageTarget,
    Streams,
)
from dashboard.domain.subscription import Subscription
from dashboard.layouts.document import Fit, Layout, Preset, Region
from dashboard.layouts.geometry import rounded
from dashboard.protocols.agora import (
    PRIVATE_EXTINF,
    RANGES,
    MixedLayout,
    RenderMode,
    Status,
    StreamTypes,
    UploadingStatus,
)
from dashboard.providers.agora import subscriptions

Body = dict[str, Any]

LONGEST_NAME = 1024
_LIVE_CHANNEL = 1
_RTC_SCENE = 0
_LONGEST_CONTROL_H = RANGES["resourceExpiredHour"].high
"""A stop must work however long the recording has been running."""

_STREAM_TYPES = {
    Streams.AUDIO: StreamTypes.AUDIO,
    Streams.VIDEO: StreamTypes.VIDEO,
    Streams.BOTH: StreamTypes.BOTH,
}
_LAYOUTS = {
    Preset.FLOATING: MixedLayout.FLOATING,
    Preset.BEST_FIT: MixedLayout.BEST_FIT,
    Preset.VERTICAL: MixedLayout.VERTICAL,
    Preset.CUSTOM: MixedLayout.CUSTOM,
}
_RENDER_MODES = {Fit.FILL: RenderMode.CROP, Fit.CONTAIN: RenderMode.FIT}
_FILE_TYPES = {Output.HLS: ["hls"], Output.HLS_MP4: ["hls", "mp4"]}
_STORES = {"local": 1}
"""The engine takes any of Agora's store numbers and keeps files in a folder per bucket."""

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

# ---------------------------------------------------------------- ours into theirs


def acquire_body(spec: RecordingSpec) -> Body:
    request = {"scene": _RTC_SCENE, "resourceExpiredHour": _LONGEST_CONTROL_H}
    return _addressed(spec.channel, spec.profile.recorder_uid, request)


def start_body(spec: RecordingSpec) -> Body:
    """The same spec gives the same body, byte for byte: a start can be repeated."""
    profile = spec.profile
    request = {
        "recordingConfig": _recording_config(spec),
        "recordingFileConfig": {"avFileType": _FILE_TYPES[profile.output]},
        "storageConfig": _storage_config(spec.storage),
    }
    return _addressed(spec.channel, profile.recorder_uid, request)


def layout_body(channel: str, recorder_uid: str, layout: Layout) -> Body:
    """Body of updateLayout, which replaces everything: what is left out goes back to defaults."""
    return _addressed(channel, recorder_uid, _layout_fields(layout))


def subscription_body(
    handle: RecordingHandle, subscription: Subscription, streams: Streams
) -> Body:
    """Body of update, which replaces both lists."""
    lists = subscriptions.for_update(subscription, streams)
    return _addressed(handle["channel"], handle["recorder_uid"], {"streamSubscribe": lists})


def stop_body(channel: str, recorder_uid: str) -> Body:
    return _addressed(channel, recorder_uid, {"async_stop": True})


def _addressed(channel: str, recorder_uid: str, request: Body) -> Body:
    return {"cname": channel, "uid": recorder_uid, "clientRequest": request}


def _recording_config(spec: RecordingSpec) -> Body:
    profile = spec.profile
    config: Body = {
        "channelType": _LIVE_CHANNEL,
        "streamTypes": _STREAM_TYPES[profile.streams],
        "maxIdleTime": profile.max_idle_s,
        # without this the playlist's EXTINF lines lack their comma, which players refuse
        "privateParams": json.dumps({PRIVATE_EXTINF: True}, separators=(",", ":")),
    }
    if profile.streams is not Streams.AUDIO:
        canvas = profile.canvas
        config["transcodingConfig"] = {
            "width": canvas.width,
            "height": canvas.height,
            "fps": canvas.fps,
            "bitrate": canvas.bitrate_kbps,
            **_layout_fields(profile.layout),
        }
    return config | subscriptions.for_start(profile.subscription, profile.streams)


def _layout_fields(layout: Layout) -> Body:
    fields: Body = {
        "mixedVideoLayout": _LAYOUTS[layout.preset],
        "backgroundColor": layout.background,
    }
    if layout.background_image:
        fields["backgroundImage"] = layout.background_image
    if layout.preset is Preset.VERTICAL and layout.focus_uid:
        fields["maxResolutionUid"] = layout.focus_uid
    if layout.preset is Preset.CUSTOM:
        fields["layoutConfig"] = [_region(region) for region in layout.shown]
    return fields


def _region(region: Region) -> Body:
    x, y = rounded(region.rect.x), rounded(region.rect.y)
    item: Body = {
        "x_axis": x,
        "y_axis": y,
        # two roundings may add up to a hair more than the canvas, which is refused
        "width": min(rounded(region.rect.w), rounded(1 - x)),
        "height": min(rounded(region.rect.h), rounded(1 - y)),
        "alpha": region.opacity,
        "render_mode": _RENDER_MODES[region.fit],
    }
    return {"uid": region.uid, **item} if region.uid else item


def _storage_config(target: StorageTarget) -> Body:
    config: Body = {
        "vendor": _STORES[target.kind],
        "region": 0,
        "bucket": target.bucket,
        "accessKey": target.access_key or target.kind,
        "secretKey": target.secret_key or target.kind,
    }
    if target.prefix:
        config["fileNamePrefix"] = list(target.prefix)
    return config


# ---------------------------------------------------------------- theirs into ours


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
