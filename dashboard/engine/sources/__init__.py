"""Where pictures and sound come from. A new kind of publisher is one class and one line here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import av
import numpy as np

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


@dataclass(frozen=True)
class Coded:
    """One coded picture. data: H.264 in Annex B, parameter sets before each key frame.

    pts, dts: seconds since 1970. width, height: pixels.
    """

    pts: Fraction
    dts: Fraction
    key: bool
    data: bytes
    width: int
    height: int


class CodedSource(Source, Protocol):
    """A source that has its pictures coded already; recordings of one person keep them so.

    Only a source with this method is asked; all others are drawn and encoded.
    """

    def packets(self, since: Fraction, until: Fraction) -> Sequence[Coded]:
        """Those whose dts lies in since <= dts < until, seconds since 1970, by dts."""
        ...


KINDS: dict[str, Callable[[str, str, float, int], Source]] = {"testcard": Card}
"""kind of publisher -> (uid, colour, hertz, frames per second of the recording) -> source"""
