"""The one place that moves a state, under many hands."""

import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.domain.events import EventKind, RecordingEvent
from dashboard.domain.lifecycle import RecordingState, advance
from dashboard.errors import NotFound
from dashboard.extensions import db
from dashboard.models import Recording
from dashboard.services import live, progress, queries


def told(house, kind, **more):
    return RecordingEvent(kind=kind, at=house.clock.now(), **more)


def test_it_moves_forward_only(house):
    recording_id = house.start()
    for kind in (EventKind.RECORDER_LEFT, EventKind.RECORDER_STARTED, EventKind.STOP_REQUESTED):
        progress.apply_event(recording_id, told(house, kind), "callback")
    assert house.state(recording_id) == "uploading"


def test_it_counts_every_change(house):
    recording_id = house.start()
    before = house.screen(recording_id).version
    progress.apply_event(recording_id, told(house, EventKind.STATUS), "callback")
    assert house.screen(recording_id).version == before + 1


def test_it_loses_no_event_when_many_come_at_once(house):
    recording_id = house.start()
    before = house.screen(recording_id).version

    def tell(number):
        with house.app.app_context():
            event = told(house, EventKind.VIDEO_CHANGED, person_uid=str(number))
            progress.apply_event(recording_id, event, "callback")

    threads = [threading.Thread(target=tell, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    screen = house.screen(recording_id)
    assert screen.version == before + 8
    assert len([e for e in screen.events if e.kind is EventKind.VIDEO_CHANGED]) == 8


def test_it_ends_well_when_a_storage_that_failed_took_everything_at_last(house):
    recording_id = house.start()
    trouble = {"part": "uploader", "severity": "major", "code": 32, "text": "bucket refuses"}
    for kind, detail in (
        (EventKind.RECORDER_STARTED, {}),
        (EventKind.ERROR, trouble),
        (EventKind.RECORDER_LEFT, {"reasons": ["asked"]}),
        (EventKind.UPLOADED, {}),
    ):
        progress.apply_event(recording_id, told(house, kind, detail=detail), "callback")
    screen = house.screen(recording_id)
    assert (screen.state, screen.failure) == (RecordingState.COMPLETED, None)


def test_it_ends_badly_when_the_recorder_failed_though_what_there_was_arrived(house):
    recording_id = house.start()
    trouble = {"part": "recorder", "severity": "fatal", "code": 51}
    for kind, detail in ((EventKind.ERROR, trouble), (EventKind.UPLOADED, {})):
        progress.apply_event(recording_id, told(house, kind, detail=detail), "callback")
    assert house.state(recording_id) == "failed"


def test_it_does_not_believe_a_clock_that_is_wrong(house):
    recording_id = house.start()
    event = RecordingEvent(EventKind.RECORDER_STARTED, house.clock.now() + timedelta(days=400))
    progress.apply_event(recording_id, event, "callback")
    assert house.screen(recording_id).recording_since == house.clock.now()


def test_it_counts_the_recorded_time(house):
    recording_id = house.start()
    progress.apply_event(recording_id, told(house, EventKind.RECORDER_STARTED), "callback")
    house.clock.advance(60)
    assert house.screen(recording_id).duration_s == 60
    progress.apply_event(recording_id, told(house, EventKind.RECORDER_LEFT), "callback")
    house.clock.advance(60)
    assert house.screen(recording_id).duration_s == 60


def test_it_learns_why_and_when_it_ended_from_a_callback_that_the_query_overtook(house):
    recording_id = house.start()
    progress.apply_event(recording_id, told(house, EventKind.RECORDER_STARTED), "callback")
    house.clock.advance(60)
    left = told(house, EventKind.RECORDER_LEFT, detail={"reasons": ["interrupted"]})
    house.clock.advance(40)
    progress.apply_event(recording_id, told(house, EventKind.SETTLED_ENDED), "sync")
    progress.apply_event(recording_id, left, "callback")
    screen = house.screen(recording_id)
    assert (screen.state, screen.duration_s) == (RecordingState.COMPLETED, 60)
    assert "was shut down" in str(screen.end_reason)


def test_it_keeps_the_reason_it_was_told_first(house):
    recording_id = house.start()
    for reason in ("nobody_there", "interrupted"):
        event = told(house, EventKind.RECORDER_LEFT, detail={"reasons": [reason]})
        progress.apply_event(recording_id, event, "callback")
    assert "nobody was in the channel" in str(house.screen(recording_id).end_reason)


def test_it_knows_only_what_there_is(house):
    with pytest.raises(NotFound):
        progress.apply_event(999, told(house, EventKind.STATUS), "sync")


def test_it_tells_of_a_vendors_fault_with_its_words(house):
    recording_id = house.start()
    event = live.event(EventKind.UNREACHABLE, code="62", text="request timeout")
    progress.apply_event(recording_id, event, "sync")
    assert house.screen(recording_id).events[0].vendor_words == "62 · request timeout"


@given(kinds=st.lists(st.sampled_from(list(EventKind)), max_size=12))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_it_ends_where_the_state_machine_says_and_every_kind_has_words(house, kinds):
    db.session.rollback()
    recording_id = house.start()
    state = RecordingState.STARTING
    for kind in kinds:
        progress.apply_event(recording_id, told(house, kind), "callback")
        following = advance(state, kind)
        if following is RecordingState.COMPLETED and state is not following:
            failed = queries.recording(recording_id).failure is not None
            following = RecordingState.FAILED if failed else following
        state = following
    screen = house.screen(recording_id)
    assert screen.state is state
    assert all(str(event.sentence) for event in screen.events)
    db.session.query(Recording).update({"state": "completed"})
    db.session.commit()
