"""The audit trail: found by who, what, whom, when and where from; paged by key, newest first."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, String, cast, or_, select

from dashboard.errors import Text
from dashboard.extensions import db
from dashboard.models import Account, Audit, Channel, Recording
from dashboard.services import audit, trail_words
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import transaction

PER_PAGE = 50
AT_ONCE = 500
_NAMES = {
    "channel": (Channel.id, Channel.name),
    "recording": (Recording.id, Recording.channel_name),
    "account": (Account.id, Account.name),
}
"""What subjects of older notes are called now."""


@dataclass(frozen=True, kw_only=True)
class TrailFilters:
    """since, until: from this moment on, and before that one. older: below this id;
    newer: above it. who: an e-mail address as it was noted."""

    who: str = ""
    action: str = ""
    subject: str = ""
    subject_id: int | None = None
    address: str = ""
    search: str = ""
    since: datetime | None = None
    until: datetime | None = None
    older: int | None = None
    newer: int | None = None


@dataclass(frozen=True)
class Change:
    """One value that was another one before. None: there was, or is, none."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class TrailLine:
    id: int
    at: datetime
    who: str | None
    action: str
    known: bool
    sentence: Text
    subject: str
    subject_word: Text
    subject_id: int | None
    name: str | None
    address: str | None
    changes: tuple[Change, ...]
    detail: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Trail:
    """newer, older: the ids to page from; None where there is nothing more."""

    lines: tuple[TrailLine, ...]
    newer: int | None
    older: int | None
    filters: TrailFilters


def page(filters: TrailFilters, actor: Actor) -> Trail:
    """Raises Forbidden."""
    need(actor, "administer")
    upwards = filters.newer is not None
    query = _filtered(filters)
    if upwards:
        query = query.where(Audit.id > filters.newer).order_by(Audit.id)
    elif filters.older is not None:
        query = query.where(Audit.id < filters.older)
    query = query if upwards else query.order_by(Audit.id.desc())
    rows = list(db.session.scalars(query.limit(PER_PAGE + 1)))
    more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE]
    if upwards:
        rows.reverse()
    before, after = (more, bool(rows)) if upwards else (filters.older is not None, more)
    return Trail(
        lines=_lines(rows),
        newer=rows[0].id if rows and before else None,
        older=rows[-1].id if rows and after else None,
        filters=filters,
    )


def people(actor: Actor) -> tuple[str, ...]:
    """Everybody who is named in the trail."""
    need(actor, "administer")
    found = db.session.scalars(
        select(Audit.actor_email).where(Audit.actor_email.is_not(None)).distinct()
    )
    return tuple(sorted(found))


def actions(actor: Actor) -> tuple[str, ...]:
    """Every word that is in the trail, known or not."""
    need(actor, "administer")
    return tuple(sorted(db.session.scalars(select(Audit.action).distinct())))


def export(filters: TrailFilters, actor: Actor) -> Iterator[TrailLine]:
    """All that the filters find, newest first, read a few hundred at a time; itself noted.

    Raises Forbidden, before the first line.
    """
    need(actor, "administer")
    with transaction() as work:
        asked = {name: str(value) for name, value in vars(filters).items() if value}
        audit.note(work, "audit.export", "audit", actor=actor, asked=asked or None)
    return _all(filters)


def _all(filters: TrailFilters) -> Iterator[TrailLine]:
    below = filters.older
    while True:
        query = _filtered(filters).order_by(Audit.id.desc()).limit(AT_ONCE)
        rows = list(db.session.scalars(query.where(Audit.id < below) if below else query))
        yield from _lines(rows)
        db.session.rollback()  # no reading is kept open while somebody's line is slow
        if len(rows) < AT_ONCE:
            return
        below = rows[-1].id


def _filtered(filters: TrailFilters) -> Select:
    query = select(Audit)
    equal = {
        Audit.actor_email: filters.who,
        Audit.action: filters.action,
        Audit.subject: filters.subject,
        Audit.subject_id: filters.subject_id,
        Audit.address: filters.address,
    }
    query = query.where(*(column == value for column, value in equal.items() if value))
    if filters.since is not None:
        query = query.where(Audit.at >= filters.since)
    if filters.until is not None:
        query = query.where(Audit.at < filters.until)
    return query.where(_found(filters.search)) if filters.search else query


def _found(words: str):
    """The words as they are, and as JSON writes letters beyond ASCII."""
    escaped = json.dumps(words)[1:-1]
    columns = (Audit.actor_email, Audit.action, Audit.address)
    documents = (Audit.detail, Audit.before, Audit.after)
    return or_(
        *(column.icontains(words, autoescape=True) for column in columns),
        *(cast(column, String).icontains(escaped, autoescape=True) for column in documents),
    )


def _lines(rows: list[Audit]) -> tuple[TrailLine, ...]:
    names = _names(rows)
    return tuple(_line(row, names.get((row.subject, row.subject_id))) for row in rows)


def _line(row: Audit, called: str | None) -> TrailLine:
    detail = dict(row.detail or {})
    name = detail.get("name") or _told_name(row) or called
    name = name or (f"#{row.subject_id}" if row.subject_id else None)
    return TrailLine(
        id=row.id,
        at=row.at,
        who=row.actor_email,
        action=row.action,
        known=trail_words.is_known(row.action),
        sentence=trail_words.sentence(row.action, {**detail, "name": name or "?"}),
        subject=row.subject,
        subject_word=trail_words.subject_word(row.subject),
        subject_id=row.subject_id,
        name=name,
        address=row.address,
        changes=tuple(_changes(row.before or {}, row.after or {})),
        detail=tuple((key, _written(value)) for key, value in detail.items() if key != "name"),
    )


def _told_name(row: Audit) -> str | None:
    """Where before or after tell what it was called."""
    return next(
        (side["name"] for side in (row.after, row.before) if side and side.get("name")), None
    )


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name in dict.fromkeys([*before, *after]):
        yield Change(name, *(_written(s[name]) if name in s else None for s in (before, after)))


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _names(rows: list[Audit]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for subject, (key, name) in _NAMES.items():
        ids = {row.subject_id for row in rows
               if row.subject == subject and "name" not in (row.detail or {})}  # fmt: skip
        if ids:
            for id_, called in db.session.execute(select(key, name).where(key.in_(ids))):
                found[subject, id_] = called
    return found
