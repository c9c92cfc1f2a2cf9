"""The JSON form, and what is read from strangers."""

import json

import pytest

from dashboard.errors import InvalidInput
from dashboard.layouts.document import (
    Fit,
    Layout,
    Missing,
    Portrait,
    Preset,
    Region,
    Side,
    Stream,
    parse,
)
from dashboard.layouts.families import CLOUD_RECORDING
from dashboard.layouts.geometry import FULL, Rect
from dashboard.layouts.presets import arrange, to_regions
from dashboard.layouts.rules import require

EVERYTHING = Layout(
    Preset.CUSTOM,
    (
        Region(Rect(0.1, 0.2, 0.3, 0.4), "anna", 0.5, Fit.SMART, Stream.SCREEN,
               "https://example.org/p.png", hidden=True, locked=True),
        Region(FULL),
    ),
    "#102030",
    "ben",
    Stream.SCREEN,
    Side.RIGHT,
    "https://example.org/b.png",
    Fit.STRETCH,
    Fit.CONTAIN,
    "https://example.org/d.png",
    Missing.AT_ONCE,
    (Portrait("carl", "https://example.org/c.png", Fit.CONTAIN),),
    hide_audio_only=True,
)  # fmt: skip


@pytest.mark.parametrize("layout", [EVERYTHING, *map(Layout, Preset)])
def test_it_reads_what_it_wrote(layout):
    assert parse(json.loads(json.dumps(layout.to_json()))) == layout


def test_it_writes_what_differs_and_the_basics():
    assert Layout(Preset.CUSTOM, (Region(FULL),)).to_json() == {
        "preset": "custom",
        "background": "#000000",
        "regions": [{"uid": None, "x": 0, "y": 0, "w": 1, "h": 1, "opacity": 1, "fit": "fill"}],
    }


@pytest.mark.parametrize(
    "document",
    [None, [], "custom", 7, {"preset": "mosaic"}, {"preset": []}, {"regions": 3},
     {"regions": [1]}, {"regions": [{"x": 0}]}, {"focus_uid": 7}, {"background": 7},
     {"regions": [{"x": 0, "y": 0, "w": 1, "h": 1, "uid": 1001}]}, {"placeholder": 3},
     {"fit": "zoom"}, {"placeholder_when": "soon"}, {"portraits": [{"uid": "1"}]},
     {"portraits": [{"uid": 7, "image": "p.png"}]}, {"portraits": [{"uid": "", "image": "p.png"}]},
     {"regions": [{"x": 0, "y": 0, "w": 1, "h": 1, "fit": "zoom"}]}],
)  # fmt: skip
def test_it_refuses_what_is_no_layout(document):
    with pytest.raises(InvalidInput):
        parse(document)


def test_it_leaves_wrong_numbers_to_the_rules():
    layout = parse({"preset": "custom", "regions": [{"x": "a", "y": 0, "w": 10**400, "h": 1}]})
    with pytest.raises(InvalidInput) as refused:
        require(layout, CLOUD_RECORDING)
    assert list(refused.value.by_field()) == ["regions.0.x", "regions.0.w"]


def test_hidden_regions_are_no_part_of_the_picture():
    hidden, open_ = Region(FULL, "1001", hidden=True), Region(FULL)
    layout = Layout(Preset.CUSTOM, (hidden, open_))
    assert layout.shown == (open_,)
    assert [window.uid for window in arrange(layout, ["1001"])] == ["1001"]


def test_a_shared_screen_takes_a_place_after_its_owner():
    windows = arrange(Layout(Preset.GRID), ["anna", "ben"], screens=["anna"])
    assert [(window.uid, window.stream) for window in windows] == [
        ("anna", "main"), ("anna", "screen"), ("ben", "main"),
    ]  # fmt: skip


def test_a_region_for_a_screen_shows_nothing_else():
    layout = Layout(Preset.CUSTOM, (Region(FULL, "anna", stream=Stream.SCREEN), Region(FULL)))
    assert [w.uid for w in arrange(layout, ["anna"])] == [None, "anna"]
    shared = arrange(layout, ["anna"], screens=["anna"])
    assert [(w.uid, w.stream) for w in shared] == [("anna", "screen"), ("anna", "main")]


def test_a_screen_can_have_the_large_window():
    layout = Layout(Preset.SCREEN_SHARE, focus_uid="anna", focus_stream=Stream.SCREEN)
    large, *others = arrange(layout, ["ben", "anna"], screens=["anna"])
    assert (large.uid, large.stream) == ("anna", "screen")
    assert [(other.uid, other.stream) for other in others] == [("ben", "main"), ("anna", "main")]


def test_regions_made_of_a_preset_keep_the_background_and_open_what_is_empty():
    layout = Layout(Preset.SCREEN_SHARE, background="#102030", background_image="b.png")
    made = to_regions(layout, ["anna"])
    assert (made.preset, made.background, made.background_image) == ("custom", "#102030", "b.png")
    assert [region.uid for region in made.regions] == [None, "anna"]
    assert to_regions(made, ["ben"]) is made


def test_it_names_every_image_once():
    regions = (Region(FULL, placeholder="p"), Region(FULL, placeholder="d"),
               Region(FULL, placeholder="unseen", hidden=True))  # fmt: skip
    layout = Layout(Preset.CUSTOM, regions, background_image="b", placeholder="d",
                    portraits=(Portrait("1", "c"), Portrait("2", "c")))  # fmt: skip
    assert layout.images == ("b", "d", "c", "p")
    assert Layout().images == ()


def test_regions_made_of_a_preset_leave_what_only_a_preset_knows():
    layout = Layout(Preset.GRID, fit=Fit.SMART, hide_audio_only=True, placeholder="d",
                    portraits=(Portrait("1", "c"),))  # fmt: skip
    made = to_regions(layout, ["anna"])
    assert (made.fit, made.hide_audio_only) == (None, False)
    assert (made.placeholder, made.portraits) == (layout.placeholder, layout.portraits)
    assert made.regions[0].fit is Fit.SMART
