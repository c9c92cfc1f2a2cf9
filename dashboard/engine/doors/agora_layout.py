"""Agora's layouts put into ours. Source: agora-anyrtc.md 4.3, 5 and 12. Raises Answer, code 2."""

import re
from typing import Any

from dashboard.engine.doors.body import Fields
from dashboard.layouts.document import Fit, Layout, Preset, Region
from dashboard.layouts.geometry import Rect, rounded
from dashboard.protocols import agora
from dashboard.protocols.agora import RANGES, MixedLayout, RenderMode

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_TOLERANCE = 1e-6
"""Two rounded fractions may add up to the last decimal more than 1."""
_PRESETS = {
    MixedLayout.FLOATING: Preset.FLOATING,
    MixedLayout.BEST_FIT: Preset.BEST_FIT,
    MixedLayout.VERTICAL: Preset.VERTICAL,
    MixedLayout.CUSTOM: Preset.CUSTOM,
}


def read_layout(fields: Fields) -> dict[str, Any]:
    """transcodingConfig, or the clientRequest of updateLayout, as Layout.to_json().

    It is always the whole layout: what is not given falls back to its default.
    """
    number = MixedLayout(fields.integer("mixedVideoLayout", RANGES["mixedVideoLayout"]))
    windows = fields.objects("layoutConfig", agora.REGIONS_MAX)
    if number is MixedLayout.CUSTOM and not windows:
        raise fields.wrong("layoutConfig", "is required with mixedVideoLayout 3")
    if number is not MixedLayout.CUSTOM and windows:
        raise fields.wrong("layoutConfig", "is only for mixedVideoLayout 3")
    background = fields.text("backgroundColor") or agora.BACKGROUND_DEFAULT
    if not _COLOUR.fullmatch(background):
        raise fields.wrong("backgroundColor", "must be #RRGGBB")
    _check_images(fields)
    return Layout(
        preset=_PRESETS[number],
        regions=tuple(map(_region, windows or ())),
        background=background.upper(),
        focus_uid=_uid(fields, "maxResolutionUid"),
    ).to_json()


def _region(window: Fields) -> Region:
    rect = Rect(
        rounded(window.number("x_axis", 0, 1)),
        rounded(window.number("y_axis", 0, 1)),
        rounded(window.number("width", 0, 1)),
        rounded(window.number("height", 0, 1)),
    )
    if rect.x + rect.w > 1 + _TOLERANCE:
        raise window.wrong("width", "plus x_axis must not exceed 1")
    if rect.y + rect.h > 1 + _TOLERANCE:
        raise window.wrong("height", "plus y_axis must not exceed 1")
    mode = window.integer("render_mode", RANGES["render_mode"])
    return Region(
        rect=rect,
        uid=_uid(window, "uid"),
        opacity=window.number("alpha", 0, 1, default=1.0),
        fit=Fit.CONTAIN if mode == RenderMode.FIT else Fit.FILL,
    )


def _uid(fields: Fields, name: str) -> str | None:
    """Empty text means the same as none."""
    value = fields.text(name)
    if value and not agora.is_uid(value):
        raise fields.wrong(name, "must be a uid, a decimal string from 1 to 4294967295")
    return value or None


def _check_images(fields: Fields) -> None:
    """Checked as the vendor does; this engine draws colours, not images."""
    for name in ("backgroundImage", "defaultUserBackgroundImage"):
        fields.text(name, longest=2048)
    for item in fields.objects("backgroundConfig", agora.REGIONS_MAX) or ():
        if not _uid(item, "uid"):
            raise item.wrong("uid", "is required")
        item.text("image_url", required=True, longest=2048)
        item.integer("render_mode", RANGES["render_mode"])
