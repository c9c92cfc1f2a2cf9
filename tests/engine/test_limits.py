"""An engine whose limits are tight enough to be reached."""

import time

import pytest

from tests.engine.harness import EngineProcess, start_request


@pytest.fixture(scope="module")
def engine(tmp_path_factory, receiver):
    tune = {"resource_life_s": 0.3, "sync_stop_s": 0.5, "most_recordings": 1, "rate_per_s": 8}
    with EngineProcess(tmp_path_factory.mktemp("tight"), receiver.url, tune=tune) as process:
        yield process


def test_it_takes_so_many_recordings_at_a_time_and_waits_so_long(engine, receiver):
    engine.join("full house", "1")
    spare = engine.acquire("next", "2")
    recording = engine.start_recording("full house")
    receiver.wait_for(42, recording.sid)
    answer = engine.call("/acquire", {"cname": "a", "uid": "1", "clientRequest": {}})
    assert (answer.status_code, answer.json()["code"]) == (400, 406)
    answer = engine.start_call("next", "2", spare, start_request())
    assert answer.json()["code"] in (433, 502)
    engine.faults(storage_off=True)
    answer = engine.of(recording, "stop")
    assert (answer.status_code, answer.json()["code"]) == (206, 65)
    engine.faults(storage_off=False)
    receiver.wait_for(31, recording.sid)


def test_it_starts_within_the_life_of_a_resource(engine):
    rid = engine.acquire("late", "7")
    time.sleep(0.35)
    answer = engine.start_call("late", "7", rid, start_request())
    assert (answer.status_code, answer.json()["code"]) == (400, 433)


def test_it_lets_so_many_calls_a_second_through(engine):
    time.sleep(1.1)
    body = {"cname": "rate", "uid": "1", "clientRequest": {}}
    answers = [engine.call("/acquire", body) for _ in range(30)]
    assert [answer.status_code for answer in answers[:8]] == [200] * 8
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json() == {"message": "API rate limit exceeded"}
    assert engine.studio("/channels").ok
