"""The screens of accounts and of storage: read models, without a secret in them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import func, select

from dashboard.errors import Text
from dashboard.extensions import db
from dashboard.models import Account, Channel
from dashboard.models import StorageTarget as TargetRow
from dashboard.providers import registry
from dashboard.providers.base import is_on
from dashboard.services import (
    account_form,
    accounts,
    stale,
    storage_form,
    storage_targets,
    texts,
)
from dashboard.services.account_changes import callback_address
from dashboard.services.account_form import KEY, KeyField
from dashboard.services.storage_form import Kind
from dashboard.storage import is_readable


@dataclass(frozen=True, kw_only=True)
class AccountLine:
    """unreachable_since, fault: while it does not answer; tested_at, test_fault: the last trial."""

    id: int
    name: str
    vendor: str
    host: str
    app_id: str
    storage: str | None
    channels: int
    builtin: bool
    disabled: bool
    reached_at: datetime | None
    unreachable_since: datetime | None
    fault: Text | None
    tested_at: datetime | None
    test_fault: Text | None
    forged: int


@dataclass(frozen=True)
class StorageChoice:
    """A target in a list to choose from. why_not: why this account cannot write to it."""

    id: int
    name: str
    why_not: Text | None = None


@dataclass(frozen=True, kw_only=True)
class AccountForm:
    """line: None for a new one. values: by field name, secrets left out."""

    vendor: str
    vendor_name: str
    values: Mapping[str, str]
    app_id_label: Text
    base_urls: tuple[str, ...]
    keys: tuple[KeyField, ...]
    storages: tuple[StorageChoice, ...]
    line: AccountLine | None = None
    callback_address: str | None = None
    secrets: int = 0
    seen: str = ""


@dataclass(frozen=True, kw_only=True)
class StorageLine:
    """place: where it is, in a few words. used_by: names of accounts."""

    id: int
    name: str
    kind: Text
    place: str
    readable: bool
    builtin: bool
    disabled: bool
    used_by: tuple[str, ...]
    tested_at: datetime | None
    test_fault: Text | None


@dataclass(frozen=True, kw_only=True)
class StorageForm:
    """has: the names of secrets that are kept. fixed: recordings lie there already."""

    kind: Kind
    values: Mapping[str, str]
    has: frozenset[str] = frozenset()
    fixed: bool = False
    line: StorageLine | None = None
    seen: str = ""


def account_lines() -> tuple[AccountLine, ...]:
    """The enabled ones first."""
    rows = db.session.scalars(
        select(Account).order_by(Account.archived_at.is_not(None), Account.id)
    ).all()
    counted = _channels()
    return tuple(_line(row, counted) for row in rows)


def new_account(vendor: str) -> AccountForm:
    """Raises InvalidInput for a vendor that is not there."""
    return _form(vendor, None, _suggested(vendor))


def account(account_id: int) -> AccountForm:
    """Raises NotFound, vault.VaultClosed."""
    row = accounts.get(account_id)
    config = accounts.config_of(row)
    fields = account_form.abilities(row.vendor).credentials
    shown = {one.name: one for one in fields if not one.hidden}
    values = {
        "name": row.name,
        "app_id": row.app_id,
        "base_url": row.base_url,
        "storage_id": str(row.storage_id or ""),
        "studio": "1" if row.studio else "",
        "most_recordings": str(row.most_recordings or ""),
        **{
            KEY + name: value
            for name, value in config.credentials.items()
            if name in shown and (is_on(value) or not shown[name].switch)
        },
    }
    return _form(row.vendor, row, values)


def storage_lines() -> tuple[StorageLine, ...]:
    rows = db.session.scalars(
        select(TargetRow).order_by(TargetRow.archived_at.is_not(None), TargetRow.id)
    ).all()
    users = _users()
    return tuple(_storage_line(row, users) for row in rows)


def new_storage(kind: str) -> StorageForm:
    """Raises InvalidInput for a kind that is not there."""
    return StorageForm(kind=storage_form.kind_of(kind), values={})


def storage(target_id: int) -> StorageForm:
    """Raises NotFound, vault.VaultClosed."""
    row = storage_targets.get(target_id)
    target = storage_targets.target_of(row)
    secrets = ("secret_key", "sts_token")
    return StorageForm(
        kind=storage_form.kind_of(row.kind),
        values=storage_form.written(row.name, target),
        has=frozenset(name for name in secrets if getattr(target, name)),
        fixed=storage_targets.holds_recordings(target_id),
        line=_storage_line(row, _users()),
        seen=stale.seen(("storage", target_id)),
    )


# ---------------------------------------------------------------- helpers


def _form(vendor: str, row: Account | None, values: Mapping[str, str]) -> AccountForm:
    able = account_form.abilities(vendor)
    kept = accounts.config_of(row).credentials if row else {}
    return AccountForm(
        vendor=vendor,
        vendor_name=account_form.name_of(vendor),
        values=values,
        app_id_label=able.app_id,
        base_urls=able.base_urls,
        keys=account_form.key_fields(vendor, kept),
        storages=_choices(vendor, row),
        line=_line(row, _channels()) if row else None,
        callback_address=callback_address(row) if row else None,
        secrets=len(accounts.callback_secrets_of(row)) if row else 0,
        seen=stale.seen(("account", row.id)) if row else "",
    )


def _suggested(vendor: str) -> dict[str, str]:
    able = account_form.abilities(vendor)
    return {"base_url": able.base_urls[0] if able.base_urls else ""}


def _choices(vendor: str, row: Account | None) -> tuple[StorageChoice, ...]:
    """Those that are enabled, and the one that is chosen. A new account may turn out to be an
    engine of ours, so nothing is ruled out for it but what its vendor has not at all."""
    found = db.session.scalars(select(TargetRow).order_by(TargetRow.name)).all()
    offers = registry.capabilities_for(vendor)
    choices = []
    for target in found:
        chosen = row is not None and row.storage_id == target.id
        if target.archived_at is not None and not chosen:
            continue
        if row is None:
            known = offers.store(target.kind) is not None
            reason = None if known else storage_targets.NO_SUCH_STORE
        else:
            reason = storage_targets.why_not(row, storage_targets.target_of(target))
        choices.append(StorageChoice(target.id, target.name, None if chosen else reason))
    return tuple(choices)


def _line(row: Account, channels: Mapping[int, int]) -> AccountLine:
    state = row.state
    return AccountLine(
        id=row.id,
        name=row.name,
        vendor=account_form.name_of(row.vendor),
        host=urlsplit(row.base_url).netloc,
        app_id=row.app_id,
        storage=row.storage.name if row.storage else None,
        channels=channels.get(row.id, 0),
        builtin=row.builtin,
        disabled=row.archived_at is not None,
        reached_at=state.reached_at,
        unreachable_since=state.unreachable_since,
        fault=texts.from_json(state.last_error),
        tested_at=row.tested_at,
        test_fault=texts.from_json(row.test_fault),
        forged=state.forged,
    )


def _channels() -> Mapping[int, int]:
    rows = db.session.execute(
        select(Channel.account_id, func.count())
        .where(Channel.archived_at.is_(None))
        .group_by(Channel.account_id)
    )
    return Counter({account_id: count for account_id, count in rows})


def _users() -> Mapping[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    rows = db.session.execute(
        select(Account.storage_id, Account.name)
        .where(Account.storage_id.is_not(None), Account.archived_at.is_(None))
        .order_by(Account.id)
    )
    for storage_id, name in rows:
        found[storage_id] = (*found.get(storage_id, ()), name)
    return found


def _storage_line(row: TargetRow, users: Mapping[int, tuple[str, ...]]) -> StorageLine:
    target = storage_targets.target_of(row)
    kind = storage_form.kinds().get(row.kind)
    where = (
        urlsplit(target.endpoint).netloc if target.endpoint else target.region,
        target.bucket,
        *target.prefix,
    )
    return StorageLine(
        id=row.id,
        name=row.name,
        kind=kind.name if kind else Text(row.kind),
        place=" / ".join(part for part in where if part),
        readable=is_readable(target),
        builtin=row.builtin,
        disabled=row.archived_at is not None,
        used_by=users.get(row.id, ()),
        tested_at=row.tested_at,
        test_fault=texts.from_json(row.test_fault),
    )
