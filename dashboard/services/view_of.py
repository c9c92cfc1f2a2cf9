"""Rows into read models. Everything a screen shows of a recording is put together here."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from dashboard.domain.conditions import Finding
from dashboard.domain.events import EventKind
from dashboard.domain.lifecycle import RecordingState, is_active
from dashboard.extensions import db
from dashboard.models import (
    Account,
    ChannelPerson,
    Preview,
    Recording,
    RecordingEvent,
    RecordingFile,
)
from dashboard.services import condition_words, conditions, context, outcomes, texts, wording
from dashboard.services.live import profile_of
from dashboard.services.readmodels import (
    EventView,
    FileView,
    HealthLine,
    Lamp,
    PersonView,
    RecordingBrief,
    StateStep,
)


def briefs(rows: Iterable[Recording]) -> dict[int, RecordingBrief]:
    """By id. A handful of selects, however many rows."""
    rows = list(rows)
    ids = [row.id for row in rows]
    lines = _by_id(RecordingEvent, [row.last_event_id for row in rows if row.last_event_id])
    names = dict(
        db.session.execute(
            select(Account.id, Account.name).where(Account.id.in_({row.account_id for row in rows}))
        ).all()
    )
    previews = dict(
        db.session.execute(
            select(Preview.recording_id, Preview.version).where(Preview.recording_id.in_(ids))
        ).all()
    )
    found = conditions.of(rows)
    kept = outcomes.files_of(rows)
    return {
        row.id: RecordingBrief(
            **facts(row, names[row.account_id], lines.get(row.last_event_id), previews.get(row.id)),
            health=health(found[row.id]),
            outcome=outcomes.outcome(row, kept.get(row.id)),
        )
        for row in rows
    }


def health(found: Iterable[Finding]) -> tuple[HealthLine, ...]:
    now = context.now()
    return tuple(
        HealthLine(
            condition=one.condition.value,
            level=one.level,
            sentence=condition_words.sentence(one, now),
            advice=condition_words.advice(one),
            since=one.since,
        )
        for one in conditions.shown(found, now)
    )


def facts(
    row: Recording, account_name: str, last: RecordingEvent | None, preview: int | None
) -> dict[str, Any]:
    """The fields of a RecordingBrief."""
    profile = profile_of(row)
    return {
        "id": row.id,
        "channel_id": row.channel_id,
        "channel_name": row.channel_name,
        "account_name": account_name,
        "state": RecordingState(row.state),
        "version": row.version,
        "started_at": row.started_at,
        "layout": profile.layout,
        "canvas": profile.canvas,
        "subscription": profile.subscription,
        "reachable": row.unreachable_since is None or not is_active(RecordingState(row.state)),
        "stop_wanted": row.stop_wanted_at is not None and row.stop_sent_at is None,
        "recording_since": row.recording_since,
        "ended_at": row.ended_at,
        "duration_s": duration_s(row, context.now()),
        "last_event": event(last) if last else None,
        "preview_version": preview,
        "failure": texts.from_json(row.failure),
        "vendor_words": _words_beside(row.failure),
        "end_reason": texts.from_json(row.end_reason),
        "resumed": row.resumed,
        "files_missing": 0 if is_active(RecordingState(row.state)) else row.files_missing,
    }


def duration_s(row: Recording, now: datetime) -> float | None:
    """Recorded seconds so far; None before the recorder ran."""
    if row.recording_since is None:
        return None
    until = row.recorded_until or row.ended_at or now
    return max(0.0, (until - row.recording_since).total_seconds())


def event(row: RecordingEvent) -> EventView:
    kind = EventKind(row.kind)
    detail = row.detail or {}
    asked = row.source != "callback" and "text" in detail
    told_apart = asked or kind in _WITH_VENDOR_WORDS
    return EventView(
        id=row.id,
        at=row.at,
        source=row.source,
        kind=kind,
        sentence=wording.sentence(kind, detail, row.person_uid),
        level=wording.level(kind, detail),
        delivery_id=row.delivery_id,
        actor_email=row.actor_email,
        vendor_words=vendor_words(detail.get("code"), detail.get("text")) if told_apart else None,
        here_at=row.here_at,
        sequence=row.sequence,
        state=RecordingState(row.state_after) if row.state_after else None,
    )


_WITH_VENDOR_WORDS = frozenset(
    {
        EventKind.START_REFUSED,
        EventKind.START_UNANSWERED,
        EventKind.STOP_UNANSWERED,
        EventKind.LAYOUT_REFUSED,
        EventKind.LAYOUT_UNANSWERED,
        EventKind.SUBSCRIPTION_REFUSED,
        EventKind.SUBSCRIPTION_UNANSWERED,
        EventKind.SETTLED_FAILED,
        EventKind.UNREACHABLE,
    }
)


def vendor_words(code: object, words: object) -> str | None:
    return " · ".join(str(part) for part in (code, words) if part not in (None, "")) or None


def _words_beside(failure: Mapping[str, Any] | None) -> str | None:
    """The vendor's code and text, where our sentence has not told them already."""
    told = str(texts.from_json(failure) or "")
    words = ((failure or {}).get(name) for name in ("vendor_code", "vendor_text"))
    return vendor_words(*(None if word is None or str(word) in told else word for word in words))


def steps(rows: Iterable[RecordingEvent]) -> tuple[StateStep, ...]:
    """rows: oldest first."""
    return tuple(
        StateStep(
            state=RecordingState(row.state_after),
            at=row.at,
            why=wording.sentence(EventKind(row.kind), row.detail or {}, row.person_uid),
        )
        for row in rows
        if row.state_after
    )


def people(channel_ids: Iterable[int]) -> dict[int, tuple[PersonView, ...]]:
    """By channel, in the order they joined."""
    found: dict[int, list[PersonView]] = {}
    rows = db.session.scalars(
        select(ChannelPerson)
        .where(ChannelPerson.channel_id.in_(list(channel_ids)))
        .order_by(ChannelPerson.place, ChannelPerson.uid)
    )
    for row in rows:
        found.setdefault(row.channel_id, []).append(
            PersonView(row.uid, row.kind, row.audio, row.video, row.color)
        )
    return {id_: tuple(list_) for id_, list_ in found.items()}


def files(recording_id: int) -> tuple[FileView, ...]:
    rows = db.session.scalars(
        select(RecordingFile)
        .where(RecordingFile.recording_id == recording_id)
        .order_by(RecordingFile.name)
    )
    return tuple(
        FileView(row.name, row.kind, row.arrived_at is not None, row.size_bytes, row.started_at)
        for row in rows
    )


def lamp(brief: RecordingBrief | None, account_reachable: bool) -> Lamp:
    if brief is None or not brief.is_active:
        failed = brief is not None and brief.failure is not None
        return "attention" if failed or not account_reachable else "off"
    if not brief.reachable:
        return "attention"
    return "on_air" if brief.on_air else "busy"


def _by_id(table: Any, ids: list[int]) -> Mapping[int, Any]:
    if not ids:
        return {}
    return {row.id: row for row in db.session.scalars(select(table).where(table.id.in_(ids)))}
