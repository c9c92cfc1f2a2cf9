"""What is left, and what goes on, when something dies."""

import os
import signal
import time

import av
import pytest

from tests.engine.harness import (
    EngineProcess,
    is_running,
    wait_until,
)


@pytest.fixture(autouse=True)
def running(engine):
    """What one test has killed, the next one finds alive."""
    if engine.process.poll() is not None:
        engine.start()


def recorders(engine):
    """Workers that hold a slice open."""
    found = []
    for pid in engine.workers():
        links = (os.path.realpath(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd"))
        if any(link.endswith(".ts.part") for link in links):
            found.append(pid)
    return found


def begin(engine, receiver, channel, **settings):
    engine.join(channel, "1001")
    recording = engine.start_recording(channel, **settings)
    receiver.wait_for(42, recording.sid)
    wait_until(lambda: recorders(engine), what="an open slice")
    time.sleep(1.0)  # something to lose: media that runs with the world
    return recording


def seconds_in(engine, recording):
    """Decodes every file of a recording; returns the seconds in its playlist."""
    playlist = next(engine.bucket().glob(f"{recording.sid}*.m3u8"))
    lines = playlist.read_text().splitlines()
    assert lines[-1] == "#EXT-X-ENDLIST"
    for line in lines:
        if not line.startswith("#"):
            with av.open(str(engine.bucket() / line)) as media:
                assert sum(1 for _ in media.decode(video=0)) > 0
    return sum(float(line.split(":")[1].rstrip(",")) for line in lines if "EXTINF" in line)


def test_it_goes_on_when_a_worker_is_killed(engine, receiver):
    recording = begin(engine, receiver, "worker", output=("hls", "mp4"))
    os.kill(recorders(engine)[0], signal.SIGKILL)
    killed = time.monotonic()
    failover = receiver.wait_for(12, recording.sid)
    assert failover.at - killed < 2
    assert 0 < failover.details["newUid"] < 2**32
    wait_until(lambda: receiver.events(recording.sid).count(42) == 2, what="a second 42")
    again = [one.details for one in receiver.of(recording.sid) if one.event == 42][1]
    assert again["startUtcMs"] - again["discontinueUtcMs"] in range(1, 4000)
    time.sleep(0.5)
    assert engine.of(recording, "stop").status_code == 200
    receiver.wait_for(11, recording.sid)
    names = [path.name for path in engine.bucket().iterdir()]
    assert [name for name in names if name.startswith(f"bak0_{recording.sid}")]
    assert seconds_in(engine, recording) > 1.0
    assert receiver.events(recording.sid)[-3:] == [33, 31, 11]


def test_it_resumes_after_the_engine_was_killed(engine, receiver):
    recording = begin(engine, receiver, "resumed")
    workers = engine.workers()
    engine.kill()
    wait_until(lambda: not any(map(is_running, workers)), 10, "the workers to end")
    told = len(receiver.of(recording.sid))
    engine.start()
    receiver.wait_for(12, recording.sid)
    wait_until(lambda: receiver.events(recording.sid).count(42) == 2, what="a second 42")
    assert engine.of(recording, "query").json()["serverResponse"]["status"] in (4, 5)
    assert engine.of(recording, "stop").status_code == 200
    receiver.wait_for(11, recording.sid)
    assert seconds_in(engine, recording) > 1.0
    sequences = [one.sequence for one in receiver.of(recording.sid)]
    assert sorted(set(sequences)) == list(range(max(sequences) + 1))
    assert len(sequences) > told


def test_it_blames_no_worker_for_a_pause_of_its_own(tmp_path, receiver):
    """A machine that slept, or an engine that was suspended, finds its workers at work."""
    with EngineProcess(tmp_path, receiver.url, tune={"silent_for_s": 1.5}) as engine:
        recording = begin(engine, receiver, "asleep")
        (worker,) = recorders(engine)
        engine.process.send_signal(signal.SIGSTOP)
        time.sleep(2.5)
        engine.process.send_signal(signal.SIGCONT)
        time.sleep(1.0)
        assert recorders(engine) == [worker]
        assert 12 not in receiver.events(recording.sid)
        assert engine.of(recording, "stop").status_code == 200


def test_it_closes_what_was_left_too_long(tmp_path, receiver):
    with EngineProcess(tmp_path, receiver.url, tune={"resume_within_s": 0.0}) as engine:
        recording = begin(engine, receiver, "closed", output=("hls", "mp4"))
        engine.kill()
        engine.start()
        assert receiver.wait_for(41, recording.sid).details["leaveCode"] == 2
        names = [file["fileName"] for file in
                 receiver.wait_for(31, recording.sid).details["fileList"]]  # fmt: skip
        assert [name.rsplit(".")[-1] for name in names] == ["mp4", "m3u8"]
        assert receiver.wait_for(11, recording.sid).details["exitStatus"] == 0
        assert seconds_in(engine, recording) > 0.5
        assert engine.of(recording, "query").status_code == 404


def test_it_ends_within_seconds_and_finishes_at_the_next_start(engine, receiver):
    recording = begin(engine, receiver, "ended", output=("hls", "mp4"))
    workers = engine.workers()
    assert len(workers) == 2
    assert engine.stop() < 3.5
    assert not any(map(is_running, workers))
    assert 11 not in receiver.events(recording.sid)
    stopped_ms = time.time() * 1000
    time.sleep(1.0)
    engine.start()
    receiver.wait_for(11, recording.sid)
    left = receiver.wait_for(41, recording.sid)
    assert left.details["leaveCode"] == 2
    assert left.body["payload"]["sendts"] < stopped_ms
    assert seconds_in(engine, recording) > 0.8
    assert list(engine.bucket().glob("*.mp4"))


def test_it_does_not_start_twice_in_one_folder(engine):
    second = EngineProcess(engine.folder)
    with pytest.raises(AssertionError, match="another engine"):
        second.start()


def test_it_ends_badly_when_workers_keep_dying(engine, receiver):
    recording = begin(engine, receiver, "dying")

    def kill_next():
        for pid in recorders(engine):
            os.kill(pid, signal.SIGKILL)
        return 1 in receiver.events(recording.sid)

    wait_until(kill_next, 20, "the recording to be given up")
    assert receiver.wait_for(1, recording.sid).details["errorLevel"] == 5
    assert receiver.wait_for(11, recording.sid).details["exitStatus"] == 1
    response = engine.of(recording, "query").json()["serverResponse"]
    assert response["status"] == 20
    assert seconds_in(engine, recording) > 0
    assert engine.of(recording, "stop").status_code == 404
