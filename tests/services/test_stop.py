"""Pressing Stop: the vendor is told until it has taken it."""

import pytest

from dashboard.errors import Conflict, Forbidden, NotFound
from dashboard.services import recordings, settle, sync


@pytest.fixture
def running(house):
    recording_id = house.start()
    house.tell(house.task(), 40, status=0)
    return recording_id


def test_it_goes_from_stopping_over_uploading_to_completed(house, running):
    task = house.task()
    house.stop(running)
    assert house.state(running) == "uploading"
    house.tell(task, 41, leaveCode=16)
    house.tell(task, 31, status=0, fileList=house.cloud.upload(task))
    screen = house.screen(running)
    assert screen.state.value == "completed"
    assert [step.state.value for step in screen.states] == [
        "starting", "recording", "stopping", "uploading", "completed",
    ]  # fmt: skip


def test_it_says_who_stopped_it(house, running):
    house.stop(running)
    assert str(house.screen(running).end_reason) == "Stopped by op@example.com."


def test_it_keeps_the_first_stop_reason(house, running):
    task = house.task()
    house.stop(running)
    house.tell(task, 41, leaveCode=4)
    assert str(house.screen(running).end_reason) == "Stopped by op@example.com."


def test_it_takes_a_second_press_in_peace(house, running):
    house.stop(running)
    house.stop(running)
    assert house.cloud.asked.count("stop") == 1


def test_it_repeats_a_stop_that_was_not_taken(house, running):
    house.cloud.stops_fail = 2
    house.stop(running)
    screen = house.screen(running)
    assert screen.state.value == "stopping"
    assert screen.stop_wanted
    house.clock.advance(4)
    (told,) = house.screen(running).health
    assert "has not taken the stop" in str(told.sentence)
    for _ in range(3):
        house.clock.advance(5)
        sync.sync_due()
    assert house.state(running) == "uploading"
    told = [s for s in house.sentences(running) if "not taken" in s]
    assert len(told) == 1


def test_it_keeps_a_stop_until_the_recording_has_a_name(house):
    house.cloud.starts_lost = 1
    recording_id = house.start()
    house.stop(recording_id)
    assert house.screen(recording_id).stop_wanted
    assert "stop" not in house.cloud.asked
    settle.settle_one(recording_id)
    assert not house.cloud.running()
    assert house.state(recording_id) == "uploading"


def test_it_stops_what_a_callback_has_named(house):
    house.cloud.starts_lost = 1
    recording_id = house.start()
    house.stop(recording_id)
    house.tell(house.task(), 40, status=0)
    assert house.state(recording_id) == "stopping"
    sync.sync_due()
    assert not house.cloud.running()


def test_it_starts_nothing_that_was_stopped_before(house, monkeypatch):
    with monkeypatch.context() as crash:
        crash.setattr(recordings.starting, "begin", lambda recording: None)
        recording_id = house.start()
    house.stop(recording_id)
    house.clock.advance(61)
    sync.sync_due()
    assert house.state(recording_id) == "failed"
    assert not house.cloud.tasks


def test_it_stops_again_what_goes_on_after_its_stop(house, running):
    task = house.task()
    house.stop(running)
    task.phase = task.phase.RUNNING
    house.clock.advance(35)
    sync.sync_due()
    assert not house.cloud.running()


def test_it_says_that_it_has_ended_already(house, running):
    task = house.task()
    house.stop(running)
    house.tell(task, 31, status=0, fileList=house.cloud.upload(task))
    with pytest.raises(Conflict):
        house.stop(running)


def test_it_is_not_for_viewers(house, running):
    with pytest.raises(Forbidden):
        recordings.stop(running, house.viewer)


def test_it_knows_no_other_recordings(house):
    with pytest.raises(NotFound):
        house.stop(12345)
