"""Layouts: the library, scenes, and what was applied when.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "saved_layout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("family", sa.String(length=32), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_layout")),
    )
    op.create_table(
        "saved_layout_version",
        sa.Column("saved_layout_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("by_email", sa.String(length=255), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["saved_layout_id"],
            ["saved_layout.id"],
            name=op.f("fk_saved_layout_version_saved_layout_id_saved_layout"),
        ),
        sa.PrimaryKeyConstraint("saved_layout_id", "version", name=op.f("pk_saved_layout_version")),
    )
    op.create_table(
        "layout_editing",
        sa.Column("place", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_layout_editing_channel_id_channel")
        ),
        sa.PrimaryKeyConstraint("place", "user_id", name=op.f("pk_layout_editing")),
    )
    with op.batch_alter_table("layout_editing", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_layout_editing_channel_id"), ["channel_id"], unique=False
        )

    op.create_table(
        "person_preview",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_person_preview_channel_id_channel")
        ),
        sa.PrimaryKeyConstraint("channel_id", "uid", name=op.f("pk_person_preview")),
    )
    op.create_table(
        "scene",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_scene_channel_id_channel")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scene")),
    )
    with op.batch_alter_table("scene", schema=None) as batch_op:
        batch_op.create_index("ix_scene_of", ["channel_id", "position"], unique=False)

    op.create_table(
        "applied_layout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_email", sa.String(length=255), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("vendor_code", sa.String(length=64), nullable=True),
        sa.Column("vendor_text", sa.String(length=500), nullable=True),
        sa.Column("took_ms", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recording.id"],
            name=op.f("fk_applied_layout_recording_id_recording"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applied_layout")),
        sa.UniqueConstraint(
            "recording_id", "revision", name=op.f("uq_applied_layout_recording_id_revision")
        ),
    )
    with op.batch_alter_table("applied_layout", schema=None) as batch_op:
        batch_op.create_index("ix_applied_layout_of", ["recording_id", "id"], unique=False)

    op.add_column(
        "channel_person", sa.Column("place", sa.Integer(), server_default="0", nullable=False)
    )

    op.add_column("recording", sa.Column("layout", sa.JSON(none_as_null=True), nullable=True))
    op.add_column(
        "recording", sa.Column("layout_revision", sa.Integer(), server_default="1", nullable=False)
    )
    op.add_column(
        "recording", sa.Column("layout_lock_until", sa.DateTime(timezone=True), nullable=True)
    )


def downgrade() -> None:
    op.drop_column("recording", "layout_lock_until")
    op.drop_column("recording", "layout_revision")
    op.drop_column("recording", "layout")

    op.drop_column("channel_person", "place")

    with op.batch_alter_table("applied_layout", schema=None) as batch_op:
        batch_op.drop_index("ix_applied_layout_of")

    op.drop_table("applied_layout")
    with op.batch_alter_table("scene", schema=None) as batch_op:
        batch_op.drop_index("ix_scene_of")

    op.drop_table("scene")
    op.drop_table("person_preview")
    with op.batch_alter_table("layout_editing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_layout_editing_channel_id"))

    op.drop_table("layout_editing")
    op.drop_table("saved_layout_version")
    op.drop_table("saved_layout")
