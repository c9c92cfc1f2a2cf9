"""Who is in a channel, test cards, previews, health."""

import io
import os
import resource
import signal

import pytest
import requests
from PIL import Image

from tests.engine.harness import EngineProcess, wait_until
from tests.engine_worker.film import shoot


def test_it_seeds_a_demo_channel(engine):
    room = engine.studio("/channels/studio-demo").json()
    assert room["name"] == "studio-demo"
    assert room["recordings"] == []
    cards = [(one["uid"], one["color"], one["tone_hz"]) for one in room["people"]]
    assert cards == [("1001", "#2F6FDE", 440), ("1002", "#D9822B", 550), ("1003", "#2E9E6B", 660)]
    first = room["people"][0]
    assert list(first) == [
        "uid", "kind", "color", "tone_hz", "audio", "video", "joined_ms", "screen", "file",
    ]  # fmt: skip
    assert (first["kind"], first["audio"], first["video"]) == ("testcard", True, True)


def test_it_knows_nobody_in_an_unknown_channel(engine):
    assert engine.studio("/channels/empty").json() == {
        "name": "empty", "people": [], "recordings": [],
    }  # fmt: skip


def test_it_lists_channels_with_people_or_recordings(engine):
    engine.join("with people", "5")
    recording = engine.start_recording("with recording")
    rooms = {room["name"]: room for room in engine.studio("/channels").json()["channels"]}
    assert [one["uid"] for one in rooms["with people"]["people"]] == ["5"]
    told = rooms["with recording"]["recordings"]
    assert [(one["sid"], one["uid"]) for one in told] == [(recording.sid, "900001")]
    assert told[0]["status"] in (2, 4)
    engine.of(recording, "stop", {"async_stop": True})


def test_it_publishes_changes_and_removes_a_card(engine):
    first = engine.join("cards", "42")
    assert first["color"].startswith("#")
    second = engine.join("cards", "42", color="#112233", tone_hz=880, video=False)
    assert second == {**first, "color": "#112233", "tone_hz": 880, "video": False}
    engine.leave("cards", "42")
    assert engine.studio("/channels/cards").json()["people"] == []
    assert engine.studio("/channels/cards/people/42", method="DELETE").status_code == 204


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/channels/cards/people/zero", {}),
        ("/channels/cards/people/1", {"color": "red"}),
        ("/channels/cards/people/1", {"tone_hz": "high"}),
        ("/channels/cards/people/1", {"audio": 1}),
        ("/channels/caf%C3%A9/people/1", {}),
        ("/channels/cards/people/1", []),
        ("/channels/cards/people/1", {"screen": "yes"}),
        ("/channels/cards/people/1", {"file": "none.mp4"}),
        ("/channels/cards/people/1", {"file": "../channels.json"}),
        ("/channels/cards/people/1", {"file": "../media/../../x.mp4"}),
        ("/channels/cards/people/1", {"file": "/etc/hostname"}),
        ("/channels/cards/people/1", {"file": "folder.mp4"}),
        ("/channels/cards/people/1", {"file": "leads-out.mp4"}),
    ],
)
def test_it_refuses_a_card(engine, path, body):
    media = engine.data / "media"
    (media / "folder.mp4").mkdir(exist_ok=True)
    (media / "leads-out.mp4").unlink(missing_ok=True)
    (media / "leads-out.mp4").symlink_to("/etc/hostname")
    assert engine.studio(path, body, "PUT").status_code == 400


def test_somebody_shares_a_screen_and_publishes_a_file(engine):
    shoot(engine.data / "media" / "clip.mp4", pictures=10, audio=None)
    first = engine.join("films", "7", screen=True)
    assert (first["screen"], first["kind"]) == (True, "testcard")
    film = engine.join("films", "7", file="clip.mp4", screen=False)
    assert film == {**first, "kind": "file", "file": "clip.mp4", "screen": False}
    picture = engine.studio("/channels/films/people/7/preview.jpg?width=64")
    bands = Image.open(io.BytesIO(picture.content)).convert("HSV").getextrema()
    assert bands[1][1] < 20  # grey, as its pictures are
    card = engine.join("films", "7", file="")
    assert (card["kind"], card["file"]) == ("testcard", "")


def test_it_wants_the_same_key_as_the_other_doors(engine):
    address = f"{engine.url}/studio/v1/apps/{engine.app_id}/channels"
    assert requests.get(address, timeout=5).status_code == 401
    unknown = f"{engine.url}/studio/v1/apps/other/channels"
    assert requests.get(unknown, auth=engine.auth, timeout=5).status_code == 400
    assert requests.post(f"{engine.url}/studio/v1/faults", json={}, timeout=5).status_code == 401


def test_it_remembers_who_is_where(engine):
    engine.join("remembered", "8", color="#445566")
    before = engine.studio("/channels/remembered").json()
    engine.restart()
    assert engine.studio("/channels/remembered").json() == before


def test_it_shows_the_picture_being_recorded(engine, receiver):
    recording = engine.start_recording("preview")
    receiver.wait_for(40, recording.sid)
    path = f"/recordings/{recording.sid}/preview.jpg"
    assert engine.studio(path).status_code == 204
    engine.join("preview", "1001", color="#2F6FDE")
    receiver.wait_for(42, recording.sid)
    answer = wait_until(lambda: engine.studio(path + "?width=160"))
    assert answer.headers["Content-Type"] == "image/jpeg"
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.size == (160, 90)
    assert engine.studio(path + "?width=wide").status_code == 400
    engine.of(recording, "stop")
    assert engine.studio(path).status_code == 404
    assert engine.studio("/recordings/unknown/preview.jpg").status_code == 404


def test_it_is_alive_and_ready(engine):
    assert requests.get(f"{engine.url}/healthz", timeout=5).json() == {"ok": True}
    report = requests.get(f"{engine.url}/readyz", timeout=5).json()
    assert report["ok"] is True
    assert set(report) == {"ok", "disk", "disk_free_mb", "worker", "recordings"}


def test_it_takes_no_recording_when_the_disk_is_nearly_full(tmp_path):
    tune = {"min_free_mb": 10**9}
    with EngineProcess(tmp_path, tune=tune, wait_for_path="/healthz") as crowded:
        answer = crowded.call("/acquire", {"cname": "a", "uid": "1", "clientRequest": {}})
        assert (answer.status_code, answer.json()["code"]) == (400, 406)
        answer = requests.get(f"{crowded.url}/readyz", timeout=5)
        assert (answer.status_code, answer.json()["ok"]) == (503, False)


def test_it_ends_badly_but_playable_when_the_disk_fills_up(engine, receiver):
    engine.join("full", "1001")
    recording = engine.start_recording("full")
    receiver.wait_for(42, recording.sid)
    for pid in engine.workers():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (150_000, 150_000))
    fault = receiver.wait_for(1, recording.sid).details
    assert (fault["module"], fault["errorLevel"], fault["stat"]) == (0, 5, 1)
    assert "disk" in fault["errorMsg"]
    assert receiver.wait_for(11, recording.sid).details["exitStatus"] == 1
    response = engine.of(recording, "query").json()["serverResponse"]
    assert response["status"] == 20
    assert (engine.bucket() / response["fileList"]).read_text().endswith("#EXT-X-ENDLIST\n")


def test_it_shows_somebody_who_is_not_recorded(engine):
    engine.join("gallery", "1001", color="#2F6FDE")
    engine.join("gallery", "1002", video=False)
    path = "/channels/gallery/people/1001/preview.jpg"
    answer = engine.studio(path + "?width=160")
    picture = Image.open(io.BytesIO(answer.content)).convert("RGB")
    assert picture.size == (160, 90)
    assert all(
        abs(a - b) < 12 for a, b in zip(picture.getpixel((20, 20)), (0x2F, 0x6F, 0xDE), strict=True)
    )
    assert engine.studio("/channels/gallery/people/1002/preview.jpg").status_code == 204
    assert engine.studio("/channels/gallery/people/1003/preview.jpg").status_code == 404
    assert engine.studio(path + "?width=wide").status_code == 400


def test_it_draws_again_after_its_painter_was_killed(engine):
    engine.join("attic", "1001")
    path = "/channels/attic/people/1001/preview.jpg"
    assert engine.studio(path).status_code == 200
    for pid in engine.workers():
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: engine.studio(path).status_code == 200)
