"""Every row of the vendors' tables: the number in a callback is told in words."""

import json

import pytest

from dashboard.protocols import agora_events, trtc_events
from dashboard.protocols.agora import STATUSES
from dashboard.protocols.agora_storage import VENDORS
from dashboard.providers import registry


def agora(number, by="agora", **details):
    payload = {"cname": "c", "uid": "9", "sid": "s", "sequence": 3, "sendts": 1767225600000,
               "serviceType": 1, "serviceScene": "rtc_record", "details": details}  # fmt: skip
    body = {"noticeId": "n", "productId": 3, "eventType": number, "notifyMs": 1767225600100,
            "payload": payload}  # fmt: skip
    return by_name(by, body)


def trtc(number, payload, **more):
    info = {"RoomId": "8801", "EventTs": 1767225600, "EventMsTs": 1767225600180,
            "UserId": "rec", "TaskId": "-T0.", "Payload": payload}  # fmt: skip
    body = {"EventGroupId": 3, "EventType": number, "CallbackTs": 1767225600210,
            "EventInfo": info, **more}  # fmt: skip
    return by_name("trtc", body)


def by_name(vendor, body):
    """name -> (what it means, one text for each part)."""
    found = registry.callbacks_for(vendor).explain(json.dumps(body).encode())
    return {fact.name: tuple(str(part) for part in fact.meaning) for fact in found}


AGORA_TABLES = [
    (1, "module", agora_events.MODULES),
    (1, "errorLevel", agora_events.ERROR_LEVELS),
    (1, "errorCode", agora_events.ERROR_CODES),
    (1, "stat", agora_events.STAT),
    (2, "module", agora_events.MODULES),
    (2, "warnCode", agora_events.WARNING_CODES),
    (3, "status", STATUSES),
    (3, "recordingMode", agora_events.RECORDING_MODES),
    (11, "exitStatus", agora_events.STAT),
    (30, "status", agora_events.STAT),
    (31, "status", agora_events.STAT),
    (32, "status", agora_events.STAT),
    (40, "status", agora_events.STAT),
    (41, "leaveCode", {0: agora_events.INIT_FAILED, **agora_events.LEAVE_BITS}),
    (43, "state", agora_events.STREAM_STATES),
    (44, "state", agora_events.STREAM_STATES),
    (71, "code", agora_events.WEB_STOPS),
    (72, "limitType", agora_events.PAGE_LIMITS),
    (73, "reason", agora_events.PAGE_RELOADS),
    (81, "result", agora_events.RESULTS),
    (90, "vendor", {number: row.name for number, row in VENDORS.items()}),
    (100, "status", agora_events.LIVE_PUSH_STATES),
    (1001, "result", agora_events.RESULTS),
]
TRTC_TABLES = [
    (301, "Status", trtc_events.STARTS),
    (302, "LeaveCode", trtc_events.LEAVE_REASONS),
    (303, "Status", trtc_events.STARTS),
    (305, "Status", trtc_events.UPLOAD_STOPS),
    (305, "LeaveCode", trtc_events.UPLOAD_STOPS),
    (310, "Status", trtc_events.FILE_STOPS),
    (311, "Status", trtc_events.FILE_STOPS),
    (312, "Status", trtc_events.LIBRARY_STOPS),
]


def rows(tables):
    return [(event, name, key, str(said)) for event, name, table in tables
            for key, said in table.items()]  # fmt: skip


@pytest.mark.parametrize(("event", "name", "value", "said"), rows(AGORA_TABLES))
@pytest.mark.parametrize("vendor", ["agora", "anyrtc"])
def test_it_explains_each_row_of_agoras_tables(vendor, event, name, value, said):
    assert agora(event, vendor, **{name: value})[f"details.{name}"] == (said,)


@pytest.mark.parametrize(("event", "name", "value", "said"), rows(TRTC_TABLES))
@pytest.mark.parametrize("spelled", [int, str])
def test_it_explains_each_row_of_trtcs_tables(event, name, value, said, spelled):
    assert trtc(event, {name: spelled(value)})[f"Payload.{name}"] == (said,)


@pytest.mark.parametrize("number", agora_events.EVENTS)
def test_it_names_every_event_of_agora(number):
    assert agora(number)["eventType"]


@pytest.mark.parametrize("number", trtc_events.EVENTS)
def test_it_names_every_event_of_trtc(number):
    assert trtc(number, {})["EventType"]


@pytest.mark.parametrize(("number", "said"), agora_events.SERVICES.items())
def test_it_says_which_service_speaks(number, said):
    body = {"eventType": 40, "payload": {"serviceType": int(number)}}
    assert by_name("agora", body)["payload.serviceType"] == (str(said),)


@pytest.mark.parametrize(("number", "said"), trtc_events.GROUPS.items())
def test_it_says_which_group_speaks(number, said):
    assert trtc(301, {}, EventGroupId=number)["EventGroupId"] == (str(said),)


def test_it_tells_every_bit_of_a_leave_code():
    told = agora(41, leaveCode=4 | 16 | 64)["details.leaveCode"]
    assert told == (
        str(agora_events.LEAVE_BITS[4]),
        str(agora_events.LEAVE_BITS[16]),
        "Bits 64, which no page explains.",
    )


def test_it_reads_details_that_are_json_in_a_text():
    payload = {"details": json.dumps({"msgName": "recorder_leave", "leaveCode": 4})}
    told = by_name("anyrtc", {"noticeID": "n", "eventType": 41, "payload": payload})
    assert told["details.leaveCode"] == (str(agora_events.LEAVE_BITS[4]),)


@pytest.mark.parametrize(
    ("event", "details"),
    [(1, {"errorCode": 999}), (2, {"warnCode": 999}), (3, {"status": 99}), (71, {"code": 77}),
     (46, {"codec": 7}), (9999, {"anything": 12})],
)  # fmt: skip
def test_it_shows_a_number_it_does_not_know_as_such(event, details):
    ((name, value),) = details.items()
    found = registry.callbacks_for("agora").explain(
        json.dumps({"eventType": event, "payload": {"details": details}}).encode()
    )
    fact = next(fact for fact in found if fact.name == f"details.{name}")
    assert (fact.value, fact.is_known) == (str(value), False)


def test_it_leaves_no_number_out():
    told = trtc(999, {"Odd": 1, "Deep": {"Odder": 2}, "List": [{"Oddest": 3}]})
    assert {"Payload.Odd", "Deep.Odder", "List.Oddest"} <= set(told)
    assert told["EventType"] == ()


@pytest.mark.parametrize("raw", [b"", b"{", b"[1]", b'{"payload": 3}', b'{"EventInfo": "x"}'])
@pytest.mark.parametrize("vendor", ["agora", "anyrtc", "trtc"])
def test_it_takes_whatever_comes(vendor, raw):
    assert isinstance(registry.callbacks_for(vendor).explain(raw), tuple)
