"""Where a request wants its files. Source: agora-anyrtc.md 4.1. Raises Answer, code 2."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.clock import now_ms
from dashboard.engine.doors.body import Fields
from dashboard.engine.doors.dialects import Dialect
from dashboard.engine.tasks import Spec
from dashboard.engine.uploads.storage import storage_of
from dashboard.protocols import agora, agora_storage
from dashboard.protocols.agora import Range

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_ELEMENT = re.compile(r"[A-Za-z0-9]+")
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_ANY = Range(0, 1000)
_SECONDS = Range(0, 2**40)
_STS_AHEAD_S = 4 * 3600
_STS_SLACK_S = 60
"""The clocks of two machines differ a little."""


@dataclass(frozen=True)
class Store:
    """vendor, region: the numbers of the request. storage: `Spec.storage`, keys and all."""

    vendor: int
    region: int
    bucket: str
    folders: tuple[str, ...]
    storage: Mapping[str, Any] | None = field(repr=False)

    @property
    def notes(self) -> dict[str, Any]:
        """What an update is compared with."""
        return {"vendor": self.vendor, "region": self.region}


def read_storage(config: Fields, dialect: Dialect) -> Store:
    vendor = config.integer("vendor", _ANY, required=True)
    row = dialect.stores.get(vendor)
    if row is None:
        raise config.wrong("vendor", "is not one of the known vendors")
    region = config.integer("region", _ANY, required=True)
    if row.regions and region not in row.regions:
        raise config.wrong("region", "is not one of the vendor's regions")
    bucket = _bucket(config, vendor)
    keys = [_key(config, name, vendor) for name in ("accessKey", "secretKey")]
    token = _temporary_key(config, vendor)
    return Store(
        vendor, region, bucket, _folders(config), _storage(config, vendor, bucket, keys, token)
    )


def renewed(config: Fields, dialect: Dialect, spec: Spec) -> Mapping[str, Any] | None:
    """The storageConfig of update: new keys of the store that the recording began with."""
    store = read_storage(config, dialect)
    before = {**store.notes, **spec.notes, "bucket": spec.bucket}
    for name in ("vendor", "region", "bucket"):
        if getattr(store, name) != before[name]:
            raise config.wrong(name, "must be that of the start")
    if (store.storage or {}).get("endpoint") != (spec.storage or {}).get("endpoint"):
        raise config.wrong("extensionParams.endpoint", "must be that of the start")
    return store.storage


def _bucket(config: Fields, vendor: int) -> str:
    """A private store's bucket is an address; the folder is called after it."""
    bucket = config.text("bucket", required=True, longest=1024)
    if vendor == agora_storage.PRIVATE_VENDOR:
        bucket = _NOT_IN_A_NAME.sub("-", bucket).strip("-.")[:128]
    if not _BUCKET.fullmatch(bucket):
        raise config.wrong("bucket", "must be letters, digits, dots and dashes")
    return bucket


def _key(config: Fields, name: str, vendor: int) -> str:
    """A private store's keys are empty, but there."""
    if not config.has(name):
        raise config.wrong(name, "is required")
    return config.text(name, required=vendor != agora_storage.PRIVATE_VENDOR) or ""


def _temporary_key(config: Fields, vendor: int) -> str:
    token = config.text("stsToken", longest=16 * 1024)
    if not token:
        return ""
    # the only store that this engine brings files to is let in, so that tokens can be tried
    if vendor not in (*agora_storage.STS_VENDORS, agora_storage.S3_COMPATIBLE):
        raise config.wrong("stsToken", "is for vendors 1, 2 and 3 only")
    until_s = config.integer("stsExpiration", _SECONDS, required=True)
    if until_s < now_ms() / 1000 + _STS_AHEAD_S - _STS_SLACK_S:
        raise config.wrong("stsExpiration", "must be at least 4 hours ahead, in unix seconds")
    return token


def _storage(
    config: Fields, vendor: int, bucket: str, keys: list[str], token: str
) -> Mapping[str, Any] | None:
    params = config.object("extensionParams") or Fields(config.call, {})
    encryption, tag = params.text("sse"), params.text("tag")
    endpoint = params.text("endpoint", longest=2048)
    if encryption and encryption not in agora_storage.ENCRYPTIONS:
        raise params.wrong("sse", "must be kms or aes256")
    if encryption and vendor != agora_storage.AMAZON_S3:
        raise params.wrong("sse", "is for vendor 1 only")
    if tag and vendor not in agora_storage.TAG_VENDORS:
        raise params.wrong("tag", "is for vendors 1 and 2 only")
    if vendor != agora_storage.S3_COMPATIBLE:
        return None
    if not endpoint:
        raise config.wrong("extensionParams.endpoint", "is required with vendor 11")
    try:
        return storage_of(endpoint, bucket, *keys, token)
    except ValueError as fault:
        raise params.wrong("endpoint", str(fault)) from fault


def _folders(config: Fields) -> tuple[str, ...]:
    elements = config.texts("fileNamePrefix", agora.PREFIX_MAX_LENGTH)
    if not elements:
        return ()
    if not all(map(_ELEMENT.fullmatch, elements)):
        raise config.wrong("fileNamePrefix", "must hold letters and digits only")
    if len("/".join(elements)) + 1 > agora.PREFIX_MAX_LENGTH:
        raise config.wrong("fileNamePrefix", "must not exceed 128 characters with its slashes")
    return tuple(elements)
