"""Lists, differences and reasons in the sentences of an operator."""

from collections.abc import Mapping, Sequence

from dashboard.domain.audience import Verdict, Why
from dashboard.domain.subscription import Choice, Medium, Subscription
from dashboard.errors import Text, text

MOST_NAMES = 6
_A, _V = Medium.AUDIO, Medium.VIDEO

_SUMMARY = {_A: text("Sound of %(whom)s"), _V: text("Pictures of %(whom)s")}
_CHANGE = {
    _A: text("Sound is recorded of %(now)s (before: %(before)s)."),
    _V: text("Pictures are recorded of %(now)s (before: %(before)s)."),
}

WHY: Mapping[tuple[Why, Medium], Text] = {
    (Why.EVERYBODY, _A): text("Everybody's sound is recorded."),
    (Why.EVERYBODY, _V): text("Everybody's picture is recorded."),
    (Why.KEPT, _A): text("Everybody's sound is asked for beside the list for pictures."),
    (Why.KEPT, _V): text("Everybody's picture is asked for beside the list for sound."),
    (Why.NAMED, _A): text("Named in the allow list for sound."),
    (Why.NAMED, _V): text("Named in the allow list for pictures."),
    (Why.NAMED_BY_RULE, _A): text("The rule %(rule)s allows it."),
    (Why.NAMED_BY_RULE, _V): text("The rule %(rule)s allows it."),
    (Why.NOT_DENIED, _A): text("Not in the deny list for sound."),
    (Why.NOT_DENIED, _V): text("Not in the deny list for pictures."),
    (Why.NOT_RECORDED, _A): text("This recording takes pictures only."),
    (Why.NOT_RECORDED, _V): text("This recording takes sound only."),
    (Why.NOBODY, _A): text("Nobody's sound is recorded."),
    (Why.NOBODY, _V): text("Nobody's picture is recorded."),
    (Why.NOT_NAMED, _A): text("Not in the allow list for sound."),
    (Why.NOT_NAMED, _V): text("Not in the allow list for pictures."),
    (Why.DENIED, _A): text("Named in the deny list for sound."),
    (Why.DENIED, _V): text("Named in the deny list for pictures."),
    (Why.DENIED_BY_RULE, _A): text("The rule %(rule)s in the deny list forbids it."),
    (Why.DENIED_BY_RULE, _V): text("The rule %(rule)s in the deny list forbids it."),
    (Why.DENY_WINS, _A): text("Allowed and denied: the deny list (%(rule)s) wins."),
    (Why.DENY_WINS, _V): text("Allowed and denied: the deny list (%(rule)s) wins."),
    (Why.ONE_SIDED, _A): text("With this account a list for pictures alone turns all sound off."),
    (Why.ONE_SIDED, _V): text("With this account a list for sound alone turns every picture off."),
    (Why.LIST_FULL, _A): text("Over the limit: the list takes %(most)d names."),
    (Why.LIST_FULL, _V): text("Over the limit: the list takes %(most)d names."),
    (Why.TOO_MANY, _A): text("Over the limit: only the first %(most)d who join are recorded."),
    (Why.TOO_MANY, _V): text("Over the limit: only the first %(most)d who join are recorded."),
    (Why.NO_WINDOW, _V): text("The layout has no window left for this picture."),
}
EXPECTED = {
    "here": text("in the channel"),
    "named": text("named in a list, not here"),
    "placed": text("has a region in the layout, not here"),
    "added": text("added here, not in the channel"),
}
ONE_SIDED = {
    _V: text(
        "A list for sound alone turns every picture off with this account. "
        "What is to become of the pictures?"
    ),
    _A: text(
        "A list for pictures alone turns all sound off with this account. "
        "What is to become of the sound?"
    ),
}
NOBODY_OF = {
    _A: text("With these lists nobody is heard: the recording will be silent."),
    _V: text("With these lists nobody is seen: the recording will show no picture of anybody."),
}


def why(verdict: Verdict, medium: Medium) -> Text:
    sentence = WHY[(verdict.why, medium)]
    return Text(sentence.template, {"rule": verdict.rule, "most": verdict.most})


def summary(subscription: Subscription) -> tuple[Text, Text]:
    """Whose sound, and whose pictures."""
    return tuple(  # type: ignore[return-value]
        Text(_SUMMARY[medium].template, {"whom": whom(subscription.of(medium))})
        for medium in Medium
    )


def differences(before: Subscription, after: Subscription) -> tuple[Text, ...]:
    """One sentence for each medium that changes; the order of names means nothing."""
    return tuple(
        Text(
            _CHANGE[medium].template,
            {"now": whom(after.of(medium)), "before": whom(before.of(medium))},
        )
        for medium in Medium
        if not is_same(before.of(medium), after.of(medium))
    )


def is_same(one: Choice, other: Choice) -> bool:
    return _parts(one) == _parts(other)


def whom(choice: Choice) -> Text:
    if choice.nobody:
        return text("nobody")
    if choice.only and choice.never:
        return text("%(only)s, but not %(never)s", only=names(choice.only),
                    never=names(choice.never))  # fmt: skip
    if choice.only:
        return text("%(only)s alone", only=names(choice.only))
    if choice.never:
        return text("everybody but %(never)s", never=names(choice.never))
    return text("everybody")


def names(uids: Sequence[str]) -> str | Text:
    shown = ", ".join(uids[:MOST_NAMES])
    if len(uids) <= MOST_NAMES:
        return shown
    return text("%(names)s and %(more)d more", names=shown, more=len(uids) - MOST_NAMES)


def _parts(choice: Choice) -> tuple[object, ...]:
    if choice.nobody:
        return (True,)
    return (False, frozenset(choice.only), frozenset(choice.never))
