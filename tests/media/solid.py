"""Publishers of one colour each, told apart again in a decoded picture."""

from functools import cache

import av
import numpy as np

from dashboard.engine.sources import colour

SHAPES = ((64, 36), (48, 36), (36, 64))
"""Sizes of their cameras, in turns: 16:9, 4:3 and upright."""
_LEVELS = ("00", "80", "FF")
_ALL = [f"#{r}{g}{b}" for r in _LEVELS for g in _LEVELS for b in _LEVELS]
BACKGROUNDS = (_ALL[0], _ALL[-1])
COLOURS = {str(1001 + i): shade for i, shade in enumerate(_ALL[1:-1])}
"""uid -> "#RRGGBB": 25 people."""
PEOPLE = tuple(COLOURS)
_FAR = 24
"""Levels of Y, U and V added up: what is farther from every colour is none of them."""


def shape(uid: str) -> tuple[int, int]:
    return SHAPES[int(uid) % len(SHAPES)]


class Solid:
    """A source for the engine: a picture that never changes, and silence."""

    def __init__(self, uid: str, color: str, tone_hz: float, fps: int) -> None:
        self._frame = av.VideoFrame(*shape(uid), "yuv420p")
        for plane, level in zip(self._frame.planes, yuv(color), strict=True):
            plane.update(bytes([level]) * plane.buffer_size)

    def number(self, at) -> int:
        return 0

    def picture(self, number: int) -> av.VideoFrame:
        return self._frame

    def sound(self, first: int, count: int) -> np.ndarray:
        return np.zeros(count, np.float32)


def person(uid: str, video: bool = True) -> dict:
    """As a job and a `join` name somebody."""
    return {"uid": uid, "kind": "solid", "color": COLOURS[uid], "audio": False, "video": video}


def yuv(color: str) -> tuple[int, int, int]:
    return colour.to_yuv(colour.from_hex(color))


def labels(frame: av.VideoFrame) -> np.ndarray:
    """Whose colour each pixel shows: an index into `_ALL`, -1 for none, as int8 (h, w)."""
    luma, u, v = (_plane(plane) for plane in frame.planes)
    chroma = (u.astype(np.uint16) >> 2) << 6 | v >> 2
    return _table()[luma >> 2, chroma.repeat(2, axis=0).repeat(2, axis=1)]


def label(color: str) -> int:
    return _ALL.index(color.upper())


def _plane(plane) -> np.ndarray:
    return np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[
        : plane.height, : plane.width
    ]


@cache
def _table() -> np.ndarray:
    """The nearest colour of every Y and U, V in steps of 4: (64, 4096)."""
    steps = np.arange(64) * 4 + 2
    y, u, v = np.meshgrid(steps, steps, steps, indexing="ij")
    away = np.stack([abs(y - a) + abs(u - b) + abs(v - c) for a, b, c in map(yuv, _ALL)])
    nearest = away.argmin(axis=0)
    nearest[away.min(axis=0) > _FAR] = -1
    return nearest.astype(np.int8).reshape(64, 4096)
