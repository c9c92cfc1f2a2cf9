"""Column types that the tables share."""

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, LargeBinary, String, TypeDecorator
from sqlalchemy.orm import mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC on every database and given back in UTC.

    SQLite keeps no zone, so it is taken off on the way in and put back on the way out.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be kept")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Key = Annotated[int, mapped_column(primary_key=True)]
When = Annotated[datetime, mapped_column(UtcDateTime())]
Word = Annotated[str, mapped_column(String(32))]
"""A word of our own vocabulary: a state, a kind, a role."""
Name = Annotated[str, mapped_column(String(255))]
Digest = Annotated[bytes, mapped_column(LargeBinary(32))]
"""SHA-256 of a secret that only its holder knows."""
Document = Annotated[dict[str, Any], mapped_column(JSON())]
Sealed = Annotated[bytes, mapped_column(LargeBinary(), info={"sealed": True})]
"""Encrypted by services/vault.py, at the place "table/column/id": a change of the key finds all
of them by that."""

AccountId = Annotated[int, mapped_column(ForeignKey("account.id"))]
ChannelId = Annotated[int, mapped_column(ForeignKey("channel.id"))]
RecordingId = Annotated[int, mapped_column(ForeignKey("recording.id"))]
UserId = Annotated[int, mapped_column(ForeignKey("user.id"))]
