"""How a line of the ledger reads: its badges, its lag, its time of day."""

from collections.abc import Mapping
from datetime import datetime

from flask_babel import format_datetime, format_decimal, gettext

from dashboard.errors import Text, text
from dashboard.services import context

SIGNATURES: Mapping[str, tuple[Text, str, str]] = {
    "genuine": (text("Signed"), "plain", "shield-check"),
    "unsigned": (text("Unsigned"), "fault", "shield-x"),
    "forged": (text("Forged"), "fault", "shield-x"),
}
"""Words, colours and icon."""

BADGES: Mapping[str, tuple[Text, str, str]] = {
    "applied": (text("Applied"), "plain", "check"),
    "waiting": (text("Waits for its recording"), "attention", "hourglass"),
    "no_recording": (text("No recording"), "attention", "help-circle"),
    "set_aside": (text("Set aside"), "fault", "alert-octagon"),
    "out_of_time": (text("Too old or too early"), "attention", "clock"),
    "unreadable": (text("Not readable"), "attention", "alert-triangle"),
    "test": (text("Test"), "draft", "send"),
    "refused": (text("Refused"), "fault", "ban"),
}

LEVEL_WORDS: Mapping[str, Text] = {
    "info": text("Normal"),
    "warning": text("Warning"),
    "error": text("Error"),
}


_UNITS = (
    (120, 1, text("%(n)s s")),
    (7200, 60, text("%(n)s min")),
    (172_800, 3600, text("%(n)s h")),
    (float("inf"), 86_400, text("%(n)s d")),
)
"""Below how many seconds, how many of them make one, and what it is called."""


def lag(seconds: float | None) -> str:
    """0.4 s, 12 s, 3 min, 2 h, 5 d; below zero where the clocks differ."""
    if seconds is None:
        return "–"
    sign, size = ("−", -seconds) if seconds < -0.05 else ("", abs(seconds))
    _, unit_s, words = next(row for row in _UNITS if size < row[0])
    count = round(size / unit_s, 1 if size < 10 else 0)
    return sign + gettext(words.template, n=format_decimal(count))


def clock(at: datetime) -> str:
    """The time of day in the reader's zone; with the date where it is not today."""
    same_day = format_datetime(at, "yMMdd") == format_datetime(context.now(), "yMMdd")
    return format_datetime(at, "HH:mm:ss" if same_day else "d MMM HH:mm:ss")
