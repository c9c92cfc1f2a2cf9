"""Whom recordings were told to take, and by whom."""

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.extensions import db
from dashboard.models.columns import ChannelId, Document, Key, When, Word


class AppliedSubscription(db.Model):
    """One attempt to change whom a recording takes, whatever came of it.

    recording_id: None where it was saved for the channel's next start.
    revision: the count that it made of the recording's subscriptions; for a channel, of its
    content. None where it made none.
    source: "start", "apply", "restore" or "form". outcome: "applied", "refused", "unknown".
    note: why, in the words of whoever did it. by_email: stays when the person goes.
    vendor_code, vendor_text: the vendor's own words. took_ms: of its answer.
    """

    __tablename__ = "applied_subscription"
    __table_args__ = (
        UniqueConstraint("recording_id", "revision"),
        Index("ix_applied_subscription_of", "recording_id", "id"),
        Index("ix_applied_subscription_channel", "channel_id", "id"),
    )

    id: Mapped[Key]
    channel_id: Mapped[ChannelId]
    recording_id: Mapped[int | None] = mapped_column(db.ForeignKey("recording.id"))
    revision: Mapped[int | None]
    document: Mapped[Document]
    note: Mapped[str | None] = mapped_column(String(300))
    by_id: Mapped[int | None]
    by_email: Mapped[str | None] = mapped_column(String(255))
    at: Mapped[When]
    source: Mapped[Word]
    outcome: Mapped[Word]
    vendor_code: Mapped[str | None] = mapped_column(String(64))
    vendor_text: Mapped[str | None] = mapped_column(String(500))
    took_ms: Mapped[int | None]
