"""Storage targets of recording profiles.

Revision: 0012, after 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    # in place, as in 0004: channels point to this table
    op.execute(
        "ALTER TABLE recording_profile ADD COLUMN storage_id INTEGER "
        "CONSTRAINT fk_recording_profile_storage_id_storage_target REFERENCES storage_target (id)"
    )


def downgrade() -> None:
    op.drop_column("recording_profile", "storage_id")
