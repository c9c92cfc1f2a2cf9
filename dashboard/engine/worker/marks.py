"""Watermarks, drawn once; the time of day once a second."""

import time
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from dashboard.engine.sources import colour
from dashboard.engine.sources.letters import font_for, plain
from dashboard.engine.worker import patches
from dashboard.engine.worker.compositor import Mark
from dashboard.engine.worker.pictures import Pictures
from dashboard.errors import InvalidInput
from dashboard.layouts.geometry import PixelRect, Size, to_pixels
from dashboard.layouts.watermarks import ImageMark, Place, TextMark, TimeMark, Watermark

_WHITE, _BLACK = "#FFFFFF", (0, 0, 0, 160)
_LINES = 24
"""The time of day is so many times smaller than the canvas is high."""
_SMALLEST_TIME_PX = 14
_WIDEST_TIME = "0000-00-00 00:00:00"


def draw(marks: Sequence[Watermark], canvas: Size, pictures: Pictures) -> list[Mark]:
    """In the order in which they are painted. What is too small, or not there yet, is left out."""
    return [drawn for mark in marks if (drawn := _draw(mark, canvas, pictures))]


def _draw(mark: Watermark, canvas: Size, pictures: Pictures) -> Mark | None:
    if isinstance(mark, TimeMark):
        return _Time(mark, canvas)
    try:
        rect = to_pixels(mark.rect, canvas)
    except InvalidInput:
        return None
    if isinstance(mark, ImageMark):
        image = pictures.image(mark.image)
        return _Still(patches.make(image.resize((rect.w, rect.h)), rect)) if image else None
    return _Still(patches.make(_words(mark, rect), rect))


class _Still:
    def __init__(self, patch: patches.Patch) -> None:
        self._patch = patch

    def patch(self, at_ms: int) -> patches.Patch:
        return self._patch


class _Time:
    """As wide as any time may be, so that it never moves."""

    def __init__(self, mark: TimeMark, canvas: Size) -> None:
        self._offset_s = mark.offset_min * 60
        self._font = plain(max(_SMALLEST_TIME_PX, canvas.height // _LINES))
        self._edge = max(1, self._font.size // 12)
        self._rect = _time_rect(mark.place, canvas, self._font, self._edge)
        self._second: int | None = None
        self._patch: patches.Patch | None = None

    def patch(self, at_ms: int) -> patches.Patch | None:
        second = at_ms // 1000 + self._offset_s
        if second != self._second:
            told = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(second))
            self._second, self._patch = second, patches.make(self._write(told), self._rect)
        return self._patch

    def _write(self, told: str) -> Image.Image:
        picture = Image.new("RGBA", (self._rect.w, self._rect.h), (0, 0, 0, 0))
        ImageDraw.Draw(picture).text(
            (self._edge, self._rect.h / 2), told, fill=_WHITE, font=self._font, anchor="lm",
            stroke_width=self._edge, stroke_fill=_BLACK,
        )  # fmt: skip
        return picture


def _time_rect(place: Place, canvas: Size, font: ImageFont.FreeTypeFont, edge: int) -> PixelRect:
    """A line's height away from the edges of the canvas, on even pixels inside it."""
    widest = max(font.getlength(_WIDEST_TIME.replace("0", figure)) for figure in "0123456789")
    w = min(canvas.width, _even(widest + 2 * edge + 1))
    h = min(canvas.height, _even(font.size * 1.3 + 2 * edge))
    gap = font.size // 2
    left, right = min(gap, canvas.width - w), max(0, canvas.width - w - gap)
    top, bottom = min(gap, canvas.height - h), max(0, canvas.height - h - gap)
    across, down = (canvas.width - w) // 2, (canvas.height - h) // 2
    x, y = {
        Place.TOP_LEFT: (left, top), Place.TOP: (across, top), Place.TOP_RIGHT: (right, top),
        Place.BOTTOM_LEFT: (left, bottom), Place.BOTTOM: (across, bottom),
        Place.BOTTOM_RIGHT: (right, bottom), Place.CENTRE: (across, down),
    }[place]  # fmt: skip
    return PixelRect(x // 2 * 2, y // 2 * 2, w, h)


def _words(mark: TextMark, rect: PixelRect) -> Image.Image:
    """On their own colour, clear: the soft edges of letters then have no dark seam."""
    paper = (*colour.from_hex(mark.background), 255) if mark.background else None
    clear = (*colour.from_hex(mark.color), 0)
    picture = Image.new("RGBA", (rect.w, rect.h), paper or clear)
    ImageDraw.Draw(picture).text(
        (0, rect.h / 2), mark.text, fill=mark.color, anchor="lm",
        font=font_for(mark.text, mark.size_px),
    )  # fmt: skip
    return picture


def _even(value: float) -> int:
    return int(value / 2 + 0.999) * 2
