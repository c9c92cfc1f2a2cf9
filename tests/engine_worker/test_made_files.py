"""MP4s and files of sound of either vendor: what is in them, and how they are called."""

import av
import numpy as np
import pytest

from dashboard.engine.reels import Names
from dashboard.engine.remux import Wanted, remux
from tests.engine_worker.studio import EPOCH_MS, FPS, STEM, make, person, tones, watch

ROOM = "1400000001_8801"
ANNA = f"{ROOM}__UserId_s_YW5uYQ..__UserId_e_main"


def made(folder, **wanted):
    return remux(folder, Names("trtc", ROOM), Wanted(**wanted))


def room(folder, *uids, **changes):
    return make(folder, *uids, style="trtc", stem=ROOM, **changes)


def test_a_file_that_was_not_split_has_no_number(tmp_path):
    room(tmp_path, "anna", script=2)
    entries = made(tmp_path, aac=True)
    assert [entry["name"] for entry in entries] == [f"{ROOM}.mp4", f"{ROOM}.aac"]
    assert entries[0] == {
        "name": f"{ROOM}.mp4", "uid": "", "medium": "audio_video", "stream": "mix",
        "start_ms": EPOCH_MS, "end_ms": EPOCH_MS + 2000, "kind": "mp4",
    }  # fmt: skip


def test_parts_are_counted_from_one(tmp_path):
    room(tmp_path, "anna", script=25)
    entries = made(tmp_path, part_s=10)
    assert [entry["name"] for entry in entries] == [f"{ROOM}_{n}.mp4" for n in (1, 2, 3)]
    assert [entry["start_ms"] - EPOCH_MS for entry in entries] == [0, 10_000, 20_000]
    assert entries[-1]["end_ms"] - EPOCH_MS == 25_000


def test_one_person_has_sound_and_picture_in_one_mp4(tmp_path):
    room(tmp_path, "anna", "ben", mode="individual", script=4, start_ms=EPOCH_MS + 1000)
    entries = made(tmp_path)
    assert [(entry["name"], entry["uid"]) for entry in entries] == [
        (f"{ANNA}.mp4", "anna"), (f"{ROOM}__UserId_s_YmVu__UserId_e_main.mp4", "ben"),
    ]  # fmt: skip
    seen = watch(tmp_path / f"{ANNA}.mp4", start_s=0)
    assert sorted(seen.pictures) == list(range(40))
    flash = min(n for n, p in seen.pictures.items() if p[18:42, 280:360].mean() > 190) / FPS
    beep = (np.flatnonzero(np.abs(seen.sound) > 0.15)[0] + seen.first_sample) / 48_000
    assert (flash, beep) == pytest.approx((1.0, 1.0), abs=0.02)


def test_parts_of_one_person_are_cut_where_the_picture_is(tmp_path):
    """Slices of sound are longer than those of the picture and never end with them."""
    room(tmp_path, "anna", mode="individual", script=33, start_ms=EPOCH_MS + 200)
    entries = made(tmp_path, part_s=10)
    sounds, frames = 0, []
    for entry in entries:
        seen = watch(tmp_path / entry["name"], start_s=0)
        frames += sorted(seen.pictures)
        sounds += len(seen.sound)
        assert abs(len(seen.sound) / 48_000 - len(seen.pictures) / FPS) < 0.06
        assert abs(seen.first_sample) <= 2048
    assert frames == [*range(100)] * 3 + [*range(30)]
    assert sounds / 48_000 == pytest.approx(33, abs=0.1)


def test_a_part_begins_with_sound_where_there_is_no_picture(tmp_path):
    room(tmp_path, "anna", mode="individual", script=[
        (5.0, {"cmd": "join", "publisher": person("anna", video=False)}),
        (6.0, {"cmd": "set_subscription", "subscription": {"audio": None, "video": ["x"]}}),
        (35.0, {"cmd": "stop"})])  # fmt: skip
    entries = made(tmp_path, part_s=12)
    lengths = [(entry["end_ms"] - entry["start_ms"]) / 1000 for entry in entries]
    assert len(entries) >= 3
    assert max(lengths) < 12
    assert [entry["medium"] for entry in entries][-1] == "audio"


def test_a_person_who_was_away_leaves_a_gap(tmp_path):
    room(tmp_path, "anna", mode="individual", start_ms=EPOCH_MS + 200, script=[
        (2.0, {"cmd": "leave", "uid": "anna"}),
        (5.0, {"cmd": "join", "publisher": person("anna", tone_hz=660.0)}),
        (7.0, {"cmd": "stop"})])  # fmt: skip
    (video,) = made(tmp_path)
    seen = watch(tmp_path / video["name"], start_s=0)
    assert sorted(seen.pictures) == [*range(20), *range(50, 70)]
    assert tones(seen.at(5.9, 0.9)) == [660]
    (sound,) = made(tmp_path, mp4=False, aac=True)
    heard = _listen(tmp_path / sound["name"])
    assert len(heard) / 48_000 == pytest.approx(7, abs=0.1)
    assert tones(heard[96_000 // 4 : 76_800]) == [880]
    assert np.abs(heard[110_000:230_000]).max() < 0.001
    assert tones(heard[round(5.9 * 48_000) : round(6.7 * 48_000)]) == [660]


def test_a_file_of_sound_can_be_read_by_itself(tmp_path):
    room(tmp_path, "anna", script=12, streams="audio", start_ms=EPOCH_MS + 200,
         sound={"rate": 44_100, "channels": 2, "bitrate_kbps": 64})  # fmt: skip
    names = Names("trtc", ROOM, "audio")
    entries = remux(tmp_path, names, Wanted(mp4=False, aac=True))
    assert [(entry["name"], entry["medium"]) for entry in entries] == [(f"{ROOM}.aac", "audio")]
    with av.open(str(tmp_path / f"{ROOM}.aac")) as container:
        stream = container.streams.audio[0]
        assert (container.format.name, stream.rate, stream.channels) == ("aac", 44_100, 2)
        blocks = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    assert sum(map(len, blocks)) / 44_100 == pytest.approx(12, abs=0.1)


def test_agoras_mp4_is_counted_from_zero(tmp_path):
    make(tmp_path, "1001", script=2)
    entries = remux(tmp_path, Names("agora", STEM), Wanted(aac=True))
    assert [entry["name"] for entry in entries] == [f"{STEM}_0.mp4", f"{STEM}_0.aac"]


def test_files_of_several_workers_become_one(tmp_path):
    room(tmp_path, "anna", mode="individual", script=3)
    room(tmp_path, "anna", mode="individual", script=3, resume=True, prefix="ha1_",
         epoch_ms=EPOCH_MS, start_ms=EPOCH_MS + 5000)  # fmt: skip
    entries = made(tmp_path)
    assert [entry["name"] for entry in entries] == [f"{ANNA}.mp4"]
    seen = watch(tmp_path / f"{ANNA}.mp4", start_s=0)
    assert sorted(seen.pictures) == [*range(30), *range(50, 80)]


def _listen(path):
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
