"""Temporary keys of stores: whoever records with an old one is given the new one in time.

An administrator puts the new key into the storage target. Recordings that run with another
one are told of it, where their vendor has a call for that; what came of it stands in their
history. A key that nears its end with no new one there is warned of once.
"""

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from dashboard.domain.events import EventKind, RecordingEvent
from dashboard.domain.lifecycle import RecordingState
from dashboard.errors import Conflict, DashboardError, NotFound, Text, text
from dashboard.extensions import db
from dashboard.models import Account, Recording
from dashboard.models import StorageTarget as TargetRow
from dashboard.providers import registry
from dashboard.services import accounts, context, live, progress, storage_targets, turns
from dashboard.services.storage_targets import KEY_ENDS_S, KEY_MARK
from dashboard.services.turns import Answer, Turn
from dashboard.services.unit_of_work import Transaction, calling_out, transaction

log = logging.getLogger(__name__)

AGAIN_AFTER = timedelta(seconds=30)
"""Between tries to hand a key on that the vendor did not take."""
WARN_BEFORE = timedelta(minutes=20)
_AGAIN_S, _TOLD, _WARNED = "sts_again_s", "sts_told", "sts_warned"
"""Beside the mark in Recording.storage: when to try again; the marks that were told of."""


def renew_due() -> int:
    """Hand new keys on to recordings that run with others. Returns how many were given one."""
    given = 0
    for recording_id, key in _behind():
        try:
            given += _renew(recording_id, key)
        except (Conflict, NotFound) as fault:
            log.info("recording %s: its key waits: %s", recording_id, fault)
        except DashboardError as fault:
            log.warning("recording %s was not given the new key: %s", recording_id, fault)
    return given


# ---------------------------------------------------------------- who has to be told


def _behind() -> list[tuple[int, str]]:
    """(recording, mark of the key to give it); warns of keys that end, on the way."""
    rows = db.session.execute(
        select(Recording.id, Recording.storage, Account.vendor)
        .join(Account, Account.id == Recording.account_id)
        .where(
            Recording.state == RecordingState.RECORDING.value,
            Recording.stop_wanted_at.is_(None),
            Recording.handle_key.is_not(None),
            Recording.storage[KEY_MARK].as_string().is_not(None),
        )
        .order_by(Recording.id)
    ).all()
    now_s = context.now().timestamp()
    present = _present_keys({storage.get("target_id") for _, storage, _ in rows})
    found, ending = [], []
    for recording_id, storage, vendor in rows:
        key = present.get(storage.get("target_id"))
        if key is None or not registry.capabilities_for(vendor).renew_storage:
            continue
        if key != storage[KEY_MARK]:
            if storage.get(_AGAIN_S, 0) <= now_s:
                found.append((recording_id, key))
        elif _ends_soon(storage, now_s) and storage.get(_WARNED) != key:
            ending.append((recording_id, key))
    db.session.rollback()
    for recording_id, key in ending:
        _warn(recording_id, key)
    return found


def _present_keys(target_ids: set[int | None]) -> Mapping[int, str]:
    """By target: the mark of its temporary key now."""
    rows = db.session.scalars(select(TargetRow).where(TargetRow.id.in_(target_ids - {None})))
    marks = ((row.id, storage_targets.key_mark(storage_targets.target_of(row))) for row in rows)
    return {id_: mark for id_, mark in marks if mark}


def _ends_soon(storage: Mapping[str, Any], now_s: float) -> bool:
    ends_s = storage.get(KEY_ENDS_S)
    return ends_s is not None and ends_s - now_s < WARN_BEFORE.total_seconds()


def _warn(recording_id: int, key: str) -> None:
    with transaction() as work:
        row = work.session.get(Recording, recording_id)
        if row.storage.get(_WARNED) == key:
            return
        row.storage = {**row.storage, _WARNED: key}
        work.session.flush()
        told = live.event(EventKind.WARNING, what="storage_key_ends")
        progress.apply_in(work, recording_id, told, "watchdog")


# ---------------------------------------------------------------- telling


def _renew(recording_id: int, key: str) -> bool:
    def why_not(row: Recording) -> Text | None:
        is_needed = row.storage.get(KEY_MARK) != key and row.stop_wanted_at is None
        return None if is_needed else text("It has the storage's present key.")

    recording = live.load(recording_id)
    target = recording.spec.storage
    turn = turns.take(recording_id, "layout_revision", None, why_not, lambda work, row: 0)

    def say() -> None:
        provider = accounts.provider_of(recording.config)
        with calling_out():
            provider.renew_storage(recording.handle, target)

    answer = turns.speak(turn, say)
    ends_s = target.sts_expires_s
    turns.keep(lambda work: _write(work, turn, key, ends_s, answer))
    turns.note_account(recording.config, answer.fault)
    if answer.fault:
        log.warning("recording %s: its new key was not taken: %s", recording_id, answer.fault)
    else:
        log.info("recording %s was given a new key in %s ms", recording_id, answer.took_ms)
    return answer.fault is None


def _write(
    work: Transaction, turn: Turn, key: str, ends_s: int | None, answer: Answer
) -> None:  # fmt: skip
    row = work.session.get(Recording, turn.recording_id)
    if answer.fault is None:
        kept = {name: value for name, value in row.storage.items() if name != _AGAIN_S}
        turns.let_go(work, turn, storage={**kept, KEY_MARK: key, KEY_ENDS_S: ends_s})
        _tell(work, turn, live.event(EventKind.STORAGE_KEY_RENEWED, until=_said(ends_s)))
        return
    again_s = (context.now() + AGAIN_AFTER).timestamp()
    was_told = row.storage.get(_TOLD) == key
    turns.let_go(work, turn, storage={**row.storage, _AGAIN_S: again_s, _TOLD: key})
    if not was_told:  # tried again and again, it is told once
        _tell(work, turn, live.told_by(EventKind.STORAGE_KEY_REFUSED, answer.fault))


def _tell(work: Transaction, turn: Turn, told: RecordingEvent) -> None:
    work.session.expire_all()
    progress.apply_in(work, turn.recording_id, told, "watchdog")


def _said(ends_s: int | None) -> str | None:
    return ends_s and f"{datetime.fromtimestamp(ends_s, UTC):%Y-%m-%d %H:%M} UTC"
