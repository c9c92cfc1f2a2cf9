"""Rectangles, as fractions of a canvas and as pixels on it.

Origin top left, x to the right, y down. Fractions carry six decimals, because that
is what the vendors take; pixels are even, because the recorded picture is 4:2:0.
"""

import math
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
    """Six decimals, halves up, never -0.0.

    Written with the operations that give the same bits in JavaScript: 10 px of 1280 are
    0.0078125, where `round` would go to the even neighbour and the browser would not.
    """
    return math.floor(value * 10**DECIMALS + 0.5) / 10**DECIMALS


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


def from_pixels(box: PixelRect, canvas: Size) -> Rect:
    """The fractions that `to_pixels` turns back into `box`, where its edges are even."""
    return from_edges(
        box.x / canvas.width,
        box.y / canvas.height,
        (box.x + box.w) / canvas.width,
        (box.y + box.h) / canvas.height,
    )


def from_edges(left: float, top: float, right: float, bottom: float) -> Rect:
    """Six decimals, with edges and not sizes rounded: neighbours keep their common edge."""
    x, y = rounded(left), rounded(top)
    return Rect(x, y, rounded(rounded(right) - x), rounded(rounded(bottom) - y))


def settled(rect: Rect) -> Rect:
    """The same place with six decimals. What reaches the far edge still reaches it, not past."""
    return from_edges(rect.x, rect.y, rect.x + rect.w, rect.y + rect.h)


def clamp(rect: Rect) -> Rect:
    """Inside the canvas: moved as little as will do, made smaller only if larger than it."""
    w, h = (min(1.0, max(0.0, rounded(side))) for side in (rect.w, rect.h))
    x = min(max(0.0, rounded(rect.x)), rounded(1 - w))
    y = min(max(0.0, rounded(rect.y)), rounded(1 - h))
    return Rect(x, y, w, h)


def mirrored(rect: Rect) -> Rect:
    """Left and right exchanged."""
    return Rect(1 - rect.x - rect.w, rect.y, rect.w, rect.h)


def contained(rect: Rect, canvas: Size, picture: Size) -> Rect:
    """The part of a window that a whole picture fills, in the middle, its aspect kept.

    canvas, picture: pixels. What SVG draws for `xMidYMid meet`, so there is no twin of it.
    """
    wide = picture.width / (rect.w * canvas.width)
    high = picture.height / (rect.h * canvas.height)
    w, h = rect.w * wide / max(wide, high), rect.h * high / max(wide, high)
    return Rect(rect.x + (rect.w - w) / 2, rect.y + (rect.h - h) / 2, w, h)


def _even(value: float) -> int:
    """The nearest even integer; halves go up, the same in Python and JavaScript."""
    return 2 * int((rounded(value) + 1) // 2)
