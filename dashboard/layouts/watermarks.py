"""What is painted over the whole picture: images, words, the time of day.

The JSON form is what layouts and tasks keep and what the engine's worker is told; its measures
are those of layouts. The kinds are TRTC's (trtc.md 3.5, WaterMark). The browser's twin is
static/js/layout/watermarks.js.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from dashboard.errors import InvalidInput, Problem, Text, text
from dashboard.layouts.colours import COLOUR
from dashboard.layouts.geometry import Rect, rounded

MOST = 25
LONGEST_TEXT = 1024
SIZES = (4, 512)
"""Pixels of the canvas from line to line of text, at least and at most."""
FARTHEST_MIN = 14 * 60


class Place(StrEnum):
    """Where the time of day stands, a little away from the edges."""

    TOP_LEFT = "top_left"
    TOP_RIGHT = "top_right"
    BOTTOM_LEFT = "bottom_left"
    BOTTOM_RIGHT = "bottom_right"
    TOP = "top"
    BOTTOM = "bottom"
    CENTRE = "centre"


@dataclass(frozen=True)
class ImageMark:
    """image: its address, or a path. It is pulled to the shape of the rectangle."""

    rect: Rect
    image: str


@dataclass(frozen=True)
class TextMark:
    """Words in the middle of their rectangle's height, from its left; what is too long is cut.

    size_px: of the letters. color: "#RRGGBB". background: that, or None for clear.
    """

    rect: Rect
    text: str
    size_px: int = 14
    color: str = "#FFFFFF"
    background: str | None = None


@dataclass(frozen=True)
class TimeMark:
    """Date and time to the second. offset_min: minutes east of Greenwich."""

    place: Place = Place.TOP_LEFT
    offset_min: int = 8 * 60


Watermark = ImageMark | TextMark | TimeMark

_KINDS: Mapping[str, type] = {"image": ImageMark, "text": TextMark, "time": TimeMark}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_SIDES = ("x", "y", "w", "h")
PLACE = frozenset({*_SIDES, "place"})
"""Members of the JSON form that say where a mark stands."""

SENTENCES = {
    "mark_image": text("Name an image."),
    "mark_text": text("Write 1 to %(most)d characters."),
    "mark_size": text("Letters are %(least)d to %(most)d pixels high."),
    "mark_colour": text("Write the colour as #RRGGBB."),
    "mark_zone": text("Time zones are at most 14 hours away."),
    "mark_fraction": text("Give a fraction of the canvas from 0 to 1."),
    "mark_outside": text("The watermark must lie on the picture."),
    "mark_many": text("At most %(most)d watermarks can be shown."),
}


@dataclass(frozen=True)
class Fault:
    """code: a key of SENTENCES. where: the field ("2.size_px"), "" for all of them."""

    code: str
    where: str
    values: Mapping[str, int]

    @property
    def what(self) -> Text:
        return Text(SENTENCES[self.code].template, dict(self.values))


def to_json(marks: Sequence[Watermark]) -> list[dict[str, Any]]:
    return [_mark_to_json(mark) for mark in marks]


def parse(document: object) -> tuple[Watermark, ...]:
    """Read what `to_json` wrote, or somebody sent.

    Raises InvalidInput with everything that is wrong; fields are named "2.size_px".
    """
    if not isinstance(document, list | tuple):
        raise InvalidInput([Problem("", text("This is no list of watermarks."))])
    try:
        marks = read(document)
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise InvalidInput([Problem("", text("This is no watermark we can read."))]) from fault
    problems = [Problem(fault.where, fault.what) for fault in faults(marks)]
    if problems:
        raise InvalidInput(problems)
    return marks


def read(document: Sequence[Mapping[str, Any]]) -> tuple[Watermark, ...]:
    """The same without judging what stands in them.

    Raises AttributeError, KeyError, TypeError or ValueError for what is no watermark at all.
    """
    return tuple(map(_mark_from_json, document))


def faults(marks: Sequence[Watermark]) -> Iterator[Fault]:
    """Everything that is wrong with them, in reading order."""
    for index, mark in enumerate(marks):
        for code, name, values in _CHECKS[type(mark)](mark):
            yield Fault(code, f"{index}.{name}", values)
    if len(marks) > MOST:
        yield Fault("mark_many", "", {"most": MOST})


def images(marks: Sequence[Watermark]) -> tuple[str, ...]:
    """The addresses of their images, each once."""
    return tuple(dict.fromkeys(mark.image for mark in marks if isinstance(mark, ImageMark)))


def _mark_to_json(mark: Watermark) -> dict[str, Any]:
    values = asdict(mark)
    rect = values.pop("rect", {})
    sides = {name: rounded(rect[name]) for name in _SIDES if name in rect}
    return {"kind": _NAMES[type(mark)], **sides, **values}


def _mark_from_json(item: Mapping[str, Any]) -> Watermark:
    kind = _KINDS[item["kind"]]
    names = {field.name for field in fields(kind)}
    values = {name: value for name, value in item.items() if name in names}
    if "rect" in names:
        values["rect"] = Rect(*(item[side] for side in _SIDES))
    if "place" in values:
        values["place"] = Place(values["place"])
    return kind(**values)


# ------------------------------------------------------------------ what is wrong with one

Wrong = tuple[str, str, Mapping[str, int]]
"""code, field of the mark, values of the sentence"""


def _image(mark: ImageMark) -> Iterator[Wrong]:
    yield from _rect(mark.rect)
    if not (isinstance(mark.image, str) and mark.image):
        yield "mark_image", "image", {}


def _words(mark: TextMark) -> Iterator[Wrong]:
    least, most = SIZES
    yield from _rect(mark.rect)
    if not (isinstance(mark.text, str) and 0 < len(mark.text) <= LONGEST_TEXT):
        yield "mark_text", "text", {"most": LONGEST_TEXT}
    if not (type(mark.size_px) is int and least <= mark.size_px <= most):
        yield "mark_size", "size_px", {"least": least, "most": most}
    for name in ("color", "background"):
        value = getattr(mark, name)
        is_clear = name == "background" and value is None
        if not is_clear and not (isinstance(value, str) and COLOUR.fullmatch(value)):
            yield "mark_colour", name, {}


def _time(mark: TimeMark) -> Iterator[Wrong]:
    if not (type(mark.offset_min) is int and abs(mark.offset_min) <= FARTHEST_MIN):
        yield "mark_zone", "offset_min", {}


def _rect(rect: Rect) -> Iterator[Wrong]:
    """It has to lie on the canvas and have a surface; sums are compared in millionths."""
    sides = {name: getattr(rect, name) for name in _SIDES}
    unfit = [name for name, side in sides.items() if not _is_within(side)]
    yield from (("mark_fraction", name, {}) for name in unfit)
    for start, size in () if unfit else (("x", "w"), ("y", "h")):
        if not sides[size] or rounded(sides[start] + sides[size]) > 1:
            yield "mark_outside", size, {}


def _is_within(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1  # type: ignore[operator]


_CHECKS: Mapping[type, Any] = {ImageMark: _image, TextMark: _words, TimeMark: _time}
