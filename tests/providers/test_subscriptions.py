"""Whom to record, in the vendors' own lists, and what their doors make of them."""

import pytest

from dashboard.domain.recording import Profile, Streams
from dashboard.domain.subscription import NOBODY, Choice, Subscription
from dashboard.engine.doors import trtc_validation
from dashboard.engine.doors.agora_subscription import read_lists, read_update
from dashboard.engine.doors.body import Fields
from dashboard.engine.doors.dialects import DIALECTS
from dashboard.engine.worker.job import Subscription as Heard
from dashboard.providers.agora import subscriptions
from dashboard.providers.trtc import payloads as trtc
from tests.domain.test_audience import ALL, CASES

RECORDER = "900001"
EVERYONE = ["#allstream#"]
WORDS = {
    "everybody": {},
    "all sound, pictures of two": {
        "subscribeAudioUids": EVERYONE, "subscribeVideoUids": ["111", "222"],
    },
    "all sound, pictures of all but two": {
        "subscribeAudioUids": EVERYONE, "unSubscribeVideoUids": ["111", "222"],
    },
    "all sound, no pictures": {"subscribeAudioUids": EVERYONE},
    "sound of all but one, picture of one": {
        "unSubscribeAudioUids": ["222"], "subscribeVideoUids": ["111"],
    },
}  # fmt: skip
"""As Agora's page on subscription recommends each case."""


def taken(lists):
    """Whom the engine's recorder then hears and sees."""
    found = Heard.from_json(lists)
    return (
        tuple(uid for uid in ALL if found.audio.takes(uid)),
        tuple(uid for uid in ALL if found.video.takes(uid)),
    )


def door(fields):
    return Fields("clientRequest", fields)


@pytest.mark.parametrize("case", CASES)
def test_a_start_says_each_case_as_the_vendors_page_does(case):
    subscription, heard, seen = CASES[case]
    said = subscriptions.for_start(subscription, Streams.BOTH, RECORDER)
    assert said == WORDS[case]
    assert taken(read_lists(door(said), "both", DIALECTS["agora"])) == (heard, seen)


@pytest.mark.parametrize("before", CASES)
@pytest.mark.parametrize("case", CASES)
def test_an_update_means_the_same_whatever_was_before(before, case):
    subscription, heard, seen = CASES[case]
    was = subscriptions.for_start(CASES[before][0], Streams.BOTH, RECORDER)
    current = read_lists(door(was), "both", DIALECTS["agora"])
    said = {"streamSubscribe": subscriptions.for_update(subscription, Streams.BOTH, RECORDER)}
    assert taken(read_update(door(said), "both", current, DIALECTS["agora"])) == (heard, seen)


@pytest.mark.parametrize("case", CASES)
def test_trtc_takes_the_same_people(case):
    subscription, heard, seen = CASES[case]
    lists = trtc.subscribed(subscription, Profile(RECORDER))
    assert taken(trtc_validation._subscription(lists)) == (heard, seen)


def test_nobody_at_all_is_the_recorder_alone():
    silent = Subscription(NOBODY, NOBODY)
    said = subscriptions.for_start(silent, Streams.BOTH, RECORDER)
    assert said == {"subscribeAudioUids": [RECORDER], "subscribeVideoUids": [RECORDER]}
    assert taken(read_lists(door(said), "both", DIALECTS["agora"])) == ((), ())


def test_nobody_of_the_only_medium_is_said_and_the_other_is_not():
    silent = Subscription(NOBODY, Choice(only=("1",)))
    said = subscriptions.for_start(silent, Streams.AUDIO, RECORDER)
    assert said == {"subscribeAudioUids": [RECORDER]}
