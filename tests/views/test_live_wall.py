"""The live wall: what it shows, who may press what, and what a look costs."""

import re
from datetime import timedelta

import pytest

from dashboard.services import presence, previews, recordings
from dashboard.views.live import columns
from tests.services import crowd
from tests.views.conftest import words


def cards(answer) -> list[str]:
    """The channels, in the order of their cards."""
    return re.findall(r'<h2 class="wall-name"><a[^>]*>([^<]+)</a>', answer.text)


def next_look(answer) -> str:
    return re.search(r'hx-get="(/live/cards[^"]*)"', answer.text).group(1).replace("&amp;", "&")


@pytest.fixture
def crowded(house):
    return house.do(crowd.record, house._house, 3)


def fail(house):
    """A start that the vendor refuses."""
    house.cloud.refuse = ("403", "no credit left")
    with pytest.raises(Exception, match="refused"):
        house.start()
    house.cloud.refuse = None


def test_it_shows_every_running_recording(viewer, crowded):
    page = viewer.get("/live")
    assert cards(page) == ["room-01", "room-02", "room-03"]
    assert page.text.count("preview.jpg") == 3
    assert "4/4" in words(page)
    assert "2 people in the channel" in page.text


def test_it_teaches_where_nothing_runs(operator, viewer):
    assert "Nothing is being recorded" in words(operator.get("/live"))
    assert "Start one from the channels" in words(operator.get("/live"))
    assert "Start one" not in words(viewer.get("/live"))


def test_it_answers_204_until_something_changes(viewer, house, crowded):
    address = next_look(viewer.get("/live"))
    assert viewer.fetch(address).status_code == 204
    house.stop(crowded[1])
    again = viewer.fetch(address)
    assert again.status_code == 200
    assert again.text.lstrip().startswith("<section")
    assert cards(again) == ["room-02"]  # the others are there already
    assert viewer.fetch(next_look(again)).status_code == 204


def test_it_is_no_news_that_time_has_passed(viewer, house, crowded):
    address = next_look(viewer.get("/live"))
    house.clock.advance(11)
    assert viewer.fetch(address).status_code == 204


def test_it_asks_for_no_picture_that_is_the_same(viewer, house, crowded):
    def addresses(page):
        return re.findall(r"/recordings/\d+/preview\.jpg\?[^\"]*", page.text)

    before = addresses(viewer.get("/live"))
    house.cloud.picture = lambda handle: crowd.jpeg(
        99 if handle["recorder_uid"].endswith("2") else int(handle["recorder_uid"]) - 910000
    )
    house.do(previews.refresh)
    after = addresses(viewer.get("/live"))
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, False, True]
    kept = viewer.get(after[1].replace("&amp;", "&"))
    assert "immutable" in kept.headers["Cache-Control"]


def test_it_puts_what_went_wrong_first_and_says_why(viewer, house, crowded):
    fail(house)
    page = viewer.get("/live")
    assert cards(page) == ["lesson", "room-01", "room-02", "room-03"]
    assert "The vendor refused the start." in words(page)


def test_it_puts_a_warning_before_what_goes_well(viewer, house, crowded):
    address = next_look(viewer.get("/live"))
    house.cloud.people["room-03"] = []
    house.do(presence.refresh)
    house.clock.advance(20)
    news = viewer.fetch(address)
    assert cards(news) == ["room-03"]
    assert "Nobody is publishing" in words(news)
    assert cards(viewer.get("/live")) == ["room-03", "room-01", "room-02"]


def test_it_lets_a_failure_go_after_a_while(viewer, house):
    fail(house)
    house.clock.advance(timedelta(minutes=14).total_seconds())
    assert cards(viewer.get("/live")) == ["lesson"]
    house.clock.advance(120)
    assert cards(viewer.get("/live")) == []


def test_it_lets_a_failure_go_once_it_was_seen(operator, viewer, house):
    fail(house)
    answer = operator.send("/live/1/seen")
    assert answer.status_code == 200
    assert cards(answer) == []
    assert cards(viewer.get("/live")) == []
    assert operator.send("/live/1/seen").status_code == 200


def test_it_refuses_to_take_a_running_one_off(operator, crowded):
    assert operator.post(f"/live/{crowded[0]}/seen").status_code == 409


def test_it_starts_again_and_stops(operator, house):
    fail(house)
    answer = operator.send("/live/start/1", {"key": "again-0001"})
    assert "The recording is starting." in words(answer)
    assert len(house.cloud.running()) == 1
    answer = operator.send("/live/2/stop")
    assert "The recording is stopping." in words(answer)
    assert house.cloud.running() == []


def test_it_tells_why_it_could_not_start_or_stop(operator, house, crowded):
    house.start()
    assert "is being recorded already" in words(operator.send("/live/start/1"))
    house.cloud.refuse = ("403", "no credit left")
    house.do(recordings.stop, 4, house.operator)
    house.tell(next(t for t in house.cloud.tasks.values() if t.channel == "lesson"), 31,
               fileList=[], status=0)  # fmt: skip
    assert "The vendor refused the start." in words(operator.send("/live/start/1"))


def test_it_keeps_the_filters_in_the_address(viewer, house, crowded):
    house.stop(crowded[1])
    page = viewer.get("/live?state=recording")
    assert cards(page) == ["room-01", "room-03"]
    assert "state=recording" in next_look(page)
    anew = re.sub("(seen|have)=", "was=", next_look(page))
    assert cards(viewer.fetch(anew)) == ["room-01", "room-03"]
    assert "3 recordings are hidden" in words(viewer.get("/live?account=999"))
    assert cards(viewer.get("/live?state=nonsense&account=x")) == ["room-01", "room-02", "room-03"]


def test_it_has_no_buttons_for_viewers(viewer, operator, crowded):
    assert "button-stop" not in viewer.get("/live").text
    assert "button-stop" in operator.get("/live").text
    assert viewer.post(f"/live/{crowded[0]}/stop").status_code == 403
    assert viewer.post(f"/live/{crowded[0]}/seen").status_code == 403
    assert viewer.post("/live/start/1").status_code == 403
    assert operator.get(f"/live/{crowded[0]}/stop").status_code == 405


def test_it_has_a_wall_screen_without_the_shell(viewer, crowded):
    page = viewer.get("/live?kiosk=1&state=recording")
    assert 'class="rail"' not in page.text
    assert "3 on air" in words(page)
    assert "kiosk=1" in next_look(page)
    assert 'href="/live?state=recording"' in page.text


@pytest.mark.parametrize(("role", "goes_on"), [("viewer", True), ("administrator", False)])
def test_it_keeps_a_wall_screen_signed_in_that_may_only_look(browse, house, role, goes_on):
    screen = browse(role)
    look = next_look(screen.get("/live?kiosk=1"))
    for _hours in range(0, 9 * 24, 11):
        house.clock.advance(11 * 3600)
        last = screen.fetch(look).status_code
    assert (last in (200, 204)) is goes_on


@pytest.mark.parametrize(
    ("count", "kiosk", "wide"),
    [(1, False, 1), (4, False, 2), (12, False, 4), (13, False, 0), (50, True, 8), (70, True, 0)],
)
def test_it_sizes_cards_by_how_many_there_are(count, kiosk, wide):
    assert columns(count, kiosk) == wide
