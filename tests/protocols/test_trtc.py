"""TRTC's names, errors and callbacks: what is written down fits together."""

import pytest

from dashboard.protocols import trtc, trtc_errors, trtc_events

KEY = "LocalCbKey01"
BODY = (
    b'{"EventGroupId":3,"EventType":305,"CallbackTs":1767225600500,"EventInfo":{"RoomId":"8801",'
    b'"EventTs":1767225600,"EventMsTs":1767225600450,"UserId":"rec_8801_a","TaskId":"-T0.",'
    b'"Payload":{"Status":0}}}'
)


def test_it_signs_callbacks_as_the_vendor_does():
    signature = trtc_events.sign(KEY, BODY)
    assert signature == "K3bP55Nj0kx/zXhBF0cw2x5tyQ6CJdg6smPJY2pVEOo="
    assert trtc_events.verify(["older", KEY], BODY, signature)
    assert not trtc_events.verify([KEY], BODY + b" ", signature)
    assert not trtc_events.verify([""], BODY, trtc_events.sign("", BODY))
    assert not trtc_events.verify([KEY], BODY, None)


@pytest.mark.parametrize(
    ("room", "kind", "fits"),
    [
        ("8801", 1, True),
        ("4294967294", 1, True),
        ("4294967295", 1, False),
        ("0", 1, False),
        ("0123", 1, False),
        ("class-7", 1, False),
        ("class-7", 0, True),
        ("123", 0, True),
        ("课" * 21, 0, True),
        ("课" * 22, 0, False),
        ("", 0, False),
    ],
)
def test_it_knows_what_a_room_may_be_called(room, kind, fits):
    assert trtc.is_room(room, kind) is fits


@pytest.mark.parametrize(
    ("address", "fits"),
    [
        ("https://img.example/bg.png", True),
        ("http://img.example/a.JPEG?sign=b", True),
        ("https://img.example/picture", False),
        ("https://img.example/a.pngx", False),
        ("https://img.example/a b.png", False),
        ("file:///etc/a.png", False),
    ],
)
def test_it_knows_addresses_of_pictures(address, fits):
    assert trtc.is_image_address(address) is fits


def test_its_shapes_name_only_shapes_that_there_are():
    kinds = {field.kind for shape in trtc.SHAPES.values() for field in shape.values()}
    assert kinds - {"integer", "text", "flag"} <= set(trtc.SHAPES)


@pytest.mark.parametrize("code", list(trtc_errors.Code))
def test_it_explains_each_code(code):
    row = trtc_errors.find(code)
    assert row.code == code
    assert str(row.meaning)
    assert str(row.remedy)


def test_it_judges_an_unknown_code_by_its_first_level():
    assert trtc_errors.find("InternalError.Brandnew").retry
    assert trtc_errors.find("MissingParameter.Else").code == "MissingParameter"
    assert trtc_errors.find("ResourceNotFound.Task").ended
    assert trtc_errors.find("Whatever") is None


def test_it_retries_only_what_may_pass():
    retried = {row.code for row in trtc_errors.TABLE if row.retry}
    assert retried == {
        "RequestLimitExceeded", "FailedOperation.RestrictedFrequency",
        "InternalError.CRInternalError",
    }  # fmt: skip


def test_it_lists_the_events_of_each_storage():
    bucket = {row.number for row in trtc_events.EVENTS.values() if row.bucket}
    library = {row.number for row in trtc_events.EVENTS.values() if row.library}
    assert bucket == set(range(301, 311))
    assert library == {301, 302, 306, 308, 309, 311, 312}
