"""Every way a call can go wrong, as the vendor would answer it."""

import http.client
import json
import threading

import pytest
import requests

from tests.engine.harness import Recording, start_request, wait_until

NO_ROUTE = {"message": "no Route matched with those values"}


@pytest.fixture(scope="module")
def running(engine):
    recording = engine.start_recording("errors")
    yield recording
    engine.of(recording, "stop", {"async_stop": True})


# --- the gateway --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("auth", "message"),
    [
        (None, "Unauthorized"),
        (("key", "wrong"), "Invalid authentication credentials"),
        (("wrong", "key"), "Invalid authentication credentials"),
        (("", ""), "Invalid authentication credentials"),
    ],
)
def test_it_checks_the_key_before_anything_else(engine, auth, message):
    answer = engine.call("/acquire", "not an object", auth=auth)
    assert (answer.status_code, answer.json()) == (401, {"message": message})


@pytest.mark.parametrize("header", ["Bearer abc", "Basic", "Basic !!!", "Basic /////w==", "basic"])
def test_it_refuses_headers_that_are_no_key(engine, header):
    answer = engine.call("/acquire", {}, auth=None, headers={"Authorization": header})
    assert answer.status_code == 401


def test_it_checks_the_app_id_before_the_body(engine):
    address = f"{engine.url}/v1/apps/unknown/cloud_recording/acquire"
    answer = requests.post(address, data="{", auth=engine.auth, timeout=5)
    assert (answer.status_code, answer.json()) == (400, {"message": "appid is invalid"})


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/acquire"),
        ("POST", "/nowhere"),
        ("POST", "/resourceid/a/sid/b/mode/mix/query"),
        ("POST", "/resourceid/a/sid/b/mode/mix/updatelayout"),
        ("DELETE", "/acquire"),
    ],
)
def test_it_has_no_other_routes(engine, method, path):
    answer = engine.call(path, {}, method)
    assert (answer.status_code, answer.json()) == (404, NO_ROUTE)


@pytest.mark.parametrize("area", ["na", "eu", "ap", "cn"])
def test_it_takes_an_area_before_the_path(engine, area):
    address = f"{engine.url}/{area}/v1/apps/{engine.app_id}/cloud_recording/acquire"
    body = {"cname": "areas", "uid": "1", "clientRequest": {}}
    assert requests.post(address, json=body, auth=engine.auth, timeout=5).ok


def test_it_gives_every_answer_an_id_of_its_own(engine):
    answers = [
        engine.acquire and engine.call("/acquire", {}),
        engine.call("/acquire", {}, auth=None),
        engine.call("/nowhere", {}),
        requests.get(f"{engine.url}/healthz", timeout=5),
        engine.call("/acquire", {"cname": "ids", "uid": "1", "clientRequest": {}}),
    ]
    ids = {answer.headers["X-Request-Id"] for answer in answers}
    assert len(ids) == len(answers)


# --- bodies -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"{", b"[]", b'"x"', b"null", b"\xff\xfe", b'{"cname":NaN}', b"[" * 100_000,
        b'{"cname":' + b"9" * 10_000 + b"}", b'{"a":1e999}',
    ],
    ids=lambda raw: raw[:12].decode("latin-1"),
)  # fmt: skip
def test_it_answers_code_2_to_what_is_no_json_object(engine, raw):
    answer = requests.post(
        f"{engine.url}/v1/apps/{engine.app_id}/cloud_recording/acquire",
        data=raw, auth=engine.auth, timeout=5, headers={"Content-Type": "application/json"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (400, 2)


def test_it_wants_json_by_its_name(engine):
    address = f"{engine.url}/v1/apps/{engine.app_id}/cloud_recording/acquire"
    body = json.dumps({"cname": "types", "uid": "1", "clientRequest": {}})

    def post(kind):
        headers = {"Content-Type": kind}
        return requests.post(address, data=body, auth=engine.auth, timeout=5, headers=headers)

    assert post("application/json;charset=utf-8").ok
    assert post("text/plain").json()["code"] == 8


def test_it_does_not_read_bodies_without_end(engine):
    answer = engine.call("/acquire", {"cname": "x" * 300_000})
    assert answer.status_code == 413
    assert "X-Request-Id" in answer.headers


def test_it_goes_on_while_a_client_stalls(engine):
    stalled = http.client.HTTPConnection("127.0.0.1", engine.port)
    stalled.putrequest("POST", f"/v1/apps/{engine.app_id}/cloud_recording/acquire")
    stalled.putheader("Content-Length", "100")
    stalled.putheader("Content-Type", "application/json")
    token = requests.auth._basic_auth_str(*engine.auth)
    stalled.putheader("Authorization", token)
    stalled.endheaders(b"{")
    assert engine.acquire("stalled")
    stalled.close()


# --- start --------------------------------------------------------------------------------


def start(engine, cname, uid, rid, **settings):
    return engine.start_call(cname, uid, rid, start_request(**settings))


def test_it_starts_a_resource_once(engine, running):
    again = start(engine, running.cname, running.uid, running.rid)
    assert again.status_code == 201
    assert again.json()["code"] == 7
    assert "sid" not in again.json()


def test_it_has_one_recorder_of_a_uid_in_a_channel(engine, running):
    other = start(engine, running.cname, running.uid, engine.acquire(running.cname, running.uid))
    assert (other.status_code, other.json()["code"]) == (400, 53)


def test_it_starts_what_was_acquired(engine):
    rid = engine.acquire("mine", "7")
    assert start(engine, "mine", "8", rid).json()["code"] == 432
    assert start(engine, "other", "7", rid).json()["code"] == 432


@pytest.mark.parametrize("rid", ["x", "A" * 300, "%20", "....", "\u00e9"])
def test_it_cannot_read_a_foreign_resource(engine, rid):
    answer = start(engine, "mine", "7", rid)
    assert (answer.status_code, answer.json()["code"]) == (400, 1001)


@pytest.mark.parametrize("mode", ["web", "raw", "Mix"])
def test_it_says_plainly_what_it_does_not_record(engine, mode):
    rid = engine.acquire("modes", "7")
    answer = engine.call(
        f"/resourceid/{rid}/mode/{mode}/start",
        {"cname": "modes", "uid": "7", "clientRequest": start_request()},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, 2)
    assert mode in answer.json()["reason"]
    assert "is not offered" in answer.json()["reason"]


@pytest.mark.parametrize("scene", [1, 2])
def test_it_starts_only_what_was_acquired_for_channels(engine, scene):
    body = {"cname": "scenes", "uid": "7", "clientRequest": {"scene": scene}}
    rid = engine.call("/acquire", body).json()["resourceId"]
    answer = start(engine, "scenes", "7", rid)
    assert (answer.status_code, answer.json()["code"]) == (400, 2)
    assert "scene" in answer.json()["reason"]


@pytest.mark.parametrize("version", [1, 2])
def test_it_says_where_callbacks_come_from(engine, version):
    address = f"{engine.url}/v{version}/ncs/ip"
    answer = requests.get(address, auth=engine.auth, timeout=5)
    assert answer.json() == {"data": {"service": {"hosts": [{"primaryIP": "127.0.0.1"}]}}}
    assert requests.get(address, timeout=5).status_code == 401


# --- after start --------------------------------------------------------------------------

CALLS = [("query", {}), ("update", {}), ("updateLayout", {}), ("stop", {})]


@pytest.mark.parametrize(("call", "request_"), CALLS)
def test_it_does_not_find_what_never_ran(engine, running, call, request_):
    stranger = Recording(running.cname, running.uid, running.rid, "0" * 32)
    answer = engine.of(stranger, call, request_)
    assert (answer.status_code, answer.json()["code"]) == (404, 404)
    assert answer.json()["reason"] == "failed to find worker"


@pytest.mark.parametrize(("call", "request_"), CALLS)
def test_it_wants_the_resource_of_the_recording(engine, running, call, request_):
    wrong = Recording(running.cname, running.uid, engine.acquire("wrong"), running.sid)
    answer = engine.of(wrong, call, request_)
    assert (answer.status_code, answer.json()["code"]) == (400, 1003)


@pytest.mark.parametrize(("method", "call"), [("GET", "query"), ("POST", "update")])
def test_it_wants_the_mode_of_the_recording(engine, running, method, call):
    path = f"/resourceid/{running.rid}/sid/{running.sid}/mode/individual/{call}"
    answer = engine.call(path, {}, method)
    assert (answer.status_code, answer.json()["code"]) == (400, 2)
    assert "mode" in answer.json()["reason"]


@pytest.mark.parametrize("call", ["update", "updateLayout", "stop"])
def test_it_wants_cname_and_uid_of_the_recording(engine, running, call):
    wrong = Recording("another", running.uid, running.rid, running.sid)
    assert engine.of(wrong, call).json()["code"] == 432


def test_it_is_stopped_once(engine, receiver):
    engine.join("twice", "1")
    recording = engine.start_recording("twice")
    receiver.wait_for(42, recording.sid)
    engine.faults(storage_off=True)
    try:
        assert engine.of(recording, "stop", {"async_stop": True}).status_code == 200
        again = engine.of(recording, "stop")
        assert (again.status_code, again.json()["code"]) == (400, 49)
        assert engine.of(recording, "query").json()["serverResponse"]["status"] in (6, 7)
        assert engine.of(recording, "updateLayout").status_code == 404
        told = receiver.wait_for(3, recording.sid).details
        assert told["recordingMode"] == 0
        assert told["status"] in (6, 7)
        refusal = receiver.wait_for(1, recording.sid).details
        assert (refusal["module"], refusal["errorCode"], refusal["errorLevel"]) == (1, 32, 4)
    finally:
        engine.faults(storage_off=False)
    receiver.wait_for(31, recording.sid)
    receiver.wait_for(11, recording.sid)
    assert engine.of(recording, "stop").status_code == 404


@pytest.mark.parametrize(
    ("call", "status", "code"),
    [("acquire", 500, 501), ("query", 504, 62), ("stop", 206, 65), ("updateLayout", 206, 65)],
)
def test_it_plays_the_faults_it_is_asked_for(engine, running, call, status, code):
    engine.faults(answers=[{"call": call, "http": status, "code": code}])
    body = {"cname": "faults", "uid": "7", "clientRequest": {}}
    ask = engine.call("/acquire", body) if call == "acquire" else engine.of(running, call)
    assert (ask.status_code, ask.json()["code"]) == (status, code)
    if call == "query":
        assert engine.of(running, call).status_code == 200


def test_it_can_lose_the_answer_of_a_start_that_it_carries_out(engine, receiver):
    engine.faults(start_lost=1)
    rid = engine.acquire("lost", "7")
    with pytest.raises(requests.ConnectionError):
        start(engine, "lost", "7", rid)
    assert start(engine, "lost", "7", rid).json()["code"] == 7
    room = wait_until(lambda: engine.studio("/channels/lost").json()["recordings"])
    recording = Recording("lost", "7", rid, room[0]["sid"])
    assert engine.of(recording, "stop").json()["code"] == 435


def test_it_can_answer_a_start_late(engine):
    engine.faults(start_delay_s=1.5)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(engine.start_recording("slow", "7")))
    thread.start()
    assert wait_until(lambda: engine.studio("/channels/slow").json()["recordings"])
    assert engine.acquire("quick")
    assert not answers
    thread.join()
    engine.faults(start_delay_s=0)
    engine.of(answers[0], "stop", {"async_stop": True})
