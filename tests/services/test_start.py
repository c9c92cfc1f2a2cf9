"""Pressing Start: one recording, whatever happens on the way."""

import threading

import pytest

from dashboard.errors import Conflict, Forbidden, InvalidInput, NotFound, ProviderError
from dashboard.extensions import db
from dashboard.services import channels, queries, recordings, settle, sync

pytestmark = pytest.mark.both_databases


def test_it_starts_and_shows_recording_when_the_recorder_is_in(house):
    recording_id = house.start()
    assert house.state(recording_id) == "starting"
    house.tell(house.task(), 40, status=0)
    assert house.state(recording_id) == "recording"
    assert house.row().lamp == "on_air"


def test_it_keeps_the_intent_before_the_vendor_is_called(house):
    seen = []
    house.cloud.during_start = lambda: seen.append(house.row().recording.state.value)
    house.start()
    assert seen == ["starting"]


def test_it_gives_the_same_recording_for_the_same_press(house):
    first = house.start("the-same-press")
    assert house.start("the-same-press") == first
    assert len(house.cloud.tasks) == 1


def test_it_shows_the_second_operator_the_first_ones_recording(house):
    first = house.start()
    with pytest.raises(Conflict) as refused:
        house.start()
    assert refused.value.recording_id == first


def test_it_starts_once_when_many_press_at_the_same_moment(house):
    results, gate = [], threading.Barrier(6)

    def press(number):
        with house.app.app_context():
            gate.wait()
            try:
                results.append(
                    recordings.start(house.channel_id, f"thread-{number:04}", house.operator)
                )
            except Conflict as fault:
                results.append(fault.recording_id)

    threads = [threading.Thread(target=press, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert len(set(results)) == 1
    assert len(house.cloud.tasks) == 1


def test_it_starts_once_when_one_form_is_sent_twice_at_the_same_moment(house):
    results, gate = [], threading.Barrier(4)

    def press():
        with house.app.app_context():
            gate.wait()
            results.append(recordings.start(house.channel_id, "double-click", house.operator))

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 4
    assert len(set(results)) == 1
    assert len(house.cloud.tasks) == 1


def test_it_can_start_again_after_the_end(house):
    first = house.start()
    task = house.task()
    house.stop(first)
    house.tell(task, 31, status=0, fileList=house.cloud.upload(task))
    assert house.start() != first


def test_it_fails_at_once_with_the_vendors_own_words(house):
    house.cloud.refuse = ("53", "task conflict")
    with pytest.raises(ProviderError) as refused:
        house.start()
    screen = house.screen(refused.value.recording_id)
    assert screen.state.value == "failed"
    assert str(screen.failure) == "The vendor refused the start."
    assert screen.vendor_words == "53 · task conflict"
    assert house.row().may_start


def test_it_says_the_disk_where_the_vendor_says_overload(house):
    house.cloud.refuse, house.cloud.full_disk_mb = ("502", "no worker allocated"), 12
    with pytest.raises(ProviderError) as refused:
        house.start()
    assert "is full: with 12 MB left" in str(refused.value.advice)
    assert "Make room" in str(refused.value.advice)
    assert refused.value.vendor_text == "no worker allocated"
    assert "is full" in str(house.screen(refused.value.recording_id).failure)


def test_it_does_not_blame_the_disk_for_what_is_wrong_with_the_request(house):
    house.cloud.refuse, house.cloud.full_disk_mb = ("2", "invalid parameter"), 12
    with pytest.raises(ProviderError) as refused:
        house.start()
    assert "full" not in str(refused.value.advice)


def test_it_refuses_while_the_account_does_not_answer(house):
    house.cloud.down = True
    with pytest.raises(ProviderError) as refused:
        house.start()
    assert house.state(refused.value.recording_id) == "failed"
    assert not house.row().account_reachable


def test_it_never_starts_a_second_one_after_a_lost_answer(house):
    house.cloud.starts_lost = 1
    recording_id = house.start()
    assert house.state(recording_id) == "starting"
    with pytest.raises(Conflict):
        house.start()
    house.clock.advance(3)
    sync.sync_due()
    assert len(house.cloud.tasks) == 1
    assert house.state(recording_id) == "recording"


def test_it_makes_a_start_arrive_that_never_did(house):
    house.cloud.starts_never_arrive = 1
    recording_id = house.start()
    assert not house.cloud.tasks
    assert settle.settle_one(recording_id)
    assert len(house.cloud.tasks) == 1
    assert house.screen(recording_id).handle


def test_it_is_told_the_name_by_the_first_callback_after_a_lost_answer(house):
    house.cloud.starts_lost = 1
    recording_id = house.start()
    house.tell(house.task(), 40, status=0)
    assert house.state(recording_id) == "recording"
    assert dict(house.screen(recording_id).handle)["sid"] == house.task().sid


@pytest.fixture
def named_as_the_first(house):
    """A recording that has ended, and a vendor that gives its name to the next one."""
    first = house.start()
    task = house.task()
    house.stop(first)
    house.tell(task, 41, leaveCode=4)
    house.tell(task, 31, status=0)
    house.tell(task, 11, exitStatus=0)
    resources = house.cloud.resources
    house.cloud.during_start = lambda: resources.update({list(resources)[-1]: task.sid})
    return first


def test_it_does_not_take_another_recordings_name(house, named_as_the_first):
    second = house.start()
    assert house.state(second) == "starting"
    assert "name of another recording" in house.sentences(second)[-1]
    assert house.screen(named_as_the_first).handle
    assert "sid" not in dict(house.screen(second).handle)
    assert house.row().account_reachable


def test_it_asks_again_for_a_name_of_its_own(house, named_as_the_first):
    second = house.start()
    assert not settle.settle_one(second)
    house.cloud.resources["resource-1"] = None
    assert settle.settle_one(second)
    assert dict(house.screen(second).handle)["sid"] == house.task().sid


def test_it_gives_up_in_words_when_nobody_ever_tells(house):
    house.cloud.starts_lost = 1
    recording_id = house.start()
    house.cloud.down = True
    for _ in range(40):
        house.clock.advance(20)
        sync.sync_due()
    screen = house.screen(recording_id)
    assert screen.state.value == "failed"
    assert "never told" in str(screen.failure)


def test_it_makes_up_for_a_start_that_died_before_the_vendor_was_asked(house, monkeypatch):
    with monkeypatch.context() as crash:
        crash.setattr(recordings.starting, "begin", lambda recording: None)
        recording_id = house.start()
    sync.sync_due()
    assert not house.cloud.asked
    house.clock.advance(61)
    sync.sync_due()
    assert len(house.cloud.tasks) == 1
    assert house.screen(recording_id).handle


def test_it_settles_a_start_that_died_in_the_middle(house):
    def die():
        raise KeyboardInterrupt

    house.cloud.during_start = die
    with pytest.raises(KeyboardInterrupt):
        house.start()
    house.cloud.during_start = None
    house.clock.advance(61)
    sync.sync_due()
    sync.sync_due()
    assert len(house.cloud.tasks) == 1
    assert house.row().recording.state.value == "recording"


def test_it_does_not_send_a_start_that_nobody_waits_for_any_more(house, monkeypatch):
    with monkeypatch.context() as crash:
        crash.setattr(recordings.starting, "begin", lambda recording: None)
        recording_id = house.start()
    house.clock.advance(600)
    sync.sync_due()
    assert house.state(recording_id) == "failed"
    assert not house.cloud.tasks


def test_it_queues_the_safety_net(house):
    recording_id = house.start()
    assert ("start", f"start-{recording_id}", {"recording_id": recording_id}) in house.app.queued


def test_it_starts_even_if_the_queue_is_away(house):
    def broken(*_work):
        raise OSError("no queue")

    house.app.extensions["tallydeck.enqueue"] = broken
    assert house.state(house.start()) == "starting"


def test_it_is_not_for_viewers(house):
    with pytest.raises(Forbidden):
        recordings.start(house.channel_id, "press-0001", house.viewer)
    assert not house.cloud.asked


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "with space", None])
def test_it_refuses_a_press_without_a_proper_key(house, key):
    with pytest.raises(InvalidInput):
        recordings.start(house.channel_id, key, house.operator)


def test_it_refuses_one_key_for_two_channels(house):
    first = house.start("the-same-press")
    other = channels.create(_form(house), house.operator)
    with pytest.raises(Conflict) as refused:
        recordings.start(other, "the-same-press", house.operator)
    assert refused.value.recording_id == first


def test_it_does_not_start_an_archived_channel(house):
    channels.archive(house.channel_id, house.operator)
    with pytest.raises(NotFound):
        house.start()


def test_it_holds_no_transaction_while_the_vendor_works(house):
    states = []
    house.cloud.during_start = lambda: states.append(db.session().in_transaction())
    house.start()
    assert states == [False]


def _form(house):
    return {**queries.channel_form(house.channel_id).values, "name": "other"}
