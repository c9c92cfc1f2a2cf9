"""TRTC's layouts and watermarks put into ours. Source: trtc.md 3.5 and section 8.

`read_*` take what `trtc_reading` has read; `check` adds what is wrong beyond single fields.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.engine.doors.trtc_reading import Problems, Rank
from dashboard.layouts.document import Fit, Layout, Missing, Preset, Region, Side, Stream
from dashboard.layouts.geometry import PixelRect, Rect, Size, from_pixels
from dashboard.layouts.watermarks import (
    LONGEST_TEXT,
    SIZES,
    ImageMark,
    Place,
    TextMark,
    TimeMark,
    Watermark,
    to_json,
)
from dashboard.protocols.trtc import (
    AUX_STREAM,
    CLEAR,
    COLOUR,
    FITS,
    LAYOUTS,
    PLACES,
    USER_ID,
    LayoutMode,
    RenderMode,
    WaterMarkType,
    is_image_address,
)
from dashboard.protocols.trtc_errors import Code, missing

Members = Mapping[str, Any]

_PRESETS = {mode: Preset(word) for word, mode in LAYOUTS.items()}
_FITS = {mode: Fit(word) for word, mode in FITS.items()}
_PLACES = {pos: Place(word) for word, pos in PLACES.items()}
_MARKS = {
    WaterMarkType.IMAGE: "WaterMarkImage",
    WaterMarkType.TEXT: "WaterMarkChar",
    WaterMarkType.TIMESTAMP: "WaterMarkTimestamp",
}


# ------------------------------------------------------------------ into our words


def read_layout(params: Members | None, canvas: Size) -> dict[str, Any]:
    """As Layout.to_json(). Always the whole layout; without MixLayoutParams it is the grid."""
    if params is None:
        return Layout(Preset.GRID).to_json()
    mode = LayoutMode(params["MixLayoutMode"])
    custom = mode is LayoutMode.CUSTOM
    focused = mode in (LayoutMode.FLOATING, LayoutMode.SCREEN_SHARE)
    shows_images = params["PlaceHolderMode"] == 1
    return Layout(
        preset=_PRESETS[mode],
        regions=tuple(_regions(params, canvas, shows_images)) if custom else (),
        background=_colour(params["BackGroundColor"]) or "#000000",
        background_image=params["BackgroundImageUrl"] or None,
        background_fit=_FITS[_or(params["BackgroundImageRenderMode"], RenderMode.CROP)],
        focus_uid=(params["MaxResolutionUserId"] or None) if focused else None,
        focus_stream=_stream(params) if focused else Stream.MAIN,
        focus_side=Side.RIGHT if _is_right(params, mode) else Side.LEFT,
        fit=None if custom or params["RenderMode"] is None else _FITS[params["RenderMode"]],
        placeholder=(params["DefaultSubBackgroundImage"] or None) if shows_images else None,
        placeholder_when=Missing.AT_ONCE,
        hide_audio_only=params["PureAudioDisableLayout"] and not custom,
    ).to_json()


def read_watermarks(params: Members | None, canvas: Size) -> tuple[dict[str, Any], ...]:
    """As watermarks.to_json()."""
    items = params["WaterMarkList"] if params else []
    return tuple(to_json([_mark(item, canvas) for item in items]))


def _regions(params: Members, canvas: Size, shows_images: bool) -> Iterator[Region]:
    """By ImageLayer, those on one layer in the order of the list; the last is in front."""
    for item in sorted(params["MixLayoutList"], key=lambda item: item["ImageLayer"]):
        yield Region(
            rect=_rect(item, canvas),
            uid=item["UserId"] or None,
            opacity=round(1 - item["Alpha"] / CLEAR, 6),
            fit=_FITS[item["RenderMode"]],
            stream=_stream(item),
            placeholder=(item["SubBackgroundImage"] or None) if shows_images else None,
        )


def _mark(item: Members, canvas: Size) -> Watermark:
    kind = WaterMarkType(item["WaterMarkType"])
    values = item[_MARKS[kind]]
    if kind is WaterMarkType.IMAGE:
        return ImageMark(_rect(values, canvas), values["WaterMarkUrl"])
    if kind is WaterMarkType.TIMESTAMP:
        return TimeMark(_PLACES[values["Pos"]], values["TimeZone"] * 60)
    return TextMark(
        _rect(values, canvas),
        values["Chars"],
        values["FontSize"],
        _colour(values["FontColor"]) or "#FFFFFF",
        _colour(values["BackGroundColor"]),
    )


def _rect(item: Members, canvas: Size) -> Rect:
    box = PixelRect(item["Left"], item["Top"], item["Width"], item["Height"])
    return from_pixels(box, canvas)


def _stream(item: Members) -> Stream:
    return Stream.SCREEN if item["MediaId"] == AUX_STREAM else Stream.MAIN


def _is_right(params: Members, mode: LayoutMode) -> bool:
    return mode is LayoutMode.SCREEN_SHARE and params["MaxResolutionUserAlign"] == 1


def _colour(written: str | None) -> str | None:
    return f"#{written[-6:].upper()}" if written else None


def _or(value: int | None, default: int) -> int:
    return default if value is None else value


# ------------------------------------------------------------------ what is wrong


def check(params: Members | None, canvas: Size, problems: Problems) -> None:
    """What no single field shows: windows off the canvas, marks without their object."""
    if params is None:
        return
    _check_image(params, "BackgroundImageUrl", problems)
    _check_image(params, "DefaultSubBackgroundImage", problems)
    _check_colour(params, "BackGroundColor", problems)
    _check_user(params, "MaxResolutionUserId", problems)
    windows = params["MixLayoutList"]
    if params["MixLayoutMode"] == LayoutMode.CUSTOM and not windows:
        message = "`MixLayoutList` is required with MixLayoutMode 4."
        problems.add(Rank.MISSING, Code.MISSING, message)
    for window in filter(None, windows):
        _check_image(window, "SubBackgroundImage", problems)
        _check_user(window, "UserId", problems)
        _check_bounds(window, canvas, "MixLayout", problems)
    for item in filter(None, params["WaterMarkList"]):
        _check_mark(item, canvas, problems)


def _check_mark(item: Members, canvas: Size, problems: Problems) -> None:
    kind = WaterMarkType(item["WaterMarkType"])
    values = item[_MARKS[kind]]
    if values is None:
        message = f"`{_MARKS[kind]}` is required with WaterMarkType {int(kind)}."
        problems.add(Rank.MISSING, missing(_MARKS[kind]), message)
        return
    if kind is WaterMarkType.TIMESTAMP:
        return
    _check_bounds(values, canvas, _MARKS[kind], problems)
    if kind is WaterMarkType.IMAGE:
        _check_image(values, "WaterMarkUrl", problems)
        return
    _check_colour(values, "FontColor", problems)
    _check_colour(values, "BackGroundColor", problems)
    if len(values["Chars"] or "") > LONGEST_TEXT:
        message = f"`Chars` may have at most {LONGEST_TEXT} characters."
        problems.add(Rank.RANGE, Code.RANGE, message)
    if not SIZES[0] <= values["FontSize"] <= SIZES[1]:
        problems.add(Rank.RANGE, Code.RANGE, f"`FontSize` must be {SIZES[0]}..{SIZES[1]}.")


def _check_bounds(item: Members, canvas: Size, what: str, problems: Problems) -> None:
    if None in (item["Left"], item["Top"], item["Width"], item["Height"]):
        return
    empty = 0 in (item["Width"], item["Height"])
    wide = item["Left"] + item["Width"] > canvas.width
    if empty or wide or item["Top"] + item["Height"] > canvas.height:
        message = f"`{what}` must lie on the canvas of {canvas.width} x {canvas.height}."
        problems.add(Rank.BOUNDS, Code.RANGE, message)


def _check_image(item: Members, name: str, problems: Problems) -> None:
    if item[name] and not is_image_address(item[name]):
        message = f"`{name}` must be the address of a jpg, jpeg or png."
        problems.add(Rank.RANGE, Code.INVALID, message)


def _check_colour(item: Members, name: str, problems: Problems) -> None:
    if item[name] and not COLOUR.fullmatch(item[name]):
        problems.add(Rank.RANGE, Code.INVALID, f"`{name}` must be #RRGGBB.")


def _check_user(item: Members, name: str, problems: Problems) -> None:
    if item[name] and not USER_ID.fullmatch(item[name]):
        message = f"`{name}` must be 1 to 32 letters, digits, _ or -."
        problems.add(Rank.RANGE, Code.INVALID, message)
