"""Each code that a vendor reports is told in our words, beside its own."""

import pytest

from dashboard.domain.events import EventKind
from dashboard.protocols.agora import STATUSES
from dashboard.protocols.agora_events import (
    ERROR_CODES,
    EVENTS,
    WARNING_CODES,
    WEB_STOP_CODES,
    Event,
)
from dashboard.protocols.trtc_events import Leave
from dashboard.providers.agora import notices
from dashboard.providers.trtc import notices as trtc_notices
from dashboard.services.wording import LEFT_BECAUSE, sentence


@pytest.mark.parametrize("code", ERROR_CODES)
@pytest.mark.parametrize("spelled", [int, str])
def test_it_explains_every_error(code, spelled):
    details = {"module": 1, "errorLevel": 5, "errorCode": spelled(code), "errorMsg": "key rejected"}
    told = notices.tell(Event.ERROR, details)
    said = str(sentence(told.kind, told.detail))
    assert said == f"{ERROR_CODES[code]} (key rejected)"


@pytest.mark.parametrize("code", WARNING_CODES)
def test_it_explains_every_warning(code):
    told = notices.tell(Event.WARNING, {"module": 1, "warnCode": code})
    assert str(sentence(told.kind, told.detail)) == f"{WARNING_CODES[code]} ({code})"


def test_what_it_does_not_know_is_told_as_it_came():
    told = notices.tell(Event.ERROR, {"errorCode": 9999, "errorMsg": "odd"})
    assert str(sentence(told.kind, told.detail)).endswith("odd (9999)")
    told = notices.tell(Event.ERROR, {"module": 0, "errorCode": 9999})
    assert str(sentence(told.kind, told.detail)) == (
        "The recorder reported an error that its pages do not explain (9999)."
    )


@pytest.mark.parametrize("code", Leave)
def test_it_says_why_the_recorder_left_a_room(code):
    told = trtc_notices.tell(302, {"LeaveCode": int(code)})
    assert sentence(told.kind, told.detail) in LEFT_BECAUSE.values()


@pytest.mark.parametrize(
    ("event", "payload"),
    [(309, {"Url": "https://a.x"}), (310, {"Status": 1}), (310, {"Status": 0}),
     (311, {"Status": 0}), (311, {"Status": 1})],
)  # fmt: skip
def test_it_has_words_for_what_rooms_tell(event, payload):
    told = trtc_notices.tell(event, payload)
    plain = {str(sentence(kind, {})) for kind in (EventKind.STATUS, EventKind.WARNING)}
    said = str(sentence(told.kind, told.detail))
    assert said not in {*plain, "Something happened that we have no words for."}


@pytest.mark.parametrize("status", STATUSES)
def test_it_says_in_which_state_a_call_was_out_of_place(status):
    told = notices.tell(3, {"status": int(status)})
    assert f"{STATUSES[status]} ({int(status)})" in str(sentence(told.kind, told.detail))


@pytest.mark.parametrize("code", WEB_STOP_CODES)
def test_it_says_why_a_page_is_recorded_no_longer(code):
    told = notices.tell(71, {"code": code})
    assert sentence(told.kind, told.detail) in LEFT_BECAUSE.values()


def test_it_tells_all_reasons_for_which_a_recorder_left():
    said = str(sentence(*_told(41, leaveCode=4 | 16)))
    assert said == f"{LEFT_BECAUSE['nobody_there']} {LEFT_BECAUSE['asked']}"


def test_it_says_so_where_nobody_knows_the_code():
    assert "code 32" in str(sentence(*_told(41, leaveCode=32)))
    told = trtc_notices.tell(302, {"LeaveCode": 555})
    assert "code 555" in str(sentence(told.kind, told.detail))


@pytest.mark.parametrize("number", EVENTS)
def test_it_has_words_of_its_own_for_every_event(number):
    kind, detail = _told(number)
    plain = {str(sentence(EventKind.STATUS, {})), "Something happened that we have no words for."}
    if number != 3:  # an update of a status without one
        assert str(sentence(kind, detail)) not in plain
    assert kind is not EventKind.UNKNOWN


def test_it_tells_number_and_name_of_an_event_it_does_not_know():
    assert "new_thing (9999)" in str(sentence(*_told(9999, msgName="new_thing")))


def _told(number, **details):
    told = notices.tell(number, details)
    return told.kind, told.detail
