"""Starting and stopping everything together, and what becomes of a recording under way."""

import os
import signal
import time
from pathlib import Path

import av
import pytest

from tests.browser.operator import Operator, plain
from tests.browser.product import Product

pytestmark = pytest.mark.live


@pytest.fixture
def product(tmp_path):
    with Product(tmp_path / "data") as product:
        yield product


def gone(product):
    until = time.monotonic() + 2
    while product.processes() and time.monotonic() < until:
        time.sleep(0.05)
    return not product.processes()


def process_of(product, part):
    """The pid of the web, the worker or the engine."""
    for pid in product.processes():
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        if any(word.endswith(b"app.py") for word in words) and part.encode() in words:
            return pid
    raise AssertionError(f"no {part} is running")


def test_it_stops_within_five_seconds_and_closes_what_was_recorded(product):
    operator = Operator(product)
    operator.start()
    operator.wait_for("/recordings/1", "is in the channel")
    time.sleep(3)
    assert product.stop() < 5
    assert gone(product)
    product.start()
    page = operator.wait_for_state(1, "Completed", 20)
    assert "shut down" in page
    slices = list((product.folder / "engine" / "buckets").rglob("*.ts"))
    with av.open(str(slices[0])) as media:
        assert sum(1 for _ in media.decode(video=0)) > 30
    assert list((product.folder / "engine" / "buckets").rglob("*.mp4"))


def test_it_leaves_no_orphan_when_the_parent_is_killed(product):
    operator = Operator(product)
    operator.start()
    operator.wait_for("/recordings/1", "is in the channel")
    product.process.send_signal(signal.SIGKILL)
    product.process.wait()
    until = time.monotonic() + 8
    while product.processes() and time.monotonic() < until:
        time.sleep(0.1)
    assert not product.processes()


def test_it_says_unreachable_while_the_engine_is_away_and_resumes_after(product):
    operator = Operator(product)
    operator.start()
    operator.wait_for("/recordings/1", "is in the channel")
    engine = process_of(product, "engine")
    os.kill(engine, signal.SIGSTOP)
    try:
        operator.wait_for_state(1, "Unreachable", 30)
        assert operator.page("/channels").ok
    finally:
        os.kill(engine, signal.SIGCONT)
    operator.wait_for_state(1, "Recording", 20)
    assert "answers again" in operator.page("/recordings/1").text


def test_it_resumes_a_recording_when_the_engine_was_killed(product):
    operator = Operator(product)
    operator.start()
    operator.wait_for("/recordings/1", "is in the channel")
    time.sleep(2)
    os.kill(process_of(product, "engine"), signal.SIGKILL)
    operator.wait_for("/recordings/1", "The recorder was replaced", 20)
    operator.wait_for_state(1, "Recording", 20)
    operator.stop(1)
    operator.wait_for_state(1, "Completed", 20)


def test_it_refuses_a_start_with_the_reason_while_the_engine_is_away(product):
    operator = Operator(product)
    os.kill(process_of(product, "engine"), signal.SIGSTOP)
    said = plain(operator.start().text)
    os.kill(process_of(product, "engine"), signal.SIGCONT)
    assert "Built-in engine" in said
    assert "answer" in said


def test_it_refuses_a_second_parent_on_the_same_folder(product):
    second = Product(product.folder)
    with pytest.raises(AssertionError, match="already running"):
        second.start()
