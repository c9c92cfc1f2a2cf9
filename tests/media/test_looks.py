"""Backgrounds, opacity and fits, as a decoded frame of a recording shows them."""

import numpy as np
import pytest

from dashboard.engine import sources
from tests.engine_worker.studio import STEM, is_colour, make, watch
from tests.media.solid import COLOURS, Solid, person
from tests.media.striped import LEFT, MIDDLE, RIGHT, Striped

ONE, TWO = "1004", "1016"
WIDE, UPRIGHT = (0.1, 0.1, 0.8, 0.8), (0.25, 0.1, 0.225, 0.8)
"""x, y, w, h of 320 x 180: 256 x 144 pixels, as wide as the striped picture, and 72 x 144."""
BACK = "#203040"


@pytest.fixture(autouse=True)
def people(monkeypatch):
    monkeypatch.setitem(sources.KINDS, "solid", Solid)
    monkeypatch.setitem(sources.KINDS, "striped", Striped)


def pictures(folder, *layouts, kind="solid"):
    """One decoded RGB frame of each layout, of two people."""
    first, *others = layouts
    changes = [(n / 10, {"cmd": "set_layout", "layout": each}) for n, each in enumerate(others, 1)]
    make(folder, script=[*changes, (len(layouts) / 10, {"cmd": "stop"})], streams="video",
         publishers=[{**person(uid), "kind": kind} for uid in (ONE, TWO)], layout=first,
         canvas={"bitrate_kbps": 20_000})  # fmt: skip
    seen = watch(folder / f"{STEM}.m3u8").pictures
    return [seen[number] for number in range(len(layouts))]


def region(uid, place, **looks):
    return {"uid": uid, **dict(zip("xywh", place, strict=True)), "opacity": 1, **looks}


def layout(*regions, background=BACK):
    return {"preset": "custom", "background": background, "regions": list(regions)}


def mixed(front, behind, opacity):
    """ "#RRGGBB" of one colour over another."""
    parts = ([int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in (front, behind))
    one, two = (np.array(each) for each in parts)
    return "#" + "".join(
        f"{level:02X}" for level in np.rint(two + (one - two) * opacity).astype(int)
    )


def at(picture, x, y):
    """Nine pixels around a place given in fractions."""
    high, wide, _ = picture.shape
    row, column = round(y * high), round(x * wide)
    return picture[row - 1 : row + 2, column - 1 : column + 2]


def test_the_background_has_the_chosen_colour_from_the_next_frame_on(tmp_path):
    shades = ["#000000", "#FFFFFF", "#C03A2B", "#2F6FDE", "#7F8C1D", "#101010"]
    place = (0.25, 0.25, 0.5, 0.5)
    asked = [layout(region(ONE, place), background=shade) for shade in shades]
    for shade, picture in zip(shades, pictures(tmp_path, *asked), strict=True):
        beside = np.concatenate([picture[:43].reshape(-1, 3), picture[137:].reshape(-1, 3)])
        assert is_colour(beside, shade, within=4)
        assert is_colour(at(picture, 0.5, 0.5), COLOURS[ONE], within=4)


@pytest.mark.parametrize("preset", ["floating", "best_fit", "vertical", "grid", "screen_share"])
def test_a_preset_has_a_background_too(tmp_path, preset):
    """It shows in the large window of somebody who is away, and not where people stand."""
    asked = {"preset": preset, "background": BACK, "focus_uid": "9"}
    (picture,) = pictures(tmp_path, asked)
    is_free = is_colour(at(picture, 0.3, 0.5), BACK, within=4)
    assert is_free == (preset in ("vertical", "screen_share"))


@pytest.mark.parametrize("opacity", [0.1, 0.25, 0.5, 0.75, 0.9])
def test_opacity_lets_that_much_of_what_is_behind_through(tmp_path, opacity):
    """TWO stands over a half of ONE and over the background."""
    behind, front = region(ONE, (0, 0, 0.5, 1)), region(TWO, (0.25, 0.25, 0.5, 0.5))
    (picture,) = pictures(tmp_path, layout(behind, {**front, "opacity": opacity}))
    one, two = COLOURS[ONE], COLOURS[TWO]
    assert is_colour(at(picture, 0.1, 0.5), one, within=4)
    assert is_colour(at(picture, 0.4, 0.5), mixed(two, one, opacity), within=5)
    assert is_colour(at(picture, 0.6, 0.5), mixed(two, BACK, opacity), within=5)
    assert is_colour(at(picture, 0.9, 0.5), BACK, within=4)


def test_a_clear_region_is_not_seen(tmp_path):
    asked = layout(region(ONE, (0, 0, 1, 1)), region(TWO, (0.25, 0.25, 0.5, 0.5), opacity=0))
    (picture,) = pictures(tmp_path, asked)
    assert is_colour(picture, COLOURS[ONE], within=4)


ACROSS = (0.03, 0.2, 0.5, 0.8, 0.97)
"""Places in a region, as fractions of its width."""


@pytest.mark.parametrize(
    ("fit", "place", "middle", "top"),
    [
        ("fill", WIDE, (LEFT, LEFT, MIDDLE, RIGHT, RIGHT), MIDDLE),
        ("contain", WIDE, (LEFT, LEFT, MIDDLE, RIGHT, RIGHT), MIDDLE),
        ("stretch", WIDE, (LEFT, LEFT, MIDDLE, RIGHT, RIGHT), MIDDLE),
        ("fill", UPRIGHT, (MIDDLE,) * 5, MIDDLE),
        ("contain", UPRIGHT, (LEFT, LEFT, MIDDLE, RIGHT, RIGHT), BACK),
        ("stretch", UPRIGHT, (LEFT, LEFT, MIDDLE, RIGHT, RIGHT), MIDDLE),
        ("smart", UPRIGHT, (LEFT, LEFT, MIDDLE, RIGHT, RIGHT), BACK),
        ("smart", (0.1, 0.05, 0.8, 0.9), (LEFT, LEFT, MIDDLE, RIGHT, RIGHT), MIDDLE),
    ],
)
def test_a_picture_is_cut_off_fitted_in_or_pulled(tmp_path, fit, place, middle, top):
    asked = layout(region(ONE, place, fit=fit))
    (picture,) = pictures(tmp_path, asked, kind="striped")
    x, y, w, h = place
    row = [at(picture, x + w * part, y + h / 2) for part in ACROSS]
    assert [is_colour(*pair, within=10) for pair in zip(row, middle, strict=True)] == [True] * 5
    assert is_colour(at(picture, x + w / 2, y + h * 0.03), top, within=10)
    assert is_colour(at(picture, x - 0.02, y + h / 2), BACK, within=4)


def test_what_fills_is_cut_off_alike_on_both_sides(tmp_path):
    """Of 128 columns 96 are left, so 16 of each stripe's 32."""
    (picture,) = pictures(
        tmp_path, layout(region(ONE, (0.2, 0.1, 0.6, 0.8), fit="fill")), kind="striped"
    )
    row = picture[90, 64:256].astype(int)
    red, blue = (row[:, 0] > 128).sum(), (row[:, 2] > 128).sum()
    assert red == pytest.approx(32, abs=2)
    assert abs(red - blue) <= 2
