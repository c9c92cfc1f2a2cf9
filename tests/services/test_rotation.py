"""Changing the key of the vault: nothing is lost, at whatever moment it is broken off."""

import pytest
from sqlalchemy import select

from dashboard import cli
from dashboard import settings as settings_module
from dashboard.errors import Conflict
from dashboard.extensions import db
from dashboard.models import Account, StorageTarget
from dashboard.services import accounts, context, rotation, storage_targets, vault
from dashboard.settings import write_encryption_keys


def everything(house):
    """What is sealed, opened."""
    db.session.rollback()
    account = db.session.get(Account, house.account_id)
    config = accounts.config_of(account)
    return config.credentials, config.callback_secrets, storage_targets.target_of(account.storage)


def raw_values():
    db.session.rollback()
    return {
        str(column): list(db.session.execute(select(column)).scalars())
        for column in rotation.sealed_columns()
    }


def test_it_knows_every_sealed_column(app):
    names = {str(column) for column in rotation.sealed_columns()}
    assert {"account.credentials", "account.callback_secrets", "storage_target.keys"} <= names


def test_it_seals_all_of_it_under_a_new_key(house, settings):
    before, old = everything(house), settings.encryption_keys()
    sealed = raw_values()
    done = rotation.rotate()
    assert done.in_file
    assert done.sealed >= 3
    assert everything(house) == before
    (new,) = settings.encryption_keys()
    assert new not in old
    after = raw_values()
    assert all(set(after[name]).isdisjoint(set(sealed[name]) - {None}) for name in after)


def test_it_leaves_all_other_keys_as_they_are(house, settings):
    rotation.rotate()
    again = settings_module.load(data=settings.data)
    assert again.secret_key == settings.secret_key
    assert again.engine_customer_key == settings.engine_customer_key
    assert again.encryption_key.get_secret_value() == settings.encryption_keys()[0]
    assert settings.keys_file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("moment", [1, 2, 3])
def test_it_can_be_broken_off_and_begun_again(house, settings, monkeypatch, moment):
    before = everything(house)
    calls = []

    def die(column, ids, seal=rotation._seal_anew):
        calls.append(column)
        if len(calls) == moment:
            raise KeyboardInterrupt
        return seal(column, ids)

    with monkeypatch.context() as patch:
        patch.setattr(rotation, "_seal_anew", die)
        with pytest.raises(KeyboardInterrupt):
            rotation.rotate()
    assert everything(house) == before
    assert len(settings.encryption_keys()) == 2
    half = settings.encryption_keys()
    rotation.rotate()
    assert settings.encryption_keys() == half[:1]
    assert everything(house) == before


def test_a_process_that_runs_follows_the_change(house, settings):
    """Both read keys.env; one of them changes it."""
    other = settings_module.load(data=settings.data)
    rotation.rotate()
    assert other.encryption_keys() == settings.encryption_keys()


def test_it_takes_a_key_given_from_outside(house, settings, app):
    old = settings.encryption_keys()[0]
    outside = settings_module.load(data=settings.data, encryption_key=old)
    context.bind(app, outside, context.clock())
    with pytest.raises(Conflict, match="TALLYDECK_ENCRYPTION_KEY_OLD"):
        rotation.rotate()
    before = everything(house)
    both = settings_module.load(
        data=settings.data, encryption_key=vault.new_key(), encryption_key_old=old
    )
    context.bind(app, both, context.clock())
    assert not rotation.rotate().in_file
    alone = both.model_copy(update={"encryption_key_old": settings.secret_key.__class__("")})
    context.bind(app, alone, context.clock())
    assert everything(house) == before


def test_it_stops_at_what_neither_key_opens_and_keeps_the_old_one(house, settings):
    row = db.session.get(StorageTarget, 1)
    row.keys = b"\x01" + b"nonsense" * 6
    db.session.commit()
    with pytest.raises(vault.VaultClosed):
        rotation.rotate()
    assert len(settings.encryption_keys()) == 2


def test_the_command_says_what_it_did(house, app):
    cli.register(app)
    told = app.test_cli_runner().invoke(args=["vault", "rotate"])
    assert told.exit_code == 0, told.output
    assert "sealed under the new key" in told.output


def test_it_refuses_a_key_that_is_none(house, settings):
    write_encryption_keys(settings.keys_file, "c2hvcnQ=")
    with pytest.raises(vault.VaultClosed, match="32 bytes"):
        everything(house)
