"""What one kind of account can show and another cannot, as data.

Forms offer what a family has, and `rules` refuses what it has not.
"""

from dataclasses import dataclass
from typing import Any

from dashboard.layouts.document import MOST_REGIONS, Fit, Preset, Stream


@dataclass(frozen=True)
class Family:
    """presets: in the order they are offered. most_regions: windows in one picture."""

    name: str
    presets: tuple[Preset, ...]
    most_regions: int
    fits: tuple[Fit, ...]
    streams: tuple[Stream, ...]
    placeholders: bool
    """Each region may name an image of its own for a person without a picture."""

    def to_json(self) -> dict[str, Any]:
        """The form the browser reads."""
        return {
            "name": self.name,
            "presets": list(self.presets),
            "most_regions": self.most_regions,
            "fits": list(self.fits),
            "streams": list(self.streams),
            "placeholders": self.placeholders,
        }


CLOUD_RECORDING = Family(
    "cloud_recording",
    (Preset.FLOATING, Preset.BEST_FIT, Preset.VERTICAL, Preset.CUSTOM),
    MOST_REGIONS,
    (Fit.FILL, Fit.CONTAIN),
    (Stream.MAIN,),
    placeholders=False,
)
TRTC = Family(
    "trtc",
    (Preset.GRID, Preset.TRTC_FLOATING, Preset.SCREEN_SHARE, Preset.CUSTOM),
    25,
    (Fit.FILL, Fit.CONTAIN, Fit.STRETCH, Fit.SMART),
    (Stream.MAIN, Stream.SCREEN),
    placeholders=True,
)
FAMILIES = {family.name: family for family in (CLOUD_RECORDING, TRTC)}

MOST_PEOPLE = {
    Preset.FLOATING: 17,
    Preset.BEST_FIT: 17,
    Preset.VERTICAL: 17,
    Preset.GRID: 25,
    Preset.TRTC_FLOATING: 25,
    Preset.SCREEN_SHARE: 25,
}
"""How far the slider of a preset goes: windows, the large one counted."""

FOCUSED = frozenset({Preset.VERTICAL, Preset.TRTC_FLOATING, Preset.SCREEN_SHARE})
"""Presets whose large window can be given to somebody."""
