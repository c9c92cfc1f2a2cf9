"""Still images of a recording: backgrounds, placeholders, watermarks.

The supervisor fetches and checks them and says where they lie; here they are only opened.
A path stands for one picture for ever: files are called by what is in them.
"""

import logging
from collections.abc import Mapping
from functools import lru_cache

import av
import numpy as np
from av.video.reformatter import Colorspace
from PIL import Image, ImageOps

from dashboard.engine.sources import colour

log = logging.getLogger(__name__)

_LARGEST = (1920, 1920)
"""No canvas is larger."""


class Pictures:
    """By their addresses. Those that are not there yet, or cannot be opened, are none."""

    def __init__(self, paths: Mapping[str, str]) -> None:
        """paths: address -> path of the file."""
        self._paths = dict(paths)

    def add(self, paths: Mapping[str, str]) -> None:
        self._paths |= paths

    def image(self, address: str) -> Image.Image | None:
        """RGBA, at most as large as the largest canvas."""
        path = self._paths.get(address)
        return _open(path) if path else None

    def frame(self, address: str, behind: str) -> av.VideoFrame | None:
        """yuv420p of even sides. behind: "#RRGGBB" that shows where it is clear."""
        path = self._paths.get(address)
        return _frame(path, behind) if path else None


@lru_cache(maxsize=32)
def _frame(path: str, behind: str) -> av.VideoFrame | None:
    image = _open(path)
    if image is None:
        return None
    paper = Image.new("RGBA", image.size, (*colour.from_hex(behind), 255))
    flat = Image.alpha_composite(paper, image).convert("RGB")
    even = tuple(max(2, side // 2 * 2) for side in flat.size)
    flat = flat if flat.size == even else flat.resize(even)
    frame = av.VideoFrame.from_ndarray(np.asarray(flat), format="rgb24")
    return frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)


@lru_cache(maxsize=32)
def _open(path: str) -> Image.Image | None:
    try:
        with Image.open(path) as found:
            found.draft("RGB", _LARGEST)
            found.thumbnail(_LARGEST)
            return ImageOps.exif_transpose(found).convert("RGBA")
    except (OSError, ValueError, Image.DecompressionBombError) as fault:
        log.warning("an image cannot be opened: %s", fault)
        return None
