"""How often a vendor is asked: as callbacks allow, and soon where something is doubtful."""

import heapq

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.lifecycle import ACTIVE, RecordingState
from dashboard.services.pacing import QUESTIONS, SILENT_AFTER_S, Facts, line_s, pause_s

RUNNING = RecordingState.RECORDING


@pytest.mark.parametrize(
    ("facts", "pause"),
    [
        # Agora's advice: 5 s after the start, then about every 2 min
        (Facts(RecordingState.STARTING, age_s=1), 5),
        (Facts(RUNNING, age_s=10), 5),
        (Facts(RUNNING, age_s=600, heard_s=20), 120),
        # three reports are missing: at that moment, then twice a minute
        (Facts(RUNNING, age_s=600, heard_s=100), 80),
        (Facts(RUNNING, age_s=600, heard_s=170), 30),
        (Facts(RUNNING, age_s=9000, heard_s=4000), 30),
        # no callback ever came
        (Facts(RUNNING, age_s=31), 15),
        # the vendor did not know it
        (Facts(RUNNING, heard_s=1, unknown_s=0), 6),
        (Facts(RUNNING, heard_s=1, unknown_s=6), 30),
        (Facts(RUNNING, heard_s=1, unknown_s=66), 24),
        # its longest time is nearly over
        (Facts(RUNNING, heard_s=1, near_end_s=12), 12),
        (Facts(RUNNING, heard_s=1, near_end_s=-3), 1),
        # what follows a stop
        (Facts(RecordingState.STOPPING), 5),
        (Facts(RecordingState.UPLOADING, closing_s=2), 5),
        (Facts(RecordingState.UPLOADING, closing_s=1000), 60),
        # the engine of this machine
        (Facts(RUNNING, quick=True, age_s=600), 5),
        (Facts(RecordingState.STOPPING, quick=True), 2),
        # a thousand on one account of Agora's, at 4 questions a second
        (Facts(RUNNING, heard_s=1, line_s=line_s(1000, 10)), 250),
        (Facts(RUNNING, age_s=31, line_s=line_s(50, 10)), 15),
    ],
)
def test_it_asks_as_often_as_the_doubt_is_worth(facts, pause):
    assert pause_s(facts) == pause


@given(
    state=st.sampled_from(ACTIVE),
    quick=st.booleans(),
    age_s=st.floats(0, 1e6),
    heard_s=st.none() | st.floats(0, 1e6),
    closing_s=st.floats(0, 1e6),
    unknown_s=st.none() | st.floats(0, 1e6),
    near_end_s=st.none() | st.floats(-1e6, 1e6),
)
def test_it_never_hurries_and_never_sleeps(**facts):
    assert 1 <= pause_s(Facts(**facts)) <= 120


@given(heard_s=st.floats(0, 3600), more_s=st.floats(0, 600))
def test_it_asks_no_later_the_longer_it_heard_nothing(heard_s, more_s):
    sooner = pause_s(Facts(RUNNING, heard_s=heard_s + more_s))
    assert sooner <= pause_s(Facts(RUNNING, heard_s=heard_s))


class Sky:
    """Recordings of one account whose callbacks come every minute until they fall silent.

    Asked in the order in which they come due, at the account's share of a vendor's rate.
    """

    def __init__(self, count, rate_per_s=10):
        self.line_s = line_s(count, rate_per_s)
        self.gap_s = 1 / (rate_per_s * QUESTIONS)
        self.silent_from = {}
        self.due = [(n * 120 / count, n) for n in range(count)]
        self.asked = []

    def pass_time(self, until_s):
        free_at = self.asked[-1][0] + self.gap_s if self.asked else 0.0
        while self.due[0][0] < until_s:
            due_at, n = heapq.heappop(self.due)
            free_at = max(free_at, due_at)
            self.asked.append((free_at, n))
            heard_s = free_at - self.silent_from[n] if n in self.silent_from else free_at % 60
            facts = Facts(RUNNING, age_s=1e4 + free_at, heard_s=max(0, heard_s), line_s=self.line_s)
            heapq.heappush(self.due, (free_at + pause_s(facts), n))
            free_at += self.gap_s


@pytest.mark.parametrize("count", [1, 50, 1000])
def test_it_asks_about_the_silent_in_the_stated_time_and_keeps_the_limit(count):
    """Three minutes without a callback, or one turn of the account's line if that is longer."""
    sky = Sky(count)
    sky.pass_time(600)
    sky.silent_from = {n: 600.0 for n in range(0, count, 10)}
    sky.pass_time(1600)
    within_s = max(SILENT_AFTER_S, sky.line_s) + 1
    for n in sky.silent_from:
        assert any(600 < at <= 600 + within_s for at, who in sky.asked if who == n)
    times = [at for at, _ in sky.asked]
    assert all(later - at >= 1 for at, later in zip(times, times[9:], strict=False))


def test_it_asks_calm_ones_every_two_minutes():
    sky = Sky(50)
    sky.pass_time(3600)
    assert 50 * 30 <= len(sky.asked) <= 50 * 40
