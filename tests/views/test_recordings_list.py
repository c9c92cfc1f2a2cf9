"""GET /recordings: search, filters, order and pages."""

import re
from datetime import timedelta

import pytest

from dashboard.extensions import db
from dashboard.models import Recording
from dashboard.services.unit_of_work import RECORDINGS, transaction
from tests.views.conftest import seen, words


@pytest.fixture
def many(house, clock):
    """30 recordings that have ended: lesson-01 is the first and the shortest."""
    recording_id = house.start()

    def copy():
        first = db.session.get(Recording, recording_id)
        kept = {
            column.key: getattr(first, column.key)
            for column in Recording.__mapper__.column_attrs
            if column.key not in ("id", "key", "handle_key")
        }
        with transaction() as work:
            work.session.get(Recording, recording_id).state = "lost"
            for number in range(1, 31):
                began = clock.now() + timedelta(minutes=number)
                work.session.add(
                    Recording(
                        **kept
                        | {
                            "key": f"copy-{number:04}",
                            "channel_name": f"lesson-{number:02}",
                            "state": "failed" if number == 7 else "completed",
                            "started_at": began,
                            "recording_since": began,
                            "ended_at": began + timedelta(seconds=10 * number),
                        }
                    )
                )
            work.touch(RECORDINGS)

    house.do(copy)


def names(answer):
    return re.findall(r">(lesson-\d\d)</a>", answer.text)


def test_it_shows_the_newest_first_25_to_a_page(operator, many):
    page = operator.get("/recordings")
    assert names(page)[:2] == ["lesson-30", "lesson-29"]
    assert len(names(page)) == 25
    assert "1 to 25 of 31" in words(page)


def test_it_goes_on_to_the_next_page_and_never_beyond_the_last(operator, many):
    assert names(operator.get("/recordings?page=2"))[-1] == "lesson-01"
    assert names(operator.get("/recordings?page=99"))[-1] == "lesson-01"


@pytest.mark.parametrize("page", ["0", "-3", "x", "9" * 30])
def test_it_takes_a_page_that_makes_no_sense_as_one_that_does(operator, many, page):
    assert operator.get(f"/recordings?page={page}").status_code == 200


def test_it_sorts_by_a_column_and_says_by_which(operator, many):
    page = operator.get("/recordings?sort=duration&direction=asc")
    assert names(page)[:2] == ["lesson-01", "lesson-02"]
    head = re.search(r"<th[^>]*aria-sort=\"(\w+)\"[^>]*>\s*<a href=\"([^\"]+)\">([^<]+)", page.text)
    assert head.group(1) == "ascending"
    assert head.group(3) == "Duration"
    assert head.group(2) == "/recordings?sort=duration&amp;direction=desc"


def test_it_sorts_names_from_a_to_z_at_the_first_press(operator, many):
    heads = re.findall(
        r'<th scope="col"[^>]*>\s*<a href="([^"]+)">([^<]+)', operator.get("/recordings").text
    )
    addresses = {name: address.replace("&amp;", "&") for address, name in heads}
    assert addresses == {
        "Channel": "/recordings?sort=channel&direction=asc",
        "State": "/recordings?sort=state&direction=asc",
        "Started": "/recordings?sort=started&direction=asc",
        "Duration": "/recordings?sort=duration&direction=desc",
    }
    assert names(operator.get(addresses["Channel"]))[:2] == ["lesson-01", "lesson-02"]


def test_it_sorts_by_nothing_that_is_not_offered(operator, many):
    page = operator.get("/recordings?sort=key;drop table&direction=sideways")
    assert names(page)[0] == "lesson-30"


def test_it_filters_by_state_and_shows_a_chip_that_removes_it(operator, many):
    page = operator.get("/recordings?state=failed&state=nonsense")
    assert names(page) == ["lesson-07"]
    assert re.search(r'class="chip" aria-current="true" href="/recordings"', page.text)


def test_it_filters_by_channel_and_by_search(operator, many):
    assert len(names(operator.get("/recordings?channel=1"))) == 25
    assert "No recording found" in words(operator.get("/recordings?channel=2"))
    assert (
        names(operator.get("/recordings?q=LESSON-1&sort=channel&direction=asc"))[0] == "lesson-10"
    )


def test_it_keeps_the_filters_over_pages_and_polls(operator, many):
    page = operator.get("/recordings?state=completed&q=lesson&page=2").text
    poll = re.search(r'hx-get="(/recordings/rows[^"]*)"', page).group(1)
    assert "state=completed" in poll
    assert "q=lesson" in poll
    assert "page=2" in poll


def test_it_answers_204_while_nothing_has_changed(operator, house):
    digest = seen(operator.get("/recordings"))
    assert operator.fetch(f"/recordings/rows?seen={digest}").status_code == 204
    house.start()
    answer = operator.fetch(f"/recordings/rows?seen={digest}")
    assert "Starting" in words(answer)
    assert "<html" not in answer.text


def test_it_tells_how_each_one_ended(operator, house):
    house.cloud.refuse = ("432", "no such app")
    operator.send("/channels/1/start", {"key": "press-one"})
    assert "The vendor refused the start." in words(operator.get("/recordings"))


def test_it_teaches_when_there_is_none(viewer):
    assert "Press Start on a channel." in words(viewer.get("/recordings"))


def test_it_answers_the_part_alone_when_a_filter_changes(operator, many):
    answer = operator.fetch("/recordings?state=failed")
    assert answer.text.lstrip().startswith('<section id="recordings-live"')


@pytest.mark.parametrize("path", ["/recordings", "/recordings/rows"])
def test_it_is_only_for_reading(operator, path):
    assert operator.post(path).status_code == 405


def test_it_is_closed_to_strangers(app):
    assert app.test_client().get("/recordings").status_code == 302
