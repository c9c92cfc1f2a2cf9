"""A dashboard with its database, a real engine, and worker processes to kill."""

import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import flask_migrate
import pytest

from dashboard import create_app
from dashboard.domain.recording import Canvas, Output, Profile, StorageTarget
from dashboard.extensions import db
from dashboard.models import Channel, Recording
from dashboard.services import (
    accounts,
    context,
    live,
    people,
    recordings,
    seed,
    storage_targets,
)
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import transaction
from dashboard.settings import load
from tests.engine.harness import REPOSITORY, CallbackReceiver, EngineProcess, wait_until


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """Its callbacks are lost: what the worker finds out, it finds out itself."""
    with (
        CallbackReceiver() as receiver,
        EngineProcess(tmp_path_factory.mktemp("engine"), receiver.url) as process,
    ):
        yield process


@dataclass
class House:
    """One installation. Its web server is the test itself."""

    folder: Path
    engine: EngineProcess
    processes: list[subprocess.Popen] = field(default_factory=list)

    def __post_init__(self):
        self.settings = load(**self.chosen)
        self.app = create_app(self.settings)
        with self.app.app_context():
            flask_migrate.upgrade()
            seed.ensure_defaults(self.settings)
            self.actor = Actor(
                id=people.add_user("op@example.org", "operator", secrets.token_hex(12)),
                email="op@example.org",
                role="operator",
            )
            self.account_id = db.session.query(Channel).one().account_id

    @property
    def chosen(self):
        return {
            "data": self.folder / "dashboard",
            "engine_url": self.engine.url,
            "engine_app_id": self.engine.app_id,
            "engine_customer_key": self.engine.customer_key,
            "engine_customer_secret": self.engine.customer_secret,
            "engine_data": self.engine.data,
        }

    def channel(self, account_id: int | None = None) -> int:
        """A new channel with nobody in it, of the engine's account unless told."""
        profile = Profile("900001", canvas=Canvas(320, 180, 10, 200), output=Output.HLS)
        with self.app.app_context(), transaction() as work:
            row = Channel(
                account_id=account_id or self.account_id,
                name="room-" + secrets.token_hex(3),
                profile=profile.to_json(),
                created_at=context.now(),
            )
            work.session.add(row)
            work.session.flush()
            return row.id

    def account(self, url: str) -> int:
        """Another account, at any address."""
        with self.app.app_context(), transaction() as work:
            target = StorageTarget("local", "rec", folder=str(self.folder))
            return accounts.add(
                work,
                name=url,
                vendor="agora",
                base_url=url,
                app_id="app",
                credentials={"customer_key": "key", "customer_secret": "secret"},
                callback_secrets=("callbacks",),
                storage_id=storage_targets.add(work, url[:80], target).id,
            ).id

    def start(self, channel_id: int) -> int:
        with self.app.app_context():
            return recordings.start(channel_id, secrets.token_hex(8), self.actor)

    def end_lease(self, recording_id: int) -> None:
        """As if a minute had passed since somebody died in the middle of a start."""
        started_at = self.row(recording_id).started_at
        with self.app.app_context(), transaction() as work:
            live.set_columns(work, recording_id, next_sync_at=started_at)

    def stop(self, recording_id: int) -> None:
        with self.app.app_context():
            recordings.stop(recording_id, self.actor)

    def row(self, recording_id: int) -> Recording:
        with self.app.app_context():
            return db.session.get(Recording, recording_id)

    def wait_for_state(self, recording_id: int, *states: str, limit_s: float = 20) -> Recording:
        def reached():
            row = self.row(recording_id)
            return row if row.state in states else None

        return wait_until(reached, limit_s, f"{states}, is {self.row(recording_id).state}")

    def sids(self, recording_id: int) -> list[str]:
        """What the engine has under way in the recording's channel."""
        name = self.row(recording_id).channel_name
        found = self.engine.studio(f"/channels/{name}").json()["recordings"]
        return [item["sid"] for item in found]

    # --- workers ------------------------------------------------------------------------

    def work(self, *command: str) -> subprocess.Popen:
        """A worker process, up when this returns."""
        environment = os.environ | {
            "TALLYDECK_" + name.upper(): str(value) for name, value in self.chosen.items()
        }
        with open(self.folder / "worker.log", "a") as output:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=REPOSITORY,
                env=environment,
                stdout=output,
                stderr=output,
            )
        self.processes.append(process)
        mark = self.log.count(UP)
        wait_until(lambda: self.log.count(UP) > mark, 20, "the worker to be up")
        return process

    def worker(self) -> subprocess.Popen:
        """The worker as it is started for real."""
        return self.work("-m", "tests.jobs.process", "worker")

    def workflows_alone(self) -> subprocess.Popen:
        """Only its workflows, without the loops that would find the same work."""
        return self.work("-m", "tests.jobs.process", "workflows")

    @property
    def log(self) -> str:
        path = self.folder / "worker.log"
        return path.read_text() if path.exists() else ""

    def workflow(self, workflow_id: str) -> str | None:
        """The status of a workflow, None before it is queued."""
        with sqlite3.connect(self.settings.jobs_database.removeprefix("sqlite:///")) as jobs:
            row = jobs.execute(
                "SELECT status FROM workflow_status WHERE workflow_uuid = ?", (workflow_id,)
            ).fetchone()
        jobs.close()
        return row[0] if row else None

    def end(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()


UP = "is up"


@pytest.fixture
def house(tmp_path, engine):
    house = House(tmp_path, engine)
    yield house
    house.end()
    engine.faults(start_lost=0, start_delay_s=0, callbacks_off=False)


def kill(process: subprocess.Popen) -> None:
    """As a crash would."""
    process.send_signal(signal.SIGKILL)
    process.wait()


def seconds_to_end(process: subprocess.Popen, number: int) -> float:
    began = time.monotonic()
    process.send_signal(number)
    process.wait(10)
    return time.monotonic() - began
