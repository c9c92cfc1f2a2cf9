"""Recordings of TRTC's that lose a worker, the engine or their store."""

import json
import os
import signal
import time

import av
import pytest

from dashboard.protocols.trtc import DESCRIBE
from dashboard.protocols.trtc_filenames import encode
from tests.engine.harness import wait_until
from tests.engine.store import Store
from tests.engine.trtc import APP, BUCKET, TrtcReceiver, trtc_engine, vod

STEM = f"{APP}_8801"


@pytest.fixture(scope="module")
def receiver():
    with TrtcReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def engine(tmp_path_factory, receiver):
    tune = {"cpu_share": 0, "backup_after_s": 0.5}
    with trtc_engine(tmp_path_factory.mktemp("engine"), receiver.url, **tune) as process:
        yield process


def worker_of(engine, task_id):
    state = json.loads((engine.data / "tasks" / task_id / "state.json").read_text())
    return state["worker_pid"]


def test_it_goes_on_after_a_lost_worker(engine, receiver):
    engine.join("*8801", "anna")
    task_id = engine.create(RecordParams={"OutputFormat": 1})
    receiver.wait_for(307, task_id)
    os.kill(worker_of(engine, task_id), signal.SIGKILL)
    assert receiver.wait_for(306, task_id).payload == {"Status": 0}
    folder = engine.data / "tasks" / task_id / "files"
    wait_until(lambda: list(folder.glob(f"ha1_{STEM}_*")), what="a slice of the second worker")
    assert engine.status(task_id) == "InProgress"
    engine.delete(task_id)
    receiver.wait_for(310, task_id)
    stored = engine.stored(task_id)
    assert len(list(stored.glob(f"ha1_{STEM}_*.ts"))) == 1
    for index in stored.glob("*.m3u8"):
        with av.open(str(index)) as media:
            assert sum(1 for _ in media.decode(video=0)) > 0


def test_it_ends_with_the_fourth_worker_lost(engine, receiver):
    engine.join("*8802", "anna")
    task_id = engine.create("8802", StorageParams=vod())
    wait_until(lambda: engine.status(task_id) == "InProgress", what="InProgress")
    time.sleep(1.5)
    for times in (1, 2, 3):
        os.kill(worker_of(engine, task_id), signal.SIGKILL)
        wait_until(lambda: receiver.events(task_id).count(306) == times, what="a failover")  # noqa: B023
    os.kill(worker_of(engine, task_id), signal.SIGKILL)
    assert receiver.wait_for(302, task_id).payload == {"LeaveCode": 3}
    assert receiver.wait_for(312, task_id).payload == {"Status": 0}
    saved = receiver.wait_for(311, task_id).payload["TencentVod"]
    with av.open(saved["VideoUrl"]) as media:
        assert sum(1 for _ in media.decode(video=0)) > 0
    wait_until(lambda: not engine.status(task_id), what="the end")


def test_it_records_on_though_nobody_may_ask_for_it_any_more(engine, receiver):
    """ResourceExpiredHour, and an engine that was lost."""
    engine.join("*8803", "anna")
    task_id = engine.create("8803")
    receiver.wait_for(307, task_id)
    engine.kill()
    path = engine.data / "tasks" / task_id / "state.json"
    state = json.loads(path.read_text())
    assert state["expires_ms"] - state["created_ms"] == 72 * 3_600_000
    path.write_text(json.dumps({**state, "expires_ms": state["created_ms"]}))
    engine.start()
    receiver.wait_for(306, task_id)
    asked = {"SdkAppId": APP, "TaskId": task_id}
    assert engine.code(DESCRIBE, asked) == "ResourceNotFound"
    engine.leave("*8803", "anna")
    recordings = engine.studio("/channels/*8803").json()["recordings"]
    assert [one["sid"] for one in recordings] == [task_id]


def test_it_says_that_its_store_refuses(engine, receiver):
    engine.faults(storage_off=True)
    try:
        engine.join("*8804", "anna")
        task_id = engine.create("8804")
        receiver.wait_for(307, task_id)
        engine.delete(task_id)
        trouble = receiver.wait_for(308, task_id).payload
        assert set(trouble) == {"Code", "Message"}
        assert receiver.wait_for(305, task_id).payload == {"Status": 1}
    finally:
        engine.faults(storage_off=False)
    wait_until(lambda: receiver.events(task_id).count(305) == 2, what="the second 305")
    told = [one.payload for one in receiver.of(task_id) if one.event == 305]
    assert told == [{"Status": 1}, {"Status": 2}]
    assert (engine.stored(task_id) / f"{APP}_8804.m3u8").exists()


def test_it_brings_files_to_an_endpoint(engine, receiver):
    with Store() as store:
        store.make_bucket("rec")
        bucket = {**BUCKET, "Vendor": 1, "Bucket": "rec", "AccessKey": store.access_key,
                  "SecretKey": store.secret_key, "EndpointUrl": store.url,
                  "FileNamePrefix": ["lessons", "2026"]}  # fmt: skip
        engine.join("*8805", "anna")
        task_id = engine.create("8805", StorageParams={"CloudStorage": bucket})
        receiver.wait_for(307, task_id)
        engine.delete(task_id)
        assert receiver.wait_for(305, task_id).payload == {"Status": 0}
        keys = set(store.objects("rec"))
    assert f"lessons/2026/{task_id}/{APP}_8805.m3u8" in keys
    assert len(keys) == 2


def test_it_records_screens_as_a_stream_of_their_own(engine, receiver):
    engine.join("*8806", "anna", screen=True)
    task_id = engine.create("8806", RecordParams={"RecordMode": 1, "StreamType": 2})
    other = engine.create("8806", "main", RecordParams={"RecordMode": 1, "MediaId": 1})
    wait_until(lambda: len(engine.describe(task_id)["StorageFileList"]) == 2, what="two files")
    wait_until(lambda: len(engine.describe(other)["StorageFileList"]) == 2, what="two files")
    who = f"{APP}_8806__UserId_s_{encode('anna')}__UserId_e"
    for asked, names in (
        (task_id, {f"{who}_main_video.m3u8", f"{who}_aux_video.m3u8"}),
        (other, {f"{who}_main_video.m3u8", f"{who}_main_audio.m3u8"}),
    ):
        files = engine.describe(asked)["StorageFileList"]
        assert {file["FileName"] for file in files} == names
        engine.delete(asked)
