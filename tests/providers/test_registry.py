"""One client for each account, kept until the account changes."""

from dataclasses import replace

import pytest

from dashboard.errors import InvalidInput
from dashboard.providers import registry
from dashboard.providers.base import Verdict
from tests.providers.conftest import HANDLE, PREPARED


@pytest.fixture(autouse=True)
def _nothing_kept():
    yield
    registry.close_all()


def test_it_keeps_one_client_for_an_account(config):
    assert registry.provider_for(config) is registry.provider_for(replace(config))


def test_it_makes_a_new_client_when_the_account_changes(config):
    before = registry.provider_for(config)
    changed = replace(config, credentials={"customer_key": "k", "customer_secret": "new"})
    assert registry.provider_for(changed) is not before


def test_it_keeps_accounts_apart(config):
    assert registry.provider_for(config) is not registry.provider_for(replace(config, id=2))


def test_it_gives_a_studio_only_to_accounts_that_have_one(config):
    assert registry.studio_for(config) is None
    with_studio = replace(config, studio=True)
    assert registry.studio_for(with_studio) is registry.studio_for(with_studio)
    assert registry.provider_for(with_studio).capabilities.studio
    assert not registry.provider_for(config).capabilities.studio


def test_it_forgets_an_account(config):
    before = registry.provider_for(config)
    registry.forget(config.id)
    assert registry.provider_for(config) is not before


def test_it_knows_how_a_vendor_reports():
    assert registry.callbacks_for("agora").verify({}, b"", ["s"]) is Verdict.UNSIGNED


def test_it_knows_by_what_callbacks_name_a_recording():
    assert registry.handle_key("agora", HANDLE) == HANDLE["sid"]
    assert registry.handle_key("agora", PREPARED) is None


@pytest.mark.parametrize(
    "ask", [registry.callbacks_for, registry.capabilities_for, lambda v: registry.handle_key(v, {})]
)
def test_it_says_which_vendor_it_does_not_know(ask):
    with pytest.raises(InvalidInput):
        ask("acme")


def test_it_shows_no_secret_of_an_account(config):
    assert "secret" not in repr(config).replace("callback_secrets", "")
