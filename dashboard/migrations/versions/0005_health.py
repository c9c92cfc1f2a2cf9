"""What the state of a running recording is told from.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_WHEN = sa.DateTime(timezone=True)


def _columns() -> tuple[tuple[str, sa.Column], ...]:
    return (
        ("recording", sa.Column("nobody_since", _WHEN, nullable=True)),
        ("recording", sa.Column("sending_since", _WHEN, nullable=True)),
        ("recording", sa.Column("streams", sa.JSON(), nullable=True)),
        ("recording", sa.Column("media_at", _WHEN, nullable=True)),
        ("recording", sa.Column("last_upload_at", _WHEN, nullable=True)),
        ("recording", sa.Column("uploaded_s", sa.Float(precision=53), nullable=True)),
        ("recording", sa.Column("uploads_told_at", _WHEN, nullable=True)),
        ("recording", sa.Column("storage_error", sa.JSON(), nullable=True)),
        ("recording", sa.Column("storage_error_at", _WHEN, nullable=True)),
        ("recording", sa.Column("backed_up_at", _WHEN, nullable=True)),
        ("recording", sa.Column("last_callback_at", _WHEN, nullable=True)),
        ("recording", sa.Column("resumed_at", _WHEN, nullable=True)),
        ("recording", sa.Column("health", sa.String(length=64), nullable=True)),
        ("recording_event", sa.Column("here_at", _WHEN, nullable=True)),
    )


def upgrade() -> None:
    for table, column in _columns():
        op.add_column(table, column)


def downgrade() -> None:
    for table, column in reversed(_columns()):
        op.drop_column(table, column.name)
