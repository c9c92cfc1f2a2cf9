"""Recordings through TRTC's door from start to last callback, with real workers."""

import io
import re
import time

import av
import pytest
from PIL import Image

from dashboard.protocols.trtc_events import verify
from dashboard.protocols.trtc_filenames import encode
from tests.engine.harness import wait_until
from tests.engine.trtc import APP, SMALL, TrtcReceiver, assert_typical, trtc_engine

STEM = f"{APP}_8801"
ANNA = f"{STEM}__UserId_s_{encode('anna')}__UserId_e_main"
BEN = f"{STEM}__UserId_s_{encode('ben')}__UserId_e_main"
STAMP = re.compile(r"_\d{17}\.ts$")


@pytest.fixture(scope="module")
def receiver():
    with TrtcReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def engine(tmp_path_factory, receiver):
    with trtc_engine(tmp_path_factory.mktemp("engine"), receiver.url, cpu_share=0) as process:
        yield process


@pytest.fixture(scope="module")
def tasks(engine, receiver):
    """One room recorded in several ways at a time, all of them over."""
    engine.join("*8801", "anna")
    engine.join("*8801", "ben")
    bucket = {"Vendor": 0, "Region": "ap-shanghai", "Bucket": "rec-1250000000", "AccessKey": "a",
              "SecretKey": "b", "FileNamePrefix": ["lessons", "2026"]}  # fmt: skip
    made = {
        "mixed": engine.create(
            robot="mixed",
            RecordParams={"OutputFormat": 1},
            StorageParams={"CloudStorage": bucket},
            MixLayoutParams={"MixLayoutMode": 2, "MaxResolutionUserId": "ben"},
        ),
        "single": engine.create(robot="single", RecordParams={"RecordMode": 1, "OutputFormat": 1}),
        "sound": engine.create(
            robot="sound", RecordParams={"RecordMode": 1, "StreamType": 1, "OutputFormat": 4}
        ),
        "merged": engine.create(robot="merged", RecordParams={"RecordMode": 1, "AvMerge": 1}),
        "anna": engine.create(
            robot="anna_only",
            RecordParams={
                "RecordMode": 1,
                "SubscribeStreamUserIds": {
                    "SubscribeVideoUserIds": ["an.*$"],
                    "UnSubscribeAudioUserIds": ["b.*$"],
                },
            },
        ),
    }
    in_progress = {task_id: "InProgress" for task_id in made.values()}
    wait_until(lambda: {one: engine.status(one) for one in in_progress} == in_progress)
    made["described"] = {name: engine.describe(task_id) for name, task_id in made.items()}
    time.sleep(2.5)
    for name in ("mixed", "single", "sound", "merged", "anna"):
        engine.delete(made[name])
    for name, last in (("mixed", 310), ("single", 310), ("sound", 310), ("merged", 305),
                       ("anna", 305)):  # fmt: skip
        receiver.wait_for(last, made[name])
    return made


def names(engine, task_id, *folders):
    return {STAMP.sub("_*.ts", path.name) for path in engine.stored(task_id, *folders).iterdir()}


def streams(path):
    """Kinds of what can be decoded, sizes of pictures, seconds."""
    with av.open(str(path)) as media:
        kinds = {stream.type for stream in media.streams}
        sizes = {(stream.width, stream.height) for stream in media.streams.video}
        frames = list(media.decode())
    return kinds, sizes, frames


def test_it_keeps_a_mixed_recording_below_its_folders(engine, tasks):
    wanted = {f"{STEM}.m3u8", f"{STEM}_*.ts", f"{STEM}.mp4"}
    assert names(engine, tasks["mixed"], "lessons", "2026") == wanted


def test_it_keeps_files_for_each_person(engine, tasks):
    wanted = {f"{who}_{kind}{end}" for who in (ANNA, BEN) for kind in ("audio", "video")
              for end in (".m3u8", "_*.ts")}  # fmt: skip
    assert names(engine, tasks["single"]) == wanted | {f"{ANNA}.mp4", f"{BEN}.mp4"}


def test_it_keeps_sound_alone(engine, tasks):
    assert names(engine, tasks["sound"]) == {f"{ANNA}.aac", f"{BEN}.aac"}
    kinds, _, frames = streams(engine.stored(tasks["sound"]) / f"{ANNA}.aac")
    assert kinds == {"audio"}
    assert len(frames) > 50


def test_it_keeps_sound_and_picture_together(engine, tasks):
    found = names(engine, tasks["merged"])
    assert found == {f"{ANNA}.m3u8", f"{ANNA}_*.ts", f"{BEN}.m3u8", f"{BEN}_*.ts"}


def test_it_records_whom_the_lists_name(engine, tasks):
    found = {name for name in names(engine, tasks["anna"]) if name.endswith(".m3u8")}
    assert found == {f"{ANNA}_audio.m3u8", f"{ANNA}_video.m3u8"}


def test_its_files_play(engine, tasks):
    mixed = engine.stored(tasks["mixed"], "lessons", "2026")
    for name in (f"{STEM}.m3u8", f"{STEM}.mp4"):
        kinds, sizes, frames = streams(mixed / name)
        assert kinds == {"audio", "video"}
        assert sizes == {(SMALL["Width"], SMALL["Height"])}
        assert len(frames) > 50
    kinds, _, frames = streams(engine.stored(tasks["single"]) / f"{BEN}.mp4")
    assert kinds == {"audio", "video"}
    assert len(frames) > 50


def test_it_describes_a_mixed_recording(tasks):
    response = tasks["described"]["mixed"]
    (file,) = response["StorageFileList"]
    started_ms = file.pop("BeginTimeStamp")
    assert file == {"UserId": "", "FileName": f"{STEM}.m3u8", "TrackType": "audio_video"}
    assert abs(started_ms / 1000 - time.time()) < 60
    assert response["Status"] == "InProgress"


def test_it_describes_each_person(tasks):
    files = tasks["described"]["single"]["StorageFileList"]
    found = {(file["UserId"], file["FileName"], file["TrackType"]) for file in files}
    assert found <= {(uid, f"{stem}_{kind}.m3u8", kind) for kind in ("audio", "video")
                     for uid, stem in (("anna", ANNA), ("ben", BEN))}  # fmt: skip
    assert found


def test_it_tells_of_a_mixed_recording_as_the_vendor_does(tasks, receiver):
    assert_typical(receiver.events(tasks["mixed"]))
    by_event = {one.event: one.payload for one in receiver.of(tasks["mixed"])}
    index = tasks["described"]["mixed"]["StorageFileList"][0]
    assert by_event[302] == {"LeaveCode": 0}
    assert by_event[304] == {"FileList": f"{STEM}.m3u8"}
    assert by_event[307]["FileName"] == f"{STEM}.m3u8"
    assert by_event[307]["UserId"] == ""
    assert by_event[310]["FileList"] == [f"{STEM}.mp4"]
    (file,) = by_event[310]["FileMessage"]
    assert file["FileName"] == f"{STEM}.mp4"
    assert file["MediaId"] == "mix"
    assert file["EndTimeStamp"] - file["StartTimeStamp"] > 2000
    assert abs(file["StartTimeStamp"] - by_event[307]["BeginTimeStamp"]) < 100
    assert index["FileName"] == by_event[304]["FileList"]


def test_it_tells_of_the_files_of_each_person(tasks, receiver):
    told = receiver.of(tasks["single"])
    begun = {(one.payload["UserId"], one.payload["FileName"]) for one in told if one.event == 307}
    assert begun == {(uid, f"{stem}_{kind}.m3u8") for kind in ("audio", "video")
                     for uid, stem in (("anna", ANNA), ("ben", BEN))}  # fmt: skip
    assert {one.payload["FileList"] for one in told if one.event == 304} == {
        name for _, name in begun
    }
    (last,) = [one.payload for one in told if one.event == 310]
    assert sorted(last["FileList"]) == sorted([f"{ANNA}.mp4", f"{BEN}.mp4"])
    assert {(file["UserId"], file["MediaId"]) for file in last["FileMessage"]} == {
        ("anna", "main"), ("ben", "main"),
    }  # fmt: skip


def test_it_tells_of_sound_files_without_an_index(tasks, receiver):
    assert receiver.events(tasks["sound"]) == [301, 303, 302, 310]


def test_it_signs_what_it_tells(engine, tasks, receiver):
    for one in receiver.of(tasks["mixed"]):
        assert verify([engine.callback_secret], one.raw, one.headers["Sign"])
        assert one.headers["SdkAppId"] == str(APP)
        assert one.headers["Content-Type"] == "application/json"
        assert one.body["EventGroupId"] == 3
        info = one.info
        assert (info["RoomId"], info["UserId"]) == ("8801", "mixed")
        assert info["EventTs"] == info["EventMsTs"] // 1000
        assert one.body["CallbackTs"] >= info["EventMsTs"]


def test_it_changes_who_is_seen_and_heard(engine, receiver):
    engine.join("*8802", "anna", color="#00FF00")
    engine.join("*8802", "ben", color="#0000FF")
    task_id = engine.create("8802")
    receiver.wait_for(307, task_id)
    before = _preview(engine, task_id)
    response = engine.modify(
        task_id,
        SubscribeStreamUserIds={"SubscribeVideoUserIds": ["ben"]},
        MixLayoutParams={
            "MixLayoutMode": 4,
            "BackGroundColor": "#FF0000",
            "MixLayoutList": [
                {"Top": 0, "Left": 160, "Width": 160, "Height": 180, "UserId": "ben",
                 "RenderMode": 0},
            ],
        },
    )  # fmt: skip
    assert response["TaskId"] == task_id
    picture = wait_until(lambda: _changed(engine, task_id, before), what="the new layout")
    red, green, blue = picture.getpixel((40, 90))
    assert (red > 200, green < 60, blue < 60) == (True, True, True)
    engine.delete(task_id)
    receiver.wait_for(305, task_id)


def _changed(engine, task_id, before):
    picture = _preview(engine, task_id)
    return picture if picture and picture.getpixel((40, 90)) != before.getpixel((40, 90)) else None


def _preview(engine, task_id):
    answer = engine.studio(f"/recordings/{task_id}/preview.jpg?width=320")
    return Image.open(io.BytesIO(answer.content)) if answer.content else None
