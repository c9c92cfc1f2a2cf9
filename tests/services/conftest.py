"""An application with a real SQLite file, a clock that stands still, and a cloud in memory."""

from dataclasses import replace

import pytest
from flask import Flask

from dashboard import settings as settings_module
from dashboard.clock import FrozenClock
from dashboard.domain.recording import Profile, StorageTarget
from dashboard.extensions import db
from dashboard.models import Channel
from dashboard.providers import registry
from dashboard.services import (
    accounts,
    callbacks,
    context,
    people,
    queries,
    recordings,
    storage_targets,
)
from dashboard.services.readmodels import Actor, ChannelFilters
from dashboard.services.unit_of_work import transaction
from tests.services.fakes import SECRET, Cloud, MemoryClient, MemoryStudio

PASSWORD = "correct horse battery"


@pytest.fixture
def settings(tmp_path, monkeypatch, database):
    monkeypatch.chdir(tmp_path)
    return settings_module.load(data=tmp_path / "data", database_url=database)


@pytest.fixture
def clock():
    return FrozenClock()


@pytest.fixture
def app(settings, clock):
    app = Flask("tests")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database
    app.queued = []
    context.bind(app, settings, clock, lambda *work: app.queued.append(work))
    db.init_app(app)
    app.add_url_rule("/media/<token>/<path:name>", "media.get", lambda token, name: "")
    with app.app_context():
        db.create_all()
        yield app
        db.session.remove()
        db.engine.dispose()


def vendor_of(cloud):
    """A vendor whose every account is in this cloud."""
    return replace(
        registry._VENDORS["agora"],
        make=lambda config, gate, studio=None: MemoryClient(cloud),
        capabilities=MemoryClient.capabilities,
    )


@pytest.fixture
def cloud(settings, clock, monkeypatch):
    cloud = Cloud(settings.bucket_folder / "rec", clock.now)
    monkeypatch.setattr(registry, "_VENDORS", {**registry._VENDORS, "memory": vendor_of(cloud)})
    monkeypatch.setattr(
        registry, "studio_for", lambda config: MemoryStudio(cloud) if config.studio else None
    )
    yield cloud
    registry.close_all()


class House:
    """What most tests begin with: an account, a channel, people, and short ways to act."""

    def __init__(self, app, cloud, settings, clock) -> None:
        self.app, self.cloud, self.clock = app, cloud, clock
        with transaction() as work:
            folder = str(settings.bucket_folder)
            target = StorageTarget("local", "rec", folder=folder)
            account = accounts.add(
                work,
                name="Test cloud",
                vendor="memory",
                base_url="http://127.0.0.1:9",
                app_id="app",
                url_key="account-key",
                credentials={"customer_key": "k", "customer_secret": "s3cret"},
                callback_secrets=(SECRET,),
                storage_id=storage_targets.add(work, "Local", target).id,
                studio=True,
                builtin=True,
            )
            channel = Channel(
                account_id=account.id,
                name="lesson",
                profile=Profile(recorder_uid="900001").to_json(),
                created_at=clock.now(),
            )
            work.session.add(channel)
            work.session.flush()
            self.account_id, self.channel_id = account.id, channel.id
        self.operator = Actor(id=1, email="op@example.com", role="operator", session_id=None)
        self.viewer = Actor(id=2, email="eye@example.com", role="viewer")
        self.keys = 0

    def start(self, key=None):
        self.keys += 1
        return recordings.start(self.channel_id, key or f"press-{self.keys:04}", self.operator)

    def stop(self, recording_id):
        recordings.stop(recording_id, self.operator)

    def task(self):
        (task,) = self.cloud.running()
        return task

    def tell(self, task, event, **details):
        headers, raw = self.cloud.callback(task, event, **details)
        callbacks.receive("account-key", headers, raw, "192.0.2.1")

    def screen(self, recording_id):
        db.session.rollback()
        return queries.recording(recording_id)

    def state(self, recording_id):
        return self.screen(recording_id).state.value

    def row(self):
        db.session.rollback()
        (row,) = queries.channels(ChannelFilters(), self.viewer).rows
        return row

    def sentences(self, recording_id):
        """Oldest first, in English."""
        return [str(event.sentence) for event in reversed(self.screen(recording_id).events)]


@pytest.fixture
def house(app, cloud, settings, clock):
    return House(app, cloud, settings, clock)


@pytest.fixture
def admin(app):
    people.add_user("boss@example.com", "administrator", PASSWORD)
    return people.authenticate("boss@example.com", PASSWORD, "192.0.2.9").actor
