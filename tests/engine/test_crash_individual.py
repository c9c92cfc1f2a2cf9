"""People recorded apart survive the death of their worker and of the engine."""

import os
import signal
import time

import av

from dashboard.engine.playlist import parse
from tests.engine.harness import Recording, is_running, start_request, wait_until
from tests.engine.test_crash import recorders, running  # noqa: F401 - for every test here

MEDIA = {(uid, medium) for uid in ("11", "12") for medium in ("audio", "video")}


def begin(engine, receiver, channel):
    for uid in ("11", "12"):
        engine.join(channel, uid)
    rid = engine.acquire(channel)
    request = start_request(subscribeUidGroup=0)
    del request["recordingConfig"]["transcodingConfig"]
    body = {"cname": channel, "uid": "900001", "clientRequest": request}
    answer = engine.call(f"/resourceid/{rid}/mode/individual/start", body)
    assert answer.status_code == 200, answer.text
    recording = Recording(channel, "900001", rid, answer.json()["sid"])
    wait_until(lambda: receiver.events(recording.sid).count(42) == 4, what="everybody's slices")
    time.sleep(1.5)  # something to lose: media that runs with the world
    return recording


def stop(engine, recording):
    body = {"cname": recording.cname, "uid": recording.uid, "clientRequest": {}}
    place = f"/resourceid/{recording.rid}/sid/{recording.sid}/mode/individual/stop"
    answer = engine.call(place, body)
    assert answer.status_code == 200, answer.text
    return answer.json()["serverResponse"]["fileList"]


def check(engine, files):
    """Every index of everybody is whole, with one gap, and all of it can be decoded."""
    assert {(file["uid"], file["trackType"]) for file in files} == MEDIA
    for file in files:
        playlist = parse(engine.bucket(file["fileName"]).read_text())
        assert playlist.ended
        assert [item.discontinuity for item in playlist.slices] == [False, True]
        before, after = playlist.slices
        assert after.name.startswith("bak0_")
        assert before.duration_s > 0.5
        for item in playlist.slices:
            with av.open(str(engine.bucket(item.name))) as media:
                assert sum(1 for _ in media.decode(media.streams[0])) > 0


def test_they_go_on_when_their_worker_is_killed(engine, receiver):
    recording = begin(engine, receiver, "apart")
    os.kill(recorders(engine)[0], signal.SIGKILL)
    killed = time.monotonic()
    assert receiver.wait_for(12, recording.sid).at - killed < 2
    wait_until(lambda: receiver.events(recording.sid).count(42) == 8, what="a second 42 of all")
    again = [one.details for one in receiver.of(recording.sid) if one.event == 42][4:]
    assert all(one["startUtcMs"] - one["discontinueUtcMs"] in range(1, 4000) for one in again)
    assert {(one["streamUid"], one["trackType"]) for one in again} == MEDIA
    time.sleep(0.7)
    files = stop(engine, recording)
    receiver.wait_for(11, recording.sid)
    check(engine, files)


def test_they_go_on_after_the_engine_was_killed(engine, receiver):
    recording = begin(engine, receiver, "again")
    workers = engine.workers()
    engine.kill()
    wait_until(lambda: not any(map(is_running, workers)), 10, "the workers to end")
    engine.start()
    receiver.wait_for(12, recording.sid)
    wait_until(lambda: receiver.events(recording.sid).count(42) == 8, what="a second 42 of all")
    time.sleep(0.7)
    files = stop(engine, recording)
    receiver.wait_for(11, recording.sid)
    check(engine, files)
