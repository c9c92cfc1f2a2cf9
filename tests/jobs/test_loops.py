"""A loop outlives whatever its work raises."""

import logging
import threading

import pytest
from flask import Flask

from dashboard.jobs import loops
from dashboard.jobs.loops import Loop, pause_after


@pytest.fixture
def stopping():
    stopping = threading.Event()
    yield stopping
    stopping.set()


def run(stopping, work, every_s=0.0):
    return Loop(Flask("loops"), "chore", every_s, work, stopping).start()


def test_it_goes_on_after_every_kind_of_fault(stopping, monkeypatch, caplog):
    monkeypatch.setattr(loops, "FIRST_PAUSE_S", 0.0)
    faults = iter([ValueError("one"), OSError("two\nand more"), KeyError("three")])
    done = threading.Event()

    def work():
        fault = next(faults, None)
        if fault:
            raise fault
        done.set()

    with caplog.at_level(logging.ERROR):
        loop = run(stopping, work)
        assert done.wait(5)
    stopping.set()
    assert loop.join(5)
    lines = [record.getMessage() for record in caplog.records]
    assert [line.partition(";")[0] for line in lines] == [
        "chore: ValueError: one",
        "chore: OSError: two",
        "chore: KeyError: 'three'",
    ]


def test_it_waits_longer_after_each_fault_but_not_for_ever():
    assert [pause_after(n) for n in (1, 2, 3, 6, 99)] == [1, 2, 4, 30, 30]


def test_it_ends_in_the_middle_of_a_pause(stopping):
    began = threading.Event()
    loop = run(stopping, began.set, every_s=60)
    assert began.wait(5)
    stopping.set()
    assert loop.join(1)


def test_it_says_when_a_round_does_not_end(stopping):
    leave = threading.Event()
    loop = run(stopping, lambda: leave.wait(5) and None)
    stopping.set()
    assert not loop.join(0.05)
    leave.set()
    assert loop.join(5)


def test_it_goes_on_at_once_where_the_work_asks_for_it(stopping):
    rounds = iter([0.0, 0.0, 0.0])
    done = threading.Event()

    def work():
        pace_s = next(rounds, None)
        if pace_s is None:
            done.set()
        return pace_s

    run(stopping, work, every_s=60)
    assert done.wait(5)
