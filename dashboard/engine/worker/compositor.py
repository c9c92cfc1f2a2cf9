"""The recorded picture: everybody's latest frame blitted into their window, marks over all.

All is done on the planes of yuv420p with numpy. Windows lie on even pixels, so a
chroma sample never belongs to two of them.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from dashboard.engine.sources import colour
from dashboard.engine.worker.patches import Patch
from dashboard.errors import InvalidInput
from dashboard.layouts.document import Fit
from dashboard.layouts.geometry import FULL, PixelRect, Rect, Size, contained, to_pixels
from dashboard.layouts.presets import Placement

_SOLID = 256
_MOST_CUT_OFF = 0.2
"""Of a side, by Fit.SMART."""


@dataclass(frozen=True)
class Picture:
    """A frame and its number; the same number of the same origin is the same picture.

    fit: None takes the window's.
    """

    number: int
    frame: av.VideoFrame
    origin: Hashable = None
    fit: Fit | None = None


Look = Callable[[Placement], Picture | None]


class Mark(Protocol):
    """Something painted over everything."""

    def patch(self, at_ms: int) -> Patch | None:
        """What it looks like at a moment of wall time; None while there is nothing to see."""
        ...


@dataclass(frozen=True)
class _Tile:
    """rect: the window in pixels. weight: opacity in 256 parts."""

    window: Placement
    rect: PixelRect
    weight: int


class Compositor:
    def __init__(self, canvas: Size) -> None:
        self._canvas = canvas
        self._ground: Sequence[int | np.ndarray] = colour.to_yuv((0, 0, 0))
        self._tiles: tuple[_Tile, ...] = ()
        self._scalers: dict[Hashable, _Scaler] = {}
        self.marks: Sequence[Mark] = ()

    def arrange(
        self, placements: Sequence[Placement], background: str, image: Picture | None = None
    ) -> None:
        """Take a layout, from the next picture on. Windows too small to be seen are left out.

        image: on the background, fitted to the canvas.
        """
        self._scalers = {}
        self._ground = colour.to_yuv(colour.from_hex(background))
        if image:
            self._tiles = (_Tile(Placement(None, FULL), PixelRect(0, 0, *self._sides), _SOLID),)
            self._ground = [plane.copy() for plane in _planes(self.compose(lambda _: image))]
            self._scalers = {}
        tiles = (self._tile(placement) for placement in placements)
        self._tiles = tuple(tile for tile in tiles if tile)

    def compose(self, look: Look, at_ms: int | None = None) -> av.VideoFrame:
        """One canvas.

        look: what a window shows, None for what lies behind it.
        at_ms: wall time, for marks; None paints none.
        """
        frame = av.VideoFrame(self._canvas.width, self._canvas.height, "yuv420p")
        canvas = _planes(frame)
        for plane, value in zip(canvas, self._ground, strict=True):
            plane[:] = value
        for tile in self._tiles:
            picture = look(tile.window)
            if picture:
                self._draw(canvas, tile, picture)
        if at_ms is not None:
            for mark in self.marks:
                patch = mark.patch(at_ms)
                if patch:
                    patch.paint(canvas)
        return frame

    @property
    def _sides(self) -> tuple[int, int]:
        return self._canvas.width, self._canvas.height

    def _tile(self, window: Placement) -> _Tile | None:
        weight = round(window.opacity * _SOLID)
        rect = self._pixels(window.rect)
        return _Tile(window, rect, weight) if weight > 0 and rect else None

    def _pixels(self, rect: Rect) -> PixelRect | None:
        """None for what is too small to be seen."""
        try:
            return to_pixels(rect, self._canvas)
        except InvalidInput:
            return None

    def _draw(self, canvas: list[np.ndarray], tile: _Tile, picture: Picture) -> None:
        fitted = self._fit(tile, picture)
        if fitted is None:
            return
        target, size = fitted
        key = tile.window.uid, tile.window.stream, picture.origin, size
        scaler = self._scalers.get(key)
        if scaler is None:
            scaler = self._scalers[key] = _Scaler(size)
        left, top = (size.width - target.w) // 4 * 2, (size.height - target.h) // 4 * 2
        for index, (plane, source) in enumerate(zip(canvas, scaler.planes(picture), strict=True)):
            part = 2 if index else 1
            x, y = target.x // part, target.y // part
            w, h = target.w // part, target.h // part
            cut = source[top // part : top // part + h, left // part : left // part + w]
            _blit(plane[y : y + h, x : x + w], cut, tile.weight)

    def _fit(self, tile: _Tile, picture: Picture) -> tuple[PixelRect, Size] | None:
        """Which pixels of the canvas it takes, and the size to scale it to.

        A whole picture is put into the window as drawn, and its edges are rounded then: put
        into the window's pixels they would be up to three pixels off.
        """
        size = Size(picture.frame.width, picture.frame.height)
        fit = _settled(picture.fit or tile.window.fit, tile.rect, size)
        if fit is Fit.FILL:
            return tile.rect, _covering(tile.rect, size)
        target = tile.rect
        if fit is Fit.CONTAIN:
            target = self._pixels(contained(tile.window.rect, self._canvas, size))
        return (target, Size(target.w, target.h)) if target else None


class _Scaler:
    """Frames of one origin at one size; the last one is kept, as cameras are often slower."""

    def __init__(self, size: Size) -> None:
        self._size = size
        self._reformatter = VideoReformatter()
        self._number: int | None = None
        self._planes: list[np.ndarray] = []

    def planes(self, picture: Picture) -> list[np.ndarray]:
        if picture.number != self._number:
            self._number, self._planes = picture.number, self._scaled(picture.frame)
        return self._planes

    def _scaled(self, frame: av.VideoFrame) -> list[np.ndarray]:
        try:
            return _planes(self._reformat(frame, self._size))
        except av.error.ArgumentError:  # a strip: FFmpeg scales no side this much
            whole = _planes(self._reformat(frame, Size(frame.width, frame.height)))
            return [_nearest(plane, self._size, 2 if i else 1) for i, plane in enumerate(whole)]

    def _reformat(self, frame: av.VideoFrame, size: Size) -> av.VideoFrame:
        return self._reformatter.reformat(
            frame, size.width, size.height, "yuv420p",
            interpolation=Interpolation.BILINEAR, threads=1,
        )  # fmt: skip


def _nearest(plane: np.ndarray, size: Size, part: int) -> np.ndarray:
    high, wide = size.height // part, size.width // part
    rows = np.arange(high) * plane.shape[0] // high
    columns = np.arange(wide) * plane.shape[1] // wide
    return plane[rows[:, None], columns]


def _planes(frame: av.VideoFrame) -> list[np.ndarray]:
    """Y, U, V as arrays over the frame's own memory, without the padding of the rows."""
    views = []
    for plane in frame.planes:
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        views.append(rows[: plane.height, : plane.width])
    return views


def _settled(fit: Fit, window: PixelRect, picture: Size) -> Fit:
    """What Fit.SMART comes to."""
    if fit is not Fit.SMART:
        return fit
    wide, high = window.w / picture.width, window.h / picture.height
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
