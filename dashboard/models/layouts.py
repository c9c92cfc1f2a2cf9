"""Layouts that are kept: the library, a channel's scenes, and all that was ever applied."""

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.extensions import db
from dashboard.models.columns import ChannelId, Document, Key, Name, RecordingId, When, Word


class SavedLayout(db.Model):
    """A layout in the library: what its newest version is.

    tags: JSON list of words. family: name of the layouts.families it was drawn for.
    width, height: of the canvas it was drawn on, in pixels.
    """

    __tablename__ = "saved_layout"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(String(80))
    tags: Mapped[list] = mapped_column(JSON())
    family: Mapped[Word]
    width: Mapped[int]
    height: Mapped[int]
    document: Mapped[Document]
    version: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[str | None] = mapped_column(String(255))
    updated_at: Mapped[When]
    archived_at: Mapped[When | None]


class SavedLayoutVersion(db.Model):
    """Every version a saved layout ever had, the newest one, too. Only ever added to."""

    __tablename__ = "saved_layout_version"

    saved_layout_id: Mapped[int] = mapped_column(db.ForeignKey("saved_layout.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[Document]
    by_email: Mapped[str | None] = mapped_column(String(255))
    at: Mapped[When]


class Scene(db.Model):
    """One of a channel's layouts to switch to. position: 1.., without gaps."""

    __tablename__ = "scene"
    __table_args__ = (Index("ix_scene_of", "channel_id", "position"),)

    id: Mapped[Key]
    channel_id: Mapped[ChannelId]
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    document: Mapped[Document]


class AppliedLayout(db.Model):
    """One attempt to give a recording another layout, whatever came of it.

    revision: the recording's count of layouts it made; None where it made none.
    source: "start", "apply", "scene" or "restore". outcome: "applied", "refused", "unknown".
    by_email: stays when the person goes. vendor_code, vendor_text: the vendor's own words.
    took_ms: of the vendor's answer.
    """

    __tablename__ = "applied_layout"
    __table_args__ = (
        UniqueConstraint("recording_id", "revision"),
        Index("ix_applied_layout_of", "recording_id", "id"),
    )

    id: Mapped[Key]
    recording_id: Mapped[RecordingId]
    revision: Mapped[int | None]
    document: Mapped[Document]
    by_id: Mapped[int | None]
    by_email: Mapped[str | None] = mapped_column(String(255))
    at: Mapped[When]
    source: Mapped[Word]
    outcome: Mapped[Word]
    vendor_code: Mapped[str | None] = mapped_column(String(64))
    vendor_text: Mapped[str | None] = mapped_column(String(500))
    took_ms: Mapped[int | None]


class LayoutEditing(db.Model):
    """Who has an editor open. place: "channel/3" or "recording/7"."""

    __tablename__ = "layout_editing"

    place: Mapped[str] = mapped_column(String(40), primary_key=True)
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    email: Mapped[Name]
    channel_id: Mapped[ChannelId] = mapped_column(index=True)
    seen_at: Mapped[When]


class PersonPreview(db.Model):
    """The latest picture of somebody in a channel, for the editor. digest: of the JPEG."""

    __tablename__ = "person_preview"

    channel_id: Mapped[ChannelId] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[int]
    digest: Mapped[bytes] = mapped_column(db.LargeBinary(32))
    jpeg: Mapped[bytes] = mapped_column(db.LargeBinary())
    taken_at: Mapped[When]
