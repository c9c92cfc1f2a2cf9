"""What vendors answered when they were asked, and what the storage lacks.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_WHEN = sa.DateTime(timezone=True)


def _columns() -> tuple[tuple[str, sa.Column], ...]:
    return (
        ("recording", sa.Column("answered_at", _WHEN, nullable=True)),
        ("recording", sa.Column("files_checked_at", _WHEN, nullable=True)),
        ("recording", sa.Column("files_fault", sa.JSON(), nullable=True)),
        (
            "recording",
            sa.Column("files_missing", sa.Integer(), nullable=False, server_default="0"),
        ),
        ("recording", sa.Column("alive_after_end_at", _WHEN, nullable=True)),
        ("account_state", sa.Column("probe_at", _WHEN, nullable=True)),
        (
            "rate_bucket",
            sa.Column("query_at", sa.Float(precision=53), nullable=False, server_default="0"),
        ),
    )


def upgrade() -> None:
    op.create_table(
        "poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("first_at", _WHEN, nullable=False),
        sa.Column("last_at", _WHEN, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_poll_recording_id_recording")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll")),
    )
    op.create_index("ix_poll_of", "poll", ["recording_id", "id"])
    for table, column in _columns():
        op.add_column(table, column)


def downgrade() -> None:
    for table, column in _columns():
        op.drop_column(table, column.name)
    op.drop_index("ix_poll_of", table_name="poll")
    op.drop_table("poll")
