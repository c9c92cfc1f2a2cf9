"""What a dead worker leaves of people recorded by themselves, and who goes on from it."""

import pytest

from dashboard.engine.playlist import parse
from dashboard.engine.worker.clock import VirtualClock
from dashboard.engine.worker.commands import Script
from dashboard.engine.worker.job import Job
from dashboard.engine.worker.recording import Recording, close_orphan
from tests.engine_worker.studio import EPOCH_MS, STEM, document, events, make, watch

ROOM = "1400000001_8801"
UIDS = ("1001", "1002")


def killed(folder, style, stem, after_s=17):
    """Leave everything as it is at some moment, as a kill would."""
    job = Job.from_json(document(folder, *UIDS, mode="individual", style=style, stem=stem))
    clock = VirtualClock(EPOCH_MS)
    recording = Recording(job, clock, Script([(after_s, {})], clock.now_ms()), lambda *a, **v: 0)
    recording._set_up()
    recording._wait_for_somebody()
    while clock.now_ms() < EPOCH_MS + after_s * 1000 - 100:
        recording._tick()
    assert len(list(folder.glob("*.ts.part"))) == 4
    recording._pipeline._solos.clear()  # nothing that is still in memory reaches the disk
    return folder


@pytest.fixture(params=["agora", "trtc"])
def style(request):
    return request.param


@pytest.fixture
def stem(style):
    return STEM if style == "agora" else ROOM


@pytest.fixture
def crashed(tmp_path, style, stem):
    return killed(tmp_path, style, stem)


def lists(folder):
    return {path.name: parse(path.read_text()) for path in sorted(folder.glob("*.m3u8"))}


def test_everything_that_was_open_is_listed_and_ended(crashed, style, stem):
    told = []
    job = document(crashed, mode="individual", style=style, stem=stem)
    close_orphan(Job.from_json(job), lambda event, **v: told.append({"event": event, **v}))
    assert not list(crashed.glob("*.part"))
    found = lists(crashed)
    assert len(found) == len(told[-1]["files"]) == 4
    for playlist in found.values():
        assert playlist.ended
        assert playlist.duration_s > 15.9
        assert [item.discontinuity for item in playlist.slices] == [False, False]


def test_agoras_next_worker_goes_on_in_the_same_indexes(tmp_path):
    killed(tmp_path, "agora", STEM)
    make(tmp_path, *UIDS, mode="individual", resume=True, prefix="bak0_", script=3,
         epoch_ms=EPOCH_MS, start_ms=EPOCH_MS + 20_000)  # fmt: skip
    found = lists(tmp_path)
    assert len(found) == 4
    for playlist in found.values():
        assert [item.discontinuity for item in playlist.slices] == [False, False, True]
        assert playlist.slices[-1].name.startswith("bak0_")
    seen = watch(tmp_path / f"{STEM}__uid_s_1002__uid_e_video.m3u8")
    assert sorted(seen.pictures)[-30:] == list(range(200, 230))
    texts = [path.read_text() for path in tmp_path.glob("*video.m3u8")]
    assert all(text.count("#EXT-X-AGORA-ROTATE:WIDTH=640") == 2 for text in texts)


def test_trtcs_next_worker_begins_indexes_of_its_own(tmp_path):
    killed(tmp_path, "trtc", ROOM)
    told = make(tmp_path, *UIDS, mode="individual", style="trtc", stem=ROOM, resume=True,
                prefix="ha1_", script=3, epoch_ms=EPOCH_MS,
                start_ms=EPOCH_MS + 20_000)  # fmt: skip
    found = lists(tmp_path)
    assert len(found) == len(told[-1]["files"]) == 8
    for name, playlist in found.items():
        assert playlist.ended
        assert not any(item.discontinuity for item in playlist.slices)
        prefix = "ha1_" if name.startswith("ha1_") else ROOM
        assert all(item.name.startswith(prefix) for item in playlist.slices)
    ready = next(index for index, event in enumerate(told) if event["event"] == "ready")
    assert len(told[ready]["files"]) == 4
    ended = {event["name"] for event in events(told[:ready], "playlist")}
    assert ended == {name for name in found if not name.startswith("ha1_")}
