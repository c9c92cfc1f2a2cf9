"""A callback as it came, fit to be shown: signatures and secrets masked."""

import json
import re
from typing import Any

from dashboard.models import CallbackDelivery
from dashboard.services.readmodels import DeliveryView

MASK = "•••"
LONGEST_SHOWN = 64 * 1024
_SECRET_HEADER = re.compile(r"signature|^sign$|authorization|cookie|token|secret|key", re.I)
_SECRET_FIELD = re.compile(r"secret|token|password|access_?key|authorization|^key$", re.I)


def view(row: CallbackDelivery) -> DeliveryView:
    return DeliveryView(
        id=row.id,
        received_at=row.received_at,
        verdict=row.verdict,
        raw_text=_shown(row.raw),
        headers=tuple(sorted((name, _header(name, value)) for name, value in row.headers.items())),
        applied=row.applied_at is not None,
        repeats=row.repeats,
    )


def _header(name: str, value: str) -> str:
    if not _SECRET_HEADER.search(name):
        return value
    return f"{value[:6]}{MASK}" if len(value) >= 32 else MASK


def _shown(raw: bytes) -> str:
    """Laid out if it is JSON; the text as it came if not."""
    words = raw[:LONGEST_SHOWN].decode("utf-8", "replace")
    try:
        return json.dumps(_masked(json.loads(words)), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return words


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: MASK if _SECRET_FIELD.search(name) else _masked(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_masked(inner) for inner in value]
    return value
