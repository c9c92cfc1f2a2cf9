"""Who sends, from callbacks in any order."""

import itertools
from datetime import UTC, datetime, timedelta

from dashboard.domain import senders

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
BOTH = ("audio", "video")


def after(words):
    """words: (medium, uid, sends, order); each came as many seconds after START as its order."""
    streams = None
    for medium, uid, sends, order in words:
        moment = START + timedelta(seconds=order)
        streams = senders.told(streams, medium, uid, sends, order, moment)
    return streams


def test_it_knows_nothing_before_the_first_word():
    assert senders.silence(None, BOTH) == (None, None)


def test_it_knows_since_when_the_last_one_is_silent():
    streams = after([("audio", "11", True, 1), ("video", "12", True, 2),
                     ("audio", "11", False, 3), ("video", "12", False, 9)])  # fmt: skip
    assert senders.silence(streams, BOTH) == (False, START + timedelta(seconds=9))


def test_it_comes_to_the_same_in_every_order_and_with_copies():
    words = [("audio", "11", True, 1), ("audio", "11", False, 2), ("video", "12", True, 3),
             ("video", "12", False, 4)]  # fmt: skip
    expected = senders.silence(after(words), BOTH)
    for shuffled in itertools.permutations(words):
        assert senders.silence(after([*shuffled, *shuffled]), BOTH) == expected


def test_it_counts_only_what_is_recorded():
    streams = after([("audio", "11", True, 1), ("video", "12", False, 2)])
    assert senders.silence(streams, ("audio",)) == (True, None)
    assert senders.silence(streams, ("video",)) == (False, START + timedelta(seconds=2))


def test_it_stays_small_and_keeps_whoever_sends():
    words = [("audio", str(n), n == 0, n + 1) for n in range(500)]
    streams = after(words)
    assert len(streams) == senders.MOST
    assert senders.silence(streams, BOTH) == (True, None)
