"""What may be typed into an account's form; which fields there are, its vendor says."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.errors import InvalidInput, Problem, Text, text
from dashboard.providers import registry
from dashboard.providers.base import Capabilities
from dashboard.services.form_reader import FormReader

VENDOR_NAMES = {"agora": "Agora", "anyrtc": "anyRTC", "trtc": "Tencent TRTC"}
"""In the order in which they are offered."""
KEY = "key_"
"""Before the name of one of the vendor's credentials: the name of its field."""
LONGEST_CALLBACK_SECRET = 128


@dataclass(frozen=True)
class Wanted:
    """A form that can be taken. callback_secret: "" for none. most_recordings: None: no limit."""

    name: str
    app_id: str
    base_url: str
    storage_id: int | None
    studio: bool
    credentials: Mapping[str, str] = field(repr=False)
    callback_secret: str = field(default="", repr=False)
    most_recordings: int | None = None


@dataclass(frozen=True)
class KeyField:
    """One credential in a form. kept: there is one already; it is not shown if hidden.

    switch: it is ticked or not.
    """

    field: str
    label: Text
    hidden: bool
    required: bool
    hint: Text | None
    kept: bool
    switch: bool = False


def vendors() -> tuple[tuple[str, str], ...]:
    """(word, name) of those that accounts can be added for."""
    known = set(registry.vendors())
    return tuple((word, name) for word, name in VENDOR_NAMES.items() if word in known)


def name_of(vendor: str) -> str:
    return VENDOR_NAMES.get(vendor, vendor)


def abilities(vendor: str) -> Capabilities:
    """Raises InvalidInput for a vendor that is not there."""
    return registry.capabilities_for(vendor)


def key_fields(vendor: str, kept: Mapping[str, str] | None = None) -> tuple[KeyField, ...]:
    return tuple(
        KeyField(
            KEY + secret.name,
            secret.label,
            secret.hidden,
            secret.required,
            secret.hint,
            bool((kept or {}).get(secret.name)),
            secret.switch,
        )
        for secret in abilities(vendor).credentials
    )


def read(vendor: str, form: Mapping[str, str], kept: Mapping[str, str]) -> Wanted:
    """kept: credentials that stay where nothing is typed. Raises InvalidInput."""
    reader, can = FormReader(form), abilities(vendor)
    wanted = Wanted(
        name=reader.name(),
        app_id=reader.word("app_id", can.app_id_rule, can.app_id_words),
        base_url=reader.address("base_url"),
        storage_id=_storage(reader),
        studio=bool(reader.typed("studio")),
        credentials=_credentials(vendor, reader, kept),
        callback_secret=_callback_secret(reader),
        most_recordings=_most_recordings(reader),
    )
    reader.refuse()
    return wanted


def new_secret(form: Mapping[str, str]) -> str:
    """A callback secret typed by itself. Raises InvalidInput."""
    reader = FormReader(form)
    secret = _callback_secret(reader)
    reader.refuse()
    if not secret:
        raise InvalidInput([Problem("callback_secret", text("This is needed."))])
    return secret


def _credentials(vendor: str, reader: FormReader, kept: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for one in abilities(vendor).credentials:
        before = kept.get(one.name, "") if one.hidden else ""
        found[one.name] = reader.secret(KEY + one.name, before, required=one.required)
    return {name: value for name, value in found.items() if value}


def _callback_secret(reader: FormReader) -> str:
    secret = reader.typed("callback_secret")
    if len(secret) > LONGEST_CALLBACK_SECRET or not secret.isprintable():
        reader.wrong(
            "callback_secret",
            text("Use at most %(limit)d characters.", limit=LONGEST_CALLBACK_SECRET),
        )
    return secret


def _most_recordings(reader: FormReader) -> int | None:
    what = text("Give a whole number from %(low)s to %(high)s.", low=1, high=9999)
    typed = reader.word("most_recordings", r"[1-9][0-9]{0,3}", what, required=False)
    return int(typed) if re.fullmatch(r"[0-9]{1,4}", typed) else None


def _storage(reader: FormReader) -> int | None:
    typed = reader.typed("storage_id")
    if not typed:
        return None
    if not typed.isdecimal() or len(typed) > 9:
        reader.wrong("storage_id", text("Choose one of the list."))
        return None
    return int(typed)
