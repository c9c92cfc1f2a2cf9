"""What is not signed as it should be: kept, bounded, and in nobody's way."""

import pytest

from dashboard.errors import CallbackRejected
from dashboard.extensions import db
from dashboard.models import AccountState, CallbackDelivery
from dashboard.protocols.signatures import agora_headers
from dashboard.services import callbacks, refused


@pytest.fixture
def running(house):
    recording_id = house.start()
    house.tell(house.task(), 40, status=0)
    return recording_id


def send_forged(raw, secret="a guess"):
    with pytest.raises(CallbackRejected):
        callbacks.receive("account-key", agora_headers(secret, raw), raw, "198.51.100.7")


def kept(*verdicts):
    db.session.rollback()
    rows = db.session.query(CallbackDelivery).order_by(CallbackDelivery.id).all()
    return [row for row in rows if row.verdict in verdicts]


def test_it_keeps_a_forged_one_with_what_it_claims(house, running):
    _, raw = house.cloud.callback(house.task(), 11, exitStatus=0)
    send_forged(raw)
    (row,) = kept("forged")
    assert (row.raw, row.signature, row.channel) == (raw, "forged", "lesson")
    assert (row.recording_id, row.handle_key, row.applied_at) == (running, None, None)


def test_a_forged_one_never_stands_in_the_way_of_the_genuine(house, running):
    headers, raw = house.cloud.callback(house.task(), 41, leaveCode=4)
    send_forged(raw)
    callbacks.receive("account-key", headers, raw, "192.0.2.1")
    assert house.state(running) == "uploading"
    assert [row.repeats for row in kept("genuine", "forged")] == [0, 0, 0]


def test_it_keeps_the_genuine_one_when_a_forged_copy_follows(house, running):
    headers, raw = house.cloud.callback(house.task(), 41, leaveCode=4)
    callbacks.receive("account-key", headers, raw, "192.0.2.1")
    send_forged(raw)
    send_forged(raw)
    genuine, forged = kept("genuine")[-1], kept("forged")[-1]
    assert (genuine.repeats, forged.repeats) == (0, 1)


def test_a_flood_is_counted_whole_and_kept_in_part(house, monkeypatch):
    monkeypatch.setattr(refused, "KEPT", 30)
    for wave in range(4):
        for number in range(refused.AT_ONCE + 20):
            send_forged(b"%d %d" % (wave, number))
        house.clock.advance(refused.WINDOW.total_seconds())
    send_forged(b"the last")
    rows = kept("forged")
    assert len(rows) == 30
    assert rows[-1].raw == b"the last"
    assert db.session.get(AccountState, house.account_id).forged == 4 * 120 + 1


def test_a_flood_against_one_account_throws_away_nothing_genuine(house, running, monkeypatch):
    monkeypatch.setattr(refused, "KEPT", 5)
    before = len(kept("genuine"))
    for number in range(20):
        send_forged(b"%d" % number)
    assert len(kept("genuine")) == before
