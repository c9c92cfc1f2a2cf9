"""TRTC's callbacks to a receiver that is slow or refuses, and as quirky as they can be."""

import time

import pytest

from tests.engine.harness import wait_until
from tests.engine.trtc import TrtcDelivery, TrtcReceiver, trtc_engine

TUNE = {"trtc_retry_gaps_s": "0,0.2,0.2,0.2", "trtc_answer_limit_s": 0.5, "trtc_give_up_s": 1.1}


@pytest.fixture(scope="module")
def engine_and_receiver(tmp_path_factory):
    with (
        TrtcReceiver() as receiver,
        trtc_engine(tmp_path_factory.mktemp("engine"), receiver.url, **TUNE) as engine,
    ):
        yield engine, receiver


@pytest.fixture
def engine(engine_and_receiver):
    yield engine_and_receiver[0]
    engine_and_receiver[0].faults(trtc_quirks=False)


@pytest.fixture
def receiver(engine_and_receiver):
    """Whatever a test makes of it, the next one finds it polite."""
    receiver = engine_and_receiver[1]
    yield receiver
    receiver.answer, receiver.reply = 200, b'{"code":0}'


def short(engine, receiver):
    """A recording in which nobody is."""
    task_id = engine.create()
    receiver.wait_for(303, task_id)
    engine.delete(task_id)
    receiver.wait_for(305, task_id)
    return task_id


def is_event(delivery, number):
    return TrtcDelivery(delivery).event == number


def test_it_repeats_at_once_and_then_in_steps(engine, receiver):
    receiver.answer = lambda delivery: 503 if is_event(delivery, 301) else 200
    task_id = short(engine, receiver)
    copies = [one for one in receiver.of(task_id) if one.event == 301]
    assert len(copies) == 5
    gaps = [later.delivery.at - one.delivery.at
            for one, later in zip(copies, copies[1:], strict=False)]  # fmt: skip
    assert gaps[0] < 0.15
    assert all(gap >= 0.19 for gap in gaps[1:])
    assert len({one.info["EventMsTs"] for one in copies}) == 1
    sent = [one.body["CallbackTs"] for one in copies]
    assert sent == sorted(set(sent))
    assert receiver.events(task_id)[5:] == [303, 302, 305]


def test_it_gives_a_callback_up_when_it_is_too_old(engine, receiver):
    """However long the receiver takes to say nothing."""

    def slow(delivery):
        if is_event(delivery, 301):
            time.sleep(0.8)  # the engine waits for 0.5 s here
        return 200

    receiver.answer = slow
    task_id = short(engine, receiver)
    assert receiver.events(task_id)[:3] == [301, 301, 303]


def test_it_counts_any_answer_of_200(engine, receiver):
    receiver.reply = b"thanks"
    task_id = short(engine, receiver)
    assert receiver.events(task_id) == [301, 303, 302, 305]


def test_it_can_be_quirky(engine, receiver):
    """EventTs as text, 305 before 302, all twice: what a receiver has to bear."""
    engine.faults(trtc_quirks=True)
    engine.join("*8802", "anna")
    task_id = engine.create("8802")
    receiver.wait_for(307, task_id)
    engine.delete(task_id)
    wait_until(lambda: len(receiver.of(task_id)) == 12, what="twelve deliveries")
    told = receiver.of(task_id)
    events = [one.event for one in told]
    assert events[::2] == events[1::2]
    assert [event for event in events[::2] if event != 304] == [301, 303, 307, 305, 302]
    assert all(type(one.info["EventTs"]) is str for one in told)
    for one, copy in zip(told[::2], told[1::2], strict=True):
        assert one.info == copy.info
    left, stored = (next(one for one in told if one.event == event) for event in (302, 305))
    assert left.info["EventMsTs"] <= stored.info["EventMsTs"]


def test_it_tells_after_a_restart_what_was_not_taken(tmp_path):
    with (
        TrtcReceiver() as receiver,
        trtc_engine(tmp_path, receiver.url, trtc_retry_gaps_s="30") as engine,
    ):
        receiver.answer = 500
        task_id = engine.create()
        receiver.wait_for(301, task_id)
        engine.delete(task_id)
        wait_until(lambda: not engine.status(task_id), what="the end")
        engine.kill()
        before = len(receiver.of(task_id))
        receiver.answer = 200
        engine.start()
        receiver.wait_for(305, task_id)
        assert receiver.events(task_id)[before:] == [301, 303, 302, 305]
