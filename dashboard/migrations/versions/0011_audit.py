"""An audit trail that nobody can edit, and who has seen what the live wall shows of failures.

Revision: 0011, after 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

INDEXES = (
    ("ix_audit_actor", ["actor_email", "id"]),
    ("ix_audit_action", ["action", "id"]),
    ("ix_audit_subject", ["subject", "subject_id", "id"]),
)
SQLITE = tuple(
    f"""CREATE TRIGGER audit_keeps_{name} BEFORE {act} ON audit{when}
    BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END"""
    for name, act, when in (
        ("updated", "UPDATE", ""),
        ("deleted", "DELETE", ""),
        ("replaced", "INSERT", " WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)"),
    )
)
POSTGRESQL = (
    """CREATE FUNCTION audit_is_kept() RETURNS trigger AS $$
    BEGIN RAISE EXCEPTION 'the audit trail is only ever added to'; END $$ LANGUAGE plpgsql""",
    """CREATE TRIGGER audit_keeps_rows BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_is_kept()""",
    """CREATE TRIGGER audit_keeps_all BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()""",
)


def upgrade() -> None:
    for column in ("before", "after"):
        op.add_column("audit", sa.Column(column, sa.JSON(none_as_null=True), nullable=True))
    for name, columns in INDEXES:
        op.create_index(name, "audit", columns)
    for statement in SQLITE if _is_sqlite() else POSTGRESQL:
        op.execute(statement)
    op.create_table(
        "acknowledgement",
        sa.Column("recording_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recording.id"],
            name=op.f("fk_acknowledgement_recording_id_recording"),
        ),
        sa.PrimaryKeyConstraint("recording_id", name=op.f("pk_acknowledgement")),
    )


def downgrade() -> None:
    op.drop_table("acknowledgement")
    if _is_sqlite():
        for name in ("updated", "deleted", "replaced"):
            op.execute(f"DROP TRIGGER audit_keeps_{name}")
    else:
        op.execute("DROP TRIGGER audit_keeps_rows ON audit")
        op.execute("DROP TRIGGER audit_keeps_all ON audit")
        op.execute("DROP FUNCTION audit_is_kept()")
    for name, _columns in INDEXES:
        op.drop_index(name, "audit")
    for column in ("after", "before"):
        op.drop_column("audit", column)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
