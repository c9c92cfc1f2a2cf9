"""How a door says no."""

from typing import Any

from dashboard.protocols.agora_errors import Code


class Answer(Exception):
    """Ends a request with this answer; the middleware writes it."""

    def __init__(self, http: int, body: dict[str, Any]) -> None:
        super().__init__(http, body)
        self.http = http
        self.body = body


def service_error(http: int, code: Code | int, reason: str, **identity: Any) -> Answer:
    """identity: cname, uid, resourceId and sid, where a recording is known."""
    return Answer(http, {**identity, "code": int(code), "reason": reason})


def gateway_error(http: int, message: str) -> Answer:
    return Answer(http, {"message": message})


def bad_parameter(reason: str) -> Answer:
    return service_error(400, Code.PARAMETER, reason)
