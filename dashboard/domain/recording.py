"""What a recording is asked to be, and what is known of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from dashboard.domain.subscription import Subscription
from dashboard.layouts.document import Layout


class Mode(StrEnum):
    MIX = "mix"
    """One picture and one sound of everybody."""
    INDIVIDUAL = "individual"
    """Files of each person's own."""


class Streams(StrEnum):
    AUDIO = "audio"
    VIDEO = "video"
    BOTH = "both"


class Output(StrEnum):
    HLS = "hls"
    HLS_MP4 = "hls+mp4"
    HLS_AAC = "hls+aac"
    MP4 = "mp4"
    AAC = "aac"


class Sound(StrEnum):
    """How the mixed sound is kept."""

    CALL = "call"
    """16 kHz, one channel, 32 kbit/s."""
    SPEECH = "speech"
    """48 kHz, one channel, 48 kbit/s."""
    MUSIC = "music"
    """48 kHz, one channel, 128 kbit/s."""
    STEREO = "stereo"
    """48 kHz, two channels, as much as the account allows up to 192 kbit/s."""
    CD = "cd"
    """44.1 kHz, two channels, 128 kbit/s."""


class Pictures(StrEnum):
    """Which of a person's pictures."""

    MAIN = "main"
    SCREEN = "screen"
    ALL = "all"


class Merge(StrEnum):
    """In individual mode: whether somebody's sound and pictures come in one file."""

    NONE = "none"
    BESIDE = "beside"
    """Apart, and a joint index beside them."""
    ONLY = "only"
    """Only together."""


class OnPause(StrEnum):
    """What is recorded of somebody whose pictures stop."""

    LAST_FRAME = "last_frame"
    BLACK = "black"


class ChannelType(StrEnum):
    """Must be that of the people's own clients."""

    LIVE = "live"
    COMMUNICATION = "communication"


class RoomType(StrEnum):
    """Where rooms are named by text or by number, the same digits are two rooms."""

    TEXT = "text"
    NUMBER = "number"


class Area(StrEnum):
    """Where on earth the recording is made."""

    CHINA = "cn"
    ASIA = "ap"
    EUROPE = "eu"
    AMERICA = "na"


class Cipher(StrEnum):
    """How a channel is encrypted; the two ending in 2 need a salt."""

    AES_128_XTS = "aes-128-xts"
    AES_128_ECB = "aes-128-ecb"
    AES_256_XTS = "aes-256-xts"
    SM4_128_ECB = "sm4-128-ecb"
    AES_128_GCM = "aes-128-gcm"
    AES_256_GCM = "aes-256-gcm"
    AES_128_GCM2 = "aes-128-gcm2"
    AES_256_GCM2 = "aes-256-gcm2"


SALTED = (Cipher.AES_128_GCM2, Cipher.AES_256_GCM2)


@dataclass(frozen=True)
class Encryption:
    """salt: base64 of 32 bytes, "" where the cipher has none. The secret is RecordingSpec's."""

    cipher: Cipher
    salt: str = ""


@dataclass(frozen=True)
class Canvas:
    """The recorded picture. width, height in pixels, both even; bitrate in kbit/s."""

    width: int = 1280
    height: int = 720
    fps: int = 15
    bitrate_kbps: int = 1130


@dataclass(frozen=True)
class Profile:
    """How a channel is recorded. What an account cannot do of it, `Capabilities` says.

    recorder_uid: who the recorder is in the channel, decimal text or the vendor's form of it.
    max_idle_s: how long it waits in an empty channel before it ends by itself.
    subscription: whom of the channel; pictures: which of theirs.
    small_pictures: the smaller of two streams, where people send two.
    sound: of a mix; keep_sound: in individual mode, as it was sent, not encoded again.
    snapshot_s: a picture as a file every so many seconds; 0 none. record: files of media, too.
    part_min: the longest an MP4 or AAC file gets; None leaves it to the vendor.
    resource_hours: how long the recording can be steered; None: as long as the vendor lets us.
    max_duration_min: after so long we stop it; None: never.
    gop_s: seconds between key frames; None leaves it to the vendor.
    expected_people: how many are recorded at a time at most, where a vendor wants to know.
    relays: robots of a vendor that send a mix of others are recorded, too.
    area: where it is made; stay: nowhere else, even if that fails.

    Whether people with sound alone have a window is the layout's (`Layout.hide_audio_only`).
    """

    recorder_uid: str
    streams: Streams = Streams.BOTH
    canvas: Canvas = Canvas()
    layout: Layout = Layout()
    output: Output = Output.HLS_MP4
    max_idle_s: int = 30
    mode: Mode = Mode.MIX
    subscription: Subscription = Subscription()
    sound: Sound = Sound.SPEECH
    keep_sound: bool = False
    pictures: Pictures = Pictures.ALL
    small_pictures: bool = False
    snapshot_s: int = 0
    record: bool = True
    merge: Merge = Merge.NONE
    part_min: int | None = None
    on_pause: OnPause = OnPause.LAST_FRAME
    resource_hours: int | None = None
    encryption: Encryption | None = None
    max_duration_min: int | None = None
    gop_s: int | None = None
    channel_type: ChannelType = ChannelType.LIVE
    room_type: RoomType = RoomType.TEXT
    expected_people: int = 17
    relays: bool = False
    area: Area | None = None
    stay: bool = False

    def to_json(self) -> dict[str, Any]:
        """Basics always; of the rest, what is not at its default."""
        document = {
            "recorder_uid": self.recorder_uid,
            "streams": self.streams.value,
            "canvas": vars(self.canvas).copy(),
            "layout": self.layout.to_json(),
            "output": self.output.value,
            "max_idle_s": self.max_idle_s,
        }
        for name, (write, _) in _EXTRAS.items():
            value = getattr(self, name)
            if value != getattr(Profile, name):
                document[name] = write(value)
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Profile":
        """Read what `to_json` wrote, in this or any earlier version."""
        extras = {name: read(document[name]) for name, (_, read) in _EXTRAS.items()
                  if document.get(name) is not None}  # fmt: skip
        return cls(
            recorder_uid=document["recorder_uid"],
            streams=Streams(document["streams"]),
            canvas=Canvas(**document["canvas"]),
            layout=Layout.from_json(document["layout"]),
            output=Output(document["output"]),
            max_idle_s=document["max_idle_s"],
            **extras,
        )


def _as_is(value: Any) -> Any:
    return value


def _encryption_to_json(encryption: Encryption) -> dict[str, str]:
    return {"cipher": encryption.cipher.value, "salt": encryption.salt}


def _encryption_from_json(document: Mapping[str, str]) -> Encryption:
    return Encryption(Cipher(document["cipher"]), document.get("salt", ""))


_EXTRAS: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    **{
        name: (str, kind)
        for name, kind in (
            ("mode", Mode), ("sound", Sound), ("pictures", Pictures), ("merge", Merge),
            ("on_pause", OnPause), ("channel_type", ChannelType), ("room_type", RoomType),
            ("area", Area),
        )
    },
    **{
        name: (_as_is, _as_is)
        for name in (
            "keep_sound", "small_pictures", "snapshot_s", "record", "part_min", "resource_hours",
            "max_duration_min", "gop_s", "expected_people", "relays", "stay",
        )
    },
    "subscription": (Subscription.to_json, Subscription.from_json),
    "encryption": (_encryption_to_json, _encryption_from_json),
}  # fmt: skip
"""Fields that came later: how each is written and read."""


@dataclass(frozen=True)
class StorageTarget:
    """Where the recorded files go.

    kind: "local" (a folder per bucket on this machine), "s3" (any store that speaks S3, at
        `endpoint`), or a vendor's store: "aws", "aliyun", "tencent", "azure", "google",
        "huawei", "baidu", "qiniu", "kingsoft", "private" (anyRTC's own) or "tencent_vod" (a
        media library, without a bucket).
    folder: for reading back, the folder that holds the buckets.
    prefix: path elements put before every file name.
    region: by its name in the vendor's table. endpoint: an address with its scheme.
    sts_token, sts_expires_s: of a temporary key; the end in seconds since 1970.
    options: what only some stores have: "sse" ("kms", "aes256"), "tag"; of a media library
        "procedure", "keep_s", "class_id", "sub_app_id", "session_context", "source_context",
        "record_id".
    """

    kind: str
    bucket: str
    prefix: tuple[str, ...] = ()
    folder: str | None = None
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    region: str | None = None
    endpoint: str | None = None
    sts_token: str = field(default="", repr=False)
    sts_expires_s: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RecordingSpec:
    """All that a provider needs in order to start.

    encryption_secret: of the channel, where the profile names a cipher.
    apart_from: handles of recordings that this one shall not share a machine with.
    """

    channel: str
    profile: Profile
    storage: StorageTarget
    encryption_secret: str = field(default="", repr=False)
    apart_from: tuple[Mapping[str, str], ...] = ()


RecordingHandle = Mapping[str, str]
"""What a vendor calls the recording; opaque to all but that vendor's client."""


@dataclass(frozen=True)
class OutputFile:
    """One recorded file as the vendor names it. started_at: when its first picture was taken."""

    name: str
    track: str = "audio_and_video"
    uid: str | None = None
    playable: bool = True
    started_at: datetime | None = None


class Phase(StrEnum):
    """What a vendor's query says of a recording, in our words."""

    STARTING = "starting"
    RUNNING = "running"
    FINISHING = "finishing"
    ENDED = "ended"
    FAILED = "failed"
    GONE = "gone"
    """The vendor no longer knows it, or never did."""


@dataclass(frozen=True)
class RecordingSnapshot:
    """The answer to a query. uploaded: True when the vendor says that all files arrived."""

    phase: Phase
    files: tuple[OutputFile, ...] = ()
    uploaded: bool | None = None
    vendor_status: str | None = None
    vendor_text: str | None = None
