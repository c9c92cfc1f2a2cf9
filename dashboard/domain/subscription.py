"""Who of a channel is recorded: whose sound, and whose pictures.

A name in a list is a uid, or the beginning of uids with a `*` behind it ("host*").
Who is named in both lists of a medium is not recorded.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from dashboard.errors import Problem, Text, text

BEGINNING_MARK = "*"


class Medium(StrEnum):
    """The value is the name of a Subscription's field."""

    AUDIO = "audio"
    VIDEO = "video"

    @property
    def other(self) -> "Medium":
        return Medium.VIDEO if self is Medium.AUDIO else Medium.AUDIO


@dataclass(frozen=True)
class Choice:
    """Whom of one medium. only: these and nobody else; empty: everybody. never: not these.

    nobody: whatever the lists say.
    """

    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    nobody: bool = False

    def takes(self, uid: str) -> bool:
        is_wanted = not self.only or name_for(uid, self.only) is not None
        return is_wanted and not self.nobody and name_for(uid, self.never) is None

    @property
    def is_everybody(self) -> bool:
        return not (self.only or self.never or self.nobody)

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.only, *self.never)

    def to_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {"only": list(self.only), "never": list(self.never)}
        return {**document, "nobody": True} if self.nobody else document


EVERYBODY = Choice()
NOBODY = Choice(nobody=True)


@dataclass(frozen=True)
class Subscription:
    audio: Choice = EVERYBODY
    video: Choice = EVERYBODY

    @property
    def is_everybody(self) -> bool:
        return self.audio.is_everybody and self.video.is_everybody

    def of(self, medium: str) -> Choice:
        return getattr(self, medium)

    def having(self, medium: str, choice: Choice) -> "Subscription":
        return replace(self, **{medium: choice})

    def to_json(self) -> dict[str, Any]:
        return {"audio": self.audio.to_json(), "video": self.video.to_json()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any] | None) -> "Subscription":
        """Read what `to_json` wrote; nothing at all means everybody."""
        given = document or {}
        return cls(audio=_choice(given.get("audio")), video=_choice(given.get("video")))


@dataclass(frozen=True)
class SubscriptionRules:
    """What the lists of one kind of account may hold.

    most: names in one list. beginnings: "host*" is understood. both: a medium may have both lists.
    one_sided: a list for one medium alone would turn the other off, if it were sent like that.
    strict: a list for a medium that is not recorded is refused.
    most_people: so many are recorded at a time, the first who joined; None: no such limit.
    uid: what a whole uid must match (a regular expression), uid_most: its largest number;
    uid_words: both in words.
    """

    most: int = 32
    beginnings: bool = False
    both: bool = False
    one_sided: bool = False
    strict: bool = False
    most_people: int | None = None
    uid: str = ".{1,64}"
    uid_most: int | None = None
    uid_words: Text = text("1 to 64 characters")


def problems_of(
    subscription: Subscription,
    rules: SubscriptionRules,
    *,
    sound: bool = True,
    pictures: bool = True,
) -> list[Problem]:
    """What an account with these rules cannot do. Fields are named "subscription.audio.only".

    sound, pictures: whether the recording has any.
    """
    found = []
    recorded = {Medium.AUDIO: sound, Medium.VIDEO: pictures}
    for medium in Medium:
        choice = subscription.of(medium)
        if choice.only and choice.never and not rules.both:
            found.append(
                Problem(
                    f"subscription.{medium}.never",
                    text("This account takes one of the two lists, not both."),
                )
            )
        for name in ("only", "never"):
            names = getattr(choice, name)
            wrong = _wrong_with(names, rules)
            if names and rules.strict and not recorded[medium]:
                wrong = _NOT_RECORDED[medium]
            if wrong:
                found.append(Problem(f"subscription.{medium}.{name}", wrong))
    return found


_NOT_RECORDED = {
    Medium.AUDIO: text("Only pictures are recorded, and this account refuses a list for sound."),
    Medium.VIDEO: text("Only sound is recorded, and this account refuses a list for pictures."),
}


def name_for(uid: str, names: Iterable[str]) -> str | None:
    """The entry of a list that means somebody: their own name first, then a beginning."""
    found = [name for name in names if _is_meant(name, uid)]
    return uid if uid in found else next(iter(found), None)


def is_beginning(name: str) -> bool:
    return name.endswith(BEGINNING_MARK)


def silenced(subscription: Subscription, rules: SubscriptionRules) -> Medium | None:
    """The medium that such an account would turn off, as it reads a list for the other alone.

    Our clients say "everybody" of it, so that it stays on; nobody but the account's own
    console, or a request written by hand, would run into it.
    """
    if not rules.one_sided:
        return None
    left_out = [
        medium
        for medium in Medium
        if subscription.of(medium).is_everybody and subscription.of(medium.other).names
    ]
    return next(iter(left_out), None)


class Unswitchable(Exception):  # noqa: N818 - says which rule is in the way
    """A rule for beginnings decides about this person; no list of whole names can undo it."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def switched(choice: Choice, uid: str, wanted: bool, rules: SubscriptionRules) -> Choice:
    """The lists after one person was switched on or off; the others stay as they are.

    An allow list stays one, and without its last name it means nobody. Raises Unswitchable.
    """
    if choice.takes(uid) == wanted:
        return choice
    return _with(choice, uid) if wanted else _without(choice, uid, rules)


def _with(choice: Choice, uid: str) -> Choice:
    if choice.nobody:
        return Choice(only=(uid,))
    found = replace(choice, never=tuple(name for name in choice.never if name != uid))
    if name_for(uid, found.never):
        raise Unswitchable(name_for(uid, found.never))
    if found.only and name_for(uid, found.only) is None:
        found = replace(found, only=(*found.only, uid))
    return found


def _without(choice: Choice, uid: str, rules: SubscriptionRules) -> Choice:
    if not choice.only:
        return replace(choice, never=(*choice.never, uid))
    left = tuple(name for name in choice.only if name != uid)
    rule = name_for(uid, left)
    if rule and not rules.both:
        raise Unswitchable(rule)
    if rule:
        return replace(choice, only=left, never=(*choice.never, uid))
    return replace(choice, only=left) if left else NOBODY


def _wrong_with(names: tuple[str, ...], rules: SubscriptionRules) -> Text | None:
    if len(names) > rules.most:
        return text("At most %(most)d people fit into a list.", most=rules.most)
    if any(is_beginning(name) for name in names) and not rules.beginnings:
        return text("This account takes whole uids only, no beginnings of them.")
    if any(not name.removesuffix(BEGINNING_MARK) for name in names):
        return text("An entry of the list is empty.")
    wrong = next((name for name in names if not _fits(name, rules)), None)
    if wrong is not None:
        return text("%(uid)s cannot be a uid here: %(words)s.", uid=wrong, words=rules.uid_words)
    return None


def _fits(name: str, rules: SubscriptionRules) -> bool:
    bare = name.removesuffix(BEGINNING_MARK)
    if not re.fullmatch(rules.uid, bare):
        return False
    return rules.uid_most is None or is_beginning(name) or int(bare) <= rules.uid_most


def _is_meant(name: str, uid: str) -> bool:
    return uid.startswith(name[:-1]) if is_beginning(name) else uid == name


def _choice(document: Mapping[str, Any] | None) -> Choice:
    given = document or {}
    return Choice(
        only=tuple(given.get("only", ())),
        never=tuple(given.get("never", ())),
        nobody=bool(given.get("nobody", False)),
    )
