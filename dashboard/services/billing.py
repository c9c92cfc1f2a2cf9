"""What a vendor will probably bill for a recording: minutes, and what is known of their class.

An estimate for the eye, never an invoice: contracts, free minutes and prices are not known.
Sources: Agora, "Pricing for cloud recording" (minutes of the recorder, classed by the sum of
the resolutions of all pictures recorded at the same time; sound where there is none); TRTC,
"Billing of recording delivery" (length and size of each file) beside the recorder's own minutes
as a member of the audience. Both class by points: HD up to 1280 × 720, Full HD up to
1920 × 1080, 2K up to 2560 × 1440.
"""

import math
from dataclasses import dataclass

from dashboard.domain.recording import Mode, Profile, Streams
from dashboard.errors import Text, text

CLASSES: tuple[tuple[int, Text], ...] = (
    (1280 * 720, text("HD")),
    (1920 * 1080, text("Full HD")),
    (2560 * 1440, text("2K")),
)
ABOVE = text("above 2K")
SOUND = text("sound")

_BY_PEOPLE = text(
    "The class follows the sum of the sizes of all pictures that are recorded at the same time. "
    "The vendor does not tell those sizes, so the class is not known here; "
    "minutes without any picture count as sound."
)
_BY_FILE = text(
    "Delivery of the files is billed by their length and size. The recorder's own minutes in the "
    "room come on top, by the sizes it receives; those are not known here."
)
_BY_FILE_SINGLE = text(
    "Each person's files are billed by themselves, by their length and size, "
    "which are those that people send; they are not known here."
)
_NO_RULES = text("Its rules are not published. Agora's, whose dialect it speaks, are assumed.")
_NOT_INCLUDED = text("Free minutes, contracts and prices are not known here.")


@dataclass(frozen=True)
class Estimate:
    """minutes: begun ones. kind: the class they fall into, None where it cannot be known.

    notes: what it is based on, and what is not known.
    """

    minutes: int
    kind: Text | None
    notes: tuple[Text, ...]


def estimate(
    vendor: str, studio: bool, profile: Profile, duration_s: float | None
) -> Estimate | None:
    """None for an engine of one's own, which bills nothing, and before anything is recorded.

    duration_s: how long the recorder was in the channel, as far as we know.
    """
    if studio or not duration_s:
        return None
    minutes = math.ceil(duration_s / 60)
    if profile.streams is Streams.AUDIO:
        return Estimate(minutes, SOUND, (_NOT_INCLUDED,))
    if vendor == "trtc":
        return _by_files(profile, minutes)
    unsure = (_NO_RULES,) if vendor != "agora" else ()
    return Estimate(minutes, None, (*unsure, _BY_PEOPLE, _NOT_INCLUDED))


def class_of(points: int) -> Text:
    """points: width times height, summed over what counts."""
    return next((name for most, name in CLASSES if points <= most), ABOVE)


def _by_files(profile: Profile, minutes: int) -> Estimate:
    if profile.mode is Mode.INDIVIDUAL:
        return Estimate(minutes, None, (_BY_FILE_SINGLE, _NOT_INCLUDED))
    kind = class_of(profile.canvas.width * profile.canvas.height)
    return Estimate(minutes, kind, (_BY_FILE, _NOT_INCLUDED))
