"""Both halves say the same about made-up layouts, and no operation leaves the canvas."""

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dashboard.errors import InvalidInput
from dashboard.layouts.diff import diff
from dashboard.layouts.document import Fit, Layout, Missing, Portrait, Preset, Region, Side, Stream
from dashboard.layouts.families import FAMILIES
from dashboard.layouts.geometry import Rect, Size, rounded, settled, to_pixels
from dashboard.layouts.presets import arrange, to_regions
from dashboard.layouts.rules import Severity, review
from dashboard.layouts.watermarks import ImageMark, Place, TextMark, TimeMark

PEOPLE = [str(1001 + i) for i in range(27)]
ASK = "async given => (await import('/tests/js/twin.js')).answers(given)"
WALK = "async given => (await import('/tests/js/twin.js')).walk(given)"
OPERATIONS = ("move", "nudge", "nudgeSize", "drag", "resize", "place", "duplicate", "align",
              "distribute", "sameSize", "exchange", "front", "remove")  # fmt: skip
BOUNDED = settings(deadline=None, phases=[Phase.reuse, Phase.generate])
"""Shrinking asks the browser thousands of times: a failure is shown as it was found."""
HANDLES = ("nw", "n", "ne", "e", "se", "s", "sw", "w")

halves = st.integers(-2, 18).map(lambda n: n / 16)
decimals = st.integers(0, 10**6).map(lambda n: n / 10**6)
numbers = halves | decimals | st.floats(0, 1)
rects = st.builds(Rect, numbers, numbers, numbers, numbers)
uids = st.none() | st.sampled_from(PEOPLE[:4])
regions = st.builds(
    Region,
    rects,
    uids,
    st.sampled_from([1.0, 1.0, 0.5, 0.003, 0.0, 1.5]),
    st.sampled_from(Fit),
    st.sampled_from(Stream),
    st.none() | st.just("p.png"),
    st.sampled_from([False, False, True]),
    st.booleans(),
)
marks = st.one_of(
    st.builds(ImageMark, rects, st.sampled_from(["", "i.png"])),
    st.builds(TextMark, rects, st.sampled_from(["", "课", "Live"]), st.integers(2, 600)),
    st.builds(TimeMark, st.sampled_from(Place), st.sampled_from([0, 480, 900])),
)
presets = st.builds(
    Layout,
    st.sampled_from([preset for preset in Preset if preset is not Preset.CUSTOM]),
    background=st.sampled_from(["#000000", "#abcdef", "none"]),
    focus_uid=uids,
    focus_stream=st.sampled_from(Stream),
    focus_side=st.sampled_from(Side),
    fit=st.none() | st.sampled_from(Fit),
    background_fit=st.sampled_from(Fit),
    placeholder=st.none() | st.just("d.png"),
    placeholder_when=st.sampled_from(Missing),
    portraits=st.sampled_from([(), (Portrait("1001", "c.png", Fit.CONTAIN),)]),
    hide_audio_only=st.booleans(),
    watermarks=st.lists(marks, max_size=4).map(tuple),
)
customs = st.lists(regions, max_size=20).map(lambda found: Layout(Preset.CUSTOM, tuple(found)))
canvases = st.sampled_from([Size(640, 360), Size(1280, 720), Size(854, 480), Size(360, 640)])


def unrounded(layout):
    """The JSON form with numbers as they are, for the rules to find fault with."""
    document = layout.to_json()
    for item, region in zip(document.get("regions", ()), layout.regions, strict=False):
        item |= {name: getattr(region.rect, name) for name in ("x", "y", "w", "h")}
    for item, mark in zip(document.get("watermarks", ()), layout.watermarks, strict=False):
        if not isinstance(mark, TimeMark):
            item |= {name: getattr(mark.rect, name) for name in ("x", "y", "w", "h")}
    return document


def pixels(rect, canvas):
    try:
        p = to_pixels(settled(rect), canvas)
    except InvalidInput:
        return None
    return [p.x, p.y, p.w, p.h]


@settings(BOUNDED, max_examples=40)
@given(
    customs | presets, customs | presets, st.sampled_from(sorted(FAMILIES)), canvases,
    st.integers(0, 27), st.integers(0, 3),
)  # fmt: skip
def test_both_halves_say_the_same(page, applied, draft, family, canvas, people, sharing):
    there, screens = PEOPLE[:people], PEOPLE[: min(sharing, people)]
    found = page.evaluate(ASK, {
        "applied": unrounded(applied), "draft": unrounded(draft), "family": family,
        "canvas": {"width": canvas.width, "height": canvas.height},
        "uids": there, "screens": screens,
    })  # fmt: skip
    windows = arrange(draft, there, screens)
    assert found["review"] == [
        [f.code, f.where, f.severity, f.region, dict(f.what.values)]
        for f in review(draft, FAMILIES[family], canvas)
    ]
    assert found["diff"] == [
        [c.kind, c.sentence, c.region, c.was, dict(c.what.values)] for c in diff(applied, draft)
    ]
    assert found["windows"] == [
        [w.uid, w.stream, w.rect.x, w.rect.y, w.rect.w, w.rect.h, w.opacity, w.fit] for w in windows
    ]
    assert found["regions"] == to_regions(draft, there, screens).to_json()
    assert found["pixels"] == [pixels(w.rect, canvas) for w in windows]


@st.composite
def drawn(draw):
    """A layout as somebody draws it: at least a few pixels large, on the canvas."""
    x, y = draw(st.integers(0, 900_000)), draw(st.integers(0, 900_000))
    w, h = draw(st.integers(20_000, 10**6 - x)), draw(st.integers(20_000, 10**6 - y))
    return Region(Rect(*(n / 10**6 for n in (x, y, w, h))), locked=draw(st.integers(0, 9)) == 0)


steps = st.fixed_dictionaries({
    "name": st.sampled_from(OPERATIONS),
    "chosen": st.lists(st.integers(0, 24), max_size=4),
    "dx": st.integers(-700, 1300),
    "dy": st.integers(-400, 800),
    "handle": st.sampled_from(HANDLES),
    "keepAspect": st.booleans(),
    "side": st.sampled_from(["left", "centre", "right", "top", "middle", "bottom"]),
})  # fmt: skip


@settings(BOUNDED, max_examples=40)
@given(st.lists(drawn(), min_size=1, max_size=8), st.lists(steps, max_size=12), canvases)
def test_no_operation_leaves_the_canvas(page, found, walk, canvas):
    layout = Layout(Preset.CUSTOM, tuple(found))
    given = {"layout": layout.to_json(), "steps": walk,
             "canvas": {"width": canvas.width, "height": canvas.height}}  # fmt: skip
    allowed = {"empty", "too_many", "too_small"}  # removing all, copying on, typing no height
    for document in page.evaluate(WALK, given):
        after = Layout.from_json(document)
        refused = {
            finding.code
            for finding in review(after, FAMILIES["trtc"], canvas)
            if finding.severity is Severity.ERROR
        }
        assert refused <= allowed
        assert all(rounded(r.rect.x + r.rect.w) <= 1 for r in after.regions)
