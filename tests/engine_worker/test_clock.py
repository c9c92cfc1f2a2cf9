"""Two clocks with one face."""

import time

import pytest

from dashboard.engine.worker.clock import LiveClock, VirtualClock


def test_the_virtual_clock_is_where_it_was_waited_for():
    clock = VirtualClock(1000)
    assert clock.wait_until(2500) == 0
    assert clock.now_ms() == 2500


def test_the_virtual_clock_does_not_go_back():
    clock = VirtualClock(1000)
    clock.wait_until(500)
    assert clock.now_ms() == 1000


@pytest.mark.live
def test_the_live_clock_waits_for_a_moment_and_not_for_a_past_one():
    clock = LiveClock()
    begun = clock.now_ms()
    assert begun == pytest.approx(time.time() * 1000, abs=200)
    assert clock.wait_until(begun + 30) == 0
    assert clock.now_ms() >= begun + 29.9
    assert clock.wait_until(begun - 1000) == pytest.approx(1.03, abs=0.1)


def test_the_live_clock_does_not_care_when_the_wall_clock_is_set(monkeypatch):
    clock = LiveClock()
    begun = clock.now_ms()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert clock.now_ms() == pytest.approx(begun, abs=200)
