"""Reading JSON that somebody sent us: no names twice, no odd numbers, nothing bottomless."""

import json
import math
from typing import Any

DEEPEST = 16


class NotStrict(ValueError):
    """reason: a short fixed word for counting."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_object(raw: bytes) -> dict[str, Any]:
    """Read a JSON object of finite numbers and storable text.

    Raises NotStrict: "encoding", "json", "duplicate_name", "number", "depth", "text" (half a
    surrogate pair or NUL, which databases refuse) or "shape" (JSON, but not an object).
    """
    try:
        found = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_without_repeats,
            parse_constant=_refuse_number,
            parse_float=_finite,
        )
    except UnicodeDecodeError:
        raise NotStrict("encoding") from None
    except RecursionError:
        raise NotStrict("depth") from None
    except NotStrict:
        raise
    except ValueError:
        raise NotStrict("json") from None
    if not isinstance(found, dict):
        raise NotStrict("shape")
    _inspect(found)
    return found


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotStrict("duplicate_name")
    return found


def _refuse_number(word: str) -> float:
    raise NotStrict("number")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise NotStrict("number")
    return value


def _inspect(document: dict[str, Any]) -> None:
    """Walk level by level, so that depth costs no recursion."""
    level: list[Any] = [document]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                below += [*value.keys(), *value.values()]
            elif isinstance(value, list):
                below += value
            elif isinstance(value, str) and not _is_storable(value):
                raise NotStrict("text")
        if not below:
            return
        level = below
    raise NotStrict("depth")


def _is_storable(value: str) -> bool:
    return not any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in value)
