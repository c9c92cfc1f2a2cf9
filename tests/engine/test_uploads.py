"""Recordings that go to a real store over HTTP, through weather of all kinds."""

import asyncio
import io
import os
import shutil
import threading
import time

import av
import pytest

from dashboard.engine.playlist import parse
from dashboard.engine.uploads.s3 import PART_BYTES, Bucket
from dashboard.engine.uploads.safe import Safe
from dashboard.engine.uploads.storage import sealed, storage_of
from dashboard.engine.uploads.targets import StoreFault
from tests.engine.harness import EngineProcess, wait_until
from tests.engine.store import Line, Store


@pytest.fixture(scope="module")
def store():
    with Store() as store:
        for name in ("rec", "renewed", "away", "parts"):
            store.make_bucket(name)
        yield store


@pytest.fixture(scope="module")
def engine(tmp_path_factory, receiver):
    tune = {"retry_gaps_s": "0.1,0.2,0.3", "backup_after_s": 0.5}
    with EngineProcess(tmp_path_factory.mktemp("uploads"), receiver.url, tune=tune) as process:
        yield process


def begin(engine, receiver, channel, storage, **settings):
    """A recording with something in it."""
    engine.join(channel, "1001")
    recording = engine.start_recording(channel, storage=storage, **settings)
    receiver.wait_for(42, recording.sid)
    time.sleep(0.5)  # media that runs with the world
    return recording


def files_of(engine, recording):
    return engine.data / "tasks" / recording.sid / "files"


def test_it_brings_a_whole_recording_to_a_store(engine, receiver, store, tmp_path):
    settings = {"output": ("hls", "mp4"), "folders": ("year26", "l7")}
    recording = begin(engine, receiver, "whole", store.config("rec"), **settings)
    engine.faults(storage_off=True)
    engine.of(recording, "stop", {"async_stop": True})
    receiver.wait_for(41, recording.sid)
    wait_until(lambda: list(files_of(engine, recording).glob("*.mp4")), what="the MP4")
    local = shutil.copytree(files_of(engine, recording), tmp_path / "copy")
    engine.faults(storage_off=False)
    listed = receiver.wait_for(31, recording.sid).details["fileList"]
    objects = store.objects("rec")
    kept = {f"year26/l7/{path.name}": path.read_bytes() for path in local.iterdir()}
    assert objects == kept
    assert sorted(name.rsplit(".")[-1] for name in objects) == ["m3u8", "mp4", "ts"]
    assert {file["fileName"] for file in listed} <= set(objects)
    playlist = next(name for name in objects if name.endswith(".m3u8"))
    assert store.head("rec", playlist)["ContentType"] == "application/vnd.apple.mpegurl"
    for item in parse(objects[playlist].decode()).slices:
        with av.open(io.BytesIO(objects[f"year26/l7/{item.name}"])) as media:
            assert sum(1 for _ in media.decode(video=0)) == round(item.duration_s * 10)
    receiver.wait_for(11, recording.sid)
    assert not list(engine.data.glob("buckets/*/**/*"))


def test_it_tells_of_a_wrong_key(engine, receiver, store):
    wrong = store.config("renewed", secretKey="not-the-secret-key-of-anybody")
    recording = begin(engine, receiver, "renewed", wrong)
    engine.of(recording, "stop", {"async_stop": True})
    details = receiver.wait_for(1, recording.sid).details
    assert (details["module"], details["errorCode"], details["errorLevel"]) == (1, 32, 4)
    assert "SignatureDoesNotMatch" in details["errorMsg"]
    receiver.wait_for(32, recording.sid)
    assert 31 not in receiver.events(recording.sid)
    assert store.objects("renewed") == {}


def test_it_takes_renewed_keys_while_it_records(engine, receiver, store):
    wrong = store.config("renewed", accessKey="AKIANOBODY0000000000")
    recording = begin(engine, receiver, "renewed live", wrong)
    answer = engine.of(recording, "update", {"storageConfig": store.config("renewed")})
    assert answer.status_code == 200, answer.text
    assert engine.of(recording, "stop").json()["serverResponse"]["uploadingStatus"] == "uploaded"
    receiver.wait_for(31, recording.sid)
    assert any(name.startswith(recording.sid) for name in store.objects("renewed"))


def test_it_keeps_what_a_store_that_is_away_cannot_take(engine, receiver, store):
    with Line(store.port) as line:
        there = {"extensionParams": {"endpoint": line.url}}
        recording = begin(engine, receiver, "away", store.config("away", **there))
        line.cut()
        stopped = engine.of(recording, "stop")
        assert stopped.json()["serverResponse"]["uploadingStatus"] == "backuped", stopped.text
        error = receiver.wait_for(1, recording.sid).details
        assert (error["module"], error["errorCode"]) == (1, 47)
        receiver.wait_for(32, recording.sid)
        warning = receiver.wait_for(2, recording.sid).details
        assert (warning["module"], warning["warnCode"]) == (1, 32)
        engine.kill()
        assert {31, 11}.isdisjoint(receiver.events(recording.sid))
        state = (engine.data / "tasks" / recording.sid / "state.json").read_text()
        for secret in (store.secret_key, store.access_key):
            assert secret not in state + engine.log
        assert sorted(path.suffix for path in files_of(engine, recording).iterdir()) == [
            ".m3u8", ".ts"]  # fmt: skip
        engine.start()
        line.mend()
        receiver.wait_for(11, recording.sid)
    assert receiver.events(recording.sid)[-3:] == [33, 31, 11]
    assert receiver.events(recording.sid).count(32) == 1
    assert sorted(name.rsplit(".")[-1] for name in store.objects("away")) == ["m3u8", "ts"]
    assert not list(files_of(engine, recording).glob("*"))


# --- one bucket alone ---------------------------------------------------------------------


def bucket_of(store, name, **changes):
    keys = {"access_key": store.access_key, "secret_key": store.secret_key, **changes}
    storage = {"endpoint": store.url, "region": "", "bucket": name}
    return Bucket(storage, keys, ("a", "b"))


def test_it_sends_a_large_file_in_parts(store, tmp_path):
    large = tmp_path / "film.mp4"
    large.write_bytes(os.urandom(1024) * (PART_BYTES // 1024 * 2 + 1))
    told = []
    asyncio.run(bucket_of(store, "parts").put(large, large.name, told.append))
    assert store.head("parts", "a/b/film.mp4")["ETag"].endswith('-3"')
    assert store.objects("parts")["a/b/film.mp4"] == large.read_bytes()
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_it_leaves_no_parts_behind_when_broken_off(store, tmp_path):
    large = tmp_path / "broken.mp4"
    large.write_bytes(bytes(PART_BYTES * 3))
    bucket = bucket_of(store, "parts")

    def told(part):
        if part > 0.5:
            bucket.close()

    with pytest.raises(StoreFault):
        asyncio.run(bucket.put(large, large.name, told))
    assert not store._s3.list_multipart_uploads(Bucket="parts").get("Uploads")
    assert "a/b/broken.mp4" not in store.objects("parts")


def test_it_says_what_the_store_said(store, tmp_path):
    (tmp_path / "a.ts").write_bytes(b"media")
    for bucket, code in (
        (bucket_of(store, "parts", secret_key="wrong"), "SignatureDoesNotMatch"),
        (bucket_of(store, "nowhere"), "NoSuchBucket"),
        (bucket_of(store, "parts", access_key="", secret_key=""), "InvalidAccessKeyId"),
    ):
        with pytest.raises(StoreFault) as caught:
            asyncio.run(bucket.put(tmp_path / "a.ts", "a.ts", lambda part: None))
        assert (caught.value.code, caught.value.refused) == (code, True)


def test_it_waits_for_no_upload_when_it_ends(store, tmp_path):
    """A thread that hangs is a daemon: the process can go."""
    (tmp_path / "a.ts").write_bytes(b"media")
    asyncio.run(bucket_of(store, "parts").put(tmp_path / "a.ts", "a.ts", lambda part: None))
    assert all(one.daemon for one in threading.enumerate() if one.name == "upload")


# --- what is kept of a store --------------------------------------------------------------


def test_it_seals_keys_and_opens_them_again(tmp_path):
    safe = Safe(tmp_path / "storage.key")
    kept = sealed(storage_of("http://s3.test:9000/", "rec", "AK", "SK", "TOKEN"), safe)
    assert kept["endpoint"] == "http://s3.test:9000"
    assert "SK" not in repr(kept)
    again = Safe(tmp_path / "storage.key")
    assert again.open(kept["sealed"]) == {
        "access_key": "AK", "secret_key": "SK", "session_token": "TOKEN"}  # fmt: skip
    assert (tmp_path / "storage.key").stat().st_mode & 0o777 == 0o600
    assert Safe(tmp_path / "other.key").open(kept["sealed"]) == {}
    assert sealed(kept, safe) == kept


def test_it_shows_no_key_before_it_is_sealed():
    storage = storage_of("https://s3.test", "rec", "AK", "a-secret")
    assert "a-secret" not in repr(storage)
    assert storage_of("", "rec", "AK", "SK") is None


@pytest.mark.parametrize(
    "endpoint",
    ["s3.test", "ftp://s3.test", "http://", "http://a:b@s3.test", "http://s3.test/?x=1",
     "http://s3.test:0", "http://s3.test:port", "https://" + "s" * 3000],
)  # fmt: skip
def test_it_takes_plain_addresses_only(endpoint):
    with pytest.raises(ValueError, match="must be a"):
        storage_of(endpoint, "rec", "AK", "SK")
