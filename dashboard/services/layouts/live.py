"""Giving a running recording another layout, so that it happens once and everybody knows.

One layout at a time per recording: whoever holds the short lease speaks to the vendor. The
attempt is on disk before it is sent; whatever comes of it, refusals and lost answers too, stays
with who and when.
"""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from dashboard.domain.events import EventKind, RecordingEvent
from dashboard.domain.lifecycle import RecordingState
from dashboard.domain.recording import Streams
from dashboard.errors import (
    Conflict,
    NotFound,
    ProviderError,
    ProviderUnavailable,
    StoreUnavailable,
    text,
)
from dashboard.extensions import db
from dashboard.layouts.document import Layout
from dashboard.models import AppliedLayout, Recording
from dashboard.services import accounts, audit, context, live, progress, texts
from dashboard.services.layouts import applied, documents
from dashboard.services.live import Live
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.readmodels_layouts import AppliedSource, AppliedView
from dashboard.services.unit_of_work import Transaction, calling_out, transaction

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
"""Longer than the slowest answer: two tries of 12 s. A crash holds up others for so long."""
PATIENCE_S = 5.0
"""How long an apply waits for another one that is being spoken to the vendor."""
LOOK_AGAIN_S = 0.02
KEEP_TRIES = 3


@dataclass(frozen=True)
class _Claim:
    """The right to speak a layout. lease: until when, and by which we know it is still ours."""

    applied_id: int
    base: int
    lease: datetime


@dataclass(frozen=True)
class _Attempt:
    layout: Layout
    actor: Actor
    source: AppliedSource
    scene: str | None = None


@dataclass(frozen=True)
class _Answer:
    """What the vendor said. fault: None when it has taken the layout."""

    took_ms: int
    fault: ProviderError | None = None


def apply(
    recording_id: int,
    document: Mapping[str, Any] | str,
    base_revision: int,
    actor: Actor,
    *,
    source: AppliedSource = "apply",
    overwrite: bool = False,
    scene: str | None = None,
) -> AppliedView:
    """Replace a recording's whole layout, from its next picture on.

    base_revision: the revision that the draft was begun from. overwrite: whatever others
    have applied since is to be replaced. scene: its name, for the history.
    Raises Forbidden, NotFound, InvalidInput (before anything is sent), LayoutConflict,
    Conflict when it takes no layout now, ProviderError (refused: the old layout stays;
    unknown: either may be recorded).
    """
    need(actor, "operate")
    recording = live.load(recording_id)
    family = documents.family_of(recording.config.vendor)
    layout = documents.taken(document, family, recording.spec.profile.canvas)
    attempt = _Attempt(layout, actor, source, scene)
    claim = _claim(recording_id, base_revision, overwrite, attempt)
    answer = _send(recording, claim, layout)
    _keep(recording_id, claim, attempt, answer)
    _note_account(recording, answer.fault)
    if answer.fault:
        log.warning("recording %s: its layout was not taken: %s", recording_id, answer.fault)
        raise answer.fault
    log.info("recording %s: layout %s taken in %s ms", recording_id, claim.base + 1, answer.took_ms)
    return applied.one(recording_id, claim.applied_id)


def restore(recording_id: int, applied_id: int, actor: Actor) -> AppliedView:
    """Apply what was applied, or tried, before. Raises as `apply` does."""
    need(actor, "operate")
    row = db.session.get(AppliedLayout, applied_id)
    if row is None or row.recording_id != recording_id:
        raise NotFound(text("This recording never had such a layout."))
    return apply(recording_id, row.document, 0, actor, source="restore", overwrite=True)


# ---------------------------------------------------------------- commit 1


def _claim(recording_id: int, base: int, overwrite: bool, attempt: _Attempt) -> _Claim:
    """Wait for one's turn, then write down what is about to be sent."""
    until = time.monotonic() + PATIENCE_S
    while True:
        with transaction() as work:
            row = _fit_row(work, recording_id)
            is_stale = not overwrite and row.layout_revision != base
            is_locked = _is_locked(row)
            lease = None if is_stale else _take_lease(work, row)
            if lease:
                return _intended(work, row, attempt, lease)
        if is_stale and not is_locked:
            raise applied.conflict(recording_id, base, attempt.layout)
        if time.monotonic() > until:
            raise Conflict(
                text("Another layout is being applied right now. Try again in a moment."),
                recording_id,
            )
        time.sleep(LOOK_AGAIN_S)


def _fit_row(work: Transaction, recording_id: int) -> Recording:
    """Raises NotFound, and Conflict for a recording that takes no layout now."""
    row = work.session.get(Recording, recording_id)
    if row is None:
        raise NotFound(text("There is no such recording."))
    why = why_not(row)
    if why:
        raise Conflict(why, recording_id)
    return row


def why_not(row: Recording):
    """Why a recording takes no layout now; None when it does."""
    state = RecordingState(row.state)
    if state not in (RecordingState.STARTING, RecordingState.RECORDING) or row.stop_wanted_at:
        return text("This recording has ended or is ending. Its layout stays as it was.")
    if row.handle_key is None:
        return text("The recorder has not begun yet. Try again in a moment.")
    if row.profile["streams"] == Streams.AUDIO:
        return text("Only sound is recorded here, so there is no layout to change.")
    return None


def _is_locked(row: Recording) -> bool:
    return row.layout_lock_until is not None and row.layout_lock_until > context.now()


def _take_lease(work: Transaction, row: Recording) -> datetime | None:
    """Only one gets it, whoever looked first."""
    now = context.now()
    lease = now + LEASE
    taken = work.session.execute(
        update(Recording)
        .where(
            Recording.id == row.id,
            Recording.layout_revision == row.layout_revision,
            or_(Recording.layout_lock_until.is_(None), Recording.layout_lock_until <= now),
        )
        .values(layout_lock_until=lease)
        .execution_options(synchronize_session=False)
    ).rowcount
    return lease if taken == 1 else None


def _intended(work: Transaction, row: Recording, attempt: _Attempt, lease: datetime) -> _Claim:
    """Until the answer is here nobody knows what came of it, and so it says."""
    line = AppliedLayout(
        recording_id=row.id,
        document=attempt.layout.to_json(),
        by_id=attempt.actor.id,
        by_email=attempt.actor.email,
        at=context.now(),
        source=attempt.source,
        outcome="unknown",
    )
    work.session.add(line)
    work.session.flush()
    return _Claim(line.id, row.layout_revision, lease)


# ---------------------------------------------------------------- the vendor


def _send(recording: Live, claim: _Claim, layout: Layout) -> _Answer:
    """Speak it to the vendor. A mistake of ours gives the lease back."""
    began = time.perf_counter()
    try:
        provider = accounts.provider_of(recording.config)
        with calling_out():
            provider.set_layout(recording.handle, layout, recording.spec)
    except ProviderError as fault:
        return _Answer(_ms_since(began), fault)
    except Exception:
        with transaction() as work:
            _let_go(work, recording.id, claim)
        raise
    return _Answer(_ms_since(began))


def _ms_since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


# ---------------------------------------------------------------- commit 2


def _keep(recording_id: int, claim: _Claim, attempt: _Attempt, answer: _Answer) -> None:
    """Write down what came of it. The vendor has done it, so this is tried more than once."""
    for chance in range(1, KEEP_TRIES + 1):
        try:
            with transaction() as work:
                _write(work, recording_id, claim, attempt, answer)
            return
        except StoreUnavailable:
            if chance == KEEP_TRIES:
                raise


def _write(
    work: Transaction, recording_id: int, claim: _Claim, attempt: _Attempt, answer: _Answer
) -> None:
    fault = answer.fault
    line = work.session.get(AppliedLayout, claim.applied_id)
    line.took_ms = answer.took_ms
    new = {} if fault else {"layout": line.document, "layout_revision": claim.base + 1}
    is_ours = _let_go(work, recording_id, claim, **new)
    if fault:
        line.outcome = fault.outcome
        line.vendor_code = texts.storable(fault.vendor_code, 64)
        line.vendor_text = texts.storable(fault.vendor_text, 500)
    elif is_ours:  # else somebody took over, and which of the two came last is not known
        line.outcome, line.revision = "applied", claim.base + 1
    work.session.flush()
    told = _told(attempt, fault, line.revision)
    progress.apply_in(work, recording_id, told, "command", actor_email=attempt.actor.email)
    audit.note(
        work, f"layout.{line.outcome}", "recording", recording_id, actor=attempt.actor,
        applied_id=line.id, source=attempt.source,
    )  # fmt: skip


def _let_go(work: Transaction, recording_id: int, claim: _Claim, **new: Any) -> bool:
    """Give the lease back, with what changed. False when it had run out and was taken over."""
    return (
        work.session.execute(
            update(Recording)
            .where(Recording.id == recording_id, Recording.layout_lock_until == claim.lease)
            .values(layout_lock_until=None, **new)
            .execution_options(synchronize_session=False)
        ).rowcount
        == 1
    )


def _told(attempt: _Attempt, fault: ProviderError | None, revision: int | None) -> RecordingEvent:
    if fault and fault.outcome == "refused":
        return live.told_by(EventKind.LAYOUT_REFUSED, fault)
    if fault:
        return live.told_by(EventKind.LAYOUT_UNANSWERED, fault)
    restored = attempt.source == "restore" or None
    return live.event(
        EventKind.LAYOUT_CHANGED, revision=revision, scene=attempt.scene, restored=restored
    )


def _note_account(recording: Live, fault: ProviderError | None) -> None:
    if fault is None:
        accounts.note_answer(recording.config.id)
    elif isinstance(fault, ProviderUnavailable):
        accounts.note_silence(recording.config.id, fault)


def history(recording_id: int) -> tuple[AppliedView, ...]:
    """Every layout it was given, newest first."""
    if db.session.scalar(select(Recording.id).where(Recording.id == recording_id)) is None:
        raise NotFound(text("There is no such recording."))
    return applied.history(recording_id)
