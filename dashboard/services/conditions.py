"""How recordings go: what somebody should know of each, from what is kept of it."""

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
from dashboard.services import context, limits, outcomes, texts

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
        failure=_why(row),
    )


def _why(row: Recording) -> Mapping[str, Any] | None:
    why = None if is_active(RecordingState(row.state)) else outcomes.why_of(row)
    return texts.to_json(why) if why else None


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
