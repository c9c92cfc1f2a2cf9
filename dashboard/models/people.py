"""People, how they prove who they are, and what they did."""

from datetime import datetime

from sqlalchemy import JSON, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dashboard.extensions import db
from dashboard.models import audit_guard
from dashboard.models.columns import (
    Digest,
    Document,
    Key,
    Name,
    RecordingId,
    UserId,
    When,
    Word,
)


class User(db.Model):
    """email: lower case. password_hash: argon2id, None until the invite was taken up."""

    __tablename__ = "user"

    id: Mapped[Key]
    email: Mapped[Name] = mapped_column(unique=True)
    role: Mapped[Word]
    password_hash: Mapped[str | None] = mapped_column(String(255))
    locale: Mapped[str | None] = mapped_column(String(16))
    theme: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[When]
    last_seen_at: Mapped[When | None]
    disabled_at: Mapped[When | None]


class Invite(db.Model):
    """A link with which one person sets a password, once."""

    __tablename__ = "invite"

    id: Mapped[Key]
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    user_id: Mapped[UserId] = mapped_column(index=True)
    created_at: Mapped[When]
    expires_at: Mapped[When]
    used_at: Mapped[When | None]

    user: Mapped[User] = relationship()

    def is_open(self, now: datetime) -> bool:
        return self.used_at is None and now < self.expires_at


class LoginSession(db.Model):
    """One signed-in browser. The token itself is only in its cookie."""

    __tablename__ = "login_session"
    __table_args__ = (
        Index("ix_login_session_open", "user_id", sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip

    id: Mapped[Key]
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    user_id: Mapped[UserId]
    address: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(120))
    started_at: Mapped[When]
    last_seen_at: Mapped[When]
    expires_at: Mapped[When]
    ended_at: Mapped[When | None]
    end_reason: Mapped[Word | None]

    user: Mapped[User] = relationship()


class LoginThrottle(db.Model):
    """Failed sign-ins. subject: "account" or "address" and a digest of which one."""

    __tablename__ = "login_throttle"

    subject: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[When]


class Audit(db.Model):
    """Who did what to what. Only ever added to: models/audit_guard.py refuses all else.

    actor_email stays when the person goes; without an actor it names who it was instead.
    before, after: what changed, by dotted name; None where nothing did.
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_actor", "actor_email", "id"),
        Index("ix_audit_action", "action", "id"),
        Index("ix_audit_subject", "subject", "subject_id", "id"),
    )

    id: Mapped[Key]
    at: Mapped[When] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[int | None]
    actor_email: Mapped[str | None] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(64))
    subject_id: Mapped[int | None]
    address: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[Document]
    before: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict | None] = mapped_column(JSON(none_as_null=True))


audit_guard.protect(Audit.__table__)


class Acknowledgement(db.Model):
    """Somebody has seen that a recording failed or was lost: the live wall lets it go."""

    __tablename__ = "acknowledgement"

    recording_id: Mapped[RecordingId] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[When]
    email: Mapped[Name]
