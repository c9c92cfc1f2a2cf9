"""What a layout must keep to."""

import pytest

from dashboard.layouts.document import Layout, Preset, Region
from dashboard.layouts.geometry import FULL, Rect, Size
from dashboard.layouts.rules import check


def custom(*regions, background="#102030"):
    return Layout(Preset.CUSTOM, tuple(regions), background)


def wheres(layout, **options):
    return [problem.where for problem in check(layout, **options)]


@pytest.mark.parametrize("preset", [Preset.FLOATING, Preset.BEST_FIT, Preset.VERTICAL])
def test_it_takes_every_preset_as_it_is(preset):
    assert check(Layout(preset)) == []


def test_it_takes_thirds_of_six_decimals():
    third = 0.333333
    assert check(custom(*(Region(Rect(i * third, 0, third, 1)) for i in range(3)))) == []


@pytest.mark.parametrize(("x", "w"), [(0.1, 0.9), (0.7, 0.3), (0.2, 0.8), (0.899999, 0.100001)])
def test_it_adds_up_to_one_without_a_float_in_the_way(x, w):
    assert check(custom(Region(Rect(x, x, w, w)))) == []


@pytest.mark.parametrize(
    ("rect", "where"),
    [(Rect(0.5, 0, 0.500001, 1), "regions.0.w"), (Rect(0, 0.5, 1, 0.6), "regions.0.h"),
     (Rect(-0.1, 0, 0.5, 1), "regions.0.x"), (Rect(0, 1.2, 1, 0.1), "regions.0.y"),
     (Rect(0, 0, 0, 1), "regions.0.w"), (Rect(0, 0, 1, 0), "regions.0.h"),
     (Rect(0.1234567, 0, 0.5, 1), "regions.0.x"), (Rect(0, 0, float("nan"), 1), "regions.0.w"),
     (Rect(0, 0, "1", 1), "regions.0.w"), (Rect(0, 0, 1, True), "regions.0.h")],
)  # fmt: skip
def test_it_names_the_number_that_is_wrong(rect, where):
    assert wheres(custom(Region(rect))) == [where]


@pytest.mark.parametrize("opacity", [-0.01, 1.01, float("inf"), None])
def test_it_wants_opacity_between_clear_and_solid(opacity):
    assert wheres(custom(Region(FULL, opacity=opacity))) == ["regions.0.opacity"]


def test_it_wants_at_least_one_region_in_a_custom_layout():
    assert wheres(custom()) == ["regions"]


def test_it_takes_seventeen_regions_and_no_more():
    assert check(custom(*[Region(FULL)] * 17)) == []
    assert wheres(custom(*[Region(FULL)] * 18)) == ["regions"]


def test_it_takes_as_many_regions_as_the_vendor_does():
    assert check(custom(*[Region(FULL)] * 25), most_regions=25) == []


def test_it_gives_a_person_one_region_only():
    layout = custom(Region(FULL, "7"), Region(FULL), Region(FULL, "7"), Region(FULL))
    assert wheres(layout) == ["regions.2.uid"]


def test_it_has_regions_in_custom_layouts_alone():
    assert wheres(Layout(Preset.BEST_FIT, (Region(FULL),))) == ["regions"]


@pytest.mark.parametrize("colour", ["#fff", "red", "#12345G", "", "#1234567", "#123456\n"])
def test_it_wants_the_background_as_six_hex_digits(colour):
    assert wheres(custom(Region(FULL), background=colour)) == ["background"]


def test_it_names_regions_that_cannot_be_seen_on_the_canvas():
    layout = custom(Region(Rect(0, 0, 0.002, 1)))
    assert check(layout) == []
    assert wheres(layout, canvas=Size(320, 180)) == ["regions.0"]


def test_it_lists_everything_at_once():
    layout = custom(Region(Rect(0, 0, 2, 1), opacity=3), background="none")
    assert wheres(layout) == ["background", "regions.0.opacity", "regions.0.w"]
