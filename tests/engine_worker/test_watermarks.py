"""What is painted over everything, decoded from what was recorded."""

import time

import numpy as np
import pytest
from PIL import Image

from dashboard.engine.sources.letters import font_for, plain
from dashboard.engine.worker import marks
from dashboard.engine.worker.compositor import Compositor
from dashboard.engine.worker.pictures import Pictures
from dashboard.layouts.geometry import Rect, Size
from dashboard.layouts.watermarks import ImageMark, Place, TextMark, TimeMark, to_json
from tests.engine_worker.studio import EPOCH_MS, is_colour, make, watch

CANVAS = Size(320, 180)
BOX = Rect(0.5, 0.5, 0.25, 0.25)
INSIDE = (slice(90, 134), slice(160, 240))


def painted(*found, background="#204060", images=None, at_ms=EPOCH_MS, canvas=CANVAS):
    """A canvas with nothing but marks, as RGB."""
    compositor = Compositor(canvas)
    compositor.arrange((), background)
    compositor.marks = marks.draw(found, canvas, Pictures(images or {}, canvas))
    return compositor.compose(lambda _: None, at_ms).to_ndarray(
        format="rgb24", src_colorspace="ITU709"
    )


def differs(picture, background=(0x20, 0x40, 0x60)):
    """left, top, right, bottom of what is not background; None for nothing."""
    other = (np.abs(picture.astype(int) - background) > 12).any(2)
    rows, columns = np.flatnonzero(other.any(1)), np.flatnonzero(other.any(0))
    return (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1) if len(rows) else None


def logo(tmp_path, alpha=255, size=(40, 30)):
    path = tmp_path / f"logo{alpha}.png"
    Image.new("RGBA", size, (0xE0, 0x30, 0x10, alpha)).save(path)
    return {"logo": str(path)}


def test_an_image_fills_its_rectangle_to_the_pixel(tmp_path):
    picture = painted(ImageMark(BOX, "logo"), images=logo(tmp_path))
    assert differs(picture) == (160, 90, 240, 136)  # 45 rows, rounded up to even ones
    assert is_colour(picture[92:132, 162:238], "#E03010", 4)


@pytest.mark.parametrize("alpha", [0, 64, 128, 200])
def test_what_is_clear_in_an_image_shows_what_is_behind(tmp_path, alpha):
    picture = painted(ImageMark(BOX, "logo"), images=logo(tmp_path, alpha))
    mixed = [b + (c - b) * alpha / 255 for b, c in zip((0x20, 0x40, 0x60), (0xE0, 0x30, 0x10),
                                                       strict=True)]  # fmt: skip
    assert np.abs(picture[95:130, 165:235].astype(float) - mixed).max() <= 4


def test_an_image_that_is_not_there_leaves_no_mark():
    assert differs(painted(ImageMark(BOX, "logo"))) is None


def test_words_stand_in_their_rectangle_and_are_cut_at_its_edges():
    mark = TextMark(BOX, "MMMMMMMMMMMMMMMMMMMMMMMM", size_px=20, color="#FFFFFF")
    left, top, right, bottom = differs(painted(mark))
    assert 160 <= left < 166
    assert 234 < right <= 240
    assert 90 <= top < bottom <= 136
    assert (top + bottom) / 2 == pytest.approx(113, abs=3)
    assert bottom - top == pytest.approx(14, abs=2)  # capitals of letters of 20 pixels


def test_words_have_their_colours():
    mark = TextMark(BOX, "I", size_px=40, color="#FFCC00", background="#102030")
    picture = painted(mark, background="#FFFFFF")
    assert differs(picture, (255, 255, 255)) == (160, 90, 240, 136)
    assert is_colour(picture[92:132, 200:238], "#102030", 4)
    gold = np.abs(picture[90:134, 160:240].astype(int) - [255, 0xCC, 0]).max(2) < 20
    assert 40 < gold.sum() < 600


def test_letters_have_no_dark_seam():
    picture = painted(TextMark(BOX, "OSO", size_px=30), background="#FFFFFF")
    assert (picture >= 250).all()


@pytest.mark.parametrize("words", ["课堂 7", "録画", "한국어", "Größe – é"])
def test_words_are_no_boxes_where_the_machine_has_letters_for_them(words):
    font = font_for(words, 40)
    if font is plain(40):
        pytest.skip("this machine has no such font")
    box = bytes(font.getmask("\U0010fffd"))
    assert all(bytes(font.getmask(sign)) != box for sign in words if sign != " ")
    shown = differs(painted(TextMark(Rect(0, 0, 1, 1), words, size_px=40)))
    assert shown[2] - shown[0] == pytest.approx(font.getlength(words), abs=8)


def test_english_words_need_no_other_font():
    assert font_for("Live: 12:30 (UTC+8)!", 20) is plain(20)


@pytest.mark.parametrize(
    ("place", "across", "down"),
    [(Place.TOP_LEFT, 0, 0), (Place.TOP, 0.5, 0), (Place.TOP_RIGHT, 1, 0),
     (Place.BOTTOM_LEFT, 0, 1), (Place.BOTTOM, 0.5, 1), (Place.BOTTOM_RIGHT, 1, 1),
     (Place.CENTRE, 0.5, 0.5)],
)  # fmt: skip
def test_the_time_stands_in_its_place(place, across, down):
    canvas = Size(640, 360)
    left, top, right, bottom = differs(painted(TimeMark(place), canvas=canvas))
    for low, high, side, where in ((left, right, 640, across), (top, bottom, 360, down)):
        gaps = low, side - high
        assert min(gaps) >= 2
        if where == 0.5:
            assert abs(gaps[0] - gaps[1]) <= 12
        else:
            assert gaps[int(where)] <= 16


def test_the_time_is_that_of_its_zone(monkeypatch):
    told = []
    write = marks._Time._write
    monkeypatch.setattr(marks._Time, "_write", lambda self, text: told.append(text) or write(
        self, text))  # fmt: skip
    for minutes in (480, -150, 0):
        painted(TimeMark(offset_min=minutes), at_ms=EPOCH_MS + 1999)
    assert told == ["2026-01-01 08:00:01", "2025-12-31 21:30:01", "2026-01-01 00:00:01"]


def test_the_time_changes_on_the_second_and_is_written_once_for_it(tmp_path, monkeypatch):
    told = []
    write = marks._Time._write
    monkeypatch.setattr(marks._Time, "_write", lambda self, text: told.append(text) or write(
        self, text))  # fmt: skip
    make(tmp_path, "1001", script=2.5, canvas={"bitrate_kbps": 4000},
         layout={"preset": "custom", "background": "#204060", "regions": [
             {"uid": "1001", "x": 0, "y": 0.9, "w": 0.1, "h": 0.1}]},
         watermarks=to_json([TimeMark(Place.TOP_LEFT, 0)]))  # fmt: skip
    assert told == [f"2026-01-01 00:00:0{second}" for second in range(3)]
    pictures = watch(next(tmp_path.glob("*.m3u8"))).pictures
    steps = [n for n in range(1, 25) if np.abs(
        pictures[n][:40].astype(int) - pictures[n - 1][:40]).max() > 60]  # fmt: skip
    assert steps == [10, 20]


def test_marks_lie_over_everybody_and_change_on_the_very_frame(tmp_path):
    images = logo(tmp_path)
    told = make(tmp_path / "out", "1001", images=images, canvas={"bitrate_kbps": 4000}, script=[
        (1.0, {"cmd": "change", "seq": 1, "watermarks": to_json([ImageMark(BOX, "logo")])}),
        (1.5, {"cmd": "change", "seq": 2, "watermarks": [{"kind": "image"}]}),
        (2.0, {"cmd": "change", "seq": 3, "watermarks": []}),
        (3.0, {"cmd": "stop", "seq": 4})])  # fmt: skip
    assert [(e["event"], e["seq"]) for e in told if e["event"] in ("done", "refused")] == [
        ("done", 1), ("refused", 2), ("done", 3), ("done", 4),
    ]  # fmt: skip
    pictures = watch(next((tmp_path / "out").glob("*.m3u8"))).pictures
    marked = [n for n in pictures if is_colour(pictures[n][INSIDE].mean((0, 1)), "#E03010", 12)]
    assert marked == list(range(10, 20))


def test_a_mark_whose_image_comes_later_shows_from_then_on(tmp_path):
    images = logo(tmp_path)
    make(tmp_path / "out", "1001", canvas={"bitrate_kbps": 4000}, script=[
        (0.5, {"cmd": "add_images", "images": images}), (1.0, {"cmd": "stop"})],
        watermarks=to_json([ImageMark(BOX, "logo")]))  # fmt: skip
    pictures = watch(next((tmp_path / "out").glob("*.m3u8"))).pictures
    marked = [n for n in pictures if is_colour(pictures[n][INSIDE].mean((0, 1)), "#E03010", 12)]
    assert marked == list(range(5, 10))


def test_marks_are_cheap():
    """25 of them, on a large canvas, take less of a tick than its H.264 does."""
    canvas = Size(1280, 720)
    found = [
        TextMark(Rect(0.2 * (i % 5), 0.2 * (i // 5), 0.15, 0.08), "Tallydeck") for i in range(24)
    ]
    compositor = Compositor(canvas)
    compositor.arrange((), "#204060")
    compositor.marks = marks.draw([*found, TimeMark()], canvas, Pictures({}, canvas))
    compositor.compose(lambda _: None, EPOCH_MS)
    began = time.process_time()
    for _ in range(20):
        compositor.compose(lambda _: None, EPOCH_MS)
    assert (time.process_time() - began) / 20 < 0.02
