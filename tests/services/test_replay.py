"""Applying a kept callback again: once is enough, and what went wrong can be mended."""

import json

import pytest

from dashboard.errors import CallbackRejected, Forbidden
from dashboard.extensions import db
from dashboard.models import Account, Audit, CallbackDelivery, RecordingEvent
from dashboard.protocols.signatures import agora_headers
from dashboard.services import accounts, callbacks, ledger, progress
from dashboard.services.unit_of_work import transaction
from tests.services.fakes import SECRET, Task


@pytest.fixture
def running(house):
    recording_id = house.start()
    house.tell(house.task(), 40, status=0)
    return recording_id


def last():
    db.session.rollback()
    return db.session.query(CallbackDelivery).order_by(CallbackDelivery.id.desc()).first()


def again(house):
    return ledger.replay(last().id, house.operator)


def lines():
    db.session.rollback()
    return db.session.query(RecordingEvent).count()


def test_what_is_applied_changes_nothing_twice(house, running):
    house.tell(house.task(), 41, leaveCode=4)
    before = (house.screen(running).version, lines(), last().applied_at)
    house.clock.advance(5)
    for _ in range(3):
        done = again(house)
        assert (done.outcome, done.changed) == ("applied", False)
    assert (house.screen(running).version, lines(), last().applied_at) == before


def test_what_was_set_aside_is_applied_once_the_fault_is_mended(house, running, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(progress, "apply_in", lambda *a, **k: 1 / 0)
        house.tell(house.task(), 41, leaveCode=4)
        for _ in range(8):
            house.clock.advance(60)
            callbacks.apply_pending()
        assert last().verdict == "set_aside"
        assert "could not be applied" in str(again(house).sentence)
    done = again(house)
    assert (done.outcome, done.changed) == ("applied", True)
    assert house.state(running) == "uploading"


def test_a_fault_of_ours_leaves_what_is_applied_alone(house, running, monkeypatch):
    house.tell(house.task(), 41, leaveCode=4)
    applied_at = last().applied_at
    with monkeypatch.context() as broken:
        broken.setattr(progress, "apply_in", lambda *a, **k: 1 / 0)
        for _ in range(6):
            again(house)
    assert (last().applied_at, last().verdict, last().next_try_at) == (applied_at, "genuine", None)
    assert "ZeroDivisionError" in last().last_error


def test_what_came_too_late_is_applied_when_somebody_says_so(house, running):
    headers, raw = house.cloud.callback(house.task(), 41, leaveCode=4)
    house.clock.advance(25 * 3600)
    callbacks.receive("account-key", headers, raw, "192.0.2.1")
    assert last().verdict == "out_of_time"
    assert again(house).outcome == "applied"
    assert house.state(running) == "uploading"


def test_what_has_no_recording_says_so_again(house, running):
    house.tell(Task("f" * 32, "other room", "77", ()), 40, status=0)
    house.clock.advance(4000)
    callbacks.apply_pending()
    done = again(house)
    assert (done.outcome, done.changed) == ("no_recording", False)
    assert "no recording" in str(done.sentence)


def test_a_waiting_one_is_tried_at_once(house, running):
    house.tell(Task("f" * 32, "other room", "77", ()), 40, status=0)
    assert again(house).outcome == "waiting"
    assert last().tries == 2


def test_a_forged_one_stays_refused(house, running):
    _, raw = house.cloud.callback(house.task(), 11, exitStatus=0)
    send_refused(raw, "a guess")
    done = again(house)
    assert (done.outcome, done.changed) == ("refused", False)
    assert house.state(running) == "recording"


def test_what_was_refused_for_want_of_the_secret_counts_once_it_is_known(house, running):
    _, raw = house.cloud.callback(house.task(), 41, leaveCode=4)
    send_refused(raw, "the new secret")
    learn(house, "the new secret")
    done = again(house)
    assert (done.outcome, done.changed) == ("applied", True)
    assert house.state(running) == "uploading"
    assert last().signature == "genuine"


def test_what_came_signed_meanwhile_is_not_told_twice(house, running):
    headers, raw = house.cloud.callback(house.task(), 41, leaveCode=4)
    send_refused(raw, "the new secret")
    refused_id = last().id
    callbacks.receive("account-key", headers, raw, "192.0.2.1")
    learn(house, "the new secret")
    before = lines()
    assert "came again" in str(ledger.replay(refused_id, house.operator).sentence)
    assert lines() == before


def test_it_is_noted_who_did_it(house, running):
    again(house)
    noted = db.session.query(Audit).filter_by(action="callback.replay").one()
    assert (noted.actor_email, noted.subject_id) == ("op@example.com", last().id)


def test_viewers_may_not(house, running):
    with pytest.raises(Forbidden):
        ledger.replay(last().id, house.viewer)


def test_a_test_and_what_cannot_be_read_change_nothing(house):
    body = {"noticeId": "t", "productId": 3, "eventType": 31, "notifyMs": 1767225600000,
            "payload": {"cname": "test_webhook", "uid": "12121212"}}  # fmt: skip
    for raw, outcome in ((json.dumps(body).encode(), "test"), (b"nonsense", "unreadable")):
        callbacks.receive("account-key", agora_headers(SECRET, raw), raw, "::1")
        done = again(house)
        assert (done.outcome, done.changed) == (outcome, False)


def send_refused(raw, secret):
    with pytest.raises(CallbackRejected):
        callbacks.receive("account-key", agora_headers(secret, raw), raw, "198.51.100.7")


def learn(house, secret):
    with transaction() as work:
        account = work.session.get(Account, house.account_id)
        accounts.seal_callback_secrets(account, (secret, SECRET))
