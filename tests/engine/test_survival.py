"""Kills, at moments that nobody chose, and what is left of the recordings.

A seed that fails is printed; TALLYDECK_TEST_SEED runs it again.
"""

import json
import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise, zip_longest
from statistics import fmean

import av
import pytest

from dashboard.engine.playlist import Playlist, parse
from tests.engine.harness import EngineProcess, Recording, wait_until

KILLS = 20
LOST_MS, RESUMED_MS = 1000, 2000
AT_ONCE_MS = 50
"""By how much a recorder may seem to have come after the kill that it did not survive."""
HELD_BACK = 3
"""Pictures shown before, and stored after, the last one that a kill let through."""
TINY = {"width": 64, "height": 64, "fps": 10, "bitrate": 100, "mixedVideoLayout": 1}
SEED = int(os.environ.get("TALLYDECK_TEST_SEED", random.randrange(10**6)))
CHANNEL = "survivors"


@pytest.fixture(autouse=True)
def seed():
    print(f"TALLYDECK_TEST_SEED={SEED}")
    return random.Random(SEED)


class Pace:
    """How much slower than alone this machine works, as others keep it busy, too.

    Some milliseconds of work are timed again and again; limits in seconds are meant for a
    machine that has them to itself, and are stretched by what was seen. Where three others wait
    for each processor, they are not judged: twenty starts then take as long as they take.
    """

    WORK_S, PAUSE_S, AROUND_MS = 0.02, 0.2, 3000

    def __init__(self):
        self._seen = []
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        while True:
            began, used = time.monotonic(), time.thread_time()
            while time.thread_time() - used < self.WORK_S:
                pass
            self._seen.append((now_ms(), (time.monotonic() - began) / self.WORK_S))
            time.sleep(self.PAUSE_S)

    def within(self, limit_ms, at_ms):
        if os.getloadavg()[0] > 3 * os.cpu_count():
            return float("inf")
        around = [pace for seen, pace in self._seen if 0 <= seen - at_ms < self.AROUND_MS]
        return limit_ms * max(1.0, fmean(around))


@pytest.fixture(scope="module", autouse=True)
def pace():
    return Pace()


def now_ms():
    return time.time() * 1000


@dataclass
class Victim:
    """A recording, and when (wall ms) what made it was killed and could go on."""

    engine: EngineProcess
    recording: Recording
    killed_ms: list[float] = field(default_factory=list)
    back_ms: list[float] = field(default_factory=list)

    @property
    def state(self):
        path = self.engine.data / "tasks" / self.recording.sid / "state.json"
        return json.loads(path.read_text())

    def kill_worker(self):
        """Whatever it is doing; waits only until there is one."""
        pid = wait_until(lambda: self.state["worker_pid"], what="a worker")
        self.killed_ms.append(now_ms())
        os.kill(pid, signal.SIGKILL)

    @property
    def playlist(self) -> Playlist:
        (index,) = self.engine.bucket().glob(f"{self.recording.sid}*.m3u8")
        return parse(index.read_text())

    def play(self):
        """Decode every file that the playlist names, and every MP4. Returns the playlist."""
        found = self.playlist
        assert found.ended
        for item, after in zip_longest(found.slices, found.slices[1:]):
            pictures, samples = decoded(self.engine.bucket(item.name))
            missing = round(item.duration_s * TINY["fps"]) - pictures
            cut_off = after is not None and after.discontinuity
            assert 0 <= missing <= (HELD_BACK if cut_off else 0), item
            assert abs(samples / 48_000 - item.duration_s) < (0.5 if cut_off else 0.1), item
        for path in self.engine.bucket().glob(f"{self.recording.sid}*.mp4"):
            pictures, _ = decoded(path)
            assert abs(pictures - found.duration_s * TINY["fps"]) <= HELD_BACK * len(found.slices)
        return found


def decoded(path):
    """Pictures and samples of sound in a file."""
    with av.open(str(path)) as media:
        pictures = sum(1 for _ in media.decode(video=0))
    with av.open(str(path)) as media:
        return pictures, sum(frame.samples for frame in media.decode(audio=0))


def start(engine, number, output=("hls",)):
    uid = str(900_001 + number)
    recording = engine.start_recording(CHANNEL, uid, output=output, transcodingConfig=TINY)
    return Victim(engine, recording)


def assert_no_gap_unmarked(playlist):
    """Slices follow each other, and where they do not, the playlist says so; and only there."""
    assert not playlist.slices[0].discontinuity
    for before, after in pairwise(playlist.slices):
        assert after.start_ms >= before.end_ms - 1
        assert after.discontinuity or after.start_ms - before.end_ms <= 100, after


def lost_ms(playlist, killed_ms):
    """How much had been recorded by the moment of a kill that is in no file."""
    ends = [one.end_ms for one in playlist.slices if one.start_ms <= killed_ms]
    return killed_ms - ends[-1] if ends else None


def told_by(receiver, sid):
    """Each notice once, in its order."""
    notices = {one.sequence: one for one in receiver.of(sid)}
    assert sorted(notices) == list(range(len(notices))), sorted(notices)
    return [notices[number] for number in sorted(notices)]


@pytest.mark.live
@pytest.mark.timeout(240)
def test_it_survives_the_death_of_a_worker_at_any_moment(tmp_path, receiver, seed, pace):
    tune = {"cpu_share": 0}
    with EngineProcess(tmp_path, receiver.url, tune=tune) as engine:
        engine.join(CHANNEL, "1001")
        victims = []
        killers = []
        for number in range(KILLS):
            victim = start(engine, number)
            killer = threading.Timer(seed.uniform(0, 6), victim.kill_worker)
            killer.start()
            victims.append(victim)
            killers.append(killer)
            time.sleep(0.4)  # a start costs a third of a second of processor
        for killer in killers:
            killer.join()
        for victim in victims:
            sid = victim.recording.sid
            receiver.wait_for(42, sid)
            wait_until(lambda one=victim: _goes_on(one, receiver), what="the next worker")
        time.sleep(0.5)
        for victim in victims:
            engine.of(victim.recording, "stop", {"async_stop": True})
        for victim in victims:
            receiver.wait_for(11, victim.recording.sid)
        for victim in victims:
            _assert_it_survived(victim, told_by(receiver, victim.recording.sid), pace)


def _goes_on(victim, receiver):
    """There is media that began after the kill."""
    return any(
        one.details["startUtcMs"] > victim.killed_ms[0]
        for one in receiver.of(victim.recording.sid)
        if one.event == 42
    )


def _assert_it_survived(victim, told, pace):
    playlist = victim.play()
    assert_no_gap_unmarked(playlist)
    (killed_ms,) = victim.killed_ms
    after = [one for one in playlist.slices if one.start_ms > killed_ms]
    assert after[0].start_ms - killed_ms <= pace.within(RESUMED_MS, killed_ms)
    events = [one.event for one in told]
    ready_ms = next(one.body["payload"]["sendts"] for one in told if one.event == 40)
    if 12 not in events:  # it had not been in the channel: another one came instead
        assert ready_ms > killed_ms
        return
    assert ready_ms - killed_ms < AT_ONCE_MS
    assert events.count(12) == 1
    assert told[events.index(12)].body["payload"]["sendts"] - killed_ms <= pace.within(
        RESUMED_MS, killed_ms
    )
    assert [one.name.startswith("bak0_") for one in playlist.slices] == [
        one in after for one in playlist.slices
    ]
    before = playlist.slices[: -len(after)]
    assert after[0].discontinuity == bool(before)
    if before:
        assert lost_ms(playlist, killed_ms) <= pace.within(LOST_MS, killed_ms)
    else:
        assert killed_ms - ready_ms <= pace.within(LOST_MS, killed_ms)
    assert events[-3:] == [33, 31, 11]


@pytest.mark.live
@pytest.mark.timeout(240)
def test_it_survives_its_own_death_at_any_moment(tmp_path, receiver, seed, pace):
    """Four engines, each killed five times while recordings begin, run, are stopped and upload."""
    seeds = [random.Random(seed.random()) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        lives = [
            pool.submit(_live_and_die, tmp_path / str(number), receiver, one, KILLS // 4)
            for number, one in enumerate(seeds)
        ]
        victims = [victim for life in lives for victim in life.result()]
    assert len(victims) == KILLS
    for victim in victims:
        _assert_it_was_brought_to_an_end(victim, told_by(receiver, victim.recording.sid), pace)


def _live_and_die(folder, receiver, seed, times):
    """An engine's story. Returns its recordings, when all are over."""
    victims = []
    engine = EngineProcess(folder, receiver.url, tune={"cpu_share": 0})
    with engine:
        engine.join(CHANNEL, "1001")
        for number in range(times):
            victims.append(start(engine, number, ("hls", "mp4")))
            if number > 1:
                engine.of(victims[number - 2].recording, "stop", {"async_stop": True})
            time.sleep(seed.uniform(0, 1.5))
            engine.kill()
            for victim in victims:
                victim.killed_ms.append(now_ms())
            engine.start()
            for victim in victims:
                victim.back_ms.append(now_ms())
        for victim in victims:
            engine.of(victim.recording, "stop", {"async_stop": True})
        for victim in victims:
            receiver.wait_for(11, victim.recording.sid)
    return victims


def _assert_it_was_brought_to_an_end(victim, told, pace):
    events = [one.event for one in told]
    assert events[-1] == 11
    assert told[-1].details["exitStatus"] == 0
    assert (events.count(11), events.count(40)) == (1, int(bool(victim.state["ready_ms"])))
    if 42 not in events:
        return  # stopped before there was anything
    playlist = victim.play()
    assert_no_gap_unmarked(playlist)
    for killed_ms in victim.killed_ms:
        lost = lost_ms(playlist, killed_ms)
        last_ms = playlist.slices[-1].end_ms
        if lost is not None and killed_ms < last_ms:
            assert lost <= pace.within(LOST_MS, killed_ms)
    # a stop that was sent again, as its answer died with the engine, is told of by 3
    assert [event for event in events if event != 3][-3:] == [33, 31, 11]
