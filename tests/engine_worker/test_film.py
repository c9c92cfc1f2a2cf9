"""Publishers whose picture and sound come from a file."""

import io
from fractions import Fraction
from types import SimpleNamespace

import av
import numpy as np
import pytest

from dashboard.engine.sources import open_camera
from dashboard.engine.sources.film import CodedFilm, open_film
from dashboard.engine.sources.testcard import Card
from tests.engine_worker.film import RATE, level, shoot

JOINED_MS = 1_767_225_600_500
JOINED = Fraction(JOINED_MS, 1000)
RUN_UP = Fraction(1, 5)
"""Two frames are stored ahead of their turn: everything shows this much later."""


@pytest.fixture(params=["mp4", "ts"])
def film(request, tmp_path):
    return open_film(shoot(tmp_path / f"clip.{request.param}"), JOINED_MS)


def shown(film, seconds):
    """The grey of the picture that shows so long after the person joined, as its number."""
    number = film.number(JOINED + RUN_UP + Fraction(seconds))
    frame = film.picture(number)
    luma = np.frombuffer(frame.planes[0], np.uint8)[: frame.width].mean()
    return round((luma - level(0)) / (level(1) - level(0)))


def heard(film, seconds, length_s):
    first = round((JOINED + RUN_UP + Fraction(seconds)) * RATE)
    count, step = round(length_s * RATE), 3200
    return np.concatenate([film.sound(first + at, min(step, count - at))
                           for at in range(0, count, step)])  # fmt: skip


def loud_from(samples):
    """Where the tone begins, in seconds."""
    return np.flatnonzero(np.abs(samples) > 0.1)[0] / RATE


def test_each_picture_shows_at_its_moment(film):
    assert [shown(film, Fraction(i, 10)) for i in range(30)] == list(range(30))


def test_a_picture_stays_until_the_next(film):
    times = [0, Fraction(9, 100), Fraction(1, 10), Fraction(19, 100), Fraction(2, 10)]
    assert [shown(film, at) for at in times] == [0, 0, 1, 1, 2]


def test_it_begins_again(film):
    length = film._reel.ends
    assert 3 <= length < 3.1
    assert [shown(film, length * 4 + Fraction(i, 10)) for i in range(-1, 12)] == [29, *range(12)]


def test_numbers_of_pictures_are_never_used_twice(film):
    times = [JOINED + RUN_UP + Fraction(i, 30) for i in range(300)]
    numbers = [film.number(at) for at in times]
    assert numbers == sorted(numbers)
    assert film.number(times[0] + film._reel.ends) == 30


def test_it_may_be_asked_for_any_moment(film):
    wanted = [25, 3, 17, 18, 2, 29, 0]
    assert [shown(film, Fraction(i, 10)) for i in wanted] == wanted


def test_the_tone_sounds_where_it_was_put(film):
    samples = heard(film, 0, 3)
    assert loud_from(samples) == pytest.approx(1.0, abs=0.025)
    assert np.abs(samples[: int(0.9 * RATE)]).max() < 0.01
    assert np.abs(samples[int(1.2 * RATE) :]).max() < 0.01


def test_sound_begins_again_with_the_picture(film):
    length = film._reel.ends
    first = loud_from(heard(film, 0, 2))
    assert loud_from(heard(film, 5 * length, 2)) == pytest.approx(first, abs=0.001)


def test_sound_that_is_taken_up_later_is_the_same(film):
    whole = heard(film, 0, 1.5)
    heard(film, 2.5, 0.2)
    again = heard(film, 0.9, 0.6)
    assert np.abs(again - whole[round(0.9 * RATE) :]).max() < 0.02


def test_who_is_faded_out_may_hear_the_same_samples_twice(film):
    first = round((JOINED + 1) * RATE)
    film.sound(first - 4000, 4000)
    once = film.sound(first, 1000)
    assert np.array_equal(film.sound(first, 240), once[:240])


def test_packets_are_those_of_the_file(tmp_path):
    path = shoot(tmp_path / "clip.mp4")
    film = open_film(path, JOINED_MS)
    mine = film.packets(JOINED, JOINED + film._reel.ends)[:30]
    with av.open(str(path)) as container:
        own = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    assert [units(packet.data)[-1] for packet in mine] == [last_unit(data) for data in own]
    assert [i for i, packet in enumerate(mine) if packet.key] == [0, 10, 20]
    assert sorted(packet.pts for packet in mine) == [
        JOINED + RUN_UP + Fraction(i, 10) for i in range(30)
    ]


def last_unit(data):
    """Of a packet as MP4 has it: each unit after its length."""
    while data:
        size = int.from_bytes(data[:4], "big")
        unit, data = data[4 : 4 + size], data[4 + size :]
    return unit.rstrip(b"\0")


def units(annex_b):
    return [unit.rstrip(b"\0") for unit in annex_b.split(b"\0\0\1") if unit.strip(b"\0")]


def test_packets_play_through_every_turn(film):
    end = JOINED + 3 * film._reel.ends
    found, at = [], JOINED
    while at < end:
        found += film.packets(at, at + Fraction(1, 15))
        at += Fraction(1, 15)
    assert [packet.dts for packet in found] == sorted(packet.dts for packet in found)
    assert all(packet.pts >= packet.dts for packet in found)
    stream = io.BytesIO(b"".join(packet.data for packet in found))
    levels = [round(float(np.frombuffer(frame.planes[0], np.uint8)[: frame.width].mean()))
              for frame in av.open(stream, format="h264").decode(video=0)]  # fmt: skip
    whole = [level(i) for i in range(30)] * 4
    assert len(levels) == len(found) >= 88
    assert np.abs(np.subtract(levels, whole[: len(levels)])).max() <= 1


def test_every_key_frame_can_be_decoded_alone(film):
    found = film.packets(JOINED, JOINED + 3)
    for packet in found:
        if packet.key:
            frames = list(av.open(io.BytesIO(packet.data), format="h264").decode(video=0))
            assert len(frames) == 1


def test_before_it_begins_it_is_silent_and_still(film):
    assert not film.sound(round(JOINED * RATE) - 4800, 4800).any()
    assert film.number(JOINED - 5) == 0
    assert film.packets(JOINED - 5, JOINED) == []


def test_only_h264_keeps_its_packets(tmp_path):
    film = open_film(shoot(tmp_path / "clip.mp4", codec="mpeg4"), JOINED_MS)
    assert not isinstance(film, CodedFilm)
    assert not hasattr(film, "packets")
    assert [shown(film, Fraction(i, 10) - RUN_UP) for i in (0, 7, 29)] == [0, 7, 29]


def test_a_file_without_sound_is_silent(tmp_path):
    film = open_film(shoot(tmp_path / "clip.mp4", audio=None), JOINED_MS)
    assert not film.sound(round(JOINED * RATE), 3200).any()


def test_what_cannot_be_played_leaves_the_card_of_the_person(tmp_path):
    (tmp_path / "bad.mp4").write_bytes(b"no film" * 100)
    person = SimpleNamespace(uid="1", color="#2F6FDE", tone_hz=440.0, kind="file", joined_ms=0)
    for name in ("bad.mp4", "none.mp4"):
        person.file = name
        assert isinstance(open_camera(person, 10, tmp_path), Card)
    assert isinstance(open_camera(person, 10, None), Card)
