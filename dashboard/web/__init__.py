"""Plumbing shared by screens; `bind` puts all of it into an application."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from dashboard.settings import Settings
from dashboard.web import assets, auth, filters, handlers, htmx, i18n, numbers, security

configuration = security.configuration


def bind(app: Flask, settings: Settings, user_for_session: Callable[[str], Any]) -> None:
    """user_for_session: token -> who is signed in by it, or None."""
    security.guard(app, settings)
    numbers.bind(app)
    i18n.bind(app)
    filters.bind(app)
    htmx.bind(app)
    auth.guard(app, user_for_session)
    handlers.bind(app)
    assets.bind(app)
