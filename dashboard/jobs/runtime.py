"""DBOS in this process: durable workflows that go on where a killed worker left them.

Facts it is built on (DBOS Transact 3.4): a dead worker's workflows are taken up by one with
the same executor id; only those of our own application version are; queues are declared
after the launch. There is one DBOS a process, hence the one application kept here.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from dbos import DBOS, DBOSConfig
from flask import Flask
from sqlalchemy import make_url

from dashboard.jobs import names
from dashboard.jobs.loops import in_short
from dashboard.settings import Settings

log = logging.getLogger(__name__)

AT_ONCE = 200
"""Workflows of one queue that may be under way in this process; nearly all of them sleep."""
POLL_S = 0.25
"""Whoever presses Start or Stop has spoken to the vendor already, so nobody waits for a queue.
Measured, two queues, idle: every 0.25 s costs 2.7 % of a core (pick-up 0.1 s), every 0.05 s
costs 10 % (0.03 s)."""
CLOSE_S = 1.0
KEPT = timedelta(days=7)
FORGOTTEN_AT_A_TIME = 1000

_app: Flask | None = None


def launch(app: Flask, settings: Settings, poll_s: float = POLL_S) -> None:
    """Begin to take up workflows, those of a killed predecessor first."""
    from dashboard.jobs import commands  # noqa: F401  (declares the workflows)

    global _app
    _app = app
    _prepare(settings.jobs_database)
    try:
        DBOS(config=_configuration(settings))
        DBOS.launch()
        for queue in names.QUEUES:
            DBOS.register_queue(queue, worker_concurrency=AT_ONCE, polling_interval_sec=poll_s)
    except BaseException:
        DBOS.destroy()  # half of it may run; the next try begins afresh
        raise


def _configuration(settings: Settings) -> DBOSConfig:
    return {
        "name": names.APPLICATION,
        "system_database_url": settings.jobs_database,
        "application_version": names.VERSION,
        "executor_id": settings.worker_id,
        "log_level": "WARNING",
    }


def forget_ended(now: datetime) -> int:
    """Delete workflows that ended long ago. Returns how many; more may be left."""
    before = (now - KEPT).isoformat()
    ended = DBOS.list_workflows(
        status=["SUCCESS", "ERROR", "CANCELLED"],
        completed_before=before,
        limit=FORGOTTEN_AT_A_TIME,
        load_input=False,
        load_output=False,
    )
    ids = [workflow.workflow_id for workflow in ended]
    if ids:
        DBOS.delete_workflows(ids)
    return len(ids)


def shut_down() -> None:
    """Let go of the queues. Workflows under way stay as they are, for the next launch."""
    closing = threading.Thread(target=DBOS.destroy, daemon=True)
    closing.start()
    closing.join(CLOSE_S)


def in_app(work: Callable[[int], bool], recording_id: int) -> bool:
    """Call a service for a step. Returns what it returned; False after any fault.

    A fault is told in one line and tried again after the workflow's next pause.
    """
    if _app is None:
        raise RuntimeError("the runtime is not launched")
    try:
        with _app.app_context():
            return bool(work(recording_id))
    except Exception as fault:  # a workflow that failed would not be tried again
        log.error("recording %s: %s", recording_id, in_short(fault))
        log.debug("recording %s: where it happened", recording_id, exc_info=True)
        return False


def _prepare(database: str) -> None:
    """SQLite: let readers and the one writer not wait for each other. Kept in the file."""
    path = make_url(database).database if database.startswith("sqlite") else None
    if path and path != ":memory:":
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.close()
