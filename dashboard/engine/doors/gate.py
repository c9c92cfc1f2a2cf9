"""What stands before every door: a request id, the key, the App ID, the rate.

Source: agora-anyrtc.md section 1 and 8.2, in this order: key, App ID, rate, body.
"""

import base64
import binascii
import hmac
import logging
import time
import uuid
from collections.abc import Awaitable, Callable

from aiohttp import web

from dashboard.engine.config import EngineConfig
from dashboard.engine.doors.errors import Answer, gateway_error
from dashboard.errors import DashboardError
from dashboard.protocols.agora_errors import Code

log = logging.getLogger(__name__)

REQUEST_ID = "X-Request-Id"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def sign(request: web.Request, response: web.StreamResponse) -> None:
    """Every answer has an id, also those that no handler made."""
    response.headers[REQUEST_ID] = request.setdefault("id", uuid.uuid4().hex)


@web.middleware
async def put_errors_into_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Everything that goes wrong becomes JSON in the vendor's shape."""
    request["id"] = uuid.uuid4().hex
    try:
        return await handler(request)
    except Answer as answer:
        return _answer(request, answer)
    except web.HTTPRequestEntityTooLarge:
        return _answer(request, gateway_error(413, "Request size limit exceeded"))
    except (web.HTTPNotFound, web.HTTPMethodNotAllowed):
        return _answer(request, gateway_error(404, "no Route matched with those values"))
    except web.HTTPException:
        raise
    except DashboardError as fault:
        log.error("%s: %s", request["id"], fault)
        return _internal(request, str(fault))
    except Exception:
        log.exception("%s: a fault of ours", request["id"])
        return _internal(request, "internal_error")


def _answer(request: web.Request, answer: Answer) -> web.Response:
    said = answer.body.get("reason") or answer.body.get("message")
    log.info("%s: %s %s: %s %s", request["id"], request.method, request.path, answer.http, said)
    response = web.json_response(answer.body, status=answer.http)
    if answer.http == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="recording"'
    return response


def _internal(request: web.Request, reason: str) -> web.Response:
    return web.json_response({"code": int(Code.INTERNAL), "reason": reason}, status=500)


class Gate:
    """Lets a request through to a door, or says why not."""

    def __init__(self, config: EngineConfig) -> None:
        self._config = config
        self._bucket = TokenBucket(config.tuning.rate_per_s)

    def check(self, request: web.Request, counted: bool = True) -> None:
        """counted: whether the request uses up the App ID's rate. Raises Answer."""
        self._check_key(request.headers.get("Authorization"))
        app_id = request.match_info.get("app_id")
        if app_id is not None and not _same(app_id, self._config.app_id):
            raise gateway_error(400, "appid is invalid")
        if counted and not self._bucket.take():
            raise gateway_error(429, "API rate limit exceeded")

    def _check_key(self, header: str | None) -> None:
        if not header:
            raise gateway_error(401, "Unauthorized")
        key, secret = _credentials(header)
        known = _same(key, self._config.customer_key)
        if not (_same(secret, self._config.customer_secret) and known):
            raise gateway_error(401, "Invalid authentication credentials")


class TokenBucket:
    """So many calls a second, and no more than that at once."""

    def __init__(self, per_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_s = per_s
        self._clock = clock
        self._tokens = per_s
        self._at = clock()

    def take(self) -> bool:
        now = self._clock()
        self._tokens = min(self._per_s, self._tokens + (now - self._at) * self._per_s)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


def _credentials(header: str) -> tuple[str, str]:
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        key, _, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return key, secret


def _same(given: str, expected: str) -> bool:
    """Takes the same time wherever they differ. Nothing matches an empty secret."""
    given_bytes = given.encode("utf-8", "surrogateescape")
    return bool(expected) and hmac.compare_digest(given_bytes, expected.encode())
