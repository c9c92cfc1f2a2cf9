"""Recording profiles: how channels are recorded, under a name that many of them can follow."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dashboard.extensions import db
from dashboard.models.accounts import StorageTarget
from dashboard.models.columns import Document, Key, Sealed, When, Word


class RecordingProfile(db.Model):
    """document: domain.recording.Profile as JSON, without a recorder uid.

    vendor: whose accounts it is for; what can be chosen differs between them.
    storage_id: where its channels' recordings go; None: where the account's go.
    version: counts changes. encryption_secret: where the document names a cipher.
    """

    __tablename__ = "recording_profile"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80))
    vendor: Mapped[Word]
    document: Mapped[Document]
    storage_id: Mapped[int | None] = mapped_column(ForeignKey("storage_target.id"))
    encryption_secret: Mapped[Sealed | None]
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str | None] = mapped_column(String(255))
    updated_at: Mapped[When]
    archived_at: Mapped[When | None]

    storage: Mapped[StorageTarget | None] = relationship()
