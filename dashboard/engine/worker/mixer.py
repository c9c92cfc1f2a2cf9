"""The recorded sound: everybody who is heard, summed at 48 kHz and kept from clipping.

Sound is asked for tick by tick, so a join is heard from the very sample its picture is
seen at; it leaves in blocks of 1024 samples, which is what AAC takes.
"""

from collections.abc import Mapping
from functools import cache
from typing import Protocol

import numpy as np

RATE = 48_000
BLOCK = 1024
CEILING = 0.89
"""-1 dBFS: room for what the encoder adds."""
RELEASE = 0.04
"""How much of the gain comes back with each block: from silence to full in half a second."""
FADE = 240
"""Five milliseconds, so that nobody comes or goes with a click."""


class Voice(Protocol):
    def sound(self, first: int, count: int) -> np.ndarray:
        """Mono float32 samples from one counted since 1970."""
        ...


class Mixer:
    def __init__(self) -> None:
        self._heard: dict[str, Voice] = {}
        self._pending = np.zeros(0, np.float32)
        self._limiter = Limiter()

    def tick(self, voices: Mapping[str, Voice], first: int, count: int) -> list[np.ndarray]:
        """Add the sound of one tick.

        voices: who is heard during it. first: its first sample, counted since 1970.
        Returns the blocks that are complete now: mono float32, 1024 samples each.
        """
        mix = np.zeros(count, np.float32)
        fade = _fade(min(FADE, count))
        for uid, voice in voices.items():
            samples = voice.sound(first, count)
            if uid not in self._heard:
                samples[: len(fade)] *= fade
            mix += samples
        for uid, voice in self._heard.items():
            if uid not in voices:
                mix[: len(fade)] += voice.sound(first, len(fade)) * (1 - fade)
        self._heard = dict(voices)
        return self._cut(mix)

    def finish(self) -> list[np.ndarray]:
        """What is left, the last block filled up with silence."""
        rest = np.zeros(-len(self._pending) % BLOCK, np.float32)
        return [*self._cut(rest), *self._limiter.finish()]

    def _cut(self, samples: np.ndarray) -> list[np.ndarray]:
        self._pending = np.concatenate([self._pending, samples])
        whole = len(self._pending) // BLOCK
        blocks = self._pending[: whole * BLOCK].reshape(whole, BLOCK)
        self._pending = self._pending[whole * BLOCK :]
        limited = (self._limiter.push(block) for block in blocks)
        return [block for block in limited if block is not None]


@cache
def _fade(count: int) -> np.ndarray:
    """From silence up to just below full."""
    return np.linspace(0, 1, count, endpoint=False, dtype=np.float32)


class Limiter:
    """Turns the gain down before a peak arrives and up again slowly: nothing is ever bent.

    It looks one block ahead. Between two block edges the gain moves in a straight line,
    and both ends are low enough for the block, so the ceiling is kept for every sample.
    """

    def __init__(self) -> None:
        self._waiting: np.ndarray | None = None
        self._gain = 1.0

    def push(self, block: np.ndarray) -> np.ndarray | None:
        """Returns the block before this one, or None at first."""
        out = self._release(_allowed(block)) if self._waiting is not None else None
        if self._waiting is None:
            self._gain = _allowed(block)
        self._waiting = block
        return out

    def finish(self) -> list[np.ndarray]:
        out = [self._release(1.0)] if self._waiting is not None else []
        self._waiting = None
        return out

    def _release(self, allowed_next: float) -> np.ndarray:
        end = min(_allowed(self._waiting), allowed_next, self._gain + RELEASE)
        if self._gain == end == 1.0:
            return self._waiting
        slope = np.linspace(self._gain, end, BLOCK, endpoint=False, dtype=np.float32)
        self._gain = end
        return self._waiting * slope


def _allowed(block: np.ndarray) -> float:
    peak = float(np.abs(block).max())
    return 1.0 if peak <= CEILING else CEILING / peak
