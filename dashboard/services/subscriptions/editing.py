"""The editor: what it shows of a draft, and a channel's lists while nothing runs."""

import hashlib
from dataclasses import replace

from dashboard.domain.recording import Profile
from dashboard.domain.subscription import Subscription
from dashboard.errors import InvalidInput
from dashboard.models import AppliedSubscription, Channel, Recording
from dashboard.providers import limits, registry
from dashboard.services import account_form, audit, context, lookup, texts
from dashboard.services import live as recordings
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.readmodels_subscriptions import Draft, NowSubscribed, SubscriptionScreen
from dashboard.services.subscriptions import drafts, history, live, people, questions, words
from dashboard.services.unit_of_work import CHANNELS, RECORDINGS, Transaction, transaction


def screen(
    *,
    channel_id: int | None = None,
    recording_id: int | None = None,
    actor: Actor,
    form: drafts.Form | None = None,
) -> SubscriptionScreen:
    """The editor of a channel's lists, or of a running recording's. Raises Forbidden, NotFound.

    form: the draft so far; None: begin with what holds now.
    """
    need(actor, "view")
    recording = lookup.recording(recording_id) if recording_id else None
    channel = recording.channel if recording else lookup.channel(channel_id)
    profile = _profile(channel, recording)
    rules = registry.capabilities_for(channel.account.vendor).subscription
    now = _now(channel, recording)
    draft = _draft(form, profile, rules) if form is not None else drafts.untouched(now.subscription)
    present = people.here(channel.id)
    who = people.who(present, (now.subscription, draft.subscription), profile, draft.added)
    wanted = drafts.settled(draft, rules)
    trap = questions.trap(wanted, now.subscription, rules, draft.answer, people.recorded(profile))
    found = people.effects(wanted, tuple(who), rules, profile, as_sent=trap is None)
    asked = questions.open_of(
        wanted, now.subscription, rules, found, [person.uid for person in present],
        people.recorded(profile), draft.answer,
    )  # fmt: skip
    shown = replace(draft, subscription=wanted, typed={**drafts.written(wanted), **_broken(draft)})
    why_not = live.why_not(recording) if recording else None
    return SubscriptionScreen(
        title=recording.channel_name if recording else channel.name,
        channel_id=channel.id,
        channel_name=channel.name,
        vendor_name=account_form.name_of(channel.account.vendor),
        rules=rules,
        now=now,
        draft=shown,
        rows=people.rows(who, present, shown, found),
        changes=words.differences(now.subscription, wanted),
        questions=asked,
        asked=questions.digest(asked, wanted),
        digest=_digest(now, [person.uid for person in present], why_not),
        recording_id=recording_id,
        running_id=lookup.running_of(channel.id),
        is_live=recording is not None and why_not is None,
        may_apply=actor.may("operate") and why_not is None,
        sound=people.sound_of(profile),
        pictures=people.pictures_of(profile),
        knows_people=channel.account.studio,
        why_not=why_not,
        history=_history(channel, recording, now),
    )


def beat(*, channel_id: int | None = None, recording_id: int | None = None, actor: Actor):
    """(what holds now, a digest of it, of who is there and whether it may be changed)."""
    need(actor, "view")
    recording = lookup.recording(recording_id) if recording_id else None
    channel = recording.channel if recording else lookup.channel(channel_id)
    now = _now(channel, recording)
    present = [person.uid for person in people.here(channel.id)]
    return now, _digest(now, present, live.why_not(recording) if recording else None)


def read(
    form: drafts.Form, *, channel_id: int | None = None, recording_id: int | None = None
) -> tuple[Draft, Subscription]:
    """The draft, and the lists to be applied: with the answer to a one-sided list in them."""
    recording = lookup.recording(recording_id) if recording_id else None
    channel = recording.channel if recording else lookup.channel(channel_id)
    rules = registry.capabilities_for(channel.account.vendor).subscription
    draft = _draft(form, _profile(channel, recording), rules)
    return draft, drafts.settled(draft, rules)


def save_for_channel(
    channel_id: int,
    wanted: Subscription,
    base_version: int,
    actor: Actor,
    *,
    answer: str = "",
    sure: str = "",
    note: str = "",
    source: str = "apply",
    overwrite: bool = False,
) -> NowSubscribed:
    """The lists of the channel's next start. A recording that runs keeps its own.

    Raises Forbidden, NotFound, InvalidInput, NotSure, SubscriptionConflict.
    """
    need(actor, "operate")
    channel = lookup.channel(channel_id)
    profile = Profile.from_json(channel.profile)
    vendor = channel.account.vendor
    problems = limits.problems_of_lists(wanted, profile, registry.capabilities_for(vendor))
    if problems:
        raise InvalidInput(problems)
    live.ask(wanted, profile, channel_id, vendor, answer, sure)
    with transaction() as work:
        channel = lookup.locked_channel(work, channel_id)
        theirs = history.now_of_channel(channel)
        if not overwrite and theirs.revision != base_version:
            raise history.conflict_of_channel(channel, base_version, wanted)
        _keep_what_was(work, channel, theirs)
        kept = replace(Profile.from_json(channel.profile), subscription=wanted)
        channel.profile = kept.to_json()
        work.session.add(_line(channel_id, wanted, actor, source, note))
        audit.note(
            work, "channel.subscription", "channel", channel_id, actor=actor, name=channel.name,
            before=theirs.subscription.to_json(), after=wanted.to_json(), why=note or None,
        )  # fmt: skip
        work.touch(CHANNELS, RECORDINGS)
    return history.now_of_channel(lookup.channel(channel_id))


def restore_for_channel(
    channel_id: int, line_id: int, actor: Actor, *, sure: str = ""
) -> NowSubscribed:
    """Save the lists of an earlier line of its history. Raises as `save_for_channel` does."""
    need(actor, "operate")
    wanted = history.line_of(line_id, channel_id=channel_id)
    return save_for_channel(
        channel_id, wanted, 0, actor,
        answer="everybody", sure=sure, source="restore", overwrite=True,
    )  # fmt: skip


# ---------------------------------------------------------------- helpers


def _draft(form: drafts.Form, profile: Profile, rules) -> Draft:
    return drafts.read(
        form, rules, sound=people.sound_of(profile), pictures=people.pictures_of(profile)
    )


def _broken(draft: Draft) -> dict[str, str]:
    """What was typed and cannot be read stays to be corrected."""
    wrong = {problem.where for problem in draft.problems}
    return {name: value for name, value in draft.typed.items() if name in wrong}


def _profile(channel: Channel, recording: Recording | None) -> Profile:
    if recording:
        return recordings.profile_of(recording)
    return Profile.from_json(channel.profile)


def _now(channel: Channel, recording: Recording | None) -> NowSubscribed:
    if recording:
        return history.now_of_recording(recording)
    return history.now_of_channel(channel)


def _history(channel: Channel, recording: Recording | None, now: NowSubscribed):
    if recording:
        return history.views(recording_id=recording.id, revision=now.revision)
    return history.views(channel_id=channel.id, revision=now.revision)


def _keep_what_was(work: Transaction, channel: Channel, theirs: NowSubscribed) -> None:
    """What came by the channel's form has no line yet, and could not be restored."""
    last = history.views(channel_id=channel.id, revision=theirs.revision)
    if last and last[0].current:
        return
    line = _line(channel.id, theirs.subscription, None, "form", "")
    line.by_email, line.at = theirs.by, theirs.at
    work.session.add(line)
    work.session.flush()


def _line(
    channel_id: int, subscription: Subscription, actor: Actor | None, source: str, note: str
) -> AppliedSubscription:
    return AppliedSubscription(
        channel_id=channel_id,
        revision=history.fingerprint(subscription),
        document=subscription.to_json(),
        note=texts.storable(note, 300) or None,
        by_id=actor.id if actor else None,
        by_email=actor.email if actor else None,
        at=context.now(),
        source=source,
        outcome="applied",
    )


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
