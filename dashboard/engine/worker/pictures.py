"""Still images of a recording: backgrounds, placeholders, watermarks.

The supervisor fetches and checks them and says where they lie; here they are only opened.
A path stands for one picture for ever: files are called by what is in them.
"""

import logging
from collections.abc import Collection, Mapping
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Colorspace
from PIL import Image, ImageOps

from dashboard.engine.sources import colour
from dashboard.layouts.geometry import Size

log = logging.getLogger(__name__)


class Pictures:
    """By their addresses. Those that are not there yet, or cannot be opened, are none."""

    def __init__(self, paths: Mapping[str, str], canvas: Size) -> None:
        """paths: address -> path of the file. canvas: they need not be larger to cover it."""
        self._paths, self._canvas = dict(paths), canvas
        self._frames: dict[tuple[str, str], av.VideoFrame | None] = {}

    def add(self, paths: Mapping[str, str]) -> None:
        self._paths |= paths

    def keep(self, addresses: Collection[str], behind: str) -> None:
        """Forget the frames of all others."""
        paths = {self._paths.get(address) for address in addresses}
        self._frames = {key: frame for key, frame in self._frames.items()
                        if key[0] in paths and key[1] == behind}  # fmt: skip

    def image(self, address: str) -> Image.Image | None:
        """RGBA."""
        path = self._paths.get(address)
        return _open(path, self._canvas) if path else None

    def frame(self, address: str, behind: str) -> av.VideoFrame | None:
        """yuv420p of even sides. behind: "#RRGGBB" that shows where it is clear."""
        path = self._paths.get(address)
        if path is None:
            return None
        if (path, behind) not in self._frames:
            image = _open(path, self._canvas)
            self._frames[path, behind] = _flat(image, behind) if image else None
        return self._frames[path, behind]


def _open(path: str, canvas: Size) -> Image.Image | None:
    try:
        with Image.open(path) as found:
            found.draft("RGB", _enough(found.size, canvas))
            upright = ImageOps.exif_transpose(found).convert("RGBA")
            return upright.resize(_enough(upright.size, canvas))
    except (OSError, ValueError, Image.DecompressionBombError) as fault:
        log.warning("%s cannot be opened: %s", Path(path).name, fault)
        return None


def _enough(size: tuple[int, int], canvas: Size) -> tuple[int, int]:
    """As many pixels as cover the canvas, and no more than there are."""
    wide, high = size
    part = min(1.0, max(canvas.width / wide, canvas.height / high))
    return max(2, round(wide * part)), max(2, round(high * part))


def _flat(image: Image.Image, behind: str) -> av.VideoFrame:
    paper = Image.new("RGBA", image.size, (*colour.from_hex(behind), 255))
    flat = Image.alpha_composite(paper, image).convert("RGB")
    even = tuple(max(2, side // 2 * 2) for side in flat.size)
    flat = flat if flat.size == even else flat.resize(even)
    frame = av.VideoFrame.from_ndarray(np.asarray(flat), format="rgb24")
    return frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)
