"""What stands before every door: a request id, the key, the App ID, the rate.

Source: agora-anyrtc.md section 1 and 8.2, in this order: key, App ID, rate, body.
"""

import base64
import binascii
import logging
import time
import uuid
from collections.abc import Awaitable, Callable

from aiohttp import web

from dashboard.engine.apps import App
from dashboard.engine.config import EngineConfig
from dashboard.engine.doors.errors import (
    SPEAK,
    Answer,
    gateway_error,
    service_error,
    speak_plainly,
)
from dashboard.errors import DashboardError
from dashboard.protocols.agora_errors import Code

log = logging.getLogger(__name__)

REQUEST_ID = "X-Request-Id"
LONGEST_IN_A_LINE = 40
"""Letters of a part of an address; a sid has 32, a resource id some hundred."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def sign(request: web.Request, response: web.StreamResponse) -> None:
    """Every answer has an id, also those that no handler made."""
    response.headers[REQUEST_ID] = request.setdefault("id", uuid.uuid4().hex)


@web.middleware
async def put_errors_into_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Everything that goes wrong becomes an answer in the words of the door that was asked."""
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
        return _answer(request, service_error(500, Code.INTERNAL, str(fault)))
    except Exception:
        log.exception("%s: a fault of ours", request["id"])
        return _answer(request, service_error(500, Code.INTERNAL, "internal_error"))


def _answer(request: web.Request, answer: Answer) -> web.Response:
    said = answer.body.get("reason") or answer.body.get("message")
    path = for_a_line(request.path)
    log.info("%s: %s %s: %s %s", request["id"], request.method, path, answer.http, said)
    response = request.get(SPEAK, speak_plainly)(answer)
    if response.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="recording"'
    return response


def for_a_line(path: str) -> str:
    """With the beginnings of resource ids only: whole ones are no use to a reader of lines."""
    return "/".join(
        part if len(part) <= LONGEST_IN_A_LINE else f"{part[:8]}…" for part in path.split("/")
    )


class Gate:
    """Lets a request through to a door, or says why not."""

    def __init__(self, config: EngineConfig) -> None:
        self._apps = config.apps
        self._buckets = {app.app_id: TokenBucket(config.tuning.rate_per_s) for app in config.apps}

    def check(self, request: web.Request, *dialects: str, counted: bool = True) -> App:
        """Whose request this is, by its Basic authorization and the App ID of its path.

        dialects: those of the door; none: all. counted: whether it uses up the App ID's
        rate. Raises Answer.
        """
        apps = self._with_key(request.headers.get("Authorization"))
        app_id = request.match_info.get("app_id")
        for app in apps:
            if app_id in (None, app.app_id) and (not dialects or app.dialect in dialects):
                if counted:
                    self.count(app)
                return app
        raise gateway_error(400, "appid is invalid")

    def count(self, app: App) -> None:
        """One call more of this App ID. Raises Answer when it makes too many."""
        if not self._buckets[app.app_id].take():
            raise gateway_error(429, "API rate limit exceeded")

    def _with_key(self, header: str | None) -> list[App]:
        if not header:
            raise gateway_error(401, "Unauthorized")
        apps = self._apps.with_key(*_credentials(header))
        if not apps:
            raise gateway_error(401, "Invalid authentication credentials")
        return apps


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
