"""What a form of a profile offers, field by field: choices, numbers, and why not."""

from collections.abc import Mapping

from dashboard.domain.recording import SALTED, Area, Cipher, Mode, Profile, RoomType
from dashboard.errors import Text, text
from dashboard.layouts.document import Preset
from dashboard.providers.base import Capabilities
from dashboard.services import context, profile_form
from dashboard.services.readmodels_profiles import FieldOffer, Option

LABELS: Mapping[str, Text] = {
    "name": text("Channel name"),
    "account_id": text("Account"),
    "recorder_uid": text("Recorder uid"),
    "recording_profile_id": text("Recording profile"),
    "storage_id": text("Storage"),
    "mode": text("Mode"),
    "streams": text("Streams"),
    "width": text("Width"),
    "height": text("Height"),
    "fps": text("Frame rate"),
    "bitrate_kbps": text("Bitrate"),
    "gop_s": text("Key frame every"),
    "on_pause": text("When a picture stops"),
    "preset": text("Layout"),
    "background": text("Background"),
    "sound": text("Sound of the mix"),
    "keep_sound": text("Sound of single people"),
    "pictures": text("Pictures"),
    "small_pictures": text("Size of people's pictures"),
    "only_audio": text("Hear only"),
    "never_audio": text("Never hear"),
    "only_video": text("See only"),
    "never_video": text("Never see"),
    "expected_people": text("People expected"),
    "relays": text("Relaying robots"),
    "output": text("Output"),
    "merge": text("Sound and pictures"),
    "record": text("Files of media"),
    "snapshot_s": text("Screenshot every"),
    "part_min": text("Longest file"),
    "max_idle_s": text("Idle time"),
    "max_duration_min": text("Longest recording"),
    "resource_hours": text("Can be steered for"),
    "channel_type": text("Kind of channel"),
    "room_type": text("Kind of room name"),
    "cipher": text("Encryption"),
    "secret": text("Secret"),
    "salt": text("Salt"),
    "area": text("Made in"),
    "stay": text("If that place fails"),
}

_WORDS: Mapping[str, Mapping[str, Text]] = {
    "mode": {
        "mix": text("One picture of everybody"),
        "individual": text("Files of each person"),
    },
    "streams": {
        "both": text("Picture and sound"),
        "audio": text("Sound only"),
        "video": text("Picture only"),
    },
    "sound": {
        "call": text("Call: 16 kHz, 32 kbit/s"),
        "speech": text("Speech: 48 kHz, 48 kbit/s"),
        "music": text("Music: 48 kHz, 128 kbit/s"),
        "stereo": text("Stereo: 48 kHz, up to 192 kbit/s"),
        "cd": text("CD: 44.1 kHz stereo, 128 kbit/s"),
    },
    "keep_sound": {"no": text("Encoded anew"), "yes": text("Kept as it was sent")},
    "pictures": {
        "all": text("Camera and screen"),
        "main": text("Camera only"),
        "screen": text("Screen only"),
    },
    "small_pictures": {
        "no": text("The larger, where people send two"),
        "yes": text("The smaller, where people send two"),
    },
    "on_pause": {
        "last_frame": text("Go on with the last one"),
        "black": text("Show black"),
    },
    "output": {
        "hls+mp4": text("HLS, and MP4 after the end"),
        "hls": text("HLS only"),
        "hls+aac": text("HLS, and AAC after the end"),
        "mp4": text("MP4 only"),
        "aac": text("AAC only"),
    },
    "merge": {
        "none": text("As the account makes them"),
        "beside": text("Apart, and together beside them"),
        "only": text("Together only"),
    },
    "record": {"yes": text("Yes"), "no": text("No, screenshots only")},
    "relays": {"no": text("Left out"), "yes": text("Recorded, too")},
    "stay": {"no": text("Go on elsewhere"), "yes": text("Stop; nowhere else")},
    "channel_type": {
        "live": text("Live broadcast"),
        "communication": text("Communication"),
    },
    "room_type": {"text": text("Text"), "number": text("Number")},
    "area": {
        Area.CHINA.value: text("Mainland China"),
        Area.ASIA.value: text("Asia"),
        Area.EUROPE.value: text("Europe"),
        Area.AMERICA.value: text("North America"),
    },
}

_HINTS: Mapping[str, Text] = {
    "max_idle_s": text("How long an empty channel is waited for."),
    "snapshot_s": text("A picture as a file. Empty: none."),
    "part_min": text("A longer recording gets several files. Empty: the account decides."),
    "resource_hours": text(
        "So long layout, people and Stop can be sent. Empty: as long as possible."
    ),
    "gop_s": text("Empty: the account decides."),
    "expected_people": text("How many are recorded at a time at most."),
    "room_type": text("The same digits as text and as a number are two rooms."),
    "salt": text("32 bytes in base64, for the two ciphers ending in 2."),
}

UNITS: Mapping[str, Text] = {
    "width": text("px"),
    "height": text("px"),
    "fps": text("frames/s"),
    "bitrate_kbps": text("kbit/s"),
    "max_idle_s": text("s"),
    "snapshot_s": text("s"),
    "gop_s": text("s"),
    "part_min": text("min"),
    "max_duration_min": text("min"),
    "resource_hours": text("h"),
}

_HINT_FIELDS = {"encryption": "cipher", "subscription": "only_audio", "layout": "preset"}


def offers(can: Capabilities, values: Mapping[str, str]) -> dict[str, FieldOffer]:
    """By field. values: what is in the form, since what is open depends on the mode."""
    mode = _mode(values)
    traps = {_HINT_FIELDS.get(name, name): hint for name, hint in can.hints.items()}
    return {
        name: FieldOffer(
            name=name,
            label=label,
            options=_options(name, values.get(name, ""), mode, can),
            span=profile_form.span_of(name, can),
            unit=UNITS.get(name),
            hint=_hint(name, values, can),
            trap=traps.get(name),
            barred=_barred(name, values.get(name, ""), mode, can),
        )
        for name, label in LABELS.items()
    }


def presets(can: Capabilities, values: Mapping[str, str]) -> tuple[Preset, ...]:
    """Those to choose from; the custom layout only where there is one."""
    has_custom = values.get("preset") == Preset.CUSTOM
    return tuple(p for p in can.layouts.presets if p is not Preset.CUSTOM or has_custom)


def is_usual(field: str, value: str) -> bool:
    """Whether a field is as in a new form, so that it need not be shown at once."""
    return value in ("", _USUAL.get(field, ""))


_USUAL = profile_form.written(Profile(""))


def _mode(values: Mapping[str, str]) -> Mode:
    try:
        return Mode(values.get("mode") or Mode.MIX)
    except ValueError:
        return Mode.MIX


def _hint(name: str, values: Mapping[str, str], can: Capabilities) -> Text | None:
    if name == "name":
        return _name_rule(values, can)
    return _ceiling_words() if name == "max_duration_min" else _HINTS.get(name)


def _ceiling_words() -> Text:
    """Without one of its own, a recording has that of the house."""
    hours = context.settings().longest_recording_h
    if not hours:
        return text("Tallydeck stops it then. Empty: no ceiling.")
    return text("Tallydeck stops it then. Empty: after %(hours)s h.", hours=hours)


def _name_rule(values: Mapping[str, str], can: Capabilities) -> Text:
    is_number = values.get("room_type") == RoomType.NUMBER
    return can.channel_rule(RoomType.NUMBER if is_number else RoomType.TEXT).words


def _barred(name: str, value: str, mode: Mode, can: Capabilities) -> Text | None:
    """What is set all the same stays open, so that it can be taken back."""
    return profile_form.barred(name, mode, can) if is_usual(name, value) else None


def _options(name: str, present: str, mode: Mode, can: Capabilities) -> tuple[Option, ...]:
    if name == "fps":
        rates = can.numbers.get("canvas.fps", ())
        known = [str(rate) for rate in rates]
        odd = [present] if rates and present and present not in known else []
        return tuple(Option(rate, Text(rate.replace("%", ""))) for rate in [*known, *odd])
    if name == "cipher":
        return (Option("", text("None")), *(Option(c.value, _cipher_words(c)) for c in Cipher))
    words = _WORDS.get(name, {})
    empty = (Option("", text("Wherever it is quickest")),) if name == "area" else ()
    return empty + tuple(
        Option(value, said, profile_form.why_not(name, value, mode, can))
        for value, said in words.items()
    )


def _cipher_words(cipher: Cipher) -> Text:
    words = cipher.value.upper().replace("GCM2", "GCM 2")
    return text("%(cipher)s, with salt", cipher=words) if cipher in SALTED else Text(words)
