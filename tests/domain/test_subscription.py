"""Whom a recording takes, and which lists an account can hold."""

import pytest

from dashboard.domain.subscription import (
    NOBODY,
    Choice,
    Subscription,
    SubscriptionRules,
    Unswitchable,
    problems_of,
    switched,
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
        (NOBODY, ()),
    ],
)
def test_it_knows_who_is_heard(choice, taken):
    assert tuple(uid for uid in PEOPLE if choice.takes(uid)) == taken


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
    for both in (
        Subscription(Choice(("1", "2")), Choice(never=("3",))),
        Subscription(NOBODY, Choice()),
    ):
        assert Subscription.from_json(both.to_json()) == both
    assert Subscription.from_json(None) == Subscription()


@pytest.mark.parametrize(
    ("before", "uid", "wanted", "after"),
    [
        (Choice(), "anna", False, Choice(never=("anna",))),
        (Choice(), "anna", True, Choice()),
        (Choice(never=("anna", "ben")), "anna", True, Choice(never=("ben",))),
        (Choice(never=("anna",)), "anna", True, Choice()),
        (Choice(only=("anna",)), "ben", True, Choice(only=("anna", "ben"))),
        (Choice(only=("anna", "ben")), "ben", False, Choice(only=("anna",))),
        (Choice(only=("anna",)), "anna", False, NOBODY),
        (NOBODY, "anna", True, Choice(only=("anna",))),
        (Choice(only=("host*", "anna")), "anna", False, Choice(only=("host*",))),
    ],
)
def test_a_switch_changes_the_list_that_there_is(before, uid, wanted, after):
    assert switched(before, uid, wanted, SubscriptionRules(beginnings=True)) == after


def test_the_last_of_an_allow_list_does_not_let_everybody_in():
    """An empty allow list would mean everybody: the very opposite of what was switched."""
    left = switched(Choice(only=("anna",)), "anna", False, SubscriptionRules())
    assert not left.takes("ben")


@pytest.mark.parametrize(
    ("choice", "wanted"), [(Choice(only=("host*",)), False), (Choice(never=("host*",)), True)]
)
def test_a_switch_leaves_rules_alone(choice, wanted):
    with pytest.raises(Unswitchable, match="host"):
        switched(choice, "host1", wanted, SubscriptionRules(beginnings=True))


def test_where_both_lists_go_a_rule_gets_an_exception():
    rules = SubscriptionRules(beginnings=True, both=True)
    assert switched(Choice(only=("host*",)), "host1", False, rules) == Choice(
        ("host*",), ("host1",)
    )


@pytest.mark.parametrize(
    ("name", "is_right"),
    [("1", True), ("4294967295", True), ("4294967296", False), ("0", False), ("anna", False)],
)
def test_it_knows_how_uids_look(name, is_right):
    rules = SubscriptionRules(uid="[1-9][0-9]{0,9}", uid_most=2**32 - 1)
    assert (problems_of(Subscription(Choice(only=(name,))), rules) == []) is is_right


def test_it_refuses_a_list_for_what_is_not_recorded():
    lists = Subscription(video=Choice(only=("1",)))
    strict = SubscriptionRules(strict=True)
    found = problems_of(lists, strict, pictures=False)
    assert [problem.where for problem in found] == ["subscription.video.only"]
    assert not problems_of(lists, strict)
    assert not problems_of(lists, SubscriptionRules(), pictures=False)
