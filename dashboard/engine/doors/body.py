"""Reading what a client sent, however badly it is made."""

import asyncio
import json
import math
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from dashboard.engine.doors.errors import bad_parameter, gateway_error, service_error
from dashboard.protocols.agora import Range
from dashboard.protocols.agora_errors import Code

BODY_LIMIT = 256 * 1024
READ_LIMIT_S = 10.0


async def read_object(request: web.Request) -> dict[str, Any]:
    """The JSON object of the body. Raises Answer: code 8 for another type, code 2 for bad JSON."""
    if request.content_type not in {"application/json", "application/octet-stream"}:
        raise service_error(400, Code.REQUEST, "Content-Type must be application/json")
    try:
        async with asyncio.timeout(READ_LIMIT_S):
            raw = await request.read()
    except TimeoutError:
        raise gateway_error(408, "Request Timeout") from None
    try:
        document = json.loads(raw, parse_constant=_no_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        raise bad_parameter("The body is not valid JSON.") from None
    if not isinstance(document, dict):
        raise bad_parameter("The body must be a JSON object.")
    return document


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(digits)
    return value


class Fields:
    """An object of the body being read field by field.

    A field that is missing or null counts as not given. Everything of the wrong type or
    outside its range raises Answer with code 2 and says which field it was.
    """

    def __init__(self, call: str, document: Mapping[str, Any], path: str = "") -> None:
        self.call = call
        self._document = document
        self._path = path

    @property
    def document(self) -> Mapping[str, Any]:
        """As it came."""
        return self._document

    def has(self, name: str) -> bool:
        return self._document.get(name) is not None

    def wrong(self, name: str, what: str) -> Exception:
        return bad_parameter(f"{self.call}: {self._path}{name} {what}")

    def integer(self, name: str, within: Range, required: bool = False) -> int | None:
        """Absent: the range's default, which may be None."""
        value = self._get(name, int, "an integer", required)
        if value is None:
            return within.default
        if value not in within:
            raise self.wrong(name, f"must be an integer from {within.low} to {within.high}")
        return value

    def number(self, name: str, low: float, high: float, default: float | None = None) -> float:
        """Required where there is no default."""
        value = self._document.get(name)
        if value is None and default is not None:
            return default
        if type(value) not in (int, float) or not low <= value <= high:
            raise self.wrong(name, f"must be a number from {low:g} to {high:g}")
        return float(value)

    def text(self, name: str, required: bool = False, longest: int = 4096) -> str | None:
        value = self._get(name, str, "a string", required)
        if value is None:
            return None
        if (required and not value) or len(value) > longest:
            raise self.wrong(name, f"must be a string of 1 to {longest} characters")
        return value

    def switch(self, name: str, default: bool = False) -> bool:
        value = self._get(name, bool, "true or false", False)
        return default if value is None else value

    def object(self, name: str, required: bool = False) -> "Fields | None":
        value = self._get(name, dict, "an object", required)
        return None if value is None else Fields(self.call, value, f"{self._path}{name}.")

    def texts(self, name: str, most: int) -> list[str] | None:
        value = self._get(name, list, "a list of strings", False)
        if value is None:
            return None
        if len(value) > most or not all(isinstance(item, str) for item in value):
            raise self.wrong(name, f"must be a list of at most {most} strings")
        return value

    def objects(self, name: str, most: int) -> "list[Fields] | None":
        value = self._get(name, list, "a list of objects", False)
        if value is None:
            return None
        if len(value) > most or not all(isinstance(item, dict) for item in value):
            raise self.wrong(name, f"must be a list of at most {most} objects")
        return [
            Fields(self.call, item, f"{self._path}{name}[{index}].")
            for index, item in enumerate(value)
        ]

    def _get(self, name: str, kind: type, words: str, required: bool) -> Any:
        value = self._document.get(name)
        if value is None:
            if required:
                raise self.wrong(name, "is required")
            return None
        if type(value) is not kind:
            raise self.wrong(name, f"must be {words}")
        return value
