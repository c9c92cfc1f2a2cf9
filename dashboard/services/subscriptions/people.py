"""Whom the editor has a row for, and what becomes of each of them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from dashboard.domain.audience import Effect, audience
from dashboard.domain.recording import Mode, Profile, Streams
from dashboard.domain.subscription import Medium, Subscription, SubscriptionRules, is_beginning
from dashboard.extensions import db
from dashboard.models import ChannelPerson
from dashboard.services.readmodels_subscriptions import Draft, Expected, MediumOfPerson, PersonRow
from dashboard.services.subscriptions import words

Who = Mapping[str, Expected]
"""Everybody with a row, in order: those who are there as they joined, then the expected."""


def sound_of(profile: Profile) -> bool:
    return profile.streams is not Streams.VIDEO


def pictures_of(profile: Profile) -> bool:
    return profile.streams is not Streams.AUDIO


def recorded(profile: Profile) -> tuple[Medium, ...]:
    has = {Medium.AUDIO: sound_of(profile), Medium.VIDEO: pictures_of(profile)}
    return tuple(medium for medium in Medium if has[medium])


def here(channel_id: int) -> tuple[ChannelPerson, ...]:
    return tuple(
        db.session.scalars(
            select(ChannelPerson)
            .where(ChannelPerson.channel_id == channel_id)
            .order_by(ChannelPerson.place, ChannelPerson.uid)
        )
    )


def who(
    present: Sequence[ChannelPerson],
    subscriptions: Sequence[Subscription],
    profile: Profile,
    added: Sequence[str] = (),
) -> dict[str, Expected]:
    """subscriptions: all whose names get a row, so that one taken off a list keeps it."""
    found: dict[str, Expected] = {person.uid: "here" for person in present}
    for subscription in subscriptions:
        for medium in Medium:
            for name in subscription.of(medium).names:
                if not is_beginning(name):
                    found.setdefault(name, "named")
    for uid in _placed(profile):
        found.setdefault(uid, "placed")
    for uid in added:
        found.setdefault(uid, "added")
    found.pop(profile.recorder_uid, None)
    return found


def effects(
    subscription: Subscription,
    uids: Sequence[str],
    rules: SubscriptionRules,
    profile: Profile,
    *,
    as_sent: bool = True,
) -> tuple[Effect, ...]:
    has_layout = profile.mode is Mode.MIX and pictures_of(profile)
    return audience(
        subscription,
        uids,
        rules,
        sound=sound_of(profile),
        pictures=pictures_of(profile),
        layout=profile.layout if has_layout else None,
        as_sent=as_sent,
    )


def rows(
    found: Who, present: Sequence[ChannelPerson], draft: Draft, seen: Sequence[Effect]
) -> tuple[PersonRow, ...]:
    by_uid = {person.uid: person for person in present}
    return tuple(_row(effect, found[effect.uid], by_uid.get(effect.uid), draft) for effect in seen)


def _row(
    effect: Effect, expected: Expected, person: ChannelPerson | None, draft: Draft
) -> PersonRow:
    sends = {
        Medium.AUDIO: person.audio if person else None,
        Medium.VIDEO: person.video if person else None,
    }
    sound, picture = (
        MediumOfPerson(
            medium=medium,
            on=draft.subscription.of(medium).takes(effect.uid),
            verdict=effect.of(medium),
            why=words.why(effect.of(medium), medium),
            sends=sends[medium],
            problem=next(iter(draft.problems_of(f"row.{effect.uid}.{medium}")), None),
        )
        for medium in Medium
    )
    return PersonRow(
        uid=effect.uid,
        expected=expected,
        expected_words=words.EXPECTED[expected],
        sound=sound,
        picture=picture,
        color=person.color if person else None,
    )


def _placed(profile: Profile) -> tuple[str, ...]:
    """Who has a place of their own in the layout."""
    layout = profile.layout
    uids = [region.uid for region in layout.regions if region.uid]
    return tuple(dict.fromkeys([*uids, *([layout.focus_uid] if layout.focus_uid else [])]))
