"""Agora's messages, of our words, as today's pages say."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.domain.recording import (
    SALTED,
    Area,
    ChannelType,
    Cipher,
    Merge,
    Mode,
    Output,
    Profile,
    RecordingHandle,
    RecordingSpec,
    Sound,
    StorageTarget,
    Streams,
)
from dashboard.domain.subscription import Subscription
from dashboard.layouts.document import Fit, Layout, Portrait, Preset, Region
from dashboard.layouts.geometry import rounded
from dashboard.protocols.agora import (
    PRIVATE_EXTINF,
    RANGES,
    UID_GROUPS,
    MixedLayout,
    RenderMode,
    StreamTypes,
)
from dashboard.protocols.agora_storage import StorageVendor
from dashboard.providers.agora import stores, subscriptions

Body = dict[str, Any]

_RTC_SCENE = 0
_LONGEST_CONTROL_H = RANGES["resourceExpiredHour"].high
"""A stop must work however long the recording has been running."""

STREAM_TYPES = {
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
FILE_TYPES = {Output.HLS: ["hls"], Output.HLS_MP4: ["hls", "mp4"]}
CHANNEL_TYPES = {ChannelType.COMMUNICATION: 0, ChannelType.LIVE: 1}
SOUNDS = {Sound.SPEECH: 0, Sound.MUSIC: 1, Sound.STEREO: 2}
_STREAM_MODES = {Merge.NONE: "default", Merge.BESIDE: "standard"}
CIPHERS = {cipher: number for number, cipher in enumerate(Cipher, 1)}
_AREAS = {Area.CHINA: "CN", Area.ASIA: "AP", Area.EUROPE: "EU", Area.AMERICA: "NA"}
_AFFINITIES = {Area.CHINA: 1, Area.ASIA: 2, Area.EUROPE: 3, Area.AMERICA: 4}


@dataclass(frozen=True)
class Dialect:
    """What differs between the services that speak so. stores: their table, by number."""

    vendor: str
    stores: Mapping[int, StorageVendor]


AGORA = Dialect("agora", stores.AGORA)


def acquire_body(spec: RecordingSpec) -> Body:
    profile = spec.profile
    hours = profile.resource_hours or _LONGEST_CONTROL_H
    request: Body = {"scene": _RTC_SCENE, "resourceExpiredHour": hours}
    if profile.area and profile.stay:
        request["region"] = _AREAS[profile.area]
    elif profile.area:
        request["regionAffinity"] = _AFFINITIES[profile.area]
    apart = [handle["resource_id"] for handle in spec.apart_from if handle.get("resource_id")]
    if apart:
        request["excludeResourceIds"] = apart
    return _addressed(spec.channel, profile.recorder_uid, request)


def start_body(spec: RecordingSpec, token: str = "", dialect: Dialect = AGORA) -> Body:
    """The same spec and token give the same body, byte for byte: a start can be repeated.

    Raises Unsupported for a store that the vendor has not.
    """
    profile = spec.profile
    request: Body = {"token": token} if token else {}
    request["recordingConfig"] = _recording_config(spec)
    if profile.record:
        request["recordingFileConfig"] = {"avFileType": FILE_TYPES[profile.output]}
    if profile.snapshot_s:
        request["snapshotConfig"] = {"captureInterval": profile.snapshot_s, "fileType": ["jpg"]}
    request["storageConfig"] = storage_config(spec.storage, dialect)
    return _addressed(spec.channel, profile.recorder_uid, request)


def layout_body(channel: str, recorder_uid: str, layout: Layout) -> Body:
    """Body of updateLayout, which replaces everything: what is left out goes back to defaults."""
    return _addressed(channel, recorder_uid, layout_fields(layout))


def subscription_body(
    handle: RecordingHandle, subscription: Subscription, streams: Streams
) -> Body:
    """Body of update, which replaces both lists."""
    lists = subscriptions.for_update(subscription, streams, handle["recorder_uid"])
    return _addressed(handle["channel"], handle["recorder_uid"], {"streamSubscribe": lists})


def storage_body(handle: RecordingHandle, storage: StorageTarget, dialect: Dialect = AGORA) -> Body:
    """Body of update that renews a temporary key."""
    request = {"storageConfig": storage_config(storage, dialect)}
    return _addressed(handle["channel"], handle["recorder_uid"], request)


def stop_body(channel: str, recorder_uid: str) -> Body:
    return _addressed(channel, recorder_uid, {"async_stop": True})


def _addressed(channel: str, recorder_uid: str, request: Body) -> Body:
    return {"cname": channel, "uid": recorder_uid, "clientRequest": request}


def _recording_config(spec: RecordingSpec) -> Body:
    profile = spec.profile
    config: Body = {
        "channelType": CHANNEL_TYPES[profile.channel_type],
        "streamTypes": STREAM_TYPES[profile.streams],
        "maxIdleTime": profile.max_idle_s,
        # without this the playlist's EXTINF lines lack their comma, which players refuse
        "privateParams": json.dumps({PRIVATE_EXTINF: True}, separators=(",", ":")),
    }
    if profile.small_pictures:
        config["videoStreamType"] = 1
    config |= _encryption(spec)
    config |= _of_mix(profile) if profile.mode is Mode.MIX else _of_individual(profile)
    lists = subscriptions.for_start(profile.subscription, profile.streams, profile.recorder_uid)
    return config | lists


def _encryption(spec: RecordingSpec) -> Body:
    encryption = spec.profile.encryption
    if encryption is None:
        return {}
    fields: Body = {
        "decryptionMode": CIPHERS[encryption.cipher],
        "secret": spec.encryption_secret,
    }
    return {**fields, "salt": encryption.salt} if encryption.cipher in SALTED else fields


def _of_mix(profile: Profile) -> Body:
    fields: Body = {}
    if profile.sound is not Sound.SPEECH and profile.streams is not Streams.VIDEO:
        fields["audioProfile"] = SOUNDS[profile.sound]
    if profile.streams is not Streams.AUDIO:
        canvas = profile.canvas
        fields["transcodingConfig"] = {
            "width": canvas.width,
            "height": canvas.height,
            "fps": canvas.fps,
            "bitrate": canvas.bitrate_kbps,
            **layout_fields(profile.layout),
        }
    return fields


def _of_individual(profile: Profile) -> Body:
    fields: Body = {"subscribeUidGroup": _uid_group(profile.expected_people)}
    mode = "original" if profile.keep_sound else _STREAM_MODES[profile.merge]
    return {**fields, "streamMode": mode} if mode != "default" else fields


def _uid_group(people: int) -> int:
    """Section 4.2: the smallest group that holds so many; the last for more."""
    return next((n for n, most in enumerate(UID_GROUPS) if people <= most), len(UID_GROUPS) - 1)


def layout_fields(layout: Layout) -> Body:
    fields: Body = {
        "mixedVideoLayout": _LAYOUTS[layout.preset],
        "backgroundColor": layout.background,
    }
    if layout.background_image:
        fields["backgroundImage"] = layout.background_image
    if layout.placeholder:
        fields["defaultUserBackgroundImage"] = layout.placeholder
    if layout.portraits:
        fields["backgroundConfig"] = [_portrait(portrait) for portrait in layout.portraits]
    if layout.preset is Preset.VERTICAL and layout.focus_uid:
        fields["maxResolutionUid"] = layout.focus_uid
    if layout.preset is Preset.CUSTOM:
        fields["layoutConfig"] = [_region(region) for region in layout.shown]
    return fields


def _portrait(portrait: Portrait) -> Body:
    return {
        "uid": portrait.uid,
        "image_url": portrait.image,
        "render_mode": _RENDER_MODES[portrait.fit],
    }


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


def storage_config(target: StorageTarget, dialect: Dialect = AGORA) -> Body:
    """Raises Unsupported for a store or region that is not in the vendor's table."""
    number, region = stores.numbers_of(target, dialect.stores, dialect.vendor)
    is_local = target.kind == stores.LOCAL
    config: Body = {
        "vendor": number,
        "region": region,
        "bucket": target.bucket,
        "accessKey": target.access_key or (target.kind if is_local else ""),
        "secretKey": target.secret_key or (target.kind if is_local else ""),
    }
    if target.sts_token:
        config |= {"stsToken": target.sts_token, "stsExpiration": target.sts_expires_s}
    if target.prefix:
        config["fileNamePrefix"] = list(target.prefix)
    extension = {name: target.options[name] for name in ("sse", "tag") if target.options.get(name)}
    if target.endpoint and target.kind == "s3":
        extension["endpoint"] = target.endpoint
    return {**config, "extensionParams": extension} if extension else config
