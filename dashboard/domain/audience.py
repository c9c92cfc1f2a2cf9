"""The effective audience: who is really heard and seen in a recording, and why.

What decides, the first that applies: what the recording is made of, the lists of the medium,
what the account does with lists, how many it takes, and whether the layout has a window left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from dashboard.domain.subscription import (
    Choice,
    Medium,
    Subscription,
    SubscriptionRules,
    is_beginning,
    name_for,
    silenced,
)
from dashboard.layouts.document import Layout
from dashboard.layouts.presets import arrange


class Why(StrEnum):
    # taken
    EVERYBODY = "everybody"
    KEPT = "kept"
    """A list for the other medium would turn this one off; everybody is asked for beside it."""
    NAMED = "named"
    NAMED_BY_RULE = "named_by_rule"
    NOT_DENIED = "not_denied"
    # left out
    NOT_RECORDED = "not_recorded"
    NOBODY = "nobody"
    NOT_NAMED = "not_named"
    DENIED = "denied"
    DENIED_BY_RULE = "denied_by_rule"
    DENY_WINS = "deny_wins"
    ONE_SIDED = "one_sided"
    LIST_FULL = "list_full"
    TOO_MANY = "too_many"
    NO_WINDOW = "no_window"


@dataclass(frozen=True)
class Verdict:
    """rule: the entry of a list that decided ("host*"). most: the number that was passed."""

    taken: bool
    why: Why
    rule: str = ""
    most: int = 0


@dataclass(frozen=True)
class Effect:
    uid: str
    heard: Verdict
    seen: Verdict

    def of(self, medium: str) -> Verdict:
        return self.heard if medium == Medium.AUDIO else self.seen


def audience(
    subscription: Subscription,
    uids: Sequence[str],
    rules: SubscriptionRules,
    *,
    sound: bool = True,
    pictures: bool = True,
    layout: Layout | None = None,
    as_sent: bool = True,
) -> tuple[Effect, ...]:
    """What becomes of each of these people.

    uids: in the order they joined, those who are expected behind those who are there.
    sound, pictures: whether the recording has any. layout: of a mix; None: there is no window
    to be without. as_sent: as our clients send it; False: as the account would read the lists
    alone, before anybody has said what is to become of the medium without one.
    """
    recorded = {Medium.AUDIO: sound, Medium.VIDEO: pictures}
    found = {
        medium: {
            uid: _verdict(subscription, medium, uid, rules, recorded[medium], as_sent)
            for uid in uids
        }
        for medium in Medium
    }
    _leave_out_the_last(found, uids, rules)
    if layout is not None:
        _leave_out_the_windowless(found[Medium.VIDEO], uids, layout)
    return tuple(Effect(uid, found[Medium.AUDIO][uid], found[Medium.VIDEO][uid]) for uid in uids)


def _verdict(
    subscription: Subscription,
    medium: Medium,
    uid: str,
    rules: SubscriptionRules,
    is_recorded: bool,
    as_sent: bool,
) -> Verdict:
    if not is_recorded:
        return Verdict(False, Why.NOT_RECORDED)
    if silenced(subscription, rules) is medium:
        return Verdict(as_sent, Why.KEPT if as_sent else Why.ONE_SIDED)
    return _by_lists(subscription.of(medium), uid, rules)


def _by_lists(choice: Choice, uid: str, rules: SubscriptionRules) -> Verdict:
    if choice.nobody:
        return Verdict(False, Why.NOBODY)
    named = name_for(uid, choice.only)
    denied = name_for(uid, choice.never)
    if denied and named:
        return Verdict(False, Why.DENY_WINS, denied)
    if denied:
        return _by_name(False, denied, Why.DENIED, Why.DENIED_BY_RULE)
    if not choice.only:
        return Verdict(True, Why.NOT_DENIED if choice.never else Why.EVERYBODY)
    if named is None:
        return Verdict(False, Why.NOT_NAMED)
    if choice.only.index(named) >= rules.most:
        return Verdict(False, Why.LIST_FULL, named, rules.most)
    return _by_name(True, named, Why.NAMED, Why.NAMED_BY_RULE)


def _by_name(taken: bool, name: str, plain: Why, by_rule: Why) -> Verdict:
    return Verdict(taken, by_rule if is_beginning(name) else plain, name)


def _leave_out_the_last(
    found: dict[Medium, dict[str, Verdict]], uids: Sequence[str], rules: SubscriptionRules
) -> None:
    """Whoever joins after the account has all the people it takes."""
    if rules.most_people is None:
        return
    taken = [uid for uid in uids if any(found[medium][uid].taken for medium in Medium)]
    for uid in taken[rules.most_people :]:
        for medium in Medium:
            if found[medium][uid].taken:
                found[medium][uid] = Verdict(False, Why.TOO_MANY, most=rules.most_people)


def _leave_out_the_windowless(
    seen: dict[str, Verdict], uids: Sequence[str], layout: Layout
) -> None:
    takers = [uid for uid in uids if seen[uid].taken]
    placed = {place.uid for place in arrange(layout, takers)}
    for uid in takers:
        if uid not in placed:
            seen[uid] = Verdict(False, Why.NO_WINDOW)
