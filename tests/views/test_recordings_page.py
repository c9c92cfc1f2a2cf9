"""GET /recordings/<id>, its poll, and what can be done there."""

import re

import pytest

from dashboard.extensions import db
from dashboard.models import Account, Channel
from dashboard.providers.base import Person
from dashboard.services import presence, previews, sync
from tests.views.conftest import seen, words


@pytest.fixture
def on_air(house):
    """A recording that runs."""
    house.cloud.people["lesson"] = [Person("1001", "testcard", True, True, "#2F6FDE")]
    house.do(presence.refresh)
    recording_id = house.start()
    house.tell(house.task(), 40, status=0)
    return recording_id


@pytest.fixture
def completed(house, on_air):
    """A recording that has ended, its files in the bucket."""
    task = house.task()
    house.stop(on_air)
    files = house.cloud.upload(task)
    house.tell(task, 41, leaveCode=2)
    house.tell(task, 31, fileList=files, status=0)
    house.tell(task, 11, exitStatus=0)
    house.clock.advance(10)
    house.do(sync.sync_due)
    return on_air


def test_it_tells_state_people_layout_callbacks_and_details(operator, on_air):
    page = operator.get("/recordings/1")
    told = words(page)
    assert page.status_code == 200
    for expected in ("lesson", "Recording", "1001", "Best fit", "The recorder is in the channel.",
                     "Start was pressed.", "900001", "Test cloud"):  # fmt: skip
        assert expected in told
    assert " style=" not in page.text


def test_it_has_headings_in_order(operator, on_air):
    levels = re.findall(r"<h([1-6])", operator.get("/recordings/1").text.split("<dialog")[0])
    assert levels[0] == "1"
    assert set(levels[1:]) == {"2"}


def test_it_asks_before_it_stops_and_says_who_is_publishing(operator, on_air):
    page = operator.get("/recordings/1").text
    assert 'data-confirm="Stop recording lesson?"' in page
    assert 'data-confirm-effect="1 person is publishing."' in page


def test_it_warns_in_words_when_nobody_is_sending(operator, house):
    house.start()
    house.tell(house.task(), 40, status=0)
    house.do(presence.refresh)
    house.clock.advance(180)
    told = words(operator.get("/recordings/1"))
    assert "Nobody is publishing (for 3 min). Ask somebody to turn on" in told
    assert "Nobody is publishing (for 3 min)." in words(operator.get("/channels"))
    assert "Nobody is publishing (for 3 min)." in words(operator.get("/recordings"))


def test_it_shows_a_viewer_everything_but_the_buttons(viewer, on_air):
    page = viewer.get("/recordings/1")
    assert "The recorder is in the channel." in words(page)
    assert "/stop" not in page.text
    assert "/query" not in page.text


def test_it_answers_204_while_nothing_has_changed(operator, on_air):
    digest = seen(operator.get("/recordings/1"))
    assert operator.fetch(f"/recordings/1/live?seen={digest}").status_code == 204


def test_it_answers_the_same_fragment_once_something_has_changed(operator, house, on_air):
    digest = seen(operator.get("/recordings/1"))
    house.stop(on_air)
    answer = operator.fetch(f"/recordings/1/live?seen={digest}")
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<article id="recording-live"')
    assert "Stop was pressed." in words(answer)


def test_it_stops_and_answers_the_fragment(operator, house, on_air):
    answer = operator.send("/recordings/1/stop")
    assert '<article id="recording-live"' in answer.text
    assert "The recording is stopping." in words(answer)
    assert house.cloud.running() == []


def test_it_stops_without_scripts(operator, house, on_air):
    assert operator.post("/recordings/1/stop").location == "/recordings/1"
    assert house.cloud.running() == []


def test_it_says_so_when_it_has_ended_already(operator, completed):
    answer = operator.send("/recordings/1/stop")
    assert answer.status_code == 200
    assert "This recording has ended already." in words(answer)


def test_it_lets_no_viewer_stop(viewer, house, on_air):
    assert viewer.send("/recordings/1/stop").status_code == 403
    assert len(house.cloud.running()) == 1


@pytest.mark.parametrize("path", ["/recordings/1/stop", "/recordings/1/query"])
def test_it_does_nothing_by_a_mere_link(operator, house, on_air, path):
    assert operator.get(path).status_code == 405
    assert len(house.cloud.running()) == 1


def test_it_asks_the_vendor_now_and_tells_that_it_does_not_answer(operator, house, on_air):
    assert "The vendor has answered." in words(operator.send("/recordings/1/query"))
    house.cloud.down = True
    answer = operator.send("/recordings/1/query")
    assert answer.status_code == 503
    assert "does not answer" in words(answer)


def test_it_shows_the_picture_and_lets_the_browser_keep_it(operator, house, on_air):
    house.do(previews.refresh)
    src = re.search(r'src="(/recordings/1/preview.jpg[^"]*)"', operator.get("/recordings/1").text)
    answer = operator.get(src.group(1).replace("&amp;", "&"))
    assert answer.mimetype == "image/jpeg"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "no-store" in operator.get("/recordings/1/preview.jpg").headers["Cache-Control"]


def test_it_has_no_picture_before_the_first_one(operator, on_air):
    assert operator.get("/recordings/1/preview.jpg").status_code == 404
    assert "No picture yet." in words(operator.get("/recordings/1"))


def test_it_shows_a_callbacks_body_with_its_secrets_masked(operator, on_air):
    page = operator.get("/recordings/1").text
    path = re.search(r'hx-get="(/recordings/1/callbacks/\d+)"', page).group(1)
    raw = operator.fetch(path)
    assert "&#34;eventType&#34;: 40" in raw.text
    assert "Agora-Signature" in raw.text
    assert not re.search(r"<dd[^>]*>[0-9a-f]{40,}</dd>", raw.text)
    assert "<html" not in raw.text
    assert "<html" in operator.get(path).text


def test_it_plays_when_it_is_completed_and_asks_no_more(operator, completed):
    page = operator.get("/recordings/1")
    assert "Completed" in words(page)
    playlist = re.search(r'data-playlist="([^"]+)"', page.text).group(1)
    assert operator.get(playlist).text.startswith("#EXTM3U")
    assert "data-keep" in page.text
    assert "live-words" in page.text


def test_it_gives_the_player_a_fresh_address(operator, completed):
    answer = operator.fetch("/recordings/1/player")
    assert answer.status_code == 200
    assert 'data-playlist="/media/' in answer.text


def test_it_has_no_player_while_it_is_recorded(operator, on_air):
    assert "data-playlist" not in operator.get("/recordings/1").text
    assert operator.fetch("/recordings/1/player").status_code == 404


def test_it_leads_to_the_mp4_by_a_checked_address(operator, completed):
    page = operator.get("/recordings/1").text
    link = re.search(r'href="(/recordings/1/download/[^"]+_0\.mp4)"', page).group(1)
    answer = operator.get(link)
    assert answer.status_code == 302
    part = operator.get(answer.location, headers={"Range": "bytes=1-2"})
    assert (part.status_code, part.data) == (206, b"p4")


def test_it_shows_why_it_failed_beside_the_vendors_words(operator, house):
    house.cloud.refuse = ("432", "no such app")
    operator.send("/channels/1/start", {"key": "press-one"})
    told = words(operator.get("/recordings/1"))
    assert "Failed" in told
    assert "no such app" in told
    assert "There is nothing to play." in told


@pytest.mark.parametrize("tail", ["", "/live", "/player", "/preview.jpg", "/callbacks/1"])
def test_it_does_not_know_recordings_that_are_not_there(operator, tail):
    assert operator.get(f"/recordings/99{tail}").status_code == 404


@pytest.mark.parametrize("tail", ["", "/live", "/player", "/callbacks/1", "/preview.jpg"])
def test_it_is_closed_to_strangers(app, house, on_air, tail):
    assert app.test_client().get(f"/recordings/1{tail}").status_code in (302, 401)


def test_it_says_when_its_ceiling_stops_it(operator, house):
    def hour():
        channel = db.session.get(Channel, 1)
        channel.profile = channel.profile | {"max_duration_min": 60}
        db.session.commit()

    house.do(hour)
    house.start()
    assert "Longest recording 60 min, stopped at" in words(operator.get("/recordings/1"))


def test_it_estimates_what_a_vendor_will_bill_and_nothing_for_an_engine(operator, house, on_air):
    house.clock.advance(45)
    assert "Probably billed" not in words(operator.get("/recordings/1"))

    def bought():
        db.session.get(Account, 1).studio = False
        db.session.commit()

    house.do(bought)
    told = words(operator.get("/recordings/1"))
    assert "Probably billed 1 minute begun, class not known" in told
