"""What holds of a recording, from facts alone."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.domain.conditions import Facts, findings
from dashboard.domain.lifecycle import RecordingState

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def at(seconds):
    return START + timedelta(seconds=seconds)


def facts(**more):
    given = {"state": RecordingState.RECORDING, "started_at": START, "recording_since": START}
    return Facts(**(given | more))


def told(now_s, **more):
    """(condition, since in seconds) of all that hold."""
    found = findings(facts(**more), at(now_s))
    return [(one.condition.value, (one.since - START).total_seconds()) for one in found]


def test_it_finds_nothing_where_nothing_is_known():
    assert told(3600) == []


def test_it_finds_nothing_where_all_goes_well():
    well = {"sending": True, "sending_since": at(1), "last_upload_at": at(590),
            "uploads_seen_at": at(590), "callbacks": True, "last_callback_at": at(580),
            "callbacks_every": timedelta(seconds=60), "ceiling_at": at(7200)}  # fmt: skip
    assert told(600, **well) == []


def test_it_counts_silence_from_when_the_last_one_stopped():
    assert told(400, sending=False, silent_since=at(220)) == [("nobody_publishing", 220)]


def test_it_counts_silence_from_the_start_where_nobody_was_there_before():
    assert told(90, sending=False, silent_since=at(-600)) == [("nobody_publishing", 0)]


def test_it_misses_uploads_from_the_last_one_on():
    seen = {"last_upload_at": at(300), "uploads_seen_at": at(595)}
    assert told(600, **seen) == [("no_upload", 300)]


def test_it_misses_no_upload_where_nobody_has_looked_since():
    assert told(600, last_upload_at=at(595), uploads_seen_at=at(595)) == []


def test_it_misses_no_upload_where_the_last_look_is_long_ago():
    assert told(1200, last_upload_at=at(300), uploads_seen_at=at(600)) == []


def test_it_misses_no_upload_where_nobody_sends_anything():
    told_of = told(600, sending=False, silent_since=at(300), uploads_seen_at=at(600))
    assert told_of == [("nobody_publishing", 300)]


def test_it_waits_anew_for_an_upload_once_somebody_sends_again():
    seen = {"last_upload_at": at(100), "sending": True, "sending_since": at(500)}
    assert told(600, **seen, uploads_seen_at=at(599)) == [("no_upload", 500)]


def test_it_misses_uploads_after_the_end_of_recording_too():
    seen = {"state": RecordingState.UPLOADING, "recorded_until": at(300), "sending": False}
    assert told(600, **seen, uploads_seen_at=at(600)) == [("no_upload", 300)]


def test_it_takes_a_storage_error_for_mended_once_something_arrived():
    error = {"storage_error": {"template": "full", "values": {}}, "storage_error_at": at(100)}
    assert told(200, **error, last_upload_at=at(90)) == [("storage_error", 100)]
    assert told(200, **error, last_upload_at=at(110)) == []


def test_it_takes_callbacks_for_silent_after_two_that_did_not_come():
    paced = {"callbacks": True, "callbacks_every": timedelta(seconds=60)}
    assert told(219, **paced, last_callback_at=at(100)) == []
    assert told(221, **paced, last_callback_at=at(100)) == [("callbacks_silent", 100)]


def test_it_does_not_wait_for_callbacks_that_come_at_changes_only():
    assert told(9000, callbacks=True, last_callback_at=at(100)) == []
    assert told(61, callbacks=True) == [("callbacks_silent", 0)]


def test_it_waits_for_no_callbacks_where_none_are_expected():
    assert told(9000, callbacks=False, callbacks_every=timedelta(seconds=60)) == []


@pytest.mark.parametrize(("minutes", "near_s"), [(60, 3000), (10, 480)])
def test_it_finds_a_ceiling_near_in_its_last_part(minutes, near_s):
    ceiling = {"ceiling_at": at(minutes * 60), "ceiling_min": minutes}
    assert told(near_s - 1, **ceiling) == []
    assert told(near_s, **ceiling) == [("ceiling_near", near_s)]
    assert told(near_s, **ceiling, stop_wanted_at=at(1), stop_sent_at=at(2)) == []


def test_it_finds_a_start_and_a_stop_unsettled():
    starting = {"state": RecordingState.STARTING, "recording_since": None}
    assert told(9, **starting, unanswered_at=at(3)) == [("unsettled", 3)]
    assert told(99, stop_wanted_at=at(90)) == [("unsettled", 90)]


def test_it_claims_nothing_of_a_channel_whose_vendor_does_not_answer():
    away = {"unreachable_since": at(50), "sending": False, "silent_since": at(10),
            "uploads_seen_at": at(60)}  # fmt: skip
    assert told(100, **away) == [("unreachable", 50)]


def test_it_says_nothing_of_uploads_and_people_once_it_has_ended():
    ended = {"state": RecordingState.COMPLETED, "ended_at": at(300), "sending": False,
             "uploads_seen_at": at(300), "unreachable_since": at(1)}  # fmt: skip
    assert told(9000, **ended) == []


def test_it_misses_files_of_one_that_has_ended():
    ended = {"state": RecordingState.COMPLETED, "ended_at": at(300)}
    assert told(400, **ended, told=9, missing=2) == [("files_missing", 300)]
    assert told(400, **ended, told=9, backed_up_at=at(310)) == []
    assert told(400, **ended, backed_up_at=at(310)) == [("files_missing", 310)]


@pytest.mark.parametrize("state", [RecordingState.FAILED, RecordingState.LOST])
def test_it_names_a_bad_end_first(state):
    found = findings(facts(state=state, ended_at=at(5), told=3, missing=1), at(9))
    assert [one.condition.value for one in found] == [state.value, "files_missing"]
    assert {one.level for one in found} == {"error"}


def test_it_names_errors_before_warnings():
    many = {"unreachable_since": at(1), "resumed_at": at(2), "resumed": 1,
            "storage_error": {}, "storage_error_at": at(3)}  # fmt: skip
    assert [name for name, _ in told(9, **many)] == ["storage_error", "unreachable", "resumed"]
