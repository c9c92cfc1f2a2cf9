"""Sentences kept in tables, still to be translated when they are shown."""

from collections.abc import Mapping
from typing import Any

from dashboard.errors import Text


def to_json(sentence: Text) -> dict[str, Any]:
    return {"template": sentence.template, "values": dict(sentence.values)}


def from_json(document: Mapping[str, Any] | None) -> Text | None:
    return Text(document["template"], document.get("values", {})) if document else None
