"""What one kind of account can show and another cannot, as data.

Forms offer what a family has, and `rules` refuses what it has not.
"""

from dataclasses import dataclass
from typing import Any

from dashboard.layouts import watermarks
from dashboard.layouts.document import MOST_REGIONS, Fit, Preset, Stream


@dataclass(frozen=True)
class Family:
    """presets: in the order they are offered. most_regions: windows in one picture.

    fits: of regions. preset_fits: of all windows that a preset makes; background_fits: of the
        background image.
    """

    name: str
    presets: tuple[Preset, ...]
    most_regions: int
    fits: tuple[Fit, ...]
    streams: tuple[Stream, ...]
    placeholders: bool
    """Each region may name an image of its own for a person without a picture."""
    portraits: bool
    """An image may be named for a single person, whichever window they have."""
    preset_fits: tuple[Fit, ...]
    background_fits: tuple[Fit, ...]
    hides_audio_only: bool
    """A preset may leave out who sends no picture."""
    most_watermarks: int

    def to_json(self) -> dict[str, Any]:
        """The form the browser reads."""
        return {
            "name": self.name,
            "presets": list(self.presets),
            "most_regions": self.most_regions,
            "fits": list(self.fits),
            "streams": list(self.streams),
            "placeholders": self.placeholders,
            "portraits": self.portraits,
            "preset_fits": list(self.preset_fits),
            "background_fits": list(self.background_fits),
            "hides_audio_only": self.hides_audio_only,
            "most_watermarks": self.most_watermarks,
        }


_EVERY_FIT = (Fit.FILL, Fit.CONTAIN, Fit.STRETCH, Fit.SMART)

CLOUD_RECORDING = Family(
    "cloud_recording",
    (Preset.FLOATING, Preset.BEST_FIT, Preset.VERTICAL, Preset.CUSTOM),
    MOST_REGIONS,
    (Fit.FILL, Fit.CONTAIN),
    (Stream.MAIN,),
    placeholders=False,
    portraits=True,
    preset_fits=(),
    background_fits=(Fit.FILL,),
    hides_audio_only=False,
    most_watermarks=0,
)
TRTC = Family(
    "trtc",
    (Preset.GRID, Preset.TRTC_FLOATING, Preset.SCREEN_SHARE, Preset.CUSTOM),
    25,
    _EVERY_FIT,
    (Stream.MAIN, Stream.SCREEN),
    placeholders=True,
    portraits=False,
    preset_fits=_EVERY_FIT,
    background_fits=_EVERY_FIT,
    hides_audio_only=True,
    most_watermarks=watermarks.MOST,
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
