"""What vendors tell: believed only when signed, kept before it is understood."""

import json

import pytest

from dashboard.errors import CallbackRejected
from dashboard.extensions import db
from dashboard.models import AccountState, CallbackDelivery, RecordingEvent
from dashboard.protocols.signatures import agora_headers
from dashboard.services import callbacks, progress, queries
from tests.services.fakes import SECRET, Task


@pytest.fixture
def running(house):
    recording_id = house.start()
    house.tell(house.task(), 40, status=0)
    return recording_id


def deliveries():
    db.session.rollback()
    return db.session.query(CallbackDelivery).order_by(CallbackDelivery.id).all()


def send(raw, headers=None, key="account-key"):
    callbacks.receive(key, agora_headers(SECRET, raw) if headers is None else headers, raw, "::1")


def test_it_tells_each_callback_in_words(house, running):
    task = house.task()
    house.tell(task, 44, streamUid="1002", state=0, UtcMs=1)
    house.tell(task, 43, streamUid="1002", state=1, UtcMs=1)
    house.tell(task, 41, leaveCode=4)
    assert house.sentences(running)[-3:] == [
        "1002 started sending picture.",
        "1002 stopped sending sound.",
        "The recorder left: nobody was in the channel.",
    ]


def test_it_says_why_it_ended_by_itself(house, running):
    task = house.task()
    house.tell(task, 41, leaveCode=4)
    house.tell(task, 31, status=0, fileList=house.cloud.upload(task))
    screen = house.screen(running)
    assert str(screen.end_reason) == "It ended by itself: nobody was in the channel."
    assert screen.failure is None


def test_it_says_that_the_service_was_shut_down(house, running):
    house.tell(house.task(), 41, leaveCode=2)
    assert "shut down" in str(house.screen(running).end_reason)


def test_it_says_that_it_was_resumed_after_a_crash(house, running):
    house.tell(house.task(), 12, newUid=1839204411)
    screen = house.screen(running)
    assert screen.resumed == 1
    assert screen.state.value == "recording"


def test_it_ends_as_failed_after_a_grave_error_and_stays_playable(house, running):
    task = house.task()
    house.tell(task, 1, module=0, errorLevel=5, errorCode=28, stat=1, errorMsg="disk full")
    house.tell(task, 41, leaveCode=2)
    house.tell(task, 31, status=0, fileList=house.cloud.upload(task))
    from dashboard.services import sync

    house.clock.advance(2)
    sync.sync_due()
    screen = house.screen(running)
    assert screen.state.value == "failed"
    assert "disk full" in str(screen.failure)
    assert screen.playable


def test_it_does_not_fail_for_a_mild_error(house, running):
    task = house.task()
    house.tell(task, 1, module=1, errorLevel=2, errorCode=47, stat=1, errorMsg="once more")
    house.tell(task, 31, status=0, fileList=house.cloud.upload(task))
    assert house.state(running) == "completed"


def test_it_folds_a_repeated_callback_and_counts_it(house, running):
    headers, raw = house.cloud.callback(house.task(), 44, streamUid="1001", state=0)
    for _ in range(3):
        callbacks.receive("account-key", headers, raw, "192.0.2.1")
    told = [s for s in house.sentences(running) if s.startswith("1001")]
    assert len(told) == 1
    assert db.session.get(AccountState, house.account_id).repeated == 2
    assert deliveries()[-1].repeats == 2


def test_it_refuses_a_forged_callback_counts_it_and_changes_nothing(house, running):
    _, raw = house.cloud.callback(house.task(), 11, exitStatus=0)
    for headers in ({}, agora_headers("another secret", raw)):
        with pytest.raises(CallbackRejected):
            send(raw, headers)
    assert [row.verdict for row in deliveries()[-2:]] == ["unsigned", "forged"]
    assert db.session.get(AccountState, house.account_id).forged == 2
    assert callbacks.apply_pending() == 0
    assert house.state(running) == "recording"


def test_it_refuses_a_body_that_was_changed_on_the_way(house, running):
    headers, raw = house.cloud.callback(house.task(), 41, leaveCode=4)
    with pytest.raises(CallbackRejected):
        send(raw.replace(b"4", b"8"), headers)


def test_it_knows_no_other_address(house):
    with pytest.raises(CallbackRejected) as refused:
        send(b"{}", key="guess")
    assert refused.value.status == 404


def test_it_takes_64_kib_at_most(house):
    with pytest.raises(CallbackRejected) as refused:
        send(b"x" * (64 * 1024 + 1))
    assert refused.value.status == 413


def test_it_keeps_what_is_signed_but_cannot_be_read(house):
    send(b"this is no JSON")
    (row,) = deliveries()
    assert row.verdict.startswith("unreadable")
    assert row.raw == b"this is no JSON"
    assert callbacks.apply_pending() == 0


def test_it_waits_for_a_recording_that_has_no_name_yet(house):
    """The first callback may come while the start is still being answered."""
    early = {}

    def report_early():
        task = Task("0" * 32, "lesson", "900001", ())
        early["task"] = task
        house.tell(task, 40, status=0)

    house.cloud.during_start = report_early
    recording_id = house.start()
    assert house.state(recording_id) == "recording"
    assert all(row.applied_at for row in deliveries())


def test_it_keeps_callbacks_of_recordings_that_are_not_ours(house, running):
    stranger = Task("f" * 32, "other room", "77", ())
    house.tell(stranger, 40, status=0)
    assert deliveries()[-1].recording_id is None
    house.clock.advance(4000)
    callbacks.apply_pending()
    assert deliveries()[-1].next_try_at is None


def test_it_takes_them_in_any_order(house, running):
    task = house.task()
    uploaded = house.cloud.callback(task, 31, sequence=9, fileList=house.cloud.upload(task))
    left = house.cloud.callback(task, 41, sequence=8, leaveCode=4)
    slice_ = house.cloud.callback(task, 42, sequence=3, startUtcMs=1, discontinueUtcMs=1)
    for headers, raw in (uploaded, left, slice_):
        callbacks.receive("account-key", headers, raw, "192.0.2.1")
    screen = house.screen(running)
    assert screen.state.value == "completed"
    assert str(screen.last_event.sentence) == "All files were uploaded."
    assert str(screen.end_reason) != ""


def test_it_never_reopens_what_has_ended(house, running):
    task = house.task()
    house.tell(task, 31, status=0, fileList=house.cloud.upload(task))
    house.tell(task, 40, status=0)
    house.tell(task, 42, startUtcMs=1, discontinueUtcMs=1)
    assert house.state(running) == "completed"


def test_it_acts_on_nothing_that_is_a_day_old(house, running):
    task = house.task()
    headers, raw = house.cloud.callback(task, 41, leaveCode=4)
    house.clock.advance(25 * 3600)
    callbacks.receive("account-key", headers, raw, "192.0.2.1")
    assert house.state(running) == "recording"
    assert deliveries()[-1].verdict == "out_of_time"


def test_it_acknowledges_even_if_a_mistake_of_ours_keeps_it_from_being_applied(
    house, running, monkeypatch
):
    with monkeypatch.context() as broken:
        broken.setattr(progress, "apply_in", lambda *a, **k: 1 / 0)
        house.tell(house.task(), 41, leaveCode=4)
    assert house.state(running) == "recording"
    house.clock.advance(3)
    assert callbacks.apply_pending() == 1
    assert house.state(running) == "uploading"


def test_it_sets_a_poison_row_aside_after_five_tries(house, running, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(progress, "apply_in", lambda *a, **k: 1 / 0)
        house.tell(house.task(), 44, streamUid="1", state=0)
        for _ in range(8):
            house.clock.advance(60)
            callbacks.apply_pending()
    row = deliveries()[-1]
    assert (row.attempts, row.verdict, row.next_try_at) == (5, "set_aside", None)
    house.tell(house.task(), 41, leaveCode=4)
    assert house.state(running) == "uploading"


def test_it_shows_the_raw_body_with_secrets_masked(house, running):
    body = {
        "noticeId": "n-1", "productId": 3, "eventType": 3, "notifyMs": 1767225600000,
        "payload": {"cname": "lesson", "uid": "900001", "sid": house.task().sid, "sequence": 5,
                    "sendts": 1767225600000, "serviceType": 0,
                    "details": {"msgName": "x", "status": 5, "secretKey": "hush"}},
    }  # fmt: skip
    send(json.dumps(body).encode())
    view = queries.delivery(deliveries()[-1].id)
    assert "hush" not in view.raw_text
    assert '"status": 5' in view.raw_text
    assert dict(view.headers)["Agora-Signature"].endswith("•••")
    assert view.applied


def test_it_links_each_line_to_the_callback_that_told_it(house, running):
    line = house.screen(running).events[0]
    assert line.source == "callback"
    assert queries.delivery(line.delivery_id).applied


def test_it_survives_names_that_no_database_likes(house, running):
    task = house.task()
    house.tell(task, 44, streamUid="1\x00<script>", state=0)
    house.tell(task, 31, fileList=[{"fileName": "../../etc/passwd"}])
    assert house.state(running) == "completed"
    assert db.session.query(RecordingEvent).count() > 3
