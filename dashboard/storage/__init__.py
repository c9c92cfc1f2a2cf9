"""Reading, and checking, what was recorded."""

from dashboard.domain.recording import StorageTarget
from dashboard.errors import InvalidInput, Problem, text
from dashboard.storage.addresses import address_of
from dashboard.storage.base import Store
from dashboard.storage.local import LocalStore

_SEALED = ("azure", "private", "tencent_vod")
"""Kinds that speak no S3 at all."""
_ONLY_WRITTEN = text(
    "Tallydeck cannot look into this kind of store: vendors record there, but nothing can be "
    "tested or played from here."
)


def store_for(target: StorageTarget) -> Store:
    """The store behind a target. Raises InvalidInput where we cannot read that kind."""
    if target.kind == "local" and target.folder:
        return LocalStore(target.folder, target.bucket)
    if is_readable(target):
        from dashboard.storage.s3 import S3Store

        return S3Store(target)
    if target.kind in _SEALED:
        raise InvalidInput([Problem("kind", _ONLY_WRITTEN)])
    raise InvalidInput(
        [Problem("endpoint", text("This store can be looked into where its S3 address is given."))]
    )


def is_readable(target: StorageTarget) -> bool:
    """Whether there is a way to look into it: a folder here, or an address that speaks S3."""
    return target.kind in ("local", "aws") or bool(address_of(target))
