"""Callbacks: whether they are genuine, which are the same, and what they say."""

import json

import pytest

from dashboard.domain.events import EventKind
from dashboard.protocols.agora import STATUSES
from dashboard.protocols.agora_events import DID_NOT_START, ERROR_CODES, EVENTS, WARNING_CODES
from dashboard.protocols.signatures import agora_headers, sha1_signature, sha256_signature
from dashboard.providers.agora import callbacks
from dashboard.providers.base import Unreadable, Verdict

VENDORS_EXAMPLE = (
    b'{"eventMs":1560408533119,"eventType":10,"noticeId":"4eb720f0-8da7-11e9-a43e-53f411c2761f",'
    b'"notifyMs":1560408533119,"payload":{"a":"1","b":2},"productId":1}'
)
SID = "5f0c9e3b7a1d4c0f8e6b2a9d31c47e58"


def notice(event=33, details=None, payload=None, /, **envelope):
    body = {
        "cname": "lesson-7",
        "uid": "900001",
        "sid": SID,
        "sequence": 9,
        "sendts": 1767229200400,
        "serviceType": 2,
        "serviceScene": "rtc_record",
        "details": details if details is not None else {"msgName": "x"},
    }
    whole = {
        "noticeId": "c1d0a6be",
        "productId": 3,
        "eventType": event,
        "notifyMs": 1767229200456,
        "payload": body | (payload or {}),
    }
    return json.dumps(whole | envelope).encode()


# ---------------------------------------------------------------- signatures


def test_it_believes_the_vendors_own_example():
    headers = {
        "agora-signature": "033c62f40f687675f17f0f41f91a40c71c0f134c",
        "AGORA-SIGNATURE-V2": "6d3320c60b11101395b7fc8f9068748808a0aa1bfa064438e39d1bc2c7d74d99",
    }
    assert callbacks.verify(headers, VENDORS_EXAMPLE, ["secret"]) is Verdict.GENUINE


def test_it_believes_either_secret_while_one_is_being_changed():
    raw = notice()
    for secret in ("old", "new"):
        assert callbacks.verify(agora_headers(secret, raw), raw, ["old", "new"]) is Verdict.GENUINE


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ({}, Verdict.UNSIGNED),
        ({"Agora-Signature": "", "Agora-Signature-V2": ""}, Verdict.UNSIGNED),
        ({"Agora-Signature": sha1_signature("s", notice())}, Verdict.GENUINE),
        ({"Agora-Signature-V2": sha256_signature("s", notice())}, Verdict.GENUINE),
        ({"Agora-Signature-V2": sha256_signature("other", notice())}, Verdict.FORGED),
        ({"Agora-Signature-V2": sha1_signature("s", notice())}, Verdict.FORGED),
        ({"Agora-Signature-V2": "é" * 64}, Verdict.FORGED),
        ({"Agora-Signature-V2": "0" * 64, "Agora-Signature": sha1_signature("s", notice())},
         Verdict.FORGED),
    ],
)  # fmt: skip
def test_it_tells_genuine_from_unsigned_from_forged(headers, verdict):
    assert callbacks.verify(headers, notice(), ["s"]) is verdict


def test_it_believes_nobody_while_there_is_no_secret():
    assert callbacks.verify(agora_headers("", notice()), notice(), []) is Verdict.FORGED
    assert callbacks.verify(agora_headers("", notice()), notice(), [""]) is Verdict.FORGED


def test_it_refuses_a_body_that_was_written_again():
    raw = notice()
    again = json.dumps(json.loads(raw), indent=1).encode()
    assert callbacks.verify(agora_headers("s", raw), again, ["s"]) is Verdict.FORGED


# ---------------------------------------------------------------- duplicates


def test_it_knows_a_notice_that_is_sent_again():
    first, again = notice(), notice(notifyMs=1767229210000)
    assert callbacks.duplicate_key(first) == callbacks.duplicate_key(again)


def test_it_keeps_another_notice_under_the_same_id_apart():
    other = notice(33, None, {"sequence": 10})
    assert callbacks.duplicate_key(notice()) != callbacks.duplicate_key(other)


STRANGE_IDS = ["x" * 9999, 5, "a\nb", "", None]


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff", *(notice(noticeId=odd) for odd in STRANGE_IDS)]
)
def test_it_has_a_short_key_for_anything(raw):
    key = callbacks.duplicate_key(raw)
    assert 0 < len(key) <= 200
    assert key.isprintable()
    assert key == callbacks.duplicate_key(raw)


# ---------------------------------------------------------------- reading


def test_it_reads_whose_notice_it_is():
    parsed = callbacks.parse(notice())
    assert (parsed.key, parsed.channel, parsed.recorder_uid) == (SID, "lesson-7", "900001")
    assert parsed.handle_parts == {"sid": SID}
    assert parsed.sequence == parsed.event.sequence == 9
    assert parsed.event_at.isoformat() == "2026-01-01T01:00:00.400000+00:00"
    assert parsed.sent_at.isoformat() == "2026-01-01T01:00:00.456000+00:00"
    assert not parsed.probe


def test_it_sees_that_a_console_is_only_trying():
    raw = notice(33, None, {"cname": "test_webhook", "uid": 12121212, "sid": ""})
    parsed = callbacks.parse(raw)
    assert parsed.probe
    assert parsed.key is None


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "json"),
        (b"not json", "json"),
        (b"\xef\xbb\xbf{}", "json"),
        (b"\xff{}", "encoding"),
        (b"[]", "shape"),
        (b'{"a":1,"a":2}', "duplicate_name"),
        (b'{"payload":{"sid":"a","sid":"b"}}', "duplicate_name"),
        (b'{"a":NaN}', "number"),
        (b'{"a":-Infinity}', "number"),
        (b'{"a":1e999}', "number"),
        (b'{"a":' + b"9" * 5000 + b"}", "json"),
        (b"[" * 10_000, "depth"),
        (b'{"a":' * 20 + b"1" + b"}" * 20, "depth"),
        (b'{"a":"\\ud800"}', "text"),
        (b'{"a":"\\u0000"}', "text"),
        (b"{}", "fields"),
        (notice(payload=None), "fields"),
        (notice(payload=[1]), "fields"),
        (notice(eventType="33"), "fields"),
        (notice(eventType=None), "fields"),
        (notice(notifyMs=1e300), "fields"),
        (notice(33, None, {"sendts": 2**63}), "fields"),
        (notice(33, None, {"sendts": -1}), "fields"),
        (notice(33, None, {"sequence": "9"}), "fields"),
        (notice(33, None, {"sequence": 1.0}), "fields"),
        (notice(33, None, {"sequence": None}), "fields"),
        (notice(33, None, {"sequence": True}), "fields"),
        (notice(33, None, {"sequence": 2**64}), "fields"),
        (notice(33, None, {"sid": {"a": 1}}), "fields"),
        (notice(33, None, {"cname": "x" * 300}), "fields"),
    ],
)
def test_it_says_why_it_cannot_read_a_notice(raw, reason):
    assert callbacks.parse(raw) == Unreadable(reason)


def test_it_takes_the_time_of_sending_where_there_is_no_other():
    raw = json.loads(notice())
    del raw["payload"]["sendts"], raw["payload"]["sequence"]
    parsed = callbacks.parse(json.dumps(raw).encode())
    assert parsed.event_at == parsed.sent_at
    assert parsed.sequence is None


FILES = [{"fileName": "a.m3u8", "trackType": "audio_and_video", "uid": "0", "isPlayable": True}]


def kept(sentence):
    """A Text as tables keep it."""
    return {"template": sentence.template, "values": {}}


@pytest.mark.parametrize(
    ("number", "details", "kind", "detail"),
    [
        (1, {"module": 1, "errorLevel": 5, "errorCode": 32, "stat": 1, "errorMsg": "no key"},
         EventKind.ERROR, {"part": "uploader", "severity": "fatal", "code": 32, "text": "no key",
                           "meaning": kept(ERROR_CODES[32])}),
        (1, {"errorCode": "9999"}, EventKind.ERROR, {"code": 9999}),
        (2, {"module": 1, "warnCode": 31}, EventKind.WARNING,
         {"part": "uploader", "code": 31, "meaning": kept(WARNING_CODES[31])}),
        (3, {"status": 5, "recordingMode": 0, "fileList": "a.m3u8"},
         EventKind.STATUS,
         {"status": 5, "phase": "running", "meaning": kept(STATUSES[5])}),
        (4, {"fileList": "a.m3u8"}, EventKind.FIRST_FILE, {}),
        (11, {"exitStatus": 0}, EventKind.EXITED, {"code": 0}),
        (11, {"exitStatus": 1}, EventKind.EXITED_ABNORMALLY, {"code": 1}),
        (12, {"newUid": 1839204411}, EventKind.FAILED_OVER, {"recorder_uid": "1839204411"}),
        (13, {}, EventKind.STATUS, {"what": "failover_ready"}),
        (30, {"status": 0}, EventKind.UPLOADER_STARTED, {}),
        (30, {"status": 3}, EventKind.ERROR,
         {"part": "uploader", "code": 3, "meaning": kept(DID_NOT_START)}),
        (31, {"status": 0, "fileList": FILES}, EventKind.UPLOADED, {}),
        (32, {"status": 0, "fileList": FILES}, EventKind.BACKED_UP, {}),
        (33, {"progress": 9250}, EventKind.UPLOAD_PROGRESS, {"percent": 92.5}),
        (34, {}, EventKind.WARNING, {"what": "storage_key_expired"}),
        (40, {"status": 0}, EventKind.RECORDER_STARTED, {}),
        (40, {"status": 1}, EventKind.ERROR,
         {"part": "recorder", "code": 1, "meaning": kept(DID_NOT_START)}),
        (41, {"leaveCode": 4}, EventKind.RECORDER_LEFT, {"code": 4, "reasons": ["nobody_there"]}),
        (41, {"leaveCode": 20}, EventKind.RECORDER_LEFT,
         {"code": 20, "reasons": ["nobody_there", "asked"]}),
        (41, {"leaveCode": 0}, EventKind.RECORDER_LEFT, {"code": 0, "reasons": ["failed_to_join"]}),
        (42, {"startUtcMs": 1767225600123, "discontinueUtcMs": 1767225600123, "mixedAllUser": True,
              "streamUid": "0", "trackType": "audio_and_video"},
         EventKind.SLICE_STARTED,
         {"started_ms": 1767225600123, "gap_ms": 0, "track": "audio_and_video"}),
        (42, {"startUtcMs": 2000, "discontinueUtcMs": 500}, EventKind.SLICE_STARTED,
         {"started_ms": 2000, "gap_ms": 1500}),
        (43, {"streamUid": "11", "state": 0, "UtcMs": 5}, EventKind.AUDIO_CHANGED,
         {"receiving": True, "changed_ms": 5}),
        (44, {"streamUid": "11", "state": 1, "utcMs": 5}, EventKind.VIDEO_CHANGED,
         {"receiving": False, "changed_ms": 5}),
        (45, {"fileName": "a.jpg"}, EventKind.STATUS, {"what": "screenshot", "file": "a.jpg"}),
        (60, {"aliVodInfo": {"videoId": "v"}}, EventKind.STATUS, {"what": "vod_upload_started"}),
        (61, {}, EventKind.STATUS, {"what": "vod_processing_started"}),
        (70, {"recorderStartTime": 1767225600300}, EventKind.RECORDER_STARTED, {}),
        (71, {"code": 4, "message": "late", "fileList": []}, EventKind.RECORDER_LEFT,
         {"code": 4, "reasons": ["page_load_timeout"], "text": "late"}),
        (72, {"limitType": "WebGL"}, EventKind.WARNING, {"what": "page_limit", "why": "WebGL"}),
        (73, {"reason": "audio_silence"}, EventKind.WARNING,
         {"what": "page_reloaded", "why": "audio_silence"}),
        (80, {}, EventKind.STATUS, {"what": "transcoding_started"}),
        (81, {"result": "fail", "uids": []}, EventKind.STATUS,
         {"what": "transcoding_ended", "result": "fail"}),
        (90, {"vendor": 1, "fileName": "a;b"}, EventKind.WARNING,
         {"what": "download_failed", "file": "a;b"}),
        (100, {"rtmpUrl": "rtmp://x/key", "status": "publishing"}, EventKind.STATUS,
         {"what": "live_push", "status": "publishing"}),
        (1001, {"result": "total_success"}, EventKind.STATUS,
         {"what": "transcoding_ended", "result": "total_success"}),
        (9999, {"msgName": "new_thing"}, EventKind.UNKNOWN,
         {"vendor_event": 9999, "vendor_name": "new_thing"}),
        (110, {}, EventKind.UNKNOWN, {"vendor_event": 110}),
    ],
)  # fmt: skip
def test_it_tells_each_event_in_our_words(number, details, kind, detail):
    event = callbacks.parse(notice(number, details)).event
    assert (event.kind, event.detail) == (kind, detail)


def test_it_names_the_person_whose_stream_changed():
    event = callbacks.parse(notice(43, {"streamUid": 11, "state": 0})).event
    assert event.person_uid == "11"


def test_it_lists_the_files_that_were_uploaded():
    event = callbacks.parse(notice(31, {"fileList": FILES})).event
    assert [file.name for file in event.files] == ["a.m3u8"]


@pytest.mark.parametrize("number", EVENTS)
@pytest.mark.parametrize("details", [{}, None, 7, "text", [], "odd"])
def test_it_survives_details_of_any_kind(number, details):
    row = EVENTS[number]
    if details == "odd":
        details = {name: {"no": ["such", None]} for name in row.fields}
    parsed = callbacks.parse(notice(number, details))
    assert parsed.event.kind is not EventKind.UNKNOWN
