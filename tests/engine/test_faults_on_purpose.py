"""A door that misbehaves because it was asked to, in its vendor's own words."""

import asyncio
import time
from types import SimpleNamespace

import pytest
import requests

from dashboard.engine.config import Tuning
from dashboard.engine.doors.errors import Answer
from dashboard.engine.doors.studio import Studio
from tests.engine.harness import wait_until


@pytest.fixture(autouse=True)
def well_again(engine):
    yield
    switch(engine, answers=[], callbacks=[])


def switch(engine, **faults):
    answer = requests.post(
        f"{engine.url}/studio/v1/faults", json=faults, auth=engine.auth, timeout=5
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def acquire(engine, **how):
    return engine.call("/acquire", {"cname": "f", "uid": "1", "clientRequest": {}}, **how)


@pytest.mark.parametrize(
    ("how", "http", "body"),
    [
        ("not_found", 404, {"code": 404, "reason": "failed to find worker"}),
        ("not_completed", 206, {"code": 65, "reason": "request not completed"}),
        ("too_many", 429, {"message": "API rate limit exceeded"}),
        ("internal", 500, {"code": 500, "reason": "internal_error"}),
        ("empty", 200, {}),
    ],
)
def test_it_answers_as_agora_would(engine, how, http, body):
    switch(engine, answers=[{"call": "acquire", "how": how}])
    answer = acquire(engine)
    assert (answer.status_code, answer.json()) == (http, body)
    assert acquire(engine).status_code == 200


def test_it_answers_with_a_page_of_somebody_else(engine):
    switch(engine, answers=[{"call": "*", "how": "garbage"}])
    answer = acquire(engine)
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (200, "text/html")


def test_it_breaks_the_connection(engine):
    switch(engine, answers=[{"call": "acquire", "how": "cut"}])
    with pytest.raises(requests.ConnectionError):
        acquire(engine)


def test_it_is_silent_until_the_client_gives_up(engine):
    switch(engine, answers=[{"call": "acquire", "how": "silence"}])
    address = f"{engine.url}/v1/apps/{engine.app_id}/cloud_recording/acquire"
    with pytest.raises(requests.ReadTimeout):
        requests.post(address, json={}, auth=engine.auth, timeout=0.3)


def test_it_does_so_for_a_time_and_for_one_app(engine):
    planned = {"call": "acquire", "how": "internal", "for_s": 0.3}
    switch(engine, answers=[planned | {"app": "another"}])
    assert acquire(engine).status_code == 200
    switch(engine, answers=[planned | {"app": engine.app_id}])
    assert [acquire(engine).status_code for _ in range(2)] == [500, 500]
    time.sleep(0.3)
    assert acquire(engine).status_code == 200


def test_it_carries_out_what_it_then_does_not_answer(engine):
    recording = engine.start_recording("faults-done")
    switch(engine, answers=[{"call": "stop", "how": "cut", "done": True}])
    with pytest.raises(requests.ConnectionError):
        engine.of(recording, "stop", {"async_stop": True})
    wait_until(lambda: engine.of(recording, "query").status_code == 404)


@pytest.mark.parametrize("planned", [{"call": "stop"}, {"call": "stop", "how": "weird"}, {}])
def test_it_refuses_switches_that_make_no_sense(engine, planned):
    address = f"{engine.url}/studio/v1/faults"
    answer = requests.post(address, json={"answers": [planned]}, auth=engine.auth, timeout=5)
    assert answer.status_code == 400


def test_it_can_be_locked():
    house = SimpleNamespace(config=SimpleNamespace(tuning=Tuning(faults=0)), channels=None)
    gate = SimpleNamespace(check=lambda *_, **__: None)
    with pytest.raises(Answer) as refused:
        asyncio.run(Studio(SimpleNamespace(house=house), gate).set_faults(None))
    assert refused.value.http == 403


def test_it_lets_callbacks_go_astray(engine, receiver):
    switch(engine, callbacks=[{"copies": 2, "forge": True, "reorder": True}])
    recording = engine.start_recording("astray")
    wait_until(lambda: len(receiver.of(recording.sid)) >= 8)
    bodies = [one.body for one in receiver.of(recording.sid)]
    assert ["forged" in body for body in bodies[:4]] == [True, False, True, False]
    assert bodies[0]["noticeId"] == bodies[3]["noticeId"]
    assert bodies[0]["payload"]["sequence"] > 0


def test_it_loses_callbacks(engine, receiver):
    switch(engine, callbacks=[{"app": engine.app_id, "drop": 1}])
    recording = engine.start_recording("astray-too")
    first = wait_until(lambda: receiver.of(recording.sid))[0]
    assert first.sequence == 1
