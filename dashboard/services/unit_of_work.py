"""The one way to write: a transaction that also counts up the feeds it changed.

No transaction may be open while a vendor is spoken to; `calling_out` sees to that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import literal_column
from sqlalchemy import text as sql
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from dashboard.errors import StoreUnavailable, text
from dashboard.extensions import WRITES, db

CHANNELS = "channels"
RECORDINGS = "recordings"
SHELL = "shell"

_INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
_WRITING = "tallydeck_writing"
_BUMP = sql(
    "INSERT INTO feed (name, version) VALUES (:name, 1) "
    "ON CONFLICT (name) DO UPDATE SET version = feed.version + 1"
)


def recording_feed(recording_id: int) -> str:
    return f"recording/{recording_id}"


class Transaction:
    """An open write transaction."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._touched: set[str] = set()

    def touch(self, *feeds: str) -> None:
        """Say that what these feeds show has changed."""
        self._touched.update(feeds)

    def touch_recording(self, recording_id: int, *, on_air: bool = False) -> None:
        """A recording's row and page changed. on_air: what is on air may have, too."""
        self.touch(CHANNELS, RECORDINGS, recording_feed(recording_id))
        if on_air:
            self.touch(SHELL)

    def insert_new(self, table: Any, **values: Any) -> bool:
        """Add a row unless there is one with its key already. Returns whether it was added.

        Safe where two write at the same moment. All columns without a default are given.
        """
        insert = _INSERTS[self.session.get_bind().dialect.name]
        statement = insert(table.__table__).values(**values).on_conflict_do_nothing()
        added = self.session.execute(statement.returning(literal_column("1")))
        return added.first() is not None

    def bump(self) -> None:
        for name in sorted(self._touched):  # one order for all, so that nobody deadlocks
            self.session.execute(_BUMP, {"name": name})


@contextmanager
def transaction() -> Iterator[Transaction]:
    """Begin for writing, commit at the end, roll back on any error.

    What was read before in this context is forgotten: read it again inside.
    Raises StoreUnavailable when the database is locked, full or away.
    """
    session: Session = db.session()
    if session.info.get(_WRITING):
        raise RuntimeError("a transaction is open already")
    session.rollback()
    session.expire_all()
    try:
        session.connection(execution_options={WRITES: True})
        session.info[_WRITING] = True
        work = Transaction(session)
        yield work
        session.flush()
        work.bump()
        session.commit()
    except OperationalError as fault:
        session.rollback()
        raise StoreUnavailable(
            text("The database cannot take this now. Nothing was changed; try again.")
        ) from fault
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_WRITING, None)


@contextmanager
def calling_out() -> Iterator[None]:
    """Speak to a vendor in here: ends the reading, refuses if a write is open."""
    session: Session = db.session()
    if session.info.get(_WRITING):
        raise RuntimeError("a vendor is called while a transaction is open")
    session.rollback()
    yield
