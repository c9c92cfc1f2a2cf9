"""The foundations: transactions, the vault, the rate, the seed, signs of life, the commands."""

import sqlite3
import threading
import time

import pytest
from sqlalchemy import select

from dashboard import cli, extensions
from dashboard.errors import StoreUnavailable
from dashboard.extensions import db
from dashboard.models import Account, Channel, Feed, User
from dashboard.services import accounts, context, health, people, rate, seed, vault
from dashboard.services.unit_of_work import calling_out, transaction
from tests.postgres import ADDRESS

sqlite_only = pytest.mark.skipif(bool(ADDRESS), reason="about SQLite's file")


def version(name):
    db.session.rollback()
    return db.session.scalar(select(Feed.version).where(Feed.name == name))


def test_it_counts_a_feed_up_once_a_transaction(app):
    with transaction() as work:
        work.touch("channels", "channels")
    assert version("channels") == 1


def test_it_counts_nothing_up_that_was_not_written(app):
    def fail():
        with transaction() as work:
            work.touch("channels")
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert version("channels") is None


def test_it_loses_no_count_when_many_write_at_once(app):
    def write():
        with app.app_context():
            for _ in range(5):
                with transaction() as work:
                    work.touch("channels")

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert version("channels") == 30


def test_it_refuses_to_call_out_with_a_transaction_open(app):
    with transaction(), pytest.raises(RuntimeError), calling_out():
        pass


def test_it_refuses_a_transaction_within_another(app):
    with transaction(), pytest.raises(RuntimeError), transaction():
        pass


@sqlite_only
def test_it_says_so_when_the_database_is_locked(app, settings):
    db.session.execute(select(Feed)).all()
    other = sqlite3.connect(settings.database.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    began = time.monotonic()
    with pytest.raises(StoreUnavailable), transaction():
        pass
    assert 1.5 < time.monotonic() - began < 4
    other.close()


def test_it_opens_only_what_it_sealed_where_it_sealed_it(app):
    sealed = vault.seal({"a": "ü"}, "account/credentials/1")
    assert vault.unseal(sealed, "account/credentials/1") == {"a": "ü"}
    with pytest.raises(vault.VaultClosed):
        vault.unseal(sealed, "account/credentials/2")
    with pytest.raises(vault.VaultClosed):
        vault.unseal(sealed[:-1] + b"x", "account/credentials/1")
    with pytest.raises(vault.VaultClosed):
        vault.unseal(b"", "account/credentials/1")


def test_it_never_seals_to_the_same_bytes(app):
    assert vault.seal("x", "p") != vault.seal("x", "p")


@sqlite_only
def test_it_keeps_no_secret_in_the_database_file(house, settings):
    path = settings.database.removeprefix("sqlite:///")
    db.session.remove()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with open(path, "rb") as file:
        raw = file.read()
    assert b"s3cret" not in raw
    assert b"the callback secret" not in raw


def test_it_spaces_requests_by_the_vendors_limit(house):
    now, waits = [100.0], []
    gate = rate.gate_for(house.account_id, now=lambda: now[0], sleep=waits.append)
    for _ in range(5):
        gate("query")
    assert [round(wait * 9.5, 2) for wait in waits] == [1, 2, 3, 4]
    waits.clear()
    gate("stop")
    assert waits == []
    now[0] += 10
    gate("query")
    assert waits == []


def test_it_seeds_once_and_follows_the_settings(app, settings):
    first = seed.ensure_defaults(settings)
    again = seed.ensure_defaults(settings)
    assert first.account_id == again.account_id
    assert db.session.query(Account).count() == 1
    (channel,) = db.session.query(Channel).all()
    assert channel.name == "studio-demo"
    config = accounts.config_of(db.session.get(Account, first.account_id))
    assert config.credentials["customer_key"] == settings.engine_customer_key
    assert config.studio
    assert config.base_url == settings.engine_address


def test_it_finds_the_engine_where_it_listens(settings):
    moved = settings.model_copy(update={"engine_url": "", "engine_port": 18123})
    assert moved.engine_address == "http://127.0.0.1:18123"
    everywhere = moved.model_copy(update={"engine_host": "0.0.0.0"})
    assert everywhere.engine_address == "http://127.0.0.1:18123"
    elsewhere = moved.model_copy(update={"engine_url": "https://engine.example.org"})
    assert elsewhere.engine_address == "https://engine.example.org"


def test_it_invites_the_first_administrator_until_somebody_came(app, settings):
    first = seed.ensure_defaults(settings).invite_token
    second = seed.ensure_defaults(settings).invite_token
    assert people.invite_for(first).expired
    people.set_password(second, "a brand new password")
    assert seed.ensure_defaults(settings).invite_token is None


def test_it_makes_no_demo_channel_where_none_is_wanted(app, settings):
    seed.ensure_defaults(settings.model_copy(update={"engine_demo_channel": ""}))
    assert db.session.query(Channel).count() == 0


def test_it_is_ready_with_a_database(house, settings):
    found = health.readiness(settings)
    assert found == {"ok": True, "database": True, "worker": False, "engine": True}
    health.beat("worker-1")
    assert health.readiness(settings)["worker"]
    context.clock().advance(30)
    assert not health.readiness(settings)["worker"]


def test_it_is_not_ready_without_its_tables(app, settings):
    db.drop_all()
    assert health.readiness(settings)["ok"] is False


@pytest.fixture
def runner(app):
    extensions.migrate.init_app(app, db)
    cli.register(app)
    return app.test_cli_runner()


def test_it_adds_a_person_from_standard_input(app, runner):
    told = runner.invoke(
        args=["user", "add", "ops@example.com", "--role", "admin", "--password-stdin"],
        input="a brand new password\n",
    )
    assert told.exit_code == 0, told.output
    assert people.authenticate("ops@example.com", "a brand new password", "::1").actor.may(
        "administer"
    )
    assert "a brand new password" not in told.output


def test_it_tells_what_is_wrong_with_a_person(app, runner):
    told = runner.invoke(args=["user", "add", "no", "--password-stdin"], input="x\n")
    assert told.exit_code == 2
    assert "email" in told.output
    assert db.session.query(User).count() == 0


def test_it_prints_a_link_and_the_list(app, runner):
    told = runner.invoke(args=["user", "invite", "new@example.com", "--role", "operator"])
    token = told.output.strip().rpartition("/welcome/")[2]
    assert people.invite_for(token).role == "operator"
    assert "new@example.com\toperator\tinvited" in runner.invoke(args=["user", "list"]).output
