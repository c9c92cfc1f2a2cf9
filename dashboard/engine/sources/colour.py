"""Colours between screen and recording: RGB, and BT.709 YUV of limited range."""

import numpy as np

_RED, _BLUE = 0.2126, 0.0722
"""Weights of BT.709, table 3.2; green has the rest."""


def from_hex(colour: str) -> tuple[int, int, int]:
    """ "#RRGGBB" as three numbers 0..255; ValueError for anything else."""
    if len(colour) != 7 or colour[0] != "#":
        raise ValueError(f"not a colour: {colour}")
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def grey(luma: int) -> tuple[int, int, int]:
    """The RGB that becomes this luma without colour."""
    level = round((luma - 16) * 255 / 219)
    return level, level, level


def to_yuv(rgb: tuple[int, int, int]) -> tuple[int, int, int]:
    """One colour: luma 16..235, chroma 16..240."""
    y, u, v = _matrix(np.array(rgb, dtype=np.float64))
    return int(round(y)), int(round(u)), int(round(v))


def to_planes(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """An RGB picture (h, w, 3), uint8, even sides, as 4:2:0 planes, uint8.

    Chroma is the mean of four pixels.
    """
    rgb = picture.astype(np.float32)
    fours = (rgb[::2, ::2] + rgb[::2, 1::2] + rgb[1::2, ::2] + rgb[1::2, 1::2]) / 4
    luma, *chroma = _WEIGHTS
    y, u, v = rgb @ luma, *(fours @ weights for weights in chroma)
    return _to_bytes(16 + y), _to_bytes(128 + u), _to_bytes(128 + v)


def to_full_planes(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """An RGB picture (h, w, 3), uint8, as three planes of its own size, not rounded, float32."""
    return _matrix(picture.astype(np.float32))


def quarter(plane: np.ndarray) -> np.ndarray:
    """The mean of each two by two; even sides."""
    high, wide = plane.shape
    return plane.reshape(high // 2, 2, wide // 2, 2).mean(axis=(1, 3))


def _matrix(rgb: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    red, green, blue = rgb[..., 0] / 255, rgb[..., 1] / 255, rgb[..., 2] / 255
    luma = _RED * red + (1 - _RED - _BLUE) * green + _BLUE * blue
    u = (blue - luma) / (2 * (1 - _BLUE))
    v = (red - luma) / (2 * (1 - _RED))
    return 16 + 219 * luma, 128 + 224 * u, 128 + 224 * v


_WEIGHTS = ((np.array(_matrix(np.eye(3))).T - (16, 128, 128)).T).astype(np.float32)
"""Of red, green and blue, 0..255, in Y, U and V; one sum for a pixel instead of a dozen."""


def _to_bytes(plane: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(plane), 0, 255).astype(np.uint8)
