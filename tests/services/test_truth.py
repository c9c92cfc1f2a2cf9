"""Lost, ended by hand, going on after the end: what is believed, when, and with what evidence.

The numbers are those of the users' complaints in the survey of peers.
"""

from datetime import timedelta

import pytest

from dashboard.domain.recording import Phase
from dashboard.errors import Conflict, Forbidden, InvalidInput, NotFound, StorageFault
from dashboard.extensions import db
from dashboard.models import Account, Audit, Poll, Recording
from dashboard.services import aftermath, files, marking, polls, queries, recordings, sync
from dashboard.services.readmodels import Actor, RecordingFilters
from dashboard.services.unit_of_work import transaction
from tests.services.fakes import Task

BOSS = Actor(id=9, email="boss@example.com", role="administrator")


@pytest.fixture
def running(house):
    """On an account where asking is not free."""
    recording_id = house.start()
    with transaction() as work:
        work.session.get(Account, house.account_id).builtin = False
    later(house, 5)
    assert house.state(recording_id) == "recording"
    return recording_id


def later(house, *pauses):
    for pause_s in pauses:
        house.clock.advance(pause_s)
        sync.sync_due()


def asked(house):
    return house.cloud.asked.count("query")


def truth(recording_id):
    db.session.rollback()
    return queries.truth(recording_id)


# ---------------------------------------------------------------- lost


def test_a_recording_ended_by_another_route_is_lost_and_frees_its_channel(house, running):
    """Complaints 1 and 10, and "lost within two polls": two answers, 90 s apart."""
    house.cloud.tasks.clear()
    house.cloud.tasks["elsewhere"] = Task("elsewhere", "other", "1", (), Phase.ENDED)
    before = asked(house)
    while house.state(running) != "lost":
        later(house, 1)
    assert asked(house) - before == 5
    assert house.screen(running).ended_at - house.clock.now() < timedelta(seconds=2)
    assert house.start() != running
    evidence = [str(line) for line in truth(running).evidence]
    assert evidence[0].startswith("The vendor was asked")
    assert "did not know it" in evidence[0]
    assert "The storage held 0 files, 1 were missing; no playlist was closed." in evidence


def test_it_was_not_lost_for_an_upload_that_came_right(house, running):
    house.tell(house.task(), 42, startUtcMs=1, discontinueUtcMs=1)
    house.tell(house.task(), 1, module=1, errorLevel=4, errorCode=32, stat=1, errorMsg="no")
    later(house, 5)
    house.cloud.upload(house.task(), ended=False, mp4=False)
    later(house, 30)
    house.cloud.tasks.clear()
    later(house, *[10] * 24)
    assert house.state(running) == "lost"
    assert "no longer knows" in str(house.screen(running).failure)


def test_what_comes_after_a_mark_is_no_reason_for_the_end(house, running):
    task = house.task()
    house.tell(task, 1, module=1, errorLevel=4, errorCode=32, stat=1, errorMsg="no")
    marking.mark_ended(running, "it hangs", BOSS)
    house.tell(task, 31, status=0)
    house.tell(task, 11, exitStatus=0)
    assert house.screen(running).failure is None
    assert "it hangs" in str(house.screen(running).end_reason)


def test_it_is_not_lost_while_its_recorder_is_being_replaced(house, running):
    kept = dict(house.cloud.tasks)
    house.cloud.tasks.clear()
    later(house, *[1] * 85)
    house.cloud.tasks.update(kept)
    later(house, *[1] * 60)
    house.cloud.tasks.clear()
    later(house, *[1] * 80)
    assert house.state(running) == "recording"


def test_it_is_found_lost_in_the_stated_time_even_while_callbacks_come(house, running):
    """Asked every 120 s, known to be lost 90 s after the first time: three and a half minutes."""
    house.tell(house.task(), 40, status=0)
    later(house, 5, 30)
    house.tell(house.task(), 44, streamUid="1", state=0)
    house.cloud.tasks.clear()
    later(house, *[5] * 43)
    assert house.state(running) == "lost"


def test_an_answer_is_one_row_however_often_it_is_given(house, running):
    later(house, *[15] * 20)
    house.cloud.down = True
    later(house, *[5] * 5)
    house.cloud.down = False
    later(house, 5, 5)
    runs = [(run.outcome, run.count) for run in polls.of(running)]
    assert [outcome for outcome, _ in runs] == ["running", "no_answer", "running"]
    assert runs[0][1] > 10
    assert db.session.query(Poll).count() == 3


# ---------------------------------------------------------------- after the end


@pytest.fixture
def lost(house, running):
    house.forgotten = dict(house.cloud.tasks)
    house.cloud.tasks.clear()
    later(house, *[10] * 12)
    assert house.state(running) == "lost"
    return running


def test_a_lost_one_that_is_known_again_is_shown_and_left_alone(house, lost):
    """Zombies of complaint 2: nobody wanted its end, so what it records may be needed."""
    house.cloud.tasks.update(house.forgotten)
    later(house, *[20] * 4)
    assert house.state(lost) == "lost"
    assert truth(lost).alive_since
    assert not truth(lost).stopping
    assert "stop" not in house.cloud.asked
    told = [line for line in house.sentences(lost) if "still records" in line]
    assert len(told) == 1


def test_somebody_can_stop_it_there(house, lost):
    house.cloud.tasks.update(house.forgotten)
    later(house, *[20] * 4)
    aftermath.stop_after_end(lost, house.operator)
    assert house.cloud.asked.count("stop") == 1
    later(house, 3, 30)
    assert not house.cloud.running()
    assert truth(lost).alive_since is None
    with pytest.raises(Conflict):
        aftermath.stop_after_end(lost, house.operator)


def test_a_late_callback_warns_and_asks_at_once(house, lost):
    later(house, 1900)
    before = asked(house)
    (task,) = house.forgotten.values()
    house.cloud.tasks.update(house.forgotten)
    house.tell(task, 40, status=0)
    house.tell(task, 44, streamUid="1", state=0)
    assert truth(lost).alive_since
    later(house, 1)
    assert asked(house) == before + 1
    assert house.state(lost) == "lost"


def test_a_late_callback_that_the_vendor_does_not_bear_out_warns_no_longer(house, lost):
    (task,) = house.forgotten.values()
    house.clock.advance(60)
    house.tell(task, 44, streamUid="1", state=0)
    later(house, 1)
    assert truth(lost).alive_since is None
    assert not [line for line in house.sentences(lost) if "still records" in line]


def test_what_completed_and_goes_on_all_the_same_is_stopped_again(house, running):
    task = house.task()
    house.cloud.upload(task)
    task.phase = Phase.ENDED
    later(house, 15)
    assert house.state(running) == "completed"
    task.phase = Phase.RUNNING
    house.clock.advance(60)
    house.tell(task, 44, streamUid="1", state=0)
    later(house, 1, 2)
    assert house.cloud.asked.count("stop") == 1
    assert not house.cloud.running()
    assert house.state(running) == "completed"


# ---------------------------------------------------------------- should have ended


def test_nobody_needs_to_stop_it_for_it_to_end(house, running):
    """Complaints 18 and 21: a recording without a longest time ends after 24 hours."""
    task = house.task()
    house.tell(task, 40, status=0)
    house.clock.advance(23.9 * 3600)
    sync.sync_due()
    assert house.state(running) == "recording"
    later(house, *[60] * 7)
    assert house.state(running) == "uploading"
    assert "Its longest time, 1440 min, is over. It is being stopped." in house.sentences(running)


def test_a_stop_that_was_overheard_is_sent_again(house, running):
    """Complaint 4: the end event never comes."""
    task = house.task()
    house.stop(running)
    task.phase = Phase.RUNNING
    later(house, *[5] * 8)
    assert house.cloud.asked.count("stop") == 2


# ---------------------------------------------------------------- marked as ended


def test_a_marked_one_ends_at_once_and_the_vendor_is_told(house, running):
    assert marking.mark_ended(running, "  the vendor   closed the account ", BOSS)
    screen = house.screen(running)
    assert screen.state.value == "lost"
    assert str(screen.end_reason) == (
        "Marked as ended by boss@example.com: the vendor closed the account"
    )
    assert not house.cloud.running()
    house.start()
    (line,) = db.session.query(Audit).filter_by(action="recording.mark_ended")
    assert (line.before, line.after) == ({"state": "recording"}, {"state": "lost"})
    assert line.detail["reason"] == "the vendor closed the account"


def test_the_reason_of_a_mark_stands_before_what_had_failed(house, running):
    house.tell(house.task(), 1, module=1, errorLevel=4, errorCode=32, stat=1, errorMsg="no room")
    recordings.stop(running, house.operator)
    marking.mark_ended(running, "it hangs", BOSS)
    (told,) = [one for one in house.screen(running).health if one.condition == "lost"]
    said = str(told.sentence)
    assert said.startswith("Marked as ended by boss@example.com: it hangs · Before that: ")
    assert "no room" in said
    assert said in str(house.screen(running).outcome)
    timeline = queries.timeline(running, house.screen(running).events, "all", None)
    sentences = [str(line.sentence) for line in timeline.lines]
    assert sum("it hangs" in one for one in sentences) == 1
    assert any("no room" in one for one in sentences)


def test_a_marked_one_is_stopped_as_soon_as_the_vendor_can_be_reached(house, running):
    house.cloud.down = True
    later(house, 15)
    assert truth(running).hangs
    assert not marking.mark_ended(running, "it hangs", BOSS)
    later(house, *[60] * 50)
    house.cloud.down = False
    later(house, *[300] * 3)
    assert not house.cloud.running()
    assert house.state(running) == "lost"


def test_it_needs_a_reason_a_role_and_a_recording_that_has_not_ended(house, running):
    with pytest.raises(InvalidInput):
        marking.mark_ended(running, "  ", BOSS)
    with pytest.raises(Forbidden):
        marking.mark_ended(running, "it hangs", house.operator)
    with pytest.raises(NotFound):
        marking.mark_ended(404, "it hangs", BOSS)
    marking.mark_ended(running, "it hangs", BOSS)
    with pytest.raises(Conflict):
        marking.mark_ended(running, "it hangs", BOSS)


# ---------------------------------------------------------------- expected files


def test_it_says_that_files_never_arrived(house, running):
    """Complaint 8: 39 of 135 files never left, unnoticed."""
    task = house.task()
    told = house.cloud.upload(task, slices=133)
    folder = house.cloud.bucket.joinpath(*task.prefix)
    for path in sorted(folder.glob("*.ts"))[:39]:
        path.unlink()
    house.tell(task, 31, fileList=told)
    later(house, 2, 65)
    files = truth(running).files
    assert (files.expected, files.missing, len(files.late)) == (135, 39, 39)
    assert files.looked_at
    later(house, *[60] * 6)
    (row,) = [row for row in queries.recordings(RecordingFilters()).rows if row.id == running]
    assert row.files_missing == 39
    assert "Files that were told of are not in the storage: 39." in house.sentences(running)


def test_looking_again_finds_what_came_later(house, running):
    task = house.task()
    told = house.cloud.upload(task)
    mp4 = house.cloud.bucket / told[0]["fileName"]
    mp4.rename(house.cloud.bucket / "away")
    house.tell(task, 31, fileList=told)
    later(house, 2, 3000)
    assert truth(running).files.missing == 1
    (house.cloud.bucket / "away").rename(mp4)
    assert not aftermath.look_now(running, house.operator).missing
    assert truth(running).files.missing == 0
    assert db.session.get(Recording, running).files_missing == 0


def test_it_misses_a_file_that_was_there_and_is_no_longer(house, running):
    house.cloud.upload(house.task())
    recordings.query_now(running, house.operator)
    assert truth(running).files.missing == 0
    next(house.cloud.bucket.rglob("*.ts")).unlink()
    aftermath.look_now(running, house.operator)
    assert truth(running).files.missing == 1


def test_it_shows_the_storages_own_words(house, running, monkeypatch):
    """Complaint 6: bucket errors are only visible in a log."""

    def refuse(*_):
        raise StorageFault("No entry.", code="AccessDenied", words="The key may not list.")

    monkeypatch.setattr(files, "_arrived", refuse)
    recordings.query_now(running, house.operator)
    found = truth(running).files
    assert found.looked_at
    assert str(found.fault) == "No entry."
    assert found.words == "AccessDenied · The key may not list."
