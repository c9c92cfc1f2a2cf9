"""Words kept in tables: sentences still to be translated, and words that came from outside."""

from collections.abc import Mapping
from typing import Any

from dashboard.errors import Text


def to_json(sentence: Text) -> dict[str, Any]:
    return {"template": sentence.template, "values": dict(sentence.values)}


def from_json(document: Mapping[str, Any] | None) -> Text | None:
    return Text(document["template"], document.get("values", {})) if document else None


def storable(value: str | None, most: int) -> str | None:
    """Text that every database takes: no NUL, no half characters, not too long."""
    if value is None:
        return None
    return value.replace("\0", "").encode("utf-8", "replace").decode()[:most]
