"""A layout as we keep it: a preset that arranges itself, or regions placed by hand.

The JSON form is what tables store, what the engine's worker is told, and what the
browser edits. Vendors' own forms are made of it at the edge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dashboard.layouts.geometry import Rect, rounded

MOST_REGIONS = 17


class Preset(StrEnum):
    FLOATING = "floating"
    BEST_FIT = "best_fit"
    VERTICAL = "vertical"
    CUSTOM = "custom"


class Fit(StrEnum):
    FILL = "fill"
    """Scaled until the region is covered; what stands out is cut off."""
    CONTAIN = "contain"
    """Scaled until all of the picture is inside; the background shows beside it."""


@dataclass(frozen=True)
class Region:
    """One window of a custom layout. Later regions lie in front of earlier ones.

    uid: whose picture; None takes the next person to join who has no region of their own.
    opacity: 0 clear .. 1 solid.
    """

    rect: Rect
    uid: str | None = None
    opacity: float = 1.0
    fit: Fit = Fit.FILL


@dataclass(frozen=True)
class Layout:
    """The whole picture.

    regions: only for Preset.CUSTOM.
    background: "#RRGGBB" of the canvas.
    focus_uid: who gets the large window of Preset.VERTICAL, None for nobody.
    """

    preset: Preset = Preset.BEST_FIT
    regions: tuple[Region, ...] = ()
    background: str = "#000000"
    focus_uid: str | None = None

    def to_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {"preset": self.preset.value, "background": self.background}
        if self.focus_uid:
            document["focus_uid"] = self.focus_uid
        if self.preset is Preset.CUSTOM:
            document["regions"] = [_region_to_json(region) for region in self.regions]
        return document

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Layout":
        """Read what `to_json` wrote. Trusts its shape; what people send goes through `rules`."""
        return cls(
            preset=Preset(document.get("preset", Preset.BEST_FIT)),
            regions=tuple(_region_from_json(item) for item in document.get("regions", ())),
            background=document.get("background", "#000000"),
            focus_uid=document.get("focus_uid") or None,
        )


def _region_to_json(region: Region) -> dict[str, Any]:
    r = region.rect
    return {
        "uid": region.uid,
        "x": rounded(r.x),
        "y": rounded(r.y),
        "w": rounded(r.w),
        "h": rounded(r.h),
        "opacity": region.opacity,
        "fit": region.fit.value,
    }


def _region_from_json(item: Mapping[str, Any]) -> Region:
    return Region(
        rect=Rect(item["x"], item["y"], item["w"], item["h"]),
        uid=item.get("uid") or None,
        opacity=item.get("opacity", 1.0),
        fit=Fit(item.get("fit", Fit.FILL)),
    )
