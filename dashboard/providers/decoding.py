"""What the numbers in a vendor's notice mean, found by their names.

A vendor brings tables: for a name, either the meaning of each value or a function of it.
Numbers in no table are told, too, as such.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from dashboard.clock import from_ms
from dashboard.errors import Text, text
from dashboard.providers.base import Fact

Meaning = tuple[Text, ...] | datetime | None
Reader = Mapping[Any, Text] | Callable[[Any], Meaning]
Readers = Mapping[str, Reader]

MOST_FACTS = 200
_LONGEST = 120
_LATEST_MS = 253_402_300_799_000


def facts_of(document: Mapping[str, Any], readers: Readers, within: str = "") -> Iterator[Fact]:
    """Every whole number, and each word that a reader knows by its name.

    within: the object's own name. A reader may be for "name" or for "within.name".
    """
    for name, value in document.items():
        path = f"{within}.{name}" if within else name
        if isinstance(value, Mapping):
            yield from facts_of(value, readers, name)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, Mapping):
                    yield from facts_of(item, readers, name)
        else:
            fact = _fact(path, value, readers.get(path) or readers.get(name))
            if fact is not None:
                yield fact


def a_time(value: Any) -> datetime | None:
    """ms since 1970, as a number or as text; s where it is too small for ms."""
    number = _number(value)
    if number is None or not 0 < number <= _LATEST_MS:
        return None
    return from_ms(number if number >= 10**11 else number * 1000)


def just(words: Text) -> Callable[[Any], Meaning]:
    """What it counts, whatever its value."""
    return lambda value: (words,)


def hundredths(value: Any) -> Meaning:
    number = _number(value)
    return None if number is None else (text("%(percent)s %%", percent=f"{number / 100:g}"),)


def _fact(path: str, value: Any, reader: Reader | None) -> Fact | None:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    if reader is None:
        return Fact(path, str(value)) if isinstance(value, int) else None
    if isinstance(reader, Mapping):
        key = value if value in reader else _number(value)
        found: Meaning = (reader[key],) if key in reader else None
    else:
        found = reader(value)
    shown = str(value)[:_LONGEST]
    if isinstance(found, datetime):
        return Fact(path, shown, at=found)
    return Fact(path, shown, found or ())


def _number(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        return int(value)
    return None
