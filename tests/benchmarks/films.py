"""People for the benchmarks: files of test cards, which our recorder and ffmpeg both decode."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

START_MS = 1_767_225_600_000
"""When the virtual clock begins, and with it everybody's film."""
_COLOURS = ("#2F6FDE", "#D9822B", "#2E9E6B", "#7A5BD0", "#1E97A8", "#B8921E", "#5B6BC0")


def people(count: int, kind: str = "file", joined_ms: int = START_MS) -> list[dict[str, Any]]:
    """Publishers as a job names them; those of kind "file" play `<uid>.mp4`."""
    return [
        {
            "uid": str(1001 + number),
            "kind": kind,
            "color": _COLOURS[number % len(_COLOURS)],
            "tone_hz": 220.0 + 55 * number,
            "file": f"{1001 + number}.mp4" if kind == "file" else "",
            "joined_ms": joined_ms,
        }
        for number in range(count)
    ]


def shoot(folder: Path, count: int, film: Mapping[str, int], seconds: int) -> None:
    """Make `<uid>.mp4` of so many people, H.264 and AAC, one after the other."""
    from dashboard.engine.remux import Wanted, remux
    from dashboard.engine.worker.shelf import Names

    for person in people(count, "testcard"):
        place = folder / f"of-{person['uid']}"
        place.mkdir(parents=True)
        record(job(place, film, [person]), seconds + 1)
        made = remux(place, Names("agora", "bench"), Wanted())[0]["name"]
        os.replace(place / made, folder / f"{person['uid']}.mp4")


def job(
    folder: Path,
    canvas: Mapping[str, int],
    publishers: list[dict[str, Any]],
    media: Path | None = None,
    clock: str = "virtual",
) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "stem": "bench",
        "canvas": dict(canvas),
        "publishers": publishers,
        "layout": {"preset": "best_fit"},
        "clock": clock,
        "media": str(media) if media else None,
    }


def record(document: Mapping[str, Any], seconds: int) -> None:
    """In this process, as fast as it goes."""
    from dashboard.engine.worker.clock import VirtualClock
    from dashboard.engine.worker.job import Job
    from dashboard.engine.worker.recording import record

    record(Job.from_json(document), VirtualClock(START_MS), [(seconds, {"cmd": "stop"})])


def recorder(document: Mapping[str, Any], seconds: int) -> list[str]:
    """The same as a command line."""
    told = json.dumps({"job": document, "seconds": seconds})
    return [sys.executable, "-m", "tests.benchmarks.films", told]


def cpu_of(command: list[str]) -> float:
    """User and system seconds of a process, start-up included."""
    process = subprocess.Popen(command)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    asked = json.loads(sys.argv[1])
    record(asked["job"], asked["seconds"])
