"""What may be typed into the form of a storage target.

Kinds and regions come from the vendors' own tables, by name. A target is not an account's:
what is offered is what any vendor knows, and each account's form says which of them it takes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from dashboard.domain.recording import StorageTarget
from dashboard.errors import InvalidInput, Problem, Text, text
from dashboard.providers import registry
from dashboard.providers.base import StoreOffer
from dashboard.services import context
from dashboard.services.form_reader import FormReader
from dashboard.services.storage_targets import LOCAL
from dashboard.storage.addresses import HOSTS

OPTION = "opt_"
"""Before the name of an option of StorageTarget: the name of its field."""
S3 = "s3"
_FIRST = (LOCAL, S3)
_NAMES = {
    LOCAL: text("Local folder"),
    S3: text("Any S3-compatible store"),
    "private": text("anyRTC's private store"),
}
_BUCKET = r"[A-Za-z0-9][A-Za-z0-9._\-]{0,127}"
_ADDRESS = r"https?://\S{1,240}"
_LONGEST_PREFIX = 100
_ENCRYPTIONS = ("kms", "aes256")
_NUMBERS = ("keep_s", "class_id", "sub_app_id")
_RECORD_ID = r"[A-Za-z0-9_-]{0,64}"
OPTION_WORDS: Mapping[str, Text] = {
    "sse": text("Encryption in the store"),
    "tag": text("Tag of each file"),
    "procedure": text("Task flow"),
    "keep_s": text("Kept for, in seconds"),
    "class_id": text("Class"),
    "sub_app_id": text("Sub-application"),
    "session_context": text("Session context"),
    "source_context": text("Source context"),
    "record_id": text("Record id"),
}


@dataclass(frozen=True)
class Kind:
    """A kind of store. offers: by vendor. regions: of all of them."""

    word: str
    name: Text
    offers: Mapping[str, StoreOffer]

    @property
    def regions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for one in self._all for name in one.regions))

    @property
    def has_region(self) -> bool:
        return any(one.region for one in self._all) and self.word not in _FIRST

    @property
    def has_bucket(self) -> bool:
        return any(one.bucket for one in self._all)

    @property
    def has_keys(self) -> bool:
        return any(one.keys for one in self._all)

    @property
    def has_sts(self) -> bool:
        return any(one.sts for one in self._all)

    @property
    def has_endpoint(self) -> bool:
        """An address that speaks S3, by which it is written to, or at least read."""
        return self.has_bucket and self.word not in (LOCAL, "private", "azure")

    @property
    def address_known(self) -> bool:
        """That address follows from the region, where none is typed."""
        return self.word in HOSTS

    @property
    def options(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for one in self._all for name in one.options))

    @property
    def remarks(self) -> tuple[tuple[str, Text], ...]:
        """What single vendors say of it: (vendor, words)."""
        return tuple((vendor, one.hint) for vendor, one in self.offers.items() if one.hint)

    @property
    def bucket_is_address(self) -> bool:
        return self.word == "private"

    @property
    def _all(self) -> tuple[StoreOffer, ...]:
        return tuple(self.offers.values())


def kinds() -> Mapping[str, Kind]:
    """By word: the folder here, any store that speaks S3, then the clouds in the tables' order."""
    return _kinds(registry.vendors())


def read(
    kind: Kind, form: Mapping[str, str], kept: StorageTarget | None
) -> tuple[str, StorageTarget]:
    """The name and the target. kept: the one before, whose secrets stay where nothing is typed.

    Raises InvalidInput.
    """
    reader = FormReader(form)
    name = reader.name()
    target = StorageTarget(
        kind=kind.word,
        bucket=_bucket(kind, reader),
        prefix=_prefix(kind, reader),
        folder=kept.folder if kept else None,
        region=_region(kind, reader),
        endpoint=_endpoint(kind, reader),
        options=_options(kind, reader),
        **_keys(kind, reader, kept),
    )
    reader.refuse()
    return name, target


def written(name: str, target: StorageTarget) -> dict[str, str]:
    """The same as a form, secrets left out."""
    expires_s = target.sts_expires_s
    return {
        "name": name,
        "bucket": target.bucket,
        "region": target.region or "",
        "endpoint": target.endpoint or "",
        "prefix": "/".join(target.prefix),
        "access_key": target.access_key,
        "sts_expires": f"{datetime.fromtimestamp(expires_s, UTC):%Y-%m-%dT%H:%M}"
        if expires_s
        else "",
        **{OPTION + key: value for key, value in target.options.items()},
    }


@cache
def _kinds(vendors: tuple[str, ...]) -> Mapping[str, Kind]:
    found: dict[str, dict[str, StoreOffer]] = {word: {} for word in _FIRST}
    for vendor in vendors:
        for offer in registry.capabilities_for(vendor).stores:
            found.setdefault(offer.kind, {})[vendor] = offer
    return {
        word: Kind(word, _name(word, offers), offers) for word, offers in found.items() if offers
    }


def _name(word: str, offers: Mapping[str, StoreOffer]) -> Text:
    return _NAMES.get(word) or Text(next(iter(offers.values())).name)


def _bucket(kind: Kind, reader: FormReader) -> str:
    if not kind.has_bucket:
        return ""
    if kind.bucket_is_address:
        what = text("Give the address that files are sent to.")
        return reader.word("bucket", _ADDRESS, what)
    return reader.word("bucket", _BUCKET, text("Use letters, digits, dots, dashes; 128 at most."))


def _prefix(kind: Kind, reader: FormReader) -> tuple[str, ...]:
    """Elements that at least one of the vendors takes."""
    typed = reader.typed("prefix").strip("/")
    if not typed:
        return ()
    elements = tuple(typed.split("/"))
    patterns = [offer.prefix for offer in kind.offers.values()]
    taken = any(all(re.fullmatch(one, part) for part in elements) for one in patterns)
    if not taken:
        reader.wrong("prefix", text("Use letters and digits, with / between folders."))
    elif len(typed) > _LONGEST_PREFIX:
        reader.wrong("prefix", text("Use at most %(limit)d characters.", limit=_LONGEST_PREFIX))
    return elements


def _region(kind: Kind, reader: FormReader) -> str | None:
    if not kind.has_region:
        return None
    region = reader.typed("region").lower()
    if not region and not kind.has_bucket:
        return None  # a media library has one of its own
    if kind.regions and region not in kind.regions:
        reader.wrong("region", text("Choose one of the list."))
    elif not re.fullmatch(r"[a-z0-9\-]{2,64}", region):
        reader.wrong("region", text("Give the region as the store names it."))
    return region


def _endpoint(kind: Kind, reader: FormReader) -> str | None:
    if not kind.has_endpoint:
        return None
    return reader.address("endpoint", required=kind.word == S3) or None


def _keys(kind: Kind, reader: FormReader, kept: StorageTarget | None) -> dict:
    if not kind.has_keys:
        return {}
    found = {
        "access_key": reader.secret("access_key", ""),
        "secret_key": reader.secret("secret_key", kept.secret_key if kept else ""),
    }
    if not kind.has_sts:
        return found
    expires = reader.typed("sts_expires")
    present = kept.sts_token if kept and expires else ""  # no end given: no temporary key
    token = reader.secret("sts_token", present, required=False)
    return found | {"sts_token": token, "sts_expires_s": _expires_s(reader, token, expires)}


def _expires_s(reader: FormReader, token: str, typed: str) -> int | None:
    if not token and not typed:
        return None
    if not token:
        reader.wrong("sts_token", text("This is needed."))
        return None
    try:
        at = datetime.fromisoformat(typed).replace(tzinfo=UTC)
    except ValueError:
        reader.wrong("sts_expires", text("Give the date and time at which the key ends, in UTC."))
        return None
    if at <= context.now():
        reader.wrong("sts_expires", text("This key has ended already."))
    return int(at.timestamp())


def _options(kind: Kind, reader: FormReader) -> dict[str, str]:
    found = {name: reader.typed(OPTION + name) for name in kind.options}
    for name, value in found.items():
        if len(value) > 1000 or not value.isprintable():
            reader.wrong(OPTION + name, text("Use at most %(limit)d characters.", limit=1000))
    if found.get("sse") and found["sse"] not in _ENCRYPTIONS:
        reader.wrong(OPTION + "sse", text("Choose one of the list."))
    for name in _NUMBERS:
        if not re.fullmatch(r"[0-9]{0,12}", found.get(name, "")):
            reader.wrong(OPTION + name, text("Give a whole number."))
    if not re.fullmatch(_RECORD_ID, found.get("record_id", "")):
        reader.wrong(OPTION + "record_id", text("Use letters, digits, _ and -; 64 at most."))
    return {name: value for name, value in found.items() if value}


def kind_of(word: str) -> Kind:
    """Raises InvalidInput."""
    kind = kinds().get(word)
    if kind is None:
        raise InvalidInput([Problem("kind", text("Choose one of the list."))])
    return kind
