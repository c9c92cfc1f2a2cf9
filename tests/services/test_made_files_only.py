"""Recordings that keep no HLS: their made files are all there is to tell of a good end."""

import pytest

from dashboard.domain.events import EventKind, RecordingEvent
from dashboard.domain.recording import OutputFile
from dashboard.models import Recording
from dashboard.services import progress, sync
from dashboard.services.unit_of_work import transaction


@pytest.fixture
def running(house):
    """TRTC keeps MP4 alone where it is asked to, and 310 tells of each part once."""
    recording = house.start()
    with transaction() as work:
        row = work.session.get(Recording, recording)
        row.profile = row.profile | {"output": "mp4"}
    told(house, recording, EventKind.RECORDER_STARTED)
    assert house.state(recording) == "recording"
    return recording


def later(house, *pauses):
    for pause_s in pauses:
        house.clock.advance(pause_s)
        sync.sync_due()


def told(house, recording, kind, *names, **detail):
    event = RecordingEvent(kind, house.clock.now(), files=tuple(map(OutputFile, names)),
                           detail=detail)  # fmt: skip
    progress.apply_event(recording, event, "callback")


def made(house, task):
    """The part as it lies in the store. Returns its name."""
    name = f"{task.stem}_0.mp4"
    folder = house.cloud.bucket.joinpath(*task.prefix)
    folder.mkdir(parents=True, exist_ok=True)
    (house.cloud.bucket / name).write_bytes(b"mp4")
    return name


def forgotten(house):
    """The vendor no longer knows the task: it has ended."""
    house.cloud.tasks.clear()


def test_it_has_ended_well_where_the_file_was_told_before_the_recorder_left(house, running):
    name = made(house, house.task())
    told(house, running, EventKind.FILE_MADE, name)  # 310 first
    told(house, running, EventKind.RECORDER_LEFT, code=0, reasons=["asked"])  # 302 after it
    assert house.state(running) == "uploading"
    forgotten(house)
    later(house, 3, 3, 100, 3)
    screen = house.screen(running)
    assert screen.state.value == "completed"
    assert screen.mp4_names == (name,)


def test_it_waits_for_a_part_that_comes_late(house, running):
    name = made(house, house.task())
    told(house, running, EventKind.FILE_MADE, name)
    told(house, running, EventKind.RECORDER_LEFT, code=0, reasons=["asked"])
    forgotten(house)
    later(house, 3, 3)
    assert house.state(running) == "uploading"


def test_it_is_lost_where_a_told_file_never_came(house, running):
    told(house, running, EventKind.FILE_MADE, f"{house.task().stem}_0.mp4")
    told(house, running, EventKind.RECORDER_LEFT, code=0, reasons=["asked"])
    forgotten(house)
    later(house, 3, 3, 100, 3)
    assert house.state(running) == "uploading"
    later(house, 1300, 3)
    assert house.state(running) == "lost"


def test_the_vendors_word_counts_where_we_cannot_look(house, running, monkeypatch):
    told(house, running, EventKind.FILE_MADE, "lesson_0.mp4")
    told(house, running, EventKind.RECORDER_LEFT, code=0, reasons=["asked"])
    monkeypatch.setattr("dashboard.services.files._store", lambda target: None)
    forgotten(house)
    later(house, 3, 3, 100, 3)
    assert house.state(running) == "completed"
