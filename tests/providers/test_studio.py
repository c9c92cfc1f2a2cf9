"""What the studio of an account tells."""

import pytest

from dashboard.errors import CredentialsRejected, ProviderUnavailable
from dashboard.providers.base import Person
from dashboard.providers.studio import StudioClient
from tests.providers.conftest import HANDLE, resets, says


@pytest.fixture
def studio(config):
    studio = StudioClient(config)
    yield studio
    studio.close()


def test_it_lists_who_is_in_a_channel(studio, vendor):
    person = {"uid": "1001", "kind": "testcard", "color": "#2F6FDE", "tone_hz": 440.0,
              "audio": True, "video": False, "joined_ms": 1}  # fmt: skip
    vendor.answers(says(200, {"name": "demo room", "people": [person, 7, {"kind": "x"}]}))
    assert studio.people("demo room") == (Person("1001", "testcard", True, False, "#2F6FDE"),)
    assert vendor.asked[0].path == "/studio/v1/apps/0123abcd/channels/demo%20room"


def test_it_finds_nobody_in_a_channel_that_is_empty(studio, vendor):
    vendor.answers(says(200, {"name": "x", "people": None, "recordings": []}))
    assert studio.people("x") == ()


def test_it_fetches_the_picture_of_now(studio, vendor):
    vendor.answers(says(200, b"\xff\xd8jpeg", "image/jpeg"))
    assert studio.preview(HANDLE, 480) == b"\xff\xd8jpeg"
    expected = f"/studio/v1/apps/0123abcd/recordings/{HANDLE['sid']}/preview.jpg?width=480"
    assert vendor.asked[0].path == expected


@pytest.mark.parametrize(
    ("status", "report", "left_mb"),
    [(503, {"ok": False, "disk": False, "disk_free_mb": 12, "worker": True}, 12),
     (503, {"ok": False, "disk": True, "disk_free_mb": 900, "worker": False}, None),
     (200, {"ok": True, "disk": True, "disk_free_mb": 900, "worker": True}, None),
     (404, {}, None)],
)  # fmt: skip
def test_it_tells_a_full_disk(studio, vendor, status, report, left_mb):
    vendor.answers(says(status, report))
    assert studio.full_disk_mb() == left_mb


@pytest.mark.parametrize("status", [204, 404])
def test_it_has_no_picture_before_the_first_or_after_the_last(studio, vendor, status):
    vendor.answers(says(status, b""))
    assert studio.preview(HANDLE, 480) is None


@pytest.mark.parametrize(
    ("script", "family"),
    [
        (resets, ProviderUnavailable),
        (says(200, b"<html>", "text/html"), ProviderUnavailable),
        (says(500, {"message": "oops"}), ProviderUnavailable),
        (says(401, {"message": "Unauthorized"}), CredentialsRejected),
    ],
)
def test_it_tells_why_there_is_nothing(studio, vendor, script, family):
    vendor.answers(script)
    with pytest.raises(family):
        studio.people("x")
    with pytest.raises(family):
        studio.preview(HANDLE, 480)
