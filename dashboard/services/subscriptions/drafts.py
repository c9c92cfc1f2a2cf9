"""Reading what somebody made of the lists: switches of people, and the lists beneath."""

import re
from collections.abc import Mapping, Sequence

from dashboard.domain.subscription import (
    BEGINNING_MARK,
    NOBODY,
    Choice,
    Medium,
    Subscription,
    SubscriptionRules,
    Unswitchable,
    is_beginning,
    problems_of,
    silenced,
    switched,
)
from dashboard.errors import InvalidInput, Problem, Text, text
from dashboard.services.readmodels_subscriptions import Answer, Draft

LONGEST_LIST = 4096
LONGEST_NOTE = 300
MOST_ROWS = 1000
_BETWEEN = re.compile(r"[\s,;]+")
_THEIR_BEGINNING = ".*$"
"""How TRTC's own consoles write the rule that is "host*" here."""
_SWITCHES = {Medium.AUDIO: "heard", Medium.VIDEO: "seen"}

Form = Mapping[str, Sequence[str]]
"""All values of each field, as a form sends them."""


def written(subscription: Subscription) -> dict[str, str]:
    """Lists as the form's texts."""
    found = {}
    for medium in Medium:
        choice = subscription.of(medium)
        found[f"{medium}_only"] = " ".join(choice.only)
        found[f"{medium}_never"] = " ".join(choice.never)
        found[f"{medium}_nobody"] = "1" if choice.nobody else ""
    return found


def untouched(subscription: Subscription) -> Draft:
    return Draft(subscription=subscription, typed=written(subscription))


def read(
    form: Form, rules: SubscriptionRules, *, sound: bool = True, pictures: bool = True
) -> Draft:
    """The draft that a form holds. Whatever is wrong is told by field, never raised."""
    problems: list[Problem] = []
    typed = Subscription(*(_typed(form, medium, problems) for medium in Medium))
    wanted = Subscription(
        *(_switched(form, medium, typed.of(medium), rules, problems) for medium in Medium)
    )
    problems += [
        Problem(_field(problem.where), problem.what)
        for problem in problems_of(wanted, rules, sound=sound, pictures=pictures)
    ]
    added = _added(form, rules, problems)
    broken = {problem.where for problem in problems}
    texts = written(wanted)
    for name in texts:  # what cannot be read stays as it was typed
        if name in broken and _one(form, name):
            texts[name] = _one(form, name)
    return Draft(
        subscription=wanted,
        typed=texts,
        problems=tuple(problems),
        added=added,
        answer=_answer(form, silenced(wanted, rules)),
        sure=_one(form, "sure"),
        note=_one(form, "note").strip()[:LONGEST_NOTE],
    )


def settled(draft: Draft, rules: SubscriptionRules) -> Subscription:
    """With the answer to what a one-sided list would do."""
    medium = silenced(draft.subscription, rules)
    if medium and draft.answer == "nobody":
        return draft.subscription.having(medium, NOBODY)
    return draft.subscription


def refuse(draft: Draft) -> None:
    """Raises InvalidInput with all that is wrong."""
    if draft.problems:
        raise InvalidInput(list(draft.problems))


# ---------------------------------------------------------------- field by field


def _typed(form: Form, medium: Medium, problems: list[Problem]) -> Choice:
    only, never = (_names(form, f"{medium}_{kind}", problems) for kind in ("only", "never"))
    nobody = _one(form, f"{medium}_nobody") == "1"
    if nobody and (only or never):
        problems.append(
            Problem(
                f"{medium}_nobody",
                text("Nobody is chosen, and a list as well. Empty the list, or untick this."),
            )
        )
    return Choice(only, never, nobody)


def _names(form: Form, field: str, problems: list[Problem]) -> tuple[str, ...]:
    """uids between blanks or commas, each once, in the order typed."""
    typed = _one(form, field)
    if len(typed) > LONGEST_LIST:
        problems.append(
            Problem(field, text("Use at most %(limit)d characters.", limit=LONGEST_LIST))
        )
        return ()
    return tuple(dict.fromkeys(_name(name) for name in _BETWEEN.split(typed) if name))


def _name(typed: str) -> str:
    if typed.endswith(_THEIR_BEGINNING):
        return typed.removesuffix(_THEIR_BEGINNING) + BEGINNING_MARK
    return typed


def _switched(
    form: Form, medium: Medium, choice: Choice, rules: SubscriptionRules, problems: list[Problem]
) -> Choice:
    """Only switches that were moved count: a list that was typed at the same time holds."""
    name = _SWITCHES[medium]
    on, was = set(form.get(name, ())), set(form.get(f"{name}_was", ()))
    for uid in form.get("row", ())[:MOST_ROWS]:
        if (uid in on) == (uid in was):
            continue
        try:
            choice = switched(choice, uid, uid in on, rules)
        except Unswitchable as fault:
            problems.append(
                Problem(
                    f"row.{uid}.{medium}",
                    text("The rule %(rule)s decides here. Change it in the lists.",
                         rule=fault.rule),
                )
            )  # fmt: skip
    return choice


def _added(form: Form, rules: SubscriptionRules, problems: list[Problem]) -> tuple[str, ...]:
    """Rows added by hand: the earlier ones, and the one just typed."""
    found = [uid for uid in form.get("added", ()) if uid][:MOST_ROWS]
    new = _one(form, "add").strip()
    if new:
        wrong = _wrong_uid(new, rules)
        if wrong:
            problems.append(Problem("add", wrong))
        else:
            found.append(new)
    return tuple(dict.fromkeys(found))


def _wrong_uid(uid: str, rules: SubscriptionRules) -> Text | None:
    if is_beginning(uid):
        return text("A rule goes into the lists beneath.")
    found = problems_of(Subscription(audio=Choice(only=(uid,))), rules)
    return found[0].what if found else None


def _answer(form: Form, medium: Medium | None) -> Answer:
    """ "video:everybody" answers what is to become of the pictures, and nothing else."""
    about, _, given = _one(form, "answer").partition(":")
    return given if about == medium and given in ("everybody", "nobody") else ""


def _one(form: Form, field: str) -> str:
    values = form.get(field) or ("",)
    return values[0]


def _field(where: str) -> str:
    """ "subscription.audio.only" is the form's "audio_only"."""
    return "_".join(where.split(".")[1:])
