"""Nobody edits the audit trail, neither through the models nor by SQL of their own."""

from datetime import UTC, datetime

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from dashboard.extensions import db, migrate
from dashboard.models import Audit
from tests import postgres

ROW = {"action": "sign_in", "actor_email": "op@example.org", "subject": "user", "detail": {}}


@pytest.fixture(params=["steps", "models"])
def made_by(request):
    return request.param


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request, tmp_path, made_by):
    app = Flask("audit")
    address = f"sqlite:///{tmp_path / 'audit.sqlite'}"
    if request.param == "postgresql":
        address = postgres.bare(request.getfixturevalue("postgres_address"))
    app.config["SQLALCHEMY_DATABASE_URI"] = address
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        flask_migrate.upgrade() if made_by == "steps" else db.create_all()
        with db.engine.begin() as connection:
            connection.execute(Audit.__table__.insert(), {**ROW, "at": datetime.now(UTC)})
        yield app
        db.session.remove()
        db.engine.dispose()


def refused(statement: str) -> str:
    with pytest.raises(DatabaseError) as caught, db.engine.begin() as connection:
        connection.execute(text(statement))
    return str(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor_email = 'somebody@else.org'",
        "UPDATE audit SET detail = '{}' WHERE id = 1",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE id = 1",
    ],
)
def test_it_refuses_what_would_change_a_row(app, statement):
    assert "only ever added to" in refused(statement)
    assert db.session.query(Audit).one().actor_email == "op@example.org"


def test_it_refuses_to_be_written_over_or_emptied(app):
    if db.engine.dialect.name == "sqlite":
        sly = (
            "INSERT OR REPLACE INTO audit (id, at, action, subject, detail) "
            "VALUES (1, '2026-01-01', 'nothing', 'user', '{}')"
        )
    else:
        sly = "TRUNCATE audit"
    assert "only ever added to" in refused(sly)
    assert db.session.query(Audit).one().action == "sign_in"


def test_it_refuses_the_models_too(app):
    row = db.session.query(Audit).one()
    row.actor_email = "somebody@else.org"
    with pytest.raises(DatabaseError):
        db.session.commit()
    db.session.rollback()
    db.session.delete(db.session.query(Audit).one())
    with pytest.raises(DatabaseError):
        db.session.commit()


def test_it_takes_further_rows(app):
    with db.engine.begin() as connection:
        connection.execute(Audit.__table__.insert(), {**ROW, "at": datetime.now(UTC)})
    assert db.session.query(Audit).count() == 2
