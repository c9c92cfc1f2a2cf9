"""Every answer and error of the documented calls, as the client understands them."""

import base64
import json
from dataclasses import replace

import pytest

from dashboard.domain.recording import Mode, Output, Phase, StorageTarget
from dashboard.domain.subscription import Choice, Subscription
from dashboard.errors import (
    CredentialsRejected,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    Unsupported,
)
from dashboard.layouts.document import Layout, Preset
from dashboard.protocols.agora_errors import GATEWAY, TABLE, Code
from dashboard.providers import transport
from dashboard.providers.agora import client as agora
from dashboard.providers.cloud_recording import ENDINGS
from tests.providers.conftest import HANDLE, PREPARED, build, hangs, resets, says

SID = HANDLE["sid"]
IDS = {"cname": "lesson-7", "uid": "900001", "resourceId": HANDLE["resource_id"]}
STARTED = says(200, {**IDS, "sid": SID})
STARTED_ALREADY = says(201, {"code": 7, "reason": "already started"})
NOT_COMPLETED = says(206, {"code": 65, "reason": "request not completed"})
NO_WORKER_FOUND = says(404, {**IDS, "sid": SID, "code": 404, "reason": "failed to find worker"})


def service(response, **more):
    return says(200, {**IDS, "sid": SID, "serverResponse": response, **more})


# ---------------------------------------------------------------- prepare and start


def test_it_reserves_a_resource(client, vendor, spec):
    vendor.answers(says(200, IDS))
    assert client.prepare(spec) == PREPARED
    asked = vendor.asked[0]
    assert asked.path == "/v1/apps/0123abcd/cloud_recording/acquire"
    assert asked.json["cname"] == "lesson-7"
    assert asked.json["clientRequest"] == {"scene": 0, "resourceExpiredHour": 720}


@pytest.mark.parametrize(
    "script", [resets, says(500, b"oops"), says(200, {}), says(200, b"<html>")]
)
def test_it_never_fears_a_recording_that_was_only_reserved(client, vendor, spec, script):
    vendor.answers(script)
    with pytest.raises(ProviderUnavailable) as caught:
        client.prepare(spec)
    assert caught.value.outcome == "refused"


def test_it_starts_what_it_reserved(client, vendor, spec):
    vendor.answers(STARTED)
    assert client.start(spec, PREPARED) == HANDLE
    assert vendor.asked[0].path.endswith("/resourceid/Zk3v_8Qd-hT2/mode/mix/start")


def test_it_understands_an_answer_in_a_wrapper(client, vendor, spec):
    vendor.answers(says(200, {"Code": 200, "Body": {**IDS, "sid": SID}}))
    assert client.start(spec, PREPARED)["sid"] == SID


def test_it_repeats_the_same_start_while_it_is_not_completed(client, vendor, spec, naps):
    vendor.answers(NOT_COMPLETED, NOT_COMPLETED, STARTED)
    assert client.start(spec, PREPARED) == HANDLE
    assert naps == [3.0, 5.0]
    assert len({(asked.path, asked.body) for asked in vendor.asked}) == 1


def test_it_gives_up_repeating_before_the_operator_does(client, vendor, spec, naps):
    vendor.answers(NOT_COMPLETED)
    with pytest.raises(ProviderUnavailable) as caught:
        client.start(spec, PREPARED)
    assert caught.value.outcome == "unknown"
    assert sum(naps) <= 8


@pytest.mark.parametrize(
    "script",
    [
        resets,
        says(200, b"<html>welcome</html>", "text/html"),
        says(200, IDS),
        says(200, {**IDS, "sid": ""}),
        says(200, {**IDS, "sid": "x\ny"}),
        says(500, {"code": 62, "reason": "request timeout"}),
        says(502, b"<html>Bad Gateway</html>", "text/html"),
        says(504, b""),
        STARTED_ALREADY,
    ],
)
def test_it_does_not_claim_to_know_whether_a_start_worked(client, vendor, spec, script):
    vendor.answers(script)
    with pytest.raises(ProviderUnavailable) as caught:
        client.start(spec, PREPARED)
    assert caught.value.outcome == "unknown"
    assert len(vendor.asked) == 1


@pytest.mark.parametrize(
    ("script", "family", "code"),
    [
        (says(400, {"code": 53, "reason": "task conflict"}), ProviderRefused, "53"),
        (says(400, {"code": 2, "reason": "bad width"}), ProviderRefused, "2"),
        (says(500, {"code": 502, "reason": "no worker allocated"}), ProviderUnavailable, "502"),
        (says(429, {"message": "API rate limit exceeded"}), ProviderRefused, None),
        (says(401, {"message": "Invalid authentication credentials"}), CredentialsRejected, None),
        (says(400, {"message": "appid is invalid"}), CredentialsRejected, None),
        (says(301, b"moved", "text/html"), ProviderUnavailable, None),
        (says(403, b"<html>Forbidden</html>", "text/html"), CredentialsRejected, None),
    ],
)
def test_it_knows_when_nothing_was_started(client, vendor, spec, script, family, code):
    vendor.answers(script)
    with pytest.raises(family) as caught:
        client.start(spec, PREPARED)
    assert caught.value.outcome == "refused"
    assert caught.value.vendor_code == code
    assert caught.value.request_id == "req-1"


CALLS = {
    "acquire": lambda client, spec: client.prepare(spec),
    "start": lambda client, spec: client.start(spec, PREPARED),
    "query": lambda client, spec: client.query(HANDLE),
    "updateLayout": lambda client, spec: client.set_layout(HANDLE, Layout(), spec),
    "update": lambda client, spec: client.set_subscription(HANDLE, Subscription(), spec),
    "stop": lambda client, spec: client.stop(HANDLE),
}
SPELLINGS = {
    "plain": lambda http, body: says(http, body),
    "with a code as text": lambda http, body: says(http, {**body, "code": str(body["code"])}),
    "in a wrapper": lambda http, body: says(http, {"Code": http, "Body": body}),
    "with its status in the wrapper only": lambda http, body: says(
        200, {"Code": http, "Body": body}
    ),
}
FAULTS = [
    (call, row)
    for row in TABLE
    for call in row.calls
    if call in CALLS
    and row.code != Code.STARTED_ALREADY  # settled, below
    and not (call in ("query", "stop") and row.code in ENDINGS)
]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(("call", "row"), FAULTS, ids=lambda it: getattr(it, "reason", it))
def test_it_explains_every_documented_error(client, vendor, spec, call, row, spelling):
    """Our words and what to do about it, beside the vendor's own."""
    body = {"message": row.reason} if row in GATEWAY else {"code": row.code, "reason": row.reason}
    if row in GATEWAY and "code" in spelling:
        spelling = "plain"
    vendor.answers(SPELLINGS[spelling](row.http, body))
    with pytest.raises(ProviderError) as caught:
        CALLS[call](client, spec)
    fault = caught.value
    assert (fault.message, fault.remedy, fault.vendor_text) == (row.meaning, row.remedy, row.reason)
    if call == "start":
        assert fault.outcome == ("unknown" if row.started else "refused")


# ---------------------------------------------------------------- settling a lost start


def test_it_settles_a_start_that_never_arrived_by_starting(client, vendor, spec):
    vendor.answers(STARTED)
    assert client.settle(spec, PREPARED) == HANDLE


def test_it_asks_nothing_where_the_answer_is_known(client, vendor, spec):
    assert client.settle(spec, HANDLE) == HANDLE
    assert client.settle(spec, {}) is None
    assert vendor.asked == []


def test_it_waits_for_the_name_of_what_runs(client, vendor, spec):
    vendor.answers(STARTED_ALREADY)
    with pytest.raises(ProviderUnavailable) as caught:
        client.settle(spec, PREPARED)
    assert caught.value.outcome == "unknown"


def test_it_settles_that_a_stale_resource_was_never_started(client, vendor, spec):
    vendor.answers(says(400, {"code": 433, "reason": "resource expired"}))
    assert client.settle(spec, PREPARED) is None


def test_it_settles_that_another_recording_was_in_the_way(client, vendor, spec):
    vendor.answers(says(400, {"code": 53, "reason": "task conflict"}))
    with pytest.raises(ProviderRefused) as caught:
        client.settle(spec, PREPARED)
    assert caught.value.outcome == "refused"


@pytest.mark.parametrize(
    "script",
    [
        resets,
        says(401, {"message": "Unauthorized"}),
        says(404, {"message": "no Route matched with those values"}),
        says(429, {"message": "API rate limit exceeded"}),
        says(404, b"<html>", "text/html"),
        says(302, b""),
        says(503, b""),
    ],
)
def test_it_settles_nothing_by_an_answer_that_is_not_about_the_recording(
    client, vendor, spec, script
):
    vendor.answers(script)
    with pytest.raises(ProviderError) as caught:
        client.settle(spec, PREPARED)
    assert caught.value.outcome == "unknown"


def test_it_settles_nothing_while_nobody_listens(client, vendor, spec):
    vendor.close()
    with pytest.raises(ProviderUnavailable) as caught:
        client.settle(spec, PREPARED)
    assert caught.value.outcome == "unknown"


@pytest.fixture
def studio_client(config, naps):
    client = build(replace(config, studio=True), naps)
    yield client
    client.close()


def channel(*recordings):
    return says(200, {"name": "lesson-7", "people": [], "recordings": list(recordings)})


def test_it_finds_the_name_of_what_runs_in_the_studio(studio_client, vendor, spec):
    other = {"sid": "other", "uid": "900002", "status": 5}
    vendor.answers(STARTED_ALREADY, channel(other, {"sid": SID, "uid": "900001", "status": 4}))
    assert studio_client.settle(spec, PREPARED) == HANDLE
    assert vendor.asked[1].path == "/studio/v1/apps/0123abcd/channels/lesson-7"


@pytest.mark.parametrize(
    "found",
    [
        channel(),
        channel({"sid": SID, "uid": "900001", "status": 7}),
        channel(
            {"sid": "a", "uid": "900001", "status": 5}, {"sid": "b", "uid": "900001", "status": 5}
        ),
        says(200, {"recordings": [7, {"uid": "900001"}, {"sid": 5, "uid": "900001", "status": 5}]}),
    ],
)  # fmt: skip
def test_it_takes_no_recording_for_ours_that_may_not_be(studio_client, vendor, spec, found):
    vendor.answers(STARTED_ALREADY, found)
    with pytest.raises(ProviderUnavailable):
        studio_client.settle(spec, PREPARED)


def test_it_finds_a_recording_whose_resource_was_forgotten(studio_client, vendor, spec):
    forgotten = says(400, {"code": 1001, "reason": "resourceId cannot be decrypted"})
    vendor.answers(forgotten, channel({"sid": SID, "uid": "900001", "status": 5}))
    assert studio_client.settle(spec, PREPARED) == HANDLE


# ---------------------------------------------------------------- query


M3U8 = f"year26/l7/{SID}_lesson-7.m3u8"
MP4 = f"year26/l7/{SID}_lesson-7_0.mp4"


def file(name, key="fileName", **more):
    entry = {"trackType": "audio_and_video", "uid": "0", "mixedAllUser": True, "isPlayable": True}
    return {key: name, **entry, "sliceStartTime": 1767225600123, **more}


@pytest.mark.parametrize(
    ("response", "names"),
    [
        ({"status": 5, "fileListMode": "string", "fileList": M3U8, "sliceStartTime": 1}, [M3U8]),
        ({"status": 5, "fileListMode": "json", "fileList": [file(MP4), file(M3U8)]}, [MP4, M3U8]),
        ({"status": "5", "fileList": [file(M3U8, "filename", isPlayable="true")]}, [M3U8]),
        ({"status": 4, "fileList": [file(M3U8, sliceStartTime="1767225600123")]}, [M3U8]),
        ({"status": 5, "fileListMode": "string", "fileList": ""}, []),
        ({"status": 5, "fileListMode": "json", "fileList": []}, []),
        ({"status": 5, "fileListMode": "json", "fileList": None}, []),
        ({"status": 5, "sliceStartTime": 1767225600200}, []),
        ({"status": 5, "fileList": [None, 7, {}, {"fileName": 5}]}, []),
        ({"status": 5, "fileList": ["a\nb", "a\x00", "\ud800", "x" * 2000, ""]}, []),
        ({"status": 5, "subServiceStatus": {"recordingService": "x"}, "code": 0}, []),
    ],
)
def test_it_reads_every_spelling_of_a_running_recording(client, vendor, response, names):
    vendor.answers(service(response))
    snapshot = client.query(HANDLE)
    assert snapshot.phase is Phase.RUNNING
    assert [entry.name for entry in snapshot.files] == names
    for entry in snapshot.files:
        assert entry.playable
        assert entry.uid is None


def test_it_asks_without_a_body(client, vendor):
    vendor.answers(service({"status": 5}))
    client.query(HANDLE)
    asked = vendor.asked[0]
    assert asked.method == "GET"
    assert asked.body == b""
    assert asked.path.endswith(f"/resourceid/Zk3v_8Qd-hT2/sid/{SID}/mode/mix/query")


@pytest.mark.parametrize(
    ("status", "phase"),
    [(0, Phase.STARTING), (1, Phase.STARTING), (2, Phase.STARTING), (3, Phase.STARTING),
     (4, Phase.RUNNING), (5, Phase.RUNNING), (6, Phase.FINISHING), (7, Phase.FINISHING),
     (8, Phase.FINISHING), (20, Phase.FAILED), (99, Phase.STARTING), (None, Phase.STARTING)],
)  # fmt: skip
def test_it_tells_each_status_in_our_words(client, vendor, status, phase):
    vendor.answers(service({"status": status}))
    assert client.query(HANDLE).phase is phase


def test_it_reads_who_is_in_each_file(client, vendor):
    entry = file("a.m3u8", uid="11", trackType="audio", isPlayable=False)
    vendor.answers(service({"status": 5, "fileList": [entry]}))
    (found,) = client.query(HANDLE).files
    assert (found.uid, found.track, found.playable) == ("11", "audio", False)
    assert found.started_at.year == 2026


def test_it_reads_a_time_in_seconds_where_it_can_be_nothing_else(client, vendor):
    vendor.answers(service({"status": 5, "fileList": [file("a", sliceStartTime=1767225600)]}))
    assert client.query(HANDLE).files[0].started_at.year == 2026


def test_it_sees_that_the_vendor_knows_it_no_longer(client, vendor):
    vendor.answers(NO_WORKER_FOUND)
    assert client.query(HANDLE).phase is Phase.GONE


def test_it_does_not_take_a_wrong_address_for_a_lost_recording(client, vendor):
    vendor.answers(says(404, {"message": "no Route matched with those values"}))
    with pytest.raises(ProviderRefused):
        client.query(HANDLE)


@pytest.mark.parametrize(
    "script",
    [
        says(206, {"code": 65, "reason": "request not completed"}),
        says(504, {"code": 62, "reason": "request timeout"}),
        says(200, b"<html>"),
        says(200, {**IDS, "sid": SID}),
        says(200, {**IDS, "serverResponse": "none"}),
    ],
)
def test_it_asks_again_later_where_a_query_gave_nothing(client, vendor, script):
    vendor.answers(script)
    with pytest.raises(ProviderUnavailable) as caught:
        client.query(HANDLE)
    assert caught.value.retryable


def test_it_does_not_hang_on_a_vendor_that_hangs(client, vendor, monkeypatch):
    monkeypatch.setattr(transport, "READ_S", 0.2)
    vendor.answers(hangs)
    with pytest.raises(ProviderUnavailable):
        client.query(HANDLE)


def test_it_cannot_ask_about_what_has_no_name_yet(client, vendor):
    with pytest.raises(ProviderRefused):
        client.query(PREPARED)
    assert vendor.asked == []


# ---------------------------------------------------------------- stop and layout


@pytest.mark.parametrize(
    ("response", "phase", "uploaded"),
    [
        ({"fileListMode": "string", "fileList": M3U8, "uploadingStatus": "uploaded"},
         Phase.ENDED, True),
        ({"fileListMode": "json", "fileList": [file(M3U8)], "uploadingStatus": "backuped"},
         Phase.ENDED, False),
        ({"uploadingStatus": "unknown"}, Phase.FINISHING, None),
        ({"uploadingStatus": "unknow"}, Phase.FINISHING, None),
        ({}, Phase.FINISHING, None),
    ],
)  # fmt: skip
def test_it_reads_every_answer_to_a_stop(client, vendor, response, phase, uploaded):
    vendor.answers(service(response))
    snapshot = client.stop(HANDLE)
    assert (snapshot.phase, snapshot.uploaded) == (phase, uploaded)
    assert vendor.asked[0].json["clientRequest"] == {"async_stop": True}


def test_it_needs_no_details_from_a_stop_that_is_carried_out_later(client, vendor):
    vendor.answers(says(200, {**IDS, "sid": SID}))
    assert client.stop(HANDLE).phase is Phase.FINISHING


@pytest.mark.parametrize(
    ("status", "code", "phase"),
    [(404, 404, Phase.GONE), (400, 49, Phase.FINISHING), (400, 501, Phase.FINISHING),
     (206, 50, Phase.FINISHING), (206, 435, Phase.ENDED), (400, 435, Phase.ENDED)],
)  # fmt: skip
def test_it_knows_which_errors_mean_that_a_stop_is_under_way(client, vendor, status, code, phase):
    vendor.answers(says(status, {"code": code, "reason": "whatever"}))
    snapshot = client.stop(HANDLE)
    assert (snapshot.phase, snapshot.vendor_text) == (phase, "whatever")


def test_it_asks_again_for_a_stop_whose_answer_was_lost(client, vendor):
    vendor.answers(resets, says(400, {"code": 49, "reason": "invalid operation"}))
    assert client.stop(HANDLE).phase is Phase.FINISHING


def test_it_does_not_claim_to_have_stopped_what_it_could_not_reach(client, vendor):
    vendor.answers(says(206, {"code": 65, "reason": "request not completed"}))
    with pytest.raises(ProviderUnavailable) as caught:
        client.stop(HANDLE)
    assert caught.value.outcome == "unknown"


def test_it_sends_the_whole_layout(client, vendor, spec):
    vendor.answers(STARTED)
    client.set_layout(HANDLE, Layout(preset=Preset.VERTICAL, focus_uid="11"), spec)
    assert vendor.asked[0].path.endswith("/mode/mix/updateLayout")
    assert vendor.asked[0].json["clientRequest"] == {
        "mixedVideoLayout": 2, "backgroundColor": "#000000", "maxResolutionUid": "11",
    }  # fmt: skip


@pytest.mark.parametrize(
    "script", [NO_WORKER_FOUND, says(400, {"code": 1028, "reason": "invalid layout"})]
)
def test_it_tells_why_a_layout_was_not_taken(client, vendor, spec, script):
    vendor.answers(script)
    with pytest.raises(ProviderRefused):
        client.set_layout(HANDLE, Layout(), spec)


def test_it_puts_strange_names_safely_into_addresses(client, vendor):
    vendor.answers(service({"status": 5}))
    client.query({**HANDLE, "resource_id": "a/../b?c", "sid": "x y"})
    assert "/resourceid/a%2F..%2Fb%3Fc/sid/x%20y/" in vendor.asked[0].path


def test_it_hides_what_a_vendor_gives_back_of_our_key(client, vendor, spec):
    basic = base64.b64encode(b"customer-key-1:customer-secret-1").decode()
    vendor.answers(says(400, {"code": 2, "reason": f"you sent {basic}"}))
    with pytest.raises(ProviderRefused) as caught:
        client.start(spec, PREPARED)
    assert basic not in json.dumps(vars(caught.value), default=str)


# ---------------------------------------------------------------- changes, keys, what cannot be


def test_it_replaces_both_lists_of_people(client, vendor, spec):
    vendor.answers(STARTED)
    client.set_subscription(HANDLE, Subscription(video=Choice(only=("42",))), spec)
    assert vendor.asked[0].path.endswith("/mode/mix/update")
    assert vendor.asked[0].json["clientRequest"] == {
        "streamSubscribe": {
            "audioUidList": {"subscribeAudioUids": ["#allstream#"]},
            "videoUidList": {"subscribeVideoUids": ["42"]},
        }
    }


def test_it_renews_a_temporary_key_without_quoting_it(client, vendor):
    target = StorageTarget("aws", "rec", region="us-east-1", sts_token="a-new-token",
                           sts_expires_s=2_000_000_000)  # fmt: skip
    vendor.answers(says(400, {"code": 2, "reason": "not a-new-token"}))
    with pytest.raises(ProviderRefused) as caught:
        client.renew_storage(HANDLE, target)
    assert vendor.asked[0].json["clientRequest"]["storageConfig"]["stsToken"] == "a-new-token"
    assert caught.value.vendor_text == "not (hidden)"


def test_single_people_are_started_in_their_own_mode(client, vendor, spec):
    single = replace(spec.profile, mode=Mode.INDIVIDUAL, output=Output.HLS)
    vendor.answers(says(200, IDS), STARTED)
    singles = replace(spec, profile=single)
    handle = client.start(singles, client.prepare(singles))
    assert handle["mode"] == "individual"
    assert vendor.asked[1].path.endswith("/mode/individual/start")
    with pytest.raises(Unsupported):
        client.set_layout(handle, Layout(), spec)


def test_it_reserves_nothing_for_what_cannot_be(client, vendor, spec):
    vendor.answers(says(200, IDS))
    with pytest.raises(Unsupported) as caught:
        client.prepare(replace(spec, profile=replace(spec.profile, output=Output.MP4)))
    assert caught.value.outcome == "refused"
    assert not vendor.asked


def test_a_project_with_tokens_gets_one(config, vendor, spec):
    keys = {**config.credentials, "app_certificate": "5CFd2fd1755d40ecb72977518be15d3b"}
    app = "970CA35de60c44645bbae8a215061b33"
    vendor.answers(STARTED)
    agora.make(replace(config, app_id=app, credentials=keys)).start(spec, PREPARED)
    assert vendor.asked[0].json["clientRequest"]["token"].startswith("007")
