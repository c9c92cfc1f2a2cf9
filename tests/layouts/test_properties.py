"""Whatever is drawn, it stays on the canvas, and neighbours stay neighbours."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.errors import InvalidInput
from dashboard.layouts.diff import diff
from dashboard.layouts.document import Layout, Preset, Region
from dashboard.layouts.families import FAMILIES, MOST_PEOPLE
from dashboard.layouts.geometry import (
    PixelRect,
    Rect,
    Size,
    clamp,
    from_edges,
    from_pixels,
    rounded,
    settled,
    to_pixels,
)
from dashboard.layouts.presets import arrange, to_regions
from dashboard.layouts.rules import check, review

fractions = st.floats(0, 1)
evens = st.integers(8, 960).map(lambda half: 2 * half)
canvases = st.builds(Size, evens, evens)
uids = st.none() | st.sampled_from(["1001", "1002", "1003"])
wild = st.floats(-3, 3)


@st.composite
def rects(draw):
    (x0, x1), (y0, y1) = sorted([draw(fractions), draw(fractions)]), sorted(
        [draw(fractions), draw(fractions)]
    )  # fmt: skip
    return from_edges(x0, y0, x1, y1)


regions = st.lists(st.builds(Region, rects(), uids, st.sampled_from([0, 0.5, 1.0])), max_size=25)
layouts = regions.map(lambda found: Layout(Preset.CUSTOM, tuple(found)))


@given(st.floats(-2000, 2000))
def test_rounding_once_is_enough(value):
    assert rounded(rounded(value)) == rounded(value)
    assert abs(rounded(value) - value) <= 0.5000001e-6


@given(st.builds(Rect, wild, wild, wild, wild))
def test_clamped_is_on_the_canvas(rect):
    found = clamp(rect)
    assert min(found.x, found.y, found.w, found.h) >= 0
    assert rounded(found.x + found.w) <= 1
    assert rounded(found.y + found.h) <= 1
    assert clamp(found) == found


@given(rects(), canvases)
def test_pixels_are_even_and_on_the_canvas_within_one_of_what_was_drawn(rect, canvas):
    try:
        p = to_pixels(rect, canvas)
    except InvalidInput:
        assert rect.w * canvas.width < 4 or rect.h * canvas.height < 4
        return
    assert not any(value % 2 for value in (p.x, p.y, p.w, p.h))
    assert 0 <= p.x < p.x + p.w <= canvas.width
    assert 0 <= p.y < p.y + p.h <= canvas.height
    assert abs(p.x - rect.x * canvas.width) <= 1 + 1e-6
    assert abs(p.x + p.w - (rect.x + rect.w) * canvas.width) <= 1 + 1e-6


@given(canvases, st.data())
def test_even_pixels_come_back_as_they_were(canvas, data):
    def span(side):
        low = data.draw(st.integers(0, side // 2 - 1))
        return 2 * low, 2 * data.draw(st.integers(1, side // 2 - low))

    (x, w), (y, h) = span(canvas.width), span(canvas.height)
    assert to_pixels(from_pixels(PixelRect(x, y, w, h), canvas), canvas) == PixelRect(x, y, w, h)


@given(st.lists(fractions, max_size=6), st.lists(fractions, max_size=6), canvases)
def test_a_tiled_canvas_has_neither_gap_nor_overlap(cuts_x, cuts_y, canvas):
    xs, ys = sorted({0.0, 1.0, *cuts_x}), sorted({0.0, 1.0, *cuts_y})
    area = 0
    for left, right in zip(xs, xs[1:], strict=False):
        for top, bottom in zip(ys, ys[1:], strict=False):
            try:
                p = to_pixels(from_edges(left, top, right, bottom), canvas)
            except InvalidInput:
                continue
            area += p.w * p.h
    assert area == canvas.width * canvas.height


@given(st.sampled_from(sorted(MOST_PEOPLE)), st.integers(0, 30), uids, st.integers(0, 5))
@settings(max_examples=200)
def test_presets_and_their_regions_pass_the_rules(preset, people, focus, screens):
    there = [str(1001 + i) for i in range(people)]
    layout = Layout(preset, focus_uid=focus)
    shared = there[:screens] if MOST_PEOPLE[preset] == 25 else []
    made = to_regions(layout, there, shared)
    assert len(made.regions) == len(arrange(layout, there, shared)) <= MOST_PEOPLE[preset]
    assert all(region.rect == settled(region.rect) for region in made.regions)
    family = next(each for each in FAMILIES.values() if preset in each.presets)
    if made.regions:
        assert check(made, canvas=Size(640, 360), family=family) == []


@given(layouts, st.sampled_from(sorted(FAMILIES)), st.none() | canvases)
def test_the_rules_have_an_answer_to_everything(layout, family, canvas):
    for finding in review(layout, FAMILIES[family], canvas):
        assert str(finding.what)
        assert finding.region is None or 0 <= finding.region < len(layout.regions)


@given(layouts, layouts)
def test_a_difference_is_told_and_its_absence_too(applied, draft):
    assert diff(applied, applied) == []
    told = diff(applied, draft)
    assert all(str(change.what) for change in told)
    if not told:
        assert [r.rect for r in applied.shown] == [r.rect for r in draft.shown]


@given(layouts)
def test_it_survives_its_json(layout):
    assert Layout.from_json(layout.to_json()) == layout
