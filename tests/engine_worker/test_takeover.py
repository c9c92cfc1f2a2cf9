"""What is left when a worker dies, and how the next one goes on from it."""

import shutil
import time

import numpy as np
import pytest

from dashboard.engine.playlist import parse
from dashboard.engine.worker.clock import VirtualClock
from dashboard.engine.worker.commands import Script
from dashboard.engine.worker.job import Job
from dashboard.engine.worker.recording import Recording, close_orphan
from tests.engine_worker.process import Worker
from tests.engine_worker.studio import (
    COLOURS,
    EPOCH_MS,
    FPS,
    STEM,
    document,
    events,
    is_colour,
    make,
    watch,
)  # fmt: skip

INDEX = f"{STEM}.m3u8"


def close(folder):
    told = []
    close_orphan(Job.from_json(document(folder)), lambda event, **v: told.append((event, v)))
    return told


def listed(folder):
    return parse((folder / INDEX).read_text())


@pytest.fixture
def crashed(tmp_path):
    """A recording that was cut off 5 s into its second slice, half way through a packet."""
    whole = make(tmp_path / "whole", "1001", script=20)
    first, second = (event["name"] for event in events(whole, "slice_closed"))
    left = tmp_path / "left"
    left.mkdir()
    shutil.copy(tmp_path / "whole" / first, left)
    data = (tmp_path / "whole" / second).read_bytes()
    (left / f"{second}.part").write_bytes(data[: len(data) // 2 + 77])
    lines = (tmp_path / "whole" / INDEX).read_text().splitlines(keepends=True)
    (left / INDEX).write_text("".join(lines[: lines.index(f"{first}\n") + 1]))
    return left


@pytest.mark.live
def test_a_killed_worker_costs_less_than_a_second(tmp_path):
    job = document(tmp_path, "1001", clock="live", canvas={"fps": 15})
    with Worker() as worker:
        worker.wait_for("idle")
        worker.say("record", job=job)
        worker.wait_for("slice_opened")
        worker.wait_for("progress", people=1)
        worker.wait_for("progress", people=1)
        time.sleep(0.4)
        worker.say("preview", seq=1, width=16)
        frame = worker.wait_for("done", seq=1)["frame"]
        worker.process.kill()
        worker.process.wait()
    with Worker() as worker:
        worker.say("close", job=job)
        status, last = worker.end()
    assert (status, last["event"], last["files"][0]["name"]) == (0, "finished", INDEX)
    assert frame / 15 - last["duration_s"] < 1.0
    seen = watch(tmp_path / INDEX, 15)
    assert len(seen.pictures) == pytest.approx(last["duration_s"] * 15, abs=3)
    assert len(seen.sound) / 48_000 > last["duration_s"] - 0.2


class Dies(Script):
    """Commands until a moment, then the end of the world."""

    def __init__(self, at_s):
        super().__init__([(1e9, {})], EPOCH_MS)
        self.at_ms = EPOCH_MS + at_s * 1000

    def due(self, at_ms):
        if at_ms >= self.at_ms:
            raise Death
        return super().due(at_ms)


class Death(Exception):
    pass


@pytest.mark.parametrize("fps", [1, 7, 10, 15, 30, 60])
def test_what_the_encoders_hold_is_less_than_a_second(tmp_path, fps):
    job = Job.from_json(document(tmp_path, "1001", canvas={"fps": fps}))
    recording = Recording(job, VirtualClock(EPOCH_MS), Dies(6.0), lambda event, **values: None)
    with pytest.raises(Death):
        recording.run()
    close(tmp_path)
    seen = watch(tmp_path / INDEX, fps)
    assert 6.0 - listed(tmp_path).duration_s <= 1.0
    assert 6.0 - (seen.first_sample + len(seen.sound)) / 48_000 <= 1.05
    assert len(seen.pictures) >= listed(tmp_path).duration_s * fps - 3


def test_closing_lists_what_was_open_and_ends_the_list(crashed):
    told = close(crashed)
    playlist = listed(crashed)
    assert playlist.ended
    assert [item.discontinuity for item in playlist.slices] == [False, False]
    assert 17 < playlist.duration_s < 18.5
    assert told[0][0] == "slice_closed"
    assert told[-1] == (
        "finished",
        {
            "slices": 2,
            "duration_s": playlist.duration_s,
            "files": [
                {
                    "name": INDEX,
                    "uid": "",
                    "stream": "mix",
                    "medium": "audio_video",
                    "kind": "hls",
                    "start_ms": playlist.slices[0].start_ms,
                    "end_ms": playlist.slices[-1].end_ms,
                }
            ],
        },
    )
    assert list(crashed.glob("*.part")) == []
    pictures = watch(crashed / INDEX).pictures
    assert len(pictures) == pytest.approx(playlist.duration_s * FPS, abs=1)


def test_closing_twice_changes_nothing(crashed):
    close(crashed)
    once = (crashed / INDEX).read_bytes()
    close(crashed)
    assert (crashed / INDEX).read_bytes() == once


def test_a_slice_that_was_finished_but_not_listed_is_listed(tmp_path):
    make(tmp_path, "1001", script=31)
    whole = (tmp_path / INDEX).read_text()
    lines = whole.splitlines(keepends=True)
    (tmp_path / INDEX).write_text("".join(lines[:9]))
    close(tmp_path)
    assert (tmp_path / INDEX).read_text() == whole


def test_a_lost_list_is_written_anew(tmp_path):
    make(tmp_path, "1001", script=31)
    whole = (tmp_path / INDEX).read_text()
    (tmp_path / INDEX).unlink()
    close(tmp_path)
    assert (tmp_path / INDEX).read_text() == whole


def test_a_slice_with_nothing_in_it_is_removed(tmp_path):
    (tmp_path / f"{STEM}_20260101000000000.ts.part").write_bytes(b"\x47" + bytes(100))
    assert close(tmp_path) == [("finished", {"slices": 0, "duration_s": 0, "files": []})]
    assert list(tmp_path.iterdir()) == []


def test_other_recordings_in_the_folder_are_left_alone(tmp_path, crashed):
    other = crashed / "ffff_demo_20260101000000000.ts.part"
    other.write_bytes(b"theirs")
    close(crashed)
    assert other.read_bytes() == b"theirs"


def test_the_next_worker_goes_on_where_the_clock_stands(crashed):
    told = make(crashed, "1001", script=4, resume=True, prefix="bak0_",
                epoch_ms=EPOCH_MS, start_ms=EPOCH_MS + 30_000)  # fmt: skip
    names = [event["event"] for event in told]
    assert names.index("slice_closed") < names.index("slice_opened")
    before, resumed = listed(crashed).slices[-2:]
    assert resumed.name == f"bak0_{STEM}_20260101000030000.ts"
    assert (before.discontinuity, resumed.discontinuity) == (False, True)
    assert events(told, "slice_opened")[0]["discontinue_ms"] == before.end_ms
    assert resumed.tracks == ("VIDEO", "AUDIO")
    pictures = watch(crashed / resumed.name).pictures
    assert sorted(pictures) == list(range(300, 340))
    assert is_colour(pictures[305][2:50, 2:100], COLOURS["1001"], within=12)


def test_it_finds_its_zero_by_itself(crashed):
    make(crashed, "1001", script=2, resume=True, start_ms=EPOCH_MS + 30_040)
    assert listed(crashed).slices[-1].start_ms == EPOCH_MS + 30_100


def test_it_goes_on_with_nobody_there(crashed):
    make(crashed, script=2, resume=True, start_ms=EPOCH_MS + 30_000)
    assert listed(crashed).slices[-1].duration_s == 2.0


def test_a_clock_that_was_set_back_does_not_overlap(crashed):
    make(crashed, "1001", script=2, resume=True, start_ms=EPOCH_MS + 1000)
    before, resumed = listed(crashed).slices[-2:]
    assert resumed.start_ms > before.end_ms
    numbers = sorted(watch(crashed / before.name).pictures | watch(crashed / resumed.name).pictures)
    assert len(numbers) == len(set(numbers))


def test_the_whole_can_be_played_through_the_gap(crashed):
    make(crashed, "1001", script=4, resume=True, start_ms=EPOCH_MS + 30_000)
    playlist = listed(crashed)
    seen = watch(crashed / INDEX)
    assert len(seen.pictures) == pytest.approx(playlist.duration_s * FPS, abs=2)
    assert np.diff(sorted(seen.pictures)).max() >= 100
