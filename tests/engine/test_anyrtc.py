"""anyRTC's dialect at the shared paths, spoken as its clients in use speak it: plain requests.

Source: agora-anyrtc.md section 14.
"""

import json

import pytest
import requests

from dashboard.protocols.signatures import sha1_signature
from tests.engine.harness import CallbackReceiver, EngineProcess, start_request, wait_until

APP, AUTH, SECRET = "any-app", ("any-key", "any-secret"), "any-callback-secret"
UTF8 = {"Content-Type": "application/json;charset=utf-8"}
CALLS = ("query", "update", "updateLayout", "stop")


@pytest.fixture(scope="module")
def told():
    with CallbackReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def engine(tmp_path_factory, receiver, told):
    """An engine with an Agora app and an anyRTC app, each with a listener of its own."""
    apps = [
        {"dialect": "anyrtc", "app_id": APP, "key": AUTH[0], "secret": AUTH[1],
         "callback_url": told.url, "callback_secret": SECRET},
    ]  # fmt: skip
    tune = {"anyrtc_retry_gaps_s": "0.1,0.1", "progress_every_s": 0.7}
    folder = tmp_path_factory.mktemp("anyrtc")
    with EngineProcess(folder, receiver.url, apps=apps, tune=tune) as process:
        yield process


def call(engine, path, body=None, app=APP, auth=AUTH, method="POST"):
    address = f"{engine.url}/v1/apps/{app}/cloud_recording{path}"
    raw = None if body is None else json.dumps(body)
    return requests.request(method, address, data=raw, headers=UTF8, auth=auth, timeout=30)


def join(engine, channel, uid):
    address = f"{engine.url}/studio/v1/apps/{APP}/channels/{channel}/people/{uid}"
    requests.put(address, json={}, auth=AUTH, timeout=5).raise_for_status()


def begun(engine, cname, uid="recorder one", **settings):
    """Returns the whole body of a start."""
    who = {"cname": cname, "uid": uid}
    acquired = call(engine, "/acquire", {**who, "clientRequest": {}}).json()
    rid = acquired["Body"]["resourceId"]
    body = {**who, "clientRequest": start_request(**settings)}
    return call(engine, f"/resourceid/{rid}/mode/mix/start", body).json()


def of(engine, started, what, body=None, **who):
    """query, update, updateLayout or stop."""
    path = f"/resourceid/{started['resourceId']}/sid/{started['sid']}/mode/mix/{what}"
    return call(engine, path, body, method="GET" if what == "query" else "POST", **who)


@pytest.fixture(scope="module")
def life(engine, told):
    """A whole recording; what it answered on the way."""
    join(engine, "room1", "anna.b@home")
    answers = {"start": begun(engine, "room1", output=("hls", "mp4"), folders=("room1",))}
    started = answers["start"]["Body"]
    told.wait_for(42, started["sid"])
    answers["query"] = of(engine, started, "query").json()
    who = {"cname": "room1", "uid": "recorder one"}
    lists = {
        "streamSubscribe": {
            "videoUidList": {"subscribeVideoUids": ["anna.b@home"]},
            "audioUidList": {"subscribeAudioUids": ["#allstream#"]},
        }
    }
    answers["update"] = of(engine, started, "update", {**who, "clientRequest": lists}).json()
    layout = {"mixedVideoLayout": 2, "maxResolutionUid": "anna.b@home"}
    answers["layout"] = of(engine, started, "updateLayout", {**who, "clientRequest": layout}).json()
    answers["stop"] = of(engine, started, "stop", who).json()
    told.wait_for(11, started["sid"])
    answers["after"] = of(engine, started, "query")
    return answers


def test_it_wraps_its_answers_and_names_no_channel(life):
    started = life["start"]
    assert list(started) == ["Code", "Body"]
    assert started["Code"] == 200
    assert list(started["Body"]) == ["resourceId", "sid"]
    assert life["update"] == life["layout"] == started
    assert list(life["query"]["Body"]) == ["resourceId", "sid", "serverResponse"]
    response = life["query"]["Body"]["serverResponse"]
    assert list(response) == ["status", "fileListMode", "fileList", "sliceStartTime"]


def test_it_names_the_files_as_its_clients_read_them(life):
    response = life["stop"]["Body"]["serverResponse"]
    assert response["uploadingStatus"] == "uploaded"
    names = [one["filename"] for one in response["fileList"]]
    stem = f"room1/{life['start']['Body']['sid']}_room1"
    assert names == [f"{stem}_0.mp4", f"{stem}.m3u8"]
    for one in response["fileList"]:
        assert list(one) == ["filename", "trackType", "uid", "mixedAllUser", "isPlayable",
                             "sliceStartTime"]  # fmt: skip


def test_it_is_not_found_after_its_end(life):
    assert life["after"].status_code == 404
    assert life["after"].json() == {
        "Code": 404, "Body": {"code": 404, "reason": "failed to find worker"},
    }  # fmt: skip


def test_it_tells_in_an_envelope_of_its_own(life, told, receiver):
    sid = life["start"]["Body"]["sid"]
    deliveries = told.of(sid)
    assert [one.event for one in deliveries][:3] == [40, 30, 42]
    assert [one.event for one in deliveries][-3:] == [33, 31, 11]
    for one in deliveries:
        assert list(one.body) == ["noticeID", "productId", "eventType", "notifyMs", "payload"]
        assert one.headers["Ar-Signature"] == sha1_signature(SECRET, one.raw)
        assert "Agora-Signature" not in one.headers
        assert "serviceScene" not in one.body["payload"]
        assert json.loads(one.body["payload"]["details"])["msgName"]
    uploaded = json.loads(deliveries[-2].body["payload"]["details"])
    assert uploaded["fileList"] == life["stop"]["Body"]["serverResponse"]["fileList"]
    seen = {json.loads(one.details)["streamUid"] for one in deliveries if one.event == 44}
    assert seen == {"anna.b@home"}
    assert receiver.of(sid) == []


def test_it_delivers_three_times_at_most(engine, told):
    told.answer = 500
    try:
        started = begun(engine, "deaf")["Body"]
        wait_until(lambda: told.events(started["sid"]).count(30) == 3, what="three of the second")
    finally:
        told.answer = 200
    assert told.events(started["sid"]).count(40) == 3
    assert len({one.body["noticeID"] for one in told.of(started["sid"])[:3]}) == 1
    of(engine, started, "stop", {"cname": "deaf", "uid": "recorder one"})


def test_it_answers_a_second_start_without_a_sid(engine):
    started = begun(engine, "twice")["Body"]
    who = {"cname": "twice", "uid": "recorder one"}
    again = call(
        engine,
        f"/resourceid/{started['resourceId']}/mode/mix/start",
        {**who, "clientRequest": start_request()},
    )
    assert again.status_code == 201
    assert again.json() == {"Code": 201, "Body": {"code": 7, "reason": "already started"}}
    assert begun(engine, "twice")["Body"]["code"] == 53
    stopped = of(engine, started, "stop", who).json()
    assert (stopped["Code"], stopped["Body"]["code"]) == (206, 435)


@pytest.mark.parametrize(
    ("uid", "taken"), [("a" * 48, True), ("a" * 49, False), ("", False), (7, False)]
)
def test_it_takes_texts_for_uids(engine, uid, taken):
    answer = call(engine, "/acquire", {"cname": "uids", "uid": uid, "clientRequest": {}})
    assert answer.status_code == (200 if taken else 400)
    assert ("resourceId" in answer.json()["Body"]) is taken
    if not taken:
        assert answer.json()["Body"]["code"] == 2


# --- side by side -------------------------------------------------------------------------


def test_it_asks_everybody_for_the_key_of_their_own_app(engine):
    body = {"cname": "keys", "uid": "1", "clientRequest": {}}
    assert call(engine, "/acquire", body, auth=engine.auth).json() == {
        "message": "appid is invalid"
    }
    assert call(engine, "/acquire", body, app=engine.app_id).json() == {
        "message": "appid is invalid"
    }
    assert call(engine, "/acquire", body, auth=("any-key", "x")).status_code == 401
    assert "cname" in call(engine, "/acquire", body, app=engine.app_id, auth=engine.auth).json()


@pytest.mark.parametrize("what", CALLS)
def test_it_shows_nobody_the_recordings_of_another_app(engine, what):
    mine = begun(engine, f"shared {what}")["Body"]
    body = {"cname": f"shared {what}", "uid": "recorder one", "clientRequest": {}}
    answer = of(engine, mine, what, body, app=engine.app_id, auth=engine.auth)
    assert (answer.status_code, answer.json()["code"]) == (404, 404)
    assert engine.studio(f"/channels/shared {what}").json()["recordings"] == []
    of(engine, mine, "stop", body)


def test_it_lets_two_apps_record_a_channel_as_the_same_uid(engine):
    mine = begun(engine, "both", uid="7")["Body"]
    theirs = engine.start_recording("both", "7")
    assert theirs.sid != mine["sid"]
    engine.of(theirs, "stop", {"async_stop": True})
    of(engine, mine, "stop", {"cname": "both", "uid": "7"})
