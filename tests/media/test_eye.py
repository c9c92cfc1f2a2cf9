"""The eye that compares recordings with drawings sees what is off, and only that."""

import numpy as np
import pytest

from tests.media.eye import Window, compare

DRAWN = (Window(1, 10, 10, 50, 40), Window(2, 40.7, 20.3, 80, 61))
"""The second stands in front of a corner of the first and reaches the canvas' lower edge."""


def picture(*boxes):
    """label, left, top, right, bottom of each, on 100 x 61 pixels of 0."""
    canvas = np.zeros((61, 100), np.int8)
    for label, left, top, right, bottom in boxes:
        canvas[top:bottom, left:right] = label
    return canvas


def test_it_finds_each_edge_that_can_be_seen():
    seen = compare(picture((1, 10, 10, 50, 40), (2, 40, 20, 80, 61)), DRAWN, 0)
    assert seen.is_true
    assert sorted(round(off, 2) for off in seen.off) == [0, 0, 0, 0, 0, 0, 0.3, 0.7]


@pytest.mark.parametrize(
    "boxes",
    [[(1, 12, 10, 50, 40), (2, 40, 20, 80, 61)], [(1, 10, 8, 50, 40), (2, 40, 20, 80, 61)],
     [(1, 10, 10, 52, 40), (2, 40, 20, 80, 61)], [(1, 10, 10, 50, 38), (2, 40, 20, 80, 61)],
     [(1, 10, 10, 50, 40), (2, 38, 20, 80, 61)], [(1, 10, 10, 50, 40), (2, 40, 20, 80, 58)],
     [(2, 40, 20, 80, 61), (1, 10, 10, 50, 40)], [(1, 10, 10, 50, 40)],
     [(1, 10, 10, 50, 40), (2, 40, 20, 80, 61), (3, 90, 5, 91, 6)]],
    ids=["left", "top", "right", "bottom", "in front", "at the canvas", "order", "missing", "dot"],
)  # fmt: skip
def test_it_sees_what_is_off(boxes):
    assert not compare(picture(*boxes), DRAWN, 0).is_true
