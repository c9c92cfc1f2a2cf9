"""Windows of each preset, against the numbers of the vendors' pages (reference section 12)."""

import pytest

from dashboard.layouts.document import Fit, Layout, Preset, Region
from dashboard.layouts.geometry import FULL, Rect, Size, to_pixels
from dashboard.layouts.presets import Placement, arrange

PEOPLE = [str(1001 + i) for i in range(25)]
CANVASES = [Size(1280, 720), Size(640, 360), Size(1920, 1080), Size(360, 640), Size(854, 480)]


def windows(preset, count, focus=None):
    return arrange(Layout(preset, focus_uid=focus), PEOPLE[:count])


def corners(rect):
    return tuple(round(value, 6) for value in (rect.x, rect.y, rect.w, rect.h))


@pytest.mark.parametrize("count", range(18))
@pytest.mark.parametrize("preset", [Preset.FLOATING, Preset.BEST_FIT])
def test_it_gives_everybody_one_window_in_join_order(preset, count):
    assert [window.uid for window in windows(preset, count)] == PEOPLE[:count]


@pytest.mark.parametrize("count", range(1, 18))
@pytest.mark.parametrize("preset", [Preset.FLOATING, Preset.BEST_FIT, Preset.VERTICAL])
@pytest.mark.parametrize("focus", [None, "1001", "elsewhere"])
def test_it_stays_on_the_canvas(preset, count, focus):
    for window in windows(preset, count, focus):
        rect = window.rect
        assert min(rect.x, rect.y) >= 0
        assert rect.x + rect.w <= 1 + 1e-9
        assert rect.y + rect.h <= 1 + 1e-9


@pytest.mark.parametrize("preset", [Preset.FLOATING, Preset.BEST_FIT])
def test_it_shows_the_first_seventeen(preset):
    assert [window.uid for window in windows(preset, 25)] == PEOPLE[:17]


def test_floating_puts_the_first_behind_the_others():
    first, second = windows(Preset.FLOATING, 2)
    assert first == Placement("1001", FULL)
    assert corners(second.rect) == (0.012, 0.753, 0.235, 0.235)


@pytest.mark.parametrize(
    ("index", "place"),
    [(1, (0.012, 0.753)), (2, (0.259, 0.753)), (4, (0.753, 0.753)), (5, (0.012, 0.506)),
     (8, (0.753, 0.506)), (9, (0.012, 0.259)), (13, (0.012, 0.012)), (16, (0.753, 0.012))],
)  # fmt: skip
def test_floating_fills_rows_from_below(index, place):
    window = windows(Preset.FLOATING, 17)[index]
    assert corners(window.rect) == (*place, 0.235, 0.235)
    assert window.fit is Fit.FILL


@pytest.mark.parametrize("count", range(3, 18))
def test_floating_windows_do_not_touch(count):
    small = [window.rect for window in windows(Preset.FLOATING, count)[1:]]
    assert not any(overlap(a, b) for i, a in enumerate(small) for b in small[:i])


@pytest.mark.parametrize(
    ("count", "columns"),
    [(1, 1), (3, 2), (4, 2), (5, 3), (6, 3), (9, 3), (10, 4), (12, 4), (16, 4)],
)
def test_best_fit_is_the_smallest_square_grid(count, columns):
    for index, window in enumerate(windows(Preset.BEST_FIT, count)):
        row, column = divmod(index, columns)
        part = 1 / columns
        assert corners(window.rect) == corners(Rect(column * part, row * part, part, part))
        assert window.fit is Fit.FILL


def test_best_fit_gives_two_people_a_half_each():
    assert [corners(w.rect) for w in windows(Preset.BEST_FIT, 2)] == [
        (0, 0, 0.5, 1), (0.5, 0, 0.5, 1),
    ]  # fmt: skip


def test_best_fit_of_seventeen_has_the_last_in_the_middle_below():
    rects = [corners(w.rect) for w in windows(Preset.BEST_FIT, 17)]
    assert rects[0] == (0.1, 0, 0.2, 0.2)
    assert rects[3] == (0.7, 0, 0.2, 0.2)
    assert rects[4] == (0.1, 0.2, 0.2, 0.2)
    assert rects[15] == (0.7, 0.6, 0.2, 0.2)
    assert rects[16] == (0.4, 0.8, 0.2, 0.2)


@pytest.mark.parametrize("canvas", CANVASES)
@pytest.mark.parametrize("count", [1, 2, 4, 9, 16])
def test_full_grids_leave_no_pixel_out_and_share_none(count, canvas):
    covered = [to_pixels(w.rect, canvas) for w in windows(Preset.BEST_FIT, count)]
    assert sum(rect.w * rect.h for rect in covered) == canvas.width * canvas.height
    assert not any(overlap(a, b) for i, a in enumerate(covered) for b in covered[:i])
    assert all(value % 2 == 0 for r in covered for value in (r.x, r.y, r.w, r.h))


@pytest.mark.parametrize(
    ("count", "big", "small"),
    [(2, 4 / 5, (1 / 5, 1 / 4)), (5, 4 / 5, (1 / 5, 1 / 4)),
     (6, 6 / 7, (1 / 7, 1 / 6)), (7, 6 / 7, (1 / 7, 1 / 6)),
     (8, 8 / 9, (1 / 9, 1 / 8)), (9, 8 / 9, (1 / 9, 1 / 8)),
     (10, 0.8, (0.1, 1 / 8)), (17, 0.8, (0.1, 1 / 8))],
)  # fmt: skip
def test_vertical_measures_follow_the_number_of_windows(count, big, small):
    large, *others = windows(Preset.VERTICAL, count, focus="1001")
    assert (large.uid, corners(large.rect)) == ("1001", corners(Rect(0, 0, big, 1)))
    assert large.fit is Fit.CONTAIN
    assert [other.uid for other in others] == PEOPLE[1:count]
    assert {(corners(o.rect)[2:], o.fit) for o in others} == {
        (corners(Rect(0, 0, *small))[2:], Fit.FILL)
    }


@pytest.mark.parametrize("canvas", CANVASES)
@pytest.mark.parametrize("count", [5, 7, 9, 17])
def test_a_full_vertical_layout_leaves_no_pixel_out(count, canvas):
    covered = [to_pixels(w.rect, canvas) for w in windows(Preset.VERTICAL, count, focus="1001")]
    assert sum(rect.w * rect.h for rect in covered) == canvas.width * canvas.height


def test_vertical_fills_its_second_column_top_down():
    rects = [corners(w.rect) for w in windows(Preset.VERTICAL, 17, focus="1001")]
    assert rects[8] == (0.8, 0.875, 0.1, 0.125)
    assert rects[9] == (0.9, 0, 0.1, 0.125)
    assert rects[16] == (0.9, 0.875, 0.1, 0.125)


def test_vertical_gives_one_person_the_canvas_when_nobody_is_chosen():
    assert windows(Preset.VERTICAL, 1) == (Placement("1001", FULL, fit=Fit.FILL),)


def test_vertical_keeps_the_large_window_empty_while_the_chosen_one_is_away():
    large, *others = windows(Preset.VERTICAL, 3, focus="elsewhere")
    assert (large.uid, corners(large.rect)) == (None, (0, 0, 0.8, 1))
    assert [other.uid for other in others] == ["1001", "1002", "1003"]


def test_vertical_counts_the_empty_large_window():
    large, *others = windows(Preset.VERTICAL, 5)
    assert len(others) == 5
    assert corners(large.rect)[2] == corners(Rect(0, 0, 6 / 7, 1))[2]


def test_vertical_finds_the_chosen_one_beyond_the_seventeenth():
    large, *others = arrange(Layout(Preset.VERTICAL, focus_uid="1025"), PEOPLE)
    assert large.uid == "1025"
    assert [other.uid for other in others] == PEOPLE[:16]


def test_custom_keeps_the_regions_as_they_were_drawn():
    region = Region(Rect(0.1, 0.2, 0.3, 0.4), "1002", 0.6, Fit.CONTAIN)
    placed = arrange(Layout(Preset.CUSTOM, (region,)), PEOPLE[:3])
    assert placed == (Placement("1002", region.rect, 0.6, Fit.CONTAIN, region=0),)


def test_custom_gives_open_regions_to_those_without_one_of_their_own():
    own, free = Region(FULL, "1001"), Region(Rect(0, 0, 0.5, 0.5))
    placed = arrange(Layout(Preset.CUSTOM, (free, own, free)), ["1001", "1002", "1003"])
    assert [window.uid for window in placed] == ["1002", "1001", "1003"]


def test_custom_leaves_the_region_of_somebody_absent_empty():
    own, free = Region(FULL, "1009"), Region(Rect(0, 0, 0.5, 0.5))
    placed = arrange(Layout(Preset.CUSTOM, (own, free, free)), ["1001"])
    assert [window.uid for window in placed] == [None, "1001", None]


def test_custom_moves_the_others_up_when_somebody_leaves():
    layout = Layout(Preset.CUSTOM, (Region(FULL), Region(FULL)))
    assert [w.uid for w in arrange(layout, ["1001", "1002", "1003"])] == ["1001", "1002"]
    assert [w.uid for w in arrange(layout, ["1002", "1003"])] == ["1002", "1003"]


@pytest.mark.parametrize("preset", [Preset.FLOATING, Preset.BEST_FIT, Preset.VERTICAL])
def test_an_empty_channel_has_no_windows(preset):
    assert windows(preset, 0) == ()


def overlap(a, b):
    across = min(a.x + a.w, b.x + b.w) - max(a.x, b.x)
    down = min(a.y + a.h, b.y + b.h) - max(a.y, b.y)
    return across > 1e-9 and down > 1e-9


@pytest.mark.parametrize("preset", [preset for preset in Preset if preset is not Preset.CUSTOM])
def test_one_fit_can_hold_for_every_window_of_a_preset(preset):
    windows = arrange(Layout(preset, fit=Fit.STRETCH, focus_uid="1002"), PEOPLE[:5])
    assert {window.fit for window in windows} == {Fit.STRETCH}


def test_windows_know_the_region_they_were_made_of():
    regions = (Region(FULL, hidden=True), Region(FULL), Region(FULL, "1001"))
    placed = arrange(Layout(Preset.CUSTOM, regions, fit=Fit.SMART), PEOPLE[:1])
    assert [(w.uid, w.region, w.fit) for w in placed] == [
        (None, 1, Fit.FILL), ("1001", 2, Fit.FILL),
    ]  # fmt: skip
