"""Who is really heard and seen, and why. The cases are those of Agora's page on subscription.

https://docs.agora.io/en/cloud-recording/develop/subscription: 111, 222, 333 and 444 are in the
channel, two more come later. The same cases in the vendor's own words: tests/providers.
"""

import pytest

from dashboard.domain.audience import Why, audience
from dashboard.domain.subscription import (
    NOBODY,
    Choice,
    Subscription,
    SubscriptionRules,
    silenced,
)
from dashboard.layouts.document import Layout, Preset
from dashboard.providers.agora.abilities import CAPABILITIES as AGORA
from dashboard.providers.trtc.abilities import CAPABILITIES as TRTC

HERE = ("111", "222", "333", "444")
ALL = (*HERE, "555", "666")
CASES = {
    "everybody": (Subscription(), ALL, ALL),
    "all sound, pictures of two": (
        Subscription(video=Choice(only=("111", "222"))), ALL, ("111", "222"),
    ),
    "all sound, pictures of all but two": (
        Subscription(video=Choice(never=("111", "222"))), ALL, ("333", "444", "555", "666"),
    ),
    "all sound, no pictures": (Subscription(video=NOBODY), ALL, ()),
    "sound of all but one, picture of one": (
        Subscription(Choice(never=("222",)), Choice(only=("111",))),
        ("111", "333", "444", "555", "666"), ("111",),
    ),
}  # fmt: skip


def heard_and_seen(subscription, uids=ALL, rules=AGORA.subscription, **more):
    found = audience(subscription, uids, rules, **more)
    return (
        tuple(each.uid for each in found if each.heard.taken),
        tuple(each.uid for each in found if each.seen.taken),
    )


def why(subscription, uid, medium="audio", uids=ALL, rules=AGORA.subscription, **more):
    (found,) = [each for each in audience(subscription, uids, rules, **more) if each.uid == uid]
    return found.of(medium).why


@pytest.mark.parametrize("case", CASES)
def test_it_knows_the_five_cases_of_the_vendors_page(case):
    subscription, heard, seen = CASES[case]
    assert heard_and_seen(subscription) == (heard, seen)


def test_a_list_for_sound_alone_turns_every_picture_off_as_the_vendor_reads_it():
    trap = Subscription(audio=Choice(only=("111",)))
    assert silenced(trap, AGORA.subscription) == "video"
    assert heard_and_seen(trap, as_sent=False) == (("111",), ())
    assert why(trap, "222", "video", as_sent=False) is Why.ONE_SIDED
    assert heard_and_seen(trap) == (("111",), ALL)
    assert why(trap, "222", "video") is Why.KEPT


def test_nobody_of_one_medium_is_no_list_and_no_trap():
    assert silenced(Subscription(video=NOBODY), AGORA.subscription) is None
    assert why(Subscription(video=NOBODY), "111") is Why.EVERYBODY


def test_the_same_lists_are_no_trap_with_another_vendor():
    trap = Subscription(audio=Choice(only=("111",)))
    assert silenced(trap, TRTC.subscription) is None
    assert heard_and_seen(trap, rules=TRTC.subscription, as_sent=False) == (("111",), ALL)


@pytest.mark.parametrize(
    ("choice", "uid", "reason"),
    [
        (Choice(), "host1", Why.EVERYBODY),
        (Choice(only=("host1",)), "host1", Why.NAMED),
        (Choice(only=("host*",)), "host1", Why.NAMED_BY_RULE),
        (Choice(only=("host*", "host1")), "host1", Why.NAMED),
        (Choice(only=("anna",)), "host1", Why.NOT_NAMED),
        (Choice(never=("anna",)), "host1", Why.NOT_DENIED),
        (Choice(never=("host1",)), "host1", Why.DENIED),
        (Choice(never=("host*",)), "host1", Why.DENIED_BY_RULE),
        (Choice(("host*",), ("host1",)), "host1", Why.DENY_WINS),
        (NOBODY, "host1", Why.NOBODY),
        (Choice(only=(*(f"u{n}" for n in range(32)), "host1")), "host1", Why.LIST_FULL),
    ],
)
def test_it_says_why(choice, uid, reason):
    everywhere = Subscription(choice, choice)
    assert why(everywhere, uid, uids=(uid,), rules=TRTC.subscription) is reason


def test_it_says_that_only_sound_is_recorded():
    assert why(Subscription(), "111", "video", pictures=False) is Why.NOT_RECORDED
    assert heard_and_seen(Subscription(), pictures=False) == (ALL, ())


def test_the_eighteenth_to_join_is_not_recorded():
    uids = tuple(str(1000 + n) for n in range(19))
    heard, seen = heard_and_seen(Subscription(), uids)
    assert (heard, seen) == (uids[:17], uids[:17])
    assert why(Subscription(), uids[17], uids=uids) is Why.TOO_MANY


def test_whoever_is_left_out_makes_room_for_the_next():
    uids = tuple(str(1000 + n) for n in range(18))
    without = Subscription(Choice(never=(uids[0],)), Choice(never=(uids[0],)))
    assert heard_and_seen(without, uids)[0] == uids[1:]


def test_it_knows_who_gets_no_window():
    """Two regions, three people: the third is heard, and not seen."""
    layout = Layout.from_json(
        {"preset": "custom", "background": "#000000", "regions": [
            {"uid": uid, "x": x, "y": 0, "w": 0.5, "h": 1, "opacity": 1, "fit": "fill"}
            for uid, x in (("222", 0), (None, 0.5))]}
    )  # fmt: skip
    found = heard_and_seen(Subscription(), ("111", "222", "333"), layout=layout)
    assert found == (("111", "222", "333"), ("111", "222"))
    assert why(Subscription(), "333", "video", ("111", "222", "333"), layout=layout) is (
        Why.NO_WINDOW
    )
    assert heard_and_seen(Subscription(), HERE, layout=Layout(Preset.BEST_FIT)) == (HERE, HERE)


def test_it_takes_a_bare_set_of_rules():
    assert heard_and_seen(Subscription(), ALL, SubscriptionRules()) == (ALL, ALL)
