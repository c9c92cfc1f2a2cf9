"""Sending a request to a vendor, and saying honestly what became of it.

One `requests.Session` per account keeps connections warm and is shared by threads.
Nothing that leaves this module, neither answer nor error nor log line, holds a secret.

What is known after a fault:

| what happened                                | outcome  |
| -------------------------------------------- | -------- |
| no connection, name not found, bad TLS       | refused  |
| connection broke, or time ran out, afterwards | unknown  |
"""

import json
import logging
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Literal
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

from dashboard.errors import ProviderUnavailable, Text, text
from dashboard.providers.base import AccountConfig, Gate
from dashboard.providers.breakage import ran_out_of_time, was_never_sent, why_no_way
from dashboard.providers.redaction import quote, spellings

log = logging.getLogger(__name__)

CONNECT_S = 2.0
READ_S = 10.0
LARGEST_BODY = 4 * 1024 * 1024
CONNECTIONS = 16
_MOST_HIDDEN = 200
_SHOWN = frozenset({"customer_key", "secret_id", "region"})
"""Credentials that are no secrets: an operator tells by them which key it is."""

_NO_WAY = {
    "name": text(
        "%(account)s cannot be reached: there is no host named %(host)s. Nothing was sent."
    ),
    "refused": text(
        "%(account)s cannot be reached: %(host)s refuses the connection. Nothing was sent."
    ),
    "certificate": text(
        "%(account)s cannot be reached: TLS with %(host)s fails, its certificate is not one "
        "that we can trust. Nothing was sent."
    ),
    None: text("%(account)s cannot be reached at %(host)s; nothing was sent."),
}
"""Host and port alone: an address may hold what is nobody's business."""
Outcome = Literal["refused", "unknown"]
Sign = Callable[[str, bytes], Mapping[str, str]]
"""(host, raw body) -> headers that prove who sends it, in place of a key in every request."""


@dataclass(frozen=True)
class Answer:
    """What came back, whatever its status.

    body: the JSON object, None if it was something else. content: what it was read from.
    took_s: from the request to the last byte.
    """

    status: int
    body: Mapping[str, Any] | None
    request_id: str | None
    took_s: float
    content_type: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class _Lost:
    """No answer. outcome as in ProviderError; again: another try may find a fresh connection."""

    why: Text
    outcome: Outcome
    again: bool


@dataclass(frozen=True)
class _Request:
    method: str
    url: str
    content: bytes | None
    params: Mapping[str, str] | None
    headers: Mapping[str, str]


class Transport:
    """Requests of one account. `gate` is asked before each of them.

    Without `sign` they carry the customer key and secret.
    """

    def __init__(
        self, config: AccountConfig, gate: Gate | None = None, sign: Sign | None = None
    ) -> None:
        self._account = config.name
        self._vendor = config.vendor
        self._base = config.base_url.rstrip("/")
        self._host = urlsplit(self._base).netloc.rpartition("@")[2]
        self._gate = gate
        keys = config.credentials
        key = keys.get("customer_key") or keys.get("secret_id", "")
        secret = keys.get("customer_secret") or keys.get("secret_key", "")
        more = [word for name, word in config.credentials.items() if name not in _SHOWN]
        self._hidden = spellings(key, secret, (*config.callback_secrets, *more))
        self._sent: deque[str] = deque(maxlen=_MOST_HIDDEN)
        self._sign = sign
        self._session = _session("", "") if sign else _session(key, secret)

    def call(
        self,
        operation: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        read_s: float | None = None,
        repeatable: bool = False,
    ) -> Answer:
        """Send one request and read the whole answer, of any status.

        repeatable: asked twice is the same as asked once, so a broken connection is tried again.
        Raises ProviderUnavailable when there is no answer.
        """
        read_s = read_s or READ_S
        request = _Request(method, self._base + path, _bytes(body), params, headers or {})
        found = self._send(operation, request, read_s)
        if isinstance(found, _Lost) and found.again and repeatable:
            found = self._send(operation, request, read_s)
        if isinstance(found, _Lost):
            raise ProviderUnavailable(
                found.why,
                vendor=self._vendor,
                operation=operation,
                retryable=True,
                outcome=found.outcome,
            )
        return found

    def close(self) -> None:
        self._session.close()

    def _send(self, operation: str, request: _Request, read_s: float) -> Answer | _Lost:
        """The errors of `requests` carry the request with its key; they end here."""
        if self._gate:
            self._gate(operation)
        began = time.monotonic()
        try:
            response = self._session.request(
                request.method,
                request.url,
                data=request.content,
                params=request.params,
                headers=self._headers(request),
                timeout=(CONNECT_S, read_s),
                allow_redirects=False,
                stream=True,
            )
            with response:
                content = _read(response.raw, began + read_s + CONNECT_S)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as fault:
            lost = self._lost(fault)
            self._tell(operation, lost.outcome, began, None)
            return lost
        answer = self._answer(response, content, began)
        self._tell(operation, str(answer.status), began, answer.request_id)
        return answer

    def _headers(self, request: _Request) -> dict[str, str]:
        found = dict(request.headers)
        if request.content is not None:
            found.setdefault("Content-Type", "application/json")
        if self._sign:
            found |= self._sign(urlsplit(request.url).netloc, request.content or b"")
        return found

    def _answer(self, response: requests.Response, content: bytes, began: float) -> Answer:
        return Answer(
            status=response.status_code,
            body=_json_object(content),
            request_id=_short(response.headers.get("X-Request-Id")),
            took_s=time.monotonic() - began,
            content_type=response.headers.get("Content-Type", "").partition(";")[0].strip(),
            content=content,
        )

    def hide(self, *secrets: str) -> None:
        """Never quote these either: keys that went out in a request and may be echoed."""
        self._sent.extend(word for word in secrets if len(word) >= 4 and word not in self._sent)

    def quote(self, words: str | bytes) -> str:
        """A vendor's words as a person and a log may see them."""
        hidden = sorted({*self._hidden, *self._sent}, key=len, reverse=True)
        return quote(words, hidden)

    def _lost(self, fault: Exception) -> _Lost:
        if was_never_sent(fault):
            return _Lost(
                replace(
                    _NO_WAY[why_no_way(fault)],
                    values={"account": self._account, "host": self._host},
                ),
                "refused",
                again=False,
            )
        if ran_out_of_time(fault):
            return _Lost(
                text("%(account)s did not answer in time.", account=self._account),
                "unknown",
                again=False,
            )
        return _Lost(
            text("The connection to %(account)s broke before it answered.", account=self._account),
            "unknown",
            again=True,
        )

    def _tell(self, operation: str, result: str, began: float, request_id: str | None) -> None:
        took_ms = round((time.monotonic() - began) * 1000)
        log.debug(
            "%s: %s %s in %d ms (request %s)", self._account, operation, result, took_ms, request_id
        )


def _session(key: str, secret: str) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # a .netrc or a proxy of the shell must not change who we are
    if key or secret:
        session.auth = (key.encode(), secret.encode())
    session.headers["User-Agent"] = "Tallydeck"
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # keeps threads apart
    adapter = HTTPAdapter(pool_connections=1, pool_maxsize=CONNECTIONS)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _read(raw: urllib3.response.BaseHTTPResponse, until: float) -> bytes:
    """Read a body of bounded size within bounded time, however slowly it drips."""
    parts, size = [], 0
    while part := raw.read1(65536, decode_content=True):
        parts.append(part)
        size += len(part)
        if size > LARGEST_BODY:
            raise urllib3.exceptions.ProtocolError("the answer is too large")
        if time.monotonic() > until:
            raise urllib3.exceptions.ReadTimeoutError(None, None, "the answer takes too long")
    return b"".join(parts)


def _bytes(body: Mapping[str, Any] | None) -> bytes | None:
    return None if body is None else json.dumps(body).encode()


def _json_object(content: bytes) -> Mapping[str, Any] | None:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _short(value: str | None) -> str | None:
    return value[:100] if value and value.isprintable() else None
