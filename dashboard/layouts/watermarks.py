"""What is painted over the whole picture: images, words, the time of day.

The JSON form is what tasks keep and what the engine's worker is told; its measures are
those of layouts. The kinds are TRTC's (trtc.md 3.5, WaterMark).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from dashboard.errors import InvalidInput, Problem, text
from dashboard.layouts.geometry import Rect, rounded
from dashboard.layouts.rules import COLOUR

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


def to_json(marks: Sequence[Watermark]) -> list[dict[str, Any]]:
    return [_mark_to_json(mark) for mark in marks]


def parse(document: object) -> tuple[Watermark, ...]:
    """Read what `to_json` wrote, or somebody sent.

    Raises InvalidInput with everything that is wrong; fields are named "2.size_px".
    """
    if not isinstance(document, list | tuple):
        raise InvalidInput([Problem("", text("This is no list of watermarks."))])
    try:
        marks = tuple(map(_mark_from_json, document))
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise InvalidInput([Problem("", text("This is no watermark we can read."))]) from fault
    problems = [problem for index, mark in enumerate(marks) for problem in _check(mark, index)]
    if len(marks) > MOST:
        problems.append(Problem("", text("At most %(most)d watermarks can be shown.", most=MOST)))
    if problems:
        raise InvalidInput(problems)
    return marks


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


def _check(mark: Watermark, index: int) -> list[Problem]:
    wrong = _CHECKS[type(mark)](mark)
    return [Problem(f"{index}.{name}", what) for name, what in wrong.items() if what is not None]


def _image(mark: ImageMark) -> dict[str, Any]:
    is_named = isinstance(mark.image, str) and mark.image
    return _rect(mark.rect) | {"image": None if is_named else text("Name an image.")}


def _words(mark: TextMark) -> dict[str, Any]:
    least, most = SIZES
    is_text = isinstance(mark.text, str) and 0 < len(mark.text) <= LONGEST_TEXT
    is_size = type(mark.size_px) is int and least <= mark.size_px <= most
    return _rect(mark.rect) | {
        "text": None if is_text else text("Write 1 to %(most)d characters.", most=LONGEST_TEXT),
        "size_px": None
        if is_size
        else text("Letters are %(least)d to %(most)d pixels high.", least=least, most=most),
        "color": _colour(mark.color),
        "background": None if mark.background is None else _colour(mark.background),
    }


def _time(mark: TimeMark) -> dict[str, Any]:
    is_near = type(mark.offset_min) is int and abs(mark.offset_min) <= FARTHEST_MIN
    return {"offset_min": None if is_near else text("Time zones are at most 14 hours away.")}


def _colour(value: object) -> Any:
    is_colour = isinstance(value, str) and COLOUR.fullmatch(value)
    return None if is_colour else text("Write the colour as #RRGGBB.")


def _rect(rect: Rect) -> dict[str, Any]:
    """It has to lie on the canvas and have a surface; sums are compared in millionths."""
    sides = {name: getattr(rect, name) for name in _SIDES}
    found: dict[str, Any] = {
        name: None if _is_within(side) else text("Give a fraction of the canvas from 0 to 1.")
        for name, side in sides.items()
    }
    if any(found.values()):
        return found
    for start, size in (("x", "w"), ("y", "h")):
        if not sides[size] or rounded(sides[start] + sides[size]) > 1:
            found[size] = text("The watermark must lie on the picture.")
    return found


def _is_within(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value <= 1


_CHECKS: Mapping[type, Any] = {ImageMark: _image, TextMark: _words, TimeMark: _time}
