"""Words kept in tables: sentences still to be translated, and words that came from outside."""

from collections.abc import Mapping
from typing import Any

from dashboard.errors import Text


def to_json(sentence: Text) -> dict[str, Any]:
    """Values that are sentences themselves are kept as such."""
    values = {
        name: to_json(value) if isinstance(value, Text) else value
        for name, value in sentence.values.items()
    }
    return {"template": sentence.template, "values": values}


def from_json(document: Mapping[str, Any] | None) -> Text | None:
    if not document:
        return None
    values = {
        name: from_json(value) if isinstance(value, Mapping) else value
        for name, value in document.get("values", {}).items()
    }
    return Text(document["template"], values)


def storable(value: str | None, most: int) -> str | None:
    """Text that every database takes: no NUL, no half characters, not too long."""
    if value is None:
        return None
    return value.replace("\0", "").encode("utf-8", "replace").decode()[:most]
