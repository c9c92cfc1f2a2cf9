"""Sending a message for real, and saying in words what came back.

The notification library runs in a process of its own (services/alerts/sender.py), which is
ended when it has nothing to do, or when it takes too long.
"""

import contextlib
import json
import os
import selectors
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from dashboard.errors import Text, text

_HOUSE = Path(__file__).parents[3]
_MODULE = "dashboard.services.alerts.sender"
LIMIT_S = 40.0
"""For one message: the library's own limits are shorter."""
_KEPT = ("PATH", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "SYSTEMROOT")

Outcome = Literal["accepted", "refused", "away", "blocked", "unread", "unknown"]


@dataclass(frozen=True)
class Letter:
    """way: how it gets there, as destinations.way_of gives it. internal: addresses of our own
    networks are allowed. about: plain values that go along where the kind takes some.
    skip: addresses that have it already. level: info, success, warning or failure.
    """

    way: Mapping[str, Any] = field(repr=False)
    internal: bool
    title: str
    body: str
    level: str = "info"
    about: Mapping[str, Any] = field(default_factory=dict)
    skip: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reply:
    """outcome: "accepted" by whoever was called; "unknown": it may have been; all others:
    certainly not. words: the other side's own, secrets masked. accepted: addresses that have it.
    """

    outcome: Outcome
    host: str = ""
    status: int | None = None
    words: str = ""
    accepted: tuple[str, ...] = ()

    @property
    def sentence(self) -> Text:
        values = {"host": self.host, "status": self.status or "", "words": self.words}
        return Text(_SENTENCES[self.outcome].template, values)


_SENTENCES: Mapping[str, Text] = {
    "accepted": text("%(host)s has taken it."),
    "refused": text("%(host)s refused it: %(status)s %(words)s"),
    "away": text("%(host)s cannot be reached: %(words)s"),
    "blocked": text(
        "Not sent: %(host)s is an internal address (%(words)s). Allow that in the destination, "
        "if it is meant."
    ),
    "unread": text("Not sent: the address cannot be read. %(words)s"),
    "unknown": text("The connection to %(host)s ended before an answer. It may have arrived."),
}


class Postman:
    """With one process for all its letters. Used as `with Postman() as postman`."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> "Postman":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def send(self, letter: Letter) -> Reply:
        """Never raises for what the other side does."""
        line = {
            "way": dict(letter.way),
            "internal": letter.internal,
            "title": letter.title,
            "body": letter.body,
            "level": letter.level,
            "about": dict(letter.about),
            "skip": list(letter.skip),
        }
        answer = self._ask(json.dumps(line))
        if answer is None:
            self._end()
            return Reply("unknown", host=str(letter.way.get("shown") or ""))
        found = json.loads(answer)
        return Reply(
            found["outcome"],
            found["host"] or str(letter.way.get("shown") or ""),
            found["status"],
            found["words"],
            tuple(found["accepted"]),
        )

    def _ask(self, line: str) -> str | None:
        process = self._running()
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
        except OSError:
            return None
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            ready = waiting.select(self._limit_s)
        return (process.stdout.readline() or None) if ready else None

    def _running(self) -> subprocess.Popen:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", _MODULE],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd=_HOUSE,
                env=_environment(),
                text=True,
                encoding="utf-8",
            )
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.stdin.close()
        process.kill()
        process.wait()
        process.stdout.close()


def _environment() -> dict[str, str]:
    """Neither our settings, nor proxies behind which the guard could not see, nor .netrc."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "NETRC": os.devnull, "PYTHONIOENCODING": "utf-8", "HOME": os.devnull}
