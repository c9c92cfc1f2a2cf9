"""Agora's official Python client records people apart, and takes screenshots of them."""

from types import SimpleNamespace

import av
import pytest
from agora_rest_client.services.cloud_recording.v1 import api_start, api_update

from dashboard.engine.playlist import parse
from tests.compat.agora_client import FILE_KEYS, begun, is_playable, point_at, recorder, store
from tests.engine.harness import CallbackReceiver, EngineProcess, wait_until


@pytest.fixture(scope="module")
def receiver():
    with CallbackReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def engine(tmp_path_factory, receiver):
    folder = tmp_path_factory.mktemp("apart")
    with EngineProcess(folder, receiver.url) as process:
        for channel in ("apart", "shots"):
            process.join(channel, "11")
            process.join(channel, "12")
        yield process


@pytest.fixture(scope="module", autouse=True)
def pointed(engine):
    with pytest.MonkeyPatch.context() as patch:
        point_at(patch, engine.url)
        yield


def apart(**more):
    return api_start.RecordingConfig(channelType=1, streamTypes=2, subscribeUidGroup=0, **more)


def file_keys(uid, sid, cname):
    stem = f"{sid}_{cname}__uid_s_{uid}__uid_e_"
    return {(f"{stem}audio.m3u8", "audio", uid), (f"{stem}video.m3u8", "video", uid)}


@pytest.fixture(scope="module")
def individual(engine, receiver, pointed):
    agora = recorder("individual", engine)
    task = begun(agora, "apart", "900002", token=None, storage_config=store(),
                 recording_config=apart(streamMode="default"))  # fmt: skip
    wait_until(lambda: receiver.events(task.sid).count(42) >= 4, what="four slices")
    lists = api_update.StreamSubscribe(
        audioUidList=api_update.AudioUidList(subscribeAudioUids=["#allstream#"]),
        videoUidList=api_update.VideoUidList(subscribeVideoUids=["11"]),
    )
    query = agora.query(*task.by_id)
    update = agora.update(*task.by_name, stream_subscribe=lists)
    stop = agora.stop(*task.by_name)
    receiver.wait_for(11, task.sid)
    return SimpleNamespace(agora=agora, task=task, query=query, update=update, stop=stop)


def test_it_records_people_apart_for_the_client(individual, engine):
    response = individual.stop.serverResponse
    assert list(response) == ["fileListMode", "fileList", "uploadingStatus"]
    assert (response["fileListMode"], response["uploadingStatus"]) == ("json", "uploaded")
    sid = individual.task.sid
    named = {(one["fileName"], one["trackType"], one["uid"]) for one in response["fileList"]}
    assert named == file_keys("11", sid, "apart") | file_keys("12", sid, "apart")
    for one in response["fileList"]:
        assert list(one) == FILE_KEYS
        assert one["mixedAllUser"] is False
        listing = parse(engine.bucket(one["fileName"]).read_text())
        assert listing.ended
        assert all(is_playable(engine.bucket(item.name)) for item in listing.slices)


def test_it_answers_a_query_of_individual_mode_with_a_list(individual):
    response = individual.query.serverResponse
    assert list(response) == ["status", "fileListMode", "fileList", "sliceStartTime"]
    assert response["fileListMode"] == "json"
    assert individual.update.sid == individual.task.sid


def test_it_tells_whose_slices_began(individual, receiver):
    told = {
        (one.details["streamUid"], one.details["trackType"], one.details["mixedAllUser"])
        for one in receiver.of(individual.task.sid)
        if one.event == 42
    }
    assert told == {(uid, kind, False) for uid in ("11", "12") for kind in ("audio", "video")}


def test_it_takes_screenshots_alone(engine, receiver):
    agora = recorder("individual", engine)
    task = begun(
        agora,
        "shots",
        "900003",
        token=None,
        storage_config=store(),
        recording_config=api_start.RecordingConfig(
            channelType=1, streamTypes=1, subscribeUidGroup=0
        ),
        snapshot_type=0,
        snapshot_config=api_start.SnapshotConfig(captureInterval=5, fileType=["jpg"]),
    )
    wait_until(
        lambda: (
            {
                one.details["fileName"].split("__uid_s_")[1][:2]
                for one in receiver.of(task.sid)
                if one.event == 45
            }
            == {"11", "12"}
        ),
        what="a picture of each",
    )
    assert list(agora.query(*task.by_id).serverResponse) == ["status", "sliceStartTime"]
    stop = agora.stop(*task.by_name)
    assert stop.serverResponse == {"uploadingStatus": "uploaded"}
    receiver.wait_for(11, task.sid)
    scenes = {one.body["payload"]["serviceScene"] for one in receiver.of(task.sid)}
    assert scenes == {"rtc_snapshot"}
    for one in receiver.of(task.sid):
        if one.event == 45:
            with av.open(str(engine.bucket(one.details["fileName"]))) as picture:
                assert picture.streams.video[0].codec_context.name == "mjpeg"
