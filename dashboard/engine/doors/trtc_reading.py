"""Reading what a TRTC client sent, by the shapes of `protocols.trtc`.

Everything that is wrong is collected before the first of it is told, because the vendor
looks for one kind of mistake after another (trtc.md section 14, 3), not field by field.
"""

import json
from collections.abc import Mapping
from enum import IntEnum
from typing import Any

from dashboard.engine.doors.trtc_answers import Refusal
from dashboard.protocols.trtc import SHAPES, Field
from dashboard.protocols.trtc_errors import Code, missing

_WHOLE_OR_NOTHING = frozenset({"VideoParams", "AudioParams"})
_TYPES: Mapping[str, type] = {"integer": int, "text": str, "flag": bool}


class Rank(IntEnum):
    """In which order mistakes are told."""

    UNKNOWN = 0
    MISSING = 1
    RANGE = 2
    STORAGE = 3
    TRANSCODING = 4
    BOUNDS = 5
    SIZE = 6
    USER_SIG = 7


class Problems:
    """What is wrong with one call."""

    def __init__(self) -> None:
        self._found: list[tuple[Rank, str, str]] = []

    def add(self, rank: Rank, code: str, message: str) -> None:
        self._found.append((rank, code, message))

    def raise_first(self, up_to: Rank = Rank.USER_SIG) -> None:
        """Raises Refusal with the first of the lowest rank; nothing where all ranks are higher."""
        if self._found:
            rank, code, message = min(self._found, key=lambda found: found[0])
            if rank <= up_to:
                raise Refusal(code, message)


def document_of(raw: bytes) -> dict[str, Any]:
    """The JSON object of a body. Raises Refusal."""
    try:
        document = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Refusal(Code.INVALID, "The request body is not valid JSON.") from None
    if not isinstance(document, dict):
        raise Refusal(Code.INVALID, "The request body must be a JSON object.")
    return document


def read(shape: str, document: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """All members of a shape, with their defaults; None for objects that were not given.

    Where a member is wrong its default stands for it.
    """
    return _object(shape, document, problems, "")


def _object(shape: str, document: Mapping[str, Any], problems: Problems, path: str):
    fields = SHAPES[shape]
    for name in document:
        if name not in fields:
            shown = json.dumps(name)[1:-1][:64]  # nothing in it that breaks a line of the log
            message = f"The parameter `{path}{shown}` is not defined."
            problems.add(Rank.UNKNOWN, Code.UNKNOWN_PARAMETER, message)
    absent = Rank.TRANSCODING if shape in _WHOLE_OR_NOTHING else Rank.MISSING
    found = {}
    for name, field in fields.items():
        value = document.get(name)
        if value is None or (field.required and value == ""):
            if field.required:
                message = f"The parameter `{path}{name}` is missing."
                problems.add(absent, missing(name), message)
            found[name] = [] if field.many else field.default
        else:
            found[name] = _member(field, value, problems, path + name)
    return found


def _member(field: Field, value: Any, problems: Problems, path: str) -> Any:
    if not field.many:
        return _value(field, value, problems, path)
    if not isinstance(value, list):
        problems.add(Rank.RANGE, Code.INVALID, f"`{path}` must be a list.")
        return []
    if len(value) > field.most:
        problems.add(Rank.SIZE, Code.RANGE, f"`{path}` may hold at most {field.most} items.")
        value = value[: field.most]
    one = Field(field.kind)
    return [_value(one, item, problems, f"{path}.{index}") for index, item in enumerate(value)]


def _value(field: Field, value: Any, problems: Problems, path: str) -> Any:
    if field.kind in SHAPES:
        if isinstance(value, dict):
            return _object(field.kind, value, problems, f"{path}.")
        problems.add(Rank.RANGE, Code.INVALID, f"`{path}` must be an object.")
        return None
    if type(value) is not _TYPES[field.kind]:
        kind = {"text": "a string", "flag": "true or false"}.get(field.kind, "an integer")
        problems.add(Rank.RANGE, Code.INVALID, f"`{path}` must be {kind}.")
        return field.default
    if field.kind == "integer" and not field.low <= value <= field.high:
        message = f"`{path}` must be {field.low}..{field.high}."
        problems.add(Rank.RANGE, Code.RANGE, message)
        return field.default
    if field.kind == "text" and not _is_text(value):
        problems.add(Rank.RANGE, Code.INVALID, f"`{path}` must be valid text.")
        return field.default
    if field.kind == "text" and len(value.encode()) > field.most:
        problems.add(Rank.RANGE, Code.RANGE, f"`{path}` may have at most {field.most} bytes.")
        return field.default
    return value


def _is_text(value: str) -> bool:
    """JSON can hold half of a character, which no name or file can."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


def _no_constant(name: str) -> float:
    raise ValueError(name)
