"""The dashboard's services against each vendor's door while it misbehaves, over HTTP.

Whatever a vendor answers, or does not: never a second recording, never a wrong end, settled
within the time that services/pacing.py states, and told in words.
"""

import json
import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import make_url, select

from dashboard import settings as settings_module
from dashboard.clock import FrozenClock
from dashboard.domain.recording import Canvas, Output, Profile, StorageTarget
from dashboard.domain.subscription import Choice, Subscription
from dashboard.engine.doors.faults import HOWS
from dashboard.errors import CallbackRejected, ProviderError
from dashboard.extensions import db
from dashboard.layouts.document import Layout, Preset
from dashboard.models import AccountState, Channel, Recording, RecordingEvent
from dashboard.providers import cloud_recording, registry, transport
from dashboard.providers.trtc import client as trtc_client
from dashboard.services import (
    accounts,
    aftermath,
    callbacks,
    context,
    polls,
    queries,
    recordings,
    storage_targets,
    sync,
)
from dashboard.services.layouts import live as live_layouts
from dashboard.services.readmodels import Actor
from dashboard.services.subscriptions import live as live_subscriptions
from dashboard.services.unit_of_work import transaction
from tests.contracts.house import SECRET, house_of
from tests.engine.harness import wait_until

READ_S = 0.25
"""So long our clients wait here; it is 6 to 20 s outside of tests."""
LATE_S = 4
LEFT = "The recorder left the channel as asked."
ACTIONS = {
    "prepare": ("acquire", None),
    "start": ("start", "CreateCloudRecording"),
    "query": ("query", "DescribeCloudRecording"),
    "layout": ("updateLayout", "ModifyCloudRecording"),
    "people": ("update", "ModifyCloudRecording"),
    "stop": ("stop", "DeleteCloudRecording"),
}
PRESETS = {"agora": Preset.BEST_FIT, "anyrtc": Preset.BEST_FIT, "trtc": Preset.GRID}
OPERATOR = Actor(id=1, email="op@example.com", role="operator")


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """A database without a row, to be copied: made once."""
    settings = settings_module.load(data=tmp_path_factory.mktemp("tables"))
    app = Flask("tables")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database
    db.init_app(app)
    with app.app_context():
        db.create_all()
        db.engine.dispose()
    return Path(make_url(settings.database).database)


@pytest.fixture
def desk(tmp_path, monkeypatch, tables, doors, receivers, request):
    monkeypatch.setattr(transport, "READ_S", READ_S)
    monkeypatch.setattr(cloud_recording, "START_READ_S", READ_S)
    monkeypatch.setattr(cloud_recording, "START_PAUSES_S", (0.0, 0.0))
    monkeypatch.setattr(trtc_client, "READ_S", READ_S)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir(mode=0o700)
    shutil.copy(tables, tmp_path / "data" / tables.name)
    app = Flask("under faults")
    settings = settings_module.load(data=tmp_path / "data")
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database
    context.bind(app, settings, FrozenClock(datetime.now(UTC)))
    db.init_app(app)
    with app.app_context():
        house = house_of(request.param, doors, receivers[request.param])
        yield Desk(house, context.clock())
        doors.faults(answers=[], callbacks=[])
        registry.close_all()
        db.session.remove()
        db.engine.dispose()


each_language = pytest.mark.parametrize("desk", ["agora", "trtc"], indirect=True)
"""anyRTC's clients call as Agora's do; what differs is wrapped around (tests/engine)."""


class Desk:
    """One vendor's account, without a studio, and what an operator does with it."""

    def __init__(self, house, clock):
        self.house, self.clock, self.heard = house, clock, len(house.receiver.deliveries)
        config = house.config
        with transaction() as work:
            target = StorageTarget("local", "rec", folder=str(house.engine.data / "buckets"))
            account = accounts.add(
                work, name="Cloud", vendor=config.vendor, base_url=config.base_url,
                app_id=config.app_id, url_key="key", credentials=config.credentials,
                callback_secrets=(SECRET,), storage_id=storage_targets.add(work, "L", target).id,
            )  # fmt: skip
            profile = Profile(
                str(910_000 + secrets.randbelow(80_000)),
                canvas=Canvas(320, 180, 10, 200),
                output=Output.HLS,
                layout=Layout(preset=PRESETS[config.vendor]),
            )
            channel = Channel(account_id=account.id, name="f" + secrets.token_hex(4),
                              profile=profile.to_json(), created_at=clock.now())  # fmt: skip
            work.session.add(channel)
            work.session.flush()
            self.channel_id, self.name = channel.id, channel.name

    def misbehave(self, operation, how, times=1, **more):
        """times: of answers; a cut connection is tried again at once where that is safe."""
        call = ACTIONS[operation][self.house.vendor == "trtc"]
        planned = {"call": call, "how": how, "times": times, **more}
        self.house.engine.faults(answers=[planned])

    def well(self):
        self.house.engine.faults(answers=[])

    def start(self):
        """The id of the recording, whether its start was refused or not."""
        try:
            return recordings.start(self.channel_id, secrets.token_hex(8), OPERATOR)
        except ProviderError as fault:
            return fault.recording_id

    def arrange(self, recording_id):
        document = Layout(preset=PRESETS[self.house.vendor]).to_json()
        live_layouts.apply(recording_id, document, 0, OPERATOR, overwrite=True)

    def leave_out(self, recording_id):
        without = Subscription(Choice(never=("1002",)), Choice(never=("1002",)))
        live_subscriptions.apply(recording_id, without, 0, OPERATOR, overwrite=True)

    def running(self):
        self.house.engine.join(self.name, "1001")
        recording_id = self.start()
        for _ in range(20):
            self.later(5)
            if self.state(recording_id) == "recording":
                return recording_id
        raise AssertionError(self.state(recording_id))

    def later(self, *pauses):
        for pause_s in pauses:
            self.clock.advance(pause_s)
            self.hear()
            sync.sync_due()

    def hear(self):
        """Take in what was called back since."""
        new = self.house.receiver.deliveries[self.heard :]
        self.heard += len(new)
        for one in new:
            try:
                callbacks.receive("key", one.headers, one.raw, "127.0.0.1")
            except CallbackRejected:
                continue

    def at_the_vendor(self):
        rooms = self.house.engine.studio(f"/channels/{self.name}")
        return self.house.running_in(self.name, self.recorder) if rooms.ok else None

    def names(self):
        """Every recording of this channel that the engine has ever made."""
        folder = self.house.engine.data / "tasks"
        states = (json.loads(path.read_text()) for path in folder.glob("*/state.json"))
        return [state for state in states if self.name in json.dumps(state)]

    @property
    def recorder(self):
        return db.session.get(Channel, self.channel_id).profile["recorder_uid"]

    def state(self, recording_id):
        db.session.rollback()
        return db.session.get(Recording, recording_id).state

    def told(self, recording_id):
        db.session.rollback()
        return [str(one.sentence) for one in queries.recording(recording_id).events]

    def end(self, recording_id):
        """Let go of it; the engine closes it by itself."""
        self.well()
        self.hear()
        if self.state(recording_id) in ("starting", "recording"):
            recordings.stop(recording_id, OPERATOR)


# ---------------------------------------------------------------- query


@each_language
def test_it_is_not_misled_by_an_answer_to_a_question(desk):
    recording_id = desk.running()
    for how in HOWS:
        desk.misbehave("query", how, times=2)
        desk.later(121)
        assert desk.state(recording_id) == "recording", how
        desk.well()
        desk.later(30, 30)
        row = db.session.get(Recording, recording_id)
        assert (row.unreachable_since, row.gone) == (None, 0), how
    assert len(desk.names()) == 1
    outcomes = {run.outcome for run in polls.of(recording_id)}
    assert {"running", "gone", "no_answer", "refused"} <= outcomes
    assert any(one.startswith("The vendor does not answer: ") for one in desk.told(recording_id))
    desk.end(recording_id)


@each_language
def test_it_is_lost_when_the_vendor_never_knows_it_again(desk):
    recording_id = desk.running()
    desk.misbehave("query", "not_found", times=1000)
    desk.later(121, *[10] * 10)
    assert desk.state(recording_id) == "lost"
    assert len(queries.truth(recording_id).evidence) >= 2
    desk.well()
    desk.later(20)
    assert queries.truth(recording_id).alive_since
    assert desk.state(recording_id) == "lost"
    aftermath.stop_after_end(recording_id, OPERATOR)
    wait_until(lambda: desk.at_the_vendor() is None, what="the end")


# ---------------------------------------------------------------- start


@pytest.mark.parametrize("desk", ["agora", "anyrtc"], indirect=True)
def test_a_start_that_could_not_be_prepared_has_begun_nothing(desk):
    for how in HOWS:
        desk.misbehave("prepare", how, times=2)
        recording_id = desk.start()
        assert desk.state(recording_id) == "failed", how
        assert queries.recording(recording_id).failure
    assert desk.names() == []


@pytest.mark.parametrize(
    ("desk", "how", "done"),
    [
        ("agora", "cut", True), ("agora", "silence", True), ("agora", "garbage", True),
        ("agora", "internal", False), ("agora", "too_many", False),
        ("agora", "not_completed", False), ("agora", "empty", False),
        ("anyrtc", "cut", True), ("trtc", "cut", True), ("trtc", "garbage", True),
        ("trtc", "internal", False), ("trtc", "too_many", False),
    ],
    indirect=["desk"],
)  # fmt: skip
def test_a_start_ends_in_one_recording_or_in_none(desk, how, done):
    desk.house.engine.join(desk.name, "1001")
    desk.misbehave("start", how, done=done)
    recording_id = desk.start()
    assert desk.state(recording_id) in ("starting", "failed")
    desk.well()

    def settled():
        desk.later(1)
        return desk.state(recording_id) in ("recording", "failed")

    if done or desk.state(recording_id) == "starting" and desk.house.vendor != "trtc":
        wait_until(settled, what=f"{how} to be settled")
        assert desk.state(recording_id) == ("recording" if desk.at_the_vendor() else "failed")
    assert len(desk.names()) <= 1
    assert desk.told(recording_id)
    desk.end(recording_id)


# ---------------------------------------------------------------- layout and people


@each_language
def test_a_change_is_made_or_its_fate_is_said_to_be_unknown(desk):
    recording_id = desk.running()
    for how in HOWS:
        unknown = how in _MAYBE and how not in _REFUSED[desk.house.vendor]
        for operation, change in (("layout", desk.arrange), ("people", desk.leave_out)):
            desk.misbehave(operation, how, times=2)
            with pytest.raises(ProviderError) as fault:
                change(recording_id)
            assert fault.value.outcome == ("unknown" if unknown else "refused"), (operation, how)
        desk.later(1)
        assert desk.state(recording_id) == "recording"
    desk.well()
    row = db.session.get(Recording, recording_id)
    before = row.layout_revision, row.subscription_revision
    desk.arrange(recording_id)
    desk.leave_out(recording_id)
    db.session.refresh(row)
    assert (row.layout_revision, row.subscription_revision) == (before[0] + 1, before[1] + 1)
    told = desk.told(recording_id)
    for words in (
        "The new layout was refused, the old one stays", "Whom it records was not changed",
        "Whether the new layout is applied", "Whether it records other people now",
    ):  # fmt: skip
        assert any(one.startswith(words) for one in told), words
    desk.end(recording_id)


_MAYBE = ("not_completed", "internal", "silence", "cut", "garbage", "empty")
"""It may have been done: only asking again would tell, and nobody can be asked."""
_REFUSED = {"agora": (), "trtc": ("not_completed",)}
"""TRTC's FailedOperation says that nothing was changed."""


# ---------------------------------------------------------------- stop


@each_language
def test_a_stop_is_repeated_until_it_is_taken(desk):
    recording_id = desk.running()
    planned = [how for how in HOWS if how != "not_found"]
    desk.misbehave("stop", planned[0], times=2)
    recordings.stop(recording_id, OPERATOR)
    for how in planned[1:]:
        assert desk.state(recording_id) == "stopping", how
        assert desk.at_the_vendor(), how
        desk.misbehave("stop", how, times=2)
        desk.later(4)
    assert "The stop was not taken yet" in " ".join(desk.told(recording_id))
    desk.well()
    desk.later(4)
    wait_until(lambda: desk.at_the_vendor() is None, what="the stop")
    assert len(desk.names()) == 1


@each_language
def test_a_stop_that_finds_nothing_is_not_believed_while_it_runs(desk):
    recording_id = desk.running()
    desk.misbehave("stop", "not_found")
    recordings.stop(recording_id, OPERATOR)
    desk.well()
    assert desk.at_the_vendor()
    desk.later(*[5] * 9)
    wait_until(lambda: desk.at_the_vendor() is None, what="the second stop")


# ---------------------------------------------------------------- callbacks


@each_language
def test_callbacks_that_go_astray_lead_to_the_same_end(desk):
    """Doubled, forged, newest first; the first one of all is lost."""
    desk.house.engine.faults(callbacks=[{"copies": 2, "forge": True, "reorder": True, "drop": 1}])
    recording_id = desk.running()
    recordings.stop(recording_id, OPERATOR)

    def over():
        desk.later(0.5)  # the desk's clock must not run far ahead of the engine's
        state = db.session.query(AccountState).populate_existing().one()
        ended = desk.state(recording_id) not in ("stopping", "uploading")
        return ended and state.forged and state.repeated

    wait_until(over, what="the end, and copies and forgeries")
    assert desk.state(recording_id) == "completed"
    assert desk.told(recording_id).count("Stop was pressed.") == 1
    told = db.session.scalars(
        select(RecordingEvent.delivery_id).where(RecordingEvent.delivery_id.is_not(None))
    ).all()
    assert told
    assert len(told) == len(set(told))


@each_language
def test_callbacks_that_come_too_late_find_it_ended(desk):
    """It begins and ends by what the vendor answers; what is told later changes neither."""
    desk.house.engine.faults(callbacks=[{"delay_s": LATE_S}])
    recording_id = desk.running()
    recordings.stop(recording_id, OPERATOR)
    wait_until(lambda: desk.later(0.5) or desk.state(recording_id) == "completed", what="the end")
    desk.house.engine.faults(callbacks=[])  # those that wait come now
    before = desk.told(recording_id)

    def heard():
        desk.hear()
        return LEFT in desk.told(recording_id)

    wait_until(heard, what="the last callback")
    assert LEFT not in before
    assert desk.state(recording_id) == "completed"
    assert len(desk.names()) == 1
