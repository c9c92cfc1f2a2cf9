"""The subscription editor's addresses, as browsers of each role meet them."""

import re
from dataclasses import replace

import pytest

from dashboard.domain.subscription import NOBODY, Choice, Subscription
from dashboard.providers import registry
from dashboard.providers.base import Person
from dashboard.services import presence, queries
from dashboard.services.layouts import live as layouts
from dashboard.services.readmodels import Actor
from dashboard.services.subscriptions import live
from tests.services.layouts import ONE
from tests.views.conftest import words

OTHER = Actor(id=99, email="other@example.com", role="operator")
NO_ANNA = Subscription(Choice(never=("1002",)), Choice(never=("1002",)))


@pytest.fixture
def recording(house):
    house.cloud.people["lesson"] = [Person(u, "testcard", True, True, None)
                                    for u in ("1001", "1002")]  # fmt: skip
    house.do(presence.refresh)
    return house.start()


@pytest.fixture
def path(recording):
    return f"/recordings/{recording}/subscription"


def form_of(page):
    """What a browser would send of this page: every field as it is."""
    found = {}
    body = page.text[page.text.index('id="subscription-form"') :]
    body = body[: body.index("</form>")]
    for tag in re.findall(r"<input[^>]*>", body):
        named = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        is_box = named.get("type") == "checkbox"
        if named.get("name") not in (None, "csrf_token") and (not is_box or " checked" in tag):
            found.setdefault(named["name"], []).append(named.get("value", ""))
    for name, value in re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)<', body):
        found[name] = [value]
    return found


def outcome(answer):
    return re.search(r'id="subscription"[^>]*data-outcome="(\w*)"', answer.text).group(1)


def effect(answer, uid, medium):
    """(taken, why) as a row shows it. medium: "heard" or "seen"."""
    cell = re.search(
        rf'data-taken="(\w+)" data-why="(\w+)">\s*<label[^>]*><input[^>]*id="{medium}-{uid}"',
        answer.text,
    )
    return cell.group(1) == "true", cell.group(2)


def test_it_shows_everybody_heard_and_seen(operator, path):
    page = operator.get(path)
    assert page.status_code == 200
    assert effect(page, "1001", "heard") == (True, "everybody")
    assert effect(page, "1002", "seen") == (True, "everybody")
    assert "Of 2: 2 heard, 2 seen" in words(page)


def test_a_switch_is_shown_in_the_lists_before_it_is_applied(cloud, operator, path):
    form = form_of(operator.get(path))
    form["seen"].remove("1002")
    form["heard"].remove("1002")
    answer = operator.send(f"{path}/draft", form)
    assert re.search(r'name="video_never"[^>]*>1002<', answer.text)
    assert effect(answer, "1002", "seen") == (False, "denied")
    assert "Pictures are recorded of everybody but 1002" in words(answer)
    assert cloud.subscriptions == []


def test_it_applies_switches_without_a_script(cloud, operator, path):
    form = form_of(operator.get(path)) | {"note": "Anna asked for it."}
    form["seen"].remove("1002")
    form["heard"].remove("1002")
    answer = operator.post(path, form)
    assert (answer.status_code, answer.location) == (303, path)
    assert cloud.subscriptions[-1][0] == NO_ANNA
    page = operator.get(path)
    assert "Anna asked for it." in page.text
    assert 'data-revision="2"' in page.text


def test_a_typed_list_is_not_undone_by_switches_nobody_moved(cloud, operator, path):
    form = form_of(operator.get(path)) | {"audio_never": "1002", "video_never": "1002"}
    assert outcome(operator.send(path, form)) == "applied"
    assert cloud.subscriptions[-1][0] == NO_ANNA


def test_the_trap_is_shown_before_it_happens_and_asks(cloud, operator, path):
    form = form_of(operator.get(path)) | {"audio_only": "1001"}
    draft = operator.send(f"{path}/draft", form)
    assert "turns every picture off" in words(draft)
    assert effect(draft, "1001", "seen") == (False, "one_sided")
    asked = operator.send(path, form_of(draft))
    assert (asked.status_code, outcome(asked)) == (409, "asked")
    assert cloud.subscriptions == []
    kept = operator.send(path, form_of(asked) | {"answer": "video:everybody"})
    assert outcome(kept) == "applied"
    assert effect(kept, "1001", "seen") == (True, "kept")
    assert cloud.subscriptions[-1][0] == Subscription(audio=Choice(only=("1001",)))


def test_the_trap_can_be_meant(cloud, operator, path):
    form = form_of(operator.get(path)) | {"audio_only": "1001", "answer": "video:nobody"}
    answer = operator.send(path, form)
    assert outcome(answer) == "applied"
    assert cloud.subscriptions[-1][0] == Subscription(Choice(only=("1001",)), NOBODY)
    assert effect(answer, "1001", "seen") == (False, "nobody")


def test_an_answer_about_pictures_says_nothing_of_sound(cloud, operator, path):
    form = form_of(operator.get(path)) | {"video_only": "1001", "answer": "video:everybody"}
    assert outcome(operator.send(path, form)) == "asked"
    assert cloud.subscriptions == []


def test_it_asks_where_nobody_would_be_heard(cloud, operator, path):
    form = form_of(operator.get(path)) | {"heard": [], "video_never": "77"}
    asked = operator.send(path, form)
    assert outcome(asked) == "asked"
    sure = re.search(r'name="sure" value="(\w+)"', asked.text).group(1)
    assert outcome(operator.send(path, form_of(asked) | {"sure": sure})) == "applied"
    assert cloud.subscriptions[-1][0].audio.never == ("1001", "1002")


def test_it_names_each_problem_at_its_field(cloud, operator, path):
    form = form_of(operator.get(path)) | {
        "audio_only": " ".join(map(str, range(1, 40))), "video_only": "1 2", "video_never": "anna",
    }  # fmt: skip
    answer = operator.send(path, form)
    assert (answer.status_code, outcome(answer)) == (422, "wrong")
    for field in ("audio_only", "video_never"):
        assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', answer.text)
    assert "anna cannot be a uid here" in words(answer)
    assert "one of the two lists, not both" in words(answer)
    assert cloud.subscriptions == []


def test_nobody_and_a_list_clash(operator, path):
    form = form_of(operator.get(path)) | {"audio_nobody": "1", "audio_only": "1001"}
    assert "Empty the list, or untick this" in words(operator.send(f"{path}/draft", form))


def test_a_person_can_be_added_who_is_not_here(operator, path):
    form = form_of(operator.get(path)) | {"add": "4242"}
    answer = operator.send(f"{path}/draft", form)
    assert effect(answer, "4242", "seen") == (True, "everybody")
    form = form_of(answer)
    form["seen"].remove("4242")
    again = operator.send(f"{path}/draft", form)
    assert effect(again, "4242", "seen") == (False, "denied")
    wrong = operator.send(f"{path}/draft", form | {"add": "anna"})
    assert "anna cannot be a uid here" in words(wrong)


def test_the_second_of_two_sees_theirs_and_keeps_the_draft(house, cloud, operator, path, recording):
    form = form_of(operator.get(path)) | {"audio_never": "1001", "video_never": "1001"}
    house.do(live.apply, recording, NO_ANNA, 1, OTHER)
    answer = operator.send(path, form)
    assert (answer.status_code, outcome(answer)) == (409, "conflict")
    assert "other@example.com has changed whom it records meanwhile." in words(answer)
    assert "everybody but 1002 (before: everybody)" in words(answer)
    kept = form_of(answer)
    assert (kept["audio_never"], kept["revision"]) == (["1001"], ["1"])
    assert outcome(operator.send(path, kept | {"overwrite": "1"})) == "applied"
    assert cloud.subscriptions[-1][0].audio.never == ("1001",)


@pytest.mark.parametrize(
    ("fault", "said"),
    [("refused", "Nothing was changed"), ("unknown", "Whether it holds is not known")],
)
def test_a_vendor_that_is_down_leaves_the_draft(cloud, operator, path, fault, said):
    cloud.layout_fault = fault
    form = form_of(operator.get(path)) | {"audio_never": "1002", "video_never": "1002"}
    answer = operator.send(path, form)
    assert (answer.status_code, outcome(answer)) == (502, "refused")
    assert said in words(answer)
    assert form_of(answer)["video_never"] == ["1002"]


def test_it_says_which_lists_hold_after_a_lost_answer_and_a_layout(
    house, cloud, operator, path, recording, monkeypatch
):
    vendor = registry._VENDORS["memory"]
    can = replace(vendor.capabilities, changes_both=True)
    monkeypatch.setitem(registry._VENDORS, "memory", replace(vendor, capabilities=can))
    cloud.layout_fault = "unknown"
    form = form_of(operator.get(path)) | {"audio_never": "1002", "video_never": "1002"}
    assert operator.send(path, form).status_code == 502
    cloud.layout_fault = None
    house.clock.advance(1)
    house.do(layouts.apply, recording, ONE, 1, OTHER)
    page = words(operator.get(path))
    assert "which sent the lists as they were before: these hold." in page
    assert "it may hold or not" not in page


def test_it_restores_from_the_history(cloud, operator, path):
    form = form_of(operator.get(path)) | {"audio_never": "1002", "video_never": "1002"}
    operator.send(path, form)
    page = operator.get(path)
    line = re.findall(r"/subscription/restore/(\d+)", page.text)[0]
    assert outcome(operator.send(f"{path}/restore/{line}")) == "applied"
    assert cloud.subscriptions[-1][0] == Subscription()
    assert operator.send(f"{path}/restore/999").status_code == 404


def test_viewers_look_and_change_nothing(house, cloud, viewer, path):
    page = viewer.get(path)
    assert page.status_code == 200
    assert effect(page, "1001", "heard") == (True, "everybody")
    assert 'id="subscription-apply"' not in page.text
    for address in (path, f"{path}/restore/1", f"/channels/{house.channel_id}/subscription"):
        assert viewer.send(address, {"revision": 1}).status_code == 403
    assert cloud.subscriptions == []


def test_it_takes_no_other_method_and_knows_no_other_recording(operator, path):
    assert operator.get(f"{path}/draft").status_code == 405
    assert operator.get("/recordings/99/subscription").status_code == 404
    assert operator.get("/channels/99/subscription").status_code == 404


def test_it_says_that_it_has_ended(house, cloud, operator, path, recording):
    form = form_of(operator.get(path)) | {"audio_never": "1002", "video_never": "1002"}
    house.stop(recording)
    answer = operator.send(path, form)
    assert (answer.status_code, outcome(answer)) == (409, "refused")
    assert "stays as it was" in words(operator.get(path))
    assert cloud.subscriptions == []


def test_a_channels_lists_are_saved_for_the_next_start(house, cloud, operator, recording):
    path = f"/channels/{house.channel_id}/subscription"
    form = form_of(operator.get(path)) | {"audio_never": "1002", "video_never": "1002"}
    assert outcome(operator.send(path, form)) == "applied"
    assert cloud.subscriptions == []
    stale = operator.send(path, form | {"audio_never": "1001"})
    assert (stale.status_code, outcome(stale)) == (409, "conflict")
    edit = operator.get(f"/channels/{house.channel_id}/edit").text
    assert f'href="{path}"' in edit


def test_it_beats_only_when_something_changed(house, operator, path, recording):
    first = operator.fetch(f"{path}/beat?base=1")
    digest = re.search(r'data-digest="(\w+)"', first.text).group(1)
    assert operator.fetch(f"{path}/beat?base=1&seen={digest}").status_code == 204
    house.do(live.apply, recording, NO_ANNA, 1, OTHER)
    answer = operator.fetch(f"{path}/beat?base=1&seen={digest}")
    assert "other@example.com has changed" in words(answer)


def test_the_recordings_page_leads_here(operator, path, recording):
    assert f'href="{path}"' in operator.get(f"/recordings/{recording}").text


def test_what_people_type_is_never_a_tag(operator, path):
    form = form_of(operator.get(path)) | {"note": "<script>1</script>", "audio_only": "<b>"}
    answer = operator.send(f"{path}/draft", form)
    assert "<script>1" not in answer.text
    assert "<b>" not in answer.text


def test_the_channels_form_leaves_nobody_alone(house, operator, recording):
    """It has no field of its own for it; an empty list there would let everybody in."""
    path = f"/channels/{house.channel_id}/subscription"
    asked = operator.send(path, form_of(operator.get(path)) | {"video_nobody": "1"})
    sure = re.search(r'name="sure" value="(\w+)"', asked.text).group(1)
    assert outcome(operator.send(path, form_of(asked) | {"sure": sure})) == "applied"
    typed = dict(house.do(queries.channel_form, house.channel_id).values)
    assert operator.post(f"/channels/{house.channel_id}/edit", typed).status_code == 303
    assert "Pictures of nobody" in words(operator.get(path))


def test_the_drawing_leaves_out_whom_the_picture_leaves_out(house, operator, recording):
    page = f"/recordings/{recording}"
    assert drawn(operator.get(page)) == ["1001", "1002"]
    house.do(live.apply, recording, NO_ANNA, 1, OTHER)
    assert drawn(operator.get(page)) == ["1001"]


def drawn(page):
    """uids in the windows of the layout's drawing."""
    body = page.text[page.text.index('class="drawing drawing-large') :]
    return re.findall(r"<text[^>]*>(\d+)</text>", body[: body.index("</svg>")])
