"""What may be typed into a channel's form, field by field.

The ranges are those of Agora's start call (acquire and start, recordingConfig and
transcodingConfig), which every vendor we speak to stays within.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dashboard.domain.recording import Canvas, Output, Profile, Streams
from dashboard.errors import InvalidInput, Problem, Text, text
from dashboard.layouts.document import Layout, Preset

NAME_BYTES = 64
NAME_LETTERS = re.compile(r"[A-Za-z0-9 !#$%&()+\-:;<=.>?@\[\]^_{}|~,]+")
LARGEST_UID = 2**32 - 1
LARGEST_SIDE = 1920
SMALLEST_SIDE = 16
MOST_PIXELS = 1920 * 1080
RATES = (1, 7, 10, 15, 24, 30, 60)
MOST_KBPS = 6500
LEAST_KBPS = 50
IDLE_S = (5, 2_592_000)
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True)
class Wanted:
    """A form that can be taken."""

    name: str
    account_id: int
    profile: Profile


class _Reader:
    """Reads fields and gathers what is wrong with them, each at its own field."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = form
        self.problems: list[Problem] = []

    def typed(self, field: str) -> str:
        return str(self._form.get(field) or "").strip()

    def wrong(self, field: str, what: Text) -> None:
        self.problems.append(Problem(field, what))

    def whole(self, field: str, low: int, high: int) -> int:
        """A whole number low..high; `low` where it is none, with a problem noted."""
        typed = self.typed(field)
        number = int(typed) if re.fullmatch(r"[0-9]{1,12}", typed) else None
        if number is None or not low <= number <= high:
            self.wrong(field, text("Give a whole number from %(low)s to %(high)s.",
                                   low=low, high=high))  # fmt: skip
            return low
        return number

    def one_of(self, field: str, choices: Callable[[str], Any], otherwise: Any) -> Any:
        try:
            return choices(self.typed(field))
        except ValueError:
            self.wrong(field, text("Choose one of the list."))
            return otherwise


def read(form: Mapping[str, str], layout: Layout | None = None) -> Wanted:
    """Check a form. layout: the channel's present one, whose regions stay when the preset does.

    Raises InvalidInput with every problem, each `where` a field's name.
    """
    reader = _Reader(form)
    wanted = Wanted(
        name=_name(reader),
        account_id=reader.whole("account_id", 1, 2**31 - 1),
        profile=Profile(
            recorder_uid=_uid(reader),
            streams=reader.one_of("streams", Streams, Streams.BOTH),
            canvas=_canvas(reader),
            layout=_layout(reader, layout),
            output=reader.one_of("output", Output, Output.HLS_MP4),
            max_idle_s=reader.whole("max_idle_s", *IDLE_S),
        ),
    )
    if reader.problems:
        raise InvalidInput(reader.problems)
    return wanted


def written(wanted: Wanted) -> dict[str, str]:
    """The same as a form: values by field name."""
    profile = wanted.profile
    return {
        "name": wanted.name,
        "account_id": str(wanted.account_id),
        "recorder_uid": profile.recorder_uid,
        "streams": profile.streams.value,
        "width": str(profile.canvas.width),
        "height": str(profile.canvas.height),
        "fps": str(profile.canvas.fps),
        "bitrate_kbps": str(profile.canvas.bitrate_kbps),
        "preset": profile.layout.preset.value,
        "background": profile.layout.background,
        "output": profile.output.value,
        "max_idle_s": str(profile.max_idle_s),
    }


def _name(reader: _Reader) -> str:
    name = reader.typed("name")
    if not name:
        reader.wrong("name", text("Give the channel's name."))
    elif len(name.encode("utf-8", "replace")) > NAME_BYTES:
        reader.wrong("name", text("A channel's name has %(n)s bytes at most.", n=NAME_BYTES))
    elif not NAME_LETTERS.fullmatch(name):
        reader.wrong(
            "name",
            text("Use English letters, digits, spaces and %(signs)s",
                 signs="! # $ % & ( ) + - : ; < = . > ? @ [ ] ^ _ { } | ~ ,"),
        )  # fmt: skip
    return name


def _uid(reader: _Reader) -> str:
    uid = reader.typed("recorder_uid")
    right = re.fullmatch(r"[1-9][0-9]{0,9}", uid) and int(uid) <= LARGEST_UID
    if not right:
        reader.wrong(
            "recorder_uid",
            text("Give a whole number from %(low)s to %(high)s.", low=1, high=LARGEST_UID),
        )
    return uid


def _canvas(reader: _Reader) -> Canvas:
    width = _side(reader, "width")
    height = _side(reader, "height")
    if width * height > MOST_PIXELS:
        reader.wrong("height", text("The picture may have 1920 × 1080 points at most."))
    return Canvas(
        width=width,
        height=height,
        fps=_rate(reader),
        bitrate_kbps=reader.whole("bitrate_kbps", LEAST_KBPS, MOST_KBPS),
    )


def _side(reader: _Reader, field: str) -> int:
    side = reader.whole(field, SMALLEST_SIDE, LARGEST_SIDE)
    if side % 2:
        reader.wrong(field, text("Give an even number."))
    return side


def _rate(reader: _Reader) -> int:
    typed = reader.typed("fps")
    if typed not in map(str, RATES):
        reader.wrong("fps", text("Choose one of %(rates)s.", rates=", ".join(map(str, RATES))))
        return RATES[0]
    return int(typed)


def _layout(reader: _Reader, present: Layout | None) -> Layout:
    preset = reader.one_of("preset", Preset, Preset.BEST_FIT)
    background = reader.typed("background")
    if not _COLOR.fullmatch(background):
        reader.wrong("background", text("Give a colour such as #102030."))
        background = "#000000"
    same = present is not None and present.preset is preset
    if preset is Preset.CUSTOM and not (same and present.regions):
        reader.wrong("preset", text("There is no custom layout yet. Choose another one."))
    background = background.upper()
    if same:  # what only the layout editor can set stays
        return replace(present, background=background)
    return Layout(preset=preset, background=background)
