"""What vendors answered when they were asked how a recording is."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.extensions import db
from dashboard.models.columns import Document, Key, RecordingId, When, Word


class Poll(db.Model):
    """A run of equal answers: one row however often the same was said.

    outcome: a `Phase`, or "no_answer", "refused". detail: the vendor's code and words.
    """

    __tablename__ = "poll"
    __table_args__ = (Index("ix_poll_of", "recording_id", "id"),)

    id: Mapped[Key]
    recording_id: Mapped[RecordingId]
    outcome: Mapped[Word]
    first_at: Mapped[When]
    last_at: Mapped[When]
    count: Mapped[int] = mapped_column(default=1)
    detail: Mapped[Document]
