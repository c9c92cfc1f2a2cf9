"""Which rows of the ledger are meant: by key, and never more work than WINDOW rows a page.

Of all filters the one that leaves the fewest rows is looked up by its index; the others are
tried on the newest WINDOW of what it leaves.

What is searched for is the whole name of a channel or a session where there is such a one;
otherwise it may stand anywhere in channel, session, uid, id or address.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from dashboard.extensions import db
from dashboard.models import CallbackDelivery
from dashboard.services.ledger_words import UNREADABLE_BECAUSE
from dashboard.services.readmodels_ledger import LedgerFilters

WINDOW = 10_000
SKEW = 1000
"""Ids follow the time of arrival, save for what arrives at the same moment."""

_VERDICTS = {
    "no_recording": ("no_recording",),
    "set_aside": ("set_aside",),
    "out_of_time": ("out_of_time",),
    "test": ("probe",),
    "refused": ("forged", "unsigned"),
    "unreadable": tuple(f"unreadable: {reason}" for reason in UNREADABLE_BECAUSE),
}

D = CallbackDelivery


def newest() -> int:
    """The id of what came last; one look at the end of the key."""
    return db.session.scalar(select(func.max(D.id))) or 0


def ids(filters: LedgerFilters, below: int | None, most: int) -> tuple[Sequence[int], int | None]:
    """Ids, newest first, and where looking ended though there is more behind."""
    within = _bounds(filters)
    if below is not None:
        within.append(D.id < below)
    driving, others = _conditions(filters)
    reached = select(D.id).where(*within, *driving).order_by(D.id.desc())
    if not others:
        return db.session.scalars(reached.limit(most)).all(), None
    window = reached.limit(WINDOW).subquery()
    found = db.session.scalars(
        select(D.id)
        .join(window, window.c.id == D.id)
        .where(*others)
        .order_by(D.id.desc())
        .limit(most)
    ).all()
    if len(found) == most:
        return found, None
    return found, db.session.scalar(reached.offset(WINDOW - 1).limit(1))


def filtered(statement: Select, filters: LedgerFilters) -> Select:
    driving, others = _conditions(filters)
    return statement.where(*_bounds(filters), *driving, *others)


def _conditions(filters: LedgerFilters) -> tuple[list[ColumnElement], list[ColumnElement]]:
    """The condition that probably leaves the fewest rows, and the others."""
    word, anywhere = _searched(filters.search)
    found = [
        condition
        for wanted, condition in (
            (word is not None, word),
            (filters.recording_id is not None, D.recording_id == filters.recording_id),
            (filters.channel, D.channel == filters.channel),
            (filters.show == "refused", D.verdict.in_(_VERDICTS["refused"])),
            (filters.outcome in _VERDICTS, D.verdict.in_(_VERDICTS.get(filters.outcome, ()))),
            (filters.outcome == "waiting", D.next_try_at.is_not(None)),
            (filters.show == "unmatched", D.recording_id.is_(None)),
            (filters.level in ("warning", "error"), D.level == filters.level),
            (filters.kind is not None, D.kind == filters.kind),
            (filters.account_id is not None, D.account_id == filters.account_id),
        )
        if wanted
    ]
    return found[:1], [*found[1:], *_unindexed(filters, anywhere)]


def _unindexed(filters: LedgerFilters, anywhere: ColumnElement | None) -> list[ColumnElement]:
    found = [] if anywhere is None else [anywhere]
    if filters.show == "unmatched":
        found.append(and_(D.signature == "genuine", D.verdict != "probe"))
    if filters.outcome == "applied":
        found.append(D.applied_at.is_not(None))
    if filters.level == "info":
        found.append(or_(D.level == "info", D.level.is_(None)))
    return found


def _searched(words: str) -> tuple[ColumnElement | None, ColumnElement | None]:
    """A condition that an index finds, or one that has to be tried on each row."""
    if not words:
        return None, None
    for column in (D.handle_key, D.channel):
        if db.session.scalar(select(exists().where(column == words))):
            return column == words, None
    columns = (D.channel, D.handle_key, D.recorder_uid, D.duplicate_key, D.address)
    anywhere = [column.icontains(words, autoescape=True) for column in columns]
    by_number = [D.id == int(words)] if words.isdecimal() and len(words) < 16 else []
    return None, or_(*by_number, *anywhere)


def _bounds(filters: LedgerFilters) -> list[ColumnElement]:
    """Times as ids, so that the order of ids can be followed; then to the second."""
    found: list[ColumnElement] = []
    if filters.since is not None:
        first = select(D.id).where(D.received_at >= filters.since)
        lowest = db.session.scalar(first.order_by(D.received_at, D.id).limit(1))
        found += [D.id >= (lowest or newest() + 1) - SKEW, D.received_at >= filters.since]
    if filters.until is not None:
        last = select(D.id).where(D.received_at <= filters.until)
        highest = db.session.scalar(last.order_by(D.received_at.desc(), D.id.desc()).limit(1))
        found += [D.id <= (highest or 0) + SKEW, D.received_at <= filters.until]
    return found


def in_sequence(recording_id: int) -> Select:
    return (
        select(D)
        .where(D.recording_id == recording_id)
        .order_by(D.sequence.is_(None), D.sequence, D.id)
    )
