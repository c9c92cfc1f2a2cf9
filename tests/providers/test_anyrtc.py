"""anyRTC: a wrapper around the answers, its own signature, details as text."""

import json
from dataclasses import replace

import pytest

from dashboard.domain.events import EventKind
from dashboard.domain.recording import Phase
from dashboard.errors import CredentialsRejected, ProviderRefused
from dashboard.protocols.signatures import ANYRTC_HEADER, sha1_signature
from dashboard.providers.anyrtc import callbacks
from dashboard.providers.anyrtc import client as anyrtc
from dashboard.providers.base import Unreadable, Verdict
from tests.providers.conftest import HANDLE, PREPARED, says

SID = HANDLE["sid"]
FILE = {"trackType": "audio_and_video", "uid": "0", "mixedAllUser": "true", "isPlayable": "true"}


@pytest.fixture
def client(config):
    client = anyrtc.make(replace(config, vendor="anyrtc"))
    yield client
    client.close()


def wrapped(body, status=200, code=None):
    return says(status, {"Code": code or status, "Body": body})


@pytest.mark.parametrize("shape", [wrapped, lambda body: says(200, body)], ids=["wrapped", "plain"])
def test_it_starts(client, vendor, spec, shape):
    vendor.answers(shape({"resourceId": HANDLE["resource_id"]}), shape({"sid": SID}))
    assert client.start(spec, client.prepare(spec)) == HANDLE
    assert vendor.asked[0].json["clientRequest"] == {"resourceExpiredHour": 720}


@pytest.mark.parametrize("status", [5, "5"])
@pytest.mark.parametrize("key", ["filename", "fileName"])
def test_it_reads_a_query_however_it_is_spelled(client, vendor, status, key):
    files = [{key: "room1/a.m3u8", "sliceStartTime": "1767225600123", **FILE}]
    response = {"status": status, "fileListMode": "json", "fileList": files}
    vendor.answers(wrapped({"sid": SID, "serverResponse": response}))
    found = client.query(HANDLE)
    assert found.phase is Phase.RUNNING
    assert (found.files[0].name, found.files[0].playable) == ("room1/a.m3u8", True)


@pytest.mark.parametrize("http", [200, 404], ids=["in the wrapper", "and outside"])
def test_it_knows_that_a_recording_is_gone(client, vendor, http):
    vendor.answers(wrapped({"code": 404, "reason": "failed to find worker"}, http, 404))
    assert client.query(HANDLE).phase is Phase.GONE


@pytest.mark.parametrize("http", [200, 400])
def test_a_refusal_in_a_wrapper_is_one(client, vendor, spec, http):
    vendor.answers(wrapped({"code": 53, "reason": "task conflict"}, http, 400))
    with pytest.raises(ProviderRefused) as caught:
        client.start(spec, PREPARED)
    assert (caught.value.vendor_code, caught.value.outcome) == ("53", "refused")


def test_a_wrong_key_in_a_wrapper_is_one(client, vendor):
    vendor.answers(wrapped({"message": "Unauthorized"}, 200, 401))
    with pytest.raises(CredentialsRejected):
        client.query(HANDLE)


# ---------------------------------------------------------------- callbacks


def notice(details, name="noticeID", **more):
    document = {
        name: "a7c1", "productId": 3, "eventType": 33, "notifyMs": 1767225660456,
        "payload": {"cname": "room1", "uid": "rec01", "sid": SID, "sequence": 4,
                    "sendts": 1767225660400, "serviceType": 2, "details": details},
        **more,
    }  # fmt: skip
    return json.dumps(document).encode()


DETAILS = {"msgName": "uploading_progress", "progress": 5000}


@pytest.mark.parametrize("details", [DETAILS, json.dumps(DETAILS)], ids=["object", "text"])
@pytest.mark.parametrize("name", ["noticeID", "noticeId"])
def test_it_reads_a_callback_in_both_spellings(details, name):
    found = callbacks.parse(notice(details, name))
    assert (found.key, found.channel, found.recorder_uid) == (SID, "room1", "rec01")
    assert found.event.kind is EventKind.UPLOAD_PROGRESS
    assert found.event.detail == {"percent": 50.0}


def test_what_is_no_json_is_kept_unread():
    assert callbacks.parse(notice("{")) == Unreadable("json")


@pytest.mark.parametrize("name", ["noticeID", "noticeId"])
def test_copies_have_one_key(name):
    first, again = (callbacks.duplicate_key(notice(DETAILS, name, notifyMs=n)) for n in (1, 2))
    assert first == again
    assert first.startswith("a7c1:")


def test_it_believes_its_own_signature_only():
    raw = notice(DETAILS)
    signed = {ANYRTC_HEADER.lower(): sha1_signature("secret-1", raw)}
    assert callbacks.verify(signed, raw, ["old", "secret-1"]) is Verdict.GENUINE
    assert callbacks.verify(signed, raw + b" ", ["secret-1"]) is Verdict.FORGED
    assert callbacks.verify({}, raw, ["secret-1"]) is Verdict.UNSIGNED
