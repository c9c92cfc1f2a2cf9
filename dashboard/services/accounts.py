"""Accounts with vendors: opening their secrets, reaching them, noting whether they answer."""

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from dashboard.domain.recording import RoomType
from dashboard.errors import NotFound, ProviderError, text
from dashboard.extensions import db
from dashboard.models import Account, AccountState
from dashboard.providers import registry
from dashboard.providers.base import AccountConfig, RecordingProvider, Studio
from dashboard.services import context, rate, texts, vault
from dashboard.services.unit_of_work import CHANNELS, RECORDINGS, SHELL, Transaction, transaction

_CREDENTIALS = "account/credentials"
_CALLBACK_SECRETS = "account/callback_secrets"
_NOTED_EVERY = timedelta(minutes=1)


def add(
    work: Transaction,
    *,
    name: str,
    vendor: str,
    base_url: str,
    app_id: str,
    credentials: Mapping[str, str],
    callback_secrets: tuple[str, ...],
    storage_id: int | None,
    studio: bool = False,
    builtin: bool = False,
    url_key: str | None = None,
) -> Account:
    """A new account. storage_id: its default target. url_key: chosen at random unless given."""
    account = Account(
        name=name,
        vendor=vendor,
        base_url=base_url,
        app_id=app_id,
        url_key=url_key or secrets.token_urlsafe(24),
        credentials=b"",
        callback_secrets=b"",
        storage_id=storage_id,
        studio=studio,
        builtin=builtin,
        created_at=context.now(),
    )
    account.state = AccountState(forged=0, repeated=0)
    work.session.add(account)
    work.session.flush()
    seal_secrets(account, credentials, callback_secrets)
    work.touch(CHANNELS, SHELL)
    return account


def seal_secrets(
    account: Account,
    credentials: Mapping[str, str],
    callback_secrets: tuple[str, ...],
) -> None:
    """Keep an account's secrets, each bound to its own row and column."""
    account.credentials = vault.seal(dict(credentials), f"{_CREDENTIALS}/{account.id}")
    seal_callback_secrets(account, callback_secrets)


def seal_callback_secrets(account: Account, callback_secrets: tuple[str, ...]) -> None:
    """callback_secrets: the newest first."""
    account.callback_secrets = vault.seal(
        list(callback_secrets), f"{_CALLBACK_SECRETS}/{account.id}"
    )


def config_of(account: Account) -> AccountConfig:
    """What its client needs. Raises vault.VaultClosed."""
    return AccountConfig(
        id=account.id,
        vendor=account.vendor,
        name=account.name,
        base_url=account.base_url,
        app_id=account.app_id,
        credentials=vault.unseal(account.credentials, f"{_CREDENTIALS}/{account.id}"),
        callback_secrets=callback_secrets_of(account),
        studio=account.studio,
    )


def callback_secrets_of(account: Account) -> tuple[str, ...]:
    return tuple(vault.unseal(account.callback_secrets, f"{_CALLBACK_SECRETS}/{account.id}"))


def provider_of(config: AccountConfig) -> RecordingProvider:
    limit = registry.capabilities_for(config.vendor).rate_per_s
    return registry.provider_for(config, rate.gate_for(config.id, per_second=limit * rate.SHARE))


def studio_of(config: AccountConfig) -> Studio | None:
    return registry.studio_for(config)


def studio_channel(vendor: str, name: str, profile: Mapping[str, Any]) -> str:
    """What the studio of an account calls a channel. profile: Profile as JSON."""
    return registry.studio_channel(vendor, name, RoomType(profile.get("room_type", RoomType.TEXT)))


def with_studio() -> tuple[AccountConfig, ...]:
    """The accounts that can tell who is in a channel and show pictures."""
    rows = db.session.scalars(
        select(Account).where(Account.studio.is_(True), Account.archived_at.is_(None))
    )
    return tuple(config_of(row) for row in rows)


def get(account_id: int) -> Account:
    """Raises NotFound."""
    account = db.session.get(Account, account_id)
    if account is None:
        raise NotFound(text("There is no such account."))
    return account


# ---------------------------------------------------------------- whether it answers


def note_answer(account_id: int) -> None:
    """It answered just now. Written down only if that is news."""
    state = db.session.get(AccountState, account_id)
    now = context.now()
    fresh = state.reached_at and now - state.reached_at < _NOTED_EVERY
    if state.unreachable_since is None and fresh:
        return
    with transaction() as work:
        was_away = work.session.execute(
            update(AccountState)
            .where(AccountState.account_id == account_id)
            .where(AccountState.unreachable_since.is_not(None))
            .values(unreachable_since=None, last_error=None)
        ).rowcount
        work.session.execute(
            update(AccountState).where(AccountState.account_id == account_id).values(reached_at=now)
        )
        if was_away:
            work.touch(CHANNELS, RECORDINGS, SHELL)


def note_silence(account_id: int, fault: ProviderError) -> None:
    """It did not answer, or not to us."""
    state = db.session.get(AccountState, account_id)
    error = texts.to_json(fault.message)
    if state.unreachable_since is not None and state.last_error == error:
        return
    with transaction() as work:
        state = work.session.get(AccountState, account_id)
        state.unreachable_since = state.unreachable_since or context.now()
        state.last_error = error
        work.touch(CHANNELS, RECORDINGS, SHELL)
