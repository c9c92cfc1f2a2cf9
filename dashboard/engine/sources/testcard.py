"""A publisher of our own: a test card whose picture and sound follow the wall clock.

Everything is a function of time alone, so two cards, or two runs, never disagree.
On every whole even second a white block flashes and a beep sounds, which is what
picture and sound are compared by.
"""

from fractions import Fraction

import av
import numpy as np

from dashboard.engine.sources import artwork
from dashboard.engine.sources.artwork import HEIGHT, WIDTH, Artwork

RATE = 48_000
CYCLE_S = 2
BEEP_S = 0.08
BEEP_HZ = 1000
TONE_LEVEL = 0.08
BEEP_LEVEL = 0.25
MOST_FPS = 30


class Card:
    """The card of one uid."""

    def __init__(self, uid: str, color: str, tone_hz: float, fps: int) -> None:
        """fps: of the recording; the card runs at it too, up to 30."""
        self._art = artwork.draw(uid, color, tone_hz)
        self._tone_hz = tone_hz
        self._last: tuple[int, av.VideoFrame] | None = None
        self.fps = min(fps, MOST_FPS)

    def number(self, at: Fraction) -> int:
        """Which of its pictures shows at a moment, seconds since 1970: the nearest one."""
        return int(at * self.fps + Fraction(1, 2))

    def picture(self, number: int) -> av.VideoFrame:
        """A 640x360 yuv420p picture, not to be written to."""
        if self._last is None or self._last[0] != number:
            planes = _paint(self._art, number, self.fps)
            self._last = number, av.VideoFrame.from_numpy_buffer(planes, format="yuv420p")
        return self._last[1]

    def sound(self, first: int, count: int) -> np.ndarray:
        """Mono float32 samples -1..1 at 48 kHz. first: number of the sample since 1970."""
        return _tone(self._tone_hz, first, count) + _beep(first, count)


def _paint(art: Artwork, number: int, fps: int) -> np.ndarray:
    """The planes one below the other, as FFmpeg packs them; only luma ever moves."""
    planes = art.planes.copy()
    luma = planes[:HEIGHT]
    second, frame = divmod(number, fps)
    artwork.put_clock(luma, second % 86_400, frame)
    into_cycle = number % (CYCLE_S * fps)
    artwork.put_bar(luma, into_cycle / (CYCLE_S * fps))
    if into_cycle < max(1, round(BEEP_S * fps)):
        artwork.put_flash(luma)
    return planes


def _tone(hertz: float, first: int, count: int) -> np.ndarray:
    """A sine, its pitch to the thousandth of a hertz.

    Whole seconds are turned off in integers: 1970 is too far away for a float's digits.
    """
    second, rest = divmod(first, RATE)
    phase = round(hertz * 1000) * second % 1000 / 1000
    turns = phase + round(hertz, 3) / RATE * np.arange(rest, rest + count)
    return (TONE_LEVEL * np.sin(2 * np.pi * turns)).astype(np.float32)


def _make_beep() -> np.ndarray:
    """One beep with edges of a millisecond, so that it does not click."""
    at = np.arange(int(BEEP_S * RATE))
    edge = np.minimum(1.0, np.minimum(at, at[::-1]) / (RATE / 1000))
    return (BEEP_LEVEL * edge * np.sin(2 * np.pi * BEEP_HZ * at / RATE)).astype(np.float32)


_BEEP = _make_beep()


def _beep(first: int, count: int) -> np.ndarray:
    """The part of the beeps that falls into a run of samples."""
    out = np.zeros(count, np.float32)
    cycle = CYCLE_S * RATE
    start = -(first % cycle)  # where the present beep began, counted from `first`
    while start < count:
        low, high = max(start, 0), min(start + len(_BEEP), count)
        if low < high:
            out[low:high] = _BEEP[low - start : high - start]
        start += cycle
    return out


__all__ = ["HEIGHT", "WIDTH", "Card"]
