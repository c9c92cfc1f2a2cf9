"""What a recording is asked to be, and what is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from dashboard.layouts.document import Layout


class Streams(StrEnum):
    AUDIO = "audio"
    VIDEO = "video"
    BOTH = "both"


class Output(StrEnum):
    HLS = "hls"
    HLS_MP4 = "hls+mp4"


@dataclass(frozen=True)
class Canvas:
    """The recorded picture. width, height in pixels, both even; bitrate in kbit/s."""

    width: int = 1280
    height: int = 720
    fps: int = 15
    bitrate_kbps: int = 1130


@dataclass(frozen=True)
class Profile:
    """How a channel is recorded.

    recorder_uid: who the recorder is in the channel, decimal text.
    max_idle_s: how long it waits in an empty channel before it ends by itself.
    """

    recorder_uid: str
    streams: Streams = Streams.BOTH
    canvas: Canvas = Canvas()
    layout: Layout = Layout()
    output: Output = Output.HLS_MP4
    max_idle_s: int = 30

    def to_json(self) -> dict[str, Any]:
        return {
            "recorder_uid": self.recorder_uid,
            "streams": self.streams.value,
            "canvas": vars(self.canvas).copy(),
            "layout": self.layout.to_json(),
            "output": self.output.value,
            "max_idle_s": self.max_idle_s,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Profile":
        return cls(
            recorder_uid=document["recorder_uid"],
            streams=Streams(document["streams"]),
            canvas=Canvas(**document["canvas"]),
            layout=Layout.from_json(document["layout"]),
            output=Output(document["output"]),
            max_idle_s=document["max_idle_s"],
        )


@dataclass(frozen=True)
class StorageTarget:
    """Where the recorded files go.

    kind: "local" (a folder per bucket on this machine); vendors' stores come later.
    folder: for reading back, the folder that holds the buckets.
    prefix: path elements put before every file name.
    """

    kind: str
    bucket: str
    prefix: tuple[str, ...] = ()
    folder: str | None = None
    access_key: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)


@dataclass(frozen=True)
class RecordingSpec:
    """All that a provider needs in order to start."""

    channel: str
    profile: Profile
    storage: StorageTarget


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
