"""How a door says no."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from dashboard.protocols.agora_errors import Code


class Answer(Exception):
    """Ends a request with this answer; the middleware writes it."""

    def __init__(self, http: int, body: dict[str, Any]) -> None:
        super().__init__(http, body)
        self.http = http
        self.body = body


Speak = Callable[[Answer], web.Response]
SPEAK = "speak"
"""Where a door that has words of its own leaves its `Speak` in the request, first of all."""


def speak_plainly(answer: Answer) -> web.Response:
    return web.json_response(answer.body, status=answer.http)


def service_error(http: int, code: Code | int, reason: str, **identity: Any) -> Answer:
    """identity: cname, uid, resourceId and sid, where a recording is known."""
    return Answer(http, {**identity, "code": int(code), "reason": reason})


def gateway_error(http: int, message: str) -> Answer:
    return Answer(http, {"message": message})


def bad_parameter(reason: str) -> Answer:
    return service_error(400, Code.PARAMETER, reason)
