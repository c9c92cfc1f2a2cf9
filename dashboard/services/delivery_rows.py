"""Rows of the ledger as they are written: what can be said of a callback at the door."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import select, update

from dashboard.models import AccountState, CallbackDelivery, Recording
from dashboard.providers.base import ParsedDelivery, Unreadable, Verdict
from dashboard.services import context, texts, wording
from dashboard.services.unit_of_work import Transaction

OLDEST, NEWEST = timedelta(hours=24), timedelta(minutes=10)
"""A genuine callback outside of this is kept, but changes nothing."""
KEPT_HEADERS = 40

SET_ASIDE = "set_aside"
OUT_OF_TIME = "out_of_time"
NO_RECORDING = "no_recording"
PROBE = "probe"
UNREADABLE = "unreadable"
"""Verdicts beside the signature's."""

Parse = Callable[[bytes], ParsedDelivery | Unreadable]


def new(
    account_id: int, headers: Mapping[str, str], raw: bytes, address: str, signature: Verdict
) -> CallbackDelivery:
    return CallbackDelivery(
        account_id=account_id,
        received_at=context.now(),
        address=address[:64],
        headers={name[:64]: value[:500] for name, value in list(headers.items())[:KEPT_HEADERS]},
        raw=raw,
        signature=signature.value,
        verdict=signature.value,
        repeats=0,
    )


def label(row: CallbackDelivery, parsed: ParsedDelivery | Unreadable) -> None:
    """What can be said of it without knowing the recording, and whether it is due."""
    row.next_try_at = None
    if isinstance(parsed, Unreadable):
        row.verdict, row.level = f"{UNREADABLE}: {parsed.reason}"[:32], "warning"
        return
    now = row.received_at
    row.handle_key = texts.storable(parsed.key, 200)
    row.channel = texts.storable(parsed.channel, 255)
    row.recorder_uid = texts.storable(parsed.recorder_uid, 64)
    row.event_at, row.sequence = parsed.event_at, parsed.sequence
    row.kind = parsed.event.kind.value
    row.level = wording.level(parsed.event.kind, parsed.event.detail)
    sent_at = parsed.sent_at or parsed.event_at
    if parsed.probe:
        row.verdict = PROBE
    elif not now - OLDEST <= sent_at <= now + NEWEST:
        row.verdict = OUT_OF_TIME
    else:
        row.verdict, row.next_try_at = Verdict.GENUINE.value, now


def same_number(
    work: Transaction, row: CallbackDelivery, parsed: ParsedDelivery | Unreadable, parse: Parse
) -> bool:
    """Whether it says again, under another id, what its session's sequence has said before.

    Then it is counted there. Where it says something else it is marked as sharing the number.
    """
    if isinstance(parsed, Unreadable) or row.handle_key is None or row.sequence is None:
        return False
    _wait_for_others(work, row.account_id)
    # no order and no limit: SQLite would follow another index for them, through all rows
    found = work.session.scalars(
        select(CallbackDelivery).where(
            CallbackDelivery.account_id + 0 == row.account_id,  # not by the account's index
            CallbackDelivery.handle_key == row.handle_key,
            CallbackDelivery.sequence == row.sequence,
            CallbackDelivery.duplicate_key != row.duplicate_key,
        )
    ).all()
    if not found:
        return False
    first = min(found, key=lambda other: other.id)
    before = parse(first.raw)
    if isinstance(before, ParsedDelivery) and before.event == parsed.event:
        fold(work, row.account_id, first.duplicate_key, row.received_at)
        count(work, row.account_id, repeated=AccountState.repeated + 1)
        return True
    row.duplicate_of = first.duplicate_of or first.id
    return False


def _wait_for_others(work: Transaction, account_id: int) -> None:
    """Callbacks of one account are looked up and kept one after the other, also where the
    database lets many write at once."""
    work.session.execute(
        select(AccountState.account_id)
        .where(AccountState.account_id == account_id)
        .with_for_update()
    )


def fold(work: Transaction, account_id: int, duplicate_key: str, at: datetime) -> bool:
    """Count a copy of one we have. False: we have none."""
    return (
        work.session.execute(
            update(CallbackDelivery)
            .where(
                CallbackDelivery.account_id == account_id,
                CallbackDelivery.duplicate_key == duplicate_key,
            )
            .values(repeats=CallbackDelivery.repeats + 1, repeated_at=at)
        ).rowcount
        > 0
    )


def count(work: Transaction, account_id: int, **counts) -> None:
    work.session.execute(
        update(AccountState).where(AccountState.account_id == account_id).values(**counts)
    )


def named(work: Transaction, account_id: int, parsed: ParsedDelivery) -> int | None:
    """The recording that has the name it speaks of."""
    if parsed.key is None:
        return None
    return work.session.scalar(
        select(Recording.id).where(
            Recording.account_id == account_id, Recording.handle_key == parsed.key
        )
    )
