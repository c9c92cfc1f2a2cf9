"""The apps that the engine works for: whose keys open which door, and who is told.

An app is one account with one vendor. It speaks that vendor's dialect, sees its own
recordings alone, and is told of them at its own address.
"""

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any

AGORA, ANYRTC, TRTC = DIALECTS = ("agora", "anyrtc", "trtc")


@dataclass(frozen=True)
class App:
    """dialect: one of DIALECTS.

    app_id: what the vendor calls App ID; TRTC's SdkAppId in digits.
    key, secret: what calls are authorized with: customer key and secret, or SecretId and
        SecretKey.
    callback_url: "" tells nobody. callback_secret: signs what is told.
    app_secret: TRTC: the key that UserSigs are made with.
    """

    dialect: str
    app_id: str
    key: str
    secret: str = field(repr=False)
    callback_url: str = ""
    callback_secret: str = field(default="", repr=False)
    app_secret: str = field(default="", repr=False)

    def has_key(self, key: str, secret: str) -> bool:
        """Takes the same time wherever they differ. Nothing matches an empty secret."""
        known = _same(key, self.key)
        return _same(secret, self.secret) and known


class Apps:
    """All of them, by their ids. Raises ValueError when two have the same."""

    def __init__(self, apps: Iterable[App]) -> None:
        self._apps: dict[str, App] = {}
        for app in apps:
            if app.app_id in self._apps:
                raise ValueError(f"the app {app.app_id!r} is there twice")
            self._apps[app.app_id] = app

    def __iter__(self) -> Iterator[App]:
        return iter(self._apps.values())

    def get(self, app_id: str) -> App | None:
        return self._apps.get(app_id)

    def of(self, *dialects: str) -> list[App]:
        return [app for app in self if app.dialect in dialects]

    def with_key(self, key: str, secret: str) -> list[App]:
        """Whose key this is: a customer may have many apps. Asks all, in the same time."""
        return [app for app in self if app.has_key(key, secret)]


def read_apps(path: Path) -> list[App]:
    """A JSON file: a list of objects with the fields of `App`.

    Raises ValueError that says what is wrong and where, OSError.
    """
    document = json.loads(path.read_bytes())
    if not isinstance(document, list):
        raise ValueError("it must be a list of apps")
    return [_app(number, item) for number, item in enumerate(document, 1)]


def _app(number: int, item: Any) -> App:
    if not isinstance(item, Mapping):
        raise ValueError(f"app {number} must be an object")
    known = {one.name: one.default is MISSING for one in fields(App)}
    for name, value in item.items():
        if name not in known:
            raise ValueError(f"app {number}: there is no {name!r}; choose of {', '.join(known)}")
        if not isinstance(value, str):
            raise ValueError(f"app {number}: {name} must be text")
    for name, required in known.items():
        if required and not item.get(name):
            raise ValueError(f"app {number}: {name} is missing")
    if item["dialect"] not in DIALECTS:
        raise ValueError(f"app {number}: dialect must be one of {', '.join(DIALECTS)}")
    return App(**item)


def _same(given: str, expected: str) -> bool:
    given_bytes = given.encode("utf-8", "surrogateescape")
    return bool(expected) and hmac.compare_digest(given_bytes, expected.encode())
