"""The audit trail, for administrators: to look through and to take along. Nothing changes it."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, request, stream_with_context, url_for
from flask_babel import to_utc

from dashboard.errors import NotFound, text
from dashboard.services import trail_words
from dashboard.services.reading import trail
from dashboard.services.reading.trail import TrailFilters, TrailLine
from dashboard.web import htmx
from dashboard.web.auth import actor, require
from dashboard.web.filters import say
from dashboard.web.numbers import row_number

bp = Blueprint("audit", __name__, url_prefix="/audit")

COLUMNS = ("id", "at", "who", "action", "sentence", "subject", "subject_id", "name", "address",
           "before", "after", "detail")  # fmt: skip
_PAGES = {
    "recording": "recordings.show",
    "channel": "channels.edit",
    "account": "accounts.edit",
    "storage": "storage.edit",
    "recording_profile": "profiles.edit",
    "saved_layout": "layouts.show",
}
"""Where a subject has a page of its own."""


@bp.get("")
@require("administer")
def index() -> Response:
    filters = _filters()
    return htmx.page_or_fragment(
        "audit/index.html",
        "audit/_lines.html",
        trail=trail.page(filters, actor()),
        people=trail.people(actor()),
        actions=trail.actions(actor()),
        subjects=trail_words.SUBJECTS.items(),
        asked=_asked(),
        address=_address,
        page_of=_page_of,
    )


@bp.get("/export.<kind>")
@require("administer")
def export(kind: str) -> Response:
    """Streamed, as long as it is. kind: csv or jsonl."""
    writers = {"csv": (_csv, "text/csv"), "jsonl": (_jsonl, "application/x-ndjson")}
    if kind not in writers:
        raise NotFound(text("There is nothing at this address."))
    write, mimetype = writers[kind]
    lines = trail.export(_filters(), actor())
    answer = Response(stream_with_context(write(lines)), mimetype=f"{mimetype}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-trail.{kind}"'
    return answer


# ---------------------------------------------------------------- writing it down


def _csv(lines: Iterable[TrailLine]) -> Iterator[str]:
    yield "\ufeff" + _row(COLUMNS)  # the mark by which spreadsheets know UTF-8
    for line in lines:
        yield _row([safe(_plain(value)) for value in _record(line).values()])


def _jsonl(lines: Iterable[TrailLine]) -> Iterator[str]:
    for line in lines:
        yield json.dumps(_record(line), ensure_ascii=False) + "\n"


def _record(line: TrailLine) -> dict[str, object]:
    return {
        "id": line.id,
        "at": line.at.isoformat(),
        "who": line.who,
        "action": line.action,
        "sentence": say(line.sentence),
        "subject": line.subject,
        "subject_id": line.subject_id,
        "name": line.name,
        "address": line.address,
        "before": {one.name: one.before for one in line.changes if one.before is not None},
        "after": {one.name: one.after for one in line.changes if one.after is not None},
        "detail": dict(line.detail),
    }


def _row(values: Iterable[object]) -> str:
    into = io.StringIO()
    csv.writer(into).writerow(values)
    return into.getvalue()


def _plain(value: object) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def safe(cell: str) -> str:
    """No spreadsheet takes it for a formula: what begins like one is written as words."""
    begins = cell.lstrip()[:1]
    return f"'{cell}" if begins and begins in "=+-@\t\r\n|%" else cell


# ---------------------------------------------------------------- what is asked for


def _filters() -> TrailFilters:
    """What makes no sense is left out."""
    asked = request.args
    return TrailFilters(
        who=asked.get("who", "")[:255],
        action=asked.get("action", "")[:64],
        subject=asked.get("subject", "")[:64],
        subject_id=asked.get("subject_id", type=row_number),
        address=asked.get("address", "").strip()[:64],
        search=asked.get("q", "").strip()[:100],
        since=_day(asked.get("since")),
        until=_day(asked.get("until"), timedelta(days=1)),
        older=asked.get("older", type=row_number),
        newer=asked.get("newer", type=row_number),
    )


def _day(typed: str | None, later: timedelta = timedelta()) -> datetime | None:
    """A day's beginning in the reader's zone, or so much later."""
    try:
        return to_utc(datetime.fromisoformat(typed or "") + later).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _asked() -> dict[str, str]:
    names = ("who", "action", "subject", "subject_id", "address", "q", "since", "until")
    return {name: request.args[name] for name in names if request.args.get(name)}


def _address(endpoint: str = "audit.index", **changes: object) -> str:
    """This trail with something changed; None drops it."""
    return url_for(endpoint, **(_asked() | changes))


def _page_of(line: TrailLine) -> str | None:
    endpoint = _PAGES.get(line.subject)
    return url_for(endpoint, id=line.subject_id) if endpoint and line.subject_id else None
