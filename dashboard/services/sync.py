"""Looking after recordings: the vendor is asked, and its answer is the truth.

Callbacks are a fast hint. How often a vendor is asked is in pacing.py, whose turn it is in
due.py, what an answer means in answers.py and lost.py, what comes after the end in
aftermath.py.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from dashboard.domain.events import EventKind
from dashboard.domain.lifecycle import RecordingState, is_active
from dashboard.domain.recording import Phase, RecordingSnapshot
from dashboard.errors import DashboardError, ProviderError
from dashboard.models import Recording
from dashboard.providers import registry
from dashboard.services import (
    accounts,
    aftermath,
    answers,
    context,
    due,
    files,
    limits,
    live,
    pacing,
    polls,
    progress,
    settle,
    silence,
)
from dashboard.services.live import Live
from dashboard.services.stopping import carry_out_stop, is_wanted
from dashboard.services.unit_of_work import calling_out, recording_feed, transaction

log = logging.getLogger(__name__)

STOP_AGAIN_AFTER = timedelta(seconds=30)
SHOWN_ANEW_AFTER = timedelta(minutes=1)


def sync_due(limit: int = 20) -> int:
    """Look after recordings whose time has come. Returns how many it looked after."""
    done, used_up = 0, set()
    for one in due.first(limit):
        if one.is_question and one.account_id in used_up:
            continue
        turn = due.claim(one)
        if turn is due.Turn.LATER:
            used_up.add(one.account_id)
        if turn is due.Turn.AWAY:
            silence.wait_for_account(one.recording_id)
        if turn is not due.Turn.OURS:
            continue
        try:
            sync_one(one.recording_id)
        except DashboardError as fault:
            log.warning("recording %s was not looked after: %s", one.recording_id, fault)
        done += 1
    return done


def sync_one(recording_id: int, *, complain: bool = False) -> None:
    """Look after one: settle its start, send its stop, ask the vendor, look at its files.

    complain: raise the ProviderError of the query, for somebody who pressed a button.
    """
    recording = live.load(recording_id)
    if not is_active(recording.state):
        aftermath.look(recording)
        return
    if recording.handle_key is None:
        if not settle.settle_one(recording_id, claimed=not complain):
            return
        recording = live.load(recording_id)
        if not is_active(recording.state) or recording.handle_key is None:
            return
    if limits.want_stop_at_ceiling(recording) or limits.want_stop_at_planned_end(recording):
        recording = live.load(recording_id)
    if is_wanted(recording) and not carry_out_stop(recording_id):
        return
    _ask(live.load(recording_id), complain)


def _ask(recording: Live, complain: bool) -> None:
    provider = accounts.provider_of(recording.config)
    try:
        with calling_out():
            snapshot = provider.query(recording.handle)
    except ProviderError as fault:
        silence.take(recording, fault)
        if complain:
            raise
        return
    accounts.note_answer(recording.config.id)
    found = files.look(recording.id, recording.spec.storage, recording.handle)
    _take_snapshot(recording, snapshot, found)


def _take_snapshot(recording: Live, snapshot: RecordingSnapshot, found: files.Found) -> None:
    told = list(answers.events(recording, snapshot, found))
    if recording.unreachable_since is not None:
        told.insert(0, live.event(EventKind.REACHABLE))
    columns = _known(recording, snapshot) | files.columns_of(found)
    with transaction() as work:
        polls.note_answer(work, recording.id, snapshot)
        for event in told:
            progress.apply_in(work, recording.id, event, "sync")
        progress.keep_files(work, recording.id, snapshot.files)
        row = work.session.get(Recording, recording.id)
        next_at = _next(row, columns["gone_since"])
        if _is_old(row.files_checked_at):
            work.touch(recording_feed(row.id))
        live.set_columns(work, recording.id, next_sync_at=next_at, **columns)
    if _is_deaf(recording, snapshot):
        log.warning("recording %s goes on after its stop; stopping it again", recording.id)
        with transaction() as work:
            live.set_columns(work, recording.id, stop_sent_at=None)
        carry_out_stop(recording.id)


def _known(recording: Live, snapshot: RecordingSnapshot) -> dict[str, Any]:
    """The columns that an answer changes, whatever it says."""
    now = context.now()
    known: dict[str, Any] = {"answered_at": now, "unreachable_since": None}
    if snapshot.phase is Phase.GONE:
        since = recording.gone_since or now
        return known | {"gone": recording.gone + 1, "gone_since": since}
    return known | {"gone": 0, "gone_since": None, "last_seen_at": now}


def _next(row: Recording, gone_since: datetime | None) -> datetime:
    now = context.now()
    state = RecordingState(row.state)
    if not is_active(state):
        return now + timedelta(seconds=1)
    end = limits.stops_at(row)
    facts = pacing.Facts(
        state=state,
        quick=row.account.builtin,
        age_s=_age_s(row.started_at),
        heard_s=_age_s(row.last_callback_at),
        closing_s=_age_s(row.recorded_until) or 0.0,
        unknown_s=_age_s(gone_since),
        near_end_s=(end - now).total_seconds() if end else None,
        line_s=_line_s(row),
    )
    return now + timedelta(seconds=pacing.pause_s(facts))


def _is_old(moment: datetime | None) -> bool:
    """A page that says when the storage was looked at is to be drawn again."""
    return moment is None or context.now() - moment > SHOWN_ANEW_AFTER


def _age_s(moment: datetime | None) -> float | None:
    return None if moment is None else max(0.0, (context.now() - moment).total_seconds())


def _line_s(row: Recording) -> float:
    rate = registry.capabilities_for(row.account.vendor).rate_per_s
    return pacing.line_s(limits.active_on(row.account_id), rate)


def _is_deaf(recording: Live, snapshot: RecordingSnapshot) -> bool:
    """It was told to stop, said yes, and is still recording."""
    return (
        snapshot.phase is Phase.RUNNING
        and recording.stop_sent_at is not None
        and context.now() - recording.stop_sent_at > STOP_AGAIN_AFTER
    )
