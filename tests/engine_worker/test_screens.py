"""Screens that are shared beside a camera."""

import pytest

from dashboard.engine.sources.screencard import PAGE
from tests.engine_worker.studio import COLOURS, STEM, events, is_colour, make, person, watch

INDEX = f"{STEM}.m3u8"
GRID = {"preset": "grid", "background": "#000000"}
RICH = {"bitrate_kbps": 4000}
TRTC = {"style": "trtc", "pictures": "all"}


def frames(folder, index="*.m3u8"):
    return watch(next(folder.glob(index))).pictures


def shows(picture, left, top, width, height):
    """Whose colour a window has at its upper edge, and whether it is a screen's page within."""
    pixels = picture[top : top + height, left : left + width]
    edge = pixels[4 : height // 10, width // 10 : width // 4].reshape(-1, 3).mean(0)
    uid = next((u for u, c in COLOURS.items() if is_colour(edge, c, 14)), None)
    top, bottom = (int(height * (PAGE[3] / 720 - up)) for up in (0.06, 0.03))
    page = pixels[top:bottom, int(width * 0.3) : int(width * (PAGE[2] / 1280 - 0.05))]
    page = page.reshape(-1, 3).mean(0)
    return uid, "screen" if is_colour(page, "#FFFFFF", 16) else "main"


def four(picture):
    return [shows(picture, x, y, 160, 90) for y in (0, 90) for x in (0, 160)]


def test_a_screen_has_a_window_after_its_owner(tmp_path):
    people = [person("1001", screen=True), person("1002")]
    make(tmp_path, script=1, publishers=people, layout=GRID, canvas=RICH, **TRTC)
    assert four(frames(tmp_path)[5])[:3] == [
        ("1001", "main"), ("1001", "screen"), ("1002", "main"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("pictures", "expected"),
    [("main", [("1001", "main"), ("1002", "main")]), ("screen", [("1001", "screen")]),
     ("all", [("1001", "main"), ("1001", "screen"), ("1002", "main")])],
)  # fmt: skip
def test_it_takes_the_pictures_that_were_asked_for(tmp_path, pictures, expected):
    people = [person("1001", screen=True), person("1002")]
    told = make(tmp_path, script=1, publishers=people, layout=GRID, canvas=RICH, style="trtc",
                pictures=pictures)  # fmt: skip
    count = len(expected)
    picture = frames(tmp_path)[5]
    found = four(picture) if count > 2 else [
        shows(picture, 320 // count * i, 0, 320 // count, 180) for i in range(count)
    ]  # fmt: skip
    if count == 2:  # halves cut the pictures' sides off: only whose they are can be told
        found = [(uid, "main") for uid, _ in found]
    assert found[:count] == expected
    received = {(e["uid"], e["stream"]) for e in events(told, "stream_state")
                if e["medium"] == "video" and e["receiving"]}  # fmt: skip
    assert received == set(expected)


def test_a_screen_is_shared_and_ends_on_the_very_frame(tmp_path):
    told = make(tmp_path, "1001", layout=GRID, canvas=RICH, **TRTC, script=[
        (1.0, {"cmd": "join", "seq": 1, "publisher": person("1001", screen=True)}),
        (2.0, {"cmd": "join", "seq": 2, "publisher": person("1001")}),
        (3.0, {"cmd": "stop"})])  # fmt: skip
    pictures = frames(tmp_path)
    full = {n: shows(pictures[n], 0, 0, 320, 180)[1] for n in (9, 20)}
    assert full == {9: "main", 20: "main"}
    for number in (10, 19):
        right = pictures[number][:, 160:]
        assert is_colour(right[165:, 60:100].reshape(-1, 3).mean(0), COLOURS["1001"], 14)
        assert is_colour(right[145:158, 40:120].reshape(-1, 3).mean(0), "#FFFFFF", 16)
    states = [(e["stream"], e["receiving"]) for e in events(told, "stream_state")
              if e["medium"] == "video"]  # fmt: skip
    assert states == [("main", True), ("screen", True), ("screen", False)]


def test_the_large_window_can_be_somebodys_screen(tmp_path):
    layout = {"preset": "screen_share", "background": "#000000", "focus_uid": "1002",
              "focus_stream": "screen"}  # fmt: skip
    people = [person("1001"), person("1002", screen=True)]
    make(tmp_path, script=1, publishers=people, layout=layout, canvas=RICH, **TRTC)
    picture = frames(tmp_path)[5]
    page = picture[20:160, 40:216].reshape(-1, 3)
    assert (page > 200).all(1).mean() > 0.5
    side = [picture[45 * i + 3 : 45 * i + 12, 262:275].reshape(-1, 3).mean(0) for i in range(2)]
    assert [is_colour(side[i], COLOURS[uid], 14) for i, uid in enumerate(("1001", "1002"))] == [
        True, True,
    ]  # fmt: skip


def test_a_region_for_a_screen_is_empty_until_it_is_shared(tmp_path):
    region = {"uid": "1001", "stream": "screen", "x": 0.5, "y": 0.5, "w": 0.5, "h": 0.5}
    layout = {"preset": "custom", "background": "#FF8800", "regions": [
        {"uid": "1001", "x": 0, "y": 0, "w": 0.5, "h": 0.5}, region]}  # fmt: skip
    make(tmp_path, "1001", layout=layout, canvas=RICH, **TRTC, script=[
        (1.0, {"cmd": "join", "publisher": person("1001", screen=True)}),
        (2.0, {"cmd": "stop"})])  # fmt: skip
    pictures = frames(tmp_path)
    assert is_colour(pictures[9][94:176, 164:316].reshape(-1, 3).mean(0), "#FF8800", 6)
    assert shows(pictures[10], 160, 90, 160, 90) == ("1001", "screen")
    assert shows(pictures[10], 0, 0, 160, 90) == ("1001", "main")


def test_people_who_only_speak_hold_a_place_unless_it_is_hidden(tmp_path):
    people = [person("1001", video=False), person("1002")]
    for name, layout, empty in (("kept", GRID, True),
                                ("hidden", {**GRID, "hide_audio_only": True}, False)):  # fmt: skip
        folder = tmp_path / name
        make(folder, script=1, publishers=people, layout=layout, canvas=RICH, **TRTC)
        left = frames(folder)[5][60:120, 5:40].reshape(-1, 3).mean(0)
        assert is_colour(left, "#000000", 6) is empty
        assert is_colour(left, COLOURS["1002"], 14) is not empty


def test_whoever_hides_the_camera_gives_the_window_up_at_once(tmp_path):
    make(tmp_path, "1001", "1002", layout={**GRID, "hide_audio_only": True}, canvas=RICH, **TRTC,
         script=[(1.0, {"cmd": "join", "publisher": person("1001", video=False)}),
                 (2.0, {"cmd": "stop"})])  # fmt: skip
    pictures = frames(tmp_path)
    assert is_colour(pictures[9][5:40, 5:30].reshape(-1, 3).mean(0), COLOURS["1001"], 14)
    assert is_colour(pictures[10][5:40, 5:30].reshape(-1, 3).mean(0), COLOURS["1002"], 14)
