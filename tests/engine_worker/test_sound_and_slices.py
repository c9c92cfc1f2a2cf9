"""What a request may say of sound and key frames, and where slices end."""

from fractions import Fraction

import av
import numpy as np
import pytest

from dashboard.engine.playlist import parse
from dashboard.engine.reels import Reel
from dashboard.engine.worker.job import Job
from dashboard.engine.worker.segmenter import Rule, Segmenter
from dashboard.engine.worker.shelf import Shelves
from tests.engine_worker.studio import (
    EPOCH_MS,
    STEM,
    document,
    events,
    make,
    person,
    tones,
    watch,
)  # fmt: skip

INDEX = f"{STEM}.m3u8"


@pytest.mark.parametrize(("rate", "channels"), [(44_100, 2), (16_000, 1)])
def test_sound_is_recorded_as_asked_for_and_stays_in_step(tmp_path, rate, channels):
    make(tmp_path, "1001", script=3.5, start_ms=EPOCH_MS + 1000,
         sound={"rate": rate, "channels": channels, "bitrate_kbps": 64})  # fmt: skip
    blocks, flashes = [], []
    with av.open(str(tmp_path / INDEX)) as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.channels) == (rate, channels)
        for packet in container.demux():
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    flash = frame.to_ndarray(format="gray")[9:21, 140:180].mean() > 180
                    flashes += [frame.time - 10] if flash else []
                else:
                    blocks.append((frame.time - 10, frame.to_ndarray()[0]))
    loud = next(at + np.flatnonzero(np.abs(samples) > 0.15)[0] / rate
                for at, samples in blocks if np.abs(samples).max() > 0.15)  # fmt: skip
    assert flashes[0] == pytest.approx(1.0, abs=0.05)
    assert loud == pytest.approx(1.0, abs=0.004)
    assert sum(len(samples) for _, samples in blocks) / rate == pytest.approx(3.5, abs=0.1)


def test_key_frames_come_as_often_as_asked_for(tmp_path):
    make(tmp_path, "1001", script=9, canvas={"gop_s": 4})
    with av.open(str(tmp_path / INDEX)) as container:
        keys = [float(packet.pts * packet.time_base) - 10
                for packet in container.demux(video=0) if packet.is_keyframe]  # fmt: skip
    assert keys == [0, 4, 8]


def test_trtcs_slices_are_ten_seconds(tmp_path):
    told = make(tmp_path, "1001", script=25, style="trtc", stem="1_2", canvas={"gop_s": 3})
    assert [event["duration_s"] for event in events(told, "slice_closed")] == [10, 10, 5]
    text = (tmp_path / "1_2.m3u8").read_text()
    assert "#EXT-X-TARGETDURATION:12\n" in text
    assert "#EXT-X-TRTC-MIX-STREAM:1\n" in text
    assert "#EXT-X-TRTC-VIDEO-METADATA:WIDTH:320 HEIGHT:180 Codec:27\n" in text
    assert "USER-ID" not in text
    assert len(watch(tmp_path / "1_2.m3u8").pictures) == 250


@pytest.fixture
def shelves(tmp_path):
    return Shelves(Job.from_json(document(tmp_path, mode="individual")), lambda *a, **v: None)


def cut(shelves, seconds, key_every_s, rule, size=200):
    """Slices of a picture a second whose key frames are far apart."""
    reel = Reel("1", "main", "video")
    shelf = shelves.shelf(reel)

    def pattern(muxer):
        return muxer.add_mux_stream("h264", rate=1, width=64, height=48)

    segmenter = Segmenter({"video": pattern}, shelf, EPOCH_MS, rule)
    for second in range(seconds):
        packet = av.Packet(b"\0\0\0\1\x65" + bytes([7]) * size)
        packet.time_base = Fraction(1, 1)
        packet.pts = packet.dts = second + 10
        packet.duration, packet.is_keyframe = 1, second % key_every_s == 0
        segmenter.put("video", packet)
    segmenter.close()
    return shelf


def test_a_slice_ends_at_the_first_key_frame_after_its_time(shelves):
    shelf = cut(shelves, 60, 4, Rule(15))
    assert [item.duration_s for item in shelf.playlist.slices] == [16, 16, 16, 12]
    assert "#EXT-X-TARGETDURATION:17\n" in shelf.playlist.render()


def test_a_slice_without_key_frames_ends_after_five_and_a_half_minutes(shelves):
    shelf = cut(shelves, 700, 10_000, Rule(15))
    assert [item.duration_s for item in shelf.playlist.slices] == [330, 330, 40]
    assert "#EXT-X-TARGETDURATION:330\n" in shelf.playlist.render()


def test_a_slice_that_grows_too_large_ends_there(shelves):
    shelf = cut(shelves, 40, 10_000, Rule(15, most_bytes=20_000), size=1900)
    sizes = [item.size_bytes for item in shelf.playlist.slices]
    assert len(sizes) > 3
    assert all(20_000 <= size < 23_000 for size in sizes[:-1])


def test_everybody_is_heard_and_nothing_clips(tmp_path):
    """Seventeen test cards are a third louder than what a file can hold."""
    hertz = [300 + 150 * n for n in range(17)]
    people = [person(str(2000 + n), tone_hz=float(tone)) for n, tone in enumerate(hertz)]
    make(tmp_path, publishers=people, script=3, canvas={"width": 64, "height": 36},
         start_ms=EPOCH_MS + 200, audio_profile=1)  # fmt: skip
    seen = watch(tmp_path / INDEX)
    assert tones(seen.at(0.6, 1.0)) == hertz
    assert 0.5 < np.abs(seen.sound).max() < 1.0  # AAC itself adds up to 1 dB


def test_nobody_speaking_is_silence(tmp_path):
    make(tmp_path, publishers=[person("1001", audio=False)], script=2)
    seen = watch(tmp_path / INDEX)
    assert len(seen.sound) > 90_000
    assert np.abs(seen.sound).max() < 1e-4
    assert parse((tmp_path / INDEX).read_text()).slices[0].tracks == ("VIDEO", "AUDIO")
