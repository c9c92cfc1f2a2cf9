"""How something is recorded, as a form's fields: read, checked against an account, and written.

What may be chosen and which numbers fit come from `Capabilities`; the form itself only knows
what a number, a colour or a list of people looks like.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from dashboard.domain.recording import (
    Area,
    Canvas,
    ChannelType,
    Cipher,
    Encryption,
    Merge,
    Mode,
    OnPause,
    Output,
    Pictures,
    Profile,
    RoomType,
    Sound,
    Streams,
)
from dashboard.domain.subscription import NOBODY, Choice, Medium, Subscription
from dashboard.errors import Problem, Text, text
from dashboard.layouts.document import Layout, Preset
from dashboard.providers import limits
from dashboard.providers.base import Capabilities, Span

LONGEST_SECRET = 128
LONGEST_LIST = 4096
CEILING_MIN = Span(1, 43_200)
"""Ours, not a vendor's: recordings of more than 30 days want no ceiling."""
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_SALT = re.compile(r"[A-Za-z0-9+/]{43}=")
_BETWEEN_NAMES = re.compile(r"[\s,;]+")
_NUMBER = re.compile(r"[0-9]{1,12}")

CHOICES: Mapping[str, type[StrEnum]] = {
    "mode": Mode,
    "streams": Streams,
    "sound": Sound,
    "pictures": Pictures,
    "output": Output,
    "merge": Merge,
    "on_pause": OnPause,
    "channel_type": ChannelType,
    "room_type": RoomType,
}
_BASIC_CHOICES = ("streams", "output")
SWITCHES = ("keep_sound", "small_pictures", "record", "relays", "stay")
NUMBERS = (
    "snapshot_s", "part_min", "resource_hours", "gop_s", "max_duration_min", "expected_people",
)  # fmt: skip
"""May be left empty, which is the field's default."""
CANVAS = ("width", "height", "fps", "bitrate_kbps")
LISTS = ("only_audio", "never_audio", "only_video", "never_video")
FIELDS = (
    *CHOICES, *SWITCHES, *NUMBERS, *CANVAS, *LISTS,
    "max_idle_s", "preset", "background", "area", "cipher", "salt",
)  # fmt: skip

_FIELD_OF = {
    "encryption": "cipher",
    "encryption.salt": "salt",
    "subscription.audio.only": "only_audio",
    "subscription.audio.never": "never_audio",
    "subscription.video.only": "only_video",
    "subscription.video.never": "never_video",
}
_ATTRIBUTE_OF = {
    **{name: "canvas" for name in CANVAS},
    **{name: "subscription" for name in LISTS},
    "preset": "layout",
    "background": "layout",
    "cipher": "encryption",
    "salt": "encryption",
    "secret": "encryption",
}


def attribute_of(field: str) -> str:
    """Which part of a Profile a form's field belongs to."""
    return _ATTRIBUTE_OF.get(field, field)


def field_of(name: str) -> str:
    """A form's field by the name that `Capabilities` and `limits` have for it."""
    return _FIELD_OF.get(name, name.removeprefix("canvas."))


def span_of(field: str, can: Capabilities) -> Span | None:
    """The numbers that fit into a field; None where the account sets no bounds."""
    if field == "max_duration_min":
        return CEILING_MIN
    return can.ranges.get(f"canvas.{field}" if field in CANVAS else field)


def why_not(field: str, value: str, mode: Mode, can: Capabilities) -> Text | None:
    """Why a value cannot be chosen. A default is no choice: only a bar that names it counts."""
    name = attribute_of(field)
    is_default = value == written(Profile("")).get(field)
    for bar in can.bars:
        holds = bar.field == name and (not bar.modes or mode in bar.modes)
        if holds and (value in bar.values or not (bar.values or is_default)):
            return bar.reason
    return None


def barred(field: str, mode: Mode, can: Capabilities) -> Text | None:
    """Why nothing but the default can be had."""
    name = attribute_of(field)
    for bar in can.bars:
        if bar.field == name and not bar.values and (not bar.modes or mode in bar.modes):
            return bar.reason
    return None


class Reader:
    """Reads fields and gathers what is wrong with them, each at its own field."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = form
        self.problems: list[Problem] = []

    def typed(self, field: str) -> str:
        return str(self._form.get(field) or "").strip()

    def wrong(self, field: str, what: Text) -> None:
        self.problems.append(Problem(field, what))

    @property
    def wrong_fields(self) -> set[str]:
        return {problem.where for problem in self.problems}

    def whole(self, field: str, span: Span | None) -> int:
        """A whole number in the span; with a problem noted, its lowest."""
        typed = self.typed(field)
        number = int(typed) if _NUMBER.fullmatch(typed) else None
        if number is not None and (span is None or number in span):
            return number
        if span is None:
            self.wrong(field, text("Give a whole number."))
            return 1
        self.wrong(
            field,
            text("Give a whole number from %(low)s to %(high)s.", low=span.low, high=span.high),
        )
        return span.low

    def one_of(self, field: str, choices: Callable[[str], Any], otherwise: Any) -> Any:
        try:
            return choices(self.typed(field))
        except ValueError:
            self.wrong(field, text("Choose one of the list."))
            return otherwise


def read(reader: Reader, can: Capabilities, present: Profile) -> Profile:
    """The profile that a form asks for; what is wrong with it is noted in the reader.

    present: what has no field of its own stays as it is there (regions, uid).
    """
    values: dict[str, Any] = {
        **{field: _choice(reader, field) for field in CHOICES},
        **{field: _switch(reader, field) for field in SWITCHES},
        **{field: _number(reader, field, can) for field in NUMBERS},
        "canvas": _canvas(reader, can),
        "layout": _layout(reader, can, present.layout),
        "max_idle_s": reader.whole("max_idle_s", can.ranges.get("max_idle_s")),
        "subscription": _subscription(reader, present.subscription),
        "area": _area(reader),
        "encryption": _encryption(reader),
    }
    profile = replace(present, **values)
    _judge(reader, profile, can)
    return profile


def written(profile: Profile) -> dict[str, str]:
    """The same as a form: values by field name."""
    heard, seen = profile.subscription.audio, profile.subscription.video
    encryption = profile.encryption
    return {
        **{field: str(getattr(profile, field)) for field in CHOICES},
        **{field: "yes" if getattr(profile, field) else "no" for field in SWITCHES},
        **{field: _or_empty(getattr(profile, field)) for field in NUMBERS},
        **{field: str(getattr(profile.canvas, field)) for field in CANVAS},
        "preset": profile.layout.preset.value,
        "background": profile.layout.background,
        "max_idle_s": str(profile.max_idle_s),
        "only_audio": " ".join(heard.only),
        "never_audio": " ".join(heard.never),
        "only_video": " ".join(seen.only),
        "never_video": " ".join(seen.never),
        "area": profile.area.value if profile.area else "",
        "cipher": encryption.cipher.value if encryption else "",
        "salt": encryption.salt if encryption else "",
    }


def problems_with(profile: Profile, can: Capabilities) -> list[Problem]:
    """What an account cannot do of a profile, each at its form's field."""
    return [Problem(field_of(found.where), found.what)
            for found in limits.problems_of(profile, can)]  # fmt: skip


# ---------------------------------------------------------------- field by field


def _judge(reader: Reader, profile: Profile, can: Capabilities) -> None:
    """What the account refuses, where nothing is known to be wrong yet."""
    known = reader.wrong_fields
    for problem in problems_with(profile, can):
        if problem.where not in known:
            reader.wrong(problem.where, problem.what)


def _choice(reader: Reader, field: str) -> StrEnum:
    default = getattr(Profile, field)
    if not reader.typed(field) and field not in _BASIC_CHOICES:
        return default  # a control that is shut sends nothing
    return reader.one_of(field, CHOICES[field], default)


def _switch(reader: Reader, field: str) -> bool:
    typed = reader.typed(field)
    if typed not in ("", "yes", "no"):
        reader.wrong(field, text("Choose one of the list."))
    return typed == "yes" if typed else getattr(Profile, field)


def _number(reader: Reader, field: str, can: Capabilities) -> int | None:
    typed = reader.typed(field)
    if not typed or (field == "snapshot_s" and typed == "0"):
        return getattr(Profile, field)
    return reader.whole(field, span_of(field, can))


def _canvas(reader: Reader, can: Capabilities) -> Canvas:
    return Canvas(
        width=_side(reader, "width", can),
        height=_side(reader, "height", can),
        fps=_rate(reader, can),
        bitrate_kbps=reader.whole("bitrate_kbps", span_of("bitrate_kbps", can)),
    )


def _side(reader: Reader, field: str, can: Capabilities) -> int:
    side = reader.whole(field, span_of(field, can))
    if side % 2:
        reader.wrong(field, text("Give an even number."))
    return side


def _rate(reader: Reader, can: Capabilities) -> int:
    rates = can.numbers.get("canvas.fps")
    if not rates:
        return reader.whole("fps", span_of("fps", can))
    if reader.typed("fps") not in map(str, rates):
        reader.wrong("fps", text("Choose one of %(rates)s.", rates=", ".join(map(str, rates))))
        return rates[0]
    return int(reader.typed("fps"))


def _layout(reader: Reader, can: Capabilities, present: Layout) -> Layout:
    preset = reader.one_of("preset", Preset, can.layouts.presets[0])
    background = reader.typed("background")
    if not _COLOR.fullmatch(background):
        reader.wrong("background", text("Give a colour such as #102030."))
        background = "#000000"
    same = present.preset is preset
    if preset not in can.layouts.presets:
        reader.wrong("preset", text("This account has no such layout."))
    elif preset is Preset.CUSTOM and not (same and present.regions):
        reader.wrong("preset", text("There is no custom layout yet. Choose another one."))
    background = background.upper()
    if same:  # what only the layout editor can set stays
        return replace(present, background=background)
    return Layout(preset=preset, background=background, watermarks=present.watermarks)


def _subscription(reader: Reader, present: Subscription) -> Subscription:
    """That a medium is taken of nobody, only the subscription's own editor can set or undo."""
    only_audio, never_audio, only_video, never_video = (_names(reader, field) for field in LISTS)
    typed = Subscription(Choice(only_audio, never_audio), Choice(only_video, never_video))
    for medium in Medium:
        if typed.of(medium).is_everybody and present.of(medium).nobody:
            typed = typed.having(medium, NOBODY)
    return typed


def _names(reader: Reader, field: str) -> tuple[str, ...]:
    """uids between blanks or commas, each once, in the order typed."""
    typed = reader.typed(field)
    if len(typed) > LONGEST_LIST:
        reader.wrong(field, text("Use at most %(limit)d characters.", limit=LONGEST_LIST))
        return ()
    return tuple(dict.fromkeys(name for name in _BETWEEN_NAMES.split(typed) if name))


def _area(reader: Reader) -> Area | None:
    return reader.one_of("area", Area, None) if reader.typed("area") else None


def _encryption(reader: Reader) -> Encryption | None:
    if not reader.typed("cipher"):
        return None
    cipher = reader.one_of("cipher", Cipher, Cipher.AES_128_GCM)
    salt = reader.typed("salt")
    if salt and not _SALT.fullmatch(salt):
        reader.wrong("salt", text("A salt is 32 bytes in base64: 44 characters, ending in =."))
    return Encryption(cipher, salt)


def _or_empty(number: int | None) -> str:
    return str(number) if number else ""
