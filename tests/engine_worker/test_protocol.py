"""The worker as a process: what it is told, what it tells, and how it ends."""

import base64
import io
import json
import os
import signal
import subprocess
import sys

import pytest
from PIL import Image

from dashboard.engine.playlist import parse
from tests.engine_worker.process import ROOT, Worker
from tests.engine_worker.studio import COLOURS, STEM, document, is_colour, person, watch


def live(folder, *uids, **changes):
    return document(folder, *uids, clock="live", **changes)


@pytest.mark.live
def test_a_live_recording_from_ready_to_finished(tmp_path):
    with Worker() as worker:
        worker.wait_for("idle")
        worker.say("record", job=live(tmp_path, "1001"))
        ready = worker.wait_for("ready")
        worker.wait_for("stream_state", uid="1001", medium="video", receiving=True)
        opened = worker.wait_for("slice_opened")
        assert 0 <= opened["start_ms"] - ready["at_ms"] < 1000
        worker.say("join", seq=1, publisher=person("1002"))
        joined = worker.wait_for("done", seq=1)["frame"]
        worker.say("preview", seq=2, width=160)
        preview = worker.wait_for("done", seq=2)["jpeg"]
        worker.wait_for("progress")
        worker.say("stop", seq=3)
        frames = worker.wait_for("done", seq=3)["frame"]
        status, last = worker.end()
    assert status == 0
    assert (last["event"], last["slices"], last["duration_s"]) == ("finished", 1, frames / 10)
    with Image.open(io.BytesIO(base64.b64decode(preview))) as picture:
        assert (picture.format, picture.size) == ("JPEG", (160, 90))
    pictures = watch(tmp_path / f"{STEM}.m3u8").pictures
    assert len(pictures) == frames
    assert is_colour(pictures[joined - 1][2:50, 163:180], COLOURS["1001"], 14) is False
    assert is_colour(pictures[joined][2:50, 163:180], COLOURS["1002"], 14)


@pytest.mark.live
def test_it_refuses_what_it_cannot_do_and_goes_on(tmp_path):
    wrong = [
        ("", {}, "unknown command"),
        ("dance", {}, "unknown command"),
        ("leave", {"uid": "9"}, "9 is not in the channel"),
        ("leave", {}, "'uid' is missing"),
        ("set_layout", {"layout": {"preset": "spiral"}}, "'spiral' is not a valid Preset"),
        ("set_layout", {"layout": {"preset": "custom"}}, "regions: Place at least one region."),
        ("join", {"publisher": {"uid": "5", "kind": "tv"}}, "unknown kind of publisher: tv"),
        ("join", {"publisher": {"uid": "5", "color": "red"}}, "not a colour: red"),
        ("preview", {"width": "wide"}, "invalid literal for int() with base 10: 'wide'"),
    ]  # fmt: skip
    with Worker() as worker:
        worker.say("record", job=live(tmp_path, "1001"))
        for seq, (cmd, values, reason) in enumerate(wrong):
            worker.say(cmd, seq=seq, **values)
            assert worker.wait_for("refused", seq=seq)["reason"] == reason
        worker.say_raw("{not json")
        worker.wait_for("refused", seq=None)
        worker.say("preview", seq=99, width=64)
        assert worker.wait_for("done", seq=99)["jpeg"]
        worker.say("stop", seq=100)
        status, last = worker.end()
    assert (status, last["event"]) == (0, "finished")


@pytest.mark.live
def test_signals_of_the_group_are_left_to_the_supervisor(tmp_path):
    with Worker() as worker:
        worker.say("record", job=live(tmp_path, "1001"))
        worker.wait_for("slice_opened")
        for number in (signal.SIGINT, signal.SIGTERM):
            worker.process.send_signal(number)
        worker.say("stop", seq=1)
        worker.wait_for("done", seq=1)
        assert worker.end()[0] == 0


@pytest.mark.live
def test_it_closes_its_slice_when_the_supervisor_dies(tmp_path):
    with Worker() as worker:
        worker.say("record", job=live(tmp_path, "1001"))
        for _ in range(3):
            worker.wait_for("progress")
        worker.process.stdin.close()
        status, _ = worker.end()
    assert status == 3
    playlist = parse((tmp_path / f"{STEM}.m3u8").read_text())
    assert playlist.duration_s >= 2.0
    assert not playlist.ended
    assert list(tmp_path.glob("*.part")) == []


def test_a_spare_that_is_not_needed_goes_in_peace():
    with Worker() as worker:
        worker.wait_for("idle")
        worker.process.stdin.close()
        assert worker.end() == (0, {"event": "idle"})


@pytest.mark.parametrize(
    "job",
    [{}, {"folder": "/nowhere"}, {"layout": {"preset": "none"}}],
    ids=["empty", "bare", "odd"],
)
def test_a_job_it_cannot_read_fails(job):
    with Worker(stderr=subprocess.DEVNULL) as worker:
        worker.say("record", job=job)
        status, last = worker.end()
    assert (status, last["event"], last["code"]) == (1, "failed", "internal")


def test_a_virtual_job_runs_its_script(tmp_path):
    script = [[1.0, {"cmd": "join", "seq": 1, "publisher": person("1002")}],
              [20.0, {"cmd": "stop", "seq": 2}]]  # fmt: skip
    with Worker() as worker:
        worker.say("record", job=document(tmp_path, "1001", script=script))
        status, last = worker.end()
    assert (status, last["slices"], last["duration_s"]) == (0, 2, 20.0)


def test_remux_is_a_job_of_its_own(tmp_path):
    script = [[2.0, {"cmd": "stop"}]]
    with Worker() as worker:
        worker.say("record", job=document(tmp_path, "1001", script=script))
        worker.end()
    with Worker() as worker:
        worker.say("remux", job=document(tmp_path, mp4=True))
        status, last = worker.end()
    assert (status, last["event"]) == (0, "made")
    assert [entry["name"] for entry in last["files"]] == [f"{STEM}_0.mp4"]


def test_what_others_print_does_not_reach_the_supervisor():
    code = (
        "import sys; from dashboard.engine.worker import __main__ as worker\n"
        "tell = worker._teller(worker._own_stdout())\n"
        "print('stray'); tell('idle')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert json.loads(done.stdout) == {"event": "idle"}
    assert done.stderr.strip() == b"stray"


def test_it_brings_nothing_of_the_dashboard_along():
    code = (
        "import sys, dashboard.engine.worker.__main__\n"
        "heavy = {'flask', 'sqlalchemy', 'aiohttp', 'dbos', 'requests', 'pydantic',"
        " 'boto3', 'botocore', 'cryptography'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"
    assert os.environ.get("OPENBLAS_NUM_THREADS", "1") == "1"


def test_an_encoder_that_does_not_start_is_named(tmp_path):
    with Worker(stderr=subprocess.DEVNULL) as worker:
        worker.say("record", job=document(tmp_path, "1001", canvas={"width": 321}))
        status, last = worker.end()
    assert (status, last["event"], last["code"]) == (1, "failed", "encoder")
    assert [event["event"] for event in worker.told] == ["idle", "error", "failed"]
