"""The JSON form of what is painted over everything, and what is refused."""

import json

import pytest

from dashboard.errors import InvalidInput
from dashboard.layouts.geometry import FULL, Rect
from dashboard.layouts.watermarks import (
    ImageMark,
    Place,
    TextMark,
    TimeMark,
    images,
    parse,
    to_json,
)

ALL = (
    ImageMark(Rect(0.8, 0.1, 0.15, 0.1), "https://example.org/logo.png"),
    TextMark(Rect(0, 0.9, 1, 0.1), "课堂 7 / Lesson 7", 22, "#FFCC00", "#102030"),
    TimeMark(Place.BOTTOM_RIGHT, -150),
    ImageMark(FULL, "https://example.org/logo.png"),
)
BOX = {"x": 0, "y": 0, "w": 0.5, "h": 0.5}
WORDS = {"kind": "text", **BOX, "text": "Live"}


def test_it_reads_what_it_wrote():
    assert parse(json.loads(json.dumps(to_json(ALL)))) == ALL


def test_what_is_not_said_is_as_the_vendor_has_it():
    assert parse([WORDS, {"kind": "time"}]) == (
        TextMark(Rect(0, 0, 0.5, 0.5), "Live", 14, "#FFFFFF", None),
        TimeMark(Place.TOP_LEFT, 480),
    )


def test_it_names_every_image_once():
    assert images(ALL) == ("https://example.org/logo.png",)


@pytest.mark.parametrize(
    ("document", "fields"),
    [("text", [""]), ([7], [""]), ([{"kind": "video"}], [""]), ([{"kind": "image"}], [""]),
     ([{"kind": "time", "place": "left"}], [""]), ([{"kind": "time"}] * 26, [""]),
     ([{"kind": "time", "offset_min": 841}], ["0.offset_min"]),
     ([{"kind": "image", **BOX, "image": ""}], ["0.image"]),
     ([{**WORDS, "x": 0.6}], ["0.w"]), ([{**WORDS, "h": 0}], ["0.h"]),
     ([{**WORDS, "x": -1, "w": "1"}], ["0.x", "0.w"]),
     ([{"kind": "time"}, {**WORDS, "text": "x" * 1025, "size_px": 3, "color": "red",
       "background": "blue"}], ["1.text", "1.size_px", "1.color", "1.background"])],
)  # fmt: skip
def test_it_refuses(document, fields):
    with pytest.raises(InvalidInput) as refused:
        parse(document)
    assert [problem.where for problem in refused.value.problems] == fields
