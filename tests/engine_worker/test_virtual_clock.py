"""Recordings as fast as the machine allows: the same bytes each time, and in step to the end."""

import time
from pathlib import Path

import numpy as np
import pytest

from dashboard.engine.reels import Names
from dashboard.engine.remux import Wanted, remux
from tests.engine_worker.film import shoot
from tests.engine_worker.process import Worker
from tests.engine_worker.studio import (
    EPOCH_MS,
    STEM,
    document,
    events,
    make,
    person,
    watch,
)  # fmt: skip

INDEX = f"{STEM}.m3u8"
TINY = {"width": 64, "height": 36}
MINUTES = 20
"""An hour was run as well; it costs 40 s of a processor."""


def contents(folder: Path):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"canvas": {"width": 1280, "height": 720}},
        {"sound": {"rate": 44_100, "channels": 2, "bitrate_kbps": 64}},
        {"mode": "individual", "merge": "beside", "snapshot_s": 5},
        {"mode": "individual", "style": "trtc", "pictures": "all"},
    ],
    ids=["mix", "720p", "resampled", "individual", "trtc"],
)
def test_two_runs_are_the_same_to_the_byte(tmp_path, changes):
    media = tmp_path / "media"
    media.mkdir()
    shoot(media / "film.mp4")
    script = [
        (2.0, {"cmd": "join", "publisher": person("1002", screen=True)}),
        (3.0, {"cmd": "join", "publisher": person("1003", kind="file", file="film.mp4")}),
        (6.0, {"cmd": "leave", "uid": "1002"}),
        (12.0, {"cmd": "stop"}),
    ]
    told = []
    for name in ("one", "two"):
        told.append(make(tmp_path / name, "1001", script=script, media=str(media), **changes))
        remux(tmp_path / name, Names(changes.get("style", "agora"), STEM), Wanted(aac=True))
    assert len(contents(tmp_path / "one")) >= 4
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert _lasting(told[0]) == _lasting(told[1])


def _lasting(told):
    """What was told, without what the machine had to do for it."""
    return [event for event in told if event["event"] != "progress"]


def test_picture_and_sound_are_still_in_step_after_a_long_time(tmp_path):
    """A tiny canvas; the last slice is what counts."""
    lasts_s = MINUTES * 60
    told = make(tmp_path, "1001", script=lasts_s, start_ms=EPOCH_MS + 1000,
                canvas={**TINY, "fps": 5},
                sound={"rate": 16_000, "channels": 1, "bitrate_kbps": 32})  # fmt: skip
    closed = events(told, "slice_closed")
    assert len(closed) == lasts_s / 15
    assert sum(event["duration_s"] for event in closed) == lasts_s
    last = watch(tmp_path / closed[-1]["name"], fps=5)
    flashes = [
        n for n, picture in sorted(last.pictures.items()) if picture[2:4, 30:34].mean() > 150
    ]
    loud = np.flatnonzero(np.abs(last.sound) > 0.15) + last.first_sample
    beeps = loud[np.flatnonzero(np.diff(loud, prepend=-48_000) > 8_000)]
    assert len(flashes) >= 7
    assert flashes[0] >= (lasts_s - 15) * 5
    later = slice(1, None)  # a decoder that begins with this slice is not yet in step at once
    assert np.array(flashes[later]) / 5 == pytest.approx(beeps[later] / 48_000, abs=0.02)


def test_a_worker_on_the_virtual_clock_runs_free_until_it_is_told_to_stop(tmp_path):
    with Worker() as worker:
        worker.say("record", job=document(tmp_path, "1001"))
        for _ in range(3):
            worker.wait_for("slice_closed")
        worker.say("join", seq=1, publisher=person("1002"))
        worker.wait_for("done", seq=1)
        worker.say("stop", seq=2)
        assert worker.wait_for("finished")["duration_s"] > 45


def test_a_script_and_a_supervisor_command_the_same_recording(tmp_path):
    script = [[3.0, {"cmd": "join", "publisher": person("1002")}]]
    with Worker() as worker:
        worker.say("record", job=document(tmp_path, "1001", script=script))
        joined = worker.wait_for("stream_state", uid="1002")
        assert joined["at_ms"] == EPOCH_MS + 3000
        worker.wait_for("slice_closed")
        worker.say("stop", seq=2)
        worker.wait_for("finished")


def test_a_script_goes_on_after_a_crash(tmp_path):
    """What it said before is carried out at once, in order; time goes on from the slices."""
    script = [[3.0, {"cmd": "join", "publisher": person("1002")}],
              [5.0, {"cmd": "leave", "uid": "1001"}]]  # fmt: skip
    with Worker() as worker:
        worker.say("record", job=document(tmp_path, "1001", script=script, canvas=TINY))
        worker.wait_for("slice_closed")
        worker.wait_for("slice_closed")
        worker.process.kill()
        worker.process.wait()
    script.append([150.0, {"cmd": "stop"}])
    with Worker() as worker:
        worker.say("record", job=document(tmp_path, "1001", script=script, resume=True, canvas=TINY,
                                          epoch_ms=EPOCH_MS))  # fmt: skip
        told = worker.wait_for("finished")
        assert told["files"][0]["end_ms"] == pytest.approx(EPOCH_MS + 150_000, abs=200)
        assert 148.5 < told["duration_s"] <= 150.1
    states = [(e["uid"], e["receiving"]) for e in events(worker.told, "stream_state")]
    assert states == [("1001", True)] * 2 + [("1002", True)] * 2 + [("1001", False)] * 2


def test_it_runs_ten_times_faster_than_the_world(tmp_path):
    """The demo's own mix. What it takes of the processor counts, as others use it too."""
    begun = time.process_time()
    make(tmp_path, "1001", "1002", "1003", script=20,
         canvas={"width": 640, "height": 360, "fps": 15, "bitrate_kbps": 500})  # fmt: skip
    assert time.process_time() - begun < 2.0
