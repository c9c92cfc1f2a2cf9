"""Durable work: it survives a kill at any moment, and happens once."""

import pytest

from tests.engine.harness import wait_until
from tests.jobs.conftest import kill


def test_it_settles_a_lost_start_once_though_the_worker_is_killed(house, engine):
    """Killed while the workflow sleeps; the next worker of that name takes it up."""
    worker = house.workflows_alone()
    engine.faults(start_lost=1)
    recording_id = house.start(house.channel())
    assert house.row(recording_id).state == "starting"
    assert house.row(recording_id).handle_key is None
    wait_until(lambda: house.workflow(f"start-{recording_id}") == "PENDING")
    kill(worker)

    house.workflows_alone()
    wait_until(lambda: house.row(recording_id).handle_key, 15, "the start to be settled")
    wait_until(lambda: house.workflow(f"start-{recording_id}") == "SUCCESS")
    assert house.sids(recording_id) == [house.row(recording_id).handle_key]


def test_it_starts_once_though_it_is_killed_while_the_vendor_starts(house, engine, monkeypatch):
    """The web server died before it asked; the worker dies while the vendor carries it out."""
    worker = house.workflows_alone()
    monkeypatch.setattr("dashboard.services.starting.begin", lambda recording: None)
    recording_id = house.start(house.channel())
    engine.faults(start_delay_s=10)
    house.end_lease(recording_id)
    wait_until(lambda: house.sids(recording_id), 15, "the vendor to start it")
    assert house.row(recording_id).handle_key is None
    kill(worker)
    engine.faults(start_delay_s=0)
    house.end_lease(recording_id)

    house.workflows_alone()
    wait_until(lambda: house.row(recording_id).handle_key, 15, "the start to be settled")
    assert house.sids(recording_id) == [house.row(recording_id).handle_key]


def test_it_stops_what_could_not_be_stopped_at_first(house, engine):
    house.workflows_alone()
    recording_id = house.start(house.channel())
    engine.faults(answers=[{"call": "stop", "http": 206, "code": 65}])
    house.stop(recording_id)
    assert house.row(recording_id).stop_sent_at is None
    wait_until(lambda: house.row(recording_id).stop_sent_at, 15, "the stop to be sent")
    wait_until(lambda: house.sids(recording_id) == [], 15, "the recording to end")
    wait_until(lambda: house.workflow(f"stop-{recording_id}") == "SUCCESS")


def test_it_queues_the_same_work_once(house):
    house.workflows_alone()
    enqueue = house.app.extensions["tallydeck.enqueue"]
    for _ in range(3):
        enqueue("start", "start-404", {"recording_id": 404})
    assert house.workflow("start-404") in ("ENQUEUED", "PENDING")


def test_it_refuses_in_one_line_while_there_is_no_queue_yet(house):
    with pytest.raises(OSError, match="no such table") as caught:
        house.app.extensions["tallydeck.enqueue"]("start", "start-1", {"recording_id": 1})
    assert "\n" not in str(caught.value)
