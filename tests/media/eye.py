"""Compares a decoded picture with what was drawn, edge by edge and pixel by pixel."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ALLOWED = 1.0
"""Pixels."""
HUNDREDTH = 0.011
"""What the drawing's own numbers may be off by: SVG takes hundredths, a right edge is two."""
_REACH = ALLOWED + HUNDREDTH
_UNSURE = -2


@dataclass(frozen=True)
class Window:
    """What is drawn with one colour. Edges in pixels of the canvas."""

    label: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Seen:
    """off: by how many pixels each edge that can be seen is off. wrong: pixels of another colour
    than drawn, where no edge is near enough to explain it. lost: edges that were not found."""

    off: tuple[float, ...]
    wrong: int
    lost: int

    @property
    def is_true(self) -> bool:
        return not self.wrong and not self.lost and all(off <= _REACH for off in self.off)


def compare(found: np.ndarray, windows: Sequence[Window], background: int) -> Seen:
    """found: the label of each pixel (h, w). windows: back to front."""
    expected = _paint(found.shape, windows, background)
    wrong = int(((found != expected) & (expected != _UNSURE)).sum())
    edges = [edge for window in windows for edge in _edges(found, expected, window)]
    off = tuple(edge for edge in edges if edge is not None)
    return Seen(off, wrong, len(edges) - len(off))


def _paint(shape: tuple[int, int], windows: Sequence[Window], background: int) -> np.ndarray:
    """The drawing in whole pixels; those that an edge within reach may change are unsure."""
    canvas = np.full(shape, background, np.int8)
    for window in windows:
        rows, columns = _spans(window.top, window.bottom), _spans(window.left, window.right)
        canvas[rows.outer, columns.outer] = _UNSURE
        canvas[rows.inner, columns.inner] = window.label
    return canvas


@dataclass(frozen=True)
class _Spans:
    """outer: all that may belong to it. inner: all that must."""

    outer: slice
    inner: slice


def _spans(low: float, high: float) -> _Spans:
    (first, last), (first_of_end, end) = _near(low), _near(high)
    return _Spans(slice(first, end), slice(last, max(last, first_of_end)))


def _near(edge: float) -> tuple[int, int]:
    """The first and last place, in whole pixels, where an edge may be found."""
    return max(0, math.ceil(edge - _REACH)), math.floor(edge + _REACH)


def _edges(found, expected, window: Window) -> list[float | None]:
    """How far off each visible edge of a window is, None where there is none."""
    high, wide = found.shape
    looks = (
        (found, expected, window.left),
        (found.T, expected.T, window.top),
        (found[:, ::-1], expected[:, ::-1], wide - window.right),
        (found[::-1].T, expected[::-1].T, high - window.bottom),
    )
    measured = []
    for picture, drawing, at in looks:
        measured += _left_edge(picture, drawing, window.label, at)
    return measured


def _left_edge(picture, drawing, label: int, at: float) -> list[float | None]:
    """The largest distance over all lines on which the edge shows; [] where none does."""
    first, last = _near(at)
    inside = drawing[:, last] == label
    if first > 0:
        before = drawing[:, first - 1]
        inside &= (before != label) & (before != _UNSURE)
    lines = picture[inside, first : last + 1] == label
    if not len(lines):
        return []
    if not lines.any(axis=1).all():
        return [None]
    places = first + lines.argmax(axis=1)
    return [float(abs(places - at).max())]
