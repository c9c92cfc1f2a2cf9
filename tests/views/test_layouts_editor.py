"""The editor's addresses, as browsers of each role meet them."""

import json
import re

import pytest

from dashboard.providers.base import Person
from dashboard.services import person_pictures, presence
from dashboard.services.layouts import live
from dashboard.services.readmodels import Actor
from tests.services.layouts import ONE, THREE, TWO, custom

OTHER = Actor(id=99, email="other@example.com", role="operator")


@pytest.fixture
def recording(house):
    return house.start()


def send(screen, recording, document, revision=1, **more):
    form = {"document": json.dumps(document), "revision": revision, **more}
    return screen.send(f"/recordings/{recording}/layout", form)


def outcome(answer):
    return re.search(r'id="layout-outcome"[^>]*data-outcome="(\w+)"', answer.text).group(1)


def data_in(page):
    """What the editor's script would read."""
    words = re.search(r'<script type="application/json" id="layout-data">(.*?)</script>', page.text)
    return json.loads(words.group(1))


def test_it_gives_the_script_all_it_begins_with(house, operator, recording):
    page = operator.get(f"/recordings/{recording}/layout")
    data = data_in(page)
    assert data["canvas"] == {"width": 1280, "height": 720}
    assert (data["mostRegions"], data["revision"], data["live"]) == (17, 1, True)
    assert data["applied"]["preset"] == "best_fit"
    assert data["urls"]["apply"] == f"/recordings/{recording}/layout"


def test_it_applies_and_answers_with_what_holds_now(house, cloud, operator, recording):
    answer = send(operator, recording, TWO)
    assert (answer.status_code, outcome(answer)) == (200, "applied")
    assert 'data-revision="2"' in answer.text
    assert answer.headers["HX-Retarget"] == "#layout-outcome"
    assert cloud.layouts[-1].to_json() == TWO


def test_it_lets_no_viewer_apply(house, cloud, viewer, recording):
    assert viewer.get(f"/recordings/{recording}/layout").status_code == 200
    assert send(viewer, recording, TWO).status_code == 403
    assert viewer.send(f"/recordings/{recording}/layout/restore/1").status_code == 403
    assert viewer.send(f"/channels/{house.channel_id}/layout").status_code == 403
    assert viewer.send(f"/channels/{house.channel_id}/scenes").status_code == 403
    assert cloud.layouts == []


def test_it_names_each_problem_at_its_region(house, cloud, operator, recording):
    answer = send(operator, recording, custom("1001", x=0.9, w=0.2))
    assert (answer.status_code, outcome(answer)) == (422, "findings")
    assert 'data-where="regions.0.w"' in answer.text
    assert 'data-region="0"' in answer.text
    assert cloud.layouts == []


def test_it_shows_theirs_to_the_second(house, operator, recording):
    house.do(live.apply, recording, ONE, 1, OTHER)
    answer = send(operator, recording, THREE, revision=1)
    assert (answer.status_code, outcome(answer)) == (409, "conflict")
    assert "other@example.com" in answer.text
    assert "1002 gets a region." in answer.text
    again = send(operator, recording, THREE, revision=1, overwrite=1)
    assert outcome(again) == "applied"


def test_it_keeps_the_draft_when_the_vendor_refuses(house, cloud, operator, recording):
    cloud.layout_fault = "refused"
    answer = send(operator, recording, TWO)
    assert (answer.status_code, outcome(answer)) == (502, "refused")
    assert "layoutConfig is not right" in answer.text


def test_it_says_when_nobody_knows(house, cloud, operator, recording):
    cloud.layout_fault = "unknown"
    assert outcome(send(operator, recording, TWO)) == "unknown"
    assert "Apply again to be sure" in operator.get(f"/recordings/{recording}/layout").text


def test_it_says_that_it_has_ended(house, operator, recording):
    house.stop(recording)
    answer = send(operator, recording, TWO)
    assert (answer.status_code, outcome(answer)) == (409, "refused")


def test_it_restores_from_the_history(house, cloud, operator, recording):
    send(operator, recording, ONE)
    first = house.do(live.history, recording)[-1]
    answer = operator.send(f"/recordings/{recording}/layout/restore/{first.id}")
    assert outcome(answer) == "applied"
    assert cloud.layouts[-1].to_json() == first.document
    assert "Restored" in operator.fetch(f"/recordings/{recording}/layout/history").text


def test_it_beats_only_when_something_changed(house, operator, recording):
    path = f"/recordings/{recording}/layout/beat"
    first = operator.fetch(path)
    seen = re.search(r"seen=([0-9a-f]+)", first.text).group(1)
    assert operator.fetch(f"{path}?seen={seen}").status_code == 204
    house.do(live.apply, recording, ONE, 1, OTHER)
    answer = operator.fetch(f"{path}?seen={seen}")
    assert answer.status_code == 200
    assert 'data-revision="2"' in answer.text


def test_it_tells_who_else_edits(house, operator, browse, recording):
    second = browse("administrator")
    second.get(f"/recordings/{recording}/layout")
    page = operator.get(f"/recordings/{recording}/layout")
    assert "administrator@example.org is editing this layout, too." in page.text
    second.send(f"/recordings/{recording}/layout/leave")
    assert "is editing" not in operator.get(f"/recordings/{recording}/layout").text


def test_it_saves_a_channels_layout(house, operator):
    path = f"/channels/{house.channel_id}/layout"
    revision = data_in(operator.get(path))["revision"]
    answer = operator.send(path, {"document": json.dumps(TWO), "revision": revision})
    assert outcome(answer) == "applied"
    stale = operator.send(path, {"document": json.dumps(ONE), "revision": revision})
    assert (stale.status_code, outcome(stale)) == (409, "conflict")
    assert data_in(operator.get(path))["applied"] == TWO


def test_it_works_without_a_script(house, operator, recording):
    form = {"document": json.dumps(TWO), "revision": 1}
    answer = operator.post(f"/recordings/{recording}/layout", form)
    assert (answer.status_code, answer.location) == (303, f"/recordings/{recording}/layout")
    answer = operator.post(f"/recordings/{recording}/layout", form)
    assert answer.status_code == 409
    assert "<html" in answer.text


def test_it_shows_the_picture_of_a_person(house, cloud, operator):
    cloud.people["lesson"] = [Person("1001", "testcard", True, True, "#2F6FDE")]
    house.do(presence.refresh)
    path = f"/channels/{house.channel_id}/layout"
    operator.get(path)
    house.do(person_pictures.refresh)
    (person,) = data_in(operator.get(path))["people"]
    picture = operator.get(person["picture"])
    assert (picture.mimetype, "immutable" in picture.headers["Cache-Control"]) == (
        "image/jpeg", True,
    )  # fmt: skip
    same = operator.get(person["picture"], headers={"If-None-Match": picture.headers["ETag"]})
    assert same.status_code == 304
    assert operator.get(f"/people-pictures/{house.channel_id}/7.jpg").status_code == 404


def test_it_does_not_let_a_document_out_of_its_place(house, operator, recording):
    """What people type comes back as data, never as a tag."""
    name = "</script><script>alert(1)</script>"
    form = {"name": name, "document": json.dumps(ONE), "recording_id": recording}
    answer = operator.send(f"/channels/{house.channel_id}/scenes", form)
    assert "<script>alert" not in answer.text
    page = operator.get(f"/recordings/{recording}/layout")
    assert "<script>alert" not in page.text
    assert data_in(page)["scenes"][0]["name"] == name


def test_it_links_to_the_editor(house, operator, viewer, recording):
    address = f'href="/recordings/{recording}/layout"'
    assert address in operator.get(f"/recordings/{recording}").text
    assert address in operator.get("/channels").text
    form = operator.get(f"/channels/{house.channel_id}/edit").text
    assert f'href="/channels/{house.channel_id}/layout"' in form


def test_it_answers_404_for_what_is_not_there(operator, house):
    for path in ("/recordings/99/layout", "/channels/99/layout", "/layouts/99"):
        assert operator.get(path).status_code == 404
    assert send(operator, 99, ONE).status_code == 404


def test_it_takes_no_huge_body(house, cloud, operator, recording):
    answer = operator.send(f"/recordings/{recording}/layout", {"document": "x" * 2_000_000})
    assert answer.status_code in (413, 422)
    assert cloud.layouts == []


def test_it_runs_scenes_by_hand_and_by_key(house, cloud, operator, recording):
    scenes = f"/channels/{house.channel_id}/scenes"
    for name, document in (("One", ONE), ("Two", TWO)):
        operator.send(
            scenes, {"name": name, "document": json.dumps(document), "recording_id": recording}
        )
    answer = operator.send("/scenes/2/move", {"position": 1, "recording_id": recording})
    assert re.findall(r'data-scene="(\d)" data-scene-key="(\d)"', answer.text) == [
        ("2", "1"), ("1", "2"),
    ]  # fmt: skip
    assert outcome(operator.send(f"/recordings/{recording}/scenes/2/apply")) == "applied"
    assert cloud.layouts[-1].to_json() == TWO
    assert "Solo" in operator.send("/scenes/1", {"name": "Solo"}).text
    assert 'data-scene="1"' not in operator.send("/scenes/1/remove").text
    assert operator.send(scenes, {"name": "", "document": "{}"}).status_code == 422
