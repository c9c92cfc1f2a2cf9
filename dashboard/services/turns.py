"""The turn to speak to a vendor about a running recording: one at a time, whoever wants what.

Whoever holds the short lease has the turn. Layouts and subscriptions share it, because one
call of a vendor may replace both. What is about to be said is on disk before it is sent.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from dashboard.errors import (
    Conflict,
    NotFound,
    ProviderError,
    ProviderUnavailable,
    StoreUnavailable,
    Text,
    text,
)
from dashboard.extensions import db
from dashboard.models import AppliedLayout, AppliedSubscription, Recording
from dashboard.providers import registry
from dashboard.providers.base import AccountConfig
from dashboard.services import accounts, context, texts
from dashboard.services.unit_of_work import Transaction, transaction

Line = AppliedLayout | AppliedSubscription
"""An attempt as it was written down."""
LEASE = timedelta(seconds=30)
"""Longer than the slowest answer: two tries of 12 s. A crash holds up others for so long."""
PATIENCE_S = 5.0
"""How long one waits for another's turn to end."""
LOOK_AGAIN_S = 0.02
KEEP_TRIES = 3


class Stale(Exception):  # noqa: N818 - no fault: somebody was faster
    """What is to be replaced is no longer what the draft was begun from."""


@dataclass(frozen=True)
class Turn:
    """line_id: the attempt as it was written down. base: the revision before it.
    lease: until when, and by which we know that it is still ours.
    """

    recording_id: int
    line_id: int
    base: int
    lease: datetime


@dataclass(frozen=True)
class Answer:
    """What the vendor said. fault: None when it has taken what was sent."""

    took_ms: int
    fault: ProviderError | None = None


def take(
    recording_id: int,
    counter: str,
    base: int | None,
    why_not: Callable[[Recording], Text | None],
    write_down: Callable[[Transaction, Recording], int],
) -> Turn:
    """Wait for one's turn, then write down what is about to be sent.

    counter: the column that counts what is replaced. base: what it has to be; None asks
    nobody. write_down: returns the id of the attempt's row.
    Raises NotFound, Stale, and Conflict where `why_not` has a reason or patience ends.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        with transaction() as work:
            row = _fit_row(work, recording_id, why_not)
            revision = getattr(row, counter)
            is_stale = base is not None and revision != base
            was_held = is_held(row)
            lease = None if is_stale else _take_lease(work, row, counter)
            if lease:
                return Turn(recording_id, write_down(work, row), revision, lease)
        if is_stale and not was_held:
            raise Stale
        if time.monotonic() > until:
            raise Conflict(
                text("Somebody else is changing this recording right now. Try again in a moment."),
                recording_id,
            )
        time.sleep(LOOK_AGAIN_S)


def speak(turn: Turn, say: Callable[[], None]) -> Answer:
    """Say it to the vendor. A mistake of ours gives the turn back."""
    began = time.perf_counter()
    try:
        say()
    except ProviderError as fault:
        return Answer(_ms_since(began), fault)
    except Exception:
        with transaction() as work:
            let_go(work, turn)
        raise
    return Answer(_ms_since(began))


def keep(write: Callable[[Transaction], None]) -> None:
    """Write down what came of it. The vendor has done it, so this is tried more than once."""
    for chance in range(1, KEEP_TRIES + 1):
        try:
            with transaction() as work:
                write(work)
            return
        except StoreUnavailable:
            if chance == KEEP_TRIES:
                raise


def let_go(work: Transaction, turn: Turn, **new: Any) -> bool:
    """Give the turn back, with what changed. False when it had run out and was taken over."""
    return (
        work.session.execute(
            update(Recording)
            .where(Recording.id == turn.recording_id, Recording.layout_lock_until == turn.lease)
            .values(layout_lock_until=None, **new)
            .execution_options(synchronize_session=False)
        ).rowcount
        == 1
    )


def is_held(row: Recording) -> bool:
    return row.layout_lock_until is not None and row.layout_lock_until > context.now()


def close(work: Transaction, turn: Turn, line: Line, answer: Answer, **new: Any) -> None:
    """Write down what came of an attempt, and give the turn back with what changed."""
    fault, line.took_ms = answer.fault, answer.took_ms
    is_ours = let_go(work, turn, **({} if fault else new))
    if fault:
        line.outcome = fault.outcome
        line.vendor_code = texts.storable(fault.vendor_code, 64)
        line.vendor_text = texts.storable(fault.vendor_text, 500)
    elif is_ours:  # else somebody took over, and which of the two came last is not known
        line.outcome, line.revision = "applied", turn.base + 1
    work.session.flush()


def is_unsure(lines: type[AppliedLayout] | type[AppliedSubscription], row: Recording) -> bool:
    """The last attempt was neither taken nor refused, and nobody is about to find out."""
    if is_held(row):
        return False
    last = _last(lines, row)
    return last is not None and last.outcome == "unknown" and not was_said_again(lines, row)


def was_said_again(lines: type[AppliedLayout] | type[AppliedSubscription], row: Recording) -> bool:
    """The answer to the last attempt was lost, and a later call of the other kind was taken.

    Where one call of the vendor covers both, that call gave it what held before the attempt.
    """
    last = _last(lines, row)
    if last is None or last.outcome != "unknown":
        return False
    if not registry.capabilities_for(row.account.vendor).changes_both:
        return False
    other = AppliedSubscription if lines is AppliedLayout else AppliedLayout
    later = select(other.id).where(
        other.recording_id == row.id, other.outcome == "applied", other.at > last.at
    )
    return db.session.scalar(later.limit(1)) is not None


def note_account(config: AccountConfig, fault: ProviderError | None) -> None:
    """An answer, or none, also tells of the account."""
    if fault is None:
        accounts.note_answer(config.id)
    elif isinstance(fault, ProviderUnavailable):
        accounts.note_silence(config.id, fault)


# ---------------------------------------------------------------- helpers


def _last(lines: type[AppliedLayout] | type[AppliedSubscription], row: Recording) -> Line | None:
    query = select(lines).where(lines.recording_id == row.id)
    return db.session.scalar(query.order_by(lines.id.desc()).limit(1))


def _fit_row(
    work: Transaction, recording_id: int, why_not: Callable[[Recording], Text | None]
) -> Recording:
    row = work.session.get(Recording, recording_id)
    if row is None:
        raise NotFound(text("There is no such recording."))
    why = why_not(row)
    if why:
        raise Conflict(why, recording_id)
    return row


def _take_lease(work: Transaction, row: Recording, counter: str) -> datetime | None:
    """Only one gets it, whoever looked first."""
    now = context.now()
    lease = now + LEASE
    column = getattr(Recording, counter)
    taken = work.session.execute(
        update(Recording)
        .where(
            Recording.id == row.id,
            column == getattr(row, counter),
            or_(Recording.layout_lock_until.is_(None), Recording.layout_lock_until <= now),
        )
        .values(layout_lock_until=lease)
        .execution_options(synchronize_session=False)
    ).rowcount
    return lease if taken == 1 else None


def _ms_since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)
