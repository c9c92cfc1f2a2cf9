"""A publisher whose picture has three stripes, so that what was cut off or pulled shows."""

import av
import numpy as np

from tests.media.solid import yuv

LEFT, MIDDLE, RIGHT = "#FF0000", "#00FF00", "#0000FF"
WIDTH, HEIGHT = 128, 72
_BORDERS = (0, 32, 96, 128)


class Striped:
    """A source for the engine: 16:9, the left and the right quarter of other colours."""

    def __init__(self, uid: str, color: str, tone_hz: float, fps: int) -> None:
        self._frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        levels = zip(*map(yuv, (LEFT, MIDDLE, RIGHT)), strict=True)
        for plane, colours in zip(self._frame.planes, levels, strict=True):
            rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
            for level, begin, end in zip(colours, _BORDERS, _BORDERS[1:], strict=False):
                rows[:, begin * plane.width // WIDTH : end * plane.width // WIDTH] = level

    def number(self, at) -> int:
        return 0

    def picture(self, number: int) -> av.VideoFrame:
        return self._frame

    def sound(self, first: int, count: int) -> np.ndarray:
        return np.zeros(count, np.float32)
