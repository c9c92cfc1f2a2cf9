"""A disk that takes no more ends the recording, and what it took can be played."""

import resource
import subprocess
from contextlib import suppress

import pytest

from dashboard.engine.playlist import parse
from tests.engine_worker.process import Worker
from tests.engine_worker.studio import FPS, STEM, document, watch

INDEX = f"{STEM}.m3u8"


def limit(size_bytes):
    """A process that cannot write a larger file: EFBIG is what ENOSPC is for a whole disk."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, size_bytes))


def record_until_full(folder, **options):
    script = [[120.0, {"cmd": "stop"}]]
    with Worker(**options) as worker:
        worker.say("record", job=document(folder, "1001", script=script))
        status, last = worker.end()
        return status, last, worker.told


def check_what_is_left(folder, status, last, told):
    assert (status, last["event"], last["code"]) == (1, "failed", "disk_full")
    assert [event["code"] for event in told if event["event"] == "error"] == ["disk_full"]
    playlist = parse((folder / INDEX).read_text())
    assert playlist.ended
    assert [event["name"] for event in told if event["event"] == "slice_closed"] == [
        item.name for item in playlist.slices
    ]
    assert len(watch(folder / INDEX).pictures) == pytest.approx(playlist.duration_s * FPS, abs=2)
    assert {path.suffix for path in folder.iterdir()} == {".ts", ".m3u8"}
    return playlist


def test_a_slice_that_finds_no_room_ends_it(tmp_path):
    status, last, told = record_until_full(tmp_path, preexec_fn=limit(250_000))
    playlist = check_what_is_left(tmp_path, status, last, told)
    assert len(playlist.slices) == 1
    assert playlist.duration_s > 3


def test_people_by_themselves_keep_what_was_taken_of_everybody(tmp_path):
    script = [[120.0, {"cmd": "stop"}]]
    job = document(tmp_path, "1001", "1002", script=script, mode="individual")
    with Worker(preexec_fn=limit(180_000)) as worker:
        worker.say("record", job=job)
        status, last = worker.end()
    assert (status, last["event"], last["code"]) == (1, "failed", "disk_full")
    indexes = sorted(tmp_path.glob("*.m3u8"))
    assert len(indexes) == 4
    for path in indexes:
        playlist = parse(path.read_text())
        assert playlist.ended
        assert playlist.duration_s > 3
    assert {path.suffix for path in tmp_path.iterdir()} == {".ts", ".m3u8"}


def test_a_full_disk_still_gets_its_list(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        status, last, told = record_until_full(disk)
        playlist = check_what_is_left(disk, status, last, told)
        assert len(playlist.slices) >= 2
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_folder_that_cannot_be_written_fails_at_once(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with Worker() as worker:
        worker.say("record", job=document(tmp_path / "file" / "sub", "1001"))
        status, last = worker.end()
    assert (status, last["event"]) == (1, "failed")


def test_an_mp4_that_finds_no_room_leaves_the_slices_alone(tmp_path):
    with Worker() as worker:
        worker.say("record", job=document(tmp_path, "1001", script=[[16.0, {"cmd": "stop"}]]))
        worker.end()
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with Worker(preexec_fn=limit(100_000)) as worker, suppress(BrokenPipeError):
        worker.say("remux", job=document(tmp_path, mp4=True))
        status, last = worker.end()
    assert (status, last["event"], last["code"]) == (1, "failed", "disk_full")
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before
