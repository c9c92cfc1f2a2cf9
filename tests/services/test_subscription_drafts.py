"""What a form's switches and lists come to, with each vendor's rules."""

import pytest

from dashboard.domain.recording import Profile
from dashboard.domain.subscription import NOBODY, Choice, Subscription
from dashboard.providers.agora.abilities import CAPABILITIES as AGORA
from dashboard.providers.anyrtc.abilities import CAPABILITIES as ANYRTC
from dashboard.providers.trtc.abilities import CAPABILITIES as TRTC
from dashboard.services.subscriptions import drafts, people, words

PEOPLE = ["host1", "host2", "anna"]


def read(can, **form):
    given = {name: [value] if isinstance(value, str) else value for name, value in form.items()}
    return drafts.read(given, can.subscription)


def rows(on, was=PEOPLE, name="heard"):
    return {"row": PEOPLE, name: on, f"{name}_was": was}


def wrong(draft):
    return {problem.where: str(problem.what) for problem in draft.problems}


def test_rules_may_be_typed_as_the_vendor_writes_them():
    draft = read(TRTC, audio_only="host.*$ anna", video_never="host*")
    assert draft.subscription == Subscription(Choice(("host*", "anna")), Choice(never=("host*",)))
    assert draft.typed["audio_only"] == "host* anna"
    assert not draft.problems


def test_a_switch_against_a_rule_says_which():
    draft = read(TRTC, audio_only="host*", **rows(["host2"], was=["host1", "host2"]))
    assert wrong(draft) == {
        "row.host1.audio": "The rule host* decides here. Change it in the lists."
    }
    assert draft.subscription.audio == Choice(only=("host*",))


def test_switching_the_last_one_off_is_not_everybody():
    draft = read(TRTC, video_only="anna", **rows([], was=["anna"], name="seen"))
    assert draft.subscription.video == NOBODY
    assert draft.typed["video_nobody"] == "1"
    back = read(TRTC, video_nobody="1", **rows(["host1"], was=[], name="seen"))
    assert back.subscription.video == Choice(only=("host1",))


@pytest.mark.parametrize(
    ("can", "typed", "is_right"),
    [
        (AGORA, "4294967295", True),
        (AGORA, "4294967296", False),
        (AGORA, "anna", False),
        (AGORA, "10*", False),
        (ANYRTC, "anna@home", True),
        (ANYRTC, "4294967296", True),
        (ANYRTC, "x" * 49, False),
        (ANYRTC, "host*", False),
        (TRTC, "anna_1-b", True),
        (TRTC, "anna@home", False),
        (TRTC, "x" * 33, False),
        (TRTC, "host*", True),
        (TRTC, "*", False),
    ],
)
def test_it_knows_each_vendors_uids(can, typed, is_right):
    assert (wrong(read(can, audio_only=typed)) == {}) is is_right
    added = read(can, add=typed)
    assert (added.added == (typed,)) is (is_right and not typed.endswith("*"))


@pytest.mark.parametrize("can", [AGORA, ANYRTC, TRTC])
def test_a_list_takes_thirty_two_names_and_one_of_two_lists(can):
    many = " ".join(str(n) for n in range(1, 34))
    assert wrong(read(can, audio_never=many)) == {
        "audio_never": "At most 32 people fit into a list."
    }
    both = read(can, video_only="1", video_never="2")
    assert wrong(both) == {"video_never": "This account takes one of the two lists, not both."}


@pytest.mark.parametrize(("can", "refuses"), [(AGORA, True), (ANYRTC, True), (TRTC, False)])
def test_lists_for_what_is_not_recorded_clash_where_the_vendor_says_so(can, refuses):
    draft = drafts.read({"video_only": ["1"]}, can.subscription, pictures=False)
    assert ("video_only" in wrong(draft)) is refuses


def test_the_recorder_itself_has_no_row():
    profile = Profile("900001")
    named = Subscription(Choice(only=("900001", "7")))
    assert people.who((), (named,), profile) == {"7": "named"}


def test_it_says_differences_in_a_sentence_a_medium():
    many = Choice(never=tuple(f"u{n}" for n in range(9)))
    found = words.differences(Subscription(NOBODY), Subscription(many, Choice()))
    assert [str(line) for line in found] == [
        "Sound is recorded of everybody but u0, u1, u2, u3, u4, u5 and 3 more (before: nobody)."
    ]
    same = Subscription(Choice(("1", "2"))), Subscription(Choice(("2", "1")))
    assert words.differences(*same) == ()
