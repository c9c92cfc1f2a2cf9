"""What is asked before it happens, because hardly anybody means it."""

import hashlib
from collections.abc import Iterable, Sequence

from dashboard.domain.audience import Effect, Why
from dashboard.domain.subscription import Medium, Subscription, SubscriptionRules, silenced
from dashboard.services.readmodels_subscriptions import NotSure, Question
from dashboard.services.subscriptions import words

_NOT_BY_LISTS = (Why.ONE_SIDED, Why.TOO_MANY, Why.NO_WINDOW)


def trap(
    wanted: Subscription,
    before: Subscription,
    rules: SubscriptionRules,
    answer: str,
    recorded: Sequence[Medium] = tuple(Medium),
) -> Medium | None:
    """The medium that a list for the other would turn off, as long as nobody said what they
    mean. Lists that had it answered before are not asked about again.
    """
    medium = silenced(wanted, rules)
    is_open = not answer and medium is not silenced(before, rules)
    return medium if is_open and medium in recorded else None


def open_of(
    wanted: Subscription,
    before: Subscription,
    rules: SubscriptionRules,
    effects: Sequence[Effect],
    here: Iterable[str],
    recorded: Sequence[Medium] = tuple(Medium),
    answer: str = "",
) -> tuple[Question, ...]:
    """wanted: with the answer in it, if there is one. effects: of everybody who counts.

    here: who is in the channel, and decides about "nobody": others may still come.
    recorded: media that the recording has at all.
    """
    asked = []
    medium = trap(wanted, before, rules, answer, recorded)
    if medium:
        asked.append(Question("one_sided", medium, words.ONE_SIDED[medium]))
    meant = _answered(wanted, answer)
    present = set(here)
    counting = [each for each in effects if each.uid in present]
    for each in recorded:
        is_news = each is not meant and not before.of(each).nobody
        if is_news and each is not medium and _takes_nobody(wanted, each, counting):
            asked.append(Question("nobody", each, words.NOBODY_OF[each]))
    return tuple(asked)


def digest(questions: Sequence[Question], wanted: Subscription) -> str:
    """What a yes is a yes to: these questions about these lists, and no others."""
    parts = ([(question.kind, question.medium) for question in questions], wanted.to_json())
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def refuse(
    questions: Sequence[Question], wanted: Subscription, sure: str, recording_id: int | None
) -> None:
    """Raises NotSure while one of them is open."""
    asked = digest(questions, wanted)
    is_open = any(question.kind == "one_sided" for question in questions)
    if questions and (is_open or sure != asked):
        raise NotSure(tuple(questions), asked, recording_id)


def _answered(wanted: Subscription, answer: str) -> Medium | None:
    """The medium that somebody has just said they want of nobody."""
    if answer != "nobody":
        return None
    return next((medium for medium in Medium if wanted.of(medium).nobody), None)


def _takes_nobody(wanted: Subscription, medium: Medium, counting: Sequence[Effect]) -> bool:
    if wanted.of(medium).nobody:
        return True
    verdicts = [each.of(medium) for each in counting]
    by_lists = [verdict for verdict in verdicts if verdict.why not in _NOT_BY_LISTS]
    return bool(by_lists) and not any(verdict.taken for verdict in verdicts)
