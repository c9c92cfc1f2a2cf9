"""Our layouts and watermarks in TRTC's words: pixels, layers, alpha the other way round.

Source: trtc.md 3.5 and section 8.
"""

from typing import Any

from dashboard.domain.recording import Canvas
from dashboard.errors import Unsupported, text
from dashboard.layouts.document import Fit, Layout, Preset, Region, Side, Stream
from dashboard.layouts.geometry import Rect, Size, to_pixels
from dashboard.layouts.watermarks import ImageMark, Place, TextMark, TimeMark, Watermark
from dashboard.protocols import trtc
from dashboard.protocols.trtc import AUX_STREAM, CLEAR, MAIN_STREAM, LayoutMode, WaterMarkType

Body = dict[str, Any]

MODES = {
    **{Preset(word): mode for word, mode in trtc.LAYOUTS.items()},
    # the same windows, as far as those presets go
    Preset.FLOATING: LayoutMode.FLOATING,
    Preset.VERTICAL: LayoutMode.SCREEN_SHARE,
    Preset.BEST_FIT: LayoutMode.GRID,
}
FITS = {Fit(word): mode for word, mode in trtc.FITS.items()}
PLACES = {Place(word): pos for word, pos in trtc.PLACES.items()}
_FOCUSED = (LayoutMode.FLOATING, LayoutMode.SCREEN_SHARE)


def layout_params(layout: Layout, canvas: Canvas) -> Body:
    """MixLayoutParams, always whole. Raises Unsupported, InvalidInput (a region under 2 px)."""
    if layout.portraits:
        raise Unsupported(
            text("This account shows pictures for places, not for people."),
            vendor="trtc",
            operation="set_layout",
        )
    size = Size(canvas.width, canvas.height)
    mode = MODES[layout.preset]
    params: Body = {"MixLayoutMode": int(mode), "BackGroundColor": layout.background}
    if layout.background_image:
        params["BackgroundImageUrl"] = layout.background_image
        params["BackgroundImageRenderMode"] = int(FITS[layout.background_fit])
    if any(region.placeholder for region in layout.shown) or layout.placeholder:
        params["PlaceHolderMode"] = 1
    if layout.placeholder:
        params["DefaultSubBackgroundImage"] = layout.placeholder
    params |= _windows(layout, mode, size)
    if layout.watermarks:
        params["WaterMarkList"] = [_mark(mark, size) for mark in layout.watermarks]
    return params


def _windows(layout: Layout, mode: LayoutMode, size: Size) -> Body:
    if mode is LayoutMode.CUSTOM:
        regions = enumerate(layout.shown)
        return {"MixLayoutList": [_region(region, layer, size) for layer, region in regions]}
    params: Body = {}
    if layout.fit is not None:
        params["RenderMode"] = int(FITS[layout.fit])
    if layout.hide_audio_only:
        params["PureAudioDisableLayout"] = True
    if mode in _FOCUSED and layout.focus_uid:
        params["MaxResolutionUserId"] = layout.focus_uid
        params["MediaId"] = _stream(layout.focus_stream)
    if mode is LayoutMode.SCREEN_SHARE and layout.focus_side is Side.RIGHT:
        params["MaxResolutionUserAlign"] = 1
    return params


def _region(region: Region, layer: int, size: Size) -> Body:
    item: Body = {
        **_box(region.rect, size),
        "Alpha": round((1 - region.opacity) * CLEAR),
        "RenderMode": int(FITS[region.fit]),
        "MediaId": _stream(region.stream),
        "ImageLayer": layer,
    }
    if region.uid:
        item["UserId"] = region.uid
    if region.placeholder:
        item["SubBackgroundImage"] = region.placeholder
    return item


def _mark(mark: Watermark, size: Size) -> Body:
    if isinstance(mark, ImageMark):
        fields = {"WaterMarkUrl": mark.image, **_box(mark.rect, size)}
        return {"WaterMarkType": int(WaterMarkType.IMAGE), "WaterMarkImage": fields}
    if isinstance(mark, TimeMark):
        fields = {"Pos": int(PLACES[mark.place]), "TimeZone": round(mark.offset_min / 60)}
        return {"WaterMarkType": int(WaterMarkType.TIMESTAMP), "WaterMarkTimestamp": fields}
    return {"WaterMarkType": int(WaterMarkType.TEXT), "WaterMarkChar": _words(mark, size)}


def _words(mark: TextMark, size: Size) -> Body:
    fields: Body = {
        **_box(mark.rect, size),
        "Chars": mark.text,
        "FontSize": mark.size_px,
        "FontColor": _colour(mark.color),
    }
    if mark.background:
        fields["BackGroundColor"] = _colour(mark.background)
    return fields


def _box(rect: Rect, size: Size) -> Body:
    box = to_pixels(rect, size)
    return {"Top": box.y, "Left": box.x, "Width": box.w, "Height": box.h}


def _stream(stream: Stream) -> int:
    return AUX_STREAM if stream is Stream.SCREEN else MAIN_STREAM


def _colour(value: str) -> str:
    """Section 3.5: watermarks write 0xRRGGBB, where the canvas has #RRGGBB."""
    return "0x" + value.removeprefix("#")
