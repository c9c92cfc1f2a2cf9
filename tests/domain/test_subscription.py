"""Whom a recording takes, and which lists an account can hold."""

import pytest

from dashboard.domain.subscription import (
    Choice,
    Subscription,
    SubscriptionRules,
    audience,
    problems_of,
)

PEOPLE = ("host1", "host2", "anna")


@pytest.mark.parametrize(
    ("choice", "taken"),
    [
        (Choice(), PEOPLE),
        (Choice(only=("anna",)), ("anna",)),
        (Choice(never=("anna",)), ("host1", "host2")),
        (Choice(only=("host*",)), ("host1", "host2")),
        (Choice(only=("host*",), never=("host2",)), ("host1",)),
        (Choice(only=("hos",)), ()),
    ],
)
def test_it_knows_who_is_heard(choice, taken):
    assert audience(Subscription(audio=choice), PEOPLE).heard == taken


def test_it_keeps_the_two_media_apart():
    found = audience(Subscription(video=Choice(only=("anna",))), PEOPLE)
    assert (found.heard, found.seen) == (PEOPLE, ("anna",))


def test_nobody_is_heard_where_no_sound_is_recorded():
    assert audience(Subscription(), PEOPLE, sound=False).heard == ()


@pytest.mark.parametrize(
    ("choice", "where"),
    [
        (Choice(("1",), ("2",)), "subscription.audio.never"),
        (Choice(("a*",)), "subscription.audio.only"),
        (Choice(tuple(map(str, range(33)))), "subscription.audio.only"),
        (Choice(never=("",)), "subscription.audio.never"),
    ],
)
def test_it_names_the_list_that_is_wrong(choice, where):
    problems = problems_of(Subscription(audio=choice), SubscriptionRules())
    assert [problem.where for problem in problems] == [where]


def test_it_takes_what_the_account_allows():
    wide = Subscription(audio=Choice(("host*",), ("host2",)))
    assert not problems_of(wide, SubscriptionRules(beginnings=True, both=True))


def test_it_reads_back_what_it_wrote():
    both = Subscription(Choice(("1", "2")), Choice(never=("3",)))
    assert Subscription.from_json(both.to_json()) == both
    assert Subscription.from_json(None) == Subscription()
