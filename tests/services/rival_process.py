"""Another process on the database of a test: `python -m tests.services.rival_process`.

Reads lines of JSON, [what, its values by name], and answers each with a line of JSON.
"""

import json
import os
import sys
from datetime import datetime
from pathlib import Path

from flask import Flask

from dashboard import settings as settings_module
from dashboard.clock import FrozenClock
from dashboard.errors import DashboardError
from dashboard.extensions import db
from dashboard.providers import registry
from dashboard.services import callbacks, context, due, recordings
from dashboard.services.alerts import incidents, messages
from dashboard.services.readmodels import Actor
from dashboard.services.schedules import planning, running
from tests.services.conftest import vendor_of
from tests.services.fakes import Cloud

OPERATOR = Actor(id=1, email="op@example.com", role="operator")


def enter(data: str, database: str) -> Flask:
    """An application on the test's database. Its cloud is its own."""
    settings = settings_module.load(data=data, database_url=database)
    app = Flask("rival")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database
    context.bind(app, settings, FrozenClock(), lambda *work: None)
    db.init_app(app)
    cloud = Cloud(Path(data) / "rival", context.now, first=os.getpid() << 32)
    registry._VENDORS["memory"] = vendor_of(cloud)
    return app


def press_start(channel: int, key: str):
    return recordings.start(channel, key, OPERATOR)


def look_for_alerts():
    incidents.round_()


def send_alerts():
    messages.send_due()


def keep_schedules():
    planning.plan_ahead()
    running.act_due()


def claim_polls():
    return [due.claim(one).value for one in due.first(50)]


def take_callbacks(address: str, sent: list):
    for headers, raw in sent:
        callbacks.receive(address, headers, raw.encode(), "192.0.2.1")


def apply_callbacks():
    return callbacks.apply_pending()


ACTS = {
    act.__name__: act
    for act in (
        press_start,
        look_for_alerts,
        send_alerts,
        keep_schedules,
        claim_polls,
        take_callbacks,
        apply_callbacks,
    )
}


def main() -> None:
    app = None
    for line in sys.stdin:
        what, values = json.loads(line)
        if what == "enter":
            registry.close_all()
            app, answer = enter(**values), "is in"
        else:
            with app.app_context():
                context.clock().at = datetime.fromisoformat(values.pop("at"))
                try:
                    answer = ACTS[what](**values)
                except DashboardError as fault:
                    answer = {"refused": type(fault).__name__, "why": str(fault)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
