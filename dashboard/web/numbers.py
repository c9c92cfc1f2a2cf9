"""Numbers of rows, as they come in addresses: none is larger than a database can look for."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**63 - 1


class RowNumber(IntegerConverter):
    """`<int:id>` of a route; a number that no row can have is no such address."""

    def __init__(self, map: Map, **options: int | bool) -> None:
        super().__init__(map, **{"max": LARGEST, **options})


def row_number(typed: str) -> int:
    """The same for `type=` of a query's or a form's argument. Raises ValueError."""
    number = int(typed)
    if not 0 <= number <= LARGEST:
        raise ValueError(typed)
    return number


def bind(app: Flask) -> None:
    app.url_map.converters["int"] = RowNumber
