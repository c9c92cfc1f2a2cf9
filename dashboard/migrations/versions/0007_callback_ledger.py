"""The ledger of callbacks: also those that were refused, found by whatever one looks for.

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

from dashboard.models.columns import UtcDateTime

revision = "0007"
down_revision = "0006"

TABLE = "callback_delivery"
INDEXES = {
    "sequence": ("handle_key", "sequence"),
    "account": ("account_id", "id"),
    "channel": ("channel", "id"),
    "recording": ("recording_id", "id"),
    "verdict": ("verdict", "id"),
    "kind": ("kind", "id"),
    "level": ("level", "id"),
    "received": ("received_at", "id"),
}
REFUSED = sa.text("signature <> 'genuine'")
KNOWN = """
UPDATE callback_delivery SET kind = (
    SELECT kind FROM recording_event WHERE recording_event.delivery_id = callback_delivery.id
)"""
LEVELS = """
UPDATE callback_delivery SET level = CASE kind
    WHEN 'error' THEN 'error' WHEN 'exited_abnormally' THEN 'error'
    WHEN 'warning' THEN 'warning' ELSE 'info' END
WHERE kind IS NOT NULL"""
FIRSTS = """
UPDATE callback_delivery SET duplicate_of = (
    SELECT min(earlier.id) FROM callback_delivery AS earlier
    WHERE earlier.handle_key = callback_delivery.handle_key
    AND earlier.sequence = callback_delivery.sequence
    AND earlier.account_id = callback_delivery.account_id
    AND earlier.id < callback_delivery.id
) WHERE handle_key IS NOT NULL AND sequence IS NOT NULL"""


def columns() -> tuple[sa.Column, ...]:
    return (
        sa.Column("signature", sa.String(32), nullable=False, server_default="genuine"),
        sa.Column("kind", sa.String(32)),
        sa.Column("level", sa.String(32)),
        sa.Column("duplicate_of", sa.Integer()),
        sa.Column("repeated_at", UtcDateTime()),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("tried_at", UtcDateTime()),
    )


def upgrade() -> None:
    with op.batch_alter_table(TABLE) as batch:
        batch.alter_column("sequence", existing_type=sa.Integer(), type_=sa.BigInteger())
        for column in columns():
            batch.add_column(column)
        batch.drop_index("ix_callback_delivery_recording_id")
    for name, indexed in INDEXES.items():
        op.create_index(f"ix_{TABLE}_{name}", TABLE, list(indexed))
    op.create_index(
        f"ix_{TABLE}_refused", TABLE, ["account_id", "id"],
        sqlite_where=REFUSED, postgresql_where=REFUSED,
    )  # fmt: skip
    for statement in (KNOWN, LEVELS, FIRSTS):
        op.execute(sa.text(statement))


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM callback_delivery WHERE signature <> 'genuine'"))
    op.execute(sa.text("UPDATE callback_delivery SET sequence = NULL WHERE sequence > 2147483647"))
    for name in (*INDEXES, "refused"):
        op.drop_index(f"ix_{TABLE}_{name}", TABLE)
    with op.batch_alter_table(TABLE) as batch:
        for column in columns():
            batch.drop_column(column.name)
        batch.alter_column("sequence", existing_type=sa.BigInteger(), type_=sa.Integer())
    op.create_index("ix_callback_delivery_recording_id", TABLE, ["recording_id"])
