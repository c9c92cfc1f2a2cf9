"""Many recordings, one limit: nobody waits longer than the line is, no account for another."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import insert

from dashboard.domain.lifecycle import RecordingState
from dashboard.extensions import db
from dashboard.models import Account, Recording
from dashboard.services import accounts, due, sync
from dashboard.services.files import Found
from dashboard.services.unit_of_work import transaction
from tests.services.fakes import MemoryClient, Task

LIMIT_PER_S = 10


@pytest.fixture
def running(house):
    """many(n): so many recordings run besides, on an account that is not the built-in one."""
    recording_id = house.start()
    sync.sync_one(recording_id)
    with transaction() as work:
        work.session.get(Account, house.account_id).builtin = False
        work.session.get(Recording, recording_id).next_sync_at = None

    def many(count, account_id=None, first=0, heard=False):
        """heard: they were asked a moment ago. Returns their sids."""
        row = db.session.get(Recording, recording_id)
        plain = {c.key: getattr(row, c.key) for c in Recording.__mapper__.column_attrs}
        del plain["id"]
        sids = [f"{account_id or 'a'}-{first + n:030}" for n in range(count)]
        for sid in sids:
            house.cloud.tasks[sid] = Task(sid, sid, "1", ("x",))
        pause = timedelta(seconds=100 if heard else 0)
        rows = [
            plain
            | {
                "key": sid,
                "handle": dict(row.handle) | {"sid": sid},
                "handle_key": sid,
                "channel_name": sid,
                "account_id": account_id or house.account_id,
                "next_sync_at": house.clock.now() + pause - timedelta(milliseconds=count - n),
            }
            for n, sid in enumerate(sids)
        ]
        with transaction() as work:
            work.session.execute(insert(Recording), rows)
        return sids

    return many


@pytest.fixture
def asked(house, monkeypatch):
    """When which recording was asked about, in seconds from now."""
    began, told = house.clock.now(), []

    def note(client, handle):
        told.append(((house.clock.now() - began).total_seconds(), handle["sid"]))
        return query(client, handle)

    query = MemoryClient.query
    monkeypatch.setattr(MemoryClient, "query", note)
    monkeypatch.setattr("dashboard.services.files.look", lambda *_: Found(readable=True))
    return told


def pass_time(house, seconds, step_s=0.5, limit=20):
    for _ in range(int(seconds / step_s)):
        sync.sync_due(limit)
        house.clock.advance(step_s)


def most_in_a_second(asked):
    times = [at for at, _ in asked]
    return max(sum(1 for other in times if at <= other < at + 1) for at in times)


def test_it_asks_about_a_thousand_in_turn_and_below_the_limit(house, running, asked):
    """All are due: four a second, none twice, those first that have waited longest."""
    sids = running(1000)
    pass_time(house, 40, step_s=1)
    assert [sid for _, sid in asked] == sids[: len(asked)]
    assert 160 <= len(asked) <= 164
    assert most_in_a_second(asked) < LIMIT_PER_S


def test_it_settles_a_doubt_at_once_in_a_calm_thousand(house, running, asked):
    """A gap in the sequence brings its recording forward; the others are not yet due."""
    sids = running(1000, heard=True)
    with transaction() as work:
        row = work.session.query(Recording).filter_by(handle_key=sids[777]).one()
        row.next_sync_at = house.clock.now()
    pass_time(house, 5)
    assert asked == [(0.0, sids[777])]


def test_it_sends_stops_before_it_asks(house, running, asked):
    sids = running(200)
    with transaction() as work:
        for row in work.session.query(Recording).filter(Recording.handle_key.in_(sids[150:153])):
            row.stop_wanted_at = house.clock.now()
            row.state = RecordingState.STOPPING.value
    sync.sync_due(5)
    assert house.cloud.asked.count("stop") == 3


def test_it_is_fair_between_accounts(house, running, asked):
    """500 wait on one account and four on another: the four come up with the first four."""
    other_id = second_account(house)
    running(500)
    running(4, account_id=other_id, first=9000)
    turns = Counter(one.account_id for one in due.first(8))
    assert turns == {house.account_id: 4, other_id: 4}


def second_account(house):
    with transaction() as work:
        first = work.session.get(Account, house.account_id)
        other = accounts.add(
            work, name="Other", vendor="memory", base_url=first.base_url, app_id="other",
            credentials={}, callback_secrets=(), storage_id=first.storage_id,
        )  # fmt: skip
        return other.id


def test_it_lets_one_ask_for_all_while_an_account_is_away(house, running, asked):
    running(20)
    house.cloud.down = True
    pass_time(house, 9, step_s=1, limit=50)
    assert 3 <= len(asked) <= 4
    assert (
        not db.session.query(Recording)
        .filter(Recording.handle_key.like("a-%"), Recording.unreachable_since.is_(None))
        .count()
    )
    house.cloud.down = False
    pass_time(house, 16, step_s=1)
    assert (
        not db.session.query(Recording)
        .filter(Recording.handle_key.like("a-%"), Recording.unreachable_since.is_not(None))
        .count()
    )
