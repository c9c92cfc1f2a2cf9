"""Agora's official Python client drives whole recordings, and meets every kind of error."""

from types import SimpleNamespace

import pytest
from agora_rest_client.core.exceptions import ClientRequestException, ServiceResponseException
from agora_rest_client.services.cloud_recording.v1 import api_start, api_update, api_update_layout

from tests.compat.agora_client import (
    FILE_KEYS,
    begun,
    client,
    is_playable,
    point_at,
    recorder,
    store,
)
from tests.engine.harness import SMALL, CallbackReceiver, EngineProcess


@pytest.fixture(scope="module")
def receiver():
    with CallbackReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def engine(tmp_path_factory, receiver):
    folder = tmp_path_factory.mktemp("agora")
    with EngineProcess(folder, receiver.url, tune={"progress_every_s": 0.7}) as process:
        process.join("mixed", "11")
        process.join("mixed", "12")
        yield process


@pytest.fixture(scope="module", autouse=True)
def pointed(engine):
    with pytest.MonkeyPatch.context() as patch:
        point_at(patch, engine.url)
        yield


def mixing(**more):
    picture = api_start.TranscodingConfig(**SMALL)
    return api_start.RecordingConfig(
        channelType=1, streamTypes=2, maxIdleTime=30, transcodingConfig=picture, **more
    )


def start_mix(agora, cname, uid="900001", **more):
    return begun(
        agora, cname, uid, token="t", storage_config=store(), recording_config=mixing(**more)
    )


def refused(kind, act, *args, **kwargs):
    with pytest.raises(kind) as said:
        act(*args, **kwargs)
    assert type(said.value) is kind
    return said.value.status_code, said.value.error_code, said.value.error_msg


# --- mix ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mixed(engine, receiver, pointed):
    """A mixed recording from acquire to stop; what the client was answered."""
    agora = recorder("mix", engine, area="ap")
    task = begun(
        agora,
        "mixed",
        "900001",
        token="t",
        storage_config=store(fileNamePrefix=["year26", "l7"]),
        recording_config=mixing(subscribeAudioUids=["#allstream#"], unsubscribeVideoUids=["999"]),
    )
    receiver.wait_for(42, task.sid)
    query = agora.query(*task.by_id)
    lists = api_update.StreamSubscribe(
        audioUidList=api_update.AudioUidList(subscribeAudioUids=["11"]),
        videoUidList=api_update.VideoUidList(unsunscribeVideoUids=["12"]),
    )
    update = agora.update(*task.by_name, stream_subscribe=lists)
    windows = [
        api_update_layout.LayoutConfig(uid="11", x_axis=0, y_axis=0, width=0.5, height=1.0),
        api_update_layout.LayoutConfig(x_axis=0.5, y_axis=0, width=0.5, height=1, render_mode=1),
    ]
    layout = agora.update_layout(
        *task.by_name, mixed_video_layout=3, layout_config=windows, background_color="#203040"
    )
    stop = agora.stop(*task.by_name)
    receiver.wait_for(11, task.sid)
    return SimpleNamespace(
        agora=agora, task=task, query=query, update=update, layout=layout, stop=stop
    )


def test_it_records_a_mix_for_the_client(mixed):
    task = mixed.task
    for answer in (task.started, mixed.query, mixed.update, mixed.layout, mixed.stop):
        assert (answer.cname, answer.uid) == ("mixed", "900001")
        assert (answer.resourceId, answer.sid) == task.by_id
    assert (task.acquired.cname, task.acquired.uid) == ("mixed", "900001")


def test_it_answers_a_query_of_a_mix_with_a_list(mixed):
    response = mixed.query.serverResponse
    assert list(response) == ["status", "fileListMode", "fileList", "sliceStartTime"]
    assert response["status"] in (4, 5)
    assert response["fileListMode"] == "json"
    assert response["sliceStartTime"] > 1_700_000_000_000


def test_it_leaves_the_files_that_the_stop_names(mixed, engine):
    response = mixed.stop.serverResponse
    assert list(response) == ["fileListMode", "fileList", "uploadingStatus"]
    assert response["uploadingStatus"] == "uploaded"
    stem = f"year26/l7/{mixed.task.sid}_mixed"
    assert [one["fileName"] for one in response["fileList"]] == [f"{stem}_0.mp4", f"{stem}.m3u8"]
    for one in response["fileList"]:
        assert list(one) == FILE_KEYS
        assert (one["uid"], one["mixedAllUser"], one["isPlayable"]) == ("0", True, True)
    assert is_playable(engine.bucket(f"{stem}_0.mp4"))


def test_it_does_what_the_client_changed(mixed, receiver):
    """The client's own slip, `unsunscribeVideoUids`, is understood."""
    silent = {
        (one.event, one.details["streamUid"])
        for one in receiver.of(mixed.task.sid)
        if one.event in (43, 44) and one.details["state"] == 1
    }
    assert silent == {(43, "12"), (44, "12")}


def test_it_knows_nothing_of_what_has_ended(mixed):
    agora, task = mixed.agora, mixed.task
    for ask, address in (
        (agora.query, task.by_id),
        (agora.update, task.by_name),
        (agora.update_layout, task.by_name),
        (agora.stop, task.by_name),
    ):
        told = refused(ServiceResponseException, ask, *address)
        assert told == (404, 404, "failed to find worker")


# --- errors, as the client takes them -----------------------------------------------------


def test_it_refuses_with_the_fields_name(engine):
    agora = recorder("mix", engine)
    status, code, reason = refused(ServiceResponseException, agora.acquire, "errors", "1", 999)
    assert (status, code) == (400, 2)
    assert "resourceExpiredHour" in reason
    status, code, reason = refused(
        ServiceResponseException, start_mix, agora, "errors", streamMode="fancy"
    )
    assert (status, code) == (400, 2)
    assert "streamMode" in reason


def test_it_refuses_wrong_keys_and_unknown_apps(engine):
    wrong = client("mix", engine.app_id, "key", "wrong")
    status, code, text = refused(ServiceResponseException, wrong.acquire, "errors", "1")
    assert (status, code) == (401, None)
    assert "Invalid authentication credentials" in text
    unknown = client("mix", "unknown", *engine.auth)
    status, code, text = refused(ServiceResponseException, unknown.acquire, "errors", "1")
    assert (status, code) == (400, None)
    assert "appid is invalid" in text


def test_it_starts_a_resource_once_and_says_so_without_a_sid(engine):
    agora = recorder("mix", engine)
    task = start_mix(agora, "again")
    again = agora.start(task.rid, "again", "900001", "t", store(), mixing())
    assert (again.code, again.sid) == (7, None)
    status, code, _ = refused(ServiceResponseException, start_mix, agora, "again")
    assert (status, code) == (400, 53)
    assert refused(ClientRequestException, agora.stop, *task.by_name)[:2] == (206, 435)


def test_it_repeats_a_start_whose_answer_was_lost(engine):
    """The client's retry meets 201/7; the recording runs under a sid that it never heard."""
    engine.faults(start_lost=1)
    task = start_mix(recorder("mix", engine), "lost")
    assert (task.started.code, task.sid) == (7, None)
    running = engine.studio("/channels/lost").json()["recordings"]
    assert len(running) == 1
    with pytest.raises(ClientRequestException) as said:
        recorder("mix", engine).stop(task.rid, running[0]["sid"], "lost", "900001")
    assert said.value.error_code == 435


@pytest.mark.parametrize(
    ("call", "http", "code"),
    [("query", 206, 65), ("query", 504, 62), ("update_layout", 206, 65), ("stop", 206, 65)],
)
def test_it_plays_the_faults_of_the_vendor(engine, call, http, code):
    agora = recorder("mix", engine)
    task = start_mix(agora, "faults", uid=str(1000 + http + len(call)))
    wire = {"update_layout": "updateLayout"}.get(call, call)
    engine.faults(answers=[{"call": wire, "http": http, "code": code}])
    address = task.by_id if call == "query" else task.by_name
    told = refused(ClientRequestException, getattr(agora, call), *address)
    assert told[:2] == (http, code)
    agora.query(*task.by_id)


def test_it_completes_a_start_that_the_client_repeats(engine):
    engine.faults(answers=[{"call": "start", "http": 206, "code": 65}])
    task = start_mix(recorder("mix", engine), "patience")
    assert task.sid


def test_it_limits_the_rate(tmp_path):
    with EngineProcess(tmp_path, tune={"rate_per_s": 2}) as slow:
        address = client("mix", slow.app_id, *slow.auth)
        with pytest.MonkeyPatch.context() as patch:
            point_at(patch, slow.url)
            address.acquire("rate", "1")
            address.acquire("rate", "1")
            status, code, text = refused(ClientRequestException, address.acquire, "rate", "1")
    assert (status, code) == (429, None)
    assert "API rate limit exceeded" in text


def test_it_says_that_pages_are_not_recorded(engine):
    agora = recorder("web", engine)
    rid = agora.acquire("page", "1").resourceId
    service = api_start.ExtensionServiceConfig(errorHandlePolicy="error_abort")
    status, code, reason = refused(
        ServiceResponseException, agora.start, rid, "page", "1", store(), service
    )
    assert (status, code) == (400, 2)
    assert "mode web is not offered" in reason
