"""Small pictures that are not solid everywhere, made ready once to be painted on many frames."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from dashboard.engine.sources import colour
from dashboard.layouts.geometry import PixelRect

_SOLID = 256


@dataclass(frozen=True)
class Patch:
    """rect: where on the canvas, even pixels. For each of Y, U and V: what is added, and how much
    of what lies behind stays; both in 256 parts, uint16."""

    rect: PixelRect
    added: tuple[np.ndarray, ...]
    stays: tuple[np.ndarray, ...]

    def paint(self, canvas: Sequence[np.ndarray]) -> None:
        """canvas: the planes of yuv420p."""
        r = self.rect
        for index, (plane, added, stays) in enumerate(
            zip(canvas, self.added, self.stays, strict=True)
        ):
            part = 2 if index else 1
            x, y, w, h = r.x // part, r.y // part, r.w // part, r.h // part
            behind = plane[y : y + h, x : x + w]
            behind[:] = (behind * stays + added) >> 8


def make(picture: Image.Image, rect: PixelRect) -> Patch:
    """picture: in any mode, of the size of the rectangle."""
    rgba = np.asarray(picture.convert("RGBA"))
    planes = colour.to_full_planes(rgba[..., :3])
    opaque = rgba[..., 3].astype(np.float32) * (_SOLID / 255)
    weights = (opaque, colour.quarter(opaque), colour.quarter(opaque))
    added = [planes[0] * opaque, *(colour.quarter(plane * opaque) for plane in planes[1:])]
    return Patch(
        rect,
        tuple(np.rint(plane + _SOLID // 2).astype(np.uint16) for plane in added),
        tuple(np.rint(_SOLID - weight).astype(np.uint16) for weight in weights),
    )
