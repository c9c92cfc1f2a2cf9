"""Agora's layouts put into ours. Source: agora-anyrtc.md 4.3, 5 and 12. Raises Answer, code 2."""

import re
from typing import Any
from urllib.parse import urlsplit

from dashboard.engine.doors.body import Fields
from dashboard.engine.doors.dialects import Dialect
from dashboard.layouts.document import Fit, Layout, Portrait, Preset, Region
from dashboard.layouts.geometry import Rect, rounded
from dashboard.protocols import agora
from dashboard.protocols.agora import RANGES, MixedLayout, RenderMode

_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_TOLERANCE = 1e-6
"""Two rounded fractions may add up to the last decimal more than 1."""
_LONGEST_ADDRESS = 2048
_PRESETS = {
    MixedLayout.FLOATING: Preset.FLOATING,
    MixedLayout.BEST_FIT: Preset.BEST_FIT,
    MixedLayout.VERTICAL: Preset.VERTICAL,
    MixedLayout.CUSTOM: Preset.CUSTOM,
}
_FITS = {RenderMode.CROP: Fit.FILL, RenderMode.FIT: Fit.CONTAIN}


def read_layout(fields: Fields, dialect: Dialect) -> dict[str, Any]:
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
    return Layout(
        preset=_PRESETS[number],
        regions=tuple(_region(window, dialect) for window in windows or ()),
        background=background.upper(),
        background_image=_address(fields, "backgroundImage"),
        placeholder=_address(fields, "defaultUserBackgroundImage"),
        portraits=_portraits(fields, dialect),
        focus_uid=_uid(fields, "maxResolutionUid", dialect),
    ).to_json()


def _region(window: Fields, dialect: Dialect) -> Region:
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
    return Region(
        rect=rect,
        uid=_uid(window, "uid", dialect),
        opacity=window.number("alpha", 0, 1, default=1.0),
        fit=_fit(window),
    )


def _portraits(fields: Fields, dialect: Dialect) -> tuple[Portrait, ...]:
    """backgroundConfig: what is shown of a person for want of a picture."""
    portraits: dict[str, Portrait] = {}
    for item in fields.objects("backgroundConfig", agora.REGIONS_MAX) or ():
        uid = _uid(item, "uid", dialect)
        if not uid:
            raise item.wrong("uid", "is required")
        if uid in portraits:
            raise item.wrong("uid", f"{uid} is there twice")
        image = _address(item, "image_url", schemes=("https",), required=True)
        portraits[uid] = Portrait(uid, image, _fit(item))
    return tuple(portraits.values())


def _fit(item: Fields) -> Fit:
    return _FITS[RenderMode(item.integer("render_mode", RANGES["render_mode"]))]


def _uid(fields: Fields, name: str, dialect: Dialect) -> str | None:
    """Empty text means the same as none."""
    value = fields.text(name)
    if value and not dialect.is_uid(value):
        raise fields.wrong(name, f"must be {dialect.uid_words}")
    return value or None


def _address(
    fields: Fields,
    name: str,
    schemes: tuple[str, ...] = ("http", "https"),
    required: bool = False,
) -> str | None:
    """Of an image. Whether it may be fetched, and is one, is seen when it is fetched."""
    value = fields.text(name, required=required, longest=_LONGEST_ADDRESS)
    if not value:
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = None
    is_address = parts and parts.scheme in schemes and parts.hostname and value.isprintable()
    if not is_address:
        raise fields.wrong(name, f"must be an address that begins with {schemes[-1]}://")
    return value
