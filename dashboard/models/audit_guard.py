"""Keeps the audit trail as it was written, also against whoever speaks SQL to the database.

Tables made from the models get the same triggers as migration 0011 makes. SQLite fires no
trigger of DELETE for INSERT OR REPLACE, hence the third.
"""

from sqlalchemy import DDL, Table, event

_SQLITE = tuple(
    f"CREATE TRIGGER audit_keeps_{name} BEFORE {act} ON audit{when} "
    "BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END"
    for name, act, when in (
        ("updated", "UPDATE", ""),
        ("deleted", "DELETE", ""),
        ("replaced", "INSERT", " WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)"),
    )
)
_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION audit_is_kept() RETURNS trigger AS $$ BEGIN "
    "RAISE EXCEPTION 'the audit trail is only ever added to'; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER audit_keeps_rows BEFORE UPDATE OR DELETE ON audit "
    "FOR EACH ROW EXECUTE FUNCTION audit_is_kept()",
    "CREATE TRIGGER audit_keeps_all BEFORE TRUNCATE ON audit "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()",
)


def protect(audit: Table) -> None:
    """Make the triggers whenever the table is made."""
    for dialect, statements in (("sqlite", _SQLITE), ("postgresql", _POSTGRESQL)):
        for statement in statements:
            event.listen(audit, "after_create", DDL(statement).execute_if(dialect=dialect))
