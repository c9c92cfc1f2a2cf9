"""Python meets the vectors; tests/js/test_vectors.py has the browser meet the same."""

import pytest

from dashboard.engine.worker.compositor import _settled
from dashboard.errors import InvalidInput
from dashboard.layouts import diff as differ
from dashboard.layouts import rules
from dashboard.layouts.document import Fit, Layout, Preset, Side
from dashboard.layouts.families import FAMILIES
from dashboard.layouts.geometry import (
    PixelRect,
    Rect,
    Size,
    clamp,
    from_pixels,
    rounded,
    settled,
    to_pixels,
)
from dashboard.layouts.presets import arrange, to_regions
from tests.layouts.vectors import load

PEOPLE = [str(1001 + i) for i in range(27)]
ROUNDING = load("rounding")


def pixels(rect, canvas):
    try:
        p = to_pixels(Rect(*rect), Size(*canvas))
    except InvalidInput:
        return None
    return [p.x, p.y, p.w, p.h]


def four(rect):
    return [rect.x, rect.y, rect.w, rect.h]


def placed(case):
    layout = Layout(Preset(case["preset"]), focus_uid=case["focus"], focus_side=Side(case["side"]))
    return layout, arrange(layout, PEOPLE[: case["people"]])


def test_it_rounds():
    assert [rounded(value) for value, _ in ROUNDING["rounded"]] == [
        expected for _, expected in ROUNDING["rounded"]
    ]


def test_it_puts_rects_on_pixels():
    for case in ROUNDING["to_pixels"]:
        assert pixels(case["rect"], case["canvas"]) == case["pixels"], case


def test_it_takes_rects_from_pixels():
    for case in ROUNDING["from_pixels"]:
        rect = from_pixels(PixelRect(*case["pixels"]), Size(*case["canvas"]))
        assert four(rect) == case["rect"]


def test_it_clamps():
    for case in ROUNDING["clamp"]:
        assert four(clamp(Rect(*case["rect"]))) == case["clamped"]


@pytest.mark.parametrize("preset", [preset for preset in Preset if preset is not Preset.CUSTOM])
def test_it_arranges_every_number_of_people(preset):
    cases = [case for case in load("presets")["cases"] if case["preset"] == preset]
    assert len(cases) >= 18
    for case in cases:
        _, windows = placed(case)
        found = [[w.uid, *map(rounded, four(w.rect)), w.fit] for w in windows]
        assert found == case["windows"], case


def test_it_makes_regions_of_every_preset():
    for case in load("presets")["cases"]:
        layout, windows = placed(case)
        regions = to_regions(layout, PEOPLE[: case["people"]]).regions
        assert [region.uid for region in regions] == [window.uid for window in windows]
        assert [region.rect for region in regions] == [settled(w.rect) for w in windows]


def test_it_puts_every_preset_on_pixels():
    for case in load("pixels")["cases"]:
        _, windows = placed(case)
        found = [pixels(four(window.rect), case["canvas"]) for window in windows]
        assert found == case["pixels"], case


@pytest.mark.parametrize("case", load("rules")["cases"], ids=lambda case: case["name"])
def test_it_finds(case):
    document = case["layout"]
    if "regions" in document:
        document = document | {"regions": document["regions"] * case.get("times", 1)}
    canvas = Size(*case["canvas"]) if "canvas" in case else None
    layout, family = Layout.from_json(document), FAMILIES[case["family"]]
    found = rules.review(layout, family, canvas)
    assert [[f.code, f.where, f.severity, f.region, dict(f.what.values)] for f in found] == case[
        "found"
    ]
    refused = [row[0] for row in case["found"] if row[2] == "error"]
    assert [f.code for f in rules.check(layout, canvas=canvas, family=family)] == refused


@pytest.mark.parametrize("case", load("diff")["cases"], ids=lambda case: case["name"])
def test_it_tells_apart(case):
    changes = differ.diff(Layout.from_json(case["applied"]), Layout.from_json(case["draft"]))
    assert [[c.kind, c.sentence, c.region, c.was, dict(c.what.values)] for c in changes] == case[
        "changes"
    ]
    assert all(str(change.what) for change in changes)


def test_the_vectors_speak_every_sentence():
    said = {row[0] for case in load("rules")["cases"] for row in case["found"]}
    assert said == set(rules.SENTENCES)
    told = {row[1] for case in load("diff")["cases"] for row in case["changes"]}
    unspoken = {"preset_floating", "preset_vertical", "preset_grid", "preset_trtc_floating",
                "preset_screen_share"}  # fmt: skip
    assert told == set(differ.SENTENCES) - unspoken


def test_smart_is_recorded_as_it_is_drawn():
    for case in load("smart")["cases"]:
        window, picture = PixelRect(0, 0, *case["window"]), Size(*case["picture"])
        assert _settled(Fit.SMART, window, picture) == case["fit"], case


def test_families_are_what_the_vectors_say():
    assert {name: family.to_json() for name, family in FAMILIES.items()} == load("families")
