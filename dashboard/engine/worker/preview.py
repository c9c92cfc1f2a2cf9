"""A look at the recording as it runs: the last composed picture as a JPEG."""

import base64
import io

import av
from av.video.reformatter import Colorspace, Interpolation
from PIL import Image

WIDEST = 1920


def jpeg(frame: av.VideoFrame, width: int) -> bytes:
    """width: wanted, at most the canvas's own; the height follows."""
    wide = max(16, min(width, frame.width, WIDEST))
    high = max(2, round(frame.height * wide / frame.width))
    small = frame.reformat(
        wide, high, "rgb24", src_colorspace=Colorspace.ITU709, interpolation=Interpolation.AREA
    )
    out = io.BytesIO()
    Image.fromarray(small.to_ndarray()).save(out, "JPEG", quality=82)
    return out.getvalue()


def jpeg_text(frame: av.VideoFrame | None, width: int) -> str | None:
    """The JPEG in base64; None before the first picture."""
    return base64.b64encode(jpeg(frame, width)).decode() if frame else None
