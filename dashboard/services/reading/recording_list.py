"""The list of recordings: filtered, sorted, a page at a time."""

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from dashboard.domain.lifecycle import RecordingState
from dashboard.extensions import db
from dashboard.models import Recording
from dashboard.services import context, view_of
from dashboard.services.reading import feeds
from dashboard.services.readmodels import RecordingFilters, RecordingsPage
from dashboard.services.unit_of_work import RECORDINGS

PER_PAGE = 25
_ORDER = {
    "started": lambda: Recording.started_at,
    "channel": lambda: func.lower(Recording.channel_name),
    "state": lambda: case(
        *((Recording.state == state.value, place) for place, state in enumerate(RecordingState)),
        else_=99,
    ),
    "duration": lambda: _duration(),
}


def recordings_digest(filters: RecordingFilters) -> str:
    return feeds.digest("recordings", filters, feeds.version(RECORDINGS))


def recordings(filters: RecordingFilters) -> RecordingsPage:
    """A page of the list. What cannot be sorted by is sorted by the start."""
    digest = recordings_digest(filters)
    wanted = _filtered(select(Recording.id), filters).subquery()
    total = db.session.scalar(select(func.count()).select_from(wanted))
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, filters.page), pages)
    rows = db.session.scalars(
        _filtered(select(Recording), filters)
        .order_by(*_order(filters))
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()
    found = view_of.briefs(rows)
    moving = any(brief.is_active for brief in found.values())
    return RecordingsPage(
        rows=tuple(found[row.id] for row in rows),
        total=total,
        page=page,
        pages=pages,
        digest=digest,
        poll_s=feeds.MOVING_S if moving else feeds.QUIET_S,
        filters=filters,
        per_page=PER_PAGE,
    )


def _filtered(query: Select, filters: RecordingFilters) -> Select:
    if filters.search:
        words = filters.search
        by_number = [Recording.id == int(words)] if words.isdecimal() and len(words) < 10 else []
        query = query.where(
            or_(Recording.channel_name.icontains(words, autoescape=True), *by_number)
        )
    if filters.states:
        query = query.where(Recording.state.in_([state.value for state in filters.states]))
    if filters.channel_id is not None:
        query = query.where(Recording.channel_id == filters.channel_id)
    return query


def _order(filters: RecordingFilters) -> list:
    """Equal ones by their start, so that pages do not overlap."""
    down = filters.direction != "asc"
    columns = [_ORDER.get(filters.sort, _ORDER["started"])(), Recording.id]
    return [column.desc() if down else column.asc() for column in columns]


def _duration() -> ColumnElement:
    """Recorded time so far, 0 where there is none: each database counts time in its own way."""
    until = func.coalesce(Recording.recorded_until, Recording.ended_at, context.now())
    since = Recording.recording_since
    if db.engine.dialect.name == "sqlite":
        length = func.julianday(until) - func.julianday(since)
    else:
        length = func.extract("epoch", until) - func.extract("epoch", since)
    return func.coalesce(length, 0)
