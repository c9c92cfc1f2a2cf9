"""What the supervisor asks for, read from its JSON once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.engine.sources import KINDS
from dashboard.layouts.document import Layout
from dashboard.layouts.geometry import Size


@dataclass(frozen=True)
class Canvas:
    """The recorded picture: even pixels, frames per second, kbit/s."""

    width: int
    height: int
    fps: int
    bitrate_kbps: int

    @property
    def size(self) -> Size:
        return Size(self.width, self.height)


@dataclass(frozen=True)
class Publisher:
    """Someone in the channel. audio, video: what they send, not whether it is recorded."""

    uid: str
    color: str = "#6B7280"
    tone_hz: float = 440.0
    audio: bool = True
    video: bool = True
    kind: str = "testcard"
    joined_ms: int = 0

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Publisher":
        """Raises ValueError for a kind of source that there is no code for, or without uid."""
        known = {name: document[name] for name in cls.__dataclass_fields__ if name in document}
        found = cls(**{**known, "uid": str(document["uid"])})
        if found.kind not in KINDS:
            raise ValueError(f"unknown kind of publisher: {found.kind}")
        return found


@dataclass(frozen=True)
class Audience:
    """Whose stream of one medium is taken. uids None: everybody's."""

    uids: frozenset[str] | None = None
    deny: bool = False

    def takes(self, uid: str) -> bool:
        return self.uids is None or (uid in self.uids) != self.deny

    @classmethod
    def from_json(cls, document: Any) -> "Audience":
        """null, a list of uids, {"allow": [..]} or {"deny": [..]}."""
        if document is None:
            return cls()
        if isinstance(document, Mapping):
            deny = "deny" in document
            return cls(frozenset(map(str, document["deny" if deny else "allow"])), deny)
        return cls(frozenset(map(str, document)))


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
    """One recording.

    folder: where the files are written. stem: "<sid>_<channel>". prefix: before slice
        names after a failover. streams: "both", "audio" or "video".
    epoch_ms: wall time of media time 0, None until the first picture.
    resume: go on after a crash with what the folder holds.
    """

    folder: Path
    stem: str
    prefix: str
    canvas: Canvas
    audio_profile: int
    streams: str
    layout: Layout
    subscription: Subscription
    publishers: tuple[Publisher, ...]
    correct_extinf: bool
    epoch_ms: int | None
    resume: bool
    clock: str

    @property
    def has_video(self) -> bool:
        return self.streams in ("both", "video")

    @property
    def has_audio(self) -> bool:
        return self.streams in ("both", "audio")

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Job":
        """Raises KeyError, TypeError or ValueError when it cannot be read."""
        return cls(
            folder=Path(document["folder"]),
            stem=document["stem"],
            prefix=document.get("prefix") or "",
            canvas=Canvas(**document["canvas"]),
            audio_profile=int(document.get("audio_profile", 0)),
            streams=document.get("streams", "both"),
            layout=Layout.from_json(document["layout"]),
            subscription=Subscription.from_json(document.get("subscription")),
            publishers=tuple(map(Publisher.from_json, document.get("publishers", ()))),
            correct_extinf=bool(document.get("correct_extinf", False)),
            epoch_ms=document.get("epoch_ms"),
            resume=bool(document.get("resume", False)),
            clock=document.get("clock", "live"),
        )
