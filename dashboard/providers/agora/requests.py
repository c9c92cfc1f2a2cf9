"""Agora's acquire and start as they are sent, and what such a start says in our words.

Source: agora-anyrtc.md sections 3 and 4. anyRTC shares it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from dashboard.domain.recording import (
    SALTED,
    Canvas,
    Encryption,
    Merge,
    Mode,
    Output,
    Profile,
    RecordingSpec,
    Sound,
    StorageTarget,
    Streams,
)
from dashboard.domain.subscription import NOBODY, Choice, Subscription
from dashboard.errors import text
from dashboard.protocols.agora import ALL_STREAMS, PATH, UID_GROUPS
from dashboard.protocols.agora_storage import StorageVendor
from dashboard.providers.agora import exchange, payloads, stores
from dashboard.providers.base import ReadRequest, SentRequest
from dashboard.providers.shown import Members, curl, without_secrets

SECRETS = ("token", "secret", "accessKey", "secretKey", "stsToken")
_BASIC = '-u "$CUSTOMER_KEY:$CUSTOMER_SECRET"'
_RESOURCE = "RESOURCE_ID"
_WITHOUT = Canvas(360, 640, 15, 500)
"""Section 4.3: the picture that comes of saying nothing."""
_LAYOUT = frozenset(
    {
        "mixedVideoLayout", "layoutConfig", "backgroundColor", "backgroundImage",
        "maxResolutionUid", "defaultUserBackgroundImage", "backgroundConfig",
    }
)  # fmt: skip


def requests_of(
    spec: RecordingSpec, base_url: str, app_id: str, bodies: Any = payloads
) -> tuple[SentRequest, ...]:
    """bodies: the vendor's module of them. Raises Unsupported."""
    root = base_url.rstrip("/") + PATH.format(app_id=quote(app_id, safe=""))
    start = f"{root}/resourceid/{_RESOURCE}/mode/{spec.profile.mode}/start"
    sent = (
        ("acquire", f"{root}/acquire", bodies.acquire_body(spec)),
        ("start", start, bodies.start_body(spec)),
    )
    return tuple(_shown(call, url, body) for call, url, body in sent)


def is_request(document: Mapping[str, Any]) -> bool:
    inner = document.get("clientRequest", document)
    return isinstance(inner, Mapping) and ("recordingConfig" in inner or "storageConfig" in inner)


def read_request(
    document: Mapping[str, Any], table: Mapping[int, StorageVendor] = stores.AGORA
) -> ReadRequest:
    """A body of start, or its clientRequest alone. Raises InvalidInput."""
    body = Members(document)
    channel, uid = body.word("cname"), body.word("uid")
    request = body.object("clientRequest") if "clientRequest" in body else body
    request.ignore("token")
    storage = request.object("storageConfig") if "storageConfig" in request else None
    found = storage and _storage(storage, table)
    return ReadRequest(_profile(request, uid), channel or None, found, body.unread())


def _shown(call: str, url: str, body: Mapping[str, Any]) -> SentRequest:
    shown = without_secrets(body, SECRETS)
    return SentRequest(call, url, shown, curl(url, _BASIC, {}, shown))


# ---------------------------------------------------------------- a start in our words


def _profile(request: Members, uid: str) -> Profile:
    config = request.object("recordingConfig")
    single = "snapshotConfig" in request or "subscribeUidGroup" in config
    profile = Profile(
        recorder_uid=uid,
        mode=Mode.INDIVIDUAL if single else Mode.MIX,
        output=_output(request),
        record="recordingFileConfig" in request or "snapshotConfig" not in request,
        snapshot_s=_snapshot_s(request),
        streams=config.choice("streamTypes", payloads.STREAM_TYPES, Profile.streams),
        channel_type=config.choice(
            "channelType", payloads.CHANNEL_TYPES, next(iter(payloads.CHANNEL_TYPES))
        ),
        max_idle_s=config.number("maxIdleTime", 30),
        sound=config.choice("audioProfile", payloads.SOUNDS, Sound.SPEECH),
        small_pictures=config.number("videoStreamType", 0) == 1,
        encryption=_encryption(config),
        subscription=_subscription(config),
    )
    config.ignore("privateParams")  # how files are written is always what players need
    return _of_individual(profile, config) if single else _of_mix(profile, config)


def _of_mix(profile: Profile, config: Members) -> Profile:
    config.ignore("streamMode")
    transcoding = config.object("transcodingConfig")
    transcoding.ignore(*_LAYOUT)
    if profile.streams is Streams.AUDIO:
        return profile
    fields = {name: value for name, value in transcoding.raw().items() if name in _LAYOUT}
    if "layoutConfig" not in fields:
        fields.setdefault("mixedVideoLayout", 0)
    canvas = Canvas(
        transcoding.number("width", _WITHOUT.width),
        transcoding.number("height", _WITHOUT.height),
        transcoding.number("fps", _WITHOUT.fps),
        transcoding.number("bitrate", _WITHOUT.bitrate_kbps),
    )
    return replace(profile, canvas=canvas, layout=exchange.read(fields)[0])


def _of_individual(profile: Profile, config: Members) -> Profile:
    config.ignore("transcodingConfig", "audioProfile")
    mode = config.word("streamMode", "default")
    if mode not in ("default", "standard", "original"):
        raise config.wrong("streamMode", text("There is no such choice."))
    group = config.number("subscribeUidGroup", UID_GROUPS.index(Profile.expected_people))
    if not 0 <= group < len(UID_GROUPS):
        raise config.wrong("subscribeUidGroup", text("There is no such choice."))
    return replace(
        profile,
        merge=Merge.BESIDE if mode == "standard" else Merge.NONE,
        keep_sound=mode == "original",
        expected_people=UID_GROUPS[group],
        sound=Profile.sound,
    )


def _output(request: Members) -> Output:
    types = set(request.object("recordingFileConfig").texts("avFileType")) or {"hls"}
    for output, written in payloads.FILE_TYPES.items():
        if types == set(written):
            return output
    raise request.wrong("recordingFileConfig.avFileType", text("There is no such choice."))


def _snapshot_s(request: Members) -> int:
    if "snapshotConfig" not in request:
        return 0
    snapshot = request.object("snapshotConfig")
    snapshot.ignore("fileType")
    return snapshot.number("captureInterval", 10)


def _encryption(config: Members) -> Encryption | None:
    config.ignore("secret")
    number, salt = config.number("decryptionMode", 0), config.word("salt")
    if number == 0:
        return None
    for cipher, known in payloads.CIPHERS.items():
        if known == number:
            return Encryption(cipher, salt if cipher in SALTED else "")
    raise config.wrong("decryptionMode", text("There is no such choice."))


def _subscription(config: Members) -> Subscription:
    """Both spellings of the lists that leave somebody out."""

    def choice(medium: str) -> Choice:
        only = config.texts(f"subscribe{medium}Uids")
        never = config.texts(f"unSubscribe{medium}Uids")
        other = config.texts(f"unsubscribe{medium}Uids")
        return Choice(() if only == (ALL_STREAMS,) else only, never or other)

    heard, seen = choice("Audio"), choice("Video")
    lists = [any(f"{word}ubscribe{medium}Uids" in config for word in ("s", "unS", "uns"))
             for medium in ("Audio", "Video")]  # fmt: skip
    if lists == [True, False]:  # as the vendor reads it, pictures are off then
        return Subscription(heard, NOBODY)
    return Subscription(NOBODY, seen) if lists == [False, True] else Subscription(heard, seen)


def _storage(config: Members, table: Mapping[int, StorageVendor]) -> StorageTarget:
    config.ignore("accessKey", "secretKey", "stsToken", "stsExpiration")
    number, region = config.number("vendor", -1), config.number("region", 0)
    row = table.get(number)
    if row is None:
        raise config.wrong("vendor", text("This account cannot write to such a store."))
    name = row.regions.get(region)
    if row.regions and name is None:
        raise config.wrong("region", text("This account does not know that region."))
    extension = config.object("extensionParams")
    options = {name: extension.word(name) for name in ("sse", "tag") if name in extension}
    return StorageTarget(
        kind=stores.KINDS[number],
        bucket=config.word("bucket"),
        prefix=config.texts("fileNamePrefix"),
        region=name and stores.name_of_region(name),
        endpoint=extension.word("endpoint") or None,
        options=options,
    )
