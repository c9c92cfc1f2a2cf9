"""What the supervisor asks for, read from its JSON once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.engine.reels import Names
from dashboard.engine.sources import is_known
from dashboard.layouts import watermarks
from dashboard.layouts.document import Layout
from dashboard.layouts.geometry import Size
from dashboard.layouts.watermarks import Watermark


@dataclass(frozen=True)
class Canvas:
    """The recorded picture: even pixels, frames per second, kbit/s, seconds between key frames.

    Of people by themselves fps, bitrate_kbps and gop_s hold; they keep their own size.
    """

    width: int = 640
    height: int = 360
    fps: int = 15
    bitrate_kbps: int = 500
    gop_s: int = 2

    @property
    def size(self) -> Size:
        return Size(self.width, self.height)


@dataclass(frozen=True)
class Sound:
    """The recorded sound: samples per second, 1 or 2 channels, kbit/s."""

    rate: int
    channels: int
    bitrate_kbps: int


PROFILES = (Sound(48_000, 1, 48), Sound(48_000, 1, 128), Sound(48_000, 2, 192))
"""Agora's audioProfile (reference 4.2)."""


@dataclass(frozen=True)
class Publisher:
    """Someone in the channel. audio, video, screen: what they send, not whether it is recorded.

    file: of kind "file", relative to the media folder.
    """

    uid: str
    color: str = "#6B7280"
    tone_hz: float = 440.0
    audio: bool = True
    video: bool = True
    screen: bool = False
    kind: str = "testcard"
    file: str = ""
    joined_ms: int = 0

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Publisher":
        """Raises ValueError for a kind of source that there is no code for, or without uid."""
        known = {name: document[name] for name in cls.__dataclass_fields__ if name in document}
        found = cls(**{**known, "uid": str(document["uid"])})
        if not is_known(found.kind):
            raise ValueError(f"unknown kind of publisher: {found.kind}")
        return found


@dataclass(frozen=True)
class Audience:
    """Whose stream of one medium is taken: of those allowed all who are not denied.

    allow: None for everybody. A uid that ends in `.*$` stands for all that begin so.
    """

    allow: frozenset[str] | None = None
    deny: frozenset[str] = frozenset()

    def takes(self, uid: str) -> bool:
        return (self.allow is None or _matches(self.allow, uid)) and not _matches(self.deny, uid)

    @classmethod
    def from_json(cls, document: Any) -> "Audience":
        """null, a list of uids, or {"allow": [..], "deny": [..]}; either may be missing."""
        if document is None:
            return cls()
        if isinstance(document, Mapping):
            allow, deny = document.get("allow"), document.get("deny") or ()
            return cls(None if allow is None else _uids(allow), _uids(deny))
        return cls(_uids(document))


_ANY_END = ".*$"


def _uids(document: Iterable[Any]) -> frozenset[str]:
    return frozenset(map(str, document))


def _matches(rules: frozenset[str], uid: str) -> bool:
    if uid in rules:
        return True
    return any(rule.endswith(_ANY_END) and uid.startswith(rule.removesuffix(_ANY_END))
               for rule in rules)  # fmt: skip


@dataclass(frozen=True)
class Subscription:
    audio: Audience = Audience()
    video: Audience = Audience()

    @classmethod
    def from_json(cls, document: Mapping[str, Any] | None) -> "Subscription":
        lists = document or {}
        return cls(Audience.from_json(lists.get("audio")), Audience.from_json(lists.get("video")))


@dataclass(frozen=True)
class Job:
    """One recording. Fields that a Spec has as well mean what they mean there.

    folder: where the files are written. names: what they are called.
    epoch_ms: wall time of media time 0, None until the first picture.
    resume: go on after a crash with what the folder holds.
    clock: "live" or "virtual", which runs as fast as the machine allows.
    hold_s: on that one, media seconds after which it waits to be stopped; 0 goes on.
    media: the folder of files that publishers play.
    images: address -> path of those that are here when it begins; more may come.
    """

    folder: Path
    media: Path | None
    names: Names
    canvas: Canvas
    sound: Sound
    streams: str
    layout: Layout
    subscription: Subscription
    publishers: tuple[Publisher, ...]
    watermarks: tuple[Watermark, ...]
    images: Mapping[str, str]
    correct_extinf: bool
    epoch_ms: int | None
    resume: bool
    clock: str
    hold_s: float
    mode: str
    merge: str
    pictures: str
    on_pause: str
    mp4: bool
    aac: bool
    part_min: int
    snapshot_s: int
    record: bool
    most_people: int

    @property
    def has_video(self) -> bool:
        return self.streams in ("both", "video")

    @property
    def has_audio(self) -> bool:
        return self.streams in ("both", "audio")

    @property
    def style(self) -> str:
        return self.names.style

    @property
    def slice_s(self) -> int:
        """After how many seconds a slice ends at the next key frame."""
        return SLICE_S[self.style]

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Job":
        """Raises KeyError, TypeError or ValueError when it cannot be read."""
        streams = document.get("streams", "both")
        plain = {name: document[name] for name in _PLAIN if name in document}
        return cls(
            folder=Path(document["folder"]),
            media=Path(document["media"]) if document.get("media") else None,
            names=Names(
                document.get("style") or "agora",
                document["stem"],
                streams,
                document.get("prefix") or "",
            ),
            canvas=Canvas(**document["canvas"]),
            sound=_sound(document),
            streams=streams,
            layout=Layout.from_json(document["layout"]),
            subscription=Subscription.from_json(document.get("subscription")),
            publishers=tuple(map(Publisher.from_json, document.get("publishers", ()))),
            watermarks=watermarks.parse(document.get("watermarks", ())),
            images=dict(document.get("images") or {}),
            **{**_PLAIN, **plain},
        )


SLICE_S = {"agora": 15, "trtc": 10}
"""agora-anyrtc.md section 11; trtc.md section 7: 10 to 12 s were seen, cut at key frames."""
_PLAIN = {
    "correct_extinf": False, "epoch_ms": None, "resume": False, "clock": "live", "hold_s": 0.0,
    "mode": "mix", "merge": "none", "pictures": "main", "on_pause": "last",
    "mp4": False, "aac": False, "part_min": 120, "snapshot_s": 0, "record": True, "most_people": 0,
}  # fmt: skip


def _sound(document: Mapping[str, Any]) -> Sound:
    asked = document.get("sound")
    return Sound(**asked) if asked else PROFILES[int(document.get("audio_profile", 0))]
