"""How a test card looks. All glyphs are drawn once; moving parts are grey, so luma alone.

The upper left third, and a margin on every side, stay in the card's own colour: that
is where a test, or an eye, finds out whose picture it is.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

from dashboard.engine.sources import colour
from dashboard.engine.sources.letters import plain

WIDTH, HEIGHT = 640, 360
FLASH = (272, 14, 368, 46)
"""left, top, right, bottom of the block that flashes."""

_CENTRE = (320, 172)
_RADIUS = 112
_CLOCK_LEFT, _CLOCK_TOP = 232, 200
_CELL_WIDE, _CELL_HIGH = 16, 28
_TRACK = (64, 302, 576, 316)
_BAR_WIDE = 8
_STEPS = (160, 324, 480, 344)
_BLACK, _WHITE, _DARK = 16, 235, 40
_FINE = 2
"""Drawn this many times larger, then reduced: smooth edges."""


@dataclass(frozen=True)
class Artwork:
    """What never moves: Y, then U, then V packed below it, (540, 640) uint8."""

    planes: np.ndarray


@cache
def draw(uid: str, color: str, tone_hz: float) -> Artwork:
    field = colour.from_hex(color)
    picture = Image.new("RGB", (WIDTH * _FINE, HEIGHT * _FINE), field)
    pen = ImageDraw.Draw(picture)
    _disc(pen, field)
    _words(pen, uid, tone_hz)
    _blocks(pen, field)
    small = picture.reduce(_FINE)
    y, u, v = colour.to_planes(np.asarray(small))
    packed = np.concatenate([y.ravel(), u.ravel(), v.ravel()])
    return Artwork(packed.reshape(HEIGHT * 3 // 2, WIDTH))


def put_clock(luma: np.ndarray, second_of_day: int, frame: int) -> None:
    """HH:MM:SS:FF."""
    hours, rest = divmod(second_of_day, 3600)
    shown = f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}:{frame:02d}"
    glyphs = _glyphs()
    row = np.concatenate([glyphs[sign] for sign in shown], axis=1)
    luma[_CLOCK_TOP : _CLOCK_TOP + _CELL_HIGH, _CLOCK_LEFT : _CLOCK_LEFT + row.shape[1]] = row


def put_bar(luma: np.ndarray, into_cycle: float) -> None:
    """A bar that crosses the middle of its track when the flash comes. into_cycle: 0..1."""
    left, top, right, bottom = _TRACK
    x = left + int((into_cycle + 0.5) % 1.0 * (right - left - _BAR_WIDE) + 0.5)
    luma[top:bottom, x : x + _BAR_WIDE] = _WHITE


def put_flash(luma: np.ndarray) -> None:
    left, top, right, bottom = FLASH
    luma[top:bottom, left:right] = _WHITE


@cache
def _glyphs() -> dict[str, np.ndarray]:
    """Luma of each figure of the clock in cells of one width."""
    return {sign: _glyph(sign) for sign in "0123456789:"}


def _glyph(sign: str) -> np.ndarray:
    cell = Image.new("L", (_CELL_WIDE, _CELL_HIGH), _DARK)
    middle = (_CELL_WIDE / 2, _CELL_HIGH / 2)
    ImageDraw.Draw(cell).text(middle, sign, fill=_WHITE, font=plain(24), anchor="mm")
    return np.asarray(cell)


def _fine(*values: float) -> list[float]:
    return [value * _FINE for value in values]


def _disc(pen: ImageDraw.ImageDraw, field: tuple[int, int, int]) -> None:
    """A darker disc with a white ring, where the figures stand out on any colour."""
    (x, y), r = _CENTRE, _RADIUS
    shade = tuple(round(part * 0.45) for part in field)
    ring = tuple(round(part + (255 - part) * 0.85) for part in field)
    pen.ellipse(_fine(x - r, y - r, x + r, y + r), fill=shade, outline=ring, width=3 * _FINE)


def _words(pen: ImageDraw.ImageDraw, uid: str, tone_hz: float) -> None:
    x, y = _CENTRE
    size = next(size for size in (84, 72, 60, 50, 42, 36, 30) if _fits(uid, size) or size == 30)
    pen.text(_fine(x, y - 22), uid, fill="white", font=plain(size * _FINE), anchor="mm")
    told = f"{tone_hz:g} Hz"
    pen.text(_fine(x, y + 76), told, fill=colour.grey(180), font=plain(16 * _FINE), anchor="mm")


def _fits(uid: str, size: int) -> bool:
    return plain(size).getlength(uid) <= 2 * _RADIUS - 36


def _blocks(pen: ImageDraw.ImageDraw, field: tuple[int, int, int]) -> None:
    """The flash at rest, the strip behind the clock, the bar's track and a grey staircase."""
    _box(pen, FLASH, _DARK)
    middle = _fine((FLASH[0] + FLASH[2]) / 2, (FLASH[1] + FLASH[3]) / 2)
    pen.text(middle, "SYNC", fill=colour.grey(130), font=plain(15 * _FINE), anchor="mm")
    wide = 11 * _CELL_WIDE
    strip = (_CLOCK_LEFT - 8, _CLOCK_TOP - 2, _CLOCK_LEFT + wide + 8, _CLOCK_TOP + _CELL_HIGH + 2)
    _box(pen, strip, _DARK)
    _box(pen, _TRACK, _DARK)
    half_way = (_TRACK[0] + _TRACK[2]) // 2
    _box(pen, (half_way - 2, _TRACK[1] - 8, half_way + 2, _TRACK[1]), _WHITE)
    left, top, right, bottom = _STEPS
    wide = (right - left) // 10
    for step in range(10):
        luma = _BLACK + round((_WHITE - _BLACK) * step / 9)
        _box(pen, (left + step * wide, top, left + (step + 1) * wide, bottom), luma)


def _box(pen: ImageDraw.ImageDraw, edges: tuple[int, int, int, int], luma: int) -> None:
    left, top, right, bottom = _fine(*edges)
    pen.rectangle([left, top, right - 1, bottom - 1], fill=colour.grey(luma))
