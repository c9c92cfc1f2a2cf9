"""What an operator can do with a recording: start it, stop it, ask how it is."""

import re
import secrets
from dataclasses import replace

from sqlalchemy import and_, or_, select
from sqlalchemy.exc import IntegrityError

from dashboard.domain.events import EventKind
from dashboard.domain.lifecycle import ACTIVE, RecordingState, is_active
from dashboard.domain.recording import StorageTarget
from dashboard.errors import Conflict, InvalidInput, NotFound, Problem, text
from dashboard.extensions import db
from dashboard.models import Channel, Recording
from dashboard.services import (
    audit,
    channel_secrets,
    context,
    limits,
    live,
    outbox,
    preflight,
    progress,
    starting,
    storage_targets,
    sync,
)
from dashboard.services.layouts import applied
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.stopping import carry_out_stop
from dashboard.services.subscriptions import history as subscribed
from dashboard.services.unit_of_work import Transaction, transaction

__all__ = ["carry_out_stop", "query_now", "start", "stop"]

_KEY = re.compile(r"[A-Za-z0-9_.:-]{8,64}")


def start(channel_id: int, key: str, actor: Actor) -> int:
    """Record a channel. Returns the recording's id.

    key: of the press; the same key again gives the same recording, whatever came of it.
    Raises Forbidden, NotFound, InvalidInput("key"), Conflict (`recording_id`: the one that
    runs), ProviderError if the vendor refused (`recording_id`: the one that failed).
    """
    need(actor, "operate")
    if not _KEY.fullmatch(key or ""):
        raise InvalidInput([Problem("key", text("This form is too old. Reload the page."))])
    try:
        recording_id, is_new = _intend(channel_id, key, actor)
    except (IntegrityError, Conflict) as fault:
        # between our looks somebody committed; it may have been this very press, sent twice
        recording_id, is_new = _other(channel_id, key, fault), False
    if is_new:
        outbox.enqueue(outbox.START, f"start-{recording_id}", recording_id=recording_id)
        starting.begin(live.load(recording_id))
    return recording_id


def stop(recording_id: int, actor: Actor) -> None:
    """End a recording. Again: nothing changes.

    The wish is kept before the vendor is asked; if it cannot be asked now, or has not even
    named the recording yet, the stop follows as soon as it can.
    Raises Forbidden, NotFound, Conflict when it has ended already.
    """
    need(actor, "operate")
    with transaction() as work:
        row = work.session.get(Recording, recording_id)
        if row is None:
            raise NotFound(text("There is no such recording."))
        if not is_active(RecordingState(row.state)):
            raise Conflict(text("This recording has ended already."), recording_id)
        if row.stop_wanted_at is None:
            row.stop_wanted_at = context.now()
            work.session.flush()
            progress.apply_in(
                work,
                recording_id,
                live.event(EventKind.STOP_REQUESTED),
                "command",
                actor_email=actor.email,
            )
            audit.note(work, "recording.stop", "recording", recording_id, actor=actor,
                       name=row.channel_name)  # fmt: skip
    outbox.enqueue(outbox.STOP, f"stop-{recording_id}", recording_id=recording_id)
    carry_out_stop(recording_id)


def query_now(recording_id: int, actor: Actor) -> None:
    """Ask the vendor at once. Raises Forbidden, NotFound, ProviderError."""
    need(actor, "view")
    sync.sync_one(recording_id, complain=True)


# ---------------------------------------------------------------- commit 1


def _intend(channel_id: int, key: str, actor: Actor) -> tuple[int, bool]:
    """Write down that a recording is wanted, if it is. Returns its id and whether it is new."""
    with transaction() as work:
        known = _by_key(key, channel_id)
        if known is not None:
            return known, False
        channel = work.session.get(Channel, channel_id)
        if channel is None or channel.archived_at is not None:
            raise NotFound(text("There is no such channel, or it is archived."))
        if channel.account.archived_at is not None:
            raise Conflict(text("Account %(name)s is disabled.", name=channel.account.name))
        limits.refuse_too_many(work, channel.account_id)
        _refuse_second(work, channel)  # under the account's lock: nobody else is half-way
        preflight.refuse(channel)
        row = _new(work, channel, key, actor)
        applied.note_start(work, row, actor)
        subscribed.note_start(work, row, actor)
        progress.apply_in(
            work,
            row.id,
            live.event(EventKind.START_REQUESTED),
            "command",
            actor_email=actor.email,
        )
        audit.note(work, "recording.start", "recording", row.id, actor=actor, name=channel.name)
        return row.id, True


def _new(work: Transaction, channel: Channel, key: str, actor: Actor) -> Recording:
    now = context.now()
    found = storage_targets.chosen(channel.account, channel.storage_id)
    found = replace(found, target=_own_folder(found.target))
    row = Recording(
        channel_id=channel.id,
        account_id=channel.account_id,
        channel_name=channel.name,
        recorder_uid=channel.profile["recorder_uid"],
        profile=channel.profile,
        storage=storage_targets.kept(found),
        state=RecordingState.STARTING.value,
        version=1,
        key=key,
        started_by=actor.id,
        started_at=now,
        next_sync_at=now + starting.LEASE,
        gone=0,
        resumed=0,
    )
    work.session.add(row)
    work.session.flush()
    channel_secrets.copy_to(row, channel)
    return row


def _own_folder(target: StorageTarget) -> StorageTarget:
    """Each recording has a folder to itself; the vendors take letters and digits only."""
    day = f"{context.now():%Y%m%d}"
    return replace(target, prefix=(*target.prefix, day, f"r{secrets.token_hex(6)}"))


def _refuse_second(work: Transaction, channel: Channel) -> None:
    active = _active_id(channel)
    if active is not None:
        raise Conflict(text("%(name)s is being recorded already.", name=channel.name), active)


def _active_id(channel: Channel) -> int | None:
    """Of this channel, or of another of the same name that had the same recorder uid."""
    same_name = and_(
        Recording.account_id == channel.account_id,
        Recording.channel_name == channel.name,
        Recording.recorder_uid == channel.profile["recorder_uid"],
    )
    return db.session.scalar(
        select(Recording.id)
        .where(or_(Recording.channel_id == channel.id, same_name))
        .where(Recording.state.in_([state.value for state in ACTIVE]))
        .limit(1)
    )


def _by_key(key: str, channel_id: int) -> int | None:
    """Raises Conflict for a key that was used for another channel."""
    row = db.session.scalar(select(Recording).where(Recording.key == key))
    if row is not None and row.channel_id != channel_id:
        raise Conflict(text("This form was used for another channel. Reload the page."), row.id)
    return row.id if row else None


def _other(channel_id: int, key: str, fault: IntegrityError | Conflict) -> int:
    """Which recording was in the way: the same press's, or another's (raises Conflict)."""
    db.session.rollback()
    known = _by_key(key, channel_id)
    if known is not None:
        return known
    channel = db.session.get(Channel, channel_id)
    active = _active_id(channel)
    if active is None and isinstance(fault, Conflict):
        raise fault  # no recording is in the way, but something else
    raise Conflict(text("%(name)s is being recorded already.", name=channel.name), active)
