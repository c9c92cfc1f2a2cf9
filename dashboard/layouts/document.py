"""A layout as we keep it: a preset that arranges itself, or regions placed by hand.

The JSON form is what tables store, what the engine's worker is told, and what the
browser edits. Vendors' own forms are made of it at the edge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dashboard.errors import InvalidInput, Problem, text
from dashboard.layouts import watermarks
from dashboard.layouts.geometry import Rect, rounded
from dashboard.layouts.watermarks import Watermark

MOST_REGIONS = 17


class Preset(StrEnum):
    FLOATING = "floating"
    BEST_FIT = "best_fit"
    VERTICAL = "vertical"
    CUSTOM = "custom"
    GRID = "grid"
    TRTC_FLOATING = "trtc_floating"
    """Like FLOATING, with smaller windows from 18 people on and a person to choose behind them."""
    SCREEN_SHARE = "screen_share"


class Fit(StrEnum):
    FILL = "fill"
    """Scaled until the region is covered; what stands out is cut off."""
    CONTAIN = "contain"
    """Scaled until all of the picture is inside; the background shows beside it."""
    STRETCH = "stretch"
    """Pulled to the region's shape."""
    SMART = "smart"
    """Like FILL while at most a fifth of a side would be cut off, else like CONTAIN."""


class Stream(StrEnum):
    """Which of a person's pictures."""

    MAIN = "main"
    SCREEN = "screen"


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"


class Missing(StrEnum):
    """When a placeholder is shown."""

    LATE = "late"
    """Where somebody who is there has sent no picture for 3.5 s (agora-anyrtc.md 4.3)."""
    AT_ONCE = "at_once"
    """Wherever the one whom a window was given to sends no picture, there or not (trtc.md 3.5)."""


@dataclass(frozen=True)
class Portrait:
    """What is shown of a person without a picture, whichever window they have."""

    uid: str
    image: str
    fit: Fit = Fit.FILL


@dataclass(frozen=True)
class Region:
    """One window of a custom layout. Later regions lie in front of earlier ones.

    uid: whose picture; None takes the next person to join who has no region of their own.
    opacity: 0 clear .. 1 solid.
    placeholder: address of an image shown while the person sends no picture.
    hidden: kept for later, but no part of the picture and never sent to a vendor.
    locked: the editor does not move it; means nothing to the picture.
    """

    rect: Rect
    uid: str | None = None
    opacity: float = 1.0
    fit: Fit = Fit.FILL
    stream: Stream = Stream.MAIN
    placeholder: str | None = None
    hidden: bool = False
    locked: bool = False


@dataclass(frozen=True)
class Layout:
    """The whole picture.

    regions: only for Preset.CUSTOM.
    background: "#RRGGBB" of the canvas. background_image: address of an image on it.
    focus_uid, focus_stream: who gets the large window of a preset that has one.
        None: the first to join (TRTC_FLOATING) or nobody (VERTICAL, SCREEN_SHARE).
    focus_side: where the large window of SCREEN_SHARE lies.
    fit: of every window a preset makes; None leaves each as the preset has it.
    background_fit: of the background image.
    placeholder: address of an image for every window that names none of its own.
    placeholder_when: holds for those of regions and portraits, too.
    portraits: images of single people; they come before any placeholder.
    hide_audio_only: a preset makes no window for the camera of somebody who sends none.
    watermarks: painted over everything, in this order.
    """

    preset: Preset = Preset.BEST_FIT
    regions: tuple[Region, ...] = ()
    background: str = "#000000"
    focus_uid: str | None = None
    focus_stream: Stream = Stream.MAIN
    focus_side: Side = Side.LEFT
    background_image: str | None = None
    fit: Fit | None = None
    background_fit: Fit = Fit.FILL
    placeholder: str | None = None
    placeholder_when: Missing = Missing.LATE
    portraits: tuple[Portrait, ...] = ()
    hide_audio_only: bool = False
    watermarks: tuple[Watermark, ...] = ()

    @property
    def shown(self) -> tuple[Region, ...]:
        """The regions that are part of the picture: what vendors are sent."""
        return tuple(region for region in self.regions if not region.hidden)

    @property
    def images(self) -> tuple[str, ...]:
        """The addresses of all images it may need, each once."""
        named = [self.background_image, self.placeholder]
        named += [portrait.image for portrait in self.portraits]
        named += [region.placeholder for region in self.shown]
        named += watermarks.images(self.watermarks)
        return tuple(dict.fromkeys(filter(None, named)))

    def to_json(self) -> dict[str, Any]:
        """What is at its default is left out, save preset, background and a region's basics."""
        document: dict[str, Any] = {"preset": self.preset.value, "background": self.background}
        for name in _LAYOUT_EXTRAS:
            if getattr(self, name) != getattr(Layout, name):
                document[name] = getattr(self, name)
        if self.portraits:
            document["portraits"] = [_portrait_to_json(portrait) for portrait in self.portraits]
        if self.watermarks:
            document["watermarks"] = watermarks.to_json(self.watermarks)
        if self.preset is Preset.CUSTOM:
            document["regions"] = [_region_to_json(region) for region in self.regions]
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Layout":
        """Read what `to_json` wrote. Trusts its shape; what people send goes through `parse`."""
        return cls(
            preset=Preset(document.get("preset", Preset.BEST_FIT)),
            regions=tuple(_region_from_json(item) for item in document.get("regions", ())),
            background=document.get("background", "#000000"),
            focus_uid=document.get("focus_uid") or None,
            focus_stream=Stream(document.get("focus_stream", Stream.MAIN)),
            focus_side=Side(document.get("focus_side", Side.LEFT)),
            background_image=document.get("background_image") or None,
            fit=Fit(document["fit"]) if document.get("fit") else None,
            background_fit=Fit(document.get("background_fit", Fit.FILL)),
            placeholder=document.get("placeholder") or None,
            placeholder_when=Missing(document.get("placeholder_when", Missing.LATE)),
            portraits=tuple(map(_portrait_from_json, document.get("portraits", ()))),
            hide_audio_only=document.get("hide_audio_only") is True,
            watermarks=watermarks.read(document.get("watermarks") or ()),
        )


_LAYOUT_EXTRAS = (
    "focus_uid", "focus_stream", "focus_side", "background_image", "fit", "background_fit",
    "placeholder", "placeholder_when", "hide_audio_only",
)  # fmt: skip
_REGION_EXTRAS = ("stream", "placeholder", "hidden", "locked")


def parse(document: object) -> Layout:
    """Read what somebody sent. The numbers in it are for `rules.check` to judge.

    Raises InvalidInput when it is no layout at all.
    """
    try:
        layout = Layout.from_json(document)  # type: ignore[arg-type]
        _require_texts(layout)
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise InvalidInput([Problem("", text("This is not a layout we can read."))]) from fault
    return layout


def _require_texts(layout: Layout) -> None:
    """Raises TypeError where something else than text stands for text."""
    texts = [layout.focus_uid, layout.background_image, layout.background or "-"]
    texts.append(layout.placeholder)
    for portrait in layout.portraits:
        texts += [portrait.uid, portrait.image]
        if not (portrait.uid and portrait.image):
            raise TypeError("a portrait needs both")
    for region in layout.regions:
        texts += [region.uid, region.placeholder]
    if not all(value is None or isinstance(value, str) for value in texts):
        raise TypeError("text expected")


def _portrait_to_json(portrait: Portrait) -> dict[str, str]:
    return {"uid": portrait.uid, "image": portrait.image, "fit": portrait.fit.value}


def _portrait_from_json(item: Mapping[str, Any]) -> Portrait:
    return Portrait(item["uid"], item["image"], Fit(item.get("fit", Fit.FILL)))


def _region_to_json(region: Region) -> dict[str, Any]:
    r = region.rect
    item = {
        "uid": region.uid,
        "x": rounded(r.x),
        "y": rounded(r.y),
        "w": rounded(r.w),
        "h": rounded(r.h),
        "opacity": region.opacity,
        "fit": region.fit.value,
    }
    for name in _REGION_EXTRAS:
        if getattr(region, name) != getattr(Region, name):
            item[name] = getattr(region, name)
    return item


def _region_from_json(item: Mapping[str, Any]) -> Region:
    return Region(
        rect=Rect(item["x"], item["y"], item["w"], item["h"]),
        uid=item.get("uid") or None,
        opacity=item.get("opacity", 1.0),
        fit=Fit(item.get("fit", Fit.FILL)),
        stream=Stream(item.get("stream", Stream.MAIN)),
        placeholder=item.get("placeholder") or None,
        hidden=item.get("hidden") is True,
        locked=item.get("locked") is True,
    )
