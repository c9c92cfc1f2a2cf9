"""The one interface behind which every vendor stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dashboard.domain.recording import (
    RecordingHandle,
    RecordingSnapshot,
    RecordingSpec,
)
from dashboard.layouts.document import Layout


@dataclass(frozen=True)
class Capabilities:
    """What an account can do; forms and jobs ask this, never the vendor's name.

    studio: it can tell who is in a channel, publish test cards and show pictures.
    """

    most_regions: int
    set_layout: bool = True
    set_subscription: bool = True
    studio: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody in a channel, as a studio tells it. color: "#RRGGBB" or None."""

    uid: str
    kind: str
    audio: bool
    video: bool
    color: str | None = None


class RecordingProvider(Protocol):
    """Speaks to one account. Every method may raise ProviderError."""

    capabilities: Capabilities

    def start(self, spec: RecordingSpec) -> RecordingHandle: ...

    def query(self, handle: RecordingHandle) -> RecordingSnapshot: ...

    def set_layout(self, handle: RecordingHandle, layout: Layout) -> None:
        """Replace the whole layout."""
        ...

    def stop(self, handle: RecordingHandle) -> RecordingSnapshot:
        """Ask the vendor to stop, without waiting for the upload."""
        ...

    def close(self) -> None: ...


class Studio(Protocol):
    """What only an account with Capabilities.studio can do. May raise ProviderError."""

    def people(self, channel: str) -> Sequence[Person]: ...

    def preview(self, handle: RecordingHandle, width: int) -> bytes | None:
        """The picture being recorded now, as JPEG; None before the first one."""
        ...
