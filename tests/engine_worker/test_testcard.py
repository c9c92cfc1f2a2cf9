"""The test card: a picture and a sound for every moment, and nothing else."""

from fractions import Fraction

import numpy as np
import pytest

from dashboard.engine.sources import colour
from dashboard.engine.sources.artwork import FLASH
from dashboard.engine.sources.testcard import Card
from tests.engine_worker.studio import EPOCH_MS, is_colour, rgb, tones

EVEN = EPOCH_MS // 1000
LEFT, TOP, RIGHT, BOTTOM = FLASH


def card(color="#2F6FDE", tone_hz=440.0, fps=15):
    return Card("1001", color, tone_hz, fps)


def picture(at, **options):
    made = card(**options)
    return rgb(made.picture(made.number(Fraction(at))))


@pytest.mark.parametrize(
    "color", ["#2F6FDE", "#D9822B", "#2E9E6B", "#FFFFFF", "#000000", "#FF0000"]
)
def test_its_upper_left_third_and_its_margin_are_its_colour(color):
    seen = picture(EVEN, color=color)
    assert seen.shape == (360, 640, 3)
    for part in (seen[:120, :212], seen[:8], seen[-8:], seen[:, :40], seen[:, -40:]):
        assert is_colour(part, color, within=3)


def test_it_flashes_on_even_seconds_for_one_frame_of_fifteen():
    def is_white(frame):
        block = picture(EVEN + Fraction(frame, 15))[TOP + 2 : BOTTOM - 2, LEFT + 2 : RIGHT - 2]
        return block.mean() > 250

    assert [frame for frame in range(-2, 33) if is_white(frame)] == [0, 30]


def test_it_never_shows_two_frames_alike():
    made = card()
    first = made.number(Fraction(EVEN))
    seen = {bytes(made.picture(number).planes[0]) for number in range(first, first + 45)}
    assert len(seen) == 45


def test_its_number_steps_by_one_at_every_offset_of_the_recording():
    made = card()
    for epoch_ms in (EPOCH_MS, EPOCH_MS + 1, EPOCH_MS + 100, EPOCH_MS + 733):
        numbers = [made.number(Fraction(epoch_ms, 1000) + Fraction(tick, 15)) for tick in range(40)]
        assert np.diff(numbers).tolist() == [1] * 39


def test_it_runs_at_thirty_in_a_recording_of_sixty():
    made = card(fps=60)
    numbers = [made.number(Fraction(EVEN) + Fraction(tick, 60)) for tick in range(6)]
    assert [number - numbers[0] for number in numbers] == [0, 1, 1, 2, 2, 3]
    assert made.picture(numbers[1]) is made.picture(numbers[2])


@pytest.mark.parametrize("tone_hz", [440.0, 313.7])
def test_it_sounds_its_tone_without_a_seam(tone_hz):
    made = card(tone_hz=tone_hz)
    first = (EVEN + 1) * 48_000 - 24_000
    whole = made.sound(first, 48_000)
    parts = [made.sound(first + i * 3200, 3200) for i in range(15)]
    assert np.allclose(whole, np.concatenate(parts), atol=1e-6)
    assert tones(whole) == [round(tone_hz, -1)]
    assert np.abs(np.diff(whole)).max() < 0.08 * 2 * np.pi * tone_hz / 48_000 * 1.1


def test_it_beeps_for_eighty_milliseconds_from_the_even_second_on():
    first = (EVEN - 1) * 48_000
    loud = np.flatnonzero(np.abs(card().sound(first, 144_000)) > 0.1)
    assert (loud[0] - 48_000, loud[-1] - 48_000) == pytest.approx((0, 3840), abs=96)


def test_it_is_the_same_whenever_it_is_asked():
    number = card().number(Fraction(EVEN) + Fraction(7, 15))
    one, two = card().picture(number), card().picture(number)
    assert bytes(one.planes[0]) == bytes(two.planes[0])


def test_it_takes_the_longest_uid_a_channel_can_have():
    made = Card("4294967295", "#2F6FDE", 440.0, 15)
    assert is_colour(rgb(made.picture(0))[:120, :212], "#2F6FDE", within=3)


@pytest.mark.parametrize("wrong", ["red", "#12", "", "1234567"])
def test_it_refuses_what_is_not_a_colour(wrong):
    with pytest.raises(ValueError):
        card(color=wrong)


def test_white_and_black_have_the_levels_of_bt709():
    assert colour.to_yuv((255, 255, 255)) == (235, 128, 128)
    assert colour.to_yuv((0, 0, 0)) == (16, 128, 128)
    assert colour.to_yuv((255, 0, 0)) == (63, 102, 240)
