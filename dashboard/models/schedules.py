"""When channels are recorded by themselves, and what became of each time."""

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dashboard.extensions import db
from dashboard.models.columns import ChannelId, Document, Key, Name, When, Word
from dashboard.models.recordings import Channel

_NOT_ARCHIVED = text("archived_at IS NULL")


class Schedule(db.Model):
    """plan: domain.recurrence.Plan as JSON.

    uid, recurrence_id: of the calendar entry it came from, or made here; recurrence_id is that
    of a single time moved out of a series, else "". takes_over: a recording that somebody
    started by hand is ended at the planned end, too. lead_min: how long before a start it is
    checked, 0 for never. grace_min: so long a start is made up for. planned_until: up to here
    every time has its row; None: from now on. version: counts changes.
    """

    __tablename__ = "schedule"
    __table_args__ = (
        Index("uq_schedule_uid", "uid", "recurrence_id", unique=True,
              sqlite_where=_NOT_ARCHIVED, postgresql_where=_NOT_ARCHIVED),
    )  # fmt: skip

    id: Mapped[Key]
    uid: Mapped[Name]
    recurrence_id: Mapped[Word]
    channel_id: Mapped[ChannelId] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(String(80))
    plan: Mapped[Document]
    enabled: Mapped[bool]
    takes_over: Mapped[bool]
    lead_min: Mapped[int]
    grace_min: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    planned_until: Mapped[When | None]
    created_by: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[When]
    updated_at: Mapped[When]
    archived_at: Mapped[When | None]

    channel: Mapped[Channel] = relationship()


class ScheduleOccurrence(db.Model):
    """One time of a schedule, from a day before it on. key: its start by the zone's clock.

    state: services.schedules.states.State. reason: Text of why, for all but the plain ones.
    next_at: who looks after it next claims it by moving this on; None when it is over.
    check_at: the same for the check before it. findings: [{"what", "why", "needed"}] of that
    check. attempts: starts tried so far; each has an idempotency key of its own.
    taken_over: somebody else had started its recording.
    """

    __tablename__ = "schedule_occurrence"
    __table_args__ = (
        UniqueConstraint("schedule_id", "key"),
        Index("ix_schedule_occurrence_due", "next_at"),
        Index("ix_schedule_occurrence_check", "check_at"),
        Index("ix_schedule_occurrence_starts", "starts_at"),
        Index("ix_schedule_occurrence_recording", "recording_id"),
    )

    id: Mapped[Key]
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id"))
    key: Mapped[Word]
    starts_at: Mapped[When]
    ends_at: Mapped[When]
    state: Mapped[Word]
    reason: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    recording_id: Mapped[int | None]
    taken_over: Mapped[bool]
    attempts: Mapped[int]
    next_at: Mapped[When | None]
    check_at: Mapped[When | None]
    checked_at: Mapped[When | None]
    findings: Mapped[list | None] = mapped_column(JSON(none_as_null=True))

    schedule: Mapped[Schedule] = relationship()
