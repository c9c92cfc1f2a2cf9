"""Fractions and pixels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.errors import InvalidInput
from dashboard.layouts.geometry import FULL, PixelRect, Rect, Size, rounded, to_pixels

CANVAS = Size(1280, 720)
EDGES = st.integers(0, 1_000_000).map(lambda millionths: millionths / 1_000_000)
SIZES = st.builds(
    Size, st.integers(8, 960).map(lambda n: 2 * n), st.integers(8, 540).map(lambda n: 2 * n)
)


@pytest.mark.parametrize(
    ("rect", "pixels"),
    [(FULL, PixelRect(0, 0, 1280, 720)), (Rect(0.5, 0.5, 0.5, 0.5), PixelRect(640, 360, 640, 360)),
     (Rect(1 / 3, 0, 1 / 3, 1), PixelRect(426, 0, 428, 720)),
     (Rect(0.333333, 0, 0.333333, 1), PixelRect(426, 0, 428, 720)),
     (Rect(0.012, 0.753, 0.235, 0.235), PixelRect(16, 542, 300, 170))],
)  # fmt: skip
def test_it_places_a_rect_on_even_pixels(rect, pixels):
    assert to_pixels(rect, CANVAS) == pixels


def test_halves_go_up_in_every_language():
    assert to_pixels(Rect(1 / 16, 0, 0.5, 1), Size(16, 16)) == PixelRect(2, 0, 8, 16)


@pytest.mark.parametrize("rect", [Rect(0, 0, 0.0005, 1), Rect(0.5, 0.5, 0, 0), Rect(1, 0, 0.5, 1)])
def test_it_refuses_what_nobody_would_see(rect):
    with pytest.raises(InvalidInput):
        to_pixels(rect, CANVAS)


@given(EDGES, EDGES, EDGES, EDGES, SIZES)
def test_it_is_even_and_on_the_canvas_whatever_comes(a, b, c, d, canvas):
    rect = Rect(min(a, b), min(c, d), abs(a - b), abs(c - d))
    try:
        placed = to_pixels(rect, canvas)
    except InvalidInput:
        return
    assert all(value % 2 == 0 for value in (placed.x, placed.y, placed.w, placed.h))
    assert placed.x >= 0
    assert placed.y >= 0
    assert placed.x + placed.w <= canvas.width
    assert placed.y + placed.h <= canvas.height


@given(EDGES, SIZES)
def test_two_that_share_an_edge_on_paper_share_it_in_pixels(edge, canvas):
    try:
        left = to_pixels(Rect(0, 0, edge, 1), canvas)
        right = to_pixels(Rect(edge, 0, rounded(1 - edge), 1), canvas)
    except InvalidInput:
        return
    assert left.w == right.x
    assert left.w + right.w == canvas.width


def test_rounding_knows_no_minus_zero():
    assert str(rounded(-0.0000001)) == "0.0"
