"""TRTC's MixLayoutParams in our words: what `layouts` writes, read back. Source: trtc.md 3.5."""

from dashboard.domain.recording import Canvas
from dashboard.layouts.document import Fit, Layout, Missing, Preset, Region, Side, Stream
from dashboard.layouts.geometry import PixelRect, Rect, Size, from_pixels
from dashboard.layouts.watermarks import ImageMark, TextMark, TimeMark, Watermark
from dashboard.protocols.trtc import CLEAR, WaterMarkType
from dashboard.providers.shown import Members
from dashboard.providers.trtc.layouts import FITS, MODES, PLACES

_STREAMS = {Stream.MAIN: 0, Stream.SCREEN: 1}
_DEFAULT_MARK_PX = 14


def layout_of(params: Members, canvas: Canvas) -> Layout:
    """Raises InvalidInput."""
    size = Size(canvas.width, canvas.height)
    preset = params.choice("MixLayoutMode", MODES, Preset.GRID)
    images = params.number("PlaceHolderMode", 0) == 1
    placeholder = params.word("DefaultSubBackgroundImage")
    windows = sorted(params.objects("MixLayoutList"), key=lambda it: it.number("ImageLayer", 0))
    regions = tuple(_region(item, size, images) for item in windows)
    return Layout(
        preset=preset,
        regions=regions if preset is Preset.CUSTOM else (),
        background=_colour(params.word("BackGroundColor")) or "#000000",
        background_image=params.word("BackgroundImageUrl") or None,
        background_fit=params.choice("BackgroundImageRenderMode", FITS, Fit.FILL),
        focus_uid=params.word("MaxResolutionUserId") or None,
        focus_stream=params.choice("MediaId", _STREAMS, Stream.MAIN),
        focus_side=Side.RIGHT if params.number("MaxResolutionUserAlign", 0) else Side.LEFT,
        fit=params.choice("RenderMode", FITS, None),
        placeholder=(placeholder or None) if images else None,
        placeholder_when=Missing.AT_ONCE if images else Missing.LATE,
        hide_audio_only=params.flag("PureAudioDisableLayout"),
        watermarks=tuple(_mark(item, size) for item in params.objects("WaterMarkList")),
    )


def _region(item: Members, size: Size, images: bool) -> Region:
    image = item.word("SubBackgroundImage")
    return Region(
        rect=_rect(item, size),
        uid=item.word("UserId") or None,
        opacity=round(1 - item.number("Alpha", 0) / CLEAR, 6),
        fit=item.choice("RenderMode", FITS, Fit.FILL),
        stream=item.choice("MediaId", _STREAMS, Stream.MAIN),
        placeholder=(image or None) if images else None,
    )


def _mark(item: Members, size: Size) -> Watermark:
    kind = item.number("WaterMarkType", WaterMarkType.IMAGE)
    if kind == WaterMarkType.TIMESTAMP:
        fields = item.object("WaterMarkTimestamp")
        fields.ignore("Font")
        place = fields.choice("Pos", PLACES, next(iter(PLACES)))
        return TimeMark(place, fields.number("TimeZone", 8) * 60)
    if kind == WaterMarkType.TEXT:
        fields = item.object("WaterMarkChar")
        fields.ignore("Font")
        return TextMark(
            _rect(fields, size),
            fields.word("Chars"),
            fields.number("FontSize", _DEFAULT_MARK_PX),
            _colour(fields.word("FontColor")) or "#FFFFFF",
            _colour(fields.word("BackGroundColor")),
        )
    fields = item.object("WaterMarkImage")
    return ImageMark(_rect(fields, size), fields.word("WaterMarkUrl"))


def _rect(item: Members, size: Size) -> Rect:
    left, top = item.number("Left", 0), item.number("Top", 0)
    box = PixelRect(left, top, item.number("Width", 0), item.number("Height", 0))
    return from_pixels(box, size)


def _colour(value: str) -> str | None:
    return "#" + value.removeprefix("0x").removeprefix("#") if value else None
