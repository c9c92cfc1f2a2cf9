"""What can become of one time of a schedule, and how it is written down."""

from enum import StrEnum

from sqlalchemy import update

from dashboard.errors import Text, text
from dashboard.models import Schedule, ScheduleOccurrence
from dashboard.services import audit, texts
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import SHELL, Transaction

FEED = "schedules"
BY_SCHEDULE = "schedule: "
"""Begins the name under which a schedule acts."""
KEY = "schedule:"
"""Begins the idempotency key of a recording that a schedule started."""


class State(StrEnum):
    PLANNED = "planned"
    STARTING = "starting"
    """It is tried, again and again until its time of grace is over."""
    RUNNING = "running"
    DONE = "done"
    EARLY = "early"
    """It ended before the planned end: by hand, or because everyone had gone."""
    BROKE = "broke"
    """It began, and failed or was lost."""
    REFUSED = "refused"
    """Tried, and not started."""
    MISSED = "missed"
    """Never tried: nobody was there."""
    SKIPPED = "skipped"
    """The schedule was turned off meanwhile."""


OPEN = (State.PLANNED, State.STARTING, State.RUNNING)
FAULTS = (State.MISSED, State.REFUSED, State.BROKE)


def actor_of(schedule: Schedule) -> Actor:
    """A schedule acts as an operator, under its own name."""
    return Actor(id=None, email=f"{BY_SCHEDULE}{schedule.title}", role="operator")


def change(
    work: Transaction, occurrence_id: int, seen: tuple[State, ...], state: State, **columns: object
) -> bool:
    """Move on from one of the states seen. Returns whether it was still in one of them."""
    if "reason" in columns:
        why = columns["reason"]
        columns["reason"] = texts.to_json(why) if isinstance(why, Text) else None
    if state not in OPEN:
        columns |= {"next_at": None, "check_at": None}
    moved = work.session.execute(
        update(ScheduleOccurrence)
        .where(ScheduleOccurrence.id == occurrence_id)
        .where(ScheduleOccurrence.state.in_([one.value for one in seen]))
        .values(state=state.value, **columns)
        .execution_options(synchronize_session=False)
    ).rowcount
    work.touch(FEED, SHELL)
    return moved == 1


def close(
    work: Transaction,
    row: ScheduleOccurrence,
    state: State,
    reason: Text | None = None,
    **columns: object,
) -> None:
    """Its end, with the reason; what did not come about also goes into the audit."""
    if reason is not None:
        columns["reason"] = reason
    if change(work, row.id, OPEN, state, **columns) and state in (State.MISSED, State.REFUSED):
        audit.note(work, f"schedule.{state.value}", "schedule", row.schedule_id,
                   actor=actor_of(row.schedule), time=row.key, why=str(reason))  # fmt: skip


def late(seconds: float) -> Text:
    """A span as a part of a sentence."""
    if seconds < 90:
        return text("%(n)s s", n=round(seconds))
    return text("%(n)s min", n=round(seconds / 60))
