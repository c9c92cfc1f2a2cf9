"""Callbacks: all that vendors told, as it came, and what became of it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import to_utc

from dashboard.domain.events import EventKind
from dashboard.errors import NotFound, text
from dashboard.services import callback_trial, context, queries
from dashboard.services import ledger as service
from dashboard.services.ledger_words import KINDS
from dashboard.services.reading import ledger
from dashboard.services.readmodels_ledger import (
    LEVELS,
    OUTCOMES,
    LedgerFilters,
    LedgerLine,
)
from dashboard.views.ledger_words import BADGES, LEVEL_WORDS, SIGNATURES, clock, lag
from dashboard.web import htmx, tables
from dashboard.web.auth import actor, require
from dashboard.web.numbers import row_number

bp = Blueprint("ledger", __name__, url_prefix="/ledger")

TAIL_S, BEHIND_S = 2, 0.3
"""Seconds between two looks of a live tail; and while it has to catch up."""
COLUMNS = (
    "id", "received_at", "event_at", "lag_s", "account", "vendor", "channel", "recorder_uid",
    "recording", "sequence", "gap_from", "gap_to", "signature", "outcome", "kind", "level",
    "told", "repeats", "duplicate_of", "body",
)  # fmt: skip


@bp.get("")
@require("view")
def index() -> Response:
    filters = _filters()
    return htmx.page_or_fragment(
        "ledger/index.html", "ledger/_log.html", **_page(filters), **_choices()
    )


@bp.get("/tail")
@require("view")
def tail() -> Response:
    """What came since; 204 when nothing did. Paused, it only says so and asks no more."""
    filters = _filters()
    after, oldest = _number("after"), _number("oldest")
    shown = {"filters": filters, "address": _address_of(filters), "oldest": oldest}
    if request.args.get("paused") == "1":
        return htmx.fragment("ledger/_tail.html", **shown, **_next(after, paused=True))
    found = ledger.news(filters, after, oldest, _asked_at())
    if found is None:
        return htmx.unchanged()
    pace = BEHIND_S if found.more else TAIL_S
    return htmx.fragment("ledger/_news.html", found=found, **shown, **_next(found.newest, pace))


@bp.get("/<int:id>")
@require("view")
def show(id: int) -> Response:
    return htmx.page_or_fragment("ledger/show.html", "ledger/_entry.html", entry=ledger.entry(id))


@bp.post("/<int:id>/replay")
@require("operate")
def replay(id: int) -> Response:
    done = service.replay(id, actor())
    kind = "done" if done.changed or done.outcome == "applied" else "attention"
    htmx.toast(kind, done.sentence)
    if not request.htmx:
        return htmx.go(url_for("ledger.show", id=id))
    return htmx.fragment("ledger/_entry.html", entry=ledger.entry(id))


@bp.get("/export.<kind>")
@require("view")
def export(kind: str) -> Response:
    if kind not in tables.FORMATS:
        raise NotFound(text("There is no such export."))
    name = f"callbacks-{context.now():%Y%m%d-%H%M%S}"
    return tables.attachment(name, kind, COLUMNS, _rows(replace(_filters(), before="")))


@bp.get("/test")
@require("operate")
def test() -> str:
    return _test(None)


@bp.post("/test")
@require("operate")
def send_test() -> str:
    account_id = request.form.get("account", type=row_number)
    if account_id is None:
        raise NotFound(text("There is no such account."))
    return _test(callback_trial.send(account_id, actor()), account_id)


@bp.app_context_processor
def helpers() -> dict[str, object]:
    """For other screens that show lines of the ledger, too."""
    return {"ledger_badges": BADGES, "ledger_signatures": SIGNATURES, "ledger_lag": lag,
            "ledger_clock": clock}  # fmt: skip


def _test(found: callback_trial.Trial | None, account_id: int | None = None) -> str:
    return render_template(
        "ledger/test.html", accounts=queries.account_choices(), found=found, chosen=account_id
    )


def _page(filters: LedgerFilters) -> dict[str, object]:
    found = ledger.page(filters)
    is_live = filters.order == "arrival" and not filters.before
    oldest = found.lines[-1].id if found.lines else found.newest + 1
    return {
        "found": found,
        "filters": filters,
        "address": _address_of(filters),
        "is_live": is_live,
        "oldest": oldest,
        **_next(found.newest),
    }


def _next(after: int, pace_s: float = TAIL_S, paused: bool = False) -> dict[str, object]:
    """How the tail goes on from here."""
    at = int(context.now().timestamp() * 1000)
    return {"after": after, "asked_at": at, "pace_s": None if paused else pace_s}


def _choices() -> dict[str, object]:
    return {
        "accounts": queries.account_choices(),
        "outcomes": OUTCOMES,
        "kinds": KINDS,
        "levels": {level: LEVEL_WORDS[level] for level in LEVELS},
    }


def _rows(filters: LedgerFilters) -> Iterator[Mapping[str, Any]]:
    for line, body in ledger.export(filters):
        yield _row(line, body)


def _row(line: LedgerLine, body: str) -> Mapping[str, Any]:
    first, last = line.gap or (None, None)
    return {
        "id": line.id,
        "received_at": line.received_at,
        "event_at": line.event_at,
        "lag_s": None if line.lag_s is None else round(line.lag_s, 3),
        "account": line.account_name,
        "vendor": line.vendor,
        "channel": line.channel,
        "recorder_uid": line.recorder_uid,
        "recording": line.recording_id,
        "sequence": line.sequence,
        "gap_from": first,
        "gap_to": last,
        "signature": line.signature,
        "outcome": line.outcome,
        "kind": line.kind.value if line.kind else None,
        "level": line.level,
        "told": line.sentence,
        "repeats": line.repeats,
        "duplicate_of": line.duplicate_of,
        "body": body,
    }


def _filters() -> LedgerFilters:
    """What was asked for; what makes no sense is left out."""
    asked = request.args
    recording_id = asked.get("recording", type=row_number)
    by_sequence = recording_id is not None and asked.get("order") != "arrival"
    return LedgerFilters(
        show=asked["show"] if asked.get("show") in ("unmatched", "refused") else "all",
        account_id=asked.get("account", type=row_number),
        channel=asked.get("channel", "").strip()[:255],
        recording_id=recording_id,
        outcome=_one_of(asked.get("outcome"), OUTCOMES),
        kind=EventKind(asked["kind"]) if asked.get("kind") in KINDS else None,
        level=_one_of(asked.get("level"), LEVELS),
        since=_moment(asked.get("since")),
        until=_moment(asked.get("until")),
        search=asked.get("q", "").strip()[:100],
        order="sequence" if by_sequence else "arrival",
        before=_key(asked.get("before", "")),
    )


def _one_of(value: str | None, known: tuple) -> Any:
    return value if value in known else None


def _moment(typed: str | None) -> datetime | None:
    """What a field for date and time gives, in the reader's zone."""
    try:
        return to_utc(datetime.fromisoformat(typed or "")).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _key(typed: str) -> str:
    parts = typed.split(".")
    try:
        keys = [row_number(part) for part in parts if part]
    except ValueError:
        return ""
    return typed if keys and len(parts) <= 2 else ""


def _number(name: str) -> int:
    return request.args.get(name, default=0, type=row_number)


def _asked_at() -> datetime:
    try:
        return datetime.fromtimestamp(_number("at") / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return context.now()


def _address_of(filters: LedgerFilters):
    """address(endpoint, **changes): this ledger with some of its filters changed."""
    asked = {
        "show": None if filters.show == "all" else filters.show,
        "account": filters.account_id,
        "channel": filters.channel or None,
        "recording": filters.recording_id,
        "outcome": filters.outcome,
        "kind": filters.kind.value if filters.kind else None,
        "level": filters.level,
        "since": request.args.get("since") if filters.since else None,
        "until": request.args.get("until") if filters.until else None,
        "q": filters.search or None,
        "order": "arrival" if filters.recording_id and filters.order == "arrival" else None,
    }

    def address(endpoint: str = "ledger.index", **changes: object) -> str:
        return url_for(endpoint, **(asked | changes))

    return address
