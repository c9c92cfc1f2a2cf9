"""TC3 signatures and UserSigs against vectors that were made with the vendor's own code."""

from dataclasses import replace

import pytest

from dashboard.protocols import trtc_tc3, trtc_usersig

BODY = b'{"SdkAppId": 1400000001, "TaskId": "-T0."}'
HASH = "14662ced50e514ca99b1c0aa3efa8e4419414d08927b2b6327d151f49e1cbcd4"
SIGNATURE = "32cac6566dd0c3b1ac0d4511c33c63cbf88d0d8abdf16d01eb573a4ac8137bd8"
HEADERS = {"content-type": "application/json", "host": "127.0.0.1:18080"}
KEY, AT_S = "localSecretKeyExample0001", 1_767_225_600
SECRET, APP, ROBOT = "0123456789abcdef" * 4, 1_400_000_001, "rec_8801_a"
TLS_SIG = "DZBu7V5eaDwFUr0NID5edP16kmmhBNuojQ40AgD79Ck="


def header():
    return trtc_tc3.authorization("AKIDlocal", KEY, AT_S, "trtc", HEADERS, BODY)


def test_it_signs_as_the_vendors_client_does():
    assert trtc_tc3.content_hash(BODY) == HASH
    assert trtc_tc3.signature(KEY, AT_S, "trtc", HEADERS, HASH) == SIGNATURE
    assert header() == (
        "TC3-HMAC-SHA256 Credential=AKIDlocal/2026-01-01/trtc/tc3_request, "
        f"SignedHeaders=content-type;host, Signature={SIGNATURE}"
    )


def test_it_believes_what_was_signed_with_the_key():
    given = trtc_tc3.parse(header())
    assert given.secret_id == "AKIDlocal"
    assert trtc_tc3.verify(given, KEY, AT_S, HEADERS, BODY)


@pytest.mark.parametrize(
    "change",
    [
        {"secret_key": "another"},
        {"secret_key": ""},
        {"timestamp": AT_S + 1},
        {"body": BODY.replace(b": ", b":")},
        {"headers": {**HEADERS, "host": "127.0.0.1:18081"}},
        {"query": "a=1"},
    ],
    ids=str,
)
def test_it_believes_nothing_else(change):
    call = {"secret_key": KEY, "timestamp": AT_S, "headers": HEADERS, "body": BODY, **change}
    assert not trtc_tc3.verify(trtc_tc3.parse(header()), **call)


def test_it_wants_the_host_signed():
    names = ("content-type",)
    made = trtc_tc3.signature(KEY, AT_S, "trtc", HEADERS, HASH, names)
    given = replace(trtc_tc3.parse(header()), signed=names, signature=made)
    assert not trtc_tc3.verify(given, KEY, AT_S, HEADERS, BODY)


def test_it_takes_the_action_signed_in_lower_case():
    names = ("content-type", "host", "x-tc-action")
    said = {**HEADERS, "x-tc-action": "describecloudrecording"}
    made = trtc_tc3.signature(KEY, AT_S, "trtc", said, HASH, names)
    given = replace(trtc_tc3.parse(header()), signed=names, signature=made)
    sent = {**HEADERS, "x-tc-action": "DescribeCloudRecording"}
    assert trtc_tc3.verify(given, KEY, AT_S, sent, BODY)


def test_it_leaves_a_body_out_that_was_not_signed():
    made = trtc_tc3.signature(KEY, AT_S, "trtc", HEADERS, trtc_tc3.content_hash(b"", True))
    given = replace(trtc_tc3.parse(header()), signature=made)
    headers = {**HEADERS, "x-tc-content-sha256": "UNSIGNED-PAYLOAD"}
    assert trtc_tc3.verify(given, KEY, AT_S, headers, b"anything")


@pytest.mark.parametrize("text", ["", "Basic abc", "TC3-HMAC-SHA256 Credential=a/b/c", "x" * 999])
def test_it_reads_no_other_header(text):
    assert trtc_tc3.parse(text) is None


def test_it_makes_the_vendors_user_sig():
    assert trtc_usersig.sign(SECRET, APP, ROBOT, AT_S, 86_400) == TLS_SIG
    ticket = trtc_usersig.make(SECRET, APP, ROBOT, AT_S, 86_400)
    assert set("+/=").isdisjoint(ticket)
    said = trtc_usersig.read(ticket)
    assert said == trtc_usersig.UserSig(ROBOT, APP, AT_S, 86_400, TLS_SIG)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"now_s": AT_S + 86_400}, "it has expired"),
        ({"identifier": "rec_8801_b"}, "it belongs to another UserId"),
        ({"sdk_app_id": APP + 1}, "it belongs to another SdkAppId"),
        ({"secret": "f" * 64}, "it was signed with another key"),
        ({"secret": ""}, "it was signed with another key"),
        ({"ticket": "eJwrSS0uAQAEXQHB"}, "it cannot be read"),
        ({"ticket": "!"}, "it cannot be read"),
        ({"ticket": ""}, "it cannot be read"),
    ],
)
def test_it_says_why_a_user_sig_lets_nobody_in(change, why):
    ticket = trtc_usersig.make(SECRET, APP, ROBOT, AT_S, 86_400)
    call = {"ticket": ticket, "secret": SECRET, "sdk_app_id": APP, "identifier": ROBOT,
            "now_s": AT_S + 10, **change}  # fmt: skip
    assert trtc_usersig.verify(**call) == why


def test_it_signs_the_rights_of_a_room_along():
    ticket = trtc_usersig.make(SECRET, APP, ROBOT, AT_S, userbuf=b"\0\x01")
    assert trtc_usersig.read(ticket).userbuf == "AAE="
    assert trtc_usersig.verify(ticket, SECRET, APP, ROBOT, AT_S) == ""
