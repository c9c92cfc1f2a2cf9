"""Where pictures and sound come from. A new kind of publisher is one class and one line here."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Protocol

import av
import numpy as np

from dashboard.engine.sources.coded import Coded
from dashboard.engine.sources.film import open_film
from dashboard.engine.sources.screencard import ScreenCard
from dashboard.engine.sources.testcard import Card


class Source(Protocol):
    """Asked for one moment after another; never waits."""

    def number(self, at: Fraction) -> int:
        """Which picture shows at a moment, seconds since 1970. A number stands for one picture."""
        ...

    def picture(self, number: int) -> av.VideoFrame:
        """A yuv420p picture of any even size, not to be written to."""
        ...

    def sound(self, first: int, count: int) -> np.ndarray:
        """Mono float32 samples -1..1 at 48 kHz, the caller's to change. first: since 1970."""
        ...


class CodedSource(Source, Protocol):
    """A source that has its pictures coded already; recordings of one person keep them so.

    Only a source with this method is asked; all others are drawn and encoded.
    """

    def packets(self, since: Fraction, until: Fraction) -> Sequence[Coded]:
        """Those whose dts lies in since <= dts < until, seconds since 1970, by dts."""
        ...


class Person(Protocol):
    """What a source is made of. file: relative to the media folder. joined_ms: wall time."""

    uid: str
    kind: str
    color: str
    tone_hz: float
    file: str
    joined_ms: int


Make = Callable[[str, str, float, int], Source]
"""uid, colour, hertz, frames per second of the recording -> source"""

KINDS: dict[str, Make] = {"testcard": Card}
"""kind of publisher -> their camera and microphone"""
FILE = "file"


def is_known(kind: str) -> bool:
    return kind == FILE or kind in KINDS


def open_camera(person: Person, fps: int, media: Path | None) -> Source:
    """Camera and microphone, or the file that stands for them.

    media: the folder of such files. One that cannot be played leaves the person's card.
    """
    look = person.uid, person.color, person.tone_hz
    if person.kind != FILE:
        return KINDS[person.kind](*look, fps)
    film = open_film(media / person.file, person.joined_ms) if media else None
    return film or Card(*look, fps)


def open_screen(person: Person, fps: int) -> Source:
    """What they share beside it."""
    return ScreenCard(person.uid, person.color, person.tone_hz, fps)


__all__ = ["FILE", "KINDS", "Coded", "CodedSource", "Source", "is_known", "open_camera",
           "open_screen"]  # fmt: skip
