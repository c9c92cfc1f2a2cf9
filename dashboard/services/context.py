"""What every service may ask of the application it runs in: settings, time, a way to queue work.

`create_app` calls `bind`; nothing below it reads the environment or holds a global.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, current_app

from dashboard.clock import Clock, SystemClock
from dashboard.settings import Settings

Enqueue = Callable[[str, str, Mapping[str, Any]], None]
"""kind, workflow id, payload. May raise; see services/outbox.py."""

_SETTINGS = "tallydeck.settings"
_CLOCK = "tallydeck.clock"
_ENQUEUE = "tallydeck.enqueue"


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
