"""A recording with each vendor, from the press of Start to files that are all there.

The services are the product's own, with a database of their own; the vendor is the engine's
door, over HTTP. Callbacks are handed over as they came.
"""

import secrets
import time

import flask_migrate
import pytest

from dashboard import create_app
from dashboard.domain.recording import Canvas, Output, Profile, StorageTarget
from dashboard.extensions import db
from dashboard.layouts.document import Layout
from dashboard.models import Channel, Recording, RecordingFile
from dashboard.providers import registry
from dashboard.services import accounts, callbacks, context, people, recordings, storage_targets
from dashboard.services.readmodels import Actor
from dashboard.services.sync import sync_one
from dashboard.services.unit_of_work import transaction
from dashboard.settings import load
from tests.contracts.house import SECRET, VENDORS, house_of


@pytest.fixture
def app(tmp_path):
    app = create_app(load(data=tmp_path / "dashboard"))
    with app.app_context():
        flask_migrate.upgrade()
        yield app
        db.session.remove()
        db.engine.dispose()
    registry.close_all()


@pytest.fixture
def actor(app):
    user_id = people.add_user("op@example.org", "operator", secrets.token_hex(12))
    return Actor(id=user_id, email="op@example.org", role="operator")


@pytest.mark.parametrize("vendor", VENDORS)
def test_it_records_with_each_vendor(app, actor, doors, receivers, vendor):
    house = house_of(vendor, doors, receivers[vendor])
    channel_id, url_key = channel_of(house)
    name = db.session.get(Channel, channel_id).name
    doors.join(name, "1001")
    seen = len(house.receiver.deliveries)
    recording_id = recordings.start(channel_id, secrets.token_hex(8), actor)
    follow(house, url_key, seen, recording_id, "recording")
    time.sleep(1.2)  # something to keep
    recordings.stop(recording_id, actor)
    follow(house, url_key, seen, recording_id, "completed")
    files = db.session.query(RecordingFile).filter_by(recording_id=recording_id).all()
    assert {file.kind for file in files} == {"playlist", "slice", "mp4"}
    assert all(file.arrived_at for file in files), [file.name for file in files]


def channel_of(house):
    """A channel of an account with this vendor, and the key of its callback address."""
    config = house.config
    folder = house.engine.data / "buckets"
    target = StorageTarget("local", "rec", folder=str(folder))
    layout = Layout(house.client.capabilities.layouts.presets[0])
    profile = Profile(
        "900001", canvas=Canvas(320, 180, 10, 200), output=Output.HLS_MP4, layout=layout
    )
    with transaction() as work:
        account = accounts.add(
            work,
            name=config.name,
            vendor=config.vendor,
            base_url=config.base_url,
            app_id=config.app_id,
            credentials=config.credentials,
            callback_secrets=(SECRET,),
            storage_id=storage_targets.add(work, "here", target).id,
        )
        channel = Channel(
            account_id=account.id,
            name="room-" + secrets.token_hex(3),
            profile=profile.to_json(),
            created_at=context.now(),
        )
        work.session.add(channel)
        work.session.flush()
        return channel.id, account.url_key


def follow(house, url_key, seen, recording_id, state, limit_s=25):
    """Hand callbacks over and look after it until it is in a state and its files are there."""
    deadline = time.monotonic() + limit_s
    taken = seen
    while time.monotonic() < deadline:
        for delivery in list(house.receiver.deliveries)[taken:]:
            callbacks.receive(url_key, delivery.headers, delivery.raw, "127.0.0.1")
            taken += 1
        sync_one(recording_id)
        db.session.expire_all()
        row = db.session.get(Recording, recording_id)
        if row.state == state and (state == "recording" or row.next_sync_at is None):
            return
        time.sleep(0.2)
    pytest.fail(f"{house.vendor}: still {row.state}, wanted {state}")
