"""The ledger of callbacks, a page at a time.

Pages go by key, never by offset; where looking ended before a page was full, it says so.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from dashboard.domain.events import EventKind
from dashboard.errors import NotFound, text
from dashboard.extensions import db
from dashboard.models import Account, CallbackDelivery, Recording
from dashboard.providers import registry
from dashboard.services import deliveries, ledger_words
from dashboard.services.reading import ledger_rows
from dashboard.services.readmodels_ledger import (
    LedgerEntry,
    LedgerFilters,
    LedgerLine,
    LedgerNews,
    LedgerPage,
)

PER_PAGE = 50
MOST_NEWS = 100
LOOKED_AFTER = 500
"""A tail shows what became of so many of its lines."""
EXPORTED_AT_ONCE = 200
D = CallbackDelivery


def page(filters: LedgerFilters) -> LedgerPage:
    if filters.order == "sequence" and filters.recording_id is not None:
        return _in_sequence(filters)
    last = ledger_rows.newest()
    below = int(filters.before) if filters.before.isdecimal() else None
    ids, end = ledger_rows.ids(filters, below, PER_PAGE + 1)
    more = len(ids) > PER_PAGE
    older = ids[PER_PAGE - 1] if more else end
    return LedgerPage(
        lines=lines(ids[:PER_PAGE]),
        filters=filters,
        newest=last,
        older=str(older) if older else None,
        searched_to=None if more or end is None else _arrival_of(end),
        counts=_counts(filters.recording_id),
    )


def news(filters: LedgerFilters, after: int, oldest: int, asked_at: datetime) -> LedgerNews | None:
    """What came after the line `after`, and which of the lines since `oldest` have changed.

    asked_at: when it was asked last. None: nothing, told by two looks into keys.
    """
    last = ledger_rows.newest()
    changed = _changed(filters, max(oldest, after - LOOKED_AFTER), after, asked_at)
    if last <= after and not changed:
        return None
    ids: Sequence[int] = ()
    if last > after:
        ids = db.session.scalars(
            ledger_rows.filtered(select(D.id), filters)
            .where(D.id > after, D.id <= last)
            .order_by(D.id)
            .limit(MOST_NEWS + 1)
        ).all()
    more = len(ids) > MOST_NEWS
    ids = ids[:MOST_NEWS]
    return LedgerNews(
        fresh=lines(list(reversed(ids))),
        changed=lines(changed),
        newest=ids[-1] if more else last,
        more=more,
    )


def entry(delivery_id: int) -> LedgerEntry:
    """Raises NotFound."""
    row = db.session.get(D, delivery_id)
    if row is None:
        raise NotFound(text("There is no such callback."))
    (line,) = _lines([row])
    reader = registry.callbacks_for(line.vendor)
    shown = deliveries.view(row)
    return LedgerEntry(
        **vars(line),
        raw_text=shown.raw_text,
        headers=shown.headers,
        facts=reader.explain(row.raw),
        counts=reader.counts,
        address=row.address,
        session=row.handle_key,
        applied_at=row.applied_at,
        tries=row.tries,
        tried_at=row.tried_at,
        next_try_at=row.next_try_at,
        last_error=row.last_error,
        repeated_at=row.repeated_at,
        replayable=line.outcome != "test",
    )


def entries_of(recording_id: int, most: int = 1000) -> tuple[LedgerLine, ...]:
    """All that was told of a recording in the order of its sequence, with marks; what has no
    sequence follows in the order of its events."""
    rows = db.session.scalars(ledger_rows.in_sequence(recording_id).limit(most)).all()
    return _lines(rows)


def export(filters: LedgerFilters) -> Iterator[tuple[LedgerLine, str]]:
    """All that the filters leave, newest first, with the masked body; read in small steps."""
    filters = replace(filters, order="arrival")
    below: int | None = None
    while True:
        statement = ledger_rows.filtered(select(D), filters)
        if below is not None:
            statement = statement.where(D.id < below)
        rows = db.session.scalars(statement.order_by(D.id.desc()).limit(EXPORTED_AT_ONCE)).all()
        if not rows:
            return
        below = rows[-1].id
        found = list(zip(_lines(rows), map(deliveries.body_of, rows), strict=True))
        db.session.rollback()
        db.session.expunge_all()
        yield from found


# ---------------------------------------------------------------- rows to lines


def lines(ids: Sequence[int]) -> tuple[LedgerLine, ...]:
    """In the order of the ids."""
    if not ids:
        return ()
    found = {row.id: row for row in db.session.scalars(select(D).where(D.id.in_(ids)))}
    return _lines([found[id_] for id_ in ids if id_ in found])


def _lines(rows: Sequence[CallbackDelivery]) -> tuple[LedgerLine, ...]:
    accounts = dict(
        (row.id, row)
        for row in db.session.execute(
            select(Account.id, Account.name, Account.vendor).where(
                Account.id.in_({row.account_id for row in rows})
            )
        )
    )
    before = _sequences_before(rows)
    return tuple(_line(row, accounts[row.account_id], before.get(row.id)) for row in rows)


def _line(row: CallbackDelivery, account, before: int | None) -> LedgerLine:
    parsed = registry.callbacks_for(account.vendor).parse(row.raw)
    lag_s = (row.received_at - row.event_at).total_seconds() if row.event_at else None
    return LedgerLine(
        id=row.id,
        received_at=row.received_at,
        account_id=row.account_id,
        account_name=account.name,
        vendor=account.vendor,
        signature=row.signature,
        outcome=ledger_words.outcome(row),
        sentence=ledger_words.sentence(row, parsed),
        level=row.level or "info",
        event_at=row.event_at,
        lag_s=lag_s,
        channel=row.channel,
        recorder_uid=row.recorder_uid,
        recording_id=row.recording_id,
        sequence=row.sequence,
        kind=EventKind(row.kind) if row.kind else None,
        repeats=row.repeats,
        duplicate_of=row.duplicate_of,
        gap=_gap(row, before),
    )


def _gap(row: CallbackDelivery, before: int | None) -> tuple[int, int] | None:
    """before: the sequence kept before its own, -1 for none; None where nobody counts.

    Of several with the same sequence the first one tells of it.
    """
    if row.duplicate_of or row.sequence is None or before is None or before >= row.sequence - 1:
        return None
    return before + 1, row.sequence - 1


def _sequences_before(rows: Iterable[CallbackDelivery]) -> dict[int, int]:
    """By id: the highest sequence of its session below its own, -1 for none."""
    ids = [row.id for row in rows if row.sequence is not None and row.handle_key is not None]
    if not ids:
        return {}
    other = aliased(D)
    before = (
        select(other.sequence)
        .where(
            other.handle_key == D.handle_key,
            other.account_id == D.account_id,
            other.sequence < D.sequence,
        )
        .order_by(other.sequence.desc())
        .limit(1)
        .correlate(D)
        .scalar_subquery()
    )
    found = db.session.execute(select(D.id, func.coalesce(before, -1)).where(D.id.in_(ids)))
    return {row[0]: row[1] for row in found}


def _changed(filters: LedgerFilters, oldest: int, after: int, asked_at: datetime) -> Sequence[int]:
    """Lines already shown that were applied, set aside or repeated since."""
    return db.session.scalars(
        ledger_rows.filtered(select(D.id), filters)
        .where(
            D.id >= oldest,
            D.id <= after,
            or_(D.applied_at > asked_at, D.tried_at > asked_at, D.repeated_at > asked_at),
        )
        .order_by(D.id)
        .limit(MOST_NEWS)
    ).all()


def _in_sequence(filters: LedgerFilters) -> LedgerPage:
    """From sequence 0 on; what has none follows."""
    statement = ledger_rows.filtered(ledger_rows.in_sequence(filters.recording_id), filters)
    offset_at, _, after = filters.before.partition(".")
    if after.isdecimal():
        at = int(offset_at) if offset_at.isdecimal() else None
        later = D.sequence.is_(None) & (D.id > int(after))
        if at is not None:
            later = or_(
                D.sequence > at,
                and_(D.sequence == at, D.id > int(after)),
                D.sequence.is_(None),
            )
        statement = statement.where(later)
    rows = db.session.scalars(statement.limit(PER_PAGE + 1)).all()
    more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE]
    older = None
    if more:
        older = f"{'' if rows[-1].sequence is None else rows[-1].sequence}.{rows[-1].id}"
    return LedgerPage(
        _lines(rows),
        filters,
        ledger_rows.newest(),
        older=older,
        counts=_counts(filters.recording_id),
    )


def _arrival_of(delivery_id: int) -> datetime | None:
    return db.session.scalar(select(D.received_at).where(D.id == delivery_id))


def _counts(recording_id: int | None) -> bool:
    """Whether the vendor of this recording numbers what it tells."""
    if recording_id is None:
        return True
    vendor = db.session.scalar(
        select(Account.vendor).join(Recording).where(Recording.id == recording_id)
    )
    return vendor is None or registry.callbacks_for(vendor).counts
