"""GET /channels and /channels/rows: one line a channel, and the poll behind it."""

import re

import pytest

from dashboard.providers.base import Person
from dashboard.services import channels, presence
from tests.views.conftest import seen, words


def test_it_shows_each_channel_with_its_account_and_state(operator):
    page = operator.get("/channels")
    assert page.status_code == 200
    assert "lesson" in words(page)
    assert "Test cloud" in words(page)
    assert "Ready" in words(page)


def test_it_lets_an_operator_start_and_nobody_stop_what_is_not_running(operator):
    page = operator.get("/channels").text
    assert "/channels/1/start" in page
    assert "/stop" not in page


def test_it_shows_a_viewer_no_buttons(viewer):
    page = viewer.get("/channels").text
    assert "lesson" in page
    assert "/start" not in page
    assert "/channels/new" not in page
    assert "/edit" not in page


def test_it_sends_a_stranger_to_the_sign_in_page(app):
    answer = app.test_client().get("/channels")
    assert answer.status_code == 302
    assert "/sign-in" in answer.location


@pytest.mark.parametrize("path", ["/channels", "/channels/rows"])
def test_it_is_only_for_reading(operator, path):
    assert operator.post(path).status_code == 405


def test_it_answers_204_while_nothing_has_changed(operator):
    page = operator.get("/channels")
    assert operator.fetch(f"/channels/rows?seen={seen(page)}").status_code == 204


def test_it_answers_the_rows_again_once_something_has_changed(operator, house):
    before = seen(operator.get("/channels"))
    house.start()
    rows = operator.fetch(f"/channels/rows?seen={before}")
    assert rows.status_code == 200
    assert "Starting" in words(rows)
    assert seen(rows) != before


def test_it_is_asked_sooner_while_something_moves(operator, house):
    assert 'data-poll="15"' in operator.get("/channels").text
    house.start()
    assert 'data-poll="2"' in operator.get("/channels").text


def test_it_keeps_the_filters_in_the_address_of_the_next_poll(operator):
    poll = re.search(r'hx-get="(/channels/rows[^"]*)"', operator.get("/channels?q=less").text)
    assert "q=less" in poll.group(1)


def test_it_finds_channels_by_name(operator):
    assert "lesson" in words(operator.fetch("/channels?q=ESS"))
    assert "No channel found" in words(operator.fetch("/channels?q=elsewhere"))


def test_it_shows_archived_channels_only_when_asked(operator, house):
    house.do(channels.archive, house.channel_id, house.operator)
    assert "No channels yet" in words(operator.fetch("/channels"))
    rows = operator.fetch("/channels?archived=1")
    assert "Bring back" in words(rows)
    assert "/start" not in rows.text


def test_it_teaches_when_there_is_no_channel(operator, viewer, house):
    house.do(channels.archive, house.channel_id, house.operator)
    assert "/channels/new" in operator.fetch("/channels").text
    assert "An operator can add the first one." in words(viewer.fetch("/channels"))


def test_it_tells_who_is_there_and_in_which_colour(operator, house):
    house.cloud.people["lesson"] = [Person("1001", "testcard", False, True, "#2F6FDE")]
    house.do(presence.refresh)
    rows = operator.fetch("/channels")
    assert "1 person:" in words(rows)
    assert 'fill="#2F6FDE"' in rows.text
    assert "microphone-off" in rows.text


def test_it_ticks_the_elapsed_time_of_what_is_recorded(operator, house):
    house.start()
    house.tell(house.task(), 40, status=0)
    rows = operator.fetch("/channels")
    assert "data-elapsed" in rows.text
    assert "lamp-on_air" in rows.text
    assert "The recorder is in the channel." in words(rows)


def test_it_places_nothing_by_style_attributes(operator, house):
    house.start()
    assert " style=" not in operator.get("/channels").text


def test_it_escapes_what_was_searched_for(operator):
    page = operator.get("/channels?q=<script>alert(1)</script>").text
    assert "<script>alert" not in page
