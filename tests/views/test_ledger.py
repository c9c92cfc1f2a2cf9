"""The ledger's screen: lines, filters, live tail, export, replay; who may do what."""

import csv
import io
import json
import re

import pytest

from dashboard.errors import CallbackRejected
from dashboard.extensions import db
from dashboard.models import Audit
from dashboard.protocols.signatures import agora_headers
from dashboard.services import callbacks
from tests.services.fakes import Task
from tests.views.conftest import words

ELSEWHERE = Task("f" * 32, "other room", "77", ())


def forged(house):
    _, raw = house.cloud.callback(house.task(), 11, exitStatus=0)

    def send():
        with pytest.raises(CallbackRejected):
            callbacks.receive("account-key", agora_headers("a guess", raw), raw, "198.51.100.7")

    house.do(send)


@pytest.fixture
def told(house):
    """A recording that told three things, one of them twice, one missing; and others."""
    recording_id = house.start()
    task = house.task()
    house.tell(task, 40, status=0)
    house.tell(task, 1, sequence=2, module=1, errorLevel=5, errorCode=32, errorMsg="no")
    house.tell(task, 1, sequence=2, module=1, errorLevel=5, errorCode=32, errorMsg="no")
    house.tell(ELSEWHERE, 31, status=0, fileList=[])
    forged(house)
    return recording_id


def lines(answer):
    return re.findall(r'id="delivery-(\d+)"', answer.text)


def tail_of(answer):
    return re.search(r'hx-get="(/ledger/tail[^"]*)"', answer.text).group(1).replace("&amp;", "&")


def test_it_tells_each_callback_in_a_line(viewer, told):
    page = viewer.get("/ledger")
    said = words(page)
    assert lines(page) == ["4", "3", "2", "1"]
    for part in ("Number 1 is missing", "The storage refused the upload", "Forged",
                 "Waits for its recording", "It claims:", "Test cloud", "other room"):  # fmt: skip
        assert part in said


def test_it_says_what_to_do_while_nothing_came(viewer):
    assert "Paste the callback address" in words(viewer.get("/ledger"))


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("show=unmatched", ["3"]),
        ("show=refused", ["4"]),
        ("channel=other+room", ["3"]),
        ("q=other", ["3"]),
        ("level=error", ["2"]),
        ("kind=recorder_started", ["1"]),
        ("outcome=waiting", ["3"]),
        ("recording=1", ["1", "2", "4"]),
        ("recording=1&order=arrival", ["4", "2", "1"]),
        ("since=2000-01-01T00:00", ["4", "3", "2", "1"]),
        ("until=2000-01-01T00:00", []),
        ("account=x&kind=nonsense&level=no&since=never&before=%3B", ["4", "3", "2", "1"]),
        ("before=9223372036854775808", ["4", "3", "2", "1"]),
        ("before=3", ["2", "1"]),
    ],
)
def test_it_leaves_what_was_asked_for(viewer, told, query, ids):
    assert lines(viewer.get(f"/ledger?{query}")) == ids
    assert lines(viewer.fetch(f"/ledger?{query}")) == ids


def test_the_tail_says_nothing_when_nothing_is_new(viewer, house, told):
    house.clock.advance(1)
    address = tail_of(viewer.get("/ledger"))
    house.clock.advance(1)
    answer = viewer.fetch(address)
    assert (answer.status_code, answer.data) == (204, b"")


def test_the_tail_brings_new_lines_to_the_top(viewer, house, told):
    address = tail_of(viewer.get("/ledger?channel=lesson"))
    house.tell(house.task(), 41, sequence=3, leaveCode=4)
    house.tell(ELSEWHERE, 40, status=0)
    answer = viewer.fetch(address)
    assert lines(answer) == ["5"]
    assert 'hx-swap-oob="afterbegin:#ledger-lines"' in answer.text
    house.clock.advance(1)
    assert viewer.fetch(tail_of(answer)).status_code == 204


def test_the_tail_shows_what_became_of_its_lines(viewer, house, told):
    house.clock.advance(2)
    address = tail_of(viewer.get("/ledger"))
    house.clock.advance(4000)
    house.do(callbacks.apply_pending)
    answer = viewer.fetch(address)
    assert lines(answer) == ["3"]
    assert "No recording" in words(answer)
    assert 'hx-swap-oob="morph"' in answer.text


def test_the_tail_can_be_paused_and_resumed(viewer, told):
    paused = viewer.fetch(tail_of(viewer.get("/ledger")) + "&paused=1")
    assert "data-poll" not in paused.text
    assert "Paused" in words(paused)
    assert "paused" not in tail_of(paused)


def test_an_older_page_has_no_tail(viewer, told):
    assert "/ledger/tail" not in viewer.get("/ledger?before=3").text


def test_it_opens_a_callback_with_every_number_told(viewer, told):
    page = viewer.get("/ledger/2")
    said = words(page)
    for part in ("errorCode 32 The storage refused the upload", "errorLevel 5 fatal",
                 "module 1 uploader", "came 1 more time", "cloud_recording_error"):  # fmt: skip
        assert part in said
    assert "<html" not in viewer.fetch("/ledger/2").text


def test_it_says_so_where_there_is_no_such_callback(viewer):
    assert viewer.get("/ledger/99").status_code == 404


def test_applying_again_changes_nothing_and_says_so(operator, house, told):
    before = house.sentences(told)
    answer = operator.send("/ledger/2/replay")
    assert "Applying it again changed nothing" in answer.text
    assert house.sentences(told) == before
    with operator.client.application.app_context():
        noted = db.session.query(Audit).filter_by(action="callback.replay").one()
        assert (noted.subject_id, noted.detail["changed"]) == (2, False)


def test_without_scripts_it_comes_back_to_the_callback(operator, told):
    answer = operator.post("/ledger/2/replay")
    assert (answer.status_code, answer.location) == (303, "/ledger/2")
    assert "Applying it again changed nothing" in words(operator.get("/ledger/2"))


@pytest.mark.parametrize("path", ["/ledger/1/replay", "/ledger/test"])
def test_only_operators_apply_again_and_test(viewer, told, path):
    assert viewer.send(path, {"account": 1}).status_code == 403
    page = viewer.get("/ledger/1")
    assert "replay" not in page.text
    assert "/ledger/test" not in viewer.get("/ledger").text


def test_nothing_is_changed_by_get(operator, told):
    assert operator.get("/ledger/1/replay").status_code == 405


def test_the_export_takes_along_what_is_shown(viewer, told):
    answer = viewer.get("/ledger/export.jsonl?recording=1")
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert [row["id"] for row in rows] == [4, 2, 1]
    error = rows[1]
    assert (error["gap_from"], error["gap_to"], error["repeats"]) == (1, 1, 1)
    assert error["told"].startswith("The storage refused the upload")
    assert json.loads(error["body"])["eventType"] == 1
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_spreadsheet_runs_nothing_of_what_came(viewer, house, told):
    for sid, sign in zip("bcde", "=+-@", strict=True):
        house.tell(Task(sid * 32, f"{sign}cmd|'/c calc'!A1", "7", ()), 40, status=0)
    answer = viewer.get("/ledger/export.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    cells = [row["channel"] for row in rows[:4]]
    assert all(cell.startswith("'") for cell in cells)
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_there_are_two_kinds_of_export(viewer):
    assert viewer.get("/ledger/export.xml").status_code == 404


@pytest.mark.parametrize("path", ["/ledger", "/ledger/1", "/ledger/export.csv", "/ledger/tail"])
def test_strangers_see_nothing(app, told, path):
    assert app.test_client().get(path).status_code == 302
