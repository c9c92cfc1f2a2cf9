"""What an event tells of how a recording goes. Pure: values in, columns out.

The columns are what services/conditions.py tells health from.
"""

from datetime import datetime
from typing import Any

from dashboard.domain import senders
from dashboard.domain.events import EventKind, RecordingEvent
from dashboard.models import Recording
from dashboard.services import texts, wording

PROGRESS_S = 5.0
"""Seconds of recording that have to be uploaded between two words for the upload to go on."""

_MEDIA = {EventKind.AUDIO_CHANGED: "audio", EventKind.VIDEO_CHANGED: "video"}
_RECORDED = frozenset({EventKind.SLICE_STARTED, EventKind.FIRST_FILE, EventKind.FILE_MADE})
_ARRIVED = frozenset({EventKind.FIRST_FILE, EventKind.FILE_MADE, EventKind.UPLOADED})
_OF_STORAGE = frozenset({"storage_key_expired"})


def columns(row: Recording, event: RecordingEvent, at: datetime) -> dict[str, Any]:
    """The columns that change with an event. at: when it happened, by our clock."""
    changed: dict[str, Any] = {}
    if event.kind in _RECORDED and row.media_at is None:
        changed["media_at"] = at
    if event.kind in _ARRIVED or event.detail.get("what") == "screenshot":
        changed["last_upload_at"] = _later(row.last_upload_at, at)
    if event.kind is EventKind.UPLOAD_PROGRESS:
        changed |= _progress(row, event, at)
    if event.kind in _MEDIA:
        changed |= _stream(row, event, at)
    if _is_storage_trouble(event):
        changed |= _storage_trouble(row, event, at)
    if event.kind is EventKind.BACKED_UP:
        changed["backed_up_at"] = at
    if event.kind is EventKind.UPLOADED and row.backed_up_at is not None:
        changed["backed_up_at"] = None
    if event.kind is EventKind.FAILED_OVER:
        changed["resumed_at"] = _later(row.resumed_at, at)
    return changed


def _progress(row: Recording, event: RecordingEvent, at: datetime) -> dict[str, Any]:
    """Vendors tell a part of what was recorded; while nothing arrives, it shrinks."""
    percent = event.detail.get("percent")
    if percent is None or row.recording_since is None:
        return {}
    uploaded_s = percent / 100 * max(0.0, (at - row.recording_since).total_seconds())
    changed: dict[str, Any] = {"uploads_told_at": _later(row.uploads_told_at, at)}
    if uploaded_s >= (row.uploaded_s or 0.0) + PROGRESS_S:
        changed["uploaded_s"] = uploaded_s
        changed["last_upload_at"] = _later(row.last_upload_at, _surely_by(row, percent, at))
    return changed


def _surely_by(row: Recording, percent: float, at: datetime) -> datetime:
    """When the latest of it arrived at the earliest: before the storage refused, if it did since
    the last word and something is missing now."""
    refused_at = row.storage_error_at
    told_before = row.uploads_told_at or row.recording_since
    in_between = refused_at is not None and told_before < refused_at < at
    return refused_at if in_between and percent < 100 else at


def _stream(row: Recording, event: RecordingEvent, at: datetime) -> dict[str, Any]:
    sends = event.detail.get("receiving")
    if sends is None or event.person_uid is None:
        return {}
    order = event.sequence if event.sequence is not None else int(event.at.timestamp() * 1000)
    medium = _MEDIA[event.kind]
    streams = senders.told(row.streams, medium, event.person_uid[:64], bool(sends), order, at)
    return {"streams": streams} if streams != row.streams else {}


def _is_storage_trouble(event: RecordingEvent) -> bool:
    if event.kind is EventKind.WARNING and event.detail.get("what") in _OF_STORAGE:
        return True
    told = event.kind in (EventKind.ERROR, EventKind.WARNING)
    return told and event.detail.get("part") == "uploader"


def _storage_trouble(row: Recording, event: RecordingEvent, at: datetime) -> dict[str, Any]:
    if row.storage_error_at is not None and row.storage_error_at > at:
        return {}
    why = wording.sentence(event.kind, event.detail)
    return {"storage_error": texts.to_json(why), "storage_error_at": at}


def _later(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else max(known, at)
