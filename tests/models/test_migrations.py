"""The steps and the tables say the same, on every database we can reach."""

from datetime import UTC, datetime

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import delete, insert, inspect, select, text

from dashboard.extensions import db, migrate
from dashboard.models import (
    Account,
    AlertDestination,
    AlertIncident,
    AlertMessage,
    AlertRule,
    CallbackDelivery,
)
from tests import postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request, tmp_path):
    app = Flask("migrations")
    address = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    if request.param == "postgresql":
        address = postgres.bare(request.getfixturevalue("postgres_address"))
    app.config["SQLALCHEMY_DATABASE_URI"] = address
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        yield app
        flask_migrate.downgrade(revision="base")
        db.engine.dispose()


def test_it_builds_exactly_the_tables_of_the_models(app):
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_it_can_be_undone_and_done_again(app):
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    flask_migrate.upgrade()


def test_it_keeps_the_rows_that_are_there(app):
    """Channels point to accounts while the accounts' table changes."""
    flask_migrate.upgrade(revision="0002")
    with db.engine.begin() as connection:
        for row in (
            "INSERT INTO account VALUES (1, 'Built-in', 'agora', 'http://h', 'app', 'key', "
            "'a', 'b', 'c', true, true, '2026-01-01', NULL)",
            "INSERT INTO channel VALUES (1, 1, 'lesson', '{}', '2026-01-01', NULL)",
        ):
            connection.execute(text(row))
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        asked = "SELECT channel.name, account.url_key, account.storage_id FROM channel JOIN account"
        found = connection.execute(text(asked + " ON account.id = account_id")).one()
    assert tuple(found) == ("lesson", "key", None)
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM channel"))
        connection.execute(text("DELETE FROM account"))


def test_it_can_be_undone_with_rows_there(app):
    """A rule of schedules that has told, and a callback with a number beyond 32 bits."""
    flask_migrate.upgrade()
    now = datetime(2026, 1, 1, tzinfo=UTC)
    with db.engine.begin() as connection:
        asked = select(AlertRule.id).where(AlertRule.condition == "schedule_missed")
        rule_id = connection.scalar(asked)
        account_id = add(
            connection, Account, name="Agora", vendor="agora", base_url="http://h", app_id="app",
            url_key="key", credentials=b"a", callback_secrets=b"b", created_at=now,
        )  # fmt: skip
        add(
            connection, CallbackDelivery, account_id=account_id, duplicate_key="one", raw=b"{}",
            headers={}, received_at=now, address="", verdict="genuine", sequence=2**40,
        )  # fmt: skip
        destination_id = add(
            connection, AlertDestination, name="Hook", kind="webhook", service="webhook",
            shown="h", address=b"a", language="en", zone="UTC", created_at=now,
        )  # fmt: skip
        incident_id = add(
            connection, AlertIncident, rule_id=rule_id, condition="schedule_missed",
            subject="schedule/1/x", level="error", where="lesson", detail={}, since=now,
            opened_at=now,
        )  # fmt: skip
        add(
            connection, AlertMessage, incident_id=incident_id, destination_id=destination_id,
            kind="opened", state="sent", created_at=now, accepted=[],
        )  # fmt: skip
    flask_migrate.downgrade(revision="0006")
    flask_migrate.upgrade()
    with db.engine.begin() as connection:
        assert connection.scalar(select(CallbackDelivery.sequence)) is None
        connection.execute(delete(CallbackDelivery))
        connection.execute(delete(Account))


def add(connection, table, **values):
    return connection.execute(insert(table).values(**values)).inserted_primary_key[0]


def test_it_writes_sqlite_safely(app):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite only")
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in asked]
    assert found == ["wal", 2, 1, 2000]
