"""Queueing durable work from a process that does none itself, such as the web server.

It may fail: the wish is in our own tables before it is queued, and the worker looks there,
too. So it never waits long for a database that is busy or away.
"""

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dashboard.jobs import names
from dashboard.settings import Settings

if TYPE_CHECKING:
    from dbos import DBOSClient

BUSY_S = 1.0


def enqueuer(settings: Settings) -> "Enqueuer":
    """What services queue with: see services/context.py, Enqueue."""
    return Enqueuer(settings.jobs_database)


def warm_up() -> None:
    """Load in the background what the first call needs (0.4 s), before anybody waits for it."""
    threading.Thread(target=_library, daemon=True).start()


class Enqueuer:
    """Called with (kind, workflow id, {"recording_id"}); the same id again changes nothing.

    Connects at the first call. Raises OSError when the queue's database cannot take it now.
    """

    def __init__(self, database: str) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._client: DBOSClient | None = None

    def __call__(self, kind: str, workflow_id: str, payload: Mapping[str, Any]) -> None:
        workflow, queue = names.WORK[kind]
        try:
            self._connected().enqueue(
                {"queue_name": queue, "workflow_name": workflow, "workflow_id": workflow_id},
                payload["recording_id"],
            )
        except sa.exc.SQLAlchemyError as fault:
            cause = str(fault).partition("\n")[0]  # its further lines are the whole statement
            raise OSError(f"the queue's database: {cause}") from fault

    def close(self) -> None:
        with self._lock:
            if self._client is not None:
                self._client.destroy()
                self._client = None

    def _connected(self) -> "DBOSClient":
        with self._lock:
            if self._client is None:
                self._client = _library()(
                    system_database_engine=_engine(self._database),
                    application_name=names.APPLICATION,
                    lazy=True,
                    retry_connection_errors=False,
                )
            return self._client


def _library() -> Callable[..., "DBOSClient"]:
    from dbos import DBOSClient

    return DBOSClient


def _engine(database: str) -> sa.Engine:
    """A short pool with short limits: somebody waits for the page."""
    if not database.startswith("sqlite"):
        return sa.create_engine(
            database, pool_size=2, pool_timeout=BUSY_S, connect_args={"connect_timeout": 2}
        )
    engine = sa.create_engine(database, connect_args={"timeout": BUSY_S})
    sa.event.listen(engine, "connect", _write_at_once)
    return engine


def _write_at_once(connection: Any, _record: object) -> None:
    connection.isolation_level = "IMMEDIATE"  # as the library does: its reads turn into writes
