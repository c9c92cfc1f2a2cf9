"""Each code that a vendor reports is told in our words, beside its own."""

import pytest

from dashboard.domain.events import EventKind
from dashboard.protocols.agora_events import ERROR_CODES, WARNING_CODES, Event
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
    assert said == f"Upload: {ERROR_CODES[code]} (key rejected)"


@pytest.mark.parametrize("code", WARNING_CODES)
def test_it_explains_every_warning(code):
    told = notices.tell(Event.WARNING, {"module": 1, "warnCode": code})
    assert str(sentence(told.kind, told.detail)) == f"{WARNING_CODES[code]} ({code})"


def test_what_it_does_not_know_is_told_as_it_came():
    told = notices.tell(Event.ERROR, {"errorCode": 9999, "errorMsg": "odd"})
    assert str(sentence(told.kind, told.detail)).endswith("odd (9999)")


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
