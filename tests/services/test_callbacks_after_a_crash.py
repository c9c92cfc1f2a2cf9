"""A web process killed with -9 in the middle of a callback: none is lost, none applied twice."""

import os
import subprocess
import sys

import pytest
import requests

from dashboard import create_app
from dashboard.clock import SystemClock
from dashboard.extensions import db
from dashboard.models import CallbackDelivery, Recording, RecordingEvent
from dashboard.services import callbacks, context
from tests.browser.product import free_port
from tests.engine.harness import REPOSITORY, wait_until
from tests.services.conftest import House


class Door:
    """The web as a process of its own, on the database of a test."""

    def __init__(self, settings, when):
        self.port = free_port()
        environment = os.environ | {
            "TALLYDECK_DATA": str(settings.folder),
            "TALLYDECK_DATABASE_URL": settings.database,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.services.door_process", when, str(self.port)],
            cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert "is up" in self.process.stdout.readline()

    def send(self, headers, raw):
        """Returns the status, None where the connection broke."""
        address = f"http://127.0.0.1:{self.port}/callbacks/account-key"
        try:
            return requests.post(address, data=raw, headers=headers, timeout=10).status_code
        except requests.ConnectionError:
            return None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()


@pytest.fixture
def house(settings, cloud, clock):
    app = create_app(settings)
    with app.app_context():
        db.create_all()
        context.bind(app, settings, SystemClock(), lambda *work: None)
        cloud.now = context.now
        house = House(app, cloud, settings, SystemClock())
        house.recording_id = house.start()
        account = db.session.get(Recording, house.recording_id).account
        account.vendor = "agora"  # the process knows no other
        db.session.commit()
        yield house
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("when", ["kept", "applied"])
def test_it_loses_none_and_applies_none_twice(settings, house, when):
    task = house.task()
    sent = house.cloud.callback(task, 40, sequence=0, status=0)
    with Door(settings, when) as door:
        assert door.send(*sent) is None
        wait_until(lambda: door.process.poll() is not None, 5, "the process to die")
        assert door.process.returncode == -9
    assert count(CallbackDelivery) == 1, "it was on disk before anything else"
    with Door(settings, "never") as door:  # the vendor comes again, as it has no answer
        assert door.send(*sent) == 200
        assert door.send(*sent) == 200
    callbacks.apply_pending()
    assert callbacks.apply_pending() == 0
    db.session.rollback()
    row = db.session.query(CallbackDelivery).one()
    assert (row.repeats, row.applied_at is not None) == (2, True)
    assert db.session.query(RecordingEvent).filter_by(delivery_id=row.id).count() == 1
    assert db.session.get(Recording, house.recording_id).state == "recording"


def count(table):
    db.session.rollback()
    return db.session.query(table).count()
