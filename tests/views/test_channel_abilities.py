"""The channel's form follows what the account's vendor can do."""

import re

import pytest

from dashboard.domain.recording import Profile
from dashboard.extensions import db
from dashboard.models import Channel
from dashboard.services import queries
from dashboard.services.live import load
from tests.views.conftest import words
from tests.views.test_channels_form import GOOD


def control(page, field):
    return re.search(rf'<(?:select|input|textarea)[^>]*id="field-{field}"[^>]*>', page.text).group()


def at_field(page, field):
    return re.search(rf'id="field-{field}-error">(.*?)</div>', page.text, re.S).group(1)


def test_it_shuts_what_the_vendor_cannot_do_and_says_why(operator):
    page = operator.get("/channels/new")
    assert "disabled" in control(page, "part_min")
    assert "This account decides itself how long its files get." in words(page)
    assert "disabled" not in control(page, "max_duration_min")


def test_it_opens_what_the_mode_allows(operator):
    single = operator.send("/channels/form", GOOD | {"mode": "individual"})
    assert "disabled" in control(operator.get("/channels/new"), "snapshot_s")
    assert "disabled" not in control(single, "snapshot_s")


def test_it_keeps_what_was_typed_when_the_form_is_filled_in_anew(operator):
    page = operator.send("/channels/form", GOOD | {"name": "half", "only_audio": "7 8"})
    assert 'value="half"' in control(page, "name")
    assert ">7 8</textarea>" in page.text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("mode", "both"),
        ("sound", "cd"),
        ("pictures", "screen"),
        ("snapshot_s", "10"),
        ("record", "no"),
        ("merge", "beside"),
        ("keep_sound", "yes"),
        ("part_min", "30"),
        ("on_pause", "black"),
        ("gop_s", "2"),
        ("room_type", "number"),
        ("relays", "yes"),
        ("resource_hours", "721"),
        ("max_duration_min", "0"),
        ("expected_people", "x"),
        ("only_audio", "host*"),
        ("never_video", " ".join(str(uid) for uid in range(1, 40))),
        ("cipher", "rot13"),
        ("salt", "salt"),
        ("area", "moon"),
        ("storage_id", "77"),
        ("recording_profile_id", "77"),
        ("secret", "x" * 129),
    ],
)
def test_it_refuses_what_the_vendor_cannot_do_at_its_field(operator, field, typed):
    extra = {"cipher": "aes-256-gcm2", "secret": "s"} if field == "salt" else {}
    answer = operator.post("/channels/new", GOOD | extra | {field: typed})
    assert answer.status_code == 422
    assert "field-error" in at_field(answer, field)


def test_it_keeps_every_field_that_the_vendor_takes(operator, house):
    typed = {
        "mode": "individual", "output": "hls", "snapshot_s": "10", "merge": "beside",
        "expected_people": "30", "max_duration_min": "90", "resource_hours": "24",
        "channel_type": "communication", "area": "eu", "stay": "yes", "small_pictures": "yes",
        "only_audio": "7 8", "never_video": "9",
    }  # fmt: skip
    assert operator.post("/channels/new", GOOD | typed).status_code == 303
    values = house.do(queries.channel_form, 2).values
    assert {field: values[field] for field in typed} == typed


def test_it_asks_for_the_secret_of_an_encrypted_channel(operator):
    answer = operator.post("/channels/new", GOOD | {"cipher": "aes-128-gcm"})
    assert "field-error" in at_field(answer, "secret")


def test_it_seals_the_secret_and_never_shows_it(operator, house):
    operator.post("/channels/1/edit", GOOD | {"cipher": "aes-128-gcm", "secret": "hush-hush"})
    page = operator.get("/channels/1/edit")
    assert "hush-hush" not in page.text
    assert "One is kept." in words(page)

    def kept():
        return db.session.get(Channel, 1).encryption_secret, db.session.get(Channel, 1).profile

    sealed, profile = house.do(kept)
    assert b"hush-hush" not in sealed
    assert Profile.from_json(profile).encryption.cipher == "aes-128-gcm"


def test_it_starts_with_the_secret_that_was_typed_last(operator, house):
    encrypted = GOOD | {"cipher": "aes-128-gcm"}
    operator.post("/channels/1/edit", encrypted | {"secret": "first"})
    operator.post("/channels/1/edit", encrypted | {"secret": "second"})
    operator.post("/channels/1/edit", encrypted)
    recording_id = house.start()
    operator.post("/channels/1/edit", encrypted | {"name": GOOD["name"], "secret": "third"})
    assert house.do(load, recording_id).spec.encryption_secret == "second"
