"""Recorded files: only those of the recording, only for the session that asked, for some hours."""

import pytest

from dashboard.errors import Forbidden, NotFound
from dashboard.services import media, people, sync


@pytest.fixture
def recorded(house):
    recording_id = house.start()
    task = house.task()
    house.tell(task, 40, status=0)
    house.tell(task, 31, fileList=house.cloud.upload(task))
    house.clock.advance(2)
    sync.sync_due()
    return house.screen(recording_id)


def test_it_opens_the_playlist_and_all_that_it_names(house, recorded, admin):
    token = media.token_for(recorded.id, admin)
    found = media.open_media(token, recorded.playlist, admin)
    assert found.mimetype == "application/vnd.apple.mpegurl"
    folder = recorded.playlist.rpartition("/")[0]
    for line in found.file.read().decode().splitlines():
        if not line.startswith("#"):
            slice_ = media.open_media(token, f"{folder}/{line}", admin)
            assert slice_.mimetype == "video/mp2t"
            assert slice_.file.read()


def test_it_gives_an_address_that_stays_the_same_while_one_watches(house, recorded, admin):
    with house.app.test_request_context():
        first = media.address_for(recorded.id, recorded.mp4_names[0], admin)
        house.clock.advance(60)
        assert media.address_for(recorded.id, recorded.mp4_names[0], admin) == first
    assert first.startswith("/media/")


def test_it_expires(house, recorded, admin):
    token = media.token_for(recorded.id, admin)
    house.clock.advance(3 * 3600 - 60)
    assert media.open_media(token, recorded.playlist, admin)
    house.clock.advance(3 * 3600 + 60)
    with pytest.raises(Forbidden):
        media.open_media(token, recorded.playlist, admin)


def test_it_is_good_for_one_session_only(house, recorded, admin):
    token = media.token_for(recorded.id, admin)
    other = people.authenticate("boss@example.com", "correct horse battery", "::1").actor
    for somebody in (other, None, house.viewer):
        with pytest.raises(Forbidden):
            media.open_media(token, recorded.playlist, somebody)


def test_it_ends_with_the_session(house, recorded, admin):
    token = media.token_for(recorded.id, admin)
    people.end_session(admin.token)
    with pytest.raises(Forbidden):
        media.open_media(token, recorded.playlist, admin)


@pytest.mark.parametrize("token", ["", "x", "eyJ.x", "WzEsMSwxXQ.AAAA", "é", "[1]"])
def test_it_opens_nothing_with_a_made_up_token(house, recorded, admin, token):
    with pytest.raises(Forbidden):
        media.open_media(token, recorded.playlist, admin)


@pytest.mark.parametrize(
    "name",
    [
        "../../../keys.env",
        "/etc/passwd",
        "..",
        "",
        "rec/../../keys.env",
        "%2e%2e/keys.env",
        "..\\keys.env",
        "a\x00b",
        "x" * 5000,
        ".",
    ],
)
def test_it_opens_no_other_file(house, recorded, admin, name):
    token = media.token_for(recorded.id, admin)
    with pytest.raises(NotFound):
        media.open_media(token, name, admin)


def test_it_leads_nowhere_even_if_a_vendor_told_such_a_name(house, admin):
    recording_id = house.start()
    task = house.task()
    house.tell(task, 31, fileList=[{"fileName": "../../keys.env"}, {"fileName": "/etc/passwd"}])
    token = media.token_for(recording_id, admin)
    for name in ("../../keys.env", "/etc/passwd"):
        with pytest.raises(NotFound):
            media.open_media(token, name, admin)


def test_it_opens_no_file_of_another_recording(house, recorded, admin):
    other = house.start()
    token = media.token_for(other, admin)
    with pytest.raises(NotFound):
        media.open_media(token, recorded.playlist, admin)
