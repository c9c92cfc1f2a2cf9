"""Changing whom a running recording takes, so that it happens once and everybody knows.

Lists are always given whole. Layouts and subscriptions share one turn at the vendor, and what
else the vendor's call covers is said as it is now.
"""

import logging
from dataclasses import dataclass

from dashboard.domain.events import EventKind, RecordingEvent
from dashboard.domain.lifecycle import RecordingState
from dashboard.domain.subscription import Subscription
from dashboard.errors import InvalidInput, ProviderError, Text, text
from dashboard.extensions import db
from dashboard.models import AppliedSubscription, Recording
from dashboard.providers import limits, registry
from dashboard.services import accounts, audit, context, live, progress, texts, turns
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.readmodels_subscriptions import AppliedSubscriptionView
from dashboard.services.subscriptions import history, people, questions, words
from dashboard.services.turns import Answer, Turn
from dashboard.services.unit_of_work import Transaction, calling_out

log = logging.getLogger(__name__)
_PREFIX = "subscription."


@dataclass(frozen=True)
class _Attempt:
    wanted: Subscription
    actor: Actor
    source: str
    note: str


def apply(
    recording_id: int,
    wanted: Subscription,
    base_revision: int,
    actor: Actor,
    *,
    answer: str = "",
    sure: str = "",
    note: str = "",
    source: str = "apply",
    overwrite: bool = False,
) -> AppliedSubscriptionView:
    """Replace whom a recording takes, both media, from the next picture and sound on.

    base_revision: the revision that the draft was begun from. overwrite: whatever others have
    changed since is to be replaced. answer: what a one-sided list is to do with the other
    medium, already done in `wanted`. sure: the questions answered with yes. note: why.
    Raises Forbidden, NotFound, InvalidInput and NotSure (before anything is sent),
    SubscriptionConflict, Conflict when it takes none now, ProviderError (refused: the old
    lists hold; unknown: either may).
    """
    need(actor, "operate")
    recording = live.load(recording_id)
    present = recording.spec.profile
    _refuse_impossible(wanted, recording)
    row = db.session.get(Recording, recording_id)
    ask(wanted, present, row.channel_id, recording.config.vendor, answer, sure, recording_id)
    attempt = _Attempt(wanted, actor, source, note)
    turn = _take_turn(recording_id, None if overwrite else base_revision, attempt)
    reply = turns.speak(turn, lambda: _send(recording_id, wanted))
    turns.keep(lambda work: _write(work, turn, attempt, reply))
    turns.note_account(recording.config, reply.fault)
    if reply.fault:
        log.warning("recording %s: its subscription was not taken: %s", recording_id, reply.fault)
        raise reply.fault
    log.info("recording %s: subscription %s taken in %s ms",
             recording_id, turn.base + 1, reply.took_ms)  # fmt: skip
    return history.one(turn.line_id)


def restore(
    recording_id: int, line_id: int, actor: Actor, *, sure: str = ""
) -> AppliedSubscriptionView:
    """Give it the lists of an earlier line of its history. Raises as `apply` does."""
    need(actor, "operate")
    wanted = history.line_of(line_id, recording_id=recording_id)
    return apply(
        recording_id, wanted, 0, actor,
        answer="everybody", sure=sure, source="restore", overwrite=True,
    )  # fmt: skip


def ask(wanted, profile, channel_id: int, vendor: str, answer: str, sure: str,
        recording_id: int | None = None) -> None:  # fmt: skip
    """Raises NotSure while something has to be answered."""
    rules = registry.capabilities_for(vendor).subscription
    present = people.here(channel_id)
    who = people.who(present, (profile.subscription, wanted), profile)
    found = questions.open_of(
        wanted,
        profile.subscription,
        rules,
        people.effects(wanted, tuple(who), rules, profile),
        [person.uid for person in present],
        people.recorded(profile),
        answer,
    )
    questions.refuse(found, wanted, sure, recording_id)


def why_not(row: Recording) -> Text | None:
    """Why whom it records cannot be changed now; None when it can."""
    state = RecordingState(row.state)
    if state not in (RecordingState.STARTING, RecordingState.RECORDING) or row.stop_wanted_at:
        return text("This recording has ended or is ending. Whom it records stays as it was.")
    if row.handle_key is None:
        return text("The recorder has not begun yet. Try again in a moment.")
    return None


# ---------------------------------------------------------------- helpers


def _refuse_impossible(wanted: Subscription, recording: live.Live) -> None:
    can = registry.capabilities_for(recording.config.vendor)
    profile = recording.spec.profile
    problems = limits.problems_of_lists(wanted, profile, can)
    if problems:
        raise InvalidInput(problems)


def _take_turn(recording_id: int, base: int | None, attempt: _Attempt) -> Turn:
    try:
        return turns.take(
            recording_id, "subscription_revision", base, why_not,
            lambda work, row: _intended(work, row, attempt),
        )  # fmt: skip
    except turns.Stale:
        raise history.conflict_of_recording(recording_id, base, attempt.wanted) from None


def _intended(work: Transaction, row: Recording, attempt: _Attempt) -> int:
    """Until the answer is here nobody knows what came of it, and so it says."""
    line = AppliedSubscription(
        channel_id=row.channel_id,
        recording_id=row.id,
        document=attempt.wanted.to_json(),
        note=texts.storable(attempt.note, 300) or None,
        by_id=attempt.actor.id,
        by_email=attempt.actor.email,
        at=context.now(),
        source=attempt.source,
        outcome="unknown",
    )
    work.session.add(line)
    work.session.flush()
    return line.id


def _send(recording_id: int, wanted: Subscription) -> None:
    """In one's turn, so that what else the call covers is said as it is now."""
    recording = live.load(recording_id)
    provider = accounts.provider_of(recording.config)
    with calling_out():
        provider.set_subscription(recording.handle, wanted, recording.spec)


def _write(work: Transaction, turn: Turn, attempt: _Attempt, reply: Answer) -> None:
    fault, line = reply.fault, work.session.get(AppliedSubscription, turn.line_id)
    row = work.session.get(Recording, turn.recording_id)
    before, name = history.of_recording(row), row.channel_name
    new = {"subscription": line.document, "subscription_revision": turn.base + 1}
    turns.close(work, turn, line, reply, **new)
    recording_id = turn.recording_id
    told = _told(attempt, before, fault, line.revision)
    progress.apply_in(work, recording_id, told, "command", actor_email=attempt.actor.email)
    audit.note(
        work, f"subscription.{line.outcome}", "recording", recording_id, actor=attempt.actor,
        name=name, before=before.to_json(), after=line.document,
        applied_id=line.id, source=attempt.source, why=line.note,
    )  # fmt: skip


def _told(
    attempt: _Attempt, before: Subscription, fault: ProviderError | None, revision: int | None
) -> RecordingEvent:
    if fault and fault.outcome == "refused":
        return live.told_by(EventKind.SUBSCRIPTION_REFUSED, fault)
    if fault:
        return live.told_by(EventKind.SUBSCRIPTION_UNANSWERED, fault)
    changes = [texts.to_json(each) for each in words.differences(before, attempt.wanted)]
    return live.event(
        EventKind.SUBSCRIPTION_CHANGED,
        revision=revision,
        changes=changes or None,
        restored=attempt.source == "restore" or None,
        note=attempt.note or None,
    )
