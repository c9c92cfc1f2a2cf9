"""What users of other products complained of, each answered as an operator would see it.

The numbers are those of the survey of peers, section 2. A few need real media or a real
script; ELSEWHERE says which test answers those.
"""

import ast
from pathlib import Path

import pytest

from dashboard.domain.recording import Phase
from dashboard.models import Account
from dashboard.providers.base import Person
from dashboard.services import presence, sync
from dashboard.services.unit_of_work import transaction
from tests.services.fakes import Task
from tests.views.conftest import words
from tests.views.test_channels_form import GOOD
from tests.views.test_subscriptions import form_of

ROOT = Path(__file__).parents[2]

ELSEWHERE = {
    5: ("tests/engine/test_uploads.py", "test_it_keeps_what_a_store_that_is_away_cannot_take"),
    10: ("tests/views/test_every_code_shown.py", "test_it_shows_each_error_of_agora"),
    13: (
        "tests/browser/test_layout_editor.py",
        "test_it_turns_a_preset_for_any_number_of_people_into_regions",
    ),
    14: (
        "tests/media/test_layout_truth.py",
        "test_every_edge_is_recorded_where_the_editor_drew_it",
    ),
    16: ("tests/browser/test_layout_editor.py", "test_it_applies_scenes_by_key_and_by_click"),
    25: (
        "tests/services/test_alerts.py",
        "test_it_tells_of_a_disk_that_fills_up_and_when_it_will_be_full",
    ),
}
START = "/channels/1/start"
PAGE = "/recordings/1"


@pytest.fixture
def administrator(browse):
    return browse("administrator")


@pytest.fixture
def far(house):
    """A vendor somewhere else, that tells by callbacks and answers alone."""

    def change():
        with transaction() as work:
            account = work.session.get(Account, house.account_id)
            account.builtin = account.studio = False

    house.do(change)
    return house


@pytest.fixture
def on_air(house):
    recording_id = house.start()
    house.tell(house.task(), 40, status=0)
    return recording_id


def later(house, *pauses):
    for pause_s in pauses:
        house.clock.advance(pause_s)
        house.do(sync.sync_due)


def told(screen, path=PAGE):
    return words(screen.get(path))


def test_01_a_recorder_ended_by_another_route_does_not_block_its_room(far, on_air, operator):
    far.cloud.tasks.clear()
    later(far, *[10] * 30)
    assert "Why it counts as lost" in told(operator)
    far.cloud.tasks["elsewhere"] = Task("elsewhere", "other", "1", (), Phase.ENDED)
    assert operator.post(START, {"key": "press-two"}).location == "/recordings/2"


def test_02_what_died_with_its_server_can_be_closed_by_hand(house, on_air, administrator, operator):
    house.cloud.down = True
    later(house, 20)
    assert "The vendor has not answered" in told(operator)
    administrator.post(f"{PAGE}/mark-ended", {"reason": "the server is gone"})
    assert "Marked as ended by hand: the server is gone" in told(operator)
    assert 'action="/channels/1/start"' in operator.get("/channels").text


def test_03_a_stop_that_comes_too_early_waits_until_it_can_be_taken(house, operator):
    house.cloud.starts_lost = 1
    operator.post(START, {"key": "press-one"})
    operator.post(f"{PAGE}/stop")
    assert "stop" not in house.cloud.asked
    later(house, 4, 4, 4)
    assert house.cloud.asked.count("stop") == 1
    assert house.cloud.running() == []


def test_04_it_ends_though_no_end_was_ever_told(far, on_air, operator):
    task = far.task()
    far.cloud.upload(task)
    task.phase = Phase.ENDED
    later(far, *[30] * 6)
    assert far.state(on_air) == "completed"
    assert "All files were uploaded." in told(operator)


def test_06_the_stores_own_words_are_on_the_recording(house, on_air, operator):
    house.tell(house.task(), 1, module=1, errorLevel=5, errorCode=32, errorMsg="AccessDenied: no")
    page = told(operator)
    assert "The storage refused the upload" in page
    assert "AccessDenied: no" in page


def test_07_a_store_without_keys_is_refused_at_its_fields(administrator):
    form = {"kind": "s3", "name": "Ours", "bucket": "rec", "endpoint": "https://store.example.org"}
    answer = administrator.post("/storage/new", form | {"access_key": "", "secret_key": ""})
    assert answer.status_code == 422
    assert 'href="#field-access_key"' in answer.text
    assert 'href="#field-secret_key"' in answer.text


def test_08_files_that_never_left_are_counted_and_named(house, on_air, operator):
    task = house.task()
    files = house.cloud.upload(task, slices=5)
    for number in (1, 3):
        next(house.cloud.bucket.rglob(f"*{number}000.ts")).unlink()
    house.tell(task, 31, fileList=files, status=0)
    later(house, 2, 65, *[60] * 6)
    page = told(operator)
    assert "2 of 7 files are not in the storage" in page
    assert page.count("3000.ts") >= 1
    assert "2 files are missing" in told(operator, "/recordings")


def test_09_an_empty_bucket_is_told_while_it_records(house, on_air, operator):
    house.cloud.people["lesson"] = [Person("1001", "browser", True, True)]
    house.do(presence.refresh)
    later(house, *[30] * 8)
    assert "No file has been uploaded yet, for 4 min." in told(operator)
    assert "No file has been uploaded yet" in told(operator, "/live")


@pytest.mark.parametrize("path", [START, f"{PAGE}/query"])
def test_11_no_error_comes_without_the_vendors_code_and_words(house, operator, path):
    house.cloud.refuse = ("432", "no such app")
    operator.post(START, {"key": "press-one"})
    assert "432 · no such app" in told(operator)


def test_12_nobody_publishing_is_told_while_it_happens(house, on_air, operator):
    house.do(presence.refresh)
    house.clock.advance(180)
    assert "Nobody is publishing (for 3 min)." in told(operator)


def test_15_the_recorded_layout_is_chosen_and_seen(operator, house):
    operator.post("/channels/new", GOOD | {"preset": "vertical"})
    assert "Vertical" in told(operator, "/channels/2/layout")
    assert 'class="drawing' in operator.get("/channels").text


def test_17_who_is_recorded_changes_while_it_runs_with_a_note_of_consent(house, on_air, operator):
    house.cloud.people["lesson"] = [Person(u, "browser", True, True) for u in ("1001", "1002")]
    house.do(presence.refresh)
    path = f"{PAGE}/subscription"
    form = form_of(operator.get(path)) | {"note": "Ben asked for it."}
    for medium in ("heard", "seen"):
        form[medium].remove("1002")
    operator.post(path, form)
    assert house.cloud.subscriptions[-1][0].video.never == ("1002",)
    assert "Ben asked for it." in told(operator, path)


def test_18_a_recording_has_a_longest_length(house, operator):
    operator.post("/channels/new", GOOD | {"max_duration_min": "60"})
    operator.post("/channels/2/start", {"key": "press-one"})
    later(house, 5, 3590)
    assert house.cloud.running()
    later(house, 20)
    assert house.cloud.running() == []
    assert "Its longest time, 60 min, is over." in told(operator)


def test_19_a_press_that_is_sent_again_starts_nothing_more(house, operator):
    house.cloud.starts_lost = 1
    for _ in range(3):
        operator.post(START, {"key": "the-same-press"})
    later(house, 4, 4)
    assert len(house.cloud.tasks) == 1


def test_20_frame_rate_and_bitrate_swapped_are_refused(operator, house):
    swapped = GOOD | {"fps": GOOD["bitrate_kbps"], "bitrate_kbps": GOOD["fps"]}
    answer = operator.post("/channels/new", swapped)
    assert answer.status_code == 422
    assert 'href="#field-fps"' in answer.text


def test_21_what_nobody_stops_is_stopped(house, on_air, operator):
    later(house, 24 * 3600 + 60)
    assert house.cloud.running() == []


def test_22_roles_are_checked_where_it_happens(house, viewer, operator, administrator):
    assert viewer.post(START, {"key": "press-one"}).status_code == 403
    assert operator.get("/accounts").status_code == 403
    assert administrator.get("/accounts").status_code == 200
    assert house.cloud.asked == []


def test_23_a_delivery_shows_its_attempts_and_can_be_tried_at_once(house, operator):
    house.tell(Task("f" * 32, "lesson", "900001", ()), 40, status=0)
    page = told(operator, "/ledger/1")
    assert "Waits for its recording" in page
    assert "Retry now" in page


def test_24_each_stage_after_the_stop_is_shown(house, on_air, operator):
    task = house.task()
    operator.post(f"{PAGE}/stop")
    assert "Uploading" in told(operator)
    house.tell(task, 33, progress=4200)
    assert "Uploaded: 42 %" in told(operator)
    house.tell(task, 31, fileList=house.cloud.upload(task), status=0)
    house.tell(task, 11, exitStatus=0)
    later(house, 4)
    assert "Completed" in told(operator)


def test_each_complaint_has_its_answer():
    here = {int(name[5:7]) for name in globals() if name[5:7].isdecimal()}
    assert sorted(here | ELSEWHERE.keys()) == list(range(1, 26))
    for path, name in ELSEWHERE.values():
        module = ast.parse((ROOT / path).read_text())
        assert name in {node.name for node in module.body if isinstance(node, ast.FunctionDef)}
