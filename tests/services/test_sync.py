"""The query is the truth: without a single callback everything comes out right."""

import pytest

from dashboard.domain.recording import Phase
from dashboard.errors import ProviderError
from dashboard.services import recordings, sync


@pytest.fixture
def running(house):
    recording_id = house.start()
    later(house, 3)
    return recording_id


def later(house, *pauses):
    for pause_s in pauses:
        house.clock.advance(pause_s)
        sync.sync_due()


def test_it_sees_a_recording_run_without_any_callback(house, running):
    assert house.state(running) == "recording"
    assert "The vendor says that it is recording." in house.sentences(running)


def test_it_writes_nothing_while_nothing_is_new(house, running):
    before = house.screen(running).digest, len(house.screen(running).events)
    later(house, 6, 6, 6)
    assert (house.screen(running).digest, len(house.screen(running).events)) == before


def test_it_turns_unreachable_and_recovers(house, running):
    house.cloud.down = True
    later(house, 6, 6, 6)
    screen = house.screen(running)
    assert (screen.state.value, screen.reachable) == ("recording", False)
    assert house.row().lamp == "attention"
    assert not house.row().account_reachable
    house.cloud.down = False
    later(house, 6)
    assert house.screen(running).reachable
    assert house.row().account_reachable
    told = [s for s in house.sentences(running) if "answer" in s]
    assert len(told) == 2


def test_it_completes_when_the_vendor_says_so(house, running):
    task = house.task()
    task.phase = Phase.FINISHING
    later(house, 6)
    assert house.state(running) == "uploading"
    house.cloud.upload(task)
    task.phase = Phase.ENDED
    later(house, 6)
    screen = house.screen(running)
    assert screen.state.value == "completed"
    assert screen.playable
    assert len(screen.mp4_names) == 1


def test_it_fails_with_the_vendor(house, running):
    house.task().phase = Phase.FAILED
    later(house, 6)
    assert house.state(running) == "failed"


def test_it_says_that_nothing_was_recorded(house, running):
    house.task().phase = Phase.ENDED
    later(house, 6)
    assert house.state(running) == "completed"
    assert "nothing was recorded" in str(house.screen(running).end_reason)


def test_it_believes_the_storage_when_the_vendor_has_forgotten(house, running):
    task = house.task()
    house.cloud.upload(task)
    house.cloud.tasks.clear()
    later(house, 6)
    assert house.state(running) == "recording"
    later(house, 6)
    assert house.state(running) == "completed"


def test_it_gives_a_vendor_time_to_restore_a_recorder(house, running):
    kept = dict(house.cloud.tasks)
    house.cloud.tasks.clear()
    later(house, 6, 30, 30)
    assert house.state(running) == "recording"
    house.cloud.tasks.update(kept)
    later(house, 30, 30)
    assert house.state(running) == "recording"


def test_it_is_lost_when_neither_vendor_nor_storage_know_it(house, running):
    house.cloud.tasks.clear()
    later(house, 6, 60, 60, 60)
    screen = house.screen(running)
    assert screen.state.value == "lost"
    assert "no longer knows" in str(screen.failure)


def test_it_waits_for_the_files_after_a_stop(house, running):
    task = house.task()
    house.stop(running)
    house.cloud.tasks.clear()
    later(house, 6, 60, 60)
    assert house.state(running) == "uploading"
    house.cloud.upload(task)
    later(house, 6)
    assert house.state(running) == "completed"


def test_it_looks_at_the_files_once_more_after_the_end(house, running):
    task = house.task()
    told = house.cloud.upload(task, slices=3)
    house.tell(task, 31, fileList=told)
    assert house.screen(running).poll_s
    later(house, 2)
    screen = house.screen(running)
    kinds = sorted(file.kind for file in screen.files if file.arrived)
    assert kinds == ["mp4", "playlist", "slice", "slice", "slice"]
    assert screen.poll_s is None


def test_it_shows_files_that_were_told_but_have_not_arrived(house, running):
    task = house.task()
    told = house.cloud.upload(task)
    (house.cloud.bucket / told[0]["fileName"]).unlink()
    house.tell(task, 31, fileList=told)
    later(house, 2)
    (missing,) = [file for file in house.screen(running).files if not file.arrived]
    assert missing.kind == "mp4"
    assert house.screen(running).poll_s


def test_it_takes_no_file_of_another_recording(house, running):
    task = house.task()
    house.cloud.upload(task)
    (house.cloud.bucket.joinpath(*task.prefix) / "stray.mp4").write_bytes(b"x")
    later(house, 6)
    assert all("stray" not in file.name for file in house.screen(running).files)


def test_it_asks_soon_when_a_callback_is_missing(house, running):
    task = house.task()
    house.tell(task, 40, status=0)
    task.sequence += 1
    house.tell(task, 44, streamUid="1", state=0)
    asked = house.cloud.asked.count("query")
    later(house, 1.5)
    assert house.cloud.asked.count("query") == asked + 1


def test_it_is_asked_by_one_worker_only(house, running):
    house.clock.advance(6)
    asked = house.cloud.asked.count("query")
    assert sync.sync_due() == 1
    assert sync.sync_due() == 0
    assert house.cloud.asked.count("query") == asked + 1


def test_it_tells_somebody_who_asks_why_there_is_no_answer(house, running):
    house.cloud.down = True
    with pytest.raises(ProviderError):
        recordings.query_now(running, house.viewer)
    assert not house.screen(running).reachable


def test_it_answers_somebody_who_asks(house, running):
    house.cloud.upload(house.task())
    recordings.query_now(running, house.viewer)
    assert house.screen(running).files
