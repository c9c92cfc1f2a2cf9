"""Every row of what the engine tells, in the vendor's words."""

import json

import pytest

from dashboard.engine.apps import App
from dashboard.engine.doors import anyrtc_notices
from dashboard.engine.doors.agora_answers import query_response, status_of, stop_response
from dashboard.engine.doors.agora_notices import describe, envelope
from dashboard.engine.tasks import End, Fault, Happening, Kind, Phase, Spec, Task
from dashboard.protocols.agora_events import EVENTS
from dashboard.protocols.signatures import sha1_signature, verify

AT_MS = 1_767_225_600_123
FIELDS = {
    Kind.SLICE_STARTED: {"start_ms": AT_MS, "discontinue_ms": AT_MS - 5},
    Kind.STREAM_CHANGED: {"uid": "11", "medium": "video", "receiving": False},
    Kind.PROGRESS: {"part": 0.925},
    Kind.RECORDER_LEFT: {"end": End.IDLE},
    Kind.FILE_READY: {"kind": "jpg", "name": "shot.jpg", "uid": "11"},
    Kind.FAULT: {"fault": Fault.UPLOAD_FAILED, "message": "why", "fatal": False},
    Kind.FAILED_OVER: {"new_uid": 1839204411},
    Kind.EXITED: {"normal": True},
}
NUMBERS = {
    Kind.RECORDER_STARTED: 40,
    Kind.UPLOADER_STARTED: 30,
    Kind.SLICE_STARTED: 42,
    Kind.STREAM_CHANGED: 44,
    Kind.FIRST_FILE: 4,
    Kind.FILE_READY: 45,
    Kind.PROGRESS: 33,
    Kind.RECORDER_LEFT: 41,
    Kind.UPLOADED: 31,
    Kind.SET_ASIDE: 2,
    Kind.BACKED_UP: 32,
    Kind.FAULT: 1,
    Kind.FAILED_OVER: 12,
    Kind.MISPLACED_CALL: 3,
    Kind.EXITED: 11,
}


def task(**changes):
    spec = Spec(
        canvas={}, layout={}, subscription={}, bucket="rec", folders=("a",),
        mp4=changes.pop("mp4", False), streams=changes.pop("streams", "both"),
        mode=changes.pop("mode", "mix"), record=changes.pop("record", True),
    )  # fmt: skip
    return Task(
        "f" * 32, changes.pop("door", "agora"), "rid", "room_1", "900001", 1, 2, spec, **changes
    )


def told(kind, **changes):
    happening = Happening(kind, AT_MS, {**FIELDS.get(kind, {}), **changes})
    return describe(task(phase=Phase.RECORDING, next_sequence=9), happening)


@pytest.mark.parametrize("kind", list(NUMBERS))
def test_it_tells_each_happening_with_the_fields_of_its_event(kind):
    notice = told(kind)
    row = EVENTS[NUMBERS[kind]]
    assert notice["eventType"] == row.number
    payload = notice["payload"]
    assert payload["serviceType"] == row.service
    assert payload["sequence"] == 9
    assert payload["sendts"] == AT_MS
    assert tuple(payload["details"]) == ("msgName", *row.fields)
    assert payload["details"]["msgName"] == row.msg_name


def test_it_tells_each_number_of_the_vendors_that_can_happen_here():
    """Web pages, other clouds' storage and what was withdrawn do not; 13 and 34 are hearsay."""
    elsewhere = {13, 34, 60, 61, 70, 71, 72, 73, 80, 81, 90, 100, 1001, 43}
    assert set(NUMBERS.values()) | elsewhere == set(EVENTS)


def test_it_tells_of_a_voice_and_of_a_picture():
    assert told(Kind.STREAM_CHANGED, medium="audio", receiving=True)["eventType"] == 43
    details = told(Kind.STREAM_CHANGED)["payload"]["details"]
    assert (details["streamUid"], details["state"], details["UtcMs"]) == ("11", 1, AT_MS)


@pytest.mark.parametrize(
    ("end", "code"), [(End.STOPPED, 16), (End.IDLE, 4), (End.SHUTDOWN, 2), (End.FAULT, 8)]
)
def test_it_says_why_the_recorder_left(end, code):
    assert told(Kind.RECORDER_LEFT, end=end)["payload"]["details"]["leaveCode"] == code


@pytest.mark.parametrize(
    ("fault", "module", "code"),
    [
        (Fault.NOT_READY, 2, 52),
        (Fault.UPLOAD_TIMEOUT, 2, 50),
        (Fault.STORAGE_REFUSED, 1, 32),
        (Fault.UPLOAD_FAILED, 1, 47),
        (Fault.FILE_FAILED, 1, 51),
        (Fault.DISK_FULL, 0, 51),
        (Fault.ENCODER, 0, 51),
        (Fault.INTERNAL, 0, 51),
    ],
)
def test_it_says_what_broke(fault, module, code):
    details = told(Kind.FAULT, fault=fault, fatal=True)["payload"]["details"]
    assert (details["module"], details["errorCode"], details["errorLevel"]) == (module, code, 5)
    assert (details["stat"], details["errorMsg"]) == (1, "why")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"phase": Phase.STARTING}, 2),
        ({"phase": Phase.RECORDING}, 4),
        ({"phase": Phase.RECORDING, "first_upload": True}, 5),
        ({"phase": Phase.STOPPING}, 6),
        ({"phase": Phase.FINISHING}, 7),
        ({"phase": Phase.FINISHING, "uploaded": True}, 8),
        ({"phase": Phase.FAILED}, 20),
    ],
)
def test_it_gives_every_phase_its_number(changes, status):
    assert status_of(task(**changes)) == status


def test_it_answers_with_a_name_for_hls_and_a_list_for_mp4():
    name = f"a/{'f' * 32}_room-1"
    index = {**a_file("", "audio_video"), "name": f"{'f' * 32}_room-1.m3u8"}
    plain = task(first_upload=True, first_slice_ms=AT_MS, phase=Phase.RECORDING, files=[index])
    assert query_response(plain) == {
        "status": 5, "fileListMode": "string", "fileList": f"{name}.m3u8",
        "sliceStartTime": AT_MS,
    }  # fmt: skip
    both = task(
        mp4=True, streams="audio", first_upload=True, first_slice_ms=AT_MS, uploaded=True,
        files=[{**index, "medium": "audio"}, an_mp4(0, AT_MS), an_mp4(1, AT_MS + 7_200_000)],
    )  # fmt: skip
    response = stop_response(both)
    assert response["uploadingStatus"] == "uploaded"
    files = [(one["fileName"], one["sliceStartTime"]) for one in response["fileList"]]
    assert files == [
        (f"{name}_0.mp4", AT_MS),
        (f"{name}_1.mp4", AT_MS + 7_200_000),
        (f"{name}.m3u8", AT_MS),
    ]
    assert {one["trackType"] for one in response["fileList"]} == {"audio"}


def an_mp4(number, start_ms):
    name = f"{'f' * 32}_room-1_{number}.mp4"
    return {**a_file("", "audio", "mp4", start_ms), "name": name}


def test_it_signs_a_notice_anew_for_each_sending():
    app = App("agora", "0123abcd", "key", "customer", callback_secret="secret")
    notice = told(Kind.FIRST_FILE)
    (first, headers), (second, _) = envelope(notice, 1, app), envelope(notice, 2, app)
    assert first != second
    assert json.loads(first) | {"notifyMs": 2} == json.loads(second)
    assert verify(["secret"], first, headers["Agora-Signature"], headers["Agora-Signature-V2"])


# --- people apart -------------------------------------------------------------------------

STEM = f"{'f' * 32}_room-1__uid_s_"


def a_file(uid, medium, kind="hls", start_ms=AT_MS):
    return {"name": f"{STEM}{uid}__uid_e_{medium}.m3u8", "uid": uid, "medium": medium,
            "stream": "main", "start_ms": start_ms, "end_ms": None, "kind": kind}  # fmt: skip


def apart(**changes):
    files = [a_file("11", "audio"), a_file("11", "video", start_ms=AT_MS + 5)]
    files.append({**a_file("11", "video", "jpg"), "name": "shot.jpg"})
    given = {"mode": "individual", "files": files, "first_upload": True, "first_slice_ms": AT_MS}
    return task(phase=Phase.RECORDING, **{**given, **changes})


def test_it_lists_every_index_of_every_person():
    assert query_response(apart()) == {
        "status": 5,
        "fileListMode": "json",
        "fileList": [
            {
                "fileName": f"a/{STEM}11__uid_e_{medium}.m3u8",
                "trackType": medium,
                "uid": "11",
                "mixedAllUser": False,
                "isPlayable": True,
                "sliceStartTime": start_ms,
            }
            for medium, start_ms in (("audio", AT_MS), ("video", AT_MS + 5))
        ],
        "sliceStartTime": AT_MS,
    }
    assert query_response(apart(first_upload=False))["fileList"] == []


def test_it_names_no_files_where_only_screenshots_are_taken():
    shots = apart(record=False, uploaded=True, first_upload=False)
    assert query_response(shots) == {"status": 5, "sliceStartTime": AT_MS}
    assert query_response(apart(record=False, files=[], first_upload=False))["status"] == 4
    assert stop_response(shots) == {"uploadingStatus": "uploaded"}
    notice = describe(shots, Happening(Kind.RECORDER_STARTED, AT_MS))
    assert notice["payload"]["serviceScene"] == "rtc_snapshot"


def test_it_says_that_files_wait_for_their_store():
    assert stop_response(task(backed_up=True))["uploadingStatus"] == "backuped"
    assert stop_response(task())["uploadingStatus"] == "unknown"


def test_it_tells_whose_slice_began():
    fields = {**FIELDS[Kind.SLICE_STARTED], **a_file("11", "audio")}
    details = describe(apart(), Happening(Kind.SLICE_STARTED, AT_MS, fields))["payload"]["details"]
    assert (details["mixedAllUser"], details["streamUid"], details["trackType"]) == (
        False, "11", "audio",
    )  # fmt: skip


def test_it_tells_of_the_first_index_once():
    told = [
        describe(apart(), Happening(Kind.FIRST_FILE, AT_MS, a_file("11", medium)))
        for medium in ("video", "audio")
    ]
    assert told[0] is None
    assert told[1]["payload"]["details"]["fileList"] == f"a/{STEM}11__uid_e_audio.m3u8"


def test_it_tells_of_screenshots_and_of_no_other_single_file():
    shot = describe(apart(), Happening(Kind.FILE_READY, AT_MS, FIELDS[Kind.FILE_READY]))
    assert shot["payload"]["details"]["fileName"] == "a/shot.jpg"
    assert describe(apart(), Happening(Kind.FILE_READY, AT_MS, {"kind": "mp4"})) is None


def test_it_says_in_which_mode_a_call_did_not_fit():
    notice = describe(apart(), Happening(Kind.MISPLACED_CALL, AT_MS))
    assert notice["payload"]["details"]["recordingMode"] == 1


# --- anyRTC -------------------------------------------------------------------------------


def any_told(kind, **changes):
    fields = {**FIELDS.get(kind, {}), **changes}
    return anyrtc_notices.describe(apart(door="anyrtc"), Happening(kind, AT_MS, fields))


@pytest.mark.parametrize("kind", [kind for kind in NUMBERS if kind is not Kind.FILE_READY])
def test_it_tells_anyrtcs_events_with_their_details_as_text(kind):
    notice = any_told(kind)
    payload = notice["payload"]
    assert list(payload) == [
        "cname", "uid", "sid", "sequence", "sendts", "serviceType", "details",
    ]  # fmt: skip
    assert payload["serviceType"] in (0, 1, 2, 4)
    row = EVENTS[notice["eventType"]]
    assert tuple(json.loads(payload["details"])) == ("msgName", *row.fields)


def test_it_tells_anyrtc_nothing_of_screenshots():
    assert any_told(Kind.FILE_READY) is None


def test_it_names_files_as_anyrtcs_clients_read_them():
    files = json.loads(any_told(Kind.UPLOADED)["payload"]["details"])["fileList"]
    assert list(files[0])[0] == "filename"
    assert query_response(apart(door="anyrtc"))["fileList"] == files


def test_it_signs_for_anyrtc_in_its_own_header():
    app = App("anyrtc", "any", "key", "customer", callback_secret="secret")
    body, headers = anyrtc_notices.envelope(any_told(Kind.FIRST_FILE), 7, app)
    assert list(json.loads(body)) == ["noticeID", "productId", "eventType", "notifyMs", "payload"]
    assert headers["Ar-Signature"] == sha1_signature("secret", body)
    assert not any(name.startswith("Agora") for name in headers)
