"""What the channel form offers, and what was typed into it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dashboard.domain.recording import Canvas
from dashboard.errors import Conflict, InvalidInput, Text, text
from dashboard.layouts.document import Preset
from dashboard.services.profile_form import FIELDS
from dashboard.services.readmodels_profiles import FormOffers
from dashboard.services.stale import SEEN, Stale
from dashboard.views.drawings import Drawing, draw_example

CUSTOM_SIZE = "custom"
SIZES = ("640x360", "1280x720", "1920x1080", "720x1280")

GUIDE_KBPS = {
    (640 * 360, 15): (400, 800),
    (1280 * 720, 15): (1130, 2260),
    (1920 * 1080, 30): (3150, 6300),
}
"""Agora's bitrate guide: a call's bitrate, and a broadcast's (start, transcodingConfig)."""

MOST_KBPS = 6500

PRESET_WORDS = {
    Preset.FLOATING: text("First person fills the picture, the others float above."),
    Preset.BEST_FIT: text("Equal tiles, as many rows as needed."),
    Preset.VERTICAL: text("One large, the others in a column at the right."),
    Preset.GRID: text("Equal tiles, as many rows as needed."),
    Preset.TRTC_FLOATING: text("One person fills the picture, the others float above."),
    Preset.SCREEN_SHARE: text("One large, the others in a column at the side."),
    Preset.CUSTOM: text("Placed by hand in the layout editor."),
}

CHANNEL_FIELDS = (
    "name", "account_id", "recorder_uid", "recording_profile_id", "storage_id", "secret",
    SEEN,
)  # fmt: skip
PROFILE_FIELDS = ("name", "vendor", SEEN, "storage_id", "secret")


@dataclass(frozen=True)
class PresetCard:
    value: Preset
    words: Text
    drawing: Drawing


@dataclass(frozen=True)
class BitrateAdvice:
    """kbit/s for calls, and for broadcasts with fast motion. exact: a row of the guide itself."""

    call_kbps: int
    broadcast_kbps: int
    exact: bool


def posted(form: Mapping[str, str], own: tuple[str, ...] = CHANNEL_FIELDS) -> dict[str, str]:
    """The fields as typed, with the named size written out as width and height.

    own: beside those of how it is recorded.
    """
    values = {name: form.get(name, "").strip() for name in (*own, *FIELDS)}
    size = form.get("size", CUSTOM_SIZE)
    if size in SIZES:
        values["width"], values["height"] = size.split("x")
    return values


def size_of(values: Mapping[str, str]) -> str:
    """Which of the named sizes these values are."""
    size = f"{values.get('width')}x{values.get('height')}"
    return size if size in SIZES else CUSTOM_SIZE


def advise(width: int, height: int, fps: int) -> BitrateAdvice:
    """The guide's row, else one between its rows: three quarters power of the area,
    square root of the frame rate, which meets the guide's own rows within 7 %."""
    exact = GUIDE_KBPS.get((width * height, fps))
    if exact:
        return BitrateAdvice(*exact, exact=True)
    share = (width * height / (1280 * 720)) ** 0.75 * (fps / 15) ** 0.5
    call, broadcast = (_to_tens(kbps * share) for kbps in (1130, 2260))
    return BitrateAdvice(call, broadcast, exact=False)


def advise_for(values: Mapping[str, str]) -> BitrateAdvice | None:
    """Advice for what is in the form; None while a number is missing or not one."""
    try:
        width, height, fps = (int(values.get(name, "")) for name in ("width", "height", "fps"))
    except ValueError:
        return None
    sensible = 0 < width <= 1920 and 0 < height <= 1920 and 0 < fps <= 60
    return advise(width, height, fps) if sensible else None


def preset_cards(presets: Iterable[Preset]) -> list[PresetCard]:
    """The presets to choose from, each drawn."""
    return [
        PresetCard(preset, PRESET_WORDS[preset], draw_example(preset, Canvas(), "#000000"))
        for preset in presets
    ]


def tools(values: Mapping[str, str], offers: FormOffers) -> Mapping[str, object]:
    """What the sections of such a form need."""
    return {
        "values": values,
        "offers": offers,
        "size": size_of(values),
        "advice": advise_for(values),
        "cards": preset_cards(offers.presets),
        "sizes": SIZES,
    }


def problems(fault: InvalidInput | Conflict | None) -> dict[str, list[Text]]:
    """Sentences by field; what is about the form as a whole under ""."""
    if isinstance(fault, InvalidInput | Stale):
        return fault.by_field()
    return {"": [fault.message]} if fault else {}


def seen_now(form, fault: InvalidInput | Conflict, typed: str):
    """A refused form: only who was told of the other's change may save over it."""
    return form if isinstance(fault, Stale) else replace(form, seen=typed)


def _to_tens(kbps: float) -> int:
    return max(50, min(MOST_KBPS, round(kbps / 10) * 10))
