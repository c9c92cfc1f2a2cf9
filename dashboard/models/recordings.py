"""Channels, their recordings, and what happened to them."""

from sqlalchemy import JSON, Float, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dashboard.extensions import db
from dashboard.models.accounts import Account
from dashboard.models.columns import (
    AccountId,
    ChannelId,
    Document,
    Key,
    Name,
    RecordingId,
    Sealed,
    When,
    Word,
)
from dashboard.models.profiles import RecordingProfile

_NOT_ARCHIVED = text("archived_at IS NULL")
_ACTIVE = text("state IN ('starting', 'recording', 'stopping', 'uploading')")
_HAS_KEY = text("handle_key IS NOT NULL")


class Channel(db.Model):
    """profile: domain.recording.Profile as JSON, whole, whatever it follows.

    recording_profile_id: whose fields it takes over when they change, save those that differ.
    storage_id: None: where the account's recordings go. encryption_secret: the channel's own.
    """

    __tablename__ = "channel"
    __table_args__ = (
        Index("uq_channel_open_name", "account_id", "name", unique=True,
              sqlite_where=_NOT_ARCHIVED, postgresql_where=_NOT_ARCHIVED),
    )  # fmt: skip

    id: Mapped[Key]
    account_id: Mapped[AccountId]
    name: Mapped[Name]
    profile: Mapped[Document]
    recording_profile_id: Mapped[int | None] = mapped_column(ForeignKey("recording_profile.id"))
    storage_id: Mapped[int | None] = mapped_column(ForeignKey("storage_target.id"))
    encryption_secret: Mapped[Sealed | None]
    created_at: Mapped[When]
    archived_at: Mapped[When | None]

    account: Mapped[Account] = relationship()
    recording_profile: Mapped[RecordingProfile | None] = relationship()


class Recording(db.Model):
    """One recording, from the press of Start on.

    Only services/progress.py writes `state`. version: counts changes; every UPDATE of the
    state repeats the version it read. key: the idempotency key of the press. profile,
    storage, encryption_secret, channel_name, recorder_uid: as they were when it started.
    handle: what the vendor calls it, complete when handle_key is there.
    unanswered_at: the answer to its start was lost. next_sync_at: who looks after it next
    claims it by moving this on; None when all is known. stop_wanted_at: Stop was pressed;
    stop_sent_at: the vendor has taken it. gone: how often in a row the vendor did not know it.
    answered_at: the vendor last answered a question about it. files_checked_at: the storage
    last said what it holds; files_fault: why it did not, since then; files_missing: told of,
    not arrived. alive_after_end_at: the vendor showed it at work after we took it for ended.
    layout: what is applied now, None while it is the profile's. layout_revision: counts what
    was applied, from 1. subscription, subscription_revision: the same of whom it records.
    layout_lock_until: somebody is speaking a layout or a subscription to the vendor.

    What its health is told from, by our clock (domain/conditions.py): nobody_since,
    sending_since: as the account's studio shows it. streams: what callbacks tell of who sends
    (domain/senders.py). media_at: something was recorded. last_upload_at: a file arrived;
    uploaded_s: so much had, as callbacks tell; uploads_told_at: they did. storage_error: as a
    Text, told at storage_error_at. backed_up_at: the vendor keeps its files for now. health:
    digest of what is shown of it.
    """

    __tablename__ = "recording"
    __table_args__ = (
        Index("uq_recording_one_active", "account_id", "channel_name", "recorder_uid",
              unique=True, sqlite_where=_ACTIVE, postgresql_where=_ACTIVE),
        Index("uq_recording_handle_key", "account_id", "handle_key",
              unique=True, sqlite_where=_HAS_KEY, postgresql_where=_HAS_KEY),
        Index("ix_recording_due", "next_sync_at"),
        Index("ix_recording_channel", "channel_id", "id"),
        Index("ix_recording_started", "started_at"),
        Index("ix_recording_state", "state", "id"),
    )  # fmt: skip

    id: Mapped[Key]
    channel_id: Mapped[ChannelId]
    account_id: Mapped[AccountId]
    channel_name: Mapped[Name]
    recorder_uid: Mapped[str] = mapped_column(String(64))
    profile: Mapped[Document]
    storage: Mapped[Document]
    encryption_secret: Mapped[Sealed | None]
    state: Mapped[Word]
    version: Mapped[int] = mapped_column(default=1)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    started_by: Mapped[int | None]
    handle: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    handle_key: Mapped[str | None] = mapped_column(String(200))

    started_at: Mapped[When]
    unanswered_at: Mapped[When | None]
    recording_since: Mapped[When | None]
    recorded_until: Mapped[When | None]
    ended_at: Mapped[When | None]
    stop_wanted_at: Mapped[When | None]
    stop_sent_at: Mapped[When | None]

    last_seen_at: Mapped[When | None]
    next_sync_at: Mapped[When | None]
    unreachable_since: Mapped[When | None]
    gone: Mapped[int] = mapped_column(default=0)
    gone_since: Mapped[When | None]
    resumed: Mapped[int] = mapped_column(default=0)
    last_event_id: Mapped[int | None]
    last_sequence: Mapped[int | None]
    end_reason: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    failure: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))

    answered_at: Mapped[When | None]
    files_checked_at: Mapped[When | None]
    files_fault: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    files_missing: Mapped[int] = mapped_column(default=0, server_default="0")
    alive_after_end_at: Mapped[When | None]

    layout: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    layout_revision: Mapped[int] = mapped_column(default=1, server_default="1")
    layout_lock_until: Mapped[When | None]
    subscription: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    subscription_revision: Mapped[int] = mapped_column(default=1, server_default="1")

    nobody_since: Mapped[When | None]
    sending_since: Mapped[When | None]
    streams: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    media_at: Mapped[When | None]
    last_upload_at: Mapped[When | None]
    uploaded_s: Mapped[float | None] = mapped_column(Float(53))
    uploads_told_at: Mapped[When | None]
    storage_error: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    storage_error_at: Mapped[When | None]
    backed_up_at: Mapped[When | None]
    last_callback_at: Mapped[When | None]
    resumed_at: Mapped[When | None]
    health: Mapped[str | None] = mapped_column(String(64))

    channel: Mapped[Channel] = relationship()
    account: Mapped[Account] = relationship()


class RecordingEvent(db.Model):
    """One line of a recording's history. state_after: where it moved the recording, if it did.

    at: by the teller's clock. here_at: the same moment by ours; None where they are one.
    """

    __tablename__ = "recording_event"
    __table_args__ = (Index("ix_recording_event_of", "recording_id", "id"),)

    id: Mapped[Key]
    recording_id: Mapped[RecordingId]
    kind: Mapped[Word]
    source: Mapped[Word]
    at: Mapped[When]
    here_at: Mapped[When | None]
    told_at: Mapped[When]
    sequence: Mapped[int | None]
    person_uid: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[Document]
    actor_email: Mapped[str | None] = mapped_column(String(255))
    delivery_id: Mapped[int | None] = mapped_column(unique=True)
    state_after: Mapped[Word | None]


class RecordingFile(db.Model):
    """A file of a recording. arrived_at, size_bytes: once it was seen in the storage."""

    __tablename__ = "recording_file"
    __table_args__ = (UniqueConstraint("recording_id", "name"),)

    id: Mapped[Key]
    recording_id: Mapped[RecordingId]
    name: Mapped[str] = mapped_column(String(1024))
    kind: Mapped[Word]
    started_at: Mapped[When | None]
    arrived_at: Mapped[When | None]
    size_bytes: Mapped[int | None] = mapped_column(db.BigInteger())


class Preview(db.Model):
    """The latest picture of a running recording. digest: to see that nothing changed."""

    __tablename__ = "preview"

    recording_id: Mapped[RecordingId] = mapped_column(primary_key=True)
    version: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    jpeg: Mapped[bytes] = mapped_column(LargeBinary())
    taken_at: Mapped[When]


class ChannelPerson(db.Model):
    """Who is in a channel, as the account's studio told last. place: in the order they joined."""

    __tablename__ = "channel_person"

    channel_id: Mapped[ChannelId] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[Word]
    audio: Mapped[bool]
    video: Mapped[bool]
    color: Mapped[str | None] = mapped_column(String(7))
    place: Mapped[int] = mapped_column(default=0, server_default="0")
