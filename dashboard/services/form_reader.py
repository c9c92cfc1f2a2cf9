"""Reading a form field by field, each problem noted at its own field."""

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from dashboard.errors import InvalidInput, Problem, Text, text

LONGEST_NAME = 80
LONGEST_SECRET = 4096
_HOST = re.compile(r"[\w.\-]+|[0-9a-f:.]+(%\w+)?")
"""A name, in whatever script, or a number; what stands in brackets comes without them."""


class FormReader:
    """Gathers what is wrong; `refuse` raises all of it at once."""

    def __init__(self, form: Mapping[str, str]) -> None:
        self._form = form
        self.problems: list[Problem] = []

    def typed(self, field: str) -> str:
        return str(self._form.get(field) or "").strip()

    def wrong(self, field: str, what: Text) -> None:
        self.problems.append(Problem(field, what))

    def refuse(self) -> None:
        if self.problems:
            raise InvalidInput(self.problems)

    def name(self, field: str = "name") -> str:
        value = self.typed(field)
        if not value:
            self.wrong(field, text("Give it a name."))
        elif len(value) > LONGEST_NAME or not value.isprintable():
            self.wrong(field, text("Use at most %(limit)d characters.", limit=LONGEST_NAME))
        return value

    def word(self, field: str, pattern: str, what: Text, *, required: bool = True) -> str:
        """Something that must look a certain way. what: how, in words."""
        value = self.typed(field)
        if (required or value) and not re.fullmatch(pattern, value):
            self.wrong(field, what)
        return value

    def secret(self, field: str, kept: str, *, required: bool = True) -> str:
        """What was typed, else what is kept: a page never shows it again."""
        value = self.typed(field) or kept
        if required and not value:
            self.wrong(field, text("This is needed."))
        elif len(value) > LONGEST_SECRET or not value.isprintable():
            self.wrong(field, text("This is no key: it has signs that no key has."))
        return value

    def address(self, field: str, *, required: bool = True) -> str:
        """Scheme, host and port. Keys travel to it, so plain http is for near hosts only."""
        value = self.typed(field).rstrip("/")
        if not value and not required:
            return ""
        try:
            parts = urlsplit(value)
            sound = parts.scheme in ("http", "https") and parts.port != 0
            sound = sound and _HOST.fullmatch(parts.hostname or "")
            plain = not (parts.path or parts.query or parts.fragment or parts.username)
        except ValueError:
            sound = plain = False
        if not sound or len(value) > 500 or not value.isprintable():
            self.wrong(field, text("Give a full address such as https://api.example.com."))
        elif not plain:
            self.wrong(field, text("Give scheme and host only, nothing behind them."))
        elif parts.scheme == "http" and not is_near(parts.hostname or ""):
            self.wrong(field, text("Keys would travel in the clear. Use https://."))
        return value


def is_near(host: str) -> bool:
    """On this machine or in a private network, as far as its name tells."""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".lan"))
    return found.is_private or found.is_loopback
