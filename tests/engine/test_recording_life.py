"""A recording from start to last callback, over HTTP, with real workers."""

import re

import av
import pytest

from dashboard.protocols.filenames import parse_name
from dashboard.protocols.signatures import sha1_signature, sha256_signature
from tests.engine.harness import wait_until

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def status(engine, recording):
    return engine.of(recording, "query").json()["serverResponse"]["status"]


def decoded(path):
    """Numbers of decoded pictures and sound frames."""
    with av.open(str(path)) as media:
        frames = list(media.decode())
    pictures = [frame for frame in frames if isinstance(frame, av.VideoFrame)]
    return len(pictures), len(frames) - len(pictures)


@pytest.fixture(scope="module")
def slow(engine):
    """Recordings whose tests would else have to wait one after the other."""
    engine.join("first-file", "1001")
    return {
        "first file": engine.start_recording("first-file"),
        "idle": engine.start_recording("idle", maxIdleTime=5),
    }


@pytest.fixture(scope="module")
def life(engine, receiver, slow):
    """A whole recording of two people, with HLS and MP4; what it answered on the way."""
    engine.join("lesson_7", "1001")
    engine.join("lesson_7", "1002", video=False)
    recording = engine.start_recording("lesson_7", output=("hls", "mp4"), folders=("year26", "l7"))
    receiver.wait_for(42, recording.sid)
    wait_until(lambda: status(engine, recording) == 4, what="status 4")
    answers = {"query": engine.of(recording, "query").json()}
    layout = {"mixedVideoLayout": 2, "maxResolutionUid": "1002", "backgroundColor": "#203040"}
    answers["updateLayout"] = engine.of(recording, "updateLayout", layout).json()
    lists = {
        "streamSubscribe": {
            "audioUidList": {"unsubscribeAudioUids": ["1002"]},
            "videoUidList": {"subscribeVideoUids": ["#allstream#"]},
        }
    }
    answers["update"] = engine.of(recording, "update", lists).json()
    receiver.wait_for(33, recording.sid)
    answers["stop"] = engine.of(recording, "stop").json()
    receiver.wait_for(11, recording.sid)
    answers["after"] = engine.of(recording, "query")
    return recording, answers


def test_it_identifies_itself_in_every_answer(life):
    recording, answers = life
    identity = {"cname": "lesson_7", "uid": "900001",
                "resourceId": recording.rid, "sid": recording.sid}  # fmt: skip
    assert answers["updateLayout"] == answers["update"] == identity
    assert answers["query"] == {**identity, "serverResponse": answers["query"]["serverResponse"]}
    assert answers["stop"] == {**identity, "serverResponse": answers["stop"]["serverResponse"]}
    assert re.fullmatch(r"[0-9a-f]{32}", recording.sid)
    assert re.fullmatch(r"[A-Za-z0-9_-]{200,500}", recording.rid)


def test_it_answers_a_query_before_the_first_file(life):
    response = life[1]["query"]["serverResponse"]
    start_ms = response["sliceStartTime"]
    assert start_ms > 1_700_000_000_000
    assert response == {
        "status": 4, "fileListMode": "json", "fileList": [], "sliceStartTime": start_ms,
    }  # fmt: skip


def test_it_names_the_files_when_stopped(life):
    recording, answers = life
    response = answers["stop"]["serverResponse"]
    start_ms = answers["query"]["serverResponse"]["sliceStartTime"]
    stem = f"year26/l7/{recording.sid}_lesson-7"
    assert response == {
        "fileListMode": "json",
        "fileList": [
            {
                "fileName": name,
                "trackType": "audio_and_video",
                "uid": "0",
                "mixedAllUser": True,
                "isPlayable": True,
                "sliceStartTime": start_ms,
            }
            for name in (f"{stem}_0.mp4", f"{stem}.m3u8")
        ],
        "uploadingStatus": "uploaded",
    }


def test_it_is_not_found_after_its_end(life):
    recording, answers = life
    assert answers["after"].status_code == 404
    assert answers["after"].json() == {
        "cname": "lesson_7", "uid": "900001", "resourceId": recording.rid, "sid": recording.sid,
        "code": 404, "reason": "failed to find worker",
    }  # fmt: skip


def test_it_tells_everything_in_order(life, receiver):
    recording, _ = life
    events = receiver.events(recording.sid)
    assert [event for event in events if event != 33][:6] == [40, 30, 42, 43, 44, 43]
    assert events[-3:] == [33, 31, 11]
    rest = [event for event in events[:-3] if event != 33][6:]
    assert sorted(rest) == [4, 41, 43]
    assert events.index(41) < events.index(31)
    assert [one.sequence for one in receiver.of(recording.sid)] == list(range(len(events)))


def test_it_writes_callbacks_as_the_vendor_does(life, receiver, engine):
    recording, answers = life
    for delivery in receiver.of(recording.sid):
        body = delivery.body
        assert list(body) == ["noticeId", "productId", "eventType", "notifyMs", "payload"]
        assert UUID.fullmatch(body["noticeId"])
        assert body["productId"] == 3
        payload = body["payload"]
        assert list(payload) == ["cname", "uid", "sid", "sequence", "sendts", "serviceType",
                                 "serviceScene", "details"]  # fmt: skip
        assert (payload["cname"], payload["uid"]) == ("lesson_7", "900001")
        assert payload["serviceScene"] == "rtc_record"
        assert delivery.headers["Content-Type"] == "application/json"
        assert delivery.headers["Agora-Signature"] == sha1_signature(
            engine.callback_secret, delivery.raw
        )
        assert delivery.headers["Agora-Signature-V2"] == sha256_signature(
            engine.callback_secret, delivery.raw
        )


def test_it_fills_in_the_details_of_each_event(life, receiver):
    recording, answers = life
    start_ms = answers["query"]["serverResponse"]["sliceStartTime"]
    told = {}
    for delivery in receiver.of(recording.sid):
        told.setdefault(delivery.event, delivery.body["payload"])
    details = {event: payload["details"] for event, payload in told.items()}
    assert details[40] == {"msgName": "recorder_started", "status": 0}
    assert details[30] == {"msgName": "uploader_started", "status": 0}
    assert details[42] == {
        "msgName": "recorder_slice_start", "startUtcMs": start_ms, "discontinueUtcMs": start_ms,
        "mixedAllUser": True, "streamUid": "0", "trackType": "audio_and_video",
    }  # fmt: skip
    assert set(details[43]) == {"msgName", "streamUid", "state", "UtcMs"}
    assert (details[43]["streamUid"], details[43]["state"]) == ("1001", 0)
    assert details[4]["fileList"] == f"year26/l7/{recording.sid}_lesson-7.m3u8"
    assert details[41] == {"msgName": "recorder_leave", "leaveCode": 16}
    assert details[31]["fileList"] == answers["stop"]["serverResponse"]["fileList"]
    assert details[11] == {"msgName": "session_exit", "exitStatus": 0}
    services = {event: payload["serviceType"] for event, payload in told.items()}
    assert services == {40: 1, 30: 2, 42: 1, 43: 1, 44: 1, 4: 0, 33: 2, 41: 1, 31: 2, 11: 0}


def test_it_reports_progress_and_that_an_unsubscribed_voice_is_gone(life, receiver):
    recording, _ = life
    progress = [one.details["progress"] for one in receiver.of(recording.sid) if one.event == 33]
    assert progress[-1] == 10000
    assert all(0 <= value < 10000 for value in progress[:-1])
    audio = [one.details for one in receiver.of(recording.sid) if one.event == 43]
    assert [(one["streamUid"], one["state"]) for one in audio[-1:]] == [("1002", 1)]


def test_it_leaves_files_that_can_be_played(life, engine):
    recording, _ = life
    folder = engine.bucket("year26", "l7")
    kinds = {path.name: parse_name(path.name).kind for path in folder.iterdir()}
    assert sorted(kinds.values()) == ["mp4", "playlist", "slice"]
    playlist = (folder / f"{recording.sid}_lesson-7.m3u8").read_text()
    assert playlist.endswith("#EXT-X-ENDLIST\n")
    for name, kind in kinds.items():
        if kind != "playlist":
            pictures, sounds = decoded(folder / name)
            assert pictures >= 5
            assert sounds > 20
        if kind == "slice":
            assert name in playlist


def test_it_keeps_no_local_copy_and_no_secret(life, engine):
    recording, _ = life
    folder = engine.data / "tasks" / recording.sid
    wait_until(lambda: not (folder / "files").exists(), what="the local files to go")
    state = folder / "state.json"
    assert state.stat().st_mode & 0o777 == 0o600
    for text in (state.read_text(), engine.log):
        assert "a-storage-secret" not in text
        assert engine.customer_secret not in text
        assert engine.callback_secret not in text


def test_it_counts_five_once_the_first_file_is_uploaded(slow, engine, receiver):
    recording = slow["first file"]
    assert engine.of(recording, "query").json()["serverResponse"]["fileList"] == ""
    receiver.wait_for(4, recording.sid, limit_s=25)
    response = engine.of(recording, "query").json()["serverResponse"]
    start_ms = receiver.wait_for(42, recording.sid).details["startUtcMs"]
    name = f"{recording.sid}_first-file.m3u8"
    assert response == {
        "status": 5, "fileListMode": "string", "fileList": name, "sliceStartTime": start_ms,
    }  # fmt: skip
    assert (engine.bucket() / name).exists()
    answer = engine.of(recording, "stop", {"async_stop": True})
    assert answer.status_code == 200
    assert answer.json()["serverResponse"]["uploadingStatus"] == "unknown"
    receiver.wait_for(11, recording.sid)


def test_it_ends_by_itself_in_an_empty_channel(slow, receiver):
    recording = slow["idle"]
    assert receiver.wait_for(41, recording.sid).details["leaveCode"] == 4
    receiver.wait_for(11, recording.sid)
    assert [event for event in receiver.events(recording.sid) if event != 33] == [40, 30, 41, 11]


def test_it_says_that_nobody_published(engine, receiver):
    recording = engine.start_recording("nobody")
    receiver.wait_for(40, recording.sid)
    answer = engine.of(recording, "stop")
    assert answer.status_code == 206
    assert answer.json()["code"] == 435
    assert receiver.wait_for(11, recording.sid).details["exitStatus"] == 0


def test_it_begins_with_the_first_person_and_hears_of_those_who_leave(engine, receiver):
    recording = engine.start_recording("late")
    receiver.wait_for(40, recording.sid)
    engine.join("late", "77")
    receiver.wait_for(42, recording.sid)
    engine.leave("late", "77")
    wait_until(
        lambda: [one.details["state"] for one in receiver.of(recording.sid)
                        if one.event == 44][-1:] == [1],
        what="the stream to end",
    )  # fmt: skip
    engine.of(recording, "stop", {"async_stop": True})
    receiver.wait_for(11, recording.sid)
