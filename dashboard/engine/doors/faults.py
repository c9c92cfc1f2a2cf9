"""Misbehaving on purpose, so that a client can be tried against it: answers that are wrong,
late, garbled, or do not come at all, in each vendor's own words.

Switched on through the studio interface (`/studio/v1/faults`), by app and call, for so many
calls or so many seconds. Nothing of it is kept over a restart.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

from dashboard.engine.doors.body import Fields
from dashboard.engine.doors.errors import gateway_error, service_error
from dashboard.engine.doors.trtc_answers import Refusal
from dashboard.protocols.agora import Range
from dashboard.protocols.agora_errors import Code
from dashboard.protocols.trtc_errors import Code as TrtcCode

Planned = dict[str, Any]
"""{"call", "times" or "for_s", "app", "done"} with {"http", "code"}, {"error"} or {"how"}."""

EVERY_CALL = "*"
SILENCE_S = 60.0
_WORDS = "an answer that was asked for"
_TIMES = Range(1, 1000, 1)
_CODE = Range(0, 1_000_000)
_LONGEST_S = 3600

_AGORA: Mapping[str, Callable[[], Exception]] = {
    "not_found": lambda: service_error(404, Code.WORKER_NOT_FOUND, "failed to find worker"),
    "not_completed": lambda: service_error(206, Code.NOT_COMPLETED, "request not completed"),
    "too_many": lambda: gateway_error(429, "API rate limit exceeded"),
    "internal": lambda: service_error(500, Code.INTERNAL, "internal_error"),
}
_TRTC: Mapping[str, tuple[str, str]] = {
    "not_found": (TrtcCode.NOT_FOUND, "The task does not exist or has ended."),
    "not_completed": (TrtcCode.FAILED, "The request was not completed."),
    "too_many": (TrtcCode.RATE, "The rate limit of this action is exceeded."),
    "internal": (TrtcCode.INTERNAL, "Internal error."),
}


class Broken(Exception):
    """Ends a call with something that is no answer in any vendor's words."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how

    async def play(self, request: web.Request) -> web.StreamResponse:
        return await _BROKEN[self.how](request)


def read(item: Fields) -> Planned:
    """Raises Answer for what makes no sense."""
    planned: Planned = {"call": item.text("call", required=True)}
    if item.has("error"):
        planned["error"] = item.text("error")
    elif item.has("how"):
        planned["how"] = item.text("how")
        if planned["how"] not in HOWS:
            raise item.wrong("how", f"must be one of {', '.join(HOWS)}")
    else:
        planned["http"] = item.integer("http", Range(200, 599), required=True)
        planned["code"] = item.integer("code", _CODE, required=True)
    if item.has("for_s"):
        planned["until"] = time.monotonic() + item.number("for_s", 0, _LONGEST_S)
    else:
        planned["times"] = item.integer("times", _TIMES)
    if item.has("app"):
        planned["app"] = item.text("app")
    if item.switch("done", False):
        planned["done"] = True
    return planned


def take(answers: list[Planned], app_id: str, call: str, kind: str) -> Planned | None:
    """What is planned for this call, and one use of it. kind: "code" or "error", of the door."""
    for item in answers:
        meant = item["call"] in (call, EVERY_CALL) and item.get("app") in (None, app_id)
        if meant and (kind in item or "how" in item) and _is_left(item):
            if "times" in item:
                item["times"] -= 1
            return item
    return None


def agora_fault(planned: Planned) -> Exception:
    """What to raise at the doors of Agora and anyRTC."""
    how = planned.get("how")
    if how is None:
        return service_error(planned["http"], planned["code"], _WORDS)
    return _AGORA[how]() if how in _AGORA else Broken(how)


def trtc_fault(planned: Planned) -> Exception:
    how = planned.get("how")
    if how is None:
        return Refusal(planned["error"], "An answer that was asked for.")
    return Refusal(*_TRTC[how]) if how in _TRTC else Broken(how)


def _is_left(item: Planned) -> bool:
    if "until" in item:
        return time.monotonic() < item["until"]
    return item["times"] > 0


# ---------------------------------------------------------------- no answer at all


async def _silence(request: web.Request) -> web.StreamResponse:
    """The connection stays open and nothing comes."""
    await asyncio.sleep(SILENCE_S)
    return await _cut(request)


async def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)


async def _garbage(request: web.Request) -> web.StreamResponse:
    """A page of somebody in between, with status 200."""
    page = "<!doctype html><title>Sign in to the network</title><h1>Welcome</h1>"
    return web.Response(text=page, content_type="text/html")


async def _empty(request: web.Request) -> web.StreamResponse:
    return web.json_response({})


_BROKEN: Mapping[str, Callable[[web.Request], Awaitable[web.StreamResponse]]] = {
    "silence": _silence,
    "cut": _cut,
    "garbage": _garbage,
    "empty": _empty,
}
HOWS = (*_AGORA, *_BROKEN)
