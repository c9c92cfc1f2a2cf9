"""TRTC's notices 301 to 312, in every documented spelling."""

import json

import pytest

from dashboard.domain.events import EventKind
from dashboard.protocols.agora_events import DID_NOT_START
from dashboard.protocols.trtc_events import FILE_STOPS, sign
from dashboard.providers import registry
from dashboard.providers.agora.notices import as_kept
from dashboard.providers.base import Unreadable, Verdict
from dashboard.providers.trtc import callbacks

TASK, INDEX = "-T0.", "1400000001_8801.m3u8"
FROM_TO = {"StartTimeStamp": 1767225603120, "EndTimeStamp": 1767225663120}
MP4 = {"FileName": "1400000001_8801.mp4", "UserId": "", "TrackType": "audio_video",
       "MediaId": "mix", **FROM_TO}  # fmt: skip
VOD = {"UserId": "anna", "TrackType": "audio_video", "MediaId": "main", "FileId": "3877",
       "VideoUrl": "https://vod.example/a.mp4", "CacheFile": "a.mp4", **FROM_TO}  # fmt: skip


def notice(event, payload, **info):
    info = {"RoomId": "8801", "EventTs": 1767225600, "EventMsTs": 1767225600180,
            "UserId": "rec_8801_a", "TaskId": TASK, "Payload": payload, **info}  # fmt: skip
    info = {name: value for name, value in info.items() if value is not None}
    document = {"EventGroupId": 3, "EventType": event, "CallbackTs": 1767225600210,
                "EventInfo": info}  # fmt: skip
    return json.dumps(document).encode()


@pytest.mark.parametrize(
    ("event", "payload", "kind", "detail"),
    [
        (301, {"Status": 0}, "recorder_started", {}),
        (301, {"Status": "0"}, "recorder_started", {}),
        (301, {"Status": 1}, "error",
         {"part": "recorder", "code": 1, "meaning": as_kept(DID_NOT_START)}),
        (302, {"LeaveCode": 0}, "recorder_left", {"code": 0, "reasons": ["asked"]}),
        (302, {"LeaveCode": 1}, "recorder_left", {"code": 1, "reasons": ["removed"]}),
        (302, {"LeaveCode": 2}, "recorder_left", {"code": 2, "reasons": ["dismissed"]}),
        (302, {"LeaveCode": 3}, "recorder_left", {"code": 3, "reasons": ["removed_by_vendor"]}),
        (302, {"LeaveCode": 4}, "recorder_left", {"code": 4, "reasons": ["dismissed_by_vendor"]}),
        (302, {"LeaveCode": "99"}, "recorder_left", {"code": 99, "reasons": ["nobody_there"]}),
        (302, {"LeaveCode": 100}, "recorder_left", {"code": 100, "reasons": ["nobody_there"]}),
        (302, {"LeaveCode": 101}, "recorder_left", {"code": 101, "reasons": ["replaced"]}),
        (302, {"LeaveCode": 555}, "recorder_left", {"code": 555}),
        (303, {"Status": 0}, "uploader_started", {}),
        (303, {"Status": 1}, "error",
         {"part": "uploader", "code": 1, "meaning": as_kept(DID_NOT_START)}),
        (304, {"FileList": INDEX}, "first_file", {}),
        (304, {"FileList": [INDEX]}, "first_file", {}),
        (305, {"Status": 0}, "uploaded", {}),
        (305, {"LeaveCode": 0}, "uploaded", {}),
        (305, {"Status": 1}, "backed_up", {}),
        (305, {"Status": "1"}, "backed_up", {}),
        (305, {"Status": 2}, "uploaded", {}),
        (306, {"Status": 0}, "failed_over", {}),
        (
            307,
            {"FileName": INDEX, "UserId": "", "TrackType": "audio_video",
             "BeginTimeStamp": "1767225603120"},
            "slice_started",
            {"started_ms": 1767225603120, "track": "audio_video"},
        ),
        (
            308,
            {"Code": "AccessDenied", "Message": "bucket is read only"},
            "error",
            {"part": "uploader", "severity": "medium", "code": "AccessDenied",
             "text": "bucket is read only"},
        ),
        (309, {"Url": "https://a.x/b.png"}, "warning",
         {"what": "image_failed", "why": "https://a.x/b.png"}),
        (310, {"Status": 0, "FileList": [MP4["FileName"]], "FileMessage": [MP4]}, "file_made",
         {"what": "file_made"}),
        (310, {"Status": 0, "FileList": [MP4["FileName"]]}, "file_made", {"what": "file_made"}),
        (310, {"Status": 1, "FileList": []}, "status", {"what": "file_late"}),
        (310, {"Status": 2, "FileList": []}, "error",
         {"part": "uploader", "severity": "medium", "code": 2, "meaning": as_kept(FILE_STOPS[2])}),
        (
            311,
            {"Status": 2, "Errmsg": "upload refused", "TencentVod": {"UserId": "anna"}},
            "error",
            {"part": "uploader", "severity": "medium", "text": "upload refused", "code": 2,
             "meaning": as_kept(FILE_STOPS[2])},
        ),
        (312, {"Status": 0}, "uploaded", {}),
        (312, {"Status": 1}, "backed_up", {}),
        (313, {"Status": 1}, "unknown", {"vendor_event": 313}),
        (301, None, "recorder_started", {}),
    ],
)  # fmt: skip
def test_it_tells_every_event(event, payload, kind, detail):
    found = callbacks.parse(notice(event, payload))
    assert (found.event.kind, found.event.detail) == (EventKind(kind), detail)


@pytest.mark.parametrize(
    "payload",
    [
        {"Status": 0, "TencentVod": VOD},
        {"Status": 0, **VOD},
        {"Status": 0, **VOD, "StartTimeStamp": None, "BeginTimeStamp": 1767225603},
    ],
    ids=["nested", "flat", "of an older page, in seconds"],
)
def test_it_reads_a_file_of_the_library(payload):
    payload = {name: value for name, value in payload.items() if value is not None}
    event = callbacks.parse(notice(311, payload)).event
    assert event.person_uid == "anna"
    assert (event.detail["file_id"], event.detail["address"]) == ("3877", VOD["VideoUrl"])
    assert event.detail["started_ms"] // 1000 == 1767225603


@pytest.mark.parametrize("room", ["8801", 8801])
@pytest.mark.parametrize("seconds", [1767225600, "1767225600"])
@pytest.mark.parametrize("ms", [1767225600180, "1767225600180", None])
def test_it_reads_room_and_time_however_they_come(room, seconds, ms):
    found = callbacks.parse(notice(301, {"Status": 0}, RoomId=room, EventTs=seconds, EventMsTs=ms))
    assert (found.key, found.channel, found.recorder_uid) == (TASK, "8801", "rec_8801_a")
    assert int(found.event_at.timestamp()) == 1767225600
    assert found.handle_parts == {"task_id": TASK, "folder": TASK}


@pytest.mark.parametrize("event", [304, 307, 310])
def test_files_are_found_in_the_folder_of_the_task(event):
    payload = {"FileList": INDEX, "FileName": INDEX, "Status": 0}
    told = callbacks.parse(notice(event, payload)).event
    handle = {"task_id": TASK, "prefix": "lessons/2026"}
    found = registry.located("trtc", handle, told)
    assert [file.name for file in found.files] == [f"lessons/2026/{TASK}/{INDEX}"]


def test_copies_have_one_key():
    raw = notice(301, {"Status": 0})
    again = json.loads(raw) | {"CallbackTs": 1767225610210}
    again["EventInfo"]["EventTs"] = "1767225600"
    other = notice(301, {"Status": 1})
    assert callbacks.duplicate_key(raw) == callbacks.duplicate_key(json.dumps(again).encode())
    assert callbacks.duplicate_key(raw) != callbacks.duplicate_key(other)


@pytest.mark.parametrize("raw", [b"", b"[]", b'{"EventType":301}', b'{"EventInfo":{}}'])
def test_what_cannot_be_read_is_kept(raw):
    assert isinstance(callbacks.parse(raw), Unreadable)


def test_web_pages_are_another_product():
    document = json.loads(notice(302, {"LeaveCode": 0})) | {"EventGroupId": 8}
    assert callbacks.parse(json.dumps(document).encode()).event.kind is EventKind.UNKNOWN


def test_it_believes_the_documented_signature():
    """Vector of trtc.md section 9."""
    raw = (
        b'{"EventGroupId":3,"EventType":305,"CallbackTs":1767225600500,"EventInfo":{"RoomId":'
        b'"8801","EventTs":1767225600,"EventMsTs":1767225600450,"UserId":"rec_8801_a","TaskId":'
        b'"-T0.","Payload":{"Status":0}}}'
    )
    headers = {"sign": "K3bP55Nj0kx/zXhBF0cw2x5tyQ6CJdg6smPJY2pVEOo="}
    assert sign("LocalCbKey01", raw) == headers["sign"]
    assert callbacks.verify(headers, raw, ["old", "LocalCbKey01"]) is Verdict.GENUINE
    assert callbacks.verify(headers, raw + b" ", ["LocalCbKey01"]) is Verdict.FORGED
    assert callbacks.verify({}, raw, ["LocalCbKey01"]) is Verdict.UNSIGNED
