"""An engine on the virtual clock: recordings run ahead of the world."""

import time

import av
import pytest

from dashboard.engine.playlist import parse
from tests.engine.harness import EngineProcess, wait_until

LENGTH_S = 40


@pytest.fixture(scope="module")
def engine(tmp_path_factory, receiver):
    process = EngineProcess(
        tmp_path_factory.mktemp("virtual"), receiver.url, tune={"virtual_s": LENGTH_S}
    )
    process.flags = ("--clock", "virtual")
    with process:
        yield process


def recorded_s(engine, channel):
    return engine.studio(f"/channels/{channel}").json()["recordings"][0]["recorded_s"]


def record(engine, receiver, channel):
    """A recording as long as they are here. Returns its playlist."""
    recording = engine.start_recording(channel)
    wait_until(lambda: recorded_s(engine, channel) == LENGTH_S, what="the whole length")
    assert engine.of(recording, "stop").status_code == 200
    receiver.wait_for(31, recording.sid)
    (index,) = engine.bucket().glob(f"{recording.sid}*.m3u8")
    return parse(index.read_text())


def test_it_records_to_the_frame_and_faster_than_the_world(engine, receiver):
    engine.join("fast", "1001")
    began = time.monotonic()
    playlist = record(engine, receiver, "fast")
    assert time.monotonic() - began < LENGTH_S / 2
    assert [one.duration_s for one in playlist.slices] == [15, 15, 10]
    pictures = 0
    for item in playlist.slices:
        with av.open(str(engine.bucket() / item.name)) as media:
            pictures += sum(1 for _ in media.decode(video=0))
    assert pictures == LENGTH_S * 10


def test_it_takes_commands_while_it_stands_still(engine, receiver):
    engine.join("lost", "1001")
    recording = engine.start_recording("lost")
    wait_until(lambda: recorded_s(engine, "lost") == LENGTH_S, what="the whole length")
    answer = engine.of(recording, "updateLayout", {"mixedVideoLayout": 0})
    assert answer.status_code == 200, answer.text
    assert engine.studio("/budget").json()["limit"] is None
    assert engine.of(recording, "stop").json()["serverResponse"]["uploadingStatus"] == "uploaded"
