"""The worker as a whole: what it sees, what it outlives, how it ends."""

import signal
import socket
import time

import pytest

from dashboard.services import health
from tests.engine.harness import wait_until
from tests.jobs.conftest import kill, seconds_to_end


def test_it_sees_a_recording_through_without_any_callback(house, engine):
    house.worker()
    recording_id = house.start(house.channel())
    engine.join(house.row(recording_id).channel_name, "1001")
    house.wait_for_state(recording_id, "recording")
    time.sleep(1)
    house.stop(recording_id)
    house.wait_for_state(recording_id, "completed")


def test_it_settles_what_was_lost_before_it_came_up(house, engine):
    """Nothing was queued, as there was no queue yet; the row alone tells."""
    engine.faults(start_lost=1)
    recording_id = house.start(house.channel())
    house.worker()
    house.wait_for_state(recording_id, "recording")
    assert house.sids(recording_id) == [house.row(recording_id).handle_key]


def test_it_goes_on_after_a_kill(house, engine):
    worker = house.worker()
    recording_id = house.start(house.channel())
    house.wait_for_state(recording_id, "recording")
    kill(worker)
    house.worker()
    house.stop(recording_id)
    house.wait_for_state(recording_id, "completed")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_time_in_the_middle_of_everything(house, engine, number):
    """A start sleeps in its workflow, and a vendor hangs in the middle of its answer."""
    worker = house.worker()
    engine.faults(start_lost=1)
    house.start(house.channel())
    engine.faults(start_delay_s=5)
    time.sleep(2.2)
    assert seconds_to_end(worker, number) < 3
    assert worker.returncode == 0


def test_it_outlives_a_dead_engine(house, engine):
    worker = house.worker()
    recording_id = house.start(house.channel())
    house.wait_for_state(recording_id, "recording")
    engine.kill()
    try:
        wait_until(lambda: house.row(recording_id).unreachable_since, 15, "unreachable")
        time.sleep(1)
        assert worker.poll() is None
    finally:
        engine.start()
    wait_until(lambda: not house.row(recording_id).unreachable_since, 15, "reachable again")
    assert house.row(recording_id).state == "recording"


def test_it_looks_after_others_while_one_vendor_hangs(house, engine, monkeypatch):
    """Three recordings of a vendor that takes connections and never answers."""
    engine.faults(start_lost=1)
    recording_id = house.start(house.channel())
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        account_id = house.account(f"http://127.0.0.1:{hanging.getsockname()[1]}")
        monkeypatch.setattr("dashboard.services.starting.begin", lambda recording: None)
        for _ in range(3):
            house.end_lease(house.start(house.channel(account_id)))
        house.worker()
        house.wait_for_state(recording_id, "recording", limit_s=6)


def test_it_shows_that_it_lives(house):
    house.worker()

    def lives():
        with house.app.app_context():
            return health.worker_ok()

    wait_until(lives, 10, "a heartbeat")
