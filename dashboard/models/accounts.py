"""Accounts with vendors, where their recordings go, and what we last knew of them."""

from sqlalchemy import JSON, Float, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dashboard.extensions import db
from dashboard.models.columns import AccountId, Document, Key, Name, Sealed, When, Word


class StorageTarget(db.Model):
    """domain.recording.StorageTarget as a row of its own, by a name people choose.

    keys: sealed JSON of what is secret of it. folder: None for the folder of the settings.
    tested_at, test_fault: the last trial, and the Text of what was wrong with it.
    archived_at: no longer offered; what was recorded there is still read.
    """

    __tablename__ = "storage_target"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[Word]
    bucket: Mapped[Name]
    region: Mapped[str | None] = mapped_column(String(64))
    endpoint: Mapped[str | None] = mapped_column(String(500))
    folder: Mapped[str | None] = mapped_column(String(500))
    prefix: Mapped[list] = mapped_column(JSON())
    options: Mapped[Document]
    keys: Mapped[Sealed]
    builtin: Mapped[bool] = mapped_column(default=False)
    tested_at: Mapped[When | None]
    test_fault: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[When]
    archived_at: Mapped[When | None]


class Account(db.Model):
    """url_key: the unguessable part of its callback address; it alone chooses the secrets.

    credentials, callback_secrets: sealed JSON; of the secrets the newest is first.
    storage_id: where its recordings go unless a channel says otherwise; None: nowhere yet.
    studio: it answers the engine's studio interface. tested_at, test_fault: as of a
    StorageTarget. archived_at: disabled. most_recordings: at the same time; None: no limit.
    """

    __tablename__ = "account"

    id: Mapped[Key]
    name: Mapped[Name]
    vendor: Mapped[Word]
    base_url: Mapped[str] = mapped_column(String(500))
    app_id: Mapped[Name]
    url_key: Mapped[str] = mapped_column(String(64), unique=True)
    credentials: Mapped[Sealed]
    callback_secrets: Mapped[Sealed]
    storage_id: Mapped[int | None] = mapped_column(ForeignKey("storage_target.id"))
    studio: Mapped[bool] = mapped_column(default=False)
    builtin: Mapped[bool] = mapped_column(default=False)
    most_recordings: Mapped[int | None]
    tested_at: Mapped[When | None]
    test_fault: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[When]
    archived_at: Mapped[When | None]

    storage: Mapped[StorageTarget | None] = relationship()
    state: Mapped["AccountState"] = relationship(back_populates="account")


class AccountState(db.Model):
    """What changes by itself, apart from what is set by hand.

    unreachable_since: None while it answers. last_error: template and values of a Text.
    forged, repeated: callbacks refused and folded so far. probe_at: while it does not answer,
    when one recording may ask again for all of them.
    """

    __tablename__ = "account_state"

    account_id: Mapped[AccountId] = mapped_column(primary_key=True)
    reached_at: Mapped[When | None]
    unreachable_since: Mapped[When | None]
    last_error: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    forged: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    probe_at: Mapped[When | None]

    account: Mapped[Account] = relationship(back_populates="state")


class RateBucket(db.Model):
    """When the account's next request may go out: one row, shared by all processes.

    next_at: seconds since 1970 (the "theoretical arrival time" of GCRA). query_at: the same for
    the share of it that questions may use.
    """

    __tablename__ = "rate_bucket"

    account_id: Mapped[AccountId] = mapped_column(primary_key=True)
    next_at: Mapped[float] = mapped_column(Float(53), default=0.0)
    query_at: Mapped[float] = mapped_column(Float(53), default=0.0, server_default="0")


_PENDING = db.text("applied_at IS NULL")
_REFUSED = db.text("signature <> 'genuine'")


class CallbackDelivery(db.Model):
    """A callback, kept as it came before anybody interprets it.

    signature: what it proves, a providers.base.Verdict; only "genuine" ones count. verdict: the
    same word, or what became of it (services/callbacks.py). handle_key, channel, recorder_uid:
    what it says it is about, once read; of refused ones only the channel it claims. kind, level:
    as it is told. duplicate_of: the first one with the same session and sequence, where this one
    says something else. repeats, repeated_at: copies of it that came later. next_try_at: None
    when nothing is left to do: it is applied, or set aside for good. tries, tried_at: all
    attempts; attempts: those that ended with a fault of ours.
    """

    __tablename__ = "callback_delivery"

    id: Mapped[Key]
    account_id: Mapped[AccountId]
    duplicate_key: Mapped[str] = mapped_column(String(200))
    received_at: Mapped[When]
    address: Mapped[str | None] = mapped_column(String(64))
    headers: Mapped[Document]
    raw: Mapped[bytes] = mapped_column(LargeBinary())
    verdict: Mapped[Word]
    handle_key: Mapped[str | None] = mapped_column(String(200))
    channel: Mapped[str | None] = mapped_column(String(255))
    recorder_uid: Mapped[str | None] = mapped_column(String(64))
    event_at: Mapped[When | None]
    sequence: Mapped[int | None] = mapped_column(db.BigInteger())
    recording_id: Mapped[int | None]
    applied_at: Mapped[When | None]
    next_try_at: Mapped[When | None]
    attempts: Mapped[int] = mapped_column(default=0)
    repeats: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(500))
    signature: Mapped[Word] = mapped_column(default="genuine", server_default="genuine")
    kind: Mapped[Word | None]
    level: Mapped[Word | None]
    duplicate_of: Mapped[int | None]
    repeated_at: Mapped[When | None]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    tried_at: Mapped[When | None]

    __table_args__ = (
        db.UniqueConstraint("account_id", "duplicate_key"),
        db.Index("ix_callback_delivery_next_try", "next_try_at"),
        db.Index("ix_callback_delivery_pending", "account_id", "handle_key",
                 sqlite_where=_PENDING, postgresql_where=_PENDING),
        db.Index("ix_callback_delivery_refused", "account_id", "id",
                 sqlite_where=_REFUSED, postgresql_where=_REFUSED),
        db.Index("ix_callback_delivery_sequence", "handle_key", "sequence"),
        db.Index("ix_callback_delivery_account", "account_id", "id"),
        db.Index("ix_callback_delivery_channel", "channel", "id"),
        db.Index("ix_callback_delivery_recording", "recording_id", "id"),
        db.Index("ix_callback_delivery_verdict", "verdict", "id"),
        db.Index("ix_callback_delivery_kind", "kind", "id"),
        db.Index("ix_callback_delivery_level", "level", "id"),
        db.Index("ix_callback_delivery_received", "received_at", "id"),
    )  # fmt: skip
