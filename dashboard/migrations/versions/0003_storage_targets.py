"""Storage targets as things of their own, trials of accounts.

The sealed store of an account is not carried over: the only account that can be there is the
built-in one, which takes its store from the settings at each start. What was recorded says
itself where it is.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "storage_target",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("bucket", sa.String(length=255), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=True),
        sa.Column("endpoint", sa.String(length=500), nullable=True),
        sa.Column("folder", sa.String(length=500), nullable=True),
        sa.Column("prefix", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.Column("builtin", sa.Boolean(), nullable=False),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("test_fault", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_storage_target")),
    )
    # in place: a copy of the table could not take the old one's name while channels point to it
    op.execute(
        "ALTER TABLE account ADD COLUMN storage_id INTEGER "
        "CONSTRAINT fk_account_storage_id_storage_target REFERENCES storage_target (id)"
    )
    op.add_column("account", sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("account", sa.Column("test_fault", sa.JSON(none_as_null=True), nullable=True))
    op.drop_column("account", "storage")


def downgrade() -> None:
    op.add_column(
        "account",
        sa.Column("storage", sa.LargeBinary(), nullable=False, server_default=sa.text("''")),
    )
    op.drop_column("account", "test_fault")
    op.drop_column("account", "tested_at")
    op.drop_column("account", "storage_id")
    op.drop_table("storage_target")
