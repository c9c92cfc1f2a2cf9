"""What every service may ask of the application it runs in: settings, time, a way to queue work.

`create_app` calls `bind`; nothing below it reads the environment or holds a global.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask import Flask, current_app, has_request_context, request

from dashboard.clock import Clock, SystemClock
from dashboard.settings import Settings

Enqueue = Callable[[str, str, Mapping[str, Any]], None]
"""kind, workflow id, payload. May raise; see services/outbox.py."""

_SETTINGS = "tallydeck.settings"
_CLOCK = "tallydeck.clock"
_ENQUEUE = "tallydeck.enqueue"
_OPERATOR: ContextVar[str | None] = ContextVar("tallydeck.operator", default=None)


def bind(
    app: Flask,
    settings: Settings,
    clock: Clock | None = None,
    enqueue: Enqueue | None = None,
) -> None:
    """Tell the services of this application what they run with.

    enqueue: hands work to the durable queue; without one the watchdog alone takes up
    what was left lying.
    """
    app.extensions[_SETTINGS] = settings
    app.extensions[_CLOCK] = clock or SystemClock()
    if enqueue:
        app.extensions[_ENQUEUE] = enqueue


def settings() -> Settings:
    return current_app.extensions[_SETTINGS]


def clock() -> Clock:
    return current_app.extensions[_CLOCK]


def now():
    return clock().now()


def queue() -> Enqueue | None:
    return current_app.extensions.get(_ENQUEUE)


def address() -> str | None:
    """Where the request at hand came from, behind the proxies we trust; None outside of one."""
    return request.remote_addr if has_request_context() else None


def operator() -> str | None:
    """Who acts without being signed in: "command line (root)"."""
    return _OPERATOR.get()


@contextmanager
def acting_as(who: str) -> Iterator[None]:
    """What is done in here, and not by somebody signed in, was done by `who`."""
    mark = _OPERATOR.set(who)
    try:
        yield
    finally:
        _OPERATOR.reset(mark)
