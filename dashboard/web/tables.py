"""Rows as files to take along: CSV for spreadsheets, JSON lines for programs; both streamed."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import Response, stream_with_context

from dashboard.errors import Text
from dashboard.web.filters import say

FORMATS: Mapping[str, str] = {"csv": "text/csv", "jsonl": "application/jsonl"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula."""

Row = Mapping[str, Any]


def attachment(name: str, kind: str, columns: Iterable[str], rows: Iterable[Row]) -> Response:
    """name: without its ending. kind: one of FORMATS. columns: the head of a CSV."""
    lines = csv_lines(tuple(columns), rows) if kind == "csv" else json_lines(rows)
    answer = Response(stream_with_context(lines), mimetype=FORMATS[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def json_lines(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        yield json.dumps(row, default=_plain, ensure_ascii=False) + "\n"


def csv_lines(columns: tuple[str, ...], rows: Iterable[Row]) -> Iterator[str]:
    """Text that a spreadsheet would run as a formula begins with an apostrophe."""
    yield "\ufeff" + _csv_line(columns)  # tells spreadsheets that it is UTF-8
    for row in rows:
        yield _csv_line([safe(row.get(name)) for name in columns])


def safe(value: Any) -> Any:
    if value is None or isinstance(value, (int, float)):
        return value
    words = value if isinstance(value, str) else _plain(value)
    return f"'{words}" if words.startswith(_FORMULA) else words


def _csv_line(cells: Iterable[Any]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _plain(value: Any) -> str:
    if isinstance(value, Text):
        return say(value)
    return value.isoformat() if isinstance(value, datetime) else str(value)
