"""What a start, an update and a layout may carry, row by row."""

import copy

import pytest

from tests.engine.harness import start_request

MANY = [str(uid) for uid in range(1, 34)]
WINDOW = {"x_axis": 0.0, "y_axis": 0.0, "width": 0.5, "height": 0.5}


def changed(path, value):
    """A good request with one field replaced; `...` takes it away."""
    request = copy.deepcopy(start_request())
    *parents, last = path.split(".")
    where = request
    for name in parents:
        where = where.setdefault(name, {})
    if value is ...:
        where.pop(last)
    else:
        where[last] = value
    return request


R, T, S = "recordingConfig.", "recordingConfig.transcodingConfig.", "storageConfig."


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("storageConfig", ...),
        ("storageConfig", []),
        (S + "vendor", ...),
        (S + "vendor", "1"),
        (S + "vendor", 12),
        (S + "vendor", -1),
        (S + "vendor", True),
        (S + "vendor", 9),
        (S + "region", ...),
        (S + "region", 26),
        (S + "region", 0.0),
        (S + "bucket", ...),
        (S + "bucket", ""),
        (S + "bucket", "../../etc"),
        (S + "bucket", "a/b"),
        (S + "bucket", ".hidden"),
        (S + "accessKey", ...),
        (S + "secretKey", 5),
        (S + "fileNamePrefix", "a"),
        (S + "fileNamePrefix", ["a/b"]),
        (S + "fileNamePrefix", [".."]),
        (S + "fileNamePrefix", [""]),
        (S + "fileNamePrefix", ["a" * 64, "b" * 64]),
        (S + "stsToken", "t"),
        (S + "extensionParams", {"endpoint": 1}),
        (S + "extensionParams.sse", "rot13"),
        ("appsCollection.combinationPolicy", "postpone_transcoding"),
        ("transcodeOptions", {}),
        ("recordingConfig", "x"),
        (R + "channelType", ...),
        (R + "channelType", 2),
        (R + "streamTypes", 3),
        (R + "streamTypes", True),
        (R + "audioProfile", 3),
        (R + "videoStreamType", 2),
        (R + "decryptionMode", 9),
        (R + "decryptionMode", 1),
        (R + "streamMode", "fancy"),
        (R + "streamMode", "original"),
        (R + "maxIdleTime", 4),
        (R + "maxIdleTime", 2592001),
        (R + "maxIdleTime", "30"),
        (R + "subscribeUidGroup", 6),
        (R + "privateParams", "{"),
        (R + "privateParams", "[]"),
        (R + "subscribeAudioUids", "1"),
        (R + "subscribeAudioUids", [1]),
        (R + "subscribeAudioUids", ["x"]),
        (R + "subscribeAudioUids", ["#allstream#", "1"]),
        (R + "unSubscribeAudioUids", ["#allstream#"]),
        (R + "subscribeVideoUids", MANY),
        (R + "unsubscribeVideoUids", MANY),
        (R + "transcodingConfig", []),
        (T + "width", 1921),
        (T + "width", 0),
        (T + "height", 1921),
        (T + "fps", "15"),
        (T + "bitrate", 6501),
        (T + "mixedVideoLayout", 4),
        (T + "mixedVideoLayout", 3),
        (T + "backgroundColor", "black"),
        (T + "backgroundColor", "#12345"),
        (T + "maxResolutionUid", "zero"),
        (T + "layoutConfig", [WINDOW]),
        (T + "backgroundImage", "ftp://example.org/a.png"),
        (T + "defaultUserBackgroundImage", "a.png"),
        (T + "backgroundConfig", [{"uid": "1"}]),
        (T + "backgroundConfig", [{"image_url": "https://example.org/a.png"}]),
        ("recordingFileConfig.avFileType", ["mp4"]),
        ("recordingFileConfig.avFileType", []),
        ("recordingFileConfig.avFileType", ["hls", "hls"]),
        ("recordingFileConfig.avFileType", "hls"),
        ("recordingFileConfig.avFileType", ["hls", "flv"]),
        ("snapshotConfig", {"fileType": ["jpg"]}),
        ("extensionServiceConfig", {}),
        ("token", 5),
    ],
)
def test_it_refuses_a_start_with(engine, path, value):
    rid = engine.acquire("validation")
    answer = engine.start_call("validation", "900001", rid, changed(path, value))
    assert answer.status_code == 400
    assert answer.json()["code"] == 2
    assert answer.json()["reason"].startswith("Start: ")
    named = path.rsplit(".", 1)[-1] in answer.json()["reason"]
    assert named or path.endswith(("mixedVideoLayout", "stsToken", "decryptionMode",
                                   "extensionParams", "backgroundConfig"))  # fmt: skip


@pytest.mark.parametrize(
    ("recording", "field"),
    [
        ({"streamTypes": 1, "subscribeAudioUids": ["1"]}, "subscribeAudioUids"),
        ({"streamTypes": 0, "unSubscribeVideoUids": ["1"]}, "subscribeVideoUids"),
        ({"subscribeAudioUids": ["1"], "unsubscribeAudioUids": ["2"]}, "subscribeAudioUids"),
        ({"decryptionMode": 7, "secret": "x"}, "salt"),
        ({"decryptionMode": 8, "secret": "x", "salt": "c2hvcnQ="}, "salt"),
    ],
)
def test_it_refuses_fields_that_contradict_each_other(engine, recording, field):
    rid = engine.acquire("validation")
    answer = engine.start_call("validation", "900001", rid, start_request(**recording))
    assert (answer.status_code, answer.json()["code"]) == (400, 2)
    assert field in answer.json()["reason"]


def test_it_refuses_a_canvas_beyond_full_hd(engine):
    request = start_request(transcodingConfig={"width": 1920, "height": 1081})
    answer = engine.start_call("validation", "900001", engine.acquire("validation"), request)
    assert answer.json()["code"] == 2


@pytest.mark.parametrize(
    ("cname", "uid"),
    [("", "1"), ("x" * 65, "1"), ("a/b", "1"), ("a", "0"), ("a", ""), ("a", 5), (5, "1"),
     ("a", "4294967296"), (None, "1"), ("a", "01")],
)  # fmt: skip
def test_it_refuses_to_acquire_for(engine, cname, uid):
    answer = engine.call("/acquire", {"cname": cname, "uid": uid, "clientRequest": {}})
    assert (answer.status_code, answer.json()["code"]) == (400, 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("resourceExpiredHour", 0), ("resourceExpiredHour", 721), ("resourceExpiredHour", "72"),
        ("scene", 3), ("regionAffinity", 5), ("region", "XX"), ("excludeResourceIds", "a"),
        ("startParameter", []),
    ],
)  # fmt: skip
def test_it_refuses_to_acquire_with(engine, field, value):
    body = {"cname": "a", "uid": "1", "clientRequest": {field: value}}
    answer = engine.call("/acquire", body)
    assert (answer.status_code, answer.json()["code"]) == (400, 2)
    assert answer.json()["reason"].startswith(f"Acquire: clientRequest.{field} ")


def test_it_acquires_with_everything_the_vendor_knows(engine):
    everything = {"scene": 0, "resourceExpiredHour": 24, "regionAffinity": 3, "region": "EU",
                  "excludeResourceIds": ["a"], "startParameter": {"token": "t"},
                  "unknown": [1]}  # fmt: skip
    body = {"cname": "a", "uid": "4294967295", "clientRequest": everything}
    answer = engine.call("/acquire", body)
    assert answer.status_code == 200
    assert list(answer.json()) == ["cname", "uid", "resourceId"]


def test_it_starts_only_what_acquire_was_told(engine):
    promised = start_request()
    reservation = {"cname": "promised", "uid": "7", "clientRequest": {"startParameter": promised}}
    rid = engine.call("/acquire", reservation).json()["resourceId"]
    other = engine.start_call("promised", "7", rid, start_request(maxIdleTime=77))
    assert (other.status_code, other.json()["code"]) == (400, 2)
    assert "startParameter" in other.json()["reason"]
    same = engine.start_call("promised", "7", rid, dict(reversed(promised.items())))
    assert same.status_code == 200


def test_it_needs_a_client_request(engine):
    assert engine.call("/acquire", {"cname": "a", "uid": "1"}).json()["code"] == 2


@pytest.fixture(scope="module")
def running(engine):
    recording = engine.start_recording("layouts")
    yield recording
    engine.of(recording, "stop", {"async_stop": True})


@pytest.mark.parametrize(
    "layout",
    [
        {},
        {"mixedVideoLayout": 0},
        {"mixedVideoLayout": 2, "maxResolutionUid": "11", "backgroundColor": "#aBcDeF"},
        {"mixedVideoLayout": 3, "layoutConfig": [{**WINDOW, "uid": "11", "render_mode": 1,
                                                  "alpha": 0.5}, WINDOW]},
        {"mixedVideoLayout": 3, "layoutConfig": [{**WINDOW, "uid": ""}] * 17},
        {"mixedVideoLayout": 3,
         "layoutConfig": [{"x_axis": 0.333333, "y_axis": 0, "width": 0.666667, "height": 1}]},
        {"backgroundImage": "https://example.org/a.png",
         "backgroundConfig": [{"uid": "1", "image_url": "https://example.org/b.jpg"}]},
    ],
)  # fmt: skip
def test_it_takes_a_layout(engine, running, layout):
    answer = engine.of(running, "updateLayout", layout)
    assert answer.status_code == 200, answer.text
    assert answer.json()["sid"] == running.sid


@pytest.mark.parametrize(
    "window",
    [
        {**WINDOW, "x_axis": 0.6},
        {**WINDOW, "y_axis": 0.500002},
        {**WINDOW, "x_axis": -0.1},
        {**WINDOW, "width": 1.1},
        {**WINDOW, "width": "0.5"},
        {**WINDOW, "alpha": 2},
        {**WINDOW, "render_mode": 2},
        {**WINDOW, "uid": 11},
        {**WINDOW, "uid": "abc"},
        {"x_axis": 0, "y_axis": 0, "width": 0.5},
        "window",
    ],
)
def test_it_refuses_a_window(engine, running, window):
    request = {"mixedVideoLayout": 3, "layoutConfig": [window]}
    answer = engine.of(running, "updateLayout", request)
    assert (answer.status_code, answer.json()["code"]) == (400, 2)


def test_it_refuses_more_than_seventeen_windows(engine, running):
    request = {"mixedVideoLayout": 3, "layoutConfig": [WINDOW] * 18}
    assert engine.of(running, "updateLayout", request).json()["code"] == 2


@pytest.mark.parametrize(
    "request_",
    [
        {"streamSubscribe": {"audioUidList": {"subscribeAudioUids": ["#allstream#"]}}},
        {"streamSubscribe": {"videoUidList": {"unSubscribeVideoUids": ["42", "43"]}}},
        {"streamSubscribe": {"videoUidList": {"unsubscribeVideoUids": []}}},
        {"streamSubscribe": {"videoUidList": {"unsunscribeVideoUids": ["42"]}}},
        {"storageConfig": start_request()["storageConfig"]},
    ],
)
def test_it_takes_an_update(engine, running, request_):
    assert engine.of(running, "update", request_).status_code == 200


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"streamSubscribe": []},
        {"streamSubscribe": {"audioUidList": {"subscribeAudioUids": [1]}}},
        {"storageConfig": {"vendor": 1}},
    ],
)
def test_it_refuses_an_update(engine, running, request_):
    answer = engine.of(running, "update", request_)
    assert (answer.status_code, answer.json()["code"]) == (400, 2)
