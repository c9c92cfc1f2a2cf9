"""Layouts in Agora's own JSON, for taking them along: files in, files out.

What comes out is the clientRequest of updateLayout (agora-anyrtc.md, sections 4.3 and 5), which
is also the layout part of a start's transcodingConfig.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.domain.recording import Canvas
from dashboard.errors import InvalidInput, Problem, Unsupported, text
from dashboard.layouts.document import Fit, Layout, Portrait, Region
from dashboard.layouts.geometry import Rect
from dashboard.protocols.agora import BACKGROUND_DEFAULT, MixedLayout, RenderMode
from dashboard.providers.agora import payloads
from dashboard.providers.agora.readings import whole_number

VENDOR = "agora"
LONGEST_SIDE = 1920
_WRAPPINGS = ("clientRequest", "recordingConfig", "transcodingConfig")
_PRESETS = {number: preset for preset, number in payloads._LAYOUTS.items()}
_FITS = {RenderMode.CROP: Fit.FILL, RenderMode.FIT: Fit.CONTAIN}


def write(layout: Layout, _canvas: Canvas) -> dict[str, Any]:
    """Raises Unsupported for a layout that Agora has not. Its measures need no canvas."""
    if layout.preset not in payloads._LAYOUTS:
        raise Unsupported(
            text("Agora has no such layout. Turn it into regions first."),
            vendor=VENDOR,
            operation="export",
        )
    return dict(payloads.layout_body("", "", layout)["clientRequest"])


def is_ours(document: Mapping[str, Any]) -> bool:
    """Whether this looks like a layout, or a whole request with one in it, in Agora's words."""
    return any(map(_has_layout, _parts(document)))


def read(document: Mapping[str, Any]) -> tuple[Layout, tuple[str, ...]]:
    """The layout, and the names of fields that have no place in ours.

    document: a transcodingConfig, an updateLayout request, or a whole body around them.
    Raises InvalidInput; numbers out of range are for `rules` to judge.
    """
    fields = next(filter(_has_layout, _parts(document)))
    windows = fields.get("layoutConfig") or []
    if not isinstance(windows, list):
        raise _wrong("layoutConfig", text("This is no list of regions."))
    default = MixedLayout.CUSTOM if windows else MixedLayout.FLOATING
    given = fields.get("mixedVideoLayout")
    number = whole_number(default if given is None else given)
    if number not in _PRESETS:
        raise _wrong("mixedVideoLayout", text("There is no such layout."))
    preset = _PRESETS[MixedLayout(number)]
    layout = Layout(
        preset=preset,
        regions=tuple(map(_region, range(len(windows)), windows)),
        background=str(fields.get("backgroundColor") or BACKGROUND_DEFAULT),
        focus_uid=_uid(fields.get("maxResolutionUid")),
        background_image=fields.get("backgroundImage") or None,
        placeholder=fields.get("defaultUserBackgroundImage") or None,
        portraits=tuple(map(_portrait, _objects(fields, "backgroundConfig"))),
    )
    return layout, ()


def canvas_of(document: Mapping[str, Any]) -> Canvas | None:
    """None where there is no transcodingConfig around the layout, or it has no sizes."""
    for part in _parts(document):
        sides = [whole_number(part.get(name)) for name in ("width", "height")]
        if all(side is not None and 2 <= side <= LONGEST_SIDE for side in sides):
            return Canvas(*sides)
    return None


def _parts(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The document and what is wrapped in it, from the outside in."""
    yield document
    for name in _WRAPPINGS:
        inner = document.get(name)
        if isinstance(inner, Mapping):
            yield from _parts(inner)


def _has_layout(part: Mapping[str, Any]) -> bool:
    """A null, or an empty list alone, says nothing of a layout."""
    return part.get("mixedVideoLayout") is not None or bool(part.get("layoutConfig"))


def _region(index: int, window: Any) -> Region:
    where = f"regions.{index}"
    if not isinstance(window, Mapping):
        raise _wrong(where, text("This is no region."))
    mode = whole_number(window.get("render_mode", RenderMode.CROP))
    if mode not in _FITS:
        raise _wrong(f"{where}.fit", text("This account cannot fit pictures in this way."))
    return Region(
        rect=Rect(
            _number(window, "x_axis", f"{where}.x"),
            _number(window, "y_axis", f"{where}.y"),
            _number(window, "width", f"{where}.w"),
            _number(window, "height", f"{where}.h"),
        ),
        uid=_uid(window.get("uid")),
        opacity=_number(window, "alpha", f"{where}.opacity", 1.0),
        fit=_FITS[RenderMode(mode)],
    )


def _objects(fields: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = fields.get(name) or []
    if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
        raise _wrong(name, text("This is no list of regions."))
    return found


def _portrait(item: Mapping[str, Any]) -> Portrait:
    uid, image = _uid(item.get("uid")), item.get("image_url")
    mode = whole_number(item.get("render_mode", RenderMode.CROP))
    if not uid or not isinstance(image, str) or mode not in _FITS:
        raise _wrong("backgroundConfig", text("A picture of a person needs a uid and an address."))
    return Portrait(uid, image, _FITS[RenderMode(mode)])


def _number(
    window: Mapping[str, Any], name: str, where: str, default: float | None = None
) -> float:
    value = window.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(where, text("Give a fraction of the canvas from 0 to 1."))
    return value


def _uid(value: Any) -> str | None:
    """Empty text means the next to join, as no uid does."""
    return str(value) if isinstance(value, str | int) and str(value) else None


def _wrong(where: str, what) -> InvalidInput:
    return InvalidInput([Problem(where, what)])
