"""How values read on a screen: sentences, times, lengths, sizes, states."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask, current_app
from flask_babel import format_datetime, format_decimal, get_locale, gettext, ngettext

from dashboard.domain.lifecycle import RecordingState
from dashboard.errors import Text, text

SIZE_UNITS = ("B", "KB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Badge:
    """words: translated. kind: colours. icon: of the sprite."""

    words: str
    kind: str
    icon: str


_STATES = {
    RecordingState.STARTING: (text("Starting"), "busy", "hourglass"),
    RecordingState.RECORDING: (text("Recording"), "on_air", "player-record"),
    RecordingState.STOPPING: (text("Stopping"), "busy", "hourglass"),
    RecordingState.UPLOADING: (text("Uploading"), "busy", "cloud-upload"),
    RecordingState.COMPLETED: (text("Completed"), "plain", "circle-check"),
    RecordingState.FAILED: (text("Failed"), "fault", "alert-octagon"),
    RecordingState.LOST: (text("Lost"), "fault", "help-circle"),
}
_UNREACHABLE = (text("Unreachable"), "attention", "plug-connected-x")
_ROLES = {
    "viewer": text("Viewer"),
    "operator": text("Operator"),
    "administrator": text("Administrator"),
}


def bind(app: Flask) -> None:
    """Give the templates all of these."""
    app.jinja_env.filters.update(
        say=say,
        number=number,
        duration=duration,
        size=size,
        when=when,
        ago=ago,
        elapsed=elapsed,
        short_id=short_id,
        state_badge=state_badge,
        state_word=state_word,
        role_word=role_word,
        control=control,
    )


def say(sentence: Text | str) -> str:
    """A sentence in the reader's language. Its values that are sentences are told, too."""
    if not isinstance(sentence, Text):
        return str(sentence)
    template = gettext(sentence.template)
    if not sentence.values:
        return template
    values = {name: _value(value) for name, value in sentence.values.items()}
    return template % values


def _value(value: object) -> object:
    return say(value) if isinstance(value, Text) else value


def number(value: float) -> str:
    return format_decimal(value)


def duration(seconds: float | None) -> str:
    """0:07, 12:03, 1:02:03."""
    if seconds is None:
        return "–"
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, seconds_left = divmod(rest, 60)
    if hours:
        return f"{hours}:{minutes:02}:{seconds_left:02}"
    return f"{minutes}:{seconds_left:02}"


def elapsed(since: datetime) -> str:
    """How long ago, as a running counter; the page ticks it on."""
    return duration((_now() - since).total_seconds())


def size(count: int | None) -> str:
    """1000-based units, three figures: 812 B, 14.2 MB."""
    if count is None:
        return "–"
    value, unit = float(count), 0
    while value >= 999.5 and unit < len(SIZE_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    digits = 0 if unit == 0 or value >= 99.95 else 1
    return f"{format_decimal(round(value, digits))} {SIZE_UNITS[unit]}"


def when(at: datetime | None) -> str:
    """The absolute time in the reader's zone, to the second."""
    if at is None:
        return "–"
    return format_datetime(at, "d MMM y, HH:mm:ss" if get_locale().language == "en" else "medium")


def ago(at: datetime | None) -> str:
    """The relative time; the page keeps it fresh."""
    if at is None:
        return "–"
    passed = int((_now() - at).total_seconds())
    if passed < 10:
        return gettext("just now")
    if passed < 60:
        return ngettext("%(num)d s ago", "%(num)d s ago", passed)
    if passed < 3600:
        return ngettext("%(num)d min ago", "%(num)d min ago", passed // 60)
    if passed < 86400:
        return ngettext("%(num)d h ago", "%(num)d h ago", passed // 3600)
    return ngettext("%(num)d day ago", "%(num)d days ago", passed // 86400)


def short_id(value: str, keep: int = 4) -> str:
    """Ids shorten in the middle."""
    return value if len(value) <= 2 * keep + 3 else f"{value[:keep]}…{value[-keep:]}"


def state_word(state: RecordingState) -> str:
    return say(_STATES[state][0])


def state_badge(state: RecordingState, reachable: bool = True) -> Badge:
    """Word, colour and icon of a state; one that cannot be checked now says so instead."""
    shown = _STATES[state]
    if not reachable and state in (RecordingState.STARTING, RecordingState.RECORDING):
        shown = _UNREACHABLE
    words, kind, icon = shown
    return Badge(say(words), kind, icon)


def role_word(role: str) -> str:
    return say(_ROLES[role])


def control(field: Any, hint: str = "", large: bool = False) -> dict[str, Any]:
    """Attributes of a form's control: its look, and which words describe it."""
    described = [f"{field.id}-hint"] if hint else []
    if field.errors:
        described.append(f"{field.id}-error")
    attributes: dict[str, Any] = {"class": "control control-large" if large else "control"}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if field.errors:
        attributes["aria-invalid"] = "true"
    return attributes


def _now() -> datetime:
    clock = current_app.extensions.get("tallydeck.clock")
    return clock.now() if clock else datetime.now(UTC)
