"""Windows on the canvas, to the pixel."""

from dataclasses import replace

import av
import numpy as np
import pytest

from dashboard.engine.sources import colour
from dashboard.engine.worker.compositor import Compositor, Picture
from dashboard.layouts.document import Fit
from dashboard.layouts.geometry import FULL, Rect, Size, to_pixels
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


@pytest.mark.parametrize(
    ("fit", "kept"),
    [(Fit.STRETCH, 1.0), (Fit.FILL, 0.5), (Fit.CONTAIN, 1.0), (Fit.SMART, 1.0)],
)
def test_each_fit_keeps_so_much_of_a_picture_twice_as_wide(fit, kept):
    """Which of 16 upright bars can be seen: those in the middle."""
    frame = flat(RED, 128, 36)
    for bar in range(16):
        planes(frame.frame)[0][:, bar * 8 : bar * 8 + 8] = 20 + 12 * bar
    canvas = compose({"a": frame}, Placement("a", Rect(0, 0, 0.5, 0.5), fit=fit))
    row = canvas[0][44, 0:160].astype(int)
    seen = {round((value - 20) / 12) for value in row[row != yuv(BACK)[0]]} - {-1}
    assert len(seen & set(range(16))) == pytest.approx(16 * kept, abs=1)
    assert (min(seen) == 0) is (kept == 1.0)


@pytest.mark.parametrize("fit", list(Fit))
@pytest.mark.parametrize(("width", "height"), [(2, 2), (2, 360), (640, 2), (1921, 1081), (7, 5)])
def test_any_picture_goes_into_any_window(fit, width, height):
    """The smallest, the longest, odd ones: nothing is painted outside, nothing falls over."""
    for rect in (FULL, Rect(0.9, 0.9, 0.1, 0.1), Rect(0, 0.5, 1, 0.012), Rect(0.5, 0, 0.01, 1)):
        canvas = compose({"a": flat(RED, width, height)}, Placement("a", rect, fit=fit))
        inside = np.zeros((180, 320), bool)
        p = to_pixels(rect, CANVAS)
        inside[p.y : p.y + p.h, p.x : p.x + p.w] = True
        assert (canvas[0][~inside] == yuv(BACK)[0]).all()
        if fit in (Fit.FILL, Fit.STRETCH):
            assert np.abs(canvas[0][inside].astype(int) - yuv(RED)[0]).max() <= 2


def test_smart_cuts_off_a_fifth_of_a_side_and_no_more():
    for width, whole in ((80, True), (82, False)):
        picture = flat(RED, width, 36)
        canvas = compose({"a": picture}, Placement("a", Rect(0, 0, 0.2, 0.2), fit=Fit.SMART))
        covered_all = (canvas[0][:36, :64] == yuv(RED)[0]).all()
        assert covered_all == whole, width


def test_a_picture_may_have_a_fit_of_its_own():
    picture = replace(flat(RED, 36, 64), fit=Fit.CONTAIN)
    left, _, right, _ = covered(compose({"a": picture}, Placement("a", FULL)), RED)
    assert (left, right) == pytest.approx((109, 211), abs=2)


@pytest.mark.parametrize("colour_", ["#000000", "#FFFFFF", "#FF0000", "#00FF00", "#0000FF"])
def test_backgrounds_of_one_colour_are_that_colour(colour_):
    compositor = Compositor(CANVAS)
    compositor.arrange([], colour_)
    shown = compositor.compose(lambda _: None).to_ndarray(format="rgb24", src_colorspace="ITU709")
    wanted = [int(colour_[i : i + 2], 16) for i in (1, 3, 5)]
    assert np.abs(shown.astype(int) - wanted).max() <= 3


def test_a_background_image_is_painted_once():
    compositor = Compositor(CANVAS)
    compositor.arrange([Placement("a", Rect(0, 0, 0.5, 0.5))], BACK, flat(GREEN))
    for _ in range(2):
        canvas = planes(compositor.compose(by_uid({"a": flat(RED)})))
        assert covered(canvas, RED) == (0, 0, 160, 90)
        assert (canvas[0][90:] == yuv(GREEN)[0]).all()
    compositor.arrange([], BACK)
    assert (planes(compositor.compose(by_uid({})))[0] == yuv(BACK)[0]).all()
