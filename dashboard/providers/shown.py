"""A vendor's request as it may be shown, kept and handed on: whole, but for the secrets."""

import json
import shlex
from collections.abc import Iterable, Mapping
from typing import Any

from dashboard.errors import InvalidInput, Problem, text

LEFT_OUT = "(left out)"


def without_secrets(document: Any, names: Iterable[str]) -> Any:
    """The same with LEFT_OUT for every value of these names, however deep."""
    hidden = frozenset(names)
    if isinstance(document, Mapping):
        return {
            name: LEFT_OUT if name in hidden and value else without_secrets(value, hidden)
            for name, value in document.items()
        }
    if isinstance(document, list):
        return [without_secrets(item, hidden) for item in document]
    return document


def curl(url: str, authorization: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> str:
    """A line for a shell. authorization: options as they are, with names of shell variables."""
    words = ["curl", "-X", "POST", shlex.quote(url), authorization]
    for name, value in {"Content-Type": "application/json", **headers}.items():
        words += ["-H", shlex.quote(f"{name}: {value}")]
    words += ["-d", shlex.quote(json.dumps(body, ensure_ascii=False))]
    return " ".join(filter(None, words))


class Members:
    """Reading an object member by member; what nobody asked for is told at the end.

    Numbers and yes or no may come as text. path: what its members are called, for people.
    """

    def __init__(self, document: Any, path: str = "") -> None:
        if document is not None and not isinstance(document, Mapping):
            raise wrong(path, text("An object is expected here."))
        self._values = dict(document or {})
        self._path = path
        self._asked: set[str] = set()
        self._children: list[Members] = []

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def ignore(self, *names: str) -> None:
        """These are known, and are no part of what is taken over."""
        self._asked.update(names)

    def missed(self, name: str) -> None:
        """This was read, and cannot be kept as it is."""
        self._asked.discard(name)

    def object(self, name: str) -> "Members":
        child = Members(self._take(name), self._named(name))
        self._children.append(child)
        return child

    def objects(self, name: str) -> list["Members"]:
        found = [
            Members(item, self._named(f"{name}.{n}")) for n, item in enumerate(self._list(name))
        ]
        self._children += found
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(str(item) for item in self._list(name) if isinstance(item, str | int))

    def word(self, name: str, default: str = "") -> str:
        value = self._take(name)
        if value is None or value == LEFT_OUT:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise wrong(self._named(name), text("Text is expected here."))
        return str(value)

    def number(self, name: str, default: int) -> int:
        value = self._take(name)
        if value is None:
            return default
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 16:
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise wrong(self._named(name), text("A whole number is expected here."))
        return value

    def choice(self, name: str, words: Mapping[Any, Any], default: Any) -> Any:
        """Ours for a number of theirs. words: ours to theirs, as writing uses it; the first
        of two that are written alike is meant.
        """
        if name not in self._values:
            return default
        number = self.number(name, 0)
        for ours, theirs in words.items():
            if int(theirs) == number:
                return ours
        raise wrong(self._named(name), text("There is no such choice."))

    def flag(self, name: str) -> bool:
        return str(self._take(name)).lower() in ("true", "1")

    def unread(self) -> tuple[str, ...]:
        """Names of members that have no place in ours, those of inner objects included."""
        own = [self._named(name) for name in self._values if name not in self._asked]
        return tuple(sorted([*own, *(name for child in self._children for name in child.unread())]))

    def raw(self) -> dict[str, Any]:
        return self._values

    def wrong(self, name: str, what: Any) -> InvalidInput:
        return wrong(self._named(name), what)

    def _take(self, name: str) -> Any:
        self._asked.add(name)
        return self._values.get(name)

    def _list(self, name: str) -> list[Any]:
        value = self._take(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise wrong(self._named(name), text("A list is expected here."))
        return value

    def _named(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name


def wrong(where: str, what: Any) -> InvalidInput:
    return InvalidInput([Problem(where, what)])
