"""Giving a running recording another layout, so that it happens once and everybody knows.

One layout at a time per recording: whoever holds the short lease speaks to the vendor. The
attempt is on disk before it is sent; whatever comes of it, refusals and lost answers too, stays
with who and when.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from dashboard.domain.events import EventKind, RecordingEvent
from dashboard.domain.lifecycle import RecordingState
from dashboard.domain.recording import Streams
from dashboard.errors import NotFound, ProviderError, text
from dashboard.extensions import db
from dashboard.layouts.document import Layout
from dashboard.models import AppliedLayout, Recording
from dashboard.services import accounts, audit, context, live, progress, turns
from dashboard.services.layouts import applied, documents
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.readmodels_layouts import AppliedSource, AppliedView
from dashboard.services.turns import Answer, Turn
from dashboard.services.unit_of_work import Transaction, calling_out

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Attempt:
    layout: Layout
    actor: Actor
    source: AppliedSource
    scene: str | None = None


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
    turn = _take_turn(recording_id, None if overwrite else base_revision, attempt)
    answer = turns.speak(turn, lambda: _send(recording_id, layout))
    turns.keep(lambda work: _write(work, turn, attempt, answer))
    turns.note_account(recording.config, answer.fault)
    if answer.fault:
        log.warning("recording %s: its layout was not taken: %s", recording_id, answer.fault)
        raise answer.fault
    log.info("recording %s: layout %s taken in %s ms", recording_id, turn.base + 1, answer.took_ms)
    return applied.one(recording_id, turn.line_id)


def restore(recording_id: int, applied_id: int, actor: Actor) -> AppliedView:
    """Apply what was applied, or tried, before. Raises as `apply` does."""
    need(actor, "operate")
    row = db.session.get(AppliedLayout, applied_id)
    if row is None or row.recording_id != recording_id:
        raise NotFound(text("This recording never had such a layout."))
    return apply(recording_id, row.document, 0, actor, source="restore", overwrite=True)


# ---------------------------------------------------------------- commit 1


def _take_turn(recording_id: int, base: int | None, attempt: _Attempt) -> Turn:
    try:
        return turns.take(
            recording_id, "layout_revision", base, why_not,
            lambda work, row: _intended(work, row, attempt),
        )  # fmt: skip
    except turns.Stale:
        raise applied.conflict(recording_id, base, attempt.layout) from None


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


def _intended(work: Transaction, row: Recording, attempt: _Attempt) -> int:
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
    return line.id


# ---------------------------------------------------------------- the vendor


def _send(recording_id: int, layout: Layout) -> None:
    """In one's turn, so that what else the call covers is said as it is now."""
    recording = live.load(recording_id)
    provider = accounts.provider_of(recording.config)
    with calling_out():
        provider.set_layout(recording.handle, layout, recording.spec)


# ---------------------------------------------------------------- commit 2


def _write(work: Transaction, turn: Turn, attempt: _Attempt, answer: Answer) -> None:
    fault = answer.fault
    line = work.session.get(AppliedLayout, turn.line_id)
    row = work.session.get(Recording, turn.recording_id)
    name, before = row.channel_name, row.layout or row.profile["layout"]
    new = {"layout": line.document, "layout_revision": turn.base + 1}
    turns.close(work, turn, line, answer, **new)
    told = _told(attempt, fault, line.revision)
    recording_id = turn.recording_id
    progress.apply_in(work, recording_id, told, "command", actor_email=attempt.actor.email)
    audit.note(
        work, f"layout.{line.outcome}", "recording", recording_id, actor=attempt.actor,
        name=name, before={"layout": before}, after={"layout": line.document},
        applied_id=line.id, source=attempt.source,
    )  # fmt: skip


def _told(attempt: _Attempt, fault: ProviderError | None, revision: int | None) -> RecordingEvent:
    if fault and fault.outcome == "refused":
        return live.told_by(EventKind.LAYOUT_REFUSED, fault)
    if fault:
        return live.told_by(EventKind.LAYOUT_UNANSWERED, fault)
    restored = attempt.source == "restore" or None
    return live.event(
        EventKind.LAYOUT_CHANGED, revision=revision, scene=attempt.scene, restored=restored
    )


def history(recording_id: int) -> tuple[AppliedView, ...]:
    """Every layout it was given, newest first."""
    if db.session.scalar(select(Recording.id).where(Recording.id == recording_id)) is None:
        raise NotFound(text("There is no such recording."))
    return applied.history(recording_id)
