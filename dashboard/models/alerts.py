"""Rules of alerts, what they found, where it is told, and each telling."""

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dashboard.extensions import db
from dashboard.models.columns import Key, Sealed, When, Word

_OPEN = text("resolved_at IS NULL")


class AlertDestination(db.Model):
    """Where alerts are told besides the screen.

    address: sealed JSON, all that is needed to reach it. service, shown: what may be seen of
    it. quiet_from, quiet_until: "HH:MM" in `zone`, both or none. internal: it may lie in a
    network of our own. archived_at: disabled. tested_at, test_fault: as of a StorageTarget.
    """

    __tablename__ = "alert_destination"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[Word]
    service: Mapped[Word]
    shown: Mapped[str] = mapped_column(String(255))
    address: Mapped[Sealed]
    language: Mapped[str] = mapped_column(String(16))
    zone: Mapped[str] = mapped_column(String(64))
    quiet_from: Mapped[str | None] = mapped_column(String(5))
    quiet_until: Mapped[str | None] = mapped_column(String(5))
    internal: Mapped[bool] = mapped_column(default=False)
    tested_at: Mapped[When | None]
    test_fault: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[When]
    archived_at: Mapped[When | None]


class AlertRule(db.Model):
    """name: empty: called after its condition. account_id, channel_id: at most one of them;
    neither: everything. amount: minutes, or per cent of a disk. repeat_minutes: None: told
    once. grave: passes quiet hours. watched_since: what ended before does not count.
    """

    __tablename__ = "alert_rule"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80))
    condition: Mapped[Word]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    channel_id: Mapped[int | None] = mapped_column(ForeignKey("channel.id"))
    amount: Mapped[int]
    repeat_minutes: Mapped[int | None]
    tell_resolved: Mapped[bool] = mapped_column(default=True)
    grave: Mapped[bool] = mapped_column(default=False)
    watched_since: Mapped[When]
    created_at: Mapped[When]
    archived_at: Mapped[When | None]

    destinations: Mapped[list[AlertDestination]] = relationship(
        secondary="alert_rule_destination", order_by=AlertDestination.id
    )


class AlertRuleDestination(db.Model):
    __tablename__ = "alert_rule_destination"

    rule_id: Mapped[int] = mapped_column(ForeignKey("alert_rule.id"), primary_key=True)
    destination_id: Mapped[int] = mapped_column(
        ForeignKey("alert_destination.id"), primary_key=True
    )


class AlertIncident(db.Model):
    """A rule's condition that holds, or held, for one subject ("recording/7", "account/2").

    One open row for each rule and subject. detail: of its Finding, times as text. where: its name.
    since: it holds; clear_since: it does not any more, and this is being waited out. returned:
    how often it came back meanwhile. acknowledged_by: e-mail. repeat_at: told again.
    """

    __tablename__ = "alert_incident"
    __table_args__ = (
        Index("uq_alert_incident_open", "rule_id", "subject", unique=True,
              sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_alert_incident_resolved", "resolved_at", "id"),
        Index("ix_alert_incident_subject", "rule_id", "subject"),
    )  # fmt: skip

    id: Mapped[Key]
    rule_id: Mapped[int] = mapped_column(ForeignKey("alert_rule.id"))
    condition: Mapped[Word]
    subject: Mapped[str] = mapped_column(String(120))
    level: Mapped[Word]
    where: Mapped[str] = mapped_column(String(255))
    detail: Mapped[dict] = mapped_column(JSON())
    recording_id: Mapped[int | None]
    channel_id: Mapped[int | None]
    account_id: Mapped[int | None]
    since: Mapped[When]
    opened_at: Mapped[When]
    clear_since: Mapped[When | None]
    returned: Mapped[int] = mapped_column(default=0)
    acknowledged_at: Mapped[When | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(255))
    repeat_at: Mapped[When | None]
    repeats: Mapped[int] = mapped_column(default=0)
    resolved_at: Mapped[When | None]

    rule: Mapped[AlertRule] = relationship()


class AlertMessage(db.Model):
    """One telling of one incident to one destination, or of several together ("summary").

    number: which repetition. state: waiting, held (quiet hours), sending, sent, joined (told
    in the message `summary_id`), overtaken (it was over before it was told), gave_up.
    next_try_at: when it is due, or its quiet hours end. claimed_until: whoever sends it has
    it till then. unsure: an answer was lost, so that it may have arrived. accepted: addresses
    that have it already. last_fault: Text of what went wrong last.
    """

    __tablename__ = "alert_message"
    __table_args__ = (
        UniqueConstraint("incident_id", "destination_id", "kind", "number"),
        Index("ix_alert_message_due", "state", "next_try_at"),
        Index("ix_alert_message_summary", "summary_id"),
    )

    id: Mapped[Key]
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("alert_incident.id"))
    destination_id: Mapped[int] = mapped_column(ForeignKey("alert_destination.id"))
    kind: Mapped[Word]
    number: Mapped[int] = mapped_column(default=0)
    grave: Mapped[bool] = mapped_column(default=False)
    state: Mapped[Word]
    created_at: Mapped[When]
    next_try_at: Mapped[When | None]
    claimed_until: Mapped[When | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_try_at: Mapped[When | None]
    last_fault: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    unsure: Mapped[bool] = mapped_column(default=False)
    accepted: Mapped[list] = mapped_column(JSON())
    sent_at: Mapped[When | None]
    summary_id: Mapped[int | None] = mapped_column(ForeignKey("alert_message.id"))

    incident: Mapped[AlertIncident | None] = relationship()
    destination: Mapped[AlertDestination] = relationship()


class DiskSpace(db.Model):
    """How much room a worker saw at a place, now and about an hour ago."""

    __tablename__ = "disk_space"

    worker_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    place: Mapped[Word] = mapped_column(primary_key=True)
    at: Mapped[When]
    total_bytes: Mapped[int] = mapped_column(db.BigInteger())
    free_bytes: Mapped[int] = mapped_column(db.BigInteger())
    before_at: Mapped[When]
    before_free_bytes: Mapped[int] = mapped_column(db.BigInteger())
