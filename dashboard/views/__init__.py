"""One blueprint a screen, thin: read the request, call one service, render."""

from importlib import import_module

from flask import Flask

from dashboard.web import security

SCREENS = (
    "shell",
    "auth",
    "account",
    "live",
    "channels",
    "recordings",
    "truth",
    "layouts",
    "subscriptions",
    "profiles",
    "schedules",
    "alerts",
    "people",
    "accounts",
    "audit",
    "storage",
    "media",
    "callbacks",
    "ledger",
    "health",
)
FOR_SERVERS = frozenset({"callbacks"})
"""What other machines post to: proved by signatures, not by our cookie and token."""


def register(app: Flask) -> None:
    for name in SCREENS:
        blueprint = import_module(f"dashboard.views.{name}").bp
        app.register_blueprint(blueprint)
        if name in FOR_SERVERS:
            security.trust_signatures(app, blueprint)
