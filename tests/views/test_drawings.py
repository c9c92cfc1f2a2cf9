"""A layout as tiles in canvas pixels."""

import pytest

from dashboard.domain.recording import Canvas
from dashboard.layouts.document import Layout, Preset, Region
from dashboard.layouts.geometry import Rect
from dashboard.services.readmodels import PersonView
from dashboard.views.drawings import draw, draw_example

BLUE = PersonView("1001", "testcard", True, True, "#2F6FDE")
OTHER = PersonView("1002", "guest", True, True)


def test_it_draws_people_in_their_colours_where_the_layout_puts_them():
    left, right = draw(Layout(preset=Preset.BEST_FIT), Canvas(), [BLUE, OTHER]).tiles
    assert (left.uid, left.color, left.x, left.width, left.height) == (
        "1001",
        "#2F6FDE",
        0,
        640,
        720,
    )
    assert (right.uid, right.color, right.x) == ("1002", None, 640)


def test_it_draws_the_empty_windows_of_an_empty_channel():
    drawing = draw(Layout(preset=Preset.BEST_FIT), Canvas())
    assert [tile.uid for tile in drawing.tiles] == [None] * 3


def test_it_draws_regions_by_hand_with_and_without_somebody_in_them():
    regions = (Region(Rect(0, 0, 1, 1), "1001"), Region(Rect(0.5, 0.5, 0.25, 0.25), opacity=0.5))
    drawing = draw(Layout(preset=Preset.CUSTOM, regions=regions), Canvas(), [BLUE])
    assert [(tile.uid, tile.opacity) for tile in drawing.tiles] == [("1001", 1.0), (None, 0.5)]


def test_it_keeps_the_canvas_shape():
    drawing = draw(Layout(), Canvas(720, 1280, 15, 1130), [BLUE])
    assert (drawing.width, drawing.height) == (720, 1280)


@pytest.mark.parametrize("preset", [p for p in Preset if p is not Preset.CUSTOM])
def test_it_can_draw_every_preset_as_an_example(preset):
    drawing = draw_example(preset, Canvas(), "#000000")
    assert len(drawing.tiles) >= 2
    assert str(drawing.name)


@pytest.mark.parametrize("uid", ["1", "1001", "4294967295"])
def test_it_sizes_the_figures_to_stay_inside_their_tile(uid):
    (tile,) = draw(Layout(), Canvas(), [PersonView(uid, "guest", True, True)]).tiles
    assert tile.figure_px * 0.62 * len(uid) <= tile.width
    assert tile.figure_px <= tile.height
