"""How recordings go, told to whoever shows it or raises an alarm."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from dashboard.clock import to_ms
from dashboard.domain.conditions import Condition
from dashboard.extensions import db
from dashboard.models import Account, Recording
from dashboard.protocols.signatures import agora_headers
from dashboard.providers.base import Person
from dashboard.services import (
    callbacks,
    condition_words,
    conditions,
    context,
    presence,
    sync,
    watching,
)
from dashboard.services.unit_of_work import transaction
from tests.services import crowd
from tests.services.fakes import SECRET

START = datetime(2026, 3, 1, tzinfo=UTC)
ANNA = Person("anna", "browser", True, True)
SILENT = Person("ben", "browser", False, False)


@pytest.fixture
def cloudy(house):
    """The same house, with an account that has no studio."""
    with transaction() as work:
        work.session.get(Account, house.account_id).studio = False
    return house


@pytest.fixture
def running(house):
    recording_id = house.start()
    house.tell(house.task(), 40, status=0)
    return recording_id


@pytest.fixture
def far(cloudy):
    """A recording whose account tells by callbacks alone."""
    recording_id = cloudy.start()
    cloudy.tell(cloudy.task(), 40, status=0)
    return recording_id


def found(recording_id):
    """By condition: how long it has held, in seconds."""
    db.session.rollback()
    row = db.session.get(Recording, recording_id)
    return {
        one.condition.value: (context.now() - one.since).total_seconds()
        for one in conditions.of([row])[recording_id]
    }


def sentences(recording_id):
    """What a screen tells, in English."""
    db.session.rollback()
    now = context.now()
    shown = conditions.shown(
        conditions.of([db.session.get(Recording, recording_id)])[recording_id], now
    )
    return [str(condition_words.sentence(one, now)) for one in shown]


def dated(house, at):
    """The store's own time of every file."""
    for file in house.cloud.bucket.rglob("*.*"):
        os.utime(file, (at.timestamp(), at.timestamp()))


def later(house, seconds):
    house.clock.advance(seconds)
    presence.refresh()
    sync.sync_due()


# ---------------------------------------------------------------- nobody publishing


def test_a_studio_tells_since_when_nobody_sends(house, running):
    house.cloud.people["lesson"] = [ANNA, SILENT]
    later(house, 30)
    assert "nobody_publishing" not in found(running)
    house.cloud.people["lesson"] = [SILENT]
    later(house, 30)
    house.clock.advance(180)
    assert "Nobody is publishing (for 3 min)." in sentences(running)


def test_it_holds_after_a_restart_and_ends_when_somebody_sends(house, running):
    later(house, 5)
    house.clock.advance(600)
    db.session.remove()
    assert found(running)["nobody_publishing"] == 600
    house.cloud.people["lesson"] = [ANNA]
    later(house, 2)
    assert "nobody_publishing" not in found(running)


def test_it_counts_only_what_is_recorded(house, running):
    with transaction() as work:
        row = work.session.get(Recording, running)
        row.profile = {**row.profile, "streams": "video"}
    house.cloud.people["lesson"] = [Person("anna", "browser", True, False)]
    later(house, 5)
    assert "nobody_publishing" in found(running)


def test_callbacks_alone_tell_that_everybody_stopped(cloudy, far):
    house, task = cloudy, cloudy.task()
    for number, uid, state in ((43, "11", 0), (44, "11", 0), (44, "11", 1)):
        house.tell(task, number, streamUid=uid, state=state, UtcMs=1)
    assert "nobody_publishing" not in found(far)
    house.clock.advance(60)
    house.tell(task, 43, streamUid="11", state=1, UtcMs=1)
    house.clock.advance(90)
    assert found(far)["nobody_publishing"] == 90


def test_a_late_and_a_repeated_callback_change_nothing(cloudy, far):
    house, task = cloudy, cloudy.task()
    late = house.cloud.callback(task, 43, streamUid="11", state=0, UtcMs=1)
    gone = house.cloud.callback(task, 43, streamUid="11", state=1, UtcMs=1)
    house.clock.advance(60)
    for headers, raw in (gone, late, gone, late):
        callbacks.receive("account-key", headers, raw, "192.0.2.1")
    assert "nobody_publishing" in found(far)


@pytest.mark.parametrize("skew_s", [-900, 500], ids=["behind", "ahead"])
def test_a_vendors_clock_that_differs_does_not_count(cloudy, far, skew_s):
    """It was 30 s on its way: by the vendor's clock between happening and sending, too."""
    house, task = cloudy, cloudy.task()
    house.tell(task, 43, streamUid="11", state=0, UtcMs=1)
    house.clock.advance(60)
    theirs = house.clock.now() + timedelta(seconds=skew_s)
    _, raw = house.cloud.callback(task, 43, at=theirs, streamUid="11", state=1, UtcMs=1)
    raw = raw.replace(b'"notifyMs": %d' % to_ms(theirs),
                      b'"notifyMs": %d' % (to_ms(theirs) + 30_000))  # fmt: skip
    callbacks.receive("account-key", agora_headers(SECRET, raw), raw, "192.0.2.1")
    assert found(far)["nobody_publishing"] == 30


def test_it_is_known_that_nobody_has_sent_anything_yet(cloudy, far):
    cloudy.clock.advance(120)
    assert found(far)["nobody_publishing"] == 120
    cloudy.tell(cloudy.task(), 42, startUtcMs=1, discontinueUtcMs=1)
    assert "nobody_publishing" not in found(far)


# ---------------------------------------------------------------- uploads and storage


def test_a_store_shows_that_nothing_arrives_any_more(house, running):
    house.cloud.people["lesson"] = [ANNA]
    later(house, 6)
    house.cloud.upload(house.task(), slices=1, ended=False, mp4=False)
    later(house, 6)
    assert "no_upload" not in found(running)
    for _ in range(8):
        later(house, 30)
    assert found(running)["no_upload"] == 240
    assert "No file has been uploaded for 4 min." in sentences(running)
    house.cloud.upload(house.task(), slices=2, ended=False, mp4=False)
    later(house, 6)
    assert "no_upload" not in found(running)


def test_callbacks_tell_that_the_upload_stands_still(cloudy, far):
    """A shrinking part of what grows is nothing new; where the store cannot be looked into."""
    house, task = cloudy, cloudy.task()
    with transaction() as work:
        row = work.session.get(Recording, far)
        row.storage = {**row.storage, "kind": "aliyun", "folder": None}
    house.tell(task, 42, startUtcMs=1, discontinueUtcMs=1)
    for minute, progress in ((1, 9000), (2, 9000), (3, 6000), (4, 4500)):
        house.clock.advance(60)
        house.tell(task, 33, progress=progress)
        if minute == 2:
            assert "no_upload" not in found(far)
    assert found(far)["no_upload"] == 120


def test_it_does_not_claim_what_nothing_tells(cloudy, far):
    """No store to look into, no progress told, nobody's streams told after the first slice."""
    with transaction() as work:
        row = work.session.get(Recording, far)
        row.storage = {**row.storage, "kind": "aliyun", "folder": None}
    cloudy.tell(cloudy.task(), 42, startUtcMs=1, discontinueUtcMs=1)
    cloudy.clock.advance(100)
    assert found(far) == {}


def test_it_shows_the_storages_own_words_until_something_arrives(house, running):
    house.cloud.people["lesson"] = [ANNA]
    task = house.task()
    house.tell(task, 1, module=1, errorLevel=4, errorCode=32, stat=1, errorMsg="AccessDenied: no")
    house.clock.advance(60)
    assert "AccessDenied: no" in sentences(running)[0]
    house.cloud.upload(task, ended=False, mp4=False)
    later(house, 6)
    assert "storage_error" not in found(running)


def test_a_file_found_late_that_arrived_before_the_refusal_does_not_end_it(house, running):
    house.cloud.people["lesson"] = [ANNA]
    task = house.task()
    house.cloud.upload(task, ended=False, mp4=False)
    dated(house, house.clock.now())
    house.clock.advance(20)
    house.tell(task, 1, module=1, errorLevel=4, errorCode=32, stat=1, errorMsg="AccessDenied: no")
    later(house, 60)
    assert db.session.get(Recording, running).last_upload_at is not None
    assert "storage_error" in found(running)


def test_what_arrived_before_the_storage_refused_does_not_end_it(cloudy, far):
    """Progress is told once a minute: its growth may be older than the fault told since."""
    house, task = cloudy, cloudy.task()
    with transaction() as work:
        row = work.session.get(Recording, far)
        row.storage = {**row.storage, "kind": "aliyun", "folder": None}
    house.tell(task, 42, startUtcMs=1, discontinueUtcMs=1)
    house.clock.advance(60)
    house.tell(task, 33, progress=10000)
    house.clock.advance(20)
    house.tell(task, 1, module=1, errorLevel=4, errorCode=32, stat=1, errorMsg="AccessDenied: no")
    for progress, is_over in ((6500, False), (4500, False), (7000, True)):
        house.clock.advance(60)
        house.tell(task, 33, progress=progress)
        assert ("storage_error" not in found(far)) == is_over


# ---------------------------------------------------------------- callbacks, vendor, start, stop


def test_callbacks_that_stop_coming_are_missed(cloudy, far):
    cloudy.clock.advance(200)
    assert found(far)["callbacks_silent"] == 200
    cloudy.tell(cloudy.task(), 33, progress=9000)
    assert "callbacks_silent" not in found(far)


def test_no_callbacks_are_missed_of_an_account_that_never_sent_any(cloudy):
    recording_id = cloudy.start()
    cloudy.clock.advance(3)
    sync.sync_due()
    cloudy.clock.advance(900)
    assert found(recording_id) == {}


def test_a_vendor_that_does_not_answer_is_told_with_its_time(house, running):
    later(house, 6)
    house.cloud.down = True
    later(house, 6)
    house.clock.advance(120)
    assert sentences(running)[0].startswith("The vendor has not answered for 2 min.")


def test_a_lost_start_and_a_stop_not_taken_are_unsettled(house):
    house.cloud.starts_never_arrive = 1
    recording_id = house.start()
    house.clock.advance(60)
    assert found(recording_id) == {"unsettled": 60}


def test_a_replaced_recorder_is_told_for_a_while(house, running):
    house.tell(house.task(), 12, newUid=183)
    house.clock.advance(300)
    assert any("replaced after a fault 5 min ago" in one for one in sentences(running))
    house.clock.advance(900)
    assert "resumed" in found(running)
    assert not any("replaced" in one for one in sentences(running))


def test_a_failure_is_told_in_its_own_words(house):
    house.cloud.refuse = ("432", "bad region")
    with pytest.raises(Exception, match="refused"):
        house.start()
    row = db.session.query(Recording).one()
    (one,) = conditions.of([row])[row.id]
    assert (one.condition, one.level) == (Condition.FAILED, "error")
    assert str(condition_words.sentence(one, context.now())) == "The vendor refused the start."


def test_every_condition_has_words_and_advice():
    details = {"what": "stop", "missing": 1, "told": 2, "minutes": 60, "times": 1}
    for condition in Condition:
        finding = conditions.Finding(condition, START, detail=details)
        assert str(condition_words.sentence(finding, START + timedelta(minutes=4)))
        assert str(condition_words.advice(finding))


# ---------------------------------------------------------------- many, and screens that wait


def test_it_takes_a_handful_of_selects_however_many(house):
    ids = crowd.record(house, 6)
    assert selects_for(ids[:1]) == selects_for(ids) <= 3


def selects_for(ids):
    """How many it takes to tell of these."""
    db.session.rollback()
    rows = db.session.query(Recording).filter(Recording.id.in_(ids)).all()
    statements = []

    def note(conn, cursor, statement, *_more):
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    assert len(conditions.of(rows)) == len(ids)
    event.remove(db.engine, "before_cursor_execute", note)
    return len(statements)


def test_screens_are_told_when_only_time_has_passed(house, running):
    later(house, 1)
    watching.refresh()
    before = house.screen(running).digest
    house.clock.advance(20)
    assert watching.refresh() == 1
    assert house.screen(running).digest != before
    assert watching.refresh() == 0
