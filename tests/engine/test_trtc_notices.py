"""Every row of what the engine tells, in the words of TRTC's callbacks."""

import json
from dataclasses import replace

import pytest

from dashboard.engine.apps import TRTC, App
from dashboard.engine.config import Tuning
from dashboard.engine.doors.trtc_answers import status_of, storage_files
from dashboard.engine.doors.trtc_notices import Notices, manner_of
from dashboard.engine.house import Faults
from dashboard.engine.library import Library
from dashboard.engine.tasks import End, Fault, Happening, Kind, Phase, Spec, Task
from dashboard.protocols.trtc_events import EVENTS, verify

AT_MS = 1_767_225_600_123
STEM = "1400000001_8801"
INDEX = {"name": f"{STEM}.m3u8", "uid": "", "medium": "audio_video", "stream": "mix",
         "start_ms": AT_MS, "end_ms": AT_MS + 60_000, "kind": "hls"}  # fmt: skip
MP4 = {**INDEX, "name": f"{STEM}.mp4", "kind": "mp4"}
PERSON = {"name": f"{STEM}__UserId_s_YW5uYQ..__UserId_e_aux_video.m3u8", "uid": "anna",
          "medium": "video", "stream": "screen", "start_ms": AT_MS, "end_ms": AT_MS + 9,
          "kind": "hls"}  # fmt: skip


def task(library=None, files=(INDEX,), **changes):
    keeps = {name: changes.pop(name, name == "hls") for name in ("hls", "mp4", "aac")}
    spec = Spec(canvas={}, layout={}, subscription={}, bucket="rec", library=library, **keeps)
    made = Task("-T+0.", TRTC, "r", "*8801", "rec_8801_a", 1, 2, spec, files=list(files))
    for name, value in changes.items():
        setattr(made, name, value)
    return made


@pytest.fixture
def library(tmp_path):
    return Library(tmp_path, "http://engine.example")


def arrive(library, made):
    """All files of a recording are in the library."""
    folder = library.arriving / made.sid
    folder.mkdir(parents=True)
    for file in made.files:
        (folder / file["name"]).write_text("#EXTM3U\n")
    library.take(made)


@pytest.fixture
def tell(library):
    notices = Notices(library)

    def told(of, kind, /, **fields):
        """(number, payload) of each notice."""
        found = notices.describe(of, Happening(kind, AT_MS, fields))
        for notice in found:
            assert set(EVENTS[notice["EventType"]].fields) <= set(notice["EventInfo"]["Payload"])
        return [(notice["EventType"], notice["EventInfo"]["Payload"]) for notice in found]

    return told


def test_it_says_whose_and_when(tmp_path):
    notices = Notices(Library(tmp_path, ""))
    (notice,) = notices.describe(task(), Happening(Kind.RECORDER_STARTED, AT_MS))
    assert notice["EventInfo"] == {
        "RoomId": "8801",
        "EventTs": AT_MS // 1000,
        "EventMsTs": AT_MS,
        "UserId": "rec_8801_a",
        "TaskId": "-T+0.",
        "Payload": {"Status": 0},
    }


@pytest.mark.parametrize(
    ("end", "code"),
    [(End.STOPPED, 0), (End.IDLE, 99), (End.REPLACED, 101), (End.SHUTDOWN, 3), (End.FAULT, 3)],
)
def test_it_says_why_the_recorder_left(tell, end, code):
    assert tell(task(), Kind.RECORDER_LEFT, end=end) == [(302, {"LeaveCode": code})]


def test_it_tells_of_a_bucket(tell):
    assert tell(task(), Kind.UPLOADER_STARTED) == [(303, {"Status": 0})]
    assert tell(task(), Kind.SLICE_STARTED, **INDEX, discontinue_ms=AT_MS) == [
        (307, {"FileName": INDEX["name"], "UserId": "", "TrackType": "audio_video",
               "BeginTimeStamp": AT_MS}),
    ]  # fmt: skip
    assert tell(task(), Kind.FIRST_FILE, **INDEX) == [(304, {"FileList": INDEX["name"]})]
    assert tell(task(), Kind.UPLOADED) == [(305, {"Status": 0})]
    assert tell(task(), Kind.FAILED_OVER, new_uid=7) == [(306, {"Status": 0})]


def test_it_tells_of_an_index_once_though_there_was_a_gap(tell):
    assert tell(task(), Kind.SLICE_STARTED, **INDEX, discontinue_ms=AT_MS - 900) == []


def test_it_tells_of_files_after_the_index(tell):
    made = task(files=[INDEX, MP4], mp4=True)
    told = tell(made, Kind.UPLOADED)
    assert told == [
        (305, {"Status": 0}),
        (310, {
            "Status": 0,
            "FileList": [MP4["name"]],
            "FileMessage": [{
                "FileName": MP4["name"], "UserId": "", "TrackType": "audio_video",
                "MediaId": "mix", "StartTimeStamp": AT_MS, "EndTimeStamp": AT_MS + 60_000,
            }],
        }),
    ]  # fmt: skip
    assert [
        number for number, _ in tell(task(files=[MP4], hls=False, mp4=True), Kind.UPLOADED)
    ] == [310]


def test_it_tells_of_the_index_where_there_is_nothing_else(tell, library):
    """Sound alone of a recording that has none."""
    assert tell(task(hls=False, aac=True), Kind.UPLOADED) == [(305, {"Status": 0})]
    made = task(library={}, hls=False, aac=True)
    assert tell(made, Kind.UPLOADED) == [(312, {"Status": 0})]
    arrive(library, made)
    (_, payload), _ = tell(made, Kind.UPLOADED)
    assert payload["TencentVod"]["CacheFile"] == INDEX["name"]


def test_it_says_that_files_wait_and_that_they_came_through(tell):
    assert tell(task(), Kind.BACKED_UP) == [(305, {"Status": 1})]
    assert tell(task(backed_up=True), Kind.UPLOADED) == [(305, {"Status": 2})]


def test_it_tells_of_a_library(tell, library):
    made = task(library={"record_id": "week-7"}, files=[PERSON, MP4], hls=True)
    arrive(library, made)
    assert tell(made, Kind.UPLOADER_STARTED) == []
    assert tell(made, Kind.SLICE_STARTED, **PERSON, discontinue_ms=AT_MS) == []
    assert tell(made, Kind.FIRST_FILE, **PERSON) == []
    (number, payload), last = tell(made, Kind.UPLOADED)
    assert (number, last) == (311, (312, {"Status": 0}))
    file = payload["TencentVod"]
    name = f"week-7__UserDefine_u_{PERSON['name']}"
    assert payload["Status"] == 0
    assert file == {
        "UserId": "anna", "TrackType": "video", "MediaId": "aux", "FileId": file["FileId"],
        "VideoUrl": f"http://engine.example/library/{file['FileId']}/{name}",
        "CacheFile": name, "StartTimeStamp": AT_MS, "EndTimeStamp": AT_MS + 9,
    }  # fmt: skip
    assert len(file["FileId"]) == 19
    assert file["FileId"].isdecimal()


@pytest.mark.parametrize(
    ("fault", "fields", "told"),
    [
        (Fault.NOT_READY, {"fatal": True}, [(301, {"Status": 1})]),
        (Fault.ENCODER, {"fatal": True}, [(302, {"LeaveCode": 3})]),
        (Fault.DISK_FULL, {"fatal": True}, [(302, {"LeaveCode": 3})]),
        (Fault.INTERNAL, {"fatal": True}, [(302, {"LeaveCode": 3})]),
        (Fault.STORAGE_REFUSED, {"fatal": False, "code": "AccessDenied"},
         [(308, {"Code": "AccessDenied", "Message": "why"})]),
        (Fault.UPLOAD_FAILED, {"fatal": False},
         [(308, {"Code": "upload_failed", "Message": "why"})]),
        (Fault.UPLOAD_TIMEOUT, {"fatal": True}, [(305, {"Status": 1})]),
        (Fault.FILE_FAILED, {"fatal": False},
         [(310, {"Status": 2, "FileList": [], "FileMessage": []})]),
    ],
)  # fmt: skip
def test_it_tells_of_each_fault(tell, fault, fields, told):
    assert tell(task(), Kind.FAULT, fault=fault, message="why", **fields) == told


def test_it_tells_of_faults_of_the_library(tell):
    made = task(library={}, files=[MP4], hls=False, mp4=True)
    assert tell(made, Kind.FAULT, fault=Fault.FILE_FAILED, message="why", fatal=True) == [
        (311, {"Status": 2, "Errmsg": "why", "TencentVod": {
            "UserId": "", "TrackType": "audio_video", "CacheFile": MP4["name"]}}),
    ]  # fmt: skip
    timeout = tell(made, Kind.FAULT, fault=Fault.UPLOAD_TIMEOUT, message="why", fatal=True)
    assert timeout == [(312, {"Status": 1})]


@pytest.mark.parametrize(
    ("changes", "normal", "told"),
    [
        ({"uploaded": True}, True, []),
        ({}, True, [(305, {"Status": 0})]),
        ({"library": {}}, True, [(312, {"Status": 0})]),
        ({"fault": Fault.ENCODER}, False, [(305, {"Status": 1})]),
        ({"fault": Fault.UPLOAD_TIMEOUT}, False, []),
        ({"fault": Fault.NOT_READY}, False, []),
    ],
)
def test_it_always_has_a_last_word(tell, changes, normal, told):
    assert tell(task(**changes), Kind.EXITED, normal=normal) == told


@pytest.mark.parametrize("kind", [Kind.STREAM_CHANGED, Kind.PROGRESS, Kind.MISPLACED_CALL])
def test_it_is_silent_where_the_vendor_is(tell, kind):
    assert tell(task(), kind) == []


def sent(quirks, *events):
    """Body and headers of the notice that goes out first, and which one that is."""
    manner = manner_of(Tuning(), Faults(trtc_quirks=quirks))
    pending = [{"EventType": number, "EventInfo": {"EventTs": 5, "RoomId": "课"}}
               for number in events]  # fmt: skip
    index = manner.next_of(task(pending=pending))
    if index is None:
        return None
    app = App(TRTC, "1400000001", "id", "key", callback_secret="LocalCbKey01")
    body, headers = manner.envelope(pending[index], AT_MS, app)
    assert verify(["LocalCbKey01"], body, headers["Sign"])
    assert headers["SdkAppId"] == "1400000001"
    assert headers["Content-Type"] == "application/json"
    return json.loads(body), manner.copies()


def test_it_sends_numbers_in_order_and_once():
    body, copies = sent(False, 302, 305)
    assert body == {"EventGroupId": 3, "EventType": 302, "CallbackTs": AT_MS,
                    "EventInfo": {"EventTs": 5, "RoomId": "课"}}  # fmt: skip
    assert copies == 1


def test_it_can_be_as_quirky_as_the_real_service():
    assert sent(True, 302) is None
    body, copies = sent(True, 302, 305)
    assert (body["EventType"], body["EventInfo"]["EventTs"], copies) == (305, "5", 2)
    assert sent(True, 303, 302)[0]["EventType"] == 303


def test_it_repeats_at_once_then_every_ten_seconds_for_a_minute():
    manner = manner_of(Tuning(), Faults())
    assert manner.retry_gaps_s == (0, 10, 10, 10, 10, 10)
    assert (manner.answer_limit_s, manner.give_up_s) == (5, 60)
    assert not manner.wants_json


@pytest.mark.parametrize(
    ("phase", "recorded", "status"),
    [
        (Phase.STARTING, False, "Idle"),
        (Phase.RECORDING, False, "Idle"),
        (Phase.RECORDING, True, "InProgress"),
        (Phase.STOPPING, True, "Exited"),
        (Phase.FINISHING, True, "Exited"),
    ],
)
def test_it_says_where_a_task_stands(phase, recorded, status):
    assert status_of(task(phase=phase, recorded=recorded)) == status


def test_it_lists_indexes_alone():
    assert storage_files(task(files=[PERSON, MP4])) == [
        {"UserId": "anna", "FileName": PERSON["name"], "TrackType": "video",
         "BeginTimeStamp": AT_MS},
    ]  # fmt: skip
    assert storage_files(task(files=[PERSON], library={})) == []


@pytest.mark.parametrize(
    ("most", "failovers", "ready_ms", "may"),
    [(3, 2, 1, True), (3, 3, 1, False), (3, 3, None, True), (None, 9, 1, True)],
)
def test_it_fails_over_as_often_as_it_may(most, failovers, ready_ms, may):
    made = task(failovers=failovers, ready_ms=ready_ms)
    made.spec = replace(made.spec, most_failovers=most)
    assert made.may_fail_over is may
