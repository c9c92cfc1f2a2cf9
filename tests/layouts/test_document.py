"""A layout as JSON and back."""

import json

import pytest

from dashboard.layouts.document import Fit, Layout, Preset, Region
from dashboard.layouts.geometry import Rect


@pytest.mark.parametrize(
    "layout",
    [Layout(), Layout(Preset.FLOATING, background="#123456"),
     Layout(Preset.VERTICAL, focus_uid="42"),
     Layout(Preset.CUSTOM, (Region(Rect(0.1, 0.2, 0.3, 0.4), "7", 0.5, Fit.CONTAIN),
                            Region(Rect(0, 0, 1, 1))))],
)  # fmt: skip
def test_it_comes_back_as_it_was(layout):
    assert Layout.from_json(json.loads(json.dumps(layout.to_json()))) == layout


def test_it_is_written_with_six_decimals():
    layout = Layout(Preset.CUSTOM, (Region(Rect(1 / 3, 0, 1 / 3, 1)),))
    assert layout.to_json()["regions"][0]["x"] == 0.333333


def test_what_is_left_out_has_its_usual_value():
    layout = Layout.from_json({"preset": "custom", "regions": [{"x": 0, "y": 0, "w": 1, "h": 1}]})
    assert layout.regions == (Region(Rect(0, 0, 1, 1)),)
    assert Layout.from_json({}) == Layout()
