"""A worker with nothing to do does next to nothing."""

import threading

from dashboard.jobs import work


def test_no_loop_of_an_idle_worker_hurries(app, house, settings):
    """What a round returns is a pace; a count of nothing would be no pause at all."""
    loops = work.loops(app, settings, threading.Event())
    assert {loop.name: loop._work() for loop in loops} == dict.fromkeys(
        (loop.name for loop in loops), None
    )


def test_no_loop_hurries_while_a_recording_runs(app, house, settings):
    house.start()
    for loop in work.loops(app, settings, threading.Event()):
        assert loop._work() is None, loop.name
