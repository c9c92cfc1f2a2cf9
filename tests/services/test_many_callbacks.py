"""Deliveries in a wild order: doubled, missing, forged. Nothing is lost or counted twice.

2,000 in every run of the tests; `TALLYDECK_TEST_DELIVERIES=10000` sends ten thousand.
"""

import json
import os
import random

import pytest

from dashboard import extensions
from dashboard.errors import CallbackRejected
from dashboard.extensions import db
from dashboard.models import AccountState, CallbackDelivery
from dashboard.protocols.signatures import agora_headers
from dashboard.services import callbacks, refused
from dashboard.services.reading import ledger
from dashboard.services.readmodels_ledger import LedgerFilters
from tests.services.fakes import Task

SENT = int(os.environ.get("TALLYDECK_TEST_DELIVERIES", "2000"))
SESSIONS = 20
LOST, DOUBLED, FORGED = SENT // 50, SENT // 7, SENT // 20


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    """How safe the disk is, is not the matter here."""
    slow, quick = "PRAGMA synchronous = FULL", "PRAGMA synchronous = OFF"
    pragmas = tuple(quick if one == slow else one for one in extensions.SQLITE_PRAGMAS)
    assert quick in pragmas
    monkeypatch.setattr(extensions, "SQLITE_PRAGMAS", pragmas)


@pytest.fixture
def plan(house):
    """(headers, raw, genuine) of each delivery, shuffled; and the sequences left out."""
    chance = random.Random(20260101)
    each = (SENT - DOUBLED - FORGED + LOST) // SESSIONS
    tasks = [Task(f"{n:032x}", f"room-{n}", "9", ()) for n in range(1, SESSIONS + 1)]
    all_of = [(task, sequence) for task in tasks for sequence in range(each)]
    lost = set(map(tuple_of, chance.sample([p for p in all_of if 0 < p[1] < each - 1], LOST)))
    told = [house.cloud.callback(task, 33, sequence=n, progress=n) for task, n in all_of
            if tuple_of((task, n)) not in lost]  # fmt: skip
    copies = chance.sample(told, DOUBLED)
    forged = [(agora_headers("a guess", raw), raw) for _, raw in chance.sample(told, FORGED)]
    deliveries = [(*one, True) for one in told + copies] + [(*one, False) for one in forged]
    chance.shuffle(deliveries)
    return deliveries, lost


def tuple_of(place):
    return place[0].sid, place[1]


@pytest.mark.timeout(600)
def test_it_keeps_each_once_and_marks_what_is_missing(house, plan, monkeypatch):
    deliveries, lost = plan
    monkeypatch.setattr(callbacks, "_apply_safely", lambda *given: False)  # a worker does, later
    for headers, raw, genuine in deliveries:
        if genuine:
            callbacks.receive("account-key", headers, raw, "192.0.2.1")
        else:
            with pytest.raises(CallbackRejected):
                callbacks.receive("account-key", headers, raw, "198.51.100.7")
    db.session.rollback()
    rows = db.session.query(CallbackDelivery).filter_by(signature="genuine")
    state = db.session.get(AccountState, house.account_id)
    assert rows.count() == len(deliveries) - DOUBLED - FORGED
    assert state.repeated == sum(row.repeats for row in rows) == DOUBLED
    assert db.session.query(CallbackDelivery).filter_by(verdict="forged").count() <= refused.AT_ONCE
    assert gaps_of(ledger.export(LedgerFilters())) == lost
    assert len(ledger.page(LedgerFilters()).lines) == ledger.PER_PAGE


def gaps_of(exported):
    """(session, sequence) of all that the ledger misses."""
    found = set()
    for line, body in exported:
        if line.gap:
            sid = json.loads(body)["payload"]["sid"]
            found |= {(sid, missing) for missing in range(line.gap[0], line.gap[1] + 1)}
    return found
