"""Who of a channel is recorded: whose sound, and whose pictures.

A name in a list is a uid, or the beginning of uids with a `*` behind it ("host*").
Who is named in both lists of a medium is not recorded.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.errors import Problem, Text, text

BEGINNING_MARK = "*"


@dataclass(frozen=True)
class Choice:
    """Whom of one medium. only: these and nobody else; empty: everybody. never: not these."""

    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def takes(self, uid: str) -> bool:
        is_wanted = not self.only or any(_is_meant(name, uid) for name in self.only)
        return is_wanted and not any(_is_meant(name, uid) for name in self.never)

    @property
    def is_everybody(self) -> bool:
        return not (self.only or self.never)

    def to_json(self) -> dict[str, Any]:
        return {"only": list(self.only), "never": list(self.never)}


EVERYBODY = Choice()


@dataclass(frozen=True)
class Subscription:
    audio: Choice = EVERYBODY
    video: Choice = EVERYBODY

    @property
    def is_everybody(self) -> bool:
        return self.audio.is_everybody and self.video.is_everybody

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
    """

    most: int = 32
    beginnings: bool = False
    both: bool = False


@dataclass(frozen=True)
class Audience:
    """Who is really heard and seen, in the order given. Somebody may be in one of the two."""

    heard: tuple[str, ...]
    seen: tuple[str, ...]


def audience(
    subscription: Subscription, uids: Iterable[str], *, sound: bool = True, pictures: bool = True
) -> Audience:
    """Whom of these people a recording takes. sound, pictures: whether it records any."""
    people = tuple(uids)
    return Audience(
        heard=tuple(uid for uid in people if sound and subscription.audio.takes(uid)),
        seen=tuple(uid for uid in people if pictures and subscription.video.takes(uid)),
    )


def problems_of(subscription: Subscription, rules: SubscriptionRules) -> list[Problem]:
    """What an account with these rules cannot do. Fields are named "subscription.audio.only"."""
    found = []
    for medium in ("audio", "video"):
        choice: Choice = getattr(subscription, medium)
        if choice.only and choice.never and not rules.both:
            found.append(
                Problem(
                    f"subscription.{medium}.never",
                    text("This account takes one of the two lists, not both."),
                )
            )
        for name in ("only", "never"):
            wrong = _wrong_with(getattr(choice, name), rules)
            if wrong:
                found.append(Problem(f"subscription.{medium}.{name}", wrong))
    return found


def _wrong_with(names: tuple[str, ...], rules: SubscriptionRules) -> Text | None:
    if len(names) > rules.most:
        return text("At most %(most)d people fit into a list.", most=rules.most)
    if any(_is_beginning(name) for name in names) and not rules.beginnings:
        return text("This account takes whole uids only, no beginnings of them.")
    if any(not name.removesuffix(BEGINNING_MARK) for name in names):
        return text("An entry of the list is empty.")
    return None


def _is_meant(name: str, uid: str) -> bool:
    return uid.startswith(name[:-1]) if _is_beginning(name) else uid == name


def _is_beginning(name: str) -> bool:
    return name.endswith(BEGINNING_MARK)


def _choice(document: Mapping[str, Any] | None) -> Choice:
    given = document or {}
    return Choice(only=tuple(given.get("only", ())), never=tuple(given.get("never", ())))
