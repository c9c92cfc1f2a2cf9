"""What each condition of a recording is called: one sentence, and what to do next."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dashboard.domain.conditions import Condition, Finding
from dashboard.errors import Text, text
from dashboard.services import texts


def sentence(finding: Finding, now: datetime) -> Text:
    """One condition, told: what, since when."""
    return _TELLERS[finding.condition](finding.detail, lasting(now - finding.since))


def advice(finding: Finding) -> Text:
    """What to do next."""
    return _ADVISERS[finding.condition](finding.detail)


def lasting(span: timedelta) -> Text:
    """How long, as roughly as one would say it: 20 s, 4 min, 2 h 5 min, 3 days."""
    seconds = max(0, int(span.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if seconds < 10:
        return text("a few seconds")
    if seconds < 60:
        return text("%(n)s s", n=seconds // 10 * 10)
    if minutes < 60:
        return text("%(n)s min", n=minutes)
    if hours < 48:
        return text("%(h)s h %(m)s min", h=hours, m=minutes % 60)
    return text("%(n)s days", n=days)


# ---------------------------------------------------------------- sentences

Detail = Mapping[str, Any]


def _why(detail: Detail, otherwise: Text) -> Text:
    return texts.from_json(detail.get("why")) or otherwise


def _files_missing(detail: Detail, _lasts: Text) -> Text:
    if detail.get("backed_up"):
        return text("The vendor could not write to the storage and keeps the files for now.")
    return text("%(missing)s of %(told)s files have not arrived in the storage.",
                missing=detail["missing"], told=detail["told"])  # fmt: skip


def _unsettled(detail: Detail, lasts: Text) -> Text:
    if detail["what"] == "start":
        return text("The answer to the start was lost %(lasts)s ago. Finding out whether "
                    "it records.", lasts=lasts)  # fmt: skip
    return text("The vendor has not taken the stop for %(lasts)s. It is tried again.", lasts=lasts)


def _no_upload(detail: Detail, lasts: Text) -> Text:
    if detail.get("ever"):
        return text("No file has been uploaded for %(lasts)s.", lasts=lasts)
    return text("No file has been uploaded yet, for %(lasts)s.", lasts=lasts)


def _callbacks_silent(detail: Detail, lasts: Text) -> Text:
    if detail.get("ever"):
        return text("No callback has come for %(lasts)s.", lasts=lasts)
    return text("No callback has come since it began, %(lasts)s ago.", lasts=lasts)


def _resumed(detail: Detail, lasts: Text) -> Text:
    if detail["times"] > 1:
        return text("The recorder was replaced after a fault %(times)s times, last %(lasts)s ago. "
                    "Recording goes on.", times=detail["times"], lasts=lasts)  # fmt: skip
    return text("The recorder was replaced after a fault %(lasts)s ago. Recording goes on.",
                lasts=lasts)  # fmt: skip


_TELLERS = {
    Condition.LOST: lambda detail, lasts: _why(detail, text("The recording was lost.")),
    Condition.FAILED: lambda detail, lasts: _why(detail, text("The recording failed.")),
    Condition.STORAGE_ERROR: lambda detail, lasts: _why(
        detail, text("The storage does not take the files.")
    ),
    Condition.FILES_MISSING: _files_missing,
    Condition.UNSETTLED: _unsettled,
    Condition.UNREACHABLE: lambda detail, lasts: text(
        "The vendor has not answered for %(lasts)s. Whether it still records is not known "
        "just now.", lasts=lasts
    ),
    Condition.NO_UPLOAD: _no_upload,
    Condition.NOBODY_PUBLISHING: lambda detail, lasts: text(
        "Nobody is publishing (for %(lasts)s).", lasts=lasts
    ),
    Condition.CALLBACKS_SILENT: _callbacks_silent,
    Condition.CEILING_NEAR: lambda detail, lasts: text(
        "Its longest time, %(minutes)s min, is nearly over. It is stopped then.",
        minutes=detail["minutes"],
    ),
    Condition.RESUMED: _resumed,
}  # fmt: skip


def _advise_unsettled(detail: Detail) -> Text:
    if detail["what"] == "start":
        return text("Nothing to do: a callback or the vendor's answer settles it. Do not start "
                    "a second one meanwhile.")  # fmt: skip
    return text("Nothing to do yet. If it goes on for minutes, stop it in the vendor's console.")


def _advise_nobody(detail: Detail) -> Text:
    if detail.get("max_idle_s"):
        return text("Ask somebody to turn on camera or microphone. It ends by itself once the "
                    "channel was empty for %(s)s s.", s=detail["max_idle_s"])  # fmt: skip
    return text("Ask somebody to turn on camera or microphone.")


def _advise_missing(detail: Detail) -> Text:
    if detail.get("backed_up"):
        return text("Mend the storage's keys or room. The vendor brings the files later.")
    return text("Look into the storage, and ask the vendor for its copy soon: it keeps one for "
                "some days.")  # fmt: skip


_ADVISERS = {
    Condition.LOST: lambda detail: text(
        "See in the timeline what was last heard, and look into the storage for what arrived."
    ),
    Condition.FAILED: lambda detail: text("Mend what it names and start again."),
    Condition.STORAGE_ERROR: lambda detail: text(
        "Test the storage and mend its keys, bucket or room. Files wait until it takes them."
    ),
    Condition.FILES_MISSING: _advise_missing,
    Condition.UNSETTLED: _advise_unsettled,
    Condition.UNREACHABLE: lambda detail: text(
        "It is asked again all the time. Check the network, or the vendor's own status page."
    ),
    Condition.NO_UPLOAD: lambda detail: text(
        "Test the storage. What is recorded meanwhile is kept by the recorder."
    ),
    Condition.NOBODY_PUBLISHING: _advise_nobody,
    Condition.CALLBACKS_SILENT: lambda detail: text(
        "Check the callback address in the vendor's console. Until then the vendor is asked."
    ),
    Condition.CEILING_NEAR: lambda detail: text(
        "If it shall go on, start another one then: this one cannot be made longer."
    ),
    Condition.RESUMED: lambda detail: text(
        "Nothing to do. The seconds between are missing; the timeline has the times."
    ),
}
