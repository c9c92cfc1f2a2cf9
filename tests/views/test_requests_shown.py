"""What a vendor is sent is shown without secrets, and can be taken over from elsewhere."""

import json
import re
from html import unescape

import pytest

from dashboard.extensions import db
from dashboard.models import Channel
from dashboard.providers import registry
from dashboard.services import profiles, queries
from tests.views.conftest import words
from tests.views.test_channels_form import GOOD

START = {
    "cname": "theirs",
    "uid": "77",
    "clientRequest": {
        "recordingConfig": {
            "maxIdleTime": 120,
            "streamTypes": 2,
            "transcodingConfig": {
                "width": 640, "height": 360, "fps": 15, "bitrate": 600, "mixedVideoLayout": 1,
            },
        },
        "recordingFileConfig": {"avFileType": ["hls"]},
        "storageConfig": {
            "vendor": 1, "region": 0, "bucket": "b", "accessKey": "AKIA-x", "secretKey": "hush-x",
        },
    },
}  # fmt: skip


def bodies(page):
    found = re.findall(r'<pre tabindex="0"[^>]*>(.*?)</pre>', page.text, re.S)
    return [json.loads(unescape(body)) for body in found]


def test_it_shows_what_a_channel_sends_word_for_word(operator, house):
    acquire, start = bodies(operator.get("/channels/1/request"))
    assert acquire["cname"] == start["cname"] == "lesson"
    config = start["clientRequest"]["recordingConfig"]
    assert config["transcodingConfig"]["width"] == 1280
    assert start["clientRequest"]["storageConfig"]["bucket"] == "rec"


def test_it_gives_a_line_for_a_shell_that_takes_its_keys_from_variables(operator):
    page = unescape(operator.get("/channels/1/request").text)
    assert "curl -X POST" in page
    assert '"$CUSTOMER_KEY:$CUSTOMER_SECRET"' in page


def test_it_leaves_every_secret_out(operator, house):
    operator.post("/channels/1/edit", GOOD | {"cipher": "sm4-128-ecb", "secret": "hush-hush"})
    page = operator.get("/channels/1/request").text
    assert "decryptionMode" in page
    assert "hush-hush" not in page
    assert "s3cret" not in page


def test_it_takes_a_request_over_and_keeps_name_and_uid(operator, house):
    answer = operator.post("/channels/1/request", {"request": json.dumps(START)})
    assert answer.status_code == 303
    values = house.do(queries.channel_form, 1).values
    assert (values["width"], values["max_idle_s"], values["output"]) == ("640", "120", "hls")
    assert (values["name"], values["recorder_uid"]) == ("lesson", "900001")


def test_it_sends_what_it_has_taken_over(operator):
    operator.post("/channels/1/request", {"request": json.dumps(START)})
    _, start = bodies(operator.get("/channels/1/request"))
    theirs = START["clientRequest"]["recordingConfig"]["transcodingConfig"]
    ours = start["clientRequest"]["recordingConfig"]["transcodingConfig"]
    assert {name: ours[name] for name in theirs} == theirs


def test_it_makes_a_profile_of_a_request(operator, house):
    typed = {"name": "Theirs", "vendor": "agora", "request": json.dumps(START)}
    answer = operator.post("/profiles/import", typed)
    assert answer.status_code == 303
    (row,) = house.do(profiles.rows)
    assert (row.name, row.profile.canvas.width, row.profile.max_idle_s) == ("Theirs", 640, 120)
    shown = operator.get(f"/profiles/{row.id}/request")
    assert "hush-x" not in shown.text
    _, start = bodies(shown)
    store = start["clientRequest"]["storageConfig"]
    assert (store["accessKey"], store["secretKey"]) == ("(left out)", "(left out)")


@pytest.mark.parametrize(
    ("request_text", "says"),
    [
        ("{", "not JSON"),
        ("[]", "not JSON"),
        ('{"hello": 1}', "There is no start of a recording in this."),
        (json.dumps({"clientRequest": {"recordingConfig": {"maxIdleTime": 1}}}), "max_idle_s"),
        (json.dumps({"clientRequest": {"recordingConfig": {"streamTypes": 9}}}), "streamTypes"),
    ],
)
def test_it_refuses_what_it_cannot_take_and_keeps_the_text(operator, house, request_text, says):
    before = house.do(lambda: db.session.get(Channel, 1).profile)
    answer = operator.post("/channels/1/request", {"request": request_text})
    assert answer.status_code == 422
    assert says in unescape(words(answer))
    assert request_text in unescape(answer.text)
    assert house.do(lambda: db.session.get(Channel, 1).profile) == before


def test_it_names_what_has_no_place_here(operator, house):
    odd = {**START, "clientRequest": {**START["clientRequest"], "appsCollection": {"a": 1}}}
    answer = operator.post("/channels/1/request", {"request": json.dumps(odd)})
    assert "Taken over, but for:" in words(operator.get(answer.location))


@pytest.mark.parametrize("vendor", registry.vendors())
def test_it_shows_what_a_new_profile_of_each_vendor_sends(operator, house, vendor):
    form = dict(house.do(profiles.new_form, vendor).values) | {"name": "new"}
    assert operator.post("/profiles/new", form | {"size": "custom"}).status_code == 303
    page = operator.get("/profiles/1/request")
    assert page.status_code == 200
    assert bodies(page)


def test_it_is_not_open_to_viewers(viewer):
    for path in ("/channels/1/request", "/profiles/1/request", "/profiles/import"):
        assert viewer.get(path).status_code == 403


def test_it_does_not_know_what_is_not_there(operator):
    assert operator.get("/channels/99/request").status_code == 404
    assert operator.get("/profiles/99/request").status_code == 404
