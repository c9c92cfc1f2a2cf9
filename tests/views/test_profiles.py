"""Recording profiles: made, followed, changed, put away."""

import re

import pytest

from dashboard.services import profiles, queries
from dashboard.services.live import load
from dashboard.services.readmodels import Actor
from tests.views.conftest import words
from tests.views.test_channels_form import GOOD

ACTOR = Actor(id=1, email="op@example.org", role="operator")
PROFILE = {
    name: value for name, value in GOOD.items() if name not in ("account_id", "recorder_uid")
}
LESSON = PROFILE | {"name": "Lessons", "vendor": "memory", "max_idle_s": "90"}


@pytest.fixture
def lessons(house):
    return house.do(profiles.create, LESSON | {"width": "640", "height": "360"}, ACTOR)


def values(house, channel_id=1):
    return house.do(queries.channel_form, channel_id).values


def follow(operator, house, profile_id, **typed):
    """Choose the profile in the channel's form, as a person does, and save."""
    shown = values(house) | {"recording_profile_id": str(profile_id), "profile_was": ""}
    page = operator.send("/channels/form?id=1", shown | {"size": "custom"})
    filled = dict(
        re.findall(r'name="(max_idle_s|bitrate_kbps|width|height)" value="(\d+)"', page.text)
    )
    filled |= {"preset": "floating", "output": "hls", "background": "#202020", "fps": "15"}
    assert operator.post("/channels/1/edit", shown | filled | typed).status_code == 303


def test_it_teaches_what_a_profile_is_while_there_is_none(operator):
    assert "No recording profiles yet" in words(operator.get("/profiles"))


def test_it_makes_one_and_lists_it(operator, house):
    assert operator.post("/profiles/new", LESSON).status_code == 303
    assert "Lessons" in words(operator.get("/profiles"))


def test_it_says_what_a_profile_for_sound_alone_makes(operator, house):
    operator.post("/profiles/new", LESSON | {"streams": "audio"})
    page = words(operator.get("/profiles"))
    assert "Sound of everybody, no picture" in page
    assert "One picture of everybody" not in page
    assert " fps" not in page


def test_it_calls_its_name_by_its_name(operator):
    page = words(operator.post("/profiles/new", LESSON | {"name": ""}))
    assert "Name of the profile: " in page
    assert "Channel name" not in page


@pytest.mark.parametrize(
    ("field", "typed"),
    [("name", ""), ("name", "x" * 81), ("vendor", "nobody"), ("fps", "16"), ("part_min", "5"),
     ("cipher", "rot13"), ("background", "red")],
)  # fmt: skip
def test_it_refuses_at_the_field_and_keeps_the_rest(operator, field, typed):
    answer = operator.post("/profiles/new", LESSON | {field: typed})
    assert answer.status_code == 422
    at = re.search(rf'id="field-{field}-error">(.*?)</div>', answer.text, re.S).group(1)
    assert "field-error" in at
    assert 'name="max_idle_s" value="90"' in answer.text


def test_it_fills_a_channels_form_in_from_the_profile_it_shall_follow(operator, house, lessons):
    shown = values(house) | {"recording_profile_id": str(lessons), "profile_was": ""}
    page = operator.send("/channels/form?id=1", shown)
    assert 'name="max_idle_s" value="90"' in page.text
    assert "Follows Lessons in everything." in words(page)


def test_it_marks_what_is_the_channels_own(operator, house, lessons):
    follow(operator, house, lessons, max_idle_s="45")
    page = words(operator.get("/channels/1/edit"))
    assert "Follows Lessons, but for one part, marked “own”." in page


def test_it_takes_a_change_along_save_for_what_is_the_channels_own(operator, house, lessons):
    follow(operator, house, lessons, max_idle_s="45")
    change = LESSON | {"max_idle_s": "120", "max_duration_min": "60", "size": "1280x720"}
    assert operator.post(f"/profiles/{lessons}", change).status_code == 303
    found = values(house)
    assert (found["max_idle_s"], found["max_duration_min"], found["width"]) == ("45", "60", "1280")


def test_it_changes_no_recording_that_runs(operator, house, lessons):
    follow(operator, house, lessons)
    recording_id = house.start()
    operator.post(f"/profiles/{lessons}", LESSON | {"max_idle_s": "7"})
    assert house.screen(recording_id).profile.max_idle_s == 90
    assert values(house)["max_idle_s"] == "7"


def test_it_duplicates_and_puts_away(operator, house, lessons):
    operator.post(f"/profiles/{lessons}/duplicate")
    assert "Copy of Lessons" in words(operator.get("/profiles"))
    operator.post(f"/profiles/{lessons}/archive")
    (left,) = house.do(profiles.rows)
    assert left.name == "Copy of Lessons"
    assert ">Lessons</option>" not in operator.get("/channels/new").text
    operator.post(f"/profiles/{lessons}/unarchive")
    assert len(house.do(profiles.rows)) == 2


def test_it_keeps_the_secret_of_a_profile_for_its_channels(operator, house, lessons):
    encrypted = LESSON | {"cipher": "sm4-128-ecb", "secret": "hush-hush"}
    operator.post(f"/profiles/{lessons}", encrypted)
    assert "hush-hush" not in operator.get(f"/profiles/{lessons}").text
    follow(operator, house, lessons, cipher="sm4-128-ecb")
    recording_id = house.start()

    assert house.do(load, recording_id).spec.encryption_secret == "hush-hush"


@pytest.mark.parametrize("path", ["/profiles/new", "/profiles/1"])
def test_it_lets_viewers_only_look(viewer, lessons, path):
    assert viewer.get("/profiles").status_code == 200
    assert viewer.get(path).status_code == 403


@pytest.mark.parametrize("act", ["duplicate", "archive", "unarchive"])
def test_it_lets_no_viewer_change_one(viewer, lessons, act):
    assert viewer.post(f"/profiles/{lessons}/{act}").status_code == 403


def test_it_does_not_know_profiles_that_are_not_there(operator):
    assert operator.get("/profiles/99").status_code == 404
    assert operator.post("/profiles/99/archive").status_code == 404
