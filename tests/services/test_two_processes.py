"""Two processes do the same at the same moment, on the database that lets them: PostgreSQL."""

import contextlib
import json
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from dashboard.domain.lifecycle import ACTIVE
from dashboard.extensions import db
from dashboard.models import (
    Account,
    AlertIncident,
    AlertMessage,
    CallbackDelivery,
    Channel,
    Recording,
    RecordingEvent,
    ScheduleOccurrence,
)
from dashboard.protocols.signatures import agora_headers
from dashboard.services import callbacks, delivery_rows
from dashboard.services.alerts import destinations, rules
from dashboard.services.schedules import changes, form
from tests.engine.harness import REPOSITORY
from tests.services.fakes import SECRET
from tests.services.letterboxes import hook  # noqa: F401

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
ROUNDS = 6


class Rival:
    """A process that waits for its word."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.services.rival_process"],
            cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def tell(self, what, **values):
        self._process.stdin.write(json.dumps([what, values]) + "\n")
        self._process.stdin.flush()

    def answer(self):
        return json.loads(self._process.stdout.readline())

    def end(self):
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


@pytest.fixture(scope="module")
def processes():
    both = Rival(), Rival()
    yield both
    for one in both:
        one.end()


@pytest.fixture
def rivals(processes, settings, house):
    """A function: what each does, by name, at the same moment -> what each answers."""
    for one in processes:
        one.tell("enter", data=str(settings.data), database=settings.database)
    assert [one.answer() for one in processes] == ["is in", "is in"]

    def both(what, *values):
        db.session.rollback()
        at = house.clock.now().isoformat()
        for one, own in zip(processes, values or ({}, {}), strict=True):
            one.tell(what, at=at, **own)
        answers = [one.answer() for one in processes]
        db.session.rollback()
        return answers

    return both


def count(table, *which):
    return db.session.scalar(select(func.count()).select_from(table).where(*which))


def another_channel(house, name):
    first = db.session.get(Channel, house.channel_id)
    channel = Channel(
        account_id=house.account_id,
        name=name,
        created_at=house.clock.now(),
        profile=first.profile,
    )
    db.session.add(channel)
    db.session.commit()
    return channel.id


def test_both_press_start_and_only_what_the_account_may_is_recorded(house, rivals):
    is_active = Recording.state.in_([state.value for state in ACTIVE])
    for most in range(1, ROUNDS + 1):
        db.session.get(Account, house.account_id).most_recordings = most
        channels = [another_channel(house, f"{side}{most}") for side in ("left", "right")]
        answers = rivals("press_start", *(
            {"channel": one, "key": f"press-{one:04}"} for one in channels
        ))  # fmt: skip
        refused = [one for one in answers if isinstance(one, dict)]
        assert [one["refused"] for one in refused] == ["Conflict"]
        assert f"may record {most} at the same time" in refused[0]["why"]
        assert count(Recording, is_active) == most


def test_both_press_start_on_one_channel_and_it_is_recorded_once(house, rivals):
    for turn in range(ROUNDS):
        channel = another_channel(house, f"room {turn}")
        first, second = rivals(
            "press_start",
            {"channel": channel, "key": f"left-{turn:04}"},
            {"channel": channel, "key": f"right-{turn:04}"},
        )
        assert sorted(isinstance(one, int) for one in (first, second)) == [False, True]
        assert count(Recording, Recording.channel_id == channel) == 1


def test_the_same_press_arrives_at_both_and_both_show_the_same_recording(house, rivals):
    for turn in range(ROUNDS):
        press = {"channel": another_channel(house, f"hall {turn}"), "key": f"press-{turn:04}"}
        first, second = rivals("press_start", press, press)
        assert (
            first
            == second
            == db.session.scalar(
                select(Recording.id).where(Recording.channel_id == press["channel"])
            )
        )


def test_each_recording_is_asked_about_by_one(house, rivals):
    recording = db.session.get(Recording, house.start())
    plain = {c.key: getattr(recording, c.key) for c in Recording.__mapper__.column_attrs}
    del plain["id"]
    recording.next_sync_at = None
    past = house.clock.now() - timedelta(seconds=9)
    db.session.execute(insert(Recording), [
        plain | {"key": f"copy-{n:04}", "handle_key": None, "channel_name": f"room {n}",
                 "channel_id": another_channel(house, f"room {n}"), "next_sync_at": past}
        for n in range(20)
    ])  # fmt: skip
    db.session.commit()
    first, second = rivals("claim_polls")
    assert [*first, *second].count("ours") == 20


def test_an_alert_is_opened_and_sent_once(house, admin, rivals, hook):  # noqa: F811
    recording = db.session.get(Recording, house.start())
    recording.state, recording.recording_since = "recording", house.clock.now()
    recording.nobody_since = house.clock.now()
    db.session.commit()
    told = destinations.create("webhook", hook.form(), admin)
    typed = {"condition": "nobody_publishing", "tell_resolved": "1", "amount": "5"}
    rules.create(typed, [str(told)], admin)
    house.clock.advance(600)
    rivals("look_for_alerts")
    assert (count(AlertIncident), count(AlertMessage)) == (1, 1)
    rivals("send_alerts")
    assert len(hook.posted) == 1


def test_a_schedule_starts_one_recording(house, rivals, clock):
    values = form.usual("UTC", clock.now()) | {
        "title": "Lesson", "channel_id": str(house.channel_id), "repeats": "daily",
        "date": "2026-01-02", "time": "09:00", "until": "10:00",
    }  # fmt: skip
    changes.create(values, house.operator)
    for day in range(1, 4):
        clock.at = clock.at.replace(day=1 + day, hour=9)
        rivals("keep_schedules")
        began = count(ScheduleOccurrence, ScheduleOccurrence.recording_id.is_not(None))
        assert (began, count(Recording)) == (day, day)
        ended = {"state": "completed", "ended_at": clock.now()}
        db.session.execute(Recording.__table__.update().values(**ended))
        db.session.commit()


def test_a_callback_that_arrives_at_both_counts_once(house, rivals):
    recording_id = house.start()
    task = house.task()
    sent = [house.cloud.callback(task, 40, status=0) for _ in range(20)]
    wired = {"address": "account-key", "sent": [(head, raw.decode()) for head, raw in sent]}
    rivals("take_callbacks", wired, wired)
    assert count(CallbackDelivery) == 20
    assert db.session.scalar(select(func.sum(CallbackDelivery.repeats))) == 20
    told = select(RecordingEvent.delivery_id).where(RecordingEvent.delivery_id.is_not(None))
    assert len(db.session.scalars(told).all()) == 20
    assert house.state(recording_id) == "recording"


def test_two_callbacks_of_one_number_count_once(house, rivals):
    """The vendor says the same under two ids: the sequence of its session tells."""
    house.start()
    task = house.task()
    left, right = [], []
    for number in range(20):
        for side, sent in (("l", left), ("r", right)):
            _, raw = house.cloud.callback(task, 40, sequence=number, status=0)
            raw = raw.replace(f"-{number}-40".encode(), f"-{number}-40{side}".encode())
            sent.append((agora_headers(SECRET, raw), raw.decode()))
    rivals("take_callbacks", *({"address": "account-key", "sent": one} for one in (left, right)))
    assert count(CallbackDelivery) == 20


def test_one_number_counts_once_even_if_both_look_before_either_keeps(app, house, monkeypatch):
    house.start()
    task, sent = house.task(), []
    for side in ("l", "r"):
        _, raw = house.cloud.callback(task, 40, sequence=0, status=0)
        raw = raw.replace(b"-0-40", f"-0-40{side}".encode())
        sent.append((agora_headers(SECRET, raw), raw))
    look, together = delivery_rows.same_number, threading.Barrier(2)

    def look_and_wait(*given):
        found = look(*given)
        with contextlib.suppress(threading.BrokenBarrierError):
            together.wait(0.5)
        return found

    def take(headers, raw):
        with app.app_context():
            callbacks.receive("account-key", headers, raw, "192.0.2.1")

    monkeypatch.setattr(delivery_rows, "same_number", look_and_wait)
    doors = [threading.Thread(target=take, args=one) for one in sent]
    [one.start() for one in doors]
    [one.join() for one in doors]
    assert count(CallbackDelivery) == 1


def test_what_was_kept_is_applied_by_one(house, rivals):
    recording_id = house.start()
    name = db.session.get(Recording, recording_id).handle_key
    db.session.get(Recording, recording_id).handle_key = "not known yet"
    db.session.commit()
    for number in range(20):
        house.tell(house.task(), 40, sequence=number, status=0)
    db.session.get(Recording, recording_id).handle_key = name
    db.session.commit()
    house.clock.advance(30)
    applied = rivals("apply_callbacks")
    told = select(RecordingEvent.delivery_id).where(RecordingEvent.delivery_id.is_not(None))
    found = db.session.scalars(told).all()
    assert len(found) == len(set(found)) == 20 <= sum(applied)
    assert count(CallbackDelivery, CallbackDelivery.applied_at.is_(None)) == 0
