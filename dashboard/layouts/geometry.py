"""Rectangles, as fractions of a canvas and as pixels on it.

Origin top left, x to the right, y down. Fractions carry six decimals, because that
is what the vendors take; pixels are even, because the recorded picture is 4:2:0.
"""

from dataclasses import dataclass

from dashboard.errors import InvalidInput, Problem, text

DECIMALS = 6


@dataclass(frozen=True)
class Size:
    width: int
    height: int


@dataclass(frozen=True)
class Rect:
    """x, y, w, h in 0..1 of the canvas."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True)
class PixelRect:
    x: int
    y: int
    w: int
    h: int


FULL = Rect(0.0, 0.0, 1.0, 1.0)


def rounded(value: float) -> float:
    """Six decimals, and never -0.0."""
    return round(value, DECIMALS) + 0.0


def to_pixels(rect: Rect, canvas: Size) -> PixelRect:
    """Place a fractional rect on a canvas.

    Edges, not sizes, are rounded to even pixels, so that two regions that share an
    edge on paper share it on the canvas, too.

    canvas: width and height in pixels, both even.
    Returns even integers that stay inside the canvas.
    Raises InvalidInput if nothing would be visible.
    """
    left, right = _even(rect.x * canvas.width), _even((rect.x + rect.w) * canvas.width)
    top, bottom = _even(rect.y * canvas.height), _even((rect.y + rect.h) * canvas.height)
    left, right = max(0, left), min(canvas.width, right)
    top, bottom = max(0, top), min(canvas.height, bottom)
    if right - left < 2 or bottom - top < 2:
        raise InvalidInput([Problem("", text("The region is too small to be seen."))])
    return PixelRect(left, top, right - left, bottom - top)


def _even(value: float) -> int:
    """The nearest even integer; halves go up, the same in Python and JavaScript."""
    return 2 * int((rounded(value) + 1) // 2)
