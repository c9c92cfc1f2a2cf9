"""Recording profiles, secrets of encrypted channels, a limit of recordings at once.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "recording_profile",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("vendor", sa.String(length=32), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("encryption_secret", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_profile")),
    )
    # in place: a copy of the table could not take the old one's name while others point to it
    for column, table in (
        ("recording_profile_id", "recording_profile"),
        ("storage_id", "storage_target"),
    ):
        op.execute(
            f"ALTER TABLE channel ADD COLUMN {column} INTEGER "
            f"CONSTRAINT fk_channel_{column}_{table} REFERENCES {table} (id)"
        )
    op.add_column("channel", sa.Column("encryption_secret", sa.LargeBinary(), nullable=True))
    op.add_column("recording", sa.Column("encryption_secret", sa.LargeBinary(), nullable=True))
    op.add_column("account", sa.Column("most_recordings", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("account", "most_recordings")
    op.drop_column("recording", "encryption_secret")
    op.drop_column("channel", "encryption_secret")
    op.drop_column("channel", "storage_id")
    op.drop_column("channel", "recording_profile_id")
    op.drop_table("recording_profile")
