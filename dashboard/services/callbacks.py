"""What vendors report: verified, kept as it came, and only then interpreted.

What is not signed is kept, too, apart from what is: it is never applied, never counts as a
copy of a genuine one, and only the newest of it stay.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from dashboard.domain.lifecycle import ACTIVE
from dashboard.errors import CallbackRejected, StoreUnavailable, text
from dashboard.extensions import db
from dashboard.models import Account, AccountState, CallbackDelivery, Recording
from dashboard.providers import registry
from dashboard.providers.base import ParsedDelivery, Verdict
from dashboard.services import accounts, context, delivery_rows, outbox, progress, refused
from dashboard.services.delivery_rows import NO_RECORDING, SET_ASIDE
from dashboard.services.unit_of_work import Transaction, recording_feed, transaction

log = logging.getLogger(__name__)

LARGEST = 64 * 1024
TRIES = 5
WAITS_FOR_ITS_RECORDING = timedelta(hours=1)
CLOCKS_DIFFER = timedelta(minutes=2)


def receive(account_key: str, headers: Mapping[str, str], raw: bytes, address: str) -> None:
    """Take one callback in; when this returns, it is on disk and may be acknowledged.

    account_key: from the address it was sent to; it alone chooses account and secrets.
    Raises CallbackRejected, or StoreUnavailable when the vendor has to come again.
    """
    if len(raw) > LARGEST:
        raise CallbackRejected(text("A callback may have 64 KiB at most."), "too_large", 413)
    account = db.session.scalar(
        select(Account).where(Account.url_key == account_key, Account.archived_at.is_(None))
    )
    if account is None:
        raise CallbackRejected(text("There is no account at this address."), "no_account", 404)
    _verify(account, headers, raw, address)
    delivery_id = _keep(account.id, account.vendor, headers, raw, address)
    if delivery_id is not None:
        _apply_safely(delivery_id)


def apply_pending(limit: int = 200) -> int:
    """Apply what was kept and not applied yet: after a fault of ours, or once its recording
    is known. Returns how many were applied."""
    due = db.session.scalars(
        select(CallbackDelivery.id)
        .where(CallbackDelivery.next_try_at <= context.now())
        .order_by(CallbackDelivery.next_try_at, CallbackDelivery.id)
        .limit(limit)
    ).all()
    return sum(_apply_safely(delivery_id) for delivery_id in due)


def apply_again(delivery_id: int) -> None:
    """Take a kept callback the same way once more, whatever became of it before.

    One that is applied stays so: an event of a delivery counts once. A fault of ours is noted
    with it, as ever.
    """
    row = db.session.get(CallbackDelivery, delivery_id)
    again = row.applied_at is not None
    if not again:
        with transaction() as work:
            row = work.session.get(CallbackDelivery, delivery_id)
            row.verdict, row.next_try_at = Verdict.GENUINE.value, context.now()
            row.attempts, row.last_error = 0, None
    _apply_safely(delivery_id, again)


def match_unmatched(recording_id: int) -> int:
    """Apply what came before its recording had a name. Returns how many were applied.

    Also finds a name: the first callback of a start whose answer was lost carries it.
    """
    row = db.session.get(Recording, recording_id)
    if row is None:
        return 0
    waiting = select(CallbackDelivery.id).where(
        CallbackDelivery.account_id == row.account_id,
        CallbackDelivery.applied_at.is_(None),
        CallbackDelivery.next_try_at.is_not(None),
    )
    if row.handle_key is not None:
        waiting = waiting.where(CallbackDelivery.handle_key == row.handle_key)
    else:
        waiting = waiting.where(
            CallbackDelivery.channel == row.channel_name,
            CallbackDelivery.recorder_uid == row.recorder_uid,
        )
    ids = db.session.scalars(
        waiting.order_by(CallbackDelivery.sequence, CallbackDelivery.id).limit(500)
    ).all()
    return sum(_apply_safely(delivery_id) for delivery_id in ids)


# ---------------------------------------------------------------- taking in


def _verify(account: Account, headers: Mapping[str, str], raw: bytes, address: str) -> None:
    known = accounts.callback_secrets_of(account)
    verdict = registry.callbacks_for(account.vendor).verify(headers, raw, known)
    if verdict is Verdict.GENUINE:
        return
    log.warning("account %s: callback from %s is %s", account.id, address, verdict.value)
    count = refused.due(account.id)
    if count:
        row = delivery_rows.new(account.id, headers, raw, address, verdict)
        try:
            refused.keep(row, registry.callbacks_for(account.vendor).parse(raw), count)
        except StoreUnavailable:
            log.warning("account %s: the refused callback could not be kept", row.account_id)
    raise CallbackRejected(text("The signature of this callback is not right."), verdict.value)


def _keep(
    account_id: int, vendor: str, headers: Mapping[str, str], raw: bytes, address: str
) -> int | None:
    """Commit the raw bytes. Returns the row's id, None for a copy of one we have."""
    reader = registry.callbacks_for(vendor)
    row = delivery_rows.new(account_id, headers, raw, address, Verdict.GENUINE)
    row.duplicate_key = reader.duplicate_key(raw)[:200]
    parsed = reader.parse(raw)
    delivery_rows.label(row, parsed)
    try:
        with transaction() as work:
            if delivery_rows.same_number(work, row, parsed, reader.parse):
                return None
            work.session.add(row)
            work.session.flush()
            return row.id
    except IntegrityError:
        with transaction() as work:
            if not delivery_rows.fold(work, account_id, row.duplicate_key, context.now()):
                raise
            delivery_rows.count(work, account_id, repeated=AccountState.repeated + 1)
        return None


# ---------------------------------------------------------------- interpreting


def _apply_safely(delivery_id: int, again: bool = False) -> bool:
    """Whatever goes wrong here is ours; the vendor will not tell it again."""
    try:
        return _apply(delivery_id, again)
    except Exception as fault:
        log.exception("callback %s could not be applied", delivery_id)
        _note_fault(delivery_id, fault)
        return False


def _apply(delivery_id: int, again: bool) -> bool:
    """again: also one that is applied."""
    with transaction() as work:
        row = work.session.get(CallbackDelivery, delivery_id)
        if row is None or not (again or _is_due(row)):
            return False
        row.tries, row.tried_at = row.tries + 1, context.now()
        account = work.session.get(Account, row.account_id)
        parsed = registry.callbacks_for(account.vendor).parse(row.raw)
        recording_id = _find(work, account, parsed)
        if recording_id is None:
            _wait(row)
            return False
        handle = work.session.get(Recording, recording_id).handle or {}
        event = registry.located(account.vendor, handle, parsed.event)
        event = replace(event, here_at=_here_at(parsed, row.received_at))
        progress.apply_in(work, recording_id, event, "callback", delivery_id=row.id)
        row.recording_id = recording_id
        row.applied_at = row.applied_at or context.now()
        row.next_try_at = None
        work.touch(recording_feed(recording_id))
        return True


def _here_at(parsed: ParsedDelivery, received_at: datetime) -> datetime | None:
    """When it happened by our clock: the vendor's clock was read again when it was sent."""
    if parsed.sent_at is None:
        return None
    return received_at - max(parsed.sent_at - parsed.event_at, timedelta())


def _is_due(row: CallbackDelivery) -> bool:
    return row.next_try_at is not None and row.applied_at is None


def _find(work: Transaction, account: Account, parsed: ParsedDelivery) -> int | None:
    known = delivery_rows.named(work, account.id, parsed)
    return _adopt(work, account, parsed) if known is None else known


def _adopt(work: Transaction, account: Account, parsed: ParsedDelivery) -> int | None:
    """A recording that waits for its name, in this channel, under this uid: this is its name.

    Only where the answer to its start is known to be lost, or nobody waits for it any more;
    as long as one may come, the callback waits for it.
    """
    if parsed.key is None or parsed.channel is None or parsed.recorder_uid is None:
        return None
    now = context.now()
    row = work.session.scalar(
        select(Recording).where(
            Recording.account_id == account.id,
            Recording.channel_name == parsed.channel,
            Recording.recorder_uid == parsed.recorder_uid,
            Recording.state.in_([state.value for state in ACTIVE]),
            Recording.handle_key.is_(None),
            Recording.started_at <= parsed.event_at + CLOCKS_DIFFER,
        )
    )
    if row is None or row.handle is None:
        return None
    if row.unanswered_at is None and (row.next_sync_at is None or row.next_sync_at > now):
        return None
    handle = {**row.handle, **parsed.handle_parts}
    row.handle, row.handle_key = handle, registry.handle_key(account.vendor, handle)
    row.unanswered_at, row.next_sync_at = None, now
    work.session.flush()
    log.info("recording %s: a callback told its name", row.id)
    if row.stop_wanted_at:
        outbox.enqueue(outbox.STOP, f"stop-{row.id}", recording_id=row.id)
    return row.id


def _wait(row: CallbackDelivery) -> None:
    """Its recording is not known: soon at first, then rarely, and not for ever."""
    age = context.now() - row.received_at
    if age > WAITS_FOR_ITS_RECORDING:
        row.next_try_at, row.verdict = None, NO_RECORDING
    else:
        pause_s = min(300.0, max(1.0, age.total_seconds()))
        row.next_try_at = context.now() + timedelta(seconds=pause_s)


def _note_fault(delivery_id: int, fault: Exception) -> None:
    """After five tries it is set aside, so that the next ones go on.

    One that is applied, by another worker meanwhile perhaps, stays so and is not due again.
    """
    with transaction() as work:
        row = work.session.get(CallbackDelivery, delivery_id)
        row.tries, row.tried_at = row.tries + 1, context.now()
        row.last_error = f"{type(fault).__name__}: {fault}"[:500]
        if row.applied_at is not None:
            return
        row.attempts += 1
        if row.attempts >= TRIES:
            row.next_try_at, row.verdict = None, SET_ASIDE
        else:
            row.next_try_at = context.now() + timedelta(seconds=2**row.attempts)
