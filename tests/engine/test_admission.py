"""What the machine cannot carry is refused, and a disk that fills up ends what runs in order."""

import os

import av
import pytest

from dashboard.engine.budget import BASE, PER_MEGAPIXEL, Budget, cores_here
from dashboard.engine.disk import free_mb
from dashboard.engine.playlist import parse
from dashboard.engine.tasks import Spec, Task
from tests.engine.harness import EngineProcess, start_request, wait_until

SMALL = {"width": 640, "height": 360, "fps": 15, "bitrate_kbps": 500}
LARGE = {"width": 1920, "height": 1080, "fps": 30, "bitrate_kbps": 4000}


def a_task(sid="1", canvas=SMALL, **changes):
    spec = Spec(canvas=canvas, layout={}, subscription={}, bucket="rec", **changes)
    return Task(sid, "agora", "rid", "room", "900001", 1, 2, spec)


def run(budget, task, seconds, cpu_per_s):
    """A recording that reports every second, as workers do."""
    for second in range(seconds + 1):
        budget.note(task, second * task.spec.canvas["fps"], 0.4 + second * cpu_per_s)


# --- the sum alone ------------------------------------------------------------------------


def test_it_estimates_by_pixels_before_anything_ran():
    budget = Budget(share=0.9, cores=2)
    assert budget.estimate(a_task().spec) == pytest.approx(BASE + 3.456 * PER_MEGAPIXEL)
    assert 0.9 < budget.estimate(a_task(canvas=LARGE).spec) < 1.1
    assert budget.estimate(a_task(canvas=LARGE, streams="audio").spec) == pytest.approx(BASE)
    faces = a_task(mode="individual").spec
    assert budget.estimate(faces, people=4) == pytest.approx(4 * budget.estimate(faces))


def test_it_takes_what_fits_and_the_first_one_always():
    budget = Budget(share=0.9, cores=1)
    large = a_task(canvas=LARGE)
    assert budget.takes(large.spec, [])
    assert not budget.takes(large.spec, [large])
    assert not budget.takes(None, [large])
    assert Budget(share=0, cores=1).takes(large.spec, [large] * 100)
    smalls = [a_task(str(number)) for number in range(12)]
    fitting = next(n for n in range(12) if not budget.takes(smalls[0].spec, smalls[: n + 1]))
    assert fitting + 1 == int(0.9 / budget.estimate(smalls[0].spec))


def test_it_knows_a_running_one_by_what_it_used():
    budget = Budget(share=0.9, cores=2)
    task = a_task()
    run(budget, task, 4, cpu_per_s=0.05)
    assert budget.read([task]).used == budget.estimate(task.spec)
    run(budget, task, 30, cpu_per_s=0.05)
    assert budget.read([task]).used == pytest.approx(0.05, rel=0.01)
    assert budget.read([]).used == 0


def test_it_learns_what_the_next_one_will_cost():
    budget = Budget(share=0.9, cores=2)
    before = budget.estimate(a_task(canvas=LARGE).spec)
    run(budget, a_task(), 300, cpu_per_s=2 * (BASE + 3.456 * PER_MEGAPIXEL))
    assert budget.estimate(a_task(canvas=LARGE).spec) == pytest.approx(2 * before, rel=0.02)


def test_it_is_not_fooled_by_a_worker_that_was_replaced():
    budget = Budget(share=0.9, cores=2)
    task = a_task()
    run(budget, task, 20, cpu_per_s=0.1)
    budget.note(task, 20 * 15 + 45, 0.3)
    budget.note(task, 20 * 15 + 60, 0.4)
    assert budget.read([task]).used == pytest.approx(0.1, rel=0.01)


# --- in a running engine ------------------------------------------------------------------


@pytest.fixture(scope="module")
def engine(tmp_path_factory, receiver):
    folder = tmp_path_factory.mktemp("admission")
    tune = {"cpu_share": 0.4 / cores_here(), "stop_free_mb": max(0, free_mb(folder) - 1500),
            "look_at_disk_s": 0.1}  # fmt: skip
    with EngineProcess(folder, receiver.url, tune=tune) as process:
        yield process


def test_it_refuses_what_the_processors_cannot_carry(engine):
    empty = engine.studio("/budget").json()
    assert (empty["recordings"], empty["used"], empty["free"]) == (0, 0, 0.4)
    recording = engine.start_recording("carried", "1")
    used = engine.studio("/budget").json()["used"]
    assert 0.1 < used < 0.2
    rid = engine.acquire("too large", "2")
    large = {"width": 1920, "height": 1080, "fps": 30, "bitrate": 4000}
    answer = engine.start_call("too large", "2", rid, start_request(transcodingConfig=large))
    assert (answer.status_code, answer.json()["code"]) == (500, 502)
    second = engine.start_recording("carried too", "3")
    third = engine.start_recording("and that", "4")
    answer = engine.call("/acquire", {"cname": "a", "uid": "5", "clientRequest": {}})
    assert (answer.status_code, answer.json()["code"]) == (400, 406)
    for one in (recording, second, third):
        engine.of(one, "stop", {"async_stop": True})
    wait_until(lambda: engine.studio("/budget").json()["recordings"] == 0, what="an idle engine")
    engine.acquire("too large", "2")


def test_it_ends_in_order_before_the_disk_is_full(engine, receiver):
    engine.join("filling", "1001")
    recording = engine.start_recording("filling")
    receiver.wait_for(42, recording.sid)
    ballast = engine.folder / "ballast"
    try:
        with open(ballast, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, 3000 * 1024 * 1024)
        error = receiver.wait_for(1, recording.sid).details
    finally:
        ballast.unlink()
    assert (error["module"], error["errorLevel"]) == (0, 5)
    assert "nearly full" in error["errorMsg"]
    assert receiver.wait_for(11, recording.sid).details["exitStatus"] == 1
    index = next(engine.bucket().glob(f"{recording.sid}*.m3u8"))
    found = parse(index.read_text())
    assert found.ended
    for item in found.slices:
        with av.open(str(engine.bucket() / item.name)) as media:
            assert sum(1 for _ in media.decode(video=0)) == round(item.duration_s * 10)
    assert engine.of(recording, "query").json()["serverResponse"]["status"] == 20
