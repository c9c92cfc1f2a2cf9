"""Whom a recording was told to take, and by whom.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "applied_subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("by_email", sa.String(length=255), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("vendor_code", sa.String(length=64), nullable=True),
        sa.Column("vendor_text", sa.String(length=500), nullable=True),
        sa.Column("took_ms", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channel.id"],
            name=op.f("fk_applied_subscription_channel_id_channel"),
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recording.id"],
            name=op.f("fk_applied_subscription_recording_id_recording"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applied_subscription")),
        sa.UniqueConstraint(
            "recording_id", "revision", name=op.f("uq_applied_subscription_recording_id_revision")
        ),
    )
    op.create_index("ix_applied_subscription_of", "applied_subscription", ["recording_id", "id"])
    op.create_index("ix_applied_subscription_channel", "applied_subscription", ["channel_id", "id"])
    op.add_column("recording", sa.Column("subscription", sa.JSON(none_as_null=True), nullable=True))
    op.add_column(
        "recording",
        sa.Column("subscription_revision", sa.Integer(), server_default="1", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("recording", "subscription_revision")
    op.drop_column("recording", "subscription")
    op.drop_index("ix_applied_subscription_channel", "applied_subscription")
    op.drop_index("ix_applied_subscription_of", "applied_subscription")
    op.drop_table("applied_subscription")
