"""Changing the key of the vault while the house goes on.

1. The new key and the old one are written down together. From here on all processes seal with
   the new key and open with both.
2. Every sealed column of every table is sealed anew, a few rows a transaction.
3. When a whole pass finds nothing left, the old key is forgotten.

A crash anywhere leaves something that opens; the same command goes on from there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Column, select, update

from dashboard.errors import Conflict, text
from dashboard.extensions import db
from dashboard.services import audit, context, vault
from dashboard.services.unit_of_work import transaction
from dashboard.settings import write_encryption_keys

ROWS_AT_ONCE = 200
PASSES = 10


@dataclass(frozen=True)
class Done:
    """sealed: how many values. in_file: the keys are in keys.env, and the old one is gone."""

    sealed: int
    columns: int
    in_file: bool


def rotate() -> Done:
    """Change the key. Raises vault.VaultClosed for a value that neither key opens, and Conflict
    where the new key has to be given first."""
    settings = context.settings()
    if settings.keys_are_in_file:
        _begin()
    elif len(settings.encryption_keys()) < 2:
        raise Conflict(
            text(
                "The key is given from outside. Put a new one into TALLYDECK_ENCRYPTION_KEY and "
                "the present one into TALLYDECK_ENCRYPTION_KEY_OLD, restart everything, and "
                "begin again."
            )
        )
    columns = sealed_columns()
    sealed = _until_nothing_is_left(columns)
    if settings.keys_are_in_file:
        write_encryption_keys(settings.keys_file, settings.encryption_keys()[0])
    with transaction() as work:
        audit.note(work, "vault.rotate", "vault", sealed=sealed)
    return Done(sealed, len(columns), settings.keys_are_in_file)


def sealed_columns() -> list[Column]:
    """All columns that models/columns.py marks as sealed."""
    return [
        column
        for table in db.metadata.sorted_tables
        for column in table.columns
        if column.info.get("sealed")
    ]


def _begin() -> None:
    """Unless one was begun before: then that one goes on."""
    settings = context.settings()
    keys = settings.encryption_keys()
    if len(keys) < 2:
        write_encryption_keys(settings.keys_file, vault.new_key(), *keys)


def _until_nothing_is_left(columns: list[Column]) -> int:
    """Somebody may seal with the old key while we look: only an empty pass is the last."""
    sealed = 0
    for _ in range(PASSES):
        found = sum(_pass(column) for column in columns)
        sealed += found
        if not found:
            return sealed
    raise Conflict(
        text("Something still seals with the old key. Restart every process, and begin again.")
    )


def _pass(column: Column) -> int:
    return sum(_seal_anew(column, ids) for ids in _ids(column))


def _ids(column: Column) -> Iterator[list[int]]:
    key = column.table.c.id
    after = 0
    while True:
        query = select(key).where(key > after, column.is_not(None)).order_by(key)
        ids = list(db.session.scalars(query.limit(ROWS_AT_ONCE)))
        db.session.rollback()
        if not ids:
            return
        yield ids
        after = ids[-1]


def _seal_anew(column: Column, ids: list[int]) -> int:
    """How many of these rows were still sealed with the old key."""
    table, sealed = column.table, 0
    with transaction() as work:
        rows = work.session.execute(
            select(table.c.id, column).where(table.c.id.in_(ids)).with_for_update()
        ).all()
        for row_id, value in rows:
            place = f"{table.name}/{column.name}/{row_id}"
            if value is None or vault.is_new(value, place):
                continue
            anew = vault.seal(vault.unseal(value, place), place)
            work.session.execute(
                update(table).where(table.c.id == row_id).values({column.name: anew})
            )
            sealed += 1
    return sealed
