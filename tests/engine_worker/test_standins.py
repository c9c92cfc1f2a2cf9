"""Backgrounds and placeholders, decoded from what was recorded."""

import numpy as np
import pytest
from PIL import Image

from tests.engine_worker.studio import COLOURS, STEM, is_colour, make, person, watch

INDEX = f"{STEM}.m3u8"
RICH = {"bitrate_kbps": 4000}
RED, GREEN, BLUE, GREY = "#C02020", "#20A040", "#2030B0", "#606870"
BEHIND = "#FF8800"


@pytest.fixture
def images(tmp_path):
    """Addresses of images of one colour, with their files."""

    def paint(name, colour, size=(160, 90)):
        path = tmp_path / name
        Image.new("RGB", size, colour).save(path)
        return str(path)

    return {
        "red": paint("r.png", RED),
        "green": paint("g.jpg", GREEN),
        "blue": paint("b.bmp", BLUE),
        "grey": paint("a.png", GREY),
    }


def film(folder, *people, script=1, layout, **changes):
    make(folder / "out", script=script, publishers=people, canvas=RICH, layout=layout, **changes)
    return watch(next((folder / "out").glob("*.m3u8"))).pictures


def colour_of(picture, x, y, width=16, height=10):
    """Whose colour is at a place, by name; None for a mixture."""
    pixels = picture[y : y + height, x : x + width].reshape(-1, 3).mean(0)
    known = {"red": RED, "green": GREEN, "blue": BLUE, "grey": GREY, "behind": BEHIND,
             "black": "#000000", "card": COLOURS["1001"], "other": COLOURS["1002"]}  # fmt: skip
    return next((name for name, colour in known.items() if is_colour(pixels, colour, 14)), None)


def custom(*regions, **more):
    return {"preset": "custom", "background": BEHIND, "regions": list(regions), **more}


LEFT = {"uid": "1001", "x": 0, "y": 0, "w": 0.5, "h": 1}
RIGHT = {"x": 0.5, "y": 0, "w": 0.5, "h": 1}
SILENT = person("1001", video=False)


def changes(pictures, x=10, y=20):
    """What a place showed, each with the first frame that it showed on."""
    found = []
    for number in sorted(pictures):
        shown = colour_of(pictures[number], x, y)
        if not found or found[-1][1] != shown:
            found.append((number, shown))
    return found


def test_an_image_covers_the_canvas_behind_everybody(tmp_path, images):
    layout = custom({**LEFT, "w": 0.25, "h": 0.5}, background_image="red")
    picture = film(tmp_path, person("1001"), layout=layout, images=images)[5]
    assert colour_of(picture, 4, 6) == "card"
    assert {colour_of(picture, *at) for at in ((100, 20), (4, 120), (300, 165))} == {"red"}


@pytest.mark.parametrize(
    ("fit", "corners", "side"),
    [("fill", "red", "red"), ("contain", "behind", "behind"), ("stretch", "red", "red")],
)
def test_it_is_fitted_as_asked(tmp_path, images, fit, corners, side):
    tall = tmp_path / "tall.png"
    picture = np.full((200, 100, 3), [0xC0, 0x20, 0x20], np.uint8)
    picture[:50] = [0x20, 0x30, 0xB0]
    Image.fromarray(picture).save(tall)
    layout = {"preset": "grid", "background": BEHIND, "background_image": "tall",
              "background_fit": fit}  # fmt: skip
    shown = film(tmp_path, SILENT, layout=layout, images={"tall": str(tall)})[3]
    assert colour_of(shown, 4, 165) == corners
    assert colour_of(shown, 300, 100) == side
    top = {"fill": "red", "contain": "blue", "stretch": "blue"}[fit]
    assert colour_of(shown, 152, 20) == top


def test_an_image_that_is_clear_lets_the_colour_through(tmp_path):
    path = tmp_path / "half.png"
    picture = np.zeros((90, 160, 4), np.uint8)
    picture[:, 80:] = [0x20, 0x30, 0xB0, 255]
    Image.fromarray(picture).save(path)
    layout = {"preset": "grid", "background": BEHIND, "background_image": "half"}
    shown = film(tmp_path, SILENT, layout=layout, images={"half": str(path)})[3]
    assert (colour_of(shown, 20, 80), colour_of(shown, 280, 80)) == ("behind", "blue")


def test_images_that_are_not_there_are_left_out(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"no image")
    layout = custom({**LEFT, "placeholder": "bad"}, background_image="missing",
                    placeholder_when="at_once")  # fmt: skip
    images = {"bad": str(tmp_path / "bad.png"), "missing": str(tmp_path / "none.png")}
    shown = film(tmp_path, SILENT, layout=layout, images=images)[3]
    assert colour_of(shown, 10, 20) == colour_of(shown, 200, 20) == "behind"


def test_an_image_shows_from_the_frame_after_it_came(tmp_path, images):
    layout = custom(LEFT, background_image="red", placeholder="green", placeholder_when="at_once")
    script = [(1.0, {"cmd": "add_images", "seq": 1, "images": images}), (2.0, {"cmd": "stop"})]
    pictures = film(tmp_path, SILENT, layout=layout, script=script)
    assert changes(pictures) == [(0, "behind"), (10, "green")]
    assert changes(pictures, 200) == [(0, "behind"), (10, "red")]


@pytest.mark.parametrize(
    ("more", "shown"),
    [({"portraits": [{"uid": "1001", "image": "red"}], "placeholder": "green"}, "red"),
     ({"portraits": [{"uid": "1002", "image": "red"}], "placeholder": "green"}, "green"),
     ({"placeholder": "green", "background_image": "blue"}, "green"),
     ({"background_image": "blue"}, "blue"), ({}, "behind"),
     ({"portraits": [{"uid": "1001", "image": "nowhere"}], "placeholder": "green"}, "green")],
)  # fmt: skip
def test_agora_shows_the_nearest_image_after_three_and_a_half_seconds(
    tmp_path, images, more, shown
):
    layout = {"preset": "best_fit", "background": BEHIND, **more}
    pictures = film(tmp_path, SILENT, layout=layout, images=images, script=4)
    before = "blue" if "background_image" in more else "behind"
    assert changes(pictures, 150, 90) == [(0, before)] + [(35, shown)] * (shown != before)


def test_a_region_has_a_placeholder_of_its_own(tmp_path, images):
    layout = custom({**LEFT, "placeholder": "grey"}, {**RIGHT, "uid": "1002"}, placeholder="green",
                    placeholder_when="at_once")  # fmt: skip
    people = SILENT, person("1002", video=False)
    shown = film(tmp_path, *people, layout=layout, images=images)[3]
    assert (colour_of(shown, 10, 20), colour_of(shown, 200, 20)) == ("grey", "green")


def test_the_last_picture_stays_until_the_placeholder_comes(tmp_path, images):
    layout = {"preset": "best_fit", "background": BEHIND, "placeholder": "green"}
    pictures = film(tmp_path, person("1001"), layout=layout, images=images, script=[
        (1.0, {"cmd": "join", "publisher": SILENT}),
        (5.0, {"cmd": "join", "publisher": person("1001")}),
        (6.0, {"cmd": "stop"})])  # fmt: skip
    assert changes(pictures, 10, 20) == [(0, "card"), (44, "green"), (50, "card")]
    still = [pictures[n][95:115, 115:205].astype(int) for n in (12, 30)]
    assert np.abs(still[0] - still[1]).max() < 30, "its clock stands still"


def test_without_a_placeholder_the_window_empties_at_once(tmp_path):
    layout = {"preset": "best_fit", "background": BEHIND}
    pictures = film(tmp_path, person("1001"), layout=layout, script=[
        (1.0, {"cmd": "join", "publisher": SILENT}), (2.0, {"cmd": "stop"})])  # fmt: skip
    assert changes(pictures) == [(0, "card"), (10, "behind")]


@pytest.mark.parametrize(("on_pause", "after"), [("last", "card"), ("black", "black")])
def test_trtc_fills_a_pause_as_asked(tmp_path, on_pause, after):
    layout = {"preset": "grid", "background": BEHIND}
    pictures = film(tmp_path, person("1001"), layout=layout, style="trtc", on_pause=on_pause,
                    script=[(1.0, {"cmd": "join", "publisher": SILENT}),
                            (3.0, {"cmd": "join", "publisher": person("1001")}),
                            (4.0, {"cmd": "stop"})])  # fmt: skip
    expected = {"card": [(0, "card")], "black": [(0, "card"), (10, "black"), (30, "card")]}
    assert changes(pictures, 10, 20) == expected[after]


def test_trtc_shows_placeholders_at_once_and_for_people_who_are_away(tmp_path, images):
    layout = custom({**LEFT, "placeholder": "grey"}, {**RIGHT, "placeholder": "red"},
                    placeholder_when="at_once")  # fmt: skip
    pictures = film(tmp_path, person("1003"), layout=layout, images=images,
                    style="trtc", script=[
        (1.0, {"cmd": "join", "publisher": person("1001")}),
        (2.0, {"cmd": "join", "publisher": SILENT}),
        (3.0, {"cmd": "leave", "uid": "1001"}),
        (3.5, {"cmd": "leave", "uid": "1003"}),
        (4.0, {"cmd": "stop"})])  # fmt: skip
    assert changes(pictures) == [(0, "grey"), (10, "card"), (20, "grey")]
    assert changes(pictures, 170)[-1] == (35, "behind"), "nobody was given this window"


def test_agora_leaves_the_window_of_somebody_away_empty(tmp_path, images):
    layout = custom({**LEFT, "placeholder": "grey"}, RIGHT, placeholder="green")
    pictures = film(tmp_path, person("1002"), layout=layout, images=images, script=4.5)
    assert changes(pictures) == [(0, "behind")]


def test_a_portrait_is_fitted_as_it_says(tmp_path):
    path = tmp_path / "tall.png"
    Image.new("RGB", (60, 90), RED).save(path)
    portrait = {"uid": "1001", "image": "tall", "fit": "contain"}
    layout = {"preset": "best_fit", "background": BEHIND, "portraits": [portrait],
              "placeholder_when": "at_once"}  # fmt: skip
    shown = film(tmp_path, SILENT, layout=layout, images={"tall": str(path)})[3]
    assert [colour_of(shown, x, 80) for x in (60, 152, 240)] == ["behind", "red", "behind"]


def test_who_comes_back_is_not_shown_as_they_were(tmp_path, images):
    layout = {"preset": "best_fit", "background": BEHIND, "placeholder": "green"}
    pictures = film(tmp_path, person("1001"), person("1002", audio=True), layout=layout,
                    images=images, script=[
        (1.0, {"cmd": "leave", "uid": "1001"}),
        (2.0, {"cmd": "join", "publisher": SILENT}),
        (3.0, {"cmd": "stop"})])  # fmt: skip
    assert colour_of(pictures[21], 165, 20) == "behind"
