"""TRTC's door over HTTP: who gets in, what is refused and how, who may ask for a task."""

import json
import time

import pytest
import requests

from dashboard.protocols.trtc import CREATE, DELETE, DESCRIBE, MODIFY
from tests.engine.harness import wait_until
from tests.engine.trtc import (
    APP,
    APP_SECRET,
    ROBOT,
    SECRET_ID,
    SECRET_KEY,
    TrtcReceiver,
    create_request,
    trtc_engine,
    vod,
)

NO_TASK = {"SdkAppId": APP, "TaskId": "-T+0."}


@pytest.fixture(scope="module")
def receiver():
    with TrtcReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def engine(tmp_path_factory, receiver):
    folder = tmp_path_factory.mktemp("engine")
    with trtc_engine(folder, receiver.url, trtc_most_tasks=3) as process:
        yield process


@pytest.fixture(autouse=True)
def nobody_records(engine):
    """Each test may have as many tasks as there may be."""
    engine.tasks = []
    create = type(engine).create

    def keep(*args, **changes):
        engine.tasks.append(create(engine, *args, **changes))
        return engine.tasks[-1]

    engine.create = keep
    yield
    for task_id in engine.tasks:
        engine.delete(task_id)
    wait_until(lambda: not any(map(engine.status, engine.tasks)), what="the tasks to end")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"secret_id": "AKIDother"}, "AuthFailure.SecretIdNotFound"),
        ({"key": "another"}, "AuthFailure.SignatureFailure"),
        ({"signed_raw": b"{}"}, "AuthFailure.SignatureFailure"),
        ({"headers": {"Authorization": "Basic abc"}}, "AuthFailure.InvalidAuthorization"),
        ({"headers": {"X-TC-Timestamp": "now"}}, "AuthFailure.InvalidAuthorization"),
        ({"headers": {"X-TC-Action": "DescribeRecordStatistic"}}, "InvalidAction"),
        ({"headers": {"X-TC-Version": "2018-01-01"}}, "NoSuchVersion"),
        ({"raw": b"{"}, "InvalidParameter"),
        ({"raw": b"[]"}, "InvalidParameter"),
        ({"raw": b'{"SdkAppId": NaN}'}, "InvalidParameter"),
        ({"raw": b"\xff\xfe"}, "InvalidParameter"),
        ({"raw": b" " * 300_000}, "RequestSizeLimitExceeded"),
    ],
)
def test_it_lets_nobody_in_who_cannot_prove_who_they_are(engine, changes, code):
    assert engine.code(DESCRIBE, NO_TASK, **changes) == code


@pytest.mark.parametrize("off_s", [-400, 400])
def test_it_takes_no_call_from_another_time(engine, off_s):
    at = int(time.time()) + off_s
    assert engine.code(DESCRIBE, NO_TASK, timestamp=at) == "AuthFailure.SignatureExpire"


def test_it_is_silent_to_other_methods(engine):
    assert requests.get(f"{engine.url}/", timeout=5).status_code == 404


@pytest.mark.parametrize("action", [DESCRIBE, MODIFY, DELETE])
def test_it_does_not_know_every_task(engine, action):
    assert engine.code(action, NO_TASK) == "ResourceNotFound"


def test_it_checks_what_it_is_sent(engine):
    assert engine.code(CREATE, create_request(RoomId="0")) == "InvalidParameter.OutOfRange"
    assert engine.code(CREATE, create_request(UserSig="x")) == "InvalidParameter.UserSig"
    assert engine.code(MODIFY, {**NO_TASK, "MixLayoutParams": {}}) == "MissingParameter"


def test_it_gives_each_answer_an_id_of_its_own(engine):
    ids = {engine.ask(DESCRIBE, NO_TASK)["RequestId"] for _ in range(3)}
    assert len(ids) == 3


def test_it_makes_task_ids_that_have_to_be_escaped(engine):
    task_id = engine.create("31")
    assert task_id.startswith("-")
    assert "+" in task_id
    assert task_id.endswith(".")
    assert engine.describe(task_id)["TaskId"] == task_id


def test_it_is_idle_until_somebody_publishes(engine):
    task_id = engine.create("32")
    response = engine.describe(task_id)
    assert (response["Status"], response["StorageFileList"]) == ("Idle", [])
    engine.join("*32", "anna")
    wait_until(lambda: engine.status(task_id) == "InProgress", what="InProgress")


def test_it_keeps_rooms_of_numbers_and_of_text_apart(engine):
    engine.join("33", "anna")
    number, text = engine.create("33"), engine.create("33", RoomIdType=0)
    wait_until(lambda: engine.status(text) == "InProgress", what="InProgress")
    time.sleep(0.3)
    assert engine.status(number) == "Idle"


def test_it_lets_the_newer_of_two_robots_of_one_name_win(engine, receiver):
    older = engine.create("34")
    receiver.wait_for(301, older)
    newer = engine.create("34")
    assert receiver.wait_for(302, older).payload == {"LeaveCode": 101}
    assert engine.status(newer) == "Idle"
    assert 302 not in receiver.events(newer)


def test_it_lets_robots_of_two_names_record_one_room(engine, receiver):
    one, other = engine.create("35"), engine.create("35", "rec_8801_b")
    receiver.wait_for(301, other)
    assert (engine.status(one), engine.status(other)) == ("Idle", "Idle")


def test_it_has_as_many_tasks_as_there_may_be(engine, receiver):
    tasks = [engine.create("36", robot) for robot in ("a", "b", "c")]
    full = "FailedOperation.RestrictedConcurrency"
    assert engine.code(CREATE, create_request("36", "d")) == full
    receiver.wait_for(301, tasks[2])
    engine.create("36", "c")  # in the place of the one that it ends
    assert receiver.wait_for(302, tasks[2]).payload == {"LeaveCode": 101}


def test_it_takes_a_second_stop_while_the_task_is_leaving(engine, receiver):
    engine.join("*37", "anna")
    task_id = engine.create("37")
    receiver.wait_for(307, task_id)
    engine.delete(task_id)
    response = engine.describe(task_id)
    assert response["Status"] == "Exited"
    assert engine.delete(task_id)["TaskId"] == task_id
    changed = engine.code(MODIFY, {"SdkAppId": APP, "TaskId": task_id})
    assert changed in {"FailedOperation", "ResourceNotFound"}
    wait_until(lambda: not engine.status(task_id), what="the end")
    for action in (DESCRIBE, MODIFY, DELETE):
        assert engine.code(action, {"SdkAppId": APP, "TaskId": task_id}) == "ResourceNotFound"


def test_it_says_that_nobody_came(engine, receiver):
    task_id = engine.create("38", RecordParams={"MaxIdleTime": 5})
    library = engine.create("38", "rec_b", RecordParams={"MaxIdleTime": 5}, StorageParams=vod())
    assert receiver.wait_for(302, task_id).payload == {"LeaveCode": 99}
    receiver.wait_for(305, task_id)
    receiver.wait_for(312, library)
    assert receiver.events(task_id) == [301, 303, 302, 305]
    assert receiver.events(library) == [301, 302, 312]


def test_it_can_answer_as_it_was_told(engine):
    engine.faults(answers=[{"call": CREATE, "error": "InternalError.CRInternalError", "times": 2}])
    codes = [engine.code(CREATE, create_request("39")) for _ in range(2)]
    assert codes == ["InternalError.CRInternalError"] * 2
    engine.create("39")


def test_it_never_writes_secrets_down(engine):
    request = create_request("40")
    engine.ask(CREATE, request)
    engine.code(CREATE, {**request, "RoomId": "0"})
    written = engine.log + "".join(
        path.read_text(errors="replace") for path in engine.data.rglob("*.json")
    )
    for secret in (request["UserSig"], "a-storage-secret", "AKIDEXAMPLE"):
        assert secret not in written


def test_it_counts_the_calls_of_each_action(tmp_path):
    with trtc_engine(tmp_path, trtc_rate_per_s=2) as engine:
        codes = [engine.code(DESCRIBE, NO_TASK) for _ in range(4)]
        assert codes.count("RequestLimitExceeded") >= 1
        assert codes[:2] == ["ResourceNotFound"] * 2
        assert engine.code(DELETE, NO_TASK) == "ResourceNotFound"


def test_it_keeps_the_apps_of_one_customer_apart(tmp_path):
    apps = tmp_path / "apps.json"
    other = {"dialect": "trtc", "app_id": str(APP + 1), "key": SECRET_ID, "secret": SECRET_KEY,
             "app_secret": APP_SECRET}  # fmt: skip
    apps.write_text(json.dumps([other]))
    engine = trtc_engine(tmp_path)
    engine.settings["APPS"] = str(apps)
    with engine:
        task_id = engine.create("41")
        foreign = {"SdkAppId": APP + 1, "TaskId": task_id}
        assert engine.code(DESCRIBE, foreign) == "ResourceNotFound"
        stranger = {"SdkAppId": APP + 2, "TaskId": task_id}
        assert engine.code(DESCRIBE, stranger) == "InvalidParameter.SdkAppId"
        assert engine.status(task_id) == "Idle"
        robot = create_request("41", ROBOT)
        assert engine.code(CREATE, {**robot, "SdkAppId": APP + 1}) == "InvalidParameter.UserSig"


def test_it_lets_a_person_take_the_place_of_a_robot_of_that_name(engine, receiver):
    engine.join("*42", "anna")
    task_id = engine.create("42")
    receiver.wait_for(307, task_id)
    engine.join("*42", ROBOT)
    assert receiver.wait_for(302, task_id).payload == {"LeaveCode": 101}


def test_it_lets_a_robot_take_the_place_of_a_person_of_that_name(engine, receiver):
    engine.join("*43", ROBOT)
    task_id = engine.create("43")
    receiver.wait_for(301, task_id)
    assert engine.studio("/channels/*43").json()["people"] == []
    assert engine.status(task_id) == "Idle"


def test_it_changes_watermarks_with_the_layout(engine, receiver):
    engine.join("*44", "anna")
    task_id = engine.create("44")
    receiver.wait_for(307, task_id)
    mark = {"WaterMarkType": 2, "WaterMarkTimestamp": {"Pos": 0}}
    for marks in ([mark], []):
        layout = {"MixLayoutMode": 3, "WaterMarkList": marks}
        assert engine.modify(task_id, MixLayoutParams=layout)["TaskId"] == task_id
