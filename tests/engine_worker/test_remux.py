"""MP4 out of slices."""

import shutil

import av
import numpy as np
import pytest

from dashboard.engine.playlist import parse
from dashboard.engine.reels import Names
from dashboard.engine.remux import Wanted, remux
from tests.engine_worker.studio import EPOCH_MS, FPS, STEM, make, tones, watch

INDEX, MP4 = f"{STEM}.m3u8", f"{STEM}_0.mp4"


def made(folder, **wanted):
    """The names of the files that were made."""
    return [entry["name"] for entry in remux(folder, Names("agora", STEM), Wanted(**wanted))]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """32 s that begin on an odd second, so that flashes lie inside of slices."""
    folder = tmp_path_factory.mktemp("recorded")
    make(folder, "1001", script=32, start_ms=EPOCH_MS + 1000)
    return folder


@pytest.fixture
def folder(recorded, tmp_path):
    return shutil.copytree(recorded, tmp_path / "copy")


def test_it_holds_every_frame_from_zero_on(folder):
    assert made(folder) == [MP4]
    seen = watch(folder / MP4, start_s=0)
    assert sorted(seen.pictures) == list(range(320))
    assert seen.first_sample == pytest.approx(0, abs=2048)


def test_nothing_is_encoded_again(folder):
    made(folder)
    slices, mp4 = watch(folder / INDEX), watch(folder / MP4, start_s=0)
    for number in (0, 149, 150, 319):
        assert np.array_equal(slices.pictures[number], mp4.pictures[number])


def test_picture_and_sound_keep_their_offset(folder):
    made(folder)
    for path, start_s in ((INDEX, 10), (MP4, 0)):
        seen = watch(folder / path, start_s=start_s)
        flashes = [n for n, p in sorted(seen.pictures.items()) if p[9:21, 140:180].mean() > 190]
        loud = np.flatnonzero(np.abs(seen.sound) > 0.15) + seen.first_sample
        beeps = loud[np.flatnonzero(np.diff(loud, prepend=-48_000) > 24_000)] / 48_000
        assert flashes == list(range(10, 320, 20))
        assert np.array(flashes) / FPS == pytest.approx(beeps, abs=0.002)


def test_its_index_stands_in_front(folder):
    made(folder)
    data = (folder / MP4).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_a_gap_stays_as_long_as_it_was(folder):
    make(folder, "1001", script=5, resume=True, prefix="bak0_", start_ms=EPOCH_MS + 41_000)
    made(folder)
    seen = watch(folder / MP4, start_s=0)
    assert sorted(seen.pictures) == [*range(320), *range(400, 450)]
    assert tones(seen.at(40.2, 0.5)) == [440]
    assert not seen.at(33, 6).any()


def test_a_long_recording_becomes_several_files(folder):
    assert made(folder, part_s=16) == [MP4, f"{STEM}_1.mp4", f"{STEM}_2.mp4"]
    assert [len(watch(folder / f"{STEM}_{i}.mp4", start_s=0).pictures) for i in range(3)] == [
        150, 150, 20,
    ]  # fmt: skip
    assert min(watch(folder / f"{STEM}_1.mp4", start_s=0).pictures) == 0


def test_a_large_recording_becomes_several_files(folder):
    first = (folder / parse((folder / INDEX).read_text()).slices[0].name).stat().st_size
    assert len(made(folder, part_bytes=first + 200_000)) == 2


def test_it_can_be_made_again(folder):
    made(folder)
    once = (folder / MP4).read_bytes()
    made(folder)
    assert (folder / MP4).read_bytes() == once
    assert list(folder.glob("*.part")) == []


@pytest.mark.parametrize("streams", ["audio", "video"])
def test_one_medium_is_enough(tmp_path, streams):
    make(tmp_path, "1001", script=16, streams=streams)
    made(tmp_path)
    with av.open(str(tmp_path / MP4)) as container:
        assert [stream.type for stream in container.streams] == [streams]
        assert container.duration / 1e6 == pytest.approx(16, abs=0.1)


def test_time_that_begins_again_after_a_day_goes_on(tmp_path):
    """The 33 bits of a presentation time are used up after 26.5 hours."""
    late_ms = round((2**33 / 90_000 - 10 - 12) * 1000)
    make(tmp_path, "1001", script=24, resume=True, epoch_ms=EPOCH_MS, start_ms=EPOCH_MS + late_ms)
    made(tmp_path)
    assert sorted(watch(tmp_path / MP4, start_s=0).pictures) == list(range(240))


def test_no_slices_make_no_mp4(tmp_path):
    (tmp_path / INDEX).write_text("#EXTM3U\n#EXT-X-ENDLIST\n")
    assert made(tmp_path) == []
