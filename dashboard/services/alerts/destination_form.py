"""What may be typed into the form of a destination: e-mail, a chat service, or a webhook."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email

from dashboard.errors import InvalidInput, Problem, Text, text
from dashboard.services.alerts import chat
from dashboard.services.alerts.letters import LANGUAGES
from dashboard.services.form_reader import FormReader, is_near

KINDS: Mapping[str, Text] = MappingProxyType(
    {"email": text("E-mail"), "chat": text("Chat service"), "webhook": text("Webhook")}
)
SECURITY: Mapping[str, Text] = MappingProxyType(
    {
        "starttls": text("STARTTLS"),
        "ssl": text("TLS from the beginning"),
        "insecure": text("None"),
    }
)
PORTS = {"starttls": 587, "ssl": 465, "insecure": 25}
MOST_ADDRESSES = 20
SECRETS = frozenset({"password", "url"})
_CLOCK = r"([01]\d|2[0-3]):[0-5]\d"
_HOST = r"[A-Za-z0-9]([A-Za-z0-9.\-]{0,250}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]{3,45}\]?"


@dataclass(frozen=True)
class Typed:
    """address: what is sealed. service, shown: what may be seen of it."""

    name: str
    service: str
    shown: str
    address: Mapping[str, Any] = field(repr=False)
    language: str
    zone: str
    quiet_from: str | None
    quiet_until: str | None
    internal: bool


def read(kind: str, form: Mapping[str, str], kept: Mapping[str, Any]) -> Typed:
    """kept: the address before, whose secrets stay where nothing is typed. Raises InvalidInput."""
    readers = {"email": _email, "chat": _chat, "webhook": _webhook}
    if kind not in readers:
        raise InvalidInput([Problem("kind", text("Choose one of the list."))])
    reader = FormReader(form)
    name, internal = reader.name(), reader.typed("internal") == "1"
    service, shown, address = readers[kind](reader, kept, internal)
    quiet_from, quiet_until = _quiet(reader)
    typed = Typed(
        name, service, shown[:255], address, _language(reader), _zone(reader),
        quiet_from, quiet_until, internal,
    )  # fmt: skip
    reader.refuse()
    return typed


def written(address: Mapping[str, Any]) -> dict[str, str]:
    """An address as a form, secrets left out."""
    shown = {name: address.get(name) or "" for name in ("host", "security", "user", "sender")}
    if not address.get("host"):
        return {}
    return {**shown, "port": str(address["port"]), "to": "\n".join(address["to"])}


def _email(
    reader: FormReader, kept: Mapping[str, Any], internal: bool
) -> tuple[str, str, dict[str, Any]]:
    security = reader.typed("security")
    if security not in SECURITY:
        reader.wrong("security", text("Choose one of the list."))
    host = reader.word("host", _HOST, text("Give the name of the mail server.")).strip("[]")
    user = reader.typed("user")
    same = bool(user) and (user, host) == (kept.get("user"), kept.get("host"))
    password = reader.secret("password", kept.get("password", "") if same else "",
                             required=bool(user))  # fmt: skip
    if user and security == "insecure" and not (internal and is_near(host)):
        reader.wrong("security", text("Keys would travel in the clear. Use STARTTLS or TLS."))
    to = _addresses(reader)
    address = {
        "host": host,
        "port": _port(reader, security),
        "security": security,
        "user": user,
        "password": password if user else "",
        "sender": _address(reader, "sender", reader.typed("sender")),
        "to": to,
    }
    more = f" +{len(to) - 1}" if len(to) > 1 else ""
    return "email", f"{to[0]}{more} · {host}" if to else host, address


def _port(reader: FormReader, security: str) -> int:
    typed = reader.typed("port")
    if not typed:
        return PORTS.get(security, 0)
    if not typed.isdecimal() or not 1 <= int(typed) <= 65535:
        reader.wrong("port", text("Give a whole number from 1 to 65535."))
        return 0
    return int(typed)


def _addresses(reader: FormReader) -> list[str]:
    found = [one for one in re.split(r"[\s,;]+", reader.typed("to")) if one]
    if not found:
        reader.wrong("to", text("This is needed."))
    elif len(found) > MOST_ADDRESSES:
        reader.wrong("to", text("Give at most %(most)s addresses.", most=MOST_ADDRESSES))
    return list(dict.fromkeys(_address(reader, "to", one) for one in found[:MOST_ADDRESSES]))


def _address(reader: FormReader, where: str, typed: str) -> str:
    try:
        return validate_email(typed, check_deliverability=False).normalized
    except EmailNotValidError:
        reader.wrong(where, text("%(address)s is no e-mail address.", address=typed or "“”"))
        return typed


def _chat(
    reader: FormReader, kept: Mapping[str, Any], internal: bool
) -> tuple[str, str, dict[str, Any]]:
    url = reader.typed("url") or kept.get("url", "")
    wrong = chat.problem_of(url, internal) if url else text("This is needed.")
    if wrong:
        reader.wrong("url", wrong)
        return "", "", {}
    service = chat.service_of(url)
    return service.word, service.name, {"url": url}


def _webhook(
    reader: FormReader, kept: Mapping[str, Any], internal: bool
) -> tuple[str, str, dict[str, Any]]:
    url = reader.typed("url") or kept.get("url", "")
    try:
        parts = urlsplit(url)
        host, sound = parts.hostname or "", parts.port != 0 and not parts.fragment
    except ValueError:
        host, sound = "", False
    if not url:
        reader.wrong("url", text("This is needed."))
    elif not sound or not host or len(url) > chat.LONGEST or not url.isprintable() or " " in url:
        reader.wrong("url", text("Give a full address such as https://example.com/hook."))
    elif parts.scheme != "https" and not (parts.scheme == "http" and internal and is_near(host)):
        reader.wrong("url", text("The address and what is told would travel in the clear. Use "
                                 "https://; http:// is only for our own network, where that "
                                 "is ticked."))  # fmt: skip
    return "webhook", host, {"url": url}


def _language(reader: FormReader) -> str:
    language = reader.typed("language")
    if language not in LANGUAGES:
        reader.wrong("language", text("Choose one of the list."))
    return language


def _zone(reader: FormReader) -> str:
    zone = reader.typed("zone")
    if zone not in available_timezones():
        reader.wrong("zone", text("Give a time zone such as Europe/Berlin or Asia/Shanghai."))
    return zone


def _quiet(reader: FormReader) -> tuple[str | None, str | None]:
    begins, ends = reader.typed("quiet_from"), reader.typed("quiet_until")
    for where, typed in (("quiet_from", begins), ("quiet_until", ends)):
        if (begins or ends) and not re.fullmatch(_CLOCK, typed):
            reader.wrong(where, text("Give a time such as 22:00, or leave both empty."))
    if begins and begins == ends:
        reader.wrong("quiet_until", text("Quiet hours have to end at another time."))
    return begins or None, ends or None
