"""Layouts in TRTC's own JSON, for taking them along: files in, files out.

What comes out are the two parts of a CreateCloudRecording that say how the picture is laid out
and, because its windows are measured in pixels, how large it is (trtc.md 3.4 and 3.5).
"""

from collections.abc import Mapping
from typing import Any

from dashboard.domain.recording import Canvas
from dashboard.errors import text
from dashboard.layouts.document import Layout
from dashboard.protocols.trtc import VIDEO_DEFAULTS
from dashboard.providers.shown import Members
from dashboard.providers.trtc.layout_reading import layout_of
from dashboard.providers.trtc.layouts import layout_params
from dashboard.providers.trtc.payloads import GOP_S

LONGEST_SIDE = 1920
_PARAMS = "MixLayoutParams"
_ALONE = frozenset({"MixLayoutMode", "MixLayoutList"})


def write(layout: Layout, canvas: Canvas) -> dict[str, Any]:
    """Raises Unsupported for portraits, which TRTC has not."""
    video = {
        "Width": canvas.width,
        "Height": canvas.height,
        "Fps": canvas.fps,
        "BitRate": canvas.bitrate_kbps * 1000,
        "Gop": GOP_S,
    }
    return {
        "MixTranscodeParams": {"VideoParams": video},
        _PARAMS: layout_params(layout, canvas),
    }


def is_ours(document: Mapping[str, Any]) -> bool:
    """Whether this is a call with a layout in it, or the layout part of one alone."""
    alone = any(document.get(name) is not None for name in _ALONE)
    return isinstance(document.get(_PARAMS), Mapping) or alone


def canvas_of(document: Mapping[str, Any]) -> Canvas | None:
    """None for a layout alone, of which nobody can say how large its picture was.

    Raises InvalidInput.
    """
    if "MixTranscodeParams" not in document:
        return None
    video = Members(document).object("MixTranscodeParams").object("VideoParams")
    for name in ("Width", "Height"):
        if not 2 <= video.number(name, VIDEO_DEFAULTS[name]) <= LONGEST_SIDE:
            raise video.wrong(name, text("There is no such choice."))
    return Canvas(*(video.number(name, VIDEO_DEFAULTS[name]) for name in ("Width", "Height")))


def read(document: Mapping[str, Any]) -> tuple[Layout, tuple[str, ...]]:
    """The layout, and the names of fields that have no place in ours.

    A layout alone is taken to be drawn on our usual picture. Raises InvalidInput.
    """
    members = Members(document)
    params = members.object(_PARAMS) if _PARAMS in document else members
    layout = layout_of(params, canvas_of(document) or Canvas())
    return layout, params.unread()
