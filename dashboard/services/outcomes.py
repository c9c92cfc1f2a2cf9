"""How a recording ended, in a sentence: why, and what there is of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from dashboard.domain.lifecycle import RecordingState, is_active
from dashboard.errors import Text, text
from dashboard.extensions import db
from dashboard.models import Recording, RecordingFile
from dashboard.services import texts, wording
from dashboard.services.outcome import MARKED


@dataclass(frozen=True)
class Kept:
    """Files that are in the storage."""

    count: int = 0
    size_bytes: int = 0


def files_of(rows: Iterable[Recording]) -> Mapping[int, Kept]:
    """What there is of those that have ended, by id."""
    ids = [row.id for row in rows if not is_active(RecordingState(row.state))]
    if not ids:
        return {}
    query = (
        select(
            RecordingFile.recording_id,
            func.count(),
            func.coalesce(func.sum(RecordingFile.size_bytes), 0),
        )
        .where(RecordingFile.recording_id.in_(ids), RecordingFile.arrived_at.is_not(None))
        .group_by(RecordingFile.recording_id)
    )
    return {id_: Kept(count, int(size)) for id_, count, size in db.session.execute(query)}


def outcome(row: Recording, kept: Kept | None) -> Text | None:
    """None while it runs."""
    if is_active(RecordingState(row.state)):
        return None
    why, what = why_of(row), _what_there_is(row, kept or Kept())
    if why and what:
        return text("%(why)s %(what)s", why=why, what=what)
    return why or what


def why_of(row: Recording) -> Text | None:
    """Where somebody has marked it as ended: their reason, and behind it what had failed before."""
    failure, reason = texts.from_json(row.failure), texts.from_json(row.end_reason)
    if reason and reason.template == MARKED.template:
        if failure is None or failure.template == wording.MARKED.template:
            return reason
        return text("%(reason)s · Before that: %(failure)s", reason=reason, failure=failure)
    ends_badly = row.state in (RecordingState.FAILED.value, RecordingState.LOST.value)
    return (failure or reason) if ends_badly else (reason or failure)


def _what_there_is(row: Recording, kept: Kept) -> Text | None:
    """Nothing where nobody has looked."""
    if kept.count == 1:
        return text("1 file, %(size)s.", size=_size(kept.size_bytes))
    if kept.count:
        return text("%(n)s files, %(size)s.", n=kept.count, size=_size(kept.size_bytes))
    return text("There are no files of it.") if row.files_checked_at else None


def _size(size_bytes: int) -> str:
    """As the lists write it: 812 B, 14.2 MB."""
    value, units = float(size_bytes), ["B", "KB", "MB", "GB", "TB"]
    while value >= 999.5 and len(units) > 1:
        value, units = value / 1000, units[1:]
    digits = 0 if units[0] == "B" or value >= 99.95 else 1
    return f"{value:.{digits}f} {units[0]}"
