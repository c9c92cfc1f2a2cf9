"""Pictures that came coded and stay so."""

from dataclasses import dataclass
from fractions import Fraction


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
