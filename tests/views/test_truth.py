"""What a person sees and can do where a recording is not as it should be."""

import pytest

from dashboard.services import sync
from tests.views.conftest import words


@pytest.fixture
def on_air(house):
    recording_id = house.start()
    house.tell(house.task(), 40, status=0)
    return recording_id


@pytest.fixture
def administrator(browse):
    return browse("administrator")


def later(house, *pauses):
    for pause_s in pauses:
        house.clock.advance(pause_s)
        house.do(sync.sync_due)


def test_it_offers_to_mark_what_hangs_and_to_administrators_alone(
    house, on_air, operator, administrator
):
    assert "Mark as ended" not in words(administrator.get("/recordings/1"))
    house.cloud.down = True
    later(house, 6)
    assert "Mark as ended" in words(administrator.get("/recordings/1"))
    assert "Mark as ended" not in words(operator.get("/recordings/1"))


def test_it_says_what_marking_does_before_it_does_it(on_air, administrator):
    page = words(administrator.get("/recordings/1/mark-ended"))
    assert "The vendor may go on recording and billing" in page
    assert "Its channel can be recorded again at once." in page


def test_it_marks_with_a_reason_and_says_whether_the_vendor_took_the_stop(
    house, on_air, administrator
):
    house.cloud.down = True
    answer = administrator.post("/recordings/1/mark-ended", {"reason": "the account is closed"})
    assert answer.status_code == 303
    page = words(administrator.get("/recordings/1"))
    assert "may go on billing" in page
    assert "Marked as ended by hand: the account is closed" in page
    assert house.state(on_air) == "lost"


def test_it_wants_a_reason_and_keeps_what_was_typed(on_air, administrator):
    answer = administrator.post("/recordings/1/mark-ended", {"reason": "x"})
    assert answer.status_code == 422
    assert "Say why, for those who read it later." in words(answer)
    assert ">x</textarea>" in answer.text


def test_it_does_not_mark_twice(on_air, administrator):
    administrator.post("/recordings/1/mark-ended", {"reason": "it hangs"})
    administrator.post("/recordings/1/mark-ended", {"reason": "it hangs"})
    assert "This recording has ended already." in words(administrator.get("/recordings/1"))
    assert "ended already" in words(administrator.get("/recordings/1/mark-ended"))


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_it_is_not_for_others_to_mark(browse, on_air, role):
    screen = browse(role)
    assert screen.get("/recordings/1/mark-ended").status_code == 403
    assert screen.post("/recordings/1/mark-ended", {"reason": "it hangs"}).status_code == 403


def test_it_names_the_files_that_never_came_and_looks_again(house, on_air, operator, viewer):
    task = house.task()
    told = house.cloud.upload(task)
    mp4 = house.cloud.bucket / told[0]["fileName"]
    mp4.rename(house.cloud.bucket / "away")
    house.tell(task, 31, fileList=told)
    later(house, 2, 65, *[60] * 6)
    page = words(operator.get("/recordings/1"))
    assert "1 of 4 files are not in the storage" in page
    assert mp4.name in page
    assert "1 file is missing" in words(operator.get("/recordings"))
    assert viewer.post("/recordings/1/look").status_code == 403
    operator.post("/recordings/1/look")
    assert "Still missing: 1 files." in words(operator.get("/recordings/1"))
    (house.cloud.bucket / "away").rename(mp4)
    operator.post("/recordings/1/look")
    page = operator.get("/recordings/1")
    assert "Every file that was told of is there." in words(page)
    assert "of 4 files are not in the storage" not in words(page)


def test_it_explains_a_404_and_then_shows_why_one_counts_as_lost(house, on_air, operator):
    """Complaint 10: query and stop answer 404, and nobody knows why."""
    house.cloud.tasks.clear()
    later(house, 10)
    page = words(operator.get("/recordings/1"))
    assert "The vendor does not know this recording" in page
    assert "nobody was in the channel, somebody stopped it elsewhere, or it never began" in page
    later(house, *[10] * 12)
    page = words(operator.get("/recordings/1"))
    assert "Why it counts as lost" in page
    assert "times between" in page


def test_it_offers_to_stop_what_goes_on_after_it_was_lost(house, on_air, operator, viewer):
    kept = dict(house.cloud.tasks)
    house.cloud.tasks.clear()
    later(house, *[10] * 12)
    house.cloud.tasks.update(kept)
    later(house, 20, 20)
    assert "It goes on at the vendor" in words(operator.get("/recordings/1"))
    assert "Stop it at the vendor" not in words(viewer.get("/recordings/1"))
    assert viewer.post("/recordings/1/stop-again").status_code == 403
    operator.post("/recordings/1/stop-again")
    assert "The vendor is told to stop it." in words(operator.get("/recordings/1"))
    assert not house.cloud.running()


@pytest.mark.parametrize("path", ["look", "stop-again"])
def test_it_changes_nothing_by_reading(operator, on_air, path):
    assert operator.get(f"/recordings/1/{path}").status_code == 405


@pytest.mark.parametrize("path", ["look", "stop-again", "mark-ended"])
def test_it_knows_what_is_not_there(administrator, path):
    assert administrator.post(f"/recordings/77/{path}", {"reason": "why"}).status_code == 404
