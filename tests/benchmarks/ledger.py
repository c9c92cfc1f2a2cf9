"""How long a page of the ledger takes with many callbacks, and how fast they come in.

`python -m tests.benchmarks.ledger [rows]`, 100,000 unless told. A page's time is told as a
multiple of the same page with 1,000 rows in the same run, deliveries as a share of what bare
INSERTs with a commit each reach on the same disk.
"""

import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text as sql

from dashboard import create_app
from dashboard.domain.events import EventKind
from dashboard.domain.recording import StorageTarget
from dashboard.extensions import db
from dashboard.models import Account
from dashboard.protocols.signatures import agora_headers
from dashboard.providers.agora import callbacks as agora
from dashboard.services import accounts, callbacks, storage_targets
from dashboard.services.reading import ledger
from dashboard.services.readmodels_ledger import LedgerFilters
from dashboard.services.unit_of_work import transaction
from dashboard.settings import load

FEW, MANY, ROUNDS, SENT = 1_000, 100_000, 15, 300
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
"""The first row came a second later."""
BODY = agora.probe("0" * 16, BEGIN).replace(b"test_webhook", b"lesson")


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else MANY
    few_s, _, _ = measured(FEW)
    many_s, received, bare = measured(many)
    print(f"page of the ledger with {many:,} rows, against {FEW:,} rows:")
    for name, seconds in many_s.items():
        print(f"  {name:<24}{seconds * 1000:8.1f} ms  {seconds / few_s[name]:6.2f} times")
    print(f"deliveries a second with {many:,} rows: {received:.0f}, "
          f"{received / bare:.2f} of bare INSERTs ({bare:.0f})")  # fmt: skip


def measured(rows: int) -> tuple[dict[str, float], float, float]:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load(data=Path(folder)))
        with app.app_context():
            db.create_all()
            account_id = an_account(folder)
            fill(account_id, rows)
            pages = {name: median(filters) for name, filters in screens(rows).items()}
            received = deliveries_a_second()
            db.session.remove()
            db.engine.dispose()
        return pages, received, inserts_a_second(Path(folder))


def screens(rows: int) -> dict[str, LedgerFilters]:
    half = BEGIN + timedelta(seconds=rows / 2)
    return {
        "newest": LedgerFilters(),
        "the middle": LedgerFilters(before=str(rows // 2)),
        "one channel": LedgerFilters(channel="room-7"),
        "errors": LedgerFilters(level="error"),
        "unmatched": LedgerFilters(show="unmatched"),
        "a kind of an account": LedgerFilters(account_id=1, kind=EventKind.EXITED),
        "a time": LedgerFilters(since=half, until=half + timedelta(seconds=100)),
        "words not there": LedgerFilters(search="nothing like it"),
    }


def median(filters: LedgerFilters) -> float:
    """Of the same page, read again and again, in seconds."""
    seen = []
    for _ in range(ROUNDS):
        db.session.rollback()
        db.session.expunge_all()
        began = time.perf_counter()
        ledger.page(filters)
        seen.append(time.perf_counter() - began)
    return statistics.median(seen)


def an_account(folder: str) -> int:
    with transaction() as work:
        target = StorageTarget("local", "rec", folder=folder)
        return accounts.add(
            work, name="a", vendor="agora", base_url="http://127.0.0.1:9", app_id="app",
            url_key="key", credentials={}, callback_secrets=("secret",),
            storage_id=storage_targets.add(work, "Local", target).id,
        ).id  # fmt: skip


def fill(account_id: int, rows: int) -> None:
    """Rows as deliveries leave them: 100 to a session, 1 in 50 an error. Made by SQLite itself."""
    with db.engine.begin() as connection:
        connection.execute(sql(_FILL), {"account": account_id, "rows": rows, "raw": BODY})


_FILL = """
INSERT INTO callback_delivery (
    id, account_id, duplicate_key, received_at, address, headers, raw, verdict, handle_key, channel,
    recorder_uid, event_at, sequence, recording_id, applied_at, attempts, repeats, signature, kind,
    level, tries)
WITH RECURSIVE each(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM each WHERE n < :rows),
told AS (
    SELECT n, strftime('%Y-%m-%d %H:%M:%S.000000', 1767225600 + n, 'unixepoch') AS at FROM each)
SELECT n, :account, 'said:' || n, at, '192.0.2.1', '{"Content-Type": "application/json"}', :raw,
    'genuine', printf('%032x', n / 100), 'room-' || (n % 1000), '9', at, n % 100, n / 100 + 1, at,
    0, 0, 'genuine', iif(n % 50, 'upload_progress', 'error'), iif(n % 50, 'info', 'error'), 1
FROM told"""


def deliveries_a_second() -> float:
    key = db.session.query(Account).one().url_key
    bodies = [agora.probe(f"{n:016x}", datetime.now(UTC)) for n in range(SENT)]
    began = time.perf_counter()
    for raw in bodies:
        callbacks.receive(key, agora_headers("secret", raw), raw, "192.0.2.1")
    return SENT / (time.perf_counter() - began)


def inserts_a_second(folder: Path) -> float:
    """The baseline: one INSERT and one commit that waits for the disk, by sqlite3 alone."""
    connection = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, raw BLOB)")
    began = time.perf_counter()
    for _ in range(SENT):
        connection.execute("INSERT INTO bare (raw) VALUES (?)", (BODY,))
    took_s = time.perf_counter() - began
    connection.close()
    return SENT / took_s


if __name__ == "__main__":
    main()
