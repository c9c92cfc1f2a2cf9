"""Callbacks to a receiver that is slow, wrong, away, or hears them only after a restart."""

import time

import pytest

from dashboard.protocols.signatures import sha1_signature, verify
from tests.engine.harness import CallbackReceiver, EngineProcess, wait_until


def short(engine, cname, uid="900001"):
    """A recording in which nobody is: 40, 30, 41, 11."""
    recording = engine.start_recording(cname, uid)
    wait_until(lambda: engine.of(recording, "query").json()["serverResponse"]["status"] == 4)
    engine.of(recording, "stop", {"async_stop": True})
    return recording


@pytest.fixture
def polite(receiver):
    """Whatever a test makes of the receiver, the next one finds it polite."""
    yield receiver
    receiver.answer = 200


def test_it_repeats_three_times_with_a_new_time_and_signature(engine, polite):
    polite.answer = lambda delivery: 503 if delivery.event == 40 else 200
    recording = short(engine, "repeat")
    polite.wait_for(11, recording.sid)
    copies = [one for one in polite.of(recording.sid) if one.event == 40]
    assert len(copies) == 4
    assert len({one.body["noticeId"] for one in copies}) == 1
    assert len({one.body["payload"]["sequence"] for one in copies}) == 1
    times = [one.body["notifyMs"] for one in copies]
    assert times == sorted(set(times))
    gaps = [after.at - before.at for before, after in zip(copies, copies[1:], strict=False)]
    assert gaps == sorted(gaps)
    for one in copies:
        assert one.headers["Agora-Signature"] == sha1_signature(engine.callback_secret, one.raw)


def test_it_keeps_the_order_though_one_is_refused_at_first(engine, polite):
    refused = []

    def once(delivery):
        key = (delivery.sid, delivery.sequence)
        if key in refused:
            return 200
        refused.append(key)
        return 500

    polite.answer = once
    recording = short(engine, "order")
    polite.wait_for(11, recording.sid)
    wait_until(lambda: len(polite.of(recording.sid)) == 8, what="eight deliveries")
    assert polite.events(recording.sid) == [40, 40, 30, 30, 41, 41, 11, 11]


def test_it_lets_one_that_is_stuck_hold_up_no_other(engine, polite):
    def slow(delivery):
        if delivery.body["payload"]["cname"] == "stuck":
            time.sleep(1.5)  # the engine waits for 1 s here
        return 200

    polite.answer = slow
    stuck = engine.start_recording("stuck")
    other = short(engine, "other")
    polite.wait_for(11, other.sid)
    assert polite.events(stuck.sid).count(30) < 4
    engine.of(stuck, "stop", {"async_stop": True})


def test_it_counts_only_json_as_an_answer(engine, polite):
    polite.reply = b"<html>"
    try:
        recording = short(engine, "html")
        wait_until(lambda: polite.events(recording.sid).count(40) == 4, what="four copies")
    finally:
        polite.reply = b'{"code":0}'


def test_it_can_lose_callbacks(engine, polite):
    engine.faults(callbacks_off=True)
    recording = short(engine, "deaf")
    wait_until(lambda: engine.of(recording, "query").status_code == 404)
    time.sleep(0.2)
    engine.faults(callbacks_off=False)
    assert polite.events(recording.sid) == []


def test_it_delivers_after_a_restart_what_was_pending(tmp_path):
    with CallbackReceiver() as receiver:
        tune = {"retry_gaps_s": "30,30,30"}
        with EngineProcess(tmp_path, receiver.url, tune=tune) as engine:
            receiver.answer = 500
            recording = short(engine, "pending")
            wait_until(lambda: engine.of(recording, "query").status_code == 404)
            before = receiver.of(recording.sid)
            assert [one.event for one in before] == [40]
            engine.kill()
            receiver.answer = 200
            engine.start()
            receiver.wait_for(11, recording.sid)
            after = receiver.of(recording.sid)[1:]
            assert [one.event for one in after] == [40, 30, 41, 11]
            assert [one.sequence for one in after] == [0, 1, 2, 3]
            assert after[0].body["noticeId"] == before[0].body["noticeId"]
            assert verify(
                [engine.callback_secret],
                after[0].raw,
                v2=after[0].headers["Agora-Signature-V2"],
            )
