"""What a recording or a channel's next start takes now, and every change there was."""

import json
import zlib

from sqlalchemy import select

from dashboard.domain.subscription import Subscription
from dashboard.errors import NotFound, text
from dashboard.extensions import db
from dashboard.models import AppliedSubscription, Channel, Recording
from dashboard.services import context, lookup, turns
from dashboard.services.readmodels import Actor
from dashboard.services.readmodels_subscriptions import (
    AppliedSubscriptionView,
    NowSubscribed,
    SubscriptionConflict,
)
from dashboard.services.subscriptions import words
from dashboard.services.unit_of_work import Transaction
from dashboard.services.view_of import vendor_words

MOST_SHOWN = 100
_BY_HAND = ("channel.edit", "channel.create")


def note_start(work: Transaction, row: Recording, actor: Actor) -> None:
    """Whom a recording takes at its start is the first line of its history."""
    work.session.add(
        AppliedSubscription(
            channel_id=row.channel_id,
            recording_id=row.id,
            revision=1,
            document=of_recording(row).to_json(),
            by_id=actor.id,
            by_email=actor.email,
            at=context.now(),
            source="start",
            outcome="applied",
        )
    )


def of_recording(row: Recording) -> Subscription:
    """What holds now, as far as we know."""
    return Subscription.from_json(row.subscription or row.profile.get("subscription"))


def of_channel(channel: Channel) -> Subscription:
    return Subscription.from_json(channel.profile.get("subscription"))


def now_of_recording(row: Recording) -> NowSubscribed:
    line = db.session.scalar(
        select(AppliedSubscription).where(
            AppliedSubscription.recording_id == row.id,
            AppliedSubscription.revision == row.subscription_revision,
        )
    )
    subscription = of_recording(row)
    return NowSubscribed(
        subscription=subscription,
        revision=row.subscription_revision,
        summary=words.summary(subscription),
        by=line.by_email if line else None,
        at=line.at if line else row.started_at,
        unsure=turns.is_unsure(AppliedSubscription, row),
        said_again=turns.was_said_again(AppliedSubscription, row),
    )


def now_of_channel(channel: Channel) -> NowSubscribed:
    """A channel counts no versions: the lists' own content tells whether they are others."""
    subscription = of_channel(channel)
    revision = fingerprint(subscription)
    line = db.session.scalar(
        _of_channel(channel.id).order_by(AppliedSubscription.id.desc()).limit(1)
    )
    if line is not None and line.revision == revision:
        by, at = line.by_email, line.at
    else:
        by, at = lookup.last_change(channel, _BY_HAND)
    return NowSubscribed(
        subscription=subscription, revision=revision, summary=words.summary(subscription),
        by=by, at=at,
    )  # fmt: skip


def fingerprint(subscription: Subscription) -> int:
    document = json.dumps(subscription.to_json(), sort_keys=True)
    return zlib.crc32(document.encode()) & 0x7FFFFFFF


def views(
    *, recording_id: int | None = None, channel_id: int | None = None, revision: int
) -> tuple[AppliedSubscriptionView, ...]:
    """Newest first. revision: of what holds now; of equal ones the newest is the present one."""
    query = _of_channel(channel_id) if channel_id else select(AppliedSubscription).where(
        AppliedSubscription.recording_id == recording_id
    )  # fmt: skip
    lines = db.session.scalars(
        query.order_by(AppliedSubscription.id.desc()).limit(MOST_SHOWN)
    ).all()
    current = next((line.id for line in lines if line.revision == revision), None)
    return tuple(_view(line, line.id == current) for line in lines)


def one(line_id: int) -> AppliedSubscriptionView:
    db.session.rollback()
    return _view(db.session.get(AppliedSubscription, line_id), True)


def line_of(
    line_id: int, *, recording_id: int | None = None, channel_id: int | None = None
) -> Subscription:
    """What a line of this very history says. Raises NotFound."""
    row = db.session.get(AppliedSubscription, line_id)
    is_its_own = row is not None and (
        row.recording_id == recording_id
        if recording_id
        else row.recording_id is None and row.channel_id == channel_id
    )
    if not is_its_own:
        raise NotFound(text("This history has no such line."))
    return Subscription.from_json(row.document)


def conflict_of_recording(
    recording_id: int, base: int | None, mine: Subscription
) -> SubscriptionConflict:
    """Theirs, with what they changed since `base`, and what of it this draft would undo."""
    theirs = now_of_recording(db.session.get(Recording, recording_id))
    before = db.session.scalar(
        select(AppliedSubscription.document).where(
            AppliedSubscription.recording_id == recording_id,
            AppliedSubscription.revision == base,
        )
    )
    return _conflict(theirs, before, mine, recording_id)


def conflict_of_channel(channel: Channel, base: int | None, mine: Subscription):
    before = db.session.scalar(
        _of_channel(channel.id)
        .where(AppliedSubscription.revision == base)
        .with_only_columns(AppliedSubscription.document)
        .limit(1)
    )
    return _conflict(now_of_channel(channel), before, mine, None)


# ---------------------------------------------------------------- helpers


def _conflict(theirs: NowSubscribed, before, mine: Subscription, recording_id: int | None):
    changes = ()
    if before:
        changes = words.differences(Subscription.from_json(before), theirs.subscription)
    return SubscriptionConflict(
        text("%(who)s has changed whom it records meanwhile.", who=theirs.by or "?"),
        theirs,
        changes,
        words.differences(theirs.subscription, mine),
        recording_id,
    )


def _of_channel(channel_id: int):
    return select(AppliedSubscription).where(
        AppliedSubscription.channel_id == channel_id, AppliedSubscription.recording_id.is_(None)
    )


def _view(line: AppliedSubscription, current: bool) -> AppliedSubscriptionView:
    return AppliedSubscriptionView(
        id=line.id,
        revision=line.revision,
        document=line.document,
        at=line.at,
        source=line.source,
        outcome=line.outcome,
        summary=words.summary(Subscription.from_json(line.document)),
        by=line.by_email,
        note=line.note,
        vendor_words=vendor_words(line.vendor_code, line.vendor_text),
        took_ms=line.took_ms,
        current=current,
    )
