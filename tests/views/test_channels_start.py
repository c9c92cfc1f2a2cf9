"""POST /channels/<id>/start."""

import pytest

from tests.views.conftest import words

START = "/channels/1/start"


def test_it_answers_the_row_and_says_so_on_the_side(operator, house):
    answer = operator.send(START, {"key": "press-one"})
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<tr role="row" id="channel-1"')
    assert "Starting" in words(answer)
    assert 'hx-swap-oob="beforeend:#toasts"' in answer.text
    assert "The recording is starting." in words(answer)
    assert len(house.cloud.running()) == 1


def test_it_works_without_scripts(operator, house):
    answer = operator.post(START, {"key": "press-one"})
    assert answer.status_code == 303
    assert answer.location == "/recordings/1"


def test_it_records_once_for_a_double_click(operator, house):
    first, second = (operator.send(START, {"key": "the-same-press"}) for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert "already" not in words(second)
    assert len(house.cloud.tasks) == 1


def test_it_records_once_for_two_forms_without_a_key(operator, house):
    operator.post(START)
    operator.post(START)
    assert len(house.cloud.tasks) == 1


def test_it_shows_the_second_operator_the_first_ones_recording(operator, browse, house):
    operator.send(START, {"key": "press-one"})
    answer = browse("administrator").send(START, {"key": "press-two"})
    assert answer.status_code == 200
    assert "lesson is being recorded already." in words(answer)
    assert "Started by operator@example.org." in words(answer)
    assert 'href="/recordings/1"' in answer.text
    assert len(house.cloud.tasks) == 1


def test_it_leads_to_the_first_recording_without_scripts_too(operator, house):
    operator.post(START, {"key": "press-one"})
    answer = operator.post(START, {"key": "press-two"})
    assert answer.location == "/recordings/1"
    assert "is being recorded already" in words(operator.get(answer.location))


def test_it_shows_the_vendors_words_when_it_refuses(operator, house):
    house.cloud.refuse = ("432", "no such app")
    answer = operator.send(START, {"key": "press-one"})
    assert "432 · no such app" in words(answer)
    assert "Failed" in words(answer)


def test_it_says_that_the_account_does_not_answer(operator, house):
    house.cloud.down = True
    answer = operator.send(START, {"key": "press-one"})
    assert "does not answer" in words(answer)
    assert "Recording" not in words(answer)
    assert house.cloud.tasks == {}


def test_it_is_refused_to_viewers(viewer, house):
    assert viewer.send(START, {"key": "press-one"}).status_code == 403
    assert house.cloud.tasks == {}


def test_it_needs_the_forms_token(operator, house):
    assert operator.client.post(START, data={"key": "press-one"}).status_code == 400
    assert house.cloud.tasks == {}


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_it_takes_posts_only(operator, method):
    assert getattr(operator.client, method)(START).status_code == 405


def test_it_does_not_know_channels_that_are_not_there(operator):
    assert operator.send("/channels/99/start", {"key": "press-one"}).status_code == 404


def test_it_stops_from_the_row_and_answers_the_row(operator, house):
    house.start()
    house.tell(house.task(), 40, status=0)
    answer = operator.send("/recordings/1/stop", {"shown": "row"})
    assert answer.text.lstrip().startswith('<tr role="row" id="channel-1"')
    assert "The recording is stopping." in words(answer)
    assert house.cloud.running() == []


def test_it_asks_before_it_stops_and_names_the_channel(operator, house):
    house.start()
    row = operator.fetch("/channels").text
    assert 'data-confirm="Stop recording lesson?"' in row
    assert 'data-confirm-effect="Nobody is publishing."' in row
