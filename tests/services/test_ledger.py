"""The ledger: what came, in which order, what came twice, what is missing."""

import itertools
import json
import random
from datetime import timedelta

import pytest

from dashboard.domain.events import EventKind
from dashboard.errors import CallbackRejected
from dashboard.extensions import db
from dashboard.models import CallbackDelivery
from dashboard.protocols.signatures import agora_headers
from dashboard.services import callbacks
from dashboard.services.reading import ledger
from dashboard.services.readmodels_ledger import LedgerFilters
from tests.services.fakes import SECRET, Task


@pytest.fixture
def running(house):
    return house.start()


def send(headers, raw):
    callbacks.receive("account-key", headers, raw, "192.0.2.1")


def send_forged(raw):
    with pytest.raises(CallbackRejected):
        send(agora_headers("a guess", raw), raw)


def told(house, sequence):
    """A signed callback with this number."""
    return house.cloud.callback(house.task(), 33, sequence=sequence, progress=sequence * 100)


def seen(**filters):
    db.session.rollback()
    return ledger.page(LedgerFilters(**filters)).lines


def numbers(lines):
    return [line.sequence for line in lines if line.signature == "genuine"]


def test_it_folds_orders_and_rejects(house, running):
    """0, 1, 3, 3, 2 and a forged one: 0 to 3 in order, one duplicate, no gap, one rejected."""
    for sequence in (0, 1, 3, 3, 2):
        send(*told(house, sequence))
    send_forged(told(house, 4)[1])
    lines = ledger.entries_of(running)
    assert numbers(lines) == [0, 1, 2, 3]
    assert [line.repeats for line in lines if line.signature == "genuine"] == [0, 0, 0, 1]
    assert [line.gap for line in lines] == [None] * 5
    assert [line.outcome for line in lines].count("refused") == 1


def test_it_marks_what_is_missing(house, running):
    for sequence in (0, 2, 6):
        send(*told(house, sequence))
    assert [line.gap for line in ledger.entries_of(running)] == [None, (1, 1), (3, 5)]
    assert [line.gap for line in seen()] == [(3, 5), (1, 1), None]


def test_a_gap_closes_when_the_missing_one_comes(house, running):
    for sequence in (0, 2, 1):
        send(*told(house, sequence))
    assert {line.gap for line in ledger.entries_of(running)} == {None}


def test_a_first_one_that_is_missing_is_a_gap_too(house, running):
    send(*told(house, 2))
    assert seen()[0].gap == (0, 1)


def test_a_forged_one_fills_no_gap(house, running):
    send(*told(house, 0))
    send(*told(house, 2))
    send_forged(told(house, 1)[1])
    assert (1, 1) in {line.gap for line in ledger.entries_of(running)}


def test_it_folds_the_same_number_under_another_id(house, running):
    _, raw = told(house, 0)
    send(agora_headers(SECRET, raw), raw)
    other = json.dumps(json.loads(raw) | {"noticeId": "another"}).encode()
    send(agora_headers(SECRET, other), other)
    (line,) = seen()
    assert (line.repeats, line.duplicate_of) == (1, None)
    assert len(house.sentences(running)) == 3  # pressed, accepted, told once


def test_it_marks_the_same_number_with_another_content(house, running):
    send(*told(house, 0))
    send(*house.cloud.callback(house.task(), 40, sequence=0, status=0))
    second, first = seen()
    assert second.duplicate_of == first.id
    assert second.outcome == "applied"


def test_it_takes_every_order_for_the_same(house):
    """All 24 orders of four, each doubled somewhere, end alike."""
    ends = set()
    for order in itertools.permutations(range(4)):
        recording_id = house.start()
        task = house.task()
        (told_first, *_) = bodies = [
            house.cloud.callback(task, 40, sequence=0, status=0),
            house.cloud.callback(task, 42, sequence=1, startUtcMs=1, discontinueUtcMs=1),
            house.cloud.callback(task, 41, sequence=2, leaveCode=4),
            house.cloud.callback(task, 31, sequence=3, status=0, fileList=[]),
        ]
        for number in order:
            send(*bodies[number])
            send(*told_first) if number == 0 else None
        lines = ledger.entries_of(recording_id)
        ends.add((
            house.state(recording_id), tuple(numbers(lines)), sum(line.repeats for line in lines),
            any(line.gap for line in lines), str(lines[-1].sentence),
        ))  # fmt: skip
        task.phase = task.phase.ENDED
    assert len(ends) == 1
    assert next(iter(ends))[:4] == ("completed", (0, 1, 2, 3), 1, False)


def test_it_tells_when_it_came_and_how_late(house, running):
    headers, raw = told(house, 0)
    house.clock.advance(2.5)
    send(headers, raw)
    (line,) = seen()
    assert line.lag_s == 2.5
    assert line.received_at - line.event_at == timedelta(seconds=2.5)
    assert (line.account_name, line.channel, line.recording_id) == ("Test cloud", "lesson", running)
    assert str(line.sentence) == "Uploaded: 0 %."


def test_it_lists_apart_what_belongs_to_no_recording(house, running):
    house.tell(house.task(), 40, status=0)
    house.tell(Task("f" * 32, "other room", "77", ()), 40, status=0)
    (line,) = seen(show="unmatched")
    assert (line.channel, line.outcome) == ("other room", "waiting")
    house.clock.advance(4000)
    callbacks.apply_pending()
    assert seen(show="unmatched")[0].outcome == "no_recording"


def test_it_says_of_refused_ones_what_they_claim(house, running):
    send_forged(house.cloud.callback(house.task(), 41, leaveCode=4)[1])
    (line,) = seen(show="refused")
    assert str(line.sentence).startswith("It claims: ")
    assert (line.signature, line.level) == ("forged", "warning")


def test_it_says_why_it_cannot_read_one(house):
    raw = b'{"eventType": 1, "eventType": 2}'
    send(agora_headers(SECRET, raw), raw)
    (line,) = seen()
    assert "a name stands in it twice" in str(line.sentence)
    assert line.outcome == "unreadable"


@pytest.fixture
def busy(house, running):
    task = house.task()
    house.tell(task, 40, status=0)
    house.tell(task, 1, module=1, errorLevel=5, errorCode=32, errorMsg="no")
    house.tell(task, 2, module=1, warnCode=31)
    house.clock.advance(3600)
    house.tell(Task("f" * 32, "other room", "77", ()), 31, status=0, fileList=[])
    send_forged(house.cloud.callback(task, 11, exitStatus=0)[1])
    raw = b"nonsense"
    send(agora_headers(SECRET, raw), raw)
    return running


@pytest.mark.parametrize(
    ("filters", "kinds"),
    [
        ({}, [None, "exited", "uploaded", "warning", "error", "recorder_started"]),
        ({"account_id": 1}, [None, "exited", "uploaded", "warning", "error", "recorder_started"]),
        ({"account_id": 2}, []),
        ({"channel": "other room"}, ["uploaded"]),
        ({"channel": "other"}, []),
        ({"recording_id": 1}, ["exited", "warning", "error", "recorder_started"]),
        ({"outcome": "applied"}, ["warning", "error", "recorder_started"]),
        ({"outcome": "waiting"}, ["uploaded"]),
        ({"outcome": "refused"}, ["exited"]),
        ({"outcome": "unreadable"}, [None]),
        ({"outcome": "set_aside"}, []),
        ({"kind": EventKind.ERROR}, ["error"]),
        ({"level": "error"}, ["error"]),
        ({"level": "warning"}, [None, "exited", "warning"]),
        ({"level": "info"}, ["uploaded", "recorder_started"]),
        ({"show": "unmatched"}, [None, "uploaded"]),
        ({"show": "refused"}, ["exited"]),
        ({"search": "other room"}, ["uploaded"]),
        ({"search": "OTHER"}, ["uploaded"]),
        ({"search": "f" * 32}, ["uploaded"]),
        ({"search": "192.0.2."}, [None, "exited", "uploaded", "warning", "error",
                                  "recorder_started"]),
        ({"search": "100%_"}, []),
        ({"account_id": 1, "level": "error", "channel": "lesson"}, ["error"]),
        ({"recording_id": 1, "level": "info"}, ["recorder_started"]),
    ],
)  # fmt: skip
def test_it_leaves_what_was_asked_for(busy, filters, kinds):
    assert [line.kind for line in seen(**filters)] == kinds


def test_it_leaves_what_came_in_a_time(house, busy):
    now = house.clock.now()
    half_way = now - timedelta(minutes=30)
    assert len(seen(since=half_way)) == 3
    assert len(seen(until=half_way)) == 3
    assert seen(since=half_way, until=half_way) == ()
    assert seen(since=now + timedelta(hours=1)) == ()


def page_through(**filters):
    found, before, pages = [], "", 0
    while before is not None:
        page = ledger.page(LedgerFilters(**filters, before=before))
        found += [line.id for line in page.lines]
        before, pages = page.older, pages + 1
    return found, pages


@pytest.mark.parametrize("filters", [{}, {"level": "info"}, {"channel": "lesson", "account_id": 1}])
def test_it_goes_through_pages_without_loss_while_more_comes(house, running, monkeypatch, filters):
    monkeypatch.setattr(ledger, "PER_PAGE", 4)
    for sequence in range(11):
        send(*told(house, sequence))
    first = ledger.page(LedgerFilters(**filters))
    send(*told(house, 11))
    rest, _ = page_through(**filters)
    assert rest == sorted(rest, reverse=True)
    assert len(rest) == len(set(rest)) == 12
    second = ledger.page(LedgerFilters(**filters, before=first.older))
    assert second.lines[0].id == first.lines[-1].id - 1


def test_it_goes_through_a_recording_by_sequence(house, running, monkeypatch):
    monkeypatch.setattr(ledger, "PER_PAGE", 3)
    shuffled = list(range(10))
    random.Random(3).shuffle(shuffled)
    for sequence in shuffled:
        send(*told(house, sequence))
    send_forged(told(house, 99)[1])
    found, pages = page_through(recording_id=running, order="sequence")
    lines = ledger.lines(found)
    assert [line.sequence for line in lines] == [*range(10), None]
    assert pages == 4


def test_it_says_how_far_back_it_looked(house, running, monkeypatch):
    monkeypatch.setattr(ledger.ledger_rows, "WINDOW", 5)
    send(*house.cloud.callback(house.task(), 1, sequence=0, errorCode=32, errorLevel=5))
    for sequence in range(1, 8):
        send(*told(house, sequence))
    page = ledger.page(LedgerFilters(search="nothing like it"))
    assert page.lines == ()
    assert page.searched_to is not None
    found, pages = page_through(search="nothing like it")
    assert (found, pages) == ([], 2)
    assert page_through(search="lesson", level="error")[0] == [1]


def news(after, seconds_ago=0, **filters):
    db.session.rollback()
    at = callbacks.context.now() - timedelta(seconds=seconds_ago)
    return ledger.news(LedgerFilters(**filters), after, 1, at)


def test_a_tail_is_told_nothing_when_nothing_is_new(house, running):
    send(*told(house, 0))
    last = ledger.ledger_rows.newest()
    house.clock.advance(1)
    assert news(last) is None
    send(*told(house, 1))
    found = news(last)
    assert [line.sequence for line in found.fresh] == [1]
    house.clock.advance(1)
    assert news(found.newest) is None


def test_a_tail_is_told_what_became_of_its_lines(house, running):
    headers, raw = told(house, 0)
    send(headers, raw)
    last = ledger.ledger_rows.newest()
    house.clock.advance(5)
    send(headers, raw)
    assert [line.repeats for line in news(last, seconds_ago=1).changed] == [1]


def test_a_tail_passes_over_what_its_filters_leave_out(house, running):
    send(*told(house, 0))
    found = news(0, channel="elsewhere")
    assert (found.fresh, found.newest) == ((), ledger.ledger_rows.newest())


def test_a_tail_that_fell_behind_gets_all_in_turn(house, running, monkeypatch):
    monkeypatch.setattr(ledger, "MOST_NEWS", 4)
    for sequence in range(10):
        send(*told(house, sequence))
    after, got = 0, []
    for _ in range(5):
        found = news(after, seconds_ago=-60)
        if found is None:
            break
        got += sorted(line.sequence for line in found.fresh)
        after = found.newest
    assert got == list(range(10))


def test_an_entry_shows_the_body_masked_and_every_number_told(house, running):
    body = json.loads(house.cloud.callback(house.task(), 41, sequence=0, leaveCode=20)[1])
    body["payload"]["details"] |= {"secretKey": "hush", "rtmpUrl": "rtmp://x/hush"}
    raw = json.dumps(body).encode()
    send(agora_headers(SECRET, raw), raw)
    entry = ledger.entry(seen()[0].id)
    assert "hush" not in entry.raw_text
    assert '"leaveCode": 20' in entry.raw_text
    facts = {fact.name: fact for fact in entry.facts}
    assert len(facts["details.leaveCode"].meaning) == 2
    assert (entry.session, entry.address) == (house.task().sid, "192.0.2.1")
    assert entry.counts


def test_it_tells_how_applying_goes_so_far(house, running):
    house.tell(Task("f" * 32, "other room", "77", ()), 40, status=0)
    house.clock.advance(10)
    callbacks.apply_pending()
    entry = ledger.entry(seen()[0].id)
    assert (entry.outcome, entry.tries) == ("waiting", 2)
    assert entry.next_try_at > entry.tried_at == house.clock.now()


def test_the_export_is_all_that_the_filters_leave(house, busy, monkeypatch):
    monkeypatch.setattr(ledger, "EXPORTED_AT_ONCE", 2)
    rows = list(ledger.export(LedgerFilters(channel="lesson")))
    assert [line.kind for line, _ in rows] == ["exited", "warning", "error", "recorder_started"]
    assert all("lesson" in body for _, body in rows)
    assert len(list(ledger.export(LedgerFilters()))) == db.session.query(CallbackDelivery).count()
