"""`python -m tests.benchmarks.live`: how many mixes run live on one core, and what a worker takes.

Recordings of 640x360 at 15 frames a second of four people whose films are decoded, paced by
the world, all on one core. A frame is late when it is made more than its own length after its
time. None is lost; and others who use that core make ours late, too, so their part is shown.
Memory is what a worker adds to the machine (PSS), while four of them run. The first frame is
counted from the job's line to a worker that waits for one, as the engine keeps one ready, and
from nothing.
"""

import argparse
import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import films
from tests.engine_worker.process import Worker

CANVAS = {"width": 640, "height": 360, "fps": 15, "bitrate_kbps": 500}
FILM = {"width": 320, "height": 180, "fps": 15, "bitrate_kbps": 200}
PEOPLE = 4
MOST_LATE = 0.005
TARGET_MIXES, TARGET_FIRST_MS, TARGET_PSS_MB = 6, 100, 60
RUN_UP_S = 5


def main() -> None:
    parser = argparse.ArgumentParser(description="live mixes per core, first frame, memory")
    parser.add_argument("--seconds", type=int, default=20, help="length of each step")
    parser.add_argument("--mixes", type=int, nargs="*", default=[1, 4, 6, 8])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        films.shoot(folder, PEOPLE, FILM, asked.seconds + RUN_UP_S)
        _first_frame(folder)
        _memory(folder)
        _capacity(folder, asked.mixes, asked.seconds)


def _first_frame(folder: Path, rounds: int = 7) -> None:
    """Until the first `progress`, which follows the first tick."""
    warm, cold = [], []
    for number in range(rounds):
        began = time.monotonic()
        with Worker() as worker:
            worker.wait_for("idle")
            up = time.monotonic()
            worker.say("record", job=_job(folder / f"first-{number}", folder, "testcard"))
            worker.wait_for("progress")
            warm.append((time.monotonic() - up) * 1000)
            cold.append((time.monotonic() - began) * 1000)
            _stop([worker])
    ready_ms = statistics.median(warm)
    met = _verdict(ready_ms < TARGET_FIRST_MS)
    print(f"first frame of four test cards: {ready_ms:.0f} ms with a worker that waits "
          f"(best {min(warm):.0f}, target {TARGET_FIRST_MS}: {met}), "
          f"{statistics.median(cold):.0f} ms from nothing")  # fmt: skip


def _memory(folder: Path, count: int = 4) -> None:
    for kind, what in (("testcard", "test cards"), ("file", "films that it decodes")):
        with _running(folder, f"memory-{kind}", count, kind=kind) as workers:
            time.sleep(RUN_UP_S)
            used = statistics.median(_pss_mb(worker.process.pid) for worker in workers)
        met = _verdict(used < TARGET_PSS_MB)
        print(f"memory of a worker with four {what}: {used:.0f} MB PSS "
              f"(target {TARGET_PSS_MB}: {met})", flush=True)  # fmt: skip


def _capacity(folder: Path, steps: list[int], seconds: int) -> None:
    core = min(os.sched_getaffinity(0))
    print(f"live mixes on core {core}, {seconds} s each, load average {os.getloadavg()[0]:.1f}")
    print(f"{'mixes':>6}{'late':>8}{'of':>8}{'':>4}{'share':>8}{'cores each':>12}{'others':>8}")
    for count in steps:
        with _running(folder, f"live-{count}", count, core) as workers:
            time.sleep(RUN_UP_S)
            before, others_s = [_now(worker) for worker in workers], _busy_s(core)
            time.sleep(seconds)
            after, others_s = [_now(worker) for worker in workers], _busy_s(core) - others_s
        pairs = list(zip(before, after, strict=True))
        late = sum(b["late_frames"] - a["late_frames"] for a, b in pairs)
        made = sum(b["frame"] - a["frame"] for a, b in pairs)
        used_s = sum(b["cpu_s"] - a["cpu_s"] for a, b in pairs)
        cores = used_s / (made / CANVAS["fps"])
        others = max(0.0, others_s - used_s) / (made / count / CANVAS["fps"])
        verdict = ""
        if count == TARGET_MIXES:
            verdict = f"  target {MOST_LATE:.1%}: {_verdict(late / made < MOST_LATE)}"
        print(f"{count:6}{late:8}{made:8}{'':4}{late / made:8.2%}{cores:12.3f}{others:8.0%}"
              f"{verdict}", flush=True)  # fmt: skip


@contextlib.contextmanager
def _running(
    folder: Path, name: str, count: int, core: int | None = None, kind: str = "file"
) -> Iterator[list]:
    """Recordings that are on their way, begun one after the other."""
    with contextlib.ExitStack() as stack:
        workers = []
        for number in range(count):
            worker = stack.enter_context(Worker())
            worker.wait_for("idle")
            if core is not None:
                for thread in os.listdir(f"/proc/{worker.process.pid}/task"):
                    os.sched_setaffinity(int(thread), {core})
            worker.say("record", job=_job(folder / f"{name}-{number}", folder, kind))
            worker.wait_for("progress")
            workers.append(worker)
        yield workers
        _stop(workers)


def _job(out: Path, media: Path, kind: str) -> dict:
    people = films.people(PEOPLE, kind, round(time.time() * 1000))
    return films.job(out, CANVAS, people, media, clock="live")


def _now(worker: Worker) -> dict:
    """The newest sign of life; they come every second."""
    found = worker.wait_for("progress")
    while not worker._news.empty():
        told = worker._news.get()
        found = told if told["event"] == "progress" else found
    return found


def _busy_s(core: int) -> float:
    """Seconds that a core has worked, for whomever, or was taken away by its host."""
    lines = Path("/proc/stat").read_text().splitlines()
    fields = next(line.split() for line in lines if line.startswith(f"cpu{core} "))
    user, nice, system, _idle, _wait, irq, soft, steal = map(int, fields[1:9])
    return (user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK")


def _stop(workers: list[Worker]) -> None:
    for worker in workers:
        worker.say("stop", seq=1)
    for worker in workers:
        worker.end()


def _pss_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _verdict(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


if __name__ == "__main__":
    main()
