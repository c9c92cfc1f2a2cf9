"""How recordings go, in words: what somebody should know, since when, and what to do next."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select

from dashboard.domain import senders
from dashboard.domain.conditions import Condition, Facts, Finding, findings
from dashboard.domain.lifecycle import RecordingState, is_active
from dashboard.domain.recording import Output, Streams
from dashboard.errors import Text, text
from dashboard.extensions import db
from dashboard.models import Account, CallbackDelivery, Recording, RecordingFile
from dashboard.providers import registry
from dashboard.providers.base import Tells
from dashboard.services import context, limits, texts

PATIENCE: Mapping[Condition, timedelta] = {
    Condition.UNSETTLED: timedelta(seconds=3),
    Condition.NOBODY_PUBLISHING: timedelta(seconds=10),
    Condition.NO_UPLOAD: timedelta(minutes=3),
    Condition.FILES_MISSING: timedelta(minutes=2),
}
"""For so long a screen waits before it tells; what is not here it tells at once."""
REMEMBERED: Mapping[Condition, timedelta] = {Condition.RESUMED: timedelta(minutes=15)}
"""For so long a screen goes on telling what is over already."""

_MEDIA: Mapping[str, tuple[str, ...]] = {
    Streams.AUDIO.value: ("audio",),
    Streams.VIDEO.value: ("video",),
    Streams.BOTH.value: ("audio", "video"),
}
_AT_THE_END = (Output.MP4.value, Output.AAC.value)
"""Files of these come when all is over."""
_NOT_FILES = "tencent_vod"
_FIRST_LOOKS = timedelta(seconds=30)


def of(rows: Iterable[Recording], at: datetime | None = None) -> dict[int, tuple[Finding, ...]]:
    """What holds of each recording now, or will at a later time if nothing changes.

    Worst first, by id. Three selects at most.
    """
    at = at or context.now()
    return {id_: findings(facts, at) for id_, facts in _facts(list(rows)).items()}


def shown(found: Iterable[Finding], now: datetime) -> tuple[Finding, ...]:
    """What a screen tells of it."""
    return tuple(finding for finding in found if _is_shown(finding, now))


def sentence(finding: Finding, now: datetime) -> Text:
    """One condition, told: what, since when."""
    return _TELLERS[finding.condition](finding.detail, lasting(now - finding.since))


def advice(finding: Finding) -> Text:
    """What to do next."""
    return _ADVISERS[finding.condition](finding.detail)


def unknown(row: Recording) -> tuple[Text, ...]:
    """What nothing tells of a running recording, so that nobody takes silence for health."""
    begun = row.recording_since or row.started_at
    if row.state != RecordingState.RECORDING.value or context.now() - begun < _FIRST_LOOKS:
        return ()
    facts = _facts([row])[row.id]
    told = []
    if facts.sending is None:
        told.append(text("Who is publishing is not known: this account does not tell it."))
    if facts.uploads_seen_at is None:
        told.append(text("Whether files are being uploaded is not known: nothing tells it."))
    if not facts.callbacks:
        told.append(text("No callback has ever come from this account, so the vendor is asked "
                         "instead. Its page has the address to set at the vendor."))  # fmt: skip
    return tuple(told)


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


def _is_shown(finding: Finding, now: datetime) -> bool:
    age = now - finding.since
    if finding.detail.get("backed_up"):
        return True
    remembered = REMEMBERED.get(finding.condition)
    return age >= PATIENCE.get(finding.condition, timedelta()) and (
        remembered is None or age <= remembered
    )


# ---------------------------------------------------------------- the facts


def _facts(rows: list[Recording]) -> dict[int, Facts]:
    accounts = _accounts(rows)
    heard = _heard(rows)
    told = _told(rows)
    now = context.now()
    return {
        row.id: _facts_of(row, accounts[row.account_id], row.account_id in heard, told, now)
        for row in rows
    }


def _facts_of(
    row: Recording, account: Account, heard: bool, told: Mapping[int, int], now: datetime
) -> Facts:
    tells = registry.capabilities_for(account.vendor).tells
    sending, silent_since = _sending(row, account.studio, tells)
    state = RecordingState(row.state)
    return Facts(
        state=state,
        started_at=row.started_at,
        recording_since=row.recording_since,
        recorded_until=row.recorded_until,
        ended_at=row.ended_at,
        unanswered_at=row.unanswered_at,
        stop_wanted_at=row.stop_wanted_at,
        stop_sent_at=row.stop_sent_at,
        unreachable_since=row.unreachable_since,
        sending=sending,
        silent_since=silent_since,
        sending_since=row.sending_since,
        max_idle_s=row.profile.get("max_idle_s"),
        last_upload_at=row.last_upload_at,
        uploads_seen_at=_uploads_seen_at(row, tells, now) if is_active(state) else None,
        storage_error=row.storage_error,
        storage_error_at=row.storage_error_at,
        last_callback_at=row.last_callback_at,
        callbacks=heard,
        callbacks_every=timedelta(seconds=tells.every_s) if tells.every_s else None,
        ceiling_at=limits.ceiling_at(row),
        ceiling_min=row.profile.get("max_duration_min"),
        resumed=row.resumed,
        resumed_at=row.resumed_at,
        told=told.get(row.id, 0),
        missing=row.files_missing,
        backed_up_at=row.backed_up_at,
        failure=row.failure,
    )


def _sending(row: Recording, studio: bool, tells: Tells) -> tuple[bool | None, datetime | None]:
    """Whether anybody sends what is recorded, and since when nobody does.

    A studio shows it. Without one, callbacks tell it; where they tell of media alone, nobody
    has sent before the first of them, and nothing is known after it.
    """
    if studio:
        if row.nobody_since is None and row.sending_since is None:
            return None, None
        return row.nobody_since is None, row.nobody_since
    if tells.senders and row.streams:
        return senders.silence(row.streams, _MEDIA[row.profile["streams"]])
    if row.media_at is None and row.last_callback_at is not None:
        return False, row.recording_since
    return None, None


def _uploads_seen_at(row: Recording, tells: Tells, now: datetime) -> datetime | None:
    """Until when it is known whether files arrive: the storage was looked into, or callbacks
    tell. Those of some vendors tell of the first file alone."""
    ends_late = row.profile.get("output") in _AT_THE_END
    if ends_late and row.state == RecordingState.RECORDING.value:
        return None
    moments = [row.files_checked_at]
    if tells.uploads:
        moments.append(row.uploads_told_at)
    elif row.last_upload_at is None and row.last_callback_at and not _in_a_library(row):
        moments.append(now)
    return max((moment for moment in moments if moment is not None), default=None)


def _in_a_library(row: Recording) -> bool:
    return row.storage.get("kind") == _NOT_FILES


def _accounts(rows: list[Recording]) -> dict[int, Account]:
    ids = {row.account_id for row in rows}
    return {row.id: row for row in db.session.scalars(select(Account).where(Account.id.in_(ids)))}


def _heard(rows: list[Recording]) -> set[int]:
    """The accounts that have told of anything, ever: where none did, none is expected."""
    ids = {row.account_id for row in rows if is_active(RecordingState(row.state))}
    if not ids:
        return set()
    any_of_it = exists().where(
        CallbackDelivery.account_id == Account.id, CallbackDelivery.recording_id.is_not(None)
    )
    return set(db.session.scalars(select(Account.id).where(Account.id.in_(ids), any_of_it)))


def _told(rows: list[Recording]) -> dict[int, int]:
    """How many files each is known to have, where some are missing."""
    ids = [row.id for row in rows if row.files_missing or row.backed_up_at]
    if not ids:
        return {}
    query = (
        select(RecordingFile.recording_id, func.count())
        .where(RecordingFile.recording_id.in_(ids))
        .group_by(RecordingFile.recording_id)
    )
    return {recording_id: count for recording_id, count in db.session.execute(query)}


# ---------------------------------------------------------------- the words

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
