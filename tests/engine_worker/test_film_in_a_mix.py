"""People who publish a file, mixed with others, decoded from what was recorded."""

import numpy as np
import pytest

from tests.engine_worker.film import level, shoot
from tests.engine_worker.studio import COLOURS, STEM, is_colour, make, person, watch

INDEX = f"{STEM}.m3u8"
GRID = {"preset": "best_fit", "background": "#000000"}


@pytest.fixture
def media(tmp_path):
    folder = tmp_path / "media"
    folder.mkdir()
    shoot(folder / "film.mp4")
    return folder


def player(uid="1001", **changes):
    return person(uid, kind="file", file="film.mp4", **changes)


def film(folder, media, *people, script, **changes):
    make(folder / "out", script=script, publishers=people, layout=GRID, media=str(media),
         canvas={"bitrate_kbps": 4000}, **changes)  # fmt: skip
    return watch(folder / "out" / INDEX)


def number_of(picture, left=0, right=320):
    """Which picture of the film shows."""
    grey = picture[40:140, left + 30 : right - 30].mean()
    shown = (grey - (level(0) - 16) * 255 / 219) / (6 * 255 / 219)
    return round(shown) if abs(shown - round(shown)) < 0.3 else None


def test_it_plays_picture_by_picture_and_begins_again(tmp_path, media):
    """Two frames of run-up before the first: the film is stored with B-frames."""
    pictures = film(tmp_path, media, player(), script=7).pictures
    shown = [number_of(pictures[n]) for n in range(70)]
    assert shown[:32] == [0, 0, *range(30)]
    again = shown.index(0, 5)
    assert again in (32, 33)
    assert shown[again : again + 30] == list(range(30))


def test_its_sound_comes_with_its_picture(tmp_path, media):
    found = film(tmp_path, media, player(), script=3)
    sound = np.abs(found.sound)
    begins = (np.flatnonzero(sound > 0.1)[0] + found.first_sample) / 48_000
    picture = next(n for n in range(30) if number_of(found.pictures[n]) == 10) / 10
    assert begins == pytest.approx(picture, abs=0.04)


def test_it_goes_on_where_it_is_when_something_of_it_changes(tmp_path, media):
    pictures = film(tmp_path, media, player(), person("1002"), script=[
        (0.5, {"cmd": "join", "publisher": player(video=False)}),
        (1.5, {"cmd": "join", "publisher": player()}),
        (2.0, {"cmd": "leave", "uid": "1002"}),
        (2.5, {"cmd": "stop"})]).pictures  # fmt: skip
    assert number_of(pictures[4], right=160) == 2
    assert is_colour(pictures[10][40:140, 30:130].mean((0, 1)), "#000000", 4)
    assert number_of(pictures[15], right=160) == 13
    assert number_of(pictures[20]) == 18


def test_a_film_that_is_gone_leaves_the_card_of_the_person(tmp_path, media):
    (media / "film.mp4").unlink()
    pictures = film(tmp_path, media, player(), script=1).pictures
    assert is_colour(pictures[5][5:40, 5:80].mean((0, 1)), COLOURS["1001"], 12)


def test_two_runs_are_the_same_to_the_byte(tmp_path, media):
    for name in ("one", "two"):
        film(tmp_path / name, media, player(), person("1002", screen=True), script=4,
             style="agora", pictures="all")  # fmt: skip
    one, two = (sorted((tmp_path / name / "out").iterdir()) for name in ("one", "two"))
    assert [path.name for path in one] == [path.name for path in two]
    assert all(a.read_bytes() == b.read_bytes() for a, b in zip(one, two, strict=True))
