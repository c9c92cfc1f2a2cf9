"""Windows on the canvas, to the pixel."""

import av
import numpy as np
import pytest

from dashboard.engine.sources import colour
from dashboard.engine.worker.compositor import Compositor, Picture
from dashboard.layouts.document import Fit
from dashboard.layouts.geometry import FULL, Rect, Size
from dashboard.layouts.presets import Placement

CANVAS = Size(320, 180)
RED, GREEN, BACK = "#FF0000", "#00FF00", "#102030"


def flat(color, width=64, height=36, number=0):
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, value in zip(frame.planes, yuv(color), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    return Picture(number, frame)


def yuv(color):
    return colour.to_yuv(colour.from_hex(color))


def compose(pictures, *placements, background=BACK):
    compositor = Compositor(CANVAS)
    compositor.arrange(placements, background)
    return planes(compositor.compose(by_uid(pictures)))


def by_uid(pictures):
    return lambda window: pictures.get(window.uid)


def planes(frame):
    return [
        np.frombuffer(p, np.uint8).reshape(-1, p.line_size)[: p.height, : p.width]
        for p in frame.planes
    ]


def covered(canvas, color):
    """left, top, right, bottom of all that shows a colour; it must be a full rectangle."""
    luma, value = canvas[0], yuv(color)[0]
    rows, columns = np.flatnonzero((luma == value).any(1)), np.flatnonzero((luma == value).any(0))
    left, right, top, bottom = columns[0], columns[-1] + 1, rows[0], rows[-1] + 1
    assert (luma[top:bottom, left:right] == value).all()
    for plane, level in zip(canvas[1:], yuv(color)[1:], strict=True):
        assert (plane[top // 2 : bottom // 2, left // 2 : right // 2] == level).all()
    return left, top, right, bottom


def test_it_shows_the_background_where_nobody_stands():
    for plane, value in zip(compose({}), yuv(BACK), strict=True):
        assert (plane == value).all()


@pytest.mark.parametrize(
    ("rect", "place"),
    [(FULL, (0, 0, 320, 180)), (Rect(0.5, 0, 0.5, 1), (160, 0, 320, 180)),
     (Rect(1 / 3, 1 / 3, 1 / 3, 1 / 3), (106, 60, 214, 120)),
     (Rect(0.012, 0.753, 0.235, 0.235), (4, 136, 80, 178))],
)  # fmt: skip
def test_it_covers_a_window_and_not_a_pixel_more(rect, place):
    canvas = compose({"a": flat(RED)}, Placement("a", rect))
    assert covered(canvas, RED) == place
    assert (canvas[0] == yuv(BACK)[0]).sum() == 320 * 180 - (
        (place[2] - place[0]) * (place[3] - place[1])
    )


@pytest.mark.parametrize(
    ("width", "height", "place"),
    [(64, 36, (80, 46, 240, 136)), (36, 64, (134, 44, 184, 134)), (90, 90, (114, 44, 204, 134))],
)
def test_it_contains_a_whole_picture_in_the_middle_of_its_window(width, height, place):
    window = Placement("a", Rect(0.25, 0.25, 0.5, 0.5), fit=Fit.CONTAIN)
    got = covered(compose({"a": flat(RED, width, height)}, window), RED)
    assert np.abs(np.subtract(got, place)).max() <= 2


@pytest.mark.parametrize(
    ("rect", "width", "height", "drawn"),
    [((0.103, 0.205, 0.303, 0.394), 36, 64, (61.488, 36.9, 101.383, 107.82)),
     ((0.5031, 0.0083, 0.3094, 0.95), 64, 36, (160.992, 59.144, 260, 114.837))],
)  # fmt: skip
def test_a_whole_picture_is_within_a_pixel_of_where_it_was_drawn(rect, width, height, drawn):
    window = Placement("a", Rect(*rect), fit=Fit.CONTAIN)
    got = covered(compose({"a": flat(RED, width, height)}, window), RED)
    assert np.abs(np.subtract(got, drawn)).max() <= 1


def test_a_whole_picture_of_which_nothing_would_be_seen_is_left_out():
    window = Placement("a", Rect(0.3, 0.303, 0.2, 0.006), fit=Fit.CONTAIN)
    assert (compose({"a": flat(RED)}, window)[0] == yuv(BACK)[0]).all()


@pytest.mark.parametrize(
    ("fit", "width", "height", "place"),
    [(Fit.STRETCH, 36, 64, (0, 0, 320, 180)), (Fit.SMART, 80, 36, (0, 0, 320, 180)),
     (Fit.SMART, 64, 44, (0, 0, 320, 180)), (Fit.SMART, 36, 64, (108, 0, 210, 180)),
     (Fit.SMART, 92, 36, (0, 28, 320, 154))],
)  # fmt: skip
def test_it_stretches_and_it_cuts_where_little_is_lost(fit, width, height, place):
    got = covered(compose({"a": flat(RED, width, height)}, Placement("a", FULL, fit=fit)), RED)
    assert np.abs(np.subtract(got, place)).max() <= 2


def test_filling_cuts_off_both_sides_alike():
    frame = flat(RED, 128, 36)
    luma = planes(frame.frame)[0]
    luma[:, :32], luma[:, -32:] = 235, 235
    canvas = compose({"a": frame}, Placement("a", Rect(0, 0, 0.5, 1)))
    assert (canvas[0][:, 4:156] == yuv(RED)[0]).all()


def test_a_later_window_lies_in_front():
    canvas = compose({"a": flat(RED), "b": flat(GREEN)}, Placement("a", FULL),
                     Placement("b", Rect(0.5, 0.5, 0.5, 0.5)))  # fmt: skip
    assert covered(canvas, GREEN) == (160, 90, 320, 180)


@pytest.mark.parametrize("opacity", [0.25, 0.5, 0.6])
def test_opacity_mixes_with_what_lies_behind(opacity):
    canvas = compose({"a": flat(RED), "b": flat(GREEN)}, Placement("a", FULL),
                     Placement("b", FULL, opacity=opacity))  # fmt: skip
    for plane, one, two in zip(canvas, yuv(RED), yuv(GREEN), strict=True):
        assert np.abs(plane.astype(float) - (one + (two - one) * opacity)).max() <= 1


def test_a_clear_window_and_one_without_a_picture_let_the_background_through():
    canvas = compose({"a": flat(RED)}, Placement("a", FULL, opacity=0), Placement("b", FULL),
                     Placement(None, FULL))  # fmt: skip
    assert (canvas[0] == yuv(BACK)[0]).all()


def test_a_window_too_small_for_this_canvas_is_left_out():
    canvas = compose({"a": flat(RED)}, Placement("a", Rect(0, 0, 0.003, 1)))
    assert (canvas[0] == yuv(BACK)[0]).all()


def test_it_takes_a_camera_that_changes_its_size():
    compositor = Compositor(CANVAS)
    compositor.arrange([Placement("a", FULL)], BACK)
    for number, (width, height) in enumerate([(64, 36), (128, 72), (36, 64), (640, 360)]):
        canvas = planes(compositor.compose(by_uid({"a": flat(RED, width, height, number)})))
        assert covered(canvas, RED) == (0, 0, 320, 180)


def test_a_new_layout_leaves_nothing_of_the_old():
    compositor = Compositor(CANVAS)
    compositor.arrange([Placement("a", FULL)], BACK)
    compositor.compose(by_uid({"a": flat(RED)}))
    compositor.arrange([Placement("a", Rect(0, 0, 0.5, 0.5))], "#FFFFFF")
    canvas = planes(compositor.compose(by_uid({"a": flat(RED)})))
    assert covered(canvas, RED) == (0, 0, 160, 90)
    assert covered([p[90:] if i == 0 else p[45:] for i, p in enumerate(canvas)], "#FFFFFF")
