"""What other machines talk to: health, callbacks; and what plays recordings."""

from datetime import UTC, datetime

import pytest

from dashboard.errors import CallbackRejected, Forbidden, NotFound, text
from dashboard.services import callbacks, media
from dashboard.services.media import Media


@pytest.fixture
def taken(monkeypatch):
    """What the callback service was given."""
    calls = []
    monkeypatch.setattr(callbacks, "receive", lambda *given: calls.append(given))
    return calls


def test_it_is_alive_for_everybody(anonymous):
    assert anonymous.get("/healthz").json == {"ok": True}


def test_it_tells_which_part_is_not_ready(anonymous):
    answer = anonymous.get("/readyz")
    assert answer.status_code == 200
    assert answer.json["worker"] is False
    assert answer.json["database"] is True


def test_it_tells_health_even_when_something_breaks(anonymous, monkeypatch):
    from dashboard.services import health

    monkeypatch.setattr(health, "readiness", lambda _settings: 1 / 0)
    answer = anonymous.get("/readyz")
    assert answer.status_code == 500
    assert answer.is_json


def test_it_hands_a_callback_on_as_it_came(anonymous, taken):
    body = b'{"noticeId": "1",  "payload": {}}'
    answer = anonymous.client.post(
        "/callbacks/some-key", data=body, headers={"Agora-Signature-V2": "ab"}
    )
    assert answer.json == {"code": 0}
    key, headers, raw, address = taken[0]
    assert (key, raw, address) == ("some-key", body, "127.0.0.1")
    assert headers["Agora-Signature-V2"] == "ab"


def test_it_takes_callbacks_from_other_sites(anonymous, taken):
    answer = anonymous.client.post(
        "/callbacks/k", data=b"{}", headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 200


def test_it_reads_sixty_four_kibibytes_and_no_more(anonymous, taken):
    assert anonymous.client.post("/callbacks/k", data=b"x" * 65_536).status_code == 200
    answer = anonymous.client.post("/callbacks/k", data=b"x" * 65_537)
    assert answer.status_code == 413
    assert len(taken) == 1


def test_it_takes_nothing_compressed(anonymous, taken):
    answer = anonymous.client.post(
        "/callbacks/k", data=b"\x1f\x8b", headers={"Content-Encoding": "gzip"}
    )
    assert answer.status_code == 415
    assert taken == []


def test_it_refuses_in_json_and_never_echoes(anonymous, monkeypatch):
    def refuse(*_given):
        raise CallbackRejected(text("The signature of this callback is not right."), "forged")

    monkeypatch.setattr(callbacks, "receive", refuse)
    answer = anonymous.client.post("/callbacks/k", data=b"<script>boo</script>")
    assert answer.status_code == 403
    assert answer.json["reason"] == "forged"
    assert "boo" not in answer.text


def test_it_asks_the_vendor_to_come_again_after_a_mistake_of_ours(anonymous, monkeypatch):
    monkeypatch.setattr(callbacks, "receive", lambda *_given: 1 / 0)
    answer = anonymous.client.post("/callbacks/k", data=b"{}")
    assert answer.status_code == 500
    assert answer.is_json


def test_it_really_refuses_an_address_nobody_has(anonymous):
    assert anonymous.client.post("/callbacks/nobody", data=b"{}").status_code in {403, 404}


@pytest.fixture
def recorded(tmp_path, monkeypatch):
    """A recorded file of 1000 bytes that the service hands out, whatever is asked."""

    def hand_out(mimetype):
        path = tmp_path / "file"
        path.write_bytes(bytes(range(250)) * 4)
        given = Media(path.open("rb"), mimetype, 1000, datetime(2026, 1, 1, tzinfo=UTC))
        monkeypatch.setattr(media, "open_media", lambda *_given: given)

    return hand_out


@pytest.mark.parametrize(
    ("name", "mimetype", "caching"),
    [
        ("a/b.m3u8", "application/vnd.apple.mpegurl", "no-store"),
        ("a/b.ts", "video/mp2t", "private, max-age=300"),
        ("a/b.mp4", "video/mp4", "private, max-age=300"),
    ],
)
def test_it_plays_a_recorded_file(as_role, recorded, name, mimetype, caching):
    recorded(mimetype)
    answer = as_role("viewer").get(f"/media/token/{name}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == mimetype
    assert answer.headers["Cache-Control"] == caching
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_it_answers_ranges_so_that_players_can_seek(as_role, recorded):
    recorded("video/mp4")
    browser = as_role("viewer")
    answer = browser.get("/media/t/b.mp4", headers={"Range": "bytes=250-259"})
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == "bytes 250-259/1000"
    assert answer.data == bytes(range(10))
    recorded("video/mp4")
    beyond = browser.get("/media/t/b.mp4", headers={"Range": "bytes=5000-"})
    assert beyond.status_code == 416


def test_it_saves_a_file_under_its_own_name(as_role, recorded):
    recorded("video/mp4")
    answer = as_role("viewer").get("/media/t/folder/show.mp4?download")
    assert answer.headers["Content-Disposition"] == "attachment; filename=show.mp4"


@pytest.mark.parametrize(
    ("fault", "status"), [(Forbidden(text("Expired.")), 403), (NotFound(text("No file.")), 404)]
)
def test_it_hands_out_nothing_unchecked(as_role, monkeypatch, fault, status):
    def refuse(*_given):
        raise fault

    monkeypatch.setattr(media, "open_media", refuse)
    assert as_role("viewer").get("/media/t/b.mp4").status_code == status


def test_it_refuses_forged_addresses_really(as_role):
    assert as_role("viewer").get("/media/forged.token/b.mp4").status_code == 403


def test_it_plays_nothing_to_strangers(anonymous):
    answer = anonymous.get("/media/t/b.ts", headers={"Sec-Fetch-Dest": "video"})
    assert answer.status_code == 401
