"""A callback as it came, fit to be shown: signatures and secrets masked."""

import json
import re
from typing import Any

from dashboard.models import CallbackDelivery
from dashboard.services.readmodels import DeliveryView

MASK = "•••"
LONGEST_SHOWN = 64 * 1024
_SECRET_HEADER = re.compile(r"signature|^sign$|authorization|cookie|token|secret|key", re.I)
_TELLING = "secret|token|password|access_?key|authorization|rtmp_?url"
_SECRET_FIELD = re.compile(f"{_TELLING}|^key$", re.I)
_SECRET_TEXT = re.compile(rf'("[^"]*(?:{_TELLING})[^"]*"\s*:\s*")[^"]*', re.I)
"""The same in what is no JSON. The address of a live stream holds its key."""


def view(row: CallbackDelivery) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        received_at=row.received_at,
        verdict=row.verdict,
        raw_text=body_of(row),
        headers=tuple(sorted((name, _header(name, value)) for name, value in row.headers.items())),
        applied=row.applied_at is not None,
        repeats=row.repeats,
    )


def _header(name: str, value: str) -> str:
    if not _SECRET_HEADER.search(name):
        return value
    return f"{value[:6]}{MASK}" if len(value) >= 32 else MASK


def body_of(row: CallbackDelivery) -> str:
    """Laid out if it is JSON; the text as it came if not. Secrets masked."""
    words = row.raw[:LONGEST_SHOWN].decode("utf-8", "replace")
    try:
        return json.dumps(_masked(json.loads(words)), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return _SECRET_TEXT.sub(rf"\1{MASK}", words)


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: MASK if _SECRET_FIELD.search(name) else _masked(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_masked(inner) for inner in value]
    if isinstance(value, str) and value.startswith("{"):
        return _masked_text(value)
    return value


def _masked_text(value: str) -> str:
    """anyRTC's details are JSON in a text."""
    try:
        return json.dumps(_masked(json.loads(value)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return _SECRET_TEXT.sub(rf"\1{MASK}", value)
