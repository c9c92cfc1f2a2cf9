"""The screen that somebody shares beside their camera: a desk in their colour, a page of text.

A line is being written on it, one letter a tick, and a pointer goes round: like the card, a
function of time alone. What moves is grey, so luma alone. A screen has no sound.
"""

import math
from fractions import Fraction
from functools import cache

import av
import numpy as np
from PIL import Image, ImageDraw

from dashboard.engine.sources import colour
from dashboard.engine.sources.letters import plain

WIDTH, HEIGHT = 1280, 720
MOST_FPS = 15
PAGE = (160, 90, 1120, 650)
"""left, top, right, bottom of the window on the desk; all of it is white or grey."""

_BAR = 44
_INK, _PAPER, _DARK, _POINTER = 60, 235, 40, 24
_LINE = (208, 560, 1072, 584)
"""Where the line is written."""
_LETTER = 12
_CYCLE_S = 6
_ROUND = (640, 400, 300, 120)
"""Middle and half axes of the pointer's way."""
_TIP = 18


class ScreenCard:
    """The screen of one uid."""

    def __init__(self, uid: str, color: str, tone_hz: float, fps: int) -> None:
        """tone_hz: for the sake of other sources. fps: of the recording; at most 15 are drawn."""
        self._look = uid, color
        self._last: tuple[int, av.VideoFrame] | None = None
        self.fps = min(fps, MOST_FPS)

    def number(self, at: Fraction) -> int:
        return int(at * self.fps + Fraction(1, 2))

    def picture(self, number: int) -> av.VideoFrame:
        """A 1280x720 yuv420p picture, not to be written to."""
        if self._last is None or self._last[0] != number:
            planes = _draw(*self._look).copy()  # drawn when it is first seen: many never are
            _move(planes[:HEIGHT], Fraction(number, self.fps) % _CYCLE_S / _CYCLE_S)
            self._last = number, av.VideoFrame.from_numpy_buffer(planes, format="yuv420p")
        return self._last[1]

    def sound(self, first: int, count: int) -> np.ndarray:
        return np.zeros(count, np.float32)


def _move(luma: np.ndarray, into_cycle: Fraction) -> None:
    """into_cycle: 0..1."""
    left, top, right, bottom = _LINE
    written = int((right - left) // _LETTER * into_cycle) * _LETTER
    words = luma[top:bottom, left : left + written].reshape(bottom - top, -1, _LETTER)
    words[4:-4, :, : _LETTER - 4] = _INK
    luma[top:bottom, left + written : left + written + 3] = _DARK
    x, y, wide, high = _ROUND
    turn = 2 * math.pi * float(into_cycle)
    x, y = x + round(wide * math.cos(turn)), y + round(high * math.sin(turn))
    for row in range(_TIP):
        luma[y + row, x : x + row // 2 + 2] = _POINTER


@cache
def _draw(uid: str, color: str) -> np.ndarray:
    """What never moves: Y, then U, then V packed below it, (1080, 1280) uint8."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), colour.from_hex(color))
    pen = ImageDraw.Draw(picture)
    left, top, right, bottom = PAGE
    pen.rectangle((left, top, right - 1, bottom - 1), fill=colour.grey(_PAPER))
    pen.rectangle((left, top, right - 1, top + _BAR), fill=colour.grey(_DARK))
    for turn in range(3):
        middle = left + 28 + 26 * turn, top + _BAR // 2
        pen.circle(middle, 7, fill=colour.grey(130))
    pen.text((640, top + _BAR // 2), f"Screen of {uid}", fill="white", font=plain(22), anchor="mm")
    _page(pen)
    y, u, v = colour.to_planes(np.asarray(picture))
    packed = np.concatenate([y.ravel(), u.ravel(), v.ravel()])
    return packed.reshape(HEIGHT * 3 // 2, WIDTH)


def _page(pen: ImageDraw.ImageDraw) -> None:
    """A heading and lines of words, as grey bars; no two rows are alike."""
    pen.rectangle((208, 176, 208 + 420, 204), fill=colour.grey(_DARK))
    for row in range(8):
        x, y = 208, 240 + 36 * row
        for word in range(9):
            wide = 40 + (row * 37 + word * 53) % 60
            if x + wide > _LINE[2]:
                break
            pen.rectangle((x, y, x + wide, y + 12), fill=colour.grey(180))
            x += wide + 14
