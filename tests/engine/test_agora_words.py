"""Every row of what the engine tells, in the vendor's words."""

import json

import pytest

from dashboard.engine.apps import App
from dashboard.engine.doors.agora_answers import query_response, status_of, stop_response
from dashboard.engine.doors.agora_notices import describe, envelope
from dashboard.engine.tasks import End, Fault, Happening, Kind, Phase, Spec, Task
from dashboard.protocols.agora_events import EVENTS
from dashboard.protocols.signatures import verify

AT_MS = 1_767_225_600_123
FIELDS = {
    Kind.SLICE_STARTED: {"start_ms": AT_MS, "discontinue_ms": AT_MS - 5},
    Kind.STREAM_CHANGED: {"uid": "11", "medium": "video", "receiving": False},
    Kind.PROGRESS: {"part": 0.925},
    Kind.RECORDER_LEFT: {"end": End.IDLE},
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
    Kind.PROGRESS: 33,
    Kind.RECORDER_LEFT: 41,
    Kind.UPLOADED: 31,
    Kind.FAULT: 1,
    Kind.FAILED_OVER: 12,
    Kind.MISPLACED_CALL: 3,
    Kind.EXITED: 11,
}


def task(**changes):
    spec = Spec(
        canvas={}, layout={}, subscription={}, bucket="rec", folders=("a",),
        mp4=changes.pop("mp4", False), streams=changes.pop("streams", "both"),
    )  # fmt: skip
    return Task("f" * 32, "agora", "rid", "room_1", "900001", 1, 2, spec, **changes)


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
    plain = task(first_upload=True, first_slice_ms=AT_MS, phase=Phase.RECORDING)
    assert query_response(plain) == {
        "status": 5, "fileListMode": "string", "fileList": f"{name}.m3u8",
        "sliceStartTime": AT_MS,
    }  # fmt: skip
    both = task(
        mp4=True, streams="audio", first_upload=True, first_slice_ms=AT_MS, uploaded=True,
        mp4_names=(f"{'f' * 32}_room-1_0.mp4", f"{'f' * 32}_room-1_1.mp4"),
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


def test_it_signs_a_notice_anew_for_each_sending():
    app = App("agora", "0123abcd", "key", "customer", callback_secret="secret")
    notice = told(Kind.FIRST_FILE)
    (first, headers), (second, _) = envelope(notice, 1, app), envelope(notice, 2, app)
    assert first != second
    assert json.loads(first) | {"notifyMs": 2} == json.loads(second)
    assert verify(["secret"], first, headers["Agora-Signature"], headers["Agora-Signature-V2"])
