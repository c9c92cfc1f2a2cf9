"""Where recordings go: targets with names, whose keys are sealed, and what may be chosen.

A recording keeps what it was told of its target (`kept`), all but the keys: those are read
from the target each time, so that a changed key holds for old recordings, too.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from dashboard.domain.recording import StorageTarget
from dashboard.errors import Conflict, DashboardError, NotFound, Text, text
from dashboard.extensions import db
from dashboard.models import Account, Recording
from dashboard.models import StorageTarget as TargetRow
from dashboard.providers import registry
from dashboard.services import context, vault
from dashboard.services.unit_of_work import Transaction

LOCAL = "local"
KEY_MARK, KEY_ENDS_S = "sts_mark", "sts_ends_s"
"""Of what a recording keeps: which temporary key it was given, and when that ends."""
_PLACE = "storage_target/keys"
_NEAR = frozenset({"127.0.0.1", "localhost", "::1"})
_OWN_FOLDERS = 24
"""What each recording's own two folders add to a prefix, slashes included ("20260102/r…")."""


@dataclass(frozen=True)
class Chosen:
    """A target with the id of its row."""

    id: int
    target: StorageTarget


def add(work: Transaction, name: str, target: StorageTarget, *, builtin: bool = False) -> TargetRow:
    row = TargetRow(name=name, keys=b"", builtin=builtin, created_at=context.now())
    write(row, target)
    work.session.add(row)
    work.session.flush()
    seal(row, target)
    return row


def write(row: TargetRow, target: StorageTarget) -> None:
    """All of it but the keys, which need the row's id: see `seal`."""
    row.kind, row.bucket, row.region = target.kind, target.bucket, target.region
    row.endpoint, row.folder = target.endpoint, target.folder
    row.prefix, row.options = list(target.prefix), dict(target.options)


def seal(row: TargetRow, target: StorageTarget) -> None:
    keys = {
        "access_key": target.access_key,
        "secret_key": target.secret_key,
        "sts_token": target.sts_token,
        "sts_expires_s": target.sts_expires_s,
    }
    row.keys = vault.seal(keys, f"{_PLACE}/{row.id}")


def target_of(row: TargetRow) -> StorageTarget:
    """Keys and all. Raises vault.VaultClosed."""
    return StorageTarget(
        kind=row.kind,
        bucket=row.bucket,
        prefix=tuple(row.prefix),
        folder=_folder(row),
        region=row.region,
        endpoint=row.endpoint,
        options=row.options,
        **_keys(row),
    )


def get(target_id: int) -> TargetRow:
    """Raises NotFound."""
    row = db.session.get(TargetRow, target_id)
    if row is None:
        raise NotFound(text("There is no such storage."))
    return row


def chosen(account: Account, target_id: int | None = None) -> Chosen:
    """Where a new recording of an account goes: the target asked for, else its default.

    Raises NotFound, Conflict where there is none, or one that was put away or will not do.
    """
    row = get(target_id) if target_id is not None else account.storage
    if row is None:
        raise Conflict(
            text("Account %(name)s has no storage yet. An administrator chooses one.",
                 name=account.name)
        )  # fmt: skip
    if row.archived_at is not None:
        raise Conflict(text("Storage %(name)s is disabled. Choose another one.", name=row.name))
    target = target_of(row)
    reason = why_not(account, target)
    if reason:
        raise Conflict(reason)
    return Chosen(row.id, target)


def kept(found: Chosen) -> dict[str, Any]:
    """What a recording keeps of it: no secret, but a mark by which its key is known again."""
    target = found.target
    mark = key_mark(target)
    return {
        **({KEY_MARK: mark, KEY_ENDS_S: target.sts_expires_s} if mark else {}),
        "target_id": found.id,
        "kind": target.kind,
        "bucket": target.bucket,
        "prefix": list(target.prefix),
        "folder": target.folder,
        "region": target.region,
        "endpoint": target.endpoint,
        "options": dict(target.options),
    }


def key_mark(target: StorageTarget) -> str | None:
    """Tells one temporary key from another without telling it; None for keys that last."""
    if not target.sts_token:
        return None
    parts = (target.access_key, target.secret_key, target.sts_token, str(target.sts_expires_s))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def restored(document: Mapping[str, Any]) -> StorageTarget:
    """From what `kept` gave, in this or an earlier version, with the keys as they are now."""
    row = db.session.get(TargetRow, document.get("target_id") or 0)
    return StorageTarget(
        kind=document["kind"],
        bucket=document["bucket"],
        prefix=tuple(document["prefix"]),
        folder=document.get("folder"),
        region=document.get("region"),
        endpoint=document.get("endpoint"),
        options=document.get("options") or {},
        **(_keys(row) if row else {}),
    )


def holds_recordings(target_id: int) -> bool:
    found = select(Recording.id).where(Recording.storage["target_id"].as_integer() == target_id)
    return db.session.scalar(found.limit(1)) is not None


def why_not(account: Account, target: StorageTarget) -> Text | None:
    """Why an account cannot write to a target; None where it can, as far as one can tell."""
    if target.kind == LOCAL:
        return None if _is_engine(account) else _FOLDER_IS_HERE
    offer = registry.capabilities_for(account.vendor).store(target.kind)
    if offer is None:
        return NO_SUCH_STORE
    if offer.regions and target.region not in offer.regions:
        return text("This account's vendor does not know region %(region)s.", region=target.region)
    if target.sts_token and not offer.sts:
        return text("This account's vendor takes no temporary keys for that store.")
    joined = "/".join(target.prefix)
    if not all(re.fullmatch(offer.prefix, element) for element in target.prefix):
        return text("This account's vendor does not take the prefix %(prefix)s.", prefix=joined)
    if offer.prefix_most and len(joined) + _OWN_FOLDERS > offer.prefix_most:
        return text("The prefix is too long for this account's vendor: %(most)s characters.",
                    most=offer.prefix_most - _OWN_FOLDERS)  # fmt: skip
    return None


def against(account: Account, row: TargetRow) -> Text | None:
    """The same for a row, which may be put away. None where it can."""
    try:
        chosen(account, row.id)
    except DashboardError as fault:
        return fault.message
    return None


def why_no_account(vendor: str, row: TargetRow) -> Text | None:
    """Why none of a vendor's accounts can write there; None where one can.

    A vendor without accounts is judged by what it takes at all.
    """
    query = select(Account).where(Account.vendor == vendor, Account.archived_at.is_(None))
    reasons = [against(account, row) for account in db.session.scalars(query.order_by(Account.id))]
    if reasons:
        return None if None in reasons else reasons[0]
    offer = registry.capabilities_for(vendor).store(row.kind)
    return None if offer or row.kind == LOCAL else NO_SUCH_STORE


NO_SUCH_STORE = text("This account's vendor cannot write to that kind of store.")
_FOLDER_IS_HERE = text("Only an engine of your own can write to a folder of this machine.")


def _is_engine(account: Account) -> bool:
    return account.studio or urlsplit(account.base_url).hostname in _NEAR


def _folder(row: TargetRow) -> str | None:
    if row.kind != LOCAL:
        return None
    return row.folder or str(context.settings().bucket_folder)


def _keys(row: TargetRow) -> dict[str, Any]:
    return vault.unseal(row.keys, f"{_PLACE}/{row.id}")
