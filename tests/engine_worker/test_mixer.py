"""Everybody's sound in one, and never too loud."""

import numpy as np
import pytest

from dashboard.engine.worker.mixer import BLOCK, CEILING, FADE, RATE, Limiter, Mixer


class Tone:
    def __init__(self, level, hertz=440):
        self.level, self.hertz = level, hertz

    def sound(self, first, count):
        at = np.arange(first, first + count) / RATE
        return (self.level * np.sin(2 * np.pi * self.hertz * at)).astype(np.float32)


class Steady:
    def __init__(self, level):
        self.level = level

    def sound(self, first, count):
        return np.full(count, self.level, np.float32)


def mixed(*ticks, count=3200):
    """The sound of ticks, each a mapping of who is heard."""
    mixer = Mixer()
    blocks = [b for i, voices in enumerate(ticks) for b in mixer.tick(voices, i * count, count)]
    return np.concatenate([*blocks, *mixer.finish()])


def test_it_sends_silence_when_nobody_speaks():
    assert not mixed({}, {}).any()


def test_it_sends_whole_blocks_and_fills_the_last_one_up():
    whole = mixed({"a": Steady(0.1)}, {"a": Steady(0.1)})
    assert len(whole) == 7 * BLOCK
    assert not whole[6400:].any()


def test_it_adds_up_those_who_are_heard():
    whole = mixed({"a": Steady(0.1), "b": Steady(0.2)})
    assert whole[FADE:3200] == pytest.approx(0.3)


def test_it_changes_nothing_that_is_not_too_loud():
    whole = mixed({"a": Tone(0.8)}, {"a": Tone(0.8)})
    assert np.array_equal(whole[FADE:6400], Tone(0.8).sound(FADE, 6400 - FADE))


def test_it_keeps_seventeen_beeps_below_the_ceiling():
    whole = mixed(*[{str(i): Tone(0.3, 1000) for i in range(17)}] * 10)
    assert np.abs(whole).max() <= CEILING + 1e-6
    assert np.abs(whole[8000:24_000]).max() > 0.85


def test_loud_sound_keeps_its_shape():
    """A clipped sine has harmonics; one that was turned down has none worth a mention."""
    whole = mixed(*[{str(i): Tone(0.3, 1000) for i in range(17)}] * 20)[24_000:48_000]
    spectrum = np.abs(np.fft.rfft(whole * np.hanning(len(whole))))
    at = np.fft.rfftfreq(len(whole), 1 / RATE)
    harmonics = spectrum[at > 1500].max()
    assert 20 * np.log10(harmonics / spectrum.max()) < -60


def test_a_peak_is_met_by_a_gain_that_is_already_down():
    limiter = Limiter()
    quiet, loud = np.full(BLOCK, 0.5, np.float32), np.full(BLOCK, 2.0, np.float32)
    out = [limiter.push(block) for block in (quiet, loud, quiet, quiet)]
    out = np.concatenate([block for block in [*out, *limiter.finish()] if block is not None])
    assert np.abs(out).max() <= CEILING + 1e-6
    assert out[0] == 0.5
    steps = np.abs(np.diff(out[: BLOCK - 1]))
    assert steps.max() < 0.001


def test_the_gain_comes_back_slowly():
    voices = [{"a": Steady(2.0)}] * 2 + [{"a": Steady(0.5)}] * 14
    whole = mixed(*voices)
    assert whole[7200] < 0.3
    assert whole[3200 * 12] == pytest.approx(0.5)


def test_somebody_who_comes_or_goes_does_not_click():
    whole = mixed({}, {"a": Steady(0.5)}, {})
    assert np.abs(np.diff(whole)).max() < 0.5 / FADE * 1.5
    assert not whole[:3200].any()
    assert whole[3200 + FADE : 6400] == pytest.approx(0.5)
    assert not whole[6400 + FADE :].any()
