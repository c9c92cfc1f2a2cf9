"""The channel's form: new, edit, archive."""

import re

import pytest

from dashboard.services import queries
from tests.views.conftest import words

GOOD = {
    "name": "evening-show",
    "account_id": "1",
    "recorder_uid": "900002",
    "streams": "both",
    "size": "640x360",
    "width": "1280",
    "height": "720",
    "fps": "15",
    "bitrate_kbps": "400",
    "preset": "floating",
    "background": "#202020",
    "output": "hls",
    "max_idle_s": "60",
}


def value_of(page, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    return found.group(1) if found else None


def test_it_offers_a_form_that_can_be_sent_at_once(operator):
    page = operator.get("/channels/new")
    assert page.status_code == 200
    assert value_of(page, "recorder_uid") == "900002"
    assert 'value="1280x720" checked' in page.text
    assert page.text.count('class="drawing drawing-card"') == 3


def test_it_makes_a_channel_and_goes_back_to_the_list(operator, house):
    answer = operator.post("/channels/new", GOOD)
    assert answer.status_code == 303
    page = operator.get(answer.location)
    assert "Channel evening-show is ready." in words(page)
    assert "evening-show" in words(page)


def test_it_takes_width_and_height_from_a_named_size(operator, house):
    operator.post("/channels/new", GOOD)
    values = house.do(queries.channel_form, 2).values
    assert (values["width"], values["height"]) == ("640", "360")


def test_it_takes_width_and_height_as_typed_for_a_custom_size(operator, house):
    operator.post("/channels/new", GOOD | {"size": "custom", "width": "960", "height": "540"})
    values = house.do(queries.channel_form, 2).values
    assert (values["width"], values["height"]) == ("960", "540")


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "x" * 65),
        ("name", "名字"),
        ("account_id", "77"),
        ("recorder_uid", "0"),
        ("recorder_uid", "4294967296"),
        ("streams", "smell"),
        ("width", "641"),
        ("width", "1922"),
        ("height", "-2"),
        ("fps", "14"),
        ("bitrate_kbps", "6501"),
        ("bitrate_kbps", "9" * 400),
        ("preset", "custom"),
        ("background", "red"),
        ("output", "mp4"),
        ("max_idle_s", "4"),
    ],
)
def test_it_says_what_is_wrong_at_the_field_and_keeps_what_was_typed(operator, field, typed):
    answer = operator.post("/channels/new", GOOD | {"size": "custom", field: typed})
    assert answer.status_code == 422
    at_field = re.search(rf'id="field-{field}-error">(.*?)</div>', answer.text, re.S).group(1)
    assert "field-error" in at_field
    assert f'href="#field-{field}"' in answer.text
    assert value_of(answer, "max_idle_s") == ("4" if field == "max_idle_s" else "60")


def test_it_names_every_problem_at_once(operator):
    answer = operator.post("/channels/new", GOOD | {"name": "", "fps": "0", "max_idle_s": "x"})
    assert "3 things to correct:" in words(answer)


def test_it_escapes_what_was_typed(operator):
    answer = operator.post("/channels/new", GOOD | {"name": '"><script>alert(1)</script>'})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text


def test_it_edits_what_is_there(operator, house):
    page = operator.get("/channels/1/edit")
    assert value_of(page, "name") == "lesson"
    operator.post("/channels/1/edit", GOOD | {"name": "lesson-2"})
    assert house.do(queries.channel_form, 1).values["name"] == "lesson-2"


def test_it_keeps_the_form_when_a_running_recording_forbids_the_change(operator, house):
    house.start()
    answer = operator.post("/channels/1/edit", GOOD | {"name": "renamed"})
    assert answer.status_code == 409
    assert "cannot change while it is being recorded" in words(answer)
    assert value_of(answer, "name") == "renamed"


def test_it_archives_and_brings_back(operator, house):
    assert operator.post("/channels/1/archive").location == "/channels"
    assert "No channels yet" in words(operator.get("/channels"))
    operator.post("/channels/1/unarchive")
    assert "lesson" in words(operator.fetch("/channels"))


def test_it_asks_before_it_archives_and_names_the_channel(operator):
    assert 'data-confirm="Archive lesson?"' in operator.get("/channels/1/edit").text


def test_it_does_not_archive_what_is_being_recorded(operator, house):
    house.start()
    page = operator.get(operator.post("/channels/1/archive").location)
    assert "lesson is being recorded. Stop it first." in words(page)


@pytest.mark.parametrize("path", ["/channels/new", "/channels/1/edit", "/channels/bitrate"])
def test_it_is_not_open_to_viewers(viewer, path):
    assert viewer.get(path).status_code == 403


@pytest.mark.parametrize("act", ["archive", "unarchive"])
def test_it_lets_no_viewer_archive(viewer, act):
    assert viewer.post(f"/channels/1/{act}").status_code == 403


def test_it_does_not_know_channels_that_are_not_there(operator):
    assert operator.get("/channels/99/edit").status_code == 404


def test_it_advises_a_bitrate_by_the_guide(operator):
    advice = words(operator.fetch("/channels/bitrate?size=640x360&fps=15"))
    assert "A general guide, after Agora's table: 400 kbit/s for talk, 800" in advice


def test_it_gives_the_guide_itself_while_a_number_is_missing(operator):
    advice = words(operator.fetch("/channels/bitrate?size=custom&width=&height=1&fps=x"))
    assert "1130 for 1280 × 720" in advice


def test_it_keeps_the_channels_name_in_the_heading_of_a_refused_form(operator):
    answer = operator.post("/channels/1/edit", GOOD | {"name": "not / allowed\x00"})
    assert answer.status_code == 422
    assert "<h1>Edit lesson</h1>" in answer.text


def test_it_says_once_whom_to_ask(viewer):
    page = viewer.get("/channels/1/edit")
    assert page.status_code == 403
    assert words(page).count("Ask an administrator") == 1
