"""The recorded picture: everybody's latest frame blitted into their window.

All is done on the planes of yuv420p with numpy. Windows lie on even pixels, so a
chroma sample never belongs to two of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from dashboard.engine.sources import colour
from dashboard.errors import InvalidInput
from dashboard.layouts.document import Fit
from dashboard.layouts.geometry import PixelRect, Rect, Size, contained, to_pixels
from dashboard.layouts.presets import Placement

_SOLID = 256
_MOST_CUT_OFF = 0.2
"""Of a side, by Fit.SMART."""


@dataclass(frozen=True)
class Picture:
    """A frame and its number; the same number of the same uid is the same picture."""

    number: int
    frame: av.VideoFrame


@dataclass(frozen=True)
class _Tile:
    """exact, rect: the window as it was drawn, and in pixels. weight: opacity in 256 parts."""

    uid: str
    exact: Rect
    rect: PixelRect
    weight: int
    fit: Fit


class Compositor:
    def __init__(self, canvas: Size) -> None:
        self._canvas = canvas
        self._background = colour.to_yuv((0, 0, 0))
        self._tiles: tuple[_Tile, ...] = ()
        self._scalers: dict[tuple[str, Size], _Scaler] = {}

    def arrange(self, placements: Sequence[Placement], background: str) -> None:
        """Take a layout, from the next picture on. Windows too small to be seen are left out."""
        self._background = colour.to_yuv(colour.from_hex(background))
        tiles = (self._tile(placement) for placement in placements)
        self._tiles = tuple(tile for tile in tiles if tile)
        self._scalers = {key: scaler for key, scaler in self._scalers.items()
                         if key[0] in {tile.uid for tile in self._tiles}}  # fmt: skip

    def compose(self, look: Callable[[str], Picture | None]) -> av.VideoFrame:
        """One canvas.

        look: the latest picture of a uid, or None, which leaves the background to be
            seen. Asked only for people who have a window.
        """
        frame = av.VideoFrame(self._canvas.width, self._canvas.height, "yuv420p")
        canvas = _planes(frame)
        for plane, value in zip(canvas, self._background, strict=True):
            plane[:] = value
        for tile in self._tiles:
            picture = look(tile.uid)
            if picture:
                self._draw(canvas, tile, picture)
        return frame

    def _tile(self, placement: Placement) -> _Tile | None:
        weight = round(placement.opacity * _SOLID)
        rect = self._pixels(placement.rect)
        if placement.uid is None or weight <= 0 or rect is None:
            return None
        return _Tile(placement.uid, placement.rect, rect, weight, placement.fit)

    def _pixels(self, rect: Rect) -> PixelRect | None:
        """None for what is too small to be seen."""
        try:
            return to_pixels(rect, self._canvas)
        except InvalidInput:
            return None

    def _draw(self, canvas: list[np.ndarray], tile: _Tile, picture: Picture) -> None:
        fitted = self._fit(tile, Size(picture.frame.width, picture.frame.height))
        if fitted is None:
            return
        target, size = fitted
        scaler = self._scalers.setdefault((tile.uid, size), _Scaler(size))
        left, top = (size.width - target.w) // 4 * 2, (size.height - target.h) // 4 * 2
        for index, (plane, source) in enumerate(zip(canvas, scaler.planes(picture), strict=True)):
            part = 2 if index else 1
            x, y = target.x // part, target.y // part
            w, h = target.w // part, target.h // part
            cut = source[top // part : top // part + h, left // part : left // part + w]
            _blit(plane[y : y + h, x : x + w], cut, tile.weight)

    def _fit(self, tile: _Tile, picture: Size) -> tuple[PixelRect, Size] | None:
        """Which pixels of the canvas it takes, and the size to scale it to.

        A whole picture is put into the window as drawn, and its edges are rounded then: put
        into the window's pixels they would be up to three pixels off.
        """
        fit = _settled(tile, picture)
        if fit is Fit.FILL:
            return tile.rect, _covering(tile.rect, picture)
        target = tile.rect
        if fit is Fit.CONTAIN:
            target = self._pixels(contained(tile.exact, self._canvas, picture))
        return (target, Size(target.w, target.h)) if target else None


class _Scaler:
    """Frames of one uid at one size; the last one is kept, as cameras are often slower."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self._reformatter = VideoReformatter()
        self._number: int | None = None
        self._planes: list[np.ndarray] = []

    def planes(self, picture: Picture) -> list[np.ndarray]:
        if picture.number != self._number:
            scaled = self._reformatter.reformat(
                picture.frame, self._size.width, self._size.height, "yuv420p",
                interpolation=Interpolation.BILINEAR, threads=1,
            )  # fmt: skip
            self._number, self._planes = picture.number, _planes(scaled)
        return self._planes


def _planes(frame: av.VideoFrame) -> list[np.ndarray]:
    """Y, U, V as arrays over the frame's own memory, without the padding of the rows."""
    views = []
    for plane in frame.planes:
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        views.append(rows[: plane.height, : plane.width])
    return views


def _settled(tile: _Tile, picture: Size) -> Fit:
    """What Fit.SMART comes to."""
    if tile.fit is not Fit.SMART:
        return tile.fit
    wide, high = tile.rect.w / picture.width, tile.rect.h / picture.height
    cut_off = 1 - min(wide, high) / max(wide, high)
    return Fit.FILL if cut_off <= _MOST_CUT_OFF else Fit.CONTAIN


def _covering(rect: PixelRect, picture: Size) -> Size:
    """Even pixels, at least as many as the window's."""
    zoom = max(rect.w / picture.width, rect.h / picture.height)
    wide, high = _even(picture.width * zoom), _even(picture.height * zoom)
    return Size(max(rect.w, wide), max(rect.h, high))


def _even(value: float) -> int:
    return 2 * round(value / 2)


def _blit(target: np.ndarray, source: np.ndarray, weight: int) -> None:
    if weight >= _SOLID:
        target[:] = source
        return
    mixed = target.astype(np.uint16) * (_SOLID - weight)
    mixed += source.astype(np.uint16) * weight
    mixed += _SOLID // 2
    target[:] = mixed >> 8
