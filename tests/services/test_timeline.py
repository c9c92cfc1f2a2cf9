"""One list of what people did, what the vendor told, and what it answered."""

import json
from datetime import timedelta

import pytest

from dashboard.extensions import db
from dashboard.protocols.signatures import agora_headers
from dashboard.services import callbacks, queries, sync
from tests.services.fakes import SECRET


@pytest.fixture
def running(house):
    recording_id = house.start()
    house.clock.advance(1)
    house.tell(house.task(), 40, status=0)
    return recording_id


def lines(recording_id, shown="all", most=None):
    db.session.rollback()
    screen = queries.recording(recording_id)
    return queries.timeline(recording_id, screen.events, shown, most)


def told(recording_id, shown="all"):
    """Oldest first, in English."""
    return [str(line.sentence) for line in reversed(lines(recording_id, shown).lines)]


def ask(house, times=1):
    for _ in range(times):
        house.clock.advance(6)
        sync.sync_due()


def test_it_tells_commands_callbacks_and_polls_in_one_order(house, running):
    ask(house, 3)
    house.stop(running)
    assert told(running) == [
        "Start was pressed.",
        "The vendor accepted the start.",
        "The recorder is in the channel.",
        "Asked: it records.",
        "Stop was pressed.",
        "The vendor accepted the stop.",
    ]


def test_it_says_who_did_it_and_where_it_moved_the_recording(house, running):
    house.stop(running)
    pressed = next(line for line in lines(running).lines if "Stop was" in str(line.sentence))
    assert (pressed.event.actor_email, pressed.event.state.value) == ("op@example.com", "stopping")


def test_it_counts_equal_answers_and_leaves_them_where_they_began(house, running):
    ask(house)
    began = house.clock.now()
    ask(house, 9)
    (run,) = lines(running, "poll").lines
    assert (run.times, run.at, run.until) == (10, began, house.clock.now())


def test_it_tells_an_answer_that_differs_anew_with_the_vendors_words(house, running):
    ask(house)
    house.cloud.down = True
    ask(house, 2)
    assert told(running, "poll")[:2] == [
        "Asked: it records.",
        "Asked: no answer. The account does not answer.",
    ]


@pytest.mark.parametrize(("shown", "sources"), [
    ("command", {"command"}), ("callback", {"callback"}), ("poll", {"poll"}),
])  # fmt: skip
def test_it_shows_one_kind_alone_and_counts_all(house, running, shown, sources):
    ask(house)
    found = lines(running, shown)
    assert {line.kind for line in found.lines} == sources
    assert found.counts == {"all": 4, "command": 2, "callback": 1, "poll": 1, "state": 2}


def test_it_shows_the_moves_of_the_state_alone(house, running):
    house.stop(running)
    states = [line.event.state.value for line in reversed(lines(running, "state").lines)]
    assert states == ["starting", "recording", "stopping", "uploading"]


def test_it_puts_a_late_callback_where_it_belongs(house, running):
    """It was sent again two minutes after it happened."""
    _, raw = house.cloud.callback(house.task(), 30, status=0)
    body = json.loads(raw)
    house.clock.advance(60)
    house.stop(running)
    house.clock.advance(60)
    raw = json.dumps(body | {"notifyMs": body["notifyMs"] + 120_000}).encode()
    callbacks.receive("account-key", agora_headers(SECRET, raw), raw, "192.0.2.1")
    assert told(running)[2:4] == ["The recorder is in the channel.", "The upload is ready."]


def test_it_keeps_the_vendors_own_order_where_its_times_contradict_it(house, running):
    task = house.task()
    before = house.clock.now() - timedelta(milliseconds=400)
    house.clock.advance(5)
    for event, at in ((42, house.clock.now()), (43, before)):
        headers, raw = house.cloud.callback(task, event, at=at, streamUid="11", state=0)
        callbacks.receive("account-key", headers, raw, "192.0.2.1")
    assert told(running)[-2:] == ["The first slice has begun.", "11 started sending sound."]


def test_it_marks_copies_and_numbers_that_are_missing(house, running):
    task = house.task()
    headers, raw = house.cloud.callback(task, 33, sequence=4, progress=100)
    for _ in range(3):
        callbacks.receive("account-key", headers, raw, "192.0.2.1")
    newest = lines(running).lines[0]
    assert (newest.repeats, newest.gap) == (2, (1, 3))


def test_it_cuts_a_long_one_and_says_how_much_is_left(house, running):
    for _ in range(8):
        house.tell(house.task(), 33, progress=100)
    found = lines(running, most=5)
    assert (len(found.lines), found.hidden) == (5, 6)
