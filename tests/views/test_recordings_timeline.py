"""The timeline and the health of a recording's page, and what its lists say of both."""

import re

import pytest

from dashboard.extensions import db
from dashboard.models import Account
from dashboard.providers.base import Person
from dashboard.services import presence, sync
from dashboard.views import recording_page
from tests.views.conftest import seen, words


@pytest.fixture
def on_air(house):
    house.cloud.people["lesson"] = [Person("1001", "testcard", True, True, "#2F6FDE")]
    house.do(presence.refresh)
    recording_id = house.start()
    house.tell(house.task(), 40, status=0)
    house.clock.advance(6)
    house.do(sync.sync_due)
    return recording_id


def timeline(answer):
    """What a person reads of it, line by line."""
    box = answer.text.split('id="timeline-box"')[1].split("</ol>")[0]
    lines = re.findall(r"<li .*?</li>", box, re.S)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", line)).strip() for line in lines]


def test_it_tells_everything_in_one_list_newest_first(operator, on_air):
    told = timeline(operator.get("/recordings/1"))
    assert [line.split(":")[0] for line in told] == ["Poll", "Callback", "Command", "Command"]
    assert "Start was pressed. op@example.com Starting" in told[-1]
    assert "The recorder is in the channel. Recording" in told[1]


KINDS = {"command": 2, "callback": 1, "poll": 1, "state": 2, "all": 4, "nonsense": 4}


@pytest.mark.parametrize(("kind", "lines"), KINDS.items())
def test_it_shows_one_kind_and_keeps_to_it(operator, on_air, kind, lines):
    page = operator.get(f"/recordings/1?show={kind}")
    assert len(timeline(page)) == lines
    again = re.search(r'hx-get="(/recordings/1/live\?[^"]*)"', page.text).group(1)
    assert ("show=" in again) == (kind not in ("all", "nonsense"))
    digest = seen(page)
    assert operator.fetch(f"/recordings/1/live?show={kind}&seen={digest}").status_code == 204


def test_a_press_leaves_the_chosen_kind(operator, on_air):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/recordings/1?show=command"}
    answer = operator.post("/recordings/1/stop", headers=headers)
    assert {line.split(":")[0] for line in timeline(answer)} == {"Command"}
    assert len(timeline(answer)) == 4


def test_it_leads_to_earlier_lines_where_there_are_many(operator, on_air, monkeypatch):
    monkeypatch.setattr(recording_page, "TIMELINE_LINES", 3)
    page = operator.get("/recordings/1")
    assert len(timeline(page)) == 3
    assert "Show 1 earlier ones" in words(page)
    assert len(timeline(operator.get("/recordings/1?all=1"))) == 4


def test_it_opens_a_callbacks_body_from_its_line(operator, on_air):
    page = operator.get("/recordings/1").text
    raw = re.search(r'<details id="(event-\d+)-raw" hx-get="([^"]+)"', page)
    assert "&#34;eventType&#34;: 40" in operator.fetch(raw.group(2)).text
    assert f'id="{raw.group(1)}-body" data-keep' in page


def test_it_says_what_nothing_tells(operator, house, on_air):
    def far():
        db.session.get(Account, 1).studio = False
        db.session.commit()

    house.do(far)
    house.tell(house.task(), 42, startUtcMs=1, discontinueUtcMs=1)
    assert "is not known: this account does not tell it" not in words(operator.get("/recordings/1"))
    house.clock.advance(60)
    assert "Who is publishing is not known" in words(operator.get("/recordings/1"))


def test_it_shows_the_storages_words_on_the_page_and_in_the_lists(operator, house, on_air):
    house.tell(house.task(), 1, module=1, errorLevel=4, errorCode=32, stat=1, errorMsg="NoSuchKey")
    for path in ("/recordings/1", "/recordings", "/channels"):
        assert "NoSuchKey" in words(operator.get(path)), path
    assert "Test the storage and mend its keys" in words(operator.get("/recordings/1"))


def test_it_tells_a_vendors_fault_once(operator, house, on_air):
    """Its own words stand in the sentence, and not beside it again."""
    task = house.task()
    house.tell(task, 1, module=0, errorLevel=5, errorCode=3, stat=1, errorMsg="disk nearly full")
    house.tell(task, 41, leaveCode=2)
    house.tell(task, 11, exitStatus=1)
    page = operator.get("/recordings/1").text
    health = words_of(page.split('id="recording-health"')[1].split('id="recording-truth"')[0])
    assert health.count("disk nearly full") == 1


def test_it_says_of_an_ended_one_why_and_what_there_is(operator, house, on_air):
    task = house.task()
    house.tell(task, 41, leaveCode=4)
    house.tell(task, 31, fileList=house.cloud.upload(task), status=0)
    house.tell(task, 11, exitStatus=0)
    house.clock.advance(10)
    house.do(sync.sync_due)
    told = "It ended by itself: nobody was in the channel. 4 files, "
    for path in ("/recordings/1", "/recordings", "/channels"):
        assert told in words(operator.get(path)), path


def test_an_ended_recordings_editor_does_not_say_that_anything_is_applied_now(
    operator, house, on_air
):
    assert "Applied now" in operator.get("/recordings/1/layout").text
    house.tell(house.task(), 11, exitStatus=0)
    page = operator.get("/recordings/1/layout").text
    assert "Applied last" in page
    assert "Applied now" not in page


def words_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
