"""What only rooms have: two kinds of names, a second start in place of the first, a library."""

import secrets
import time
from dataclasses import replace

import pytest

from dashboard.domain.events import EventKind
from dashboard.domain.recording import Mode, Output, Phase, RoomType, StorageTarget
from dashboard.domain.subscription import Choice, Subscription
from dashboard.errors import ProviderUnavailable
from dashboard.layouts.document import Layout, Preset
from dashboard.providers import registry
from dashboard.providers.studio import StudioClient
from dashboard.providers.trtc.client import SETTLE_AFTER_S, TrtcClient
from tests.contracts.conftest import spec_for, stop_quietly
from tests.contracts.house import house_of
from tests.engine.harness import wait_until


@pytest.fixture
def house(doors, receivers):
    yield house_of("trtc", doors, receivers["trtc"])
    registry.close_all()


def spec_of(channel=None, **profile):
    given = {"layout": Layout(Preset.GRID), **profile}
    return spec_for(channel or str(secrets.randbelow(10**6) + 1), **given)


def test_a_room_by_number_is_not_the_room_by_text(house):
    spec = spec_of(room_type=RoomType.NUMBER)
    house.engine.join("*" + spec.channel, "1001")
    handle = house.begin(spec)
    house.wait_for(EventKind.SLICE_STARTED, handle)
    told = house.told(handle)[0]
    assert (told.channel, told.recorder_uid) == (spec.channel, "900001")
    assert house.running_in("*" + spec.channel) == handle["task_id"]
    assert house.running_in(spec.channel) is None
    stop_quietly(house.client, handle)


def test_who_is_in_a_room_by_number_can_be_seen(house):
    spec = spec_of(room_type=RoomType.NUMBER)
    called = registry.studio_channel("trtc", spec.channel, RoomType.NUMBER)
    house.engine.join(called, "1001")
    studio = StudioClient(house.config)
    assert [person.uid for person in studio.people(called)] == ["1001"]
    assert studio.person_preview(called, "1001", 160).startswith(b"\xff\xd8")
    assert studio.people(spec.channel) == ()
    studio.close()


def test_a_start_that_nobody_tells_of_is_sent_again(house):
    """The second takes the place of the first: at the end one recording runs."""
    late = 0.0
    client = TrtcClient(house.config, now=lambda: time.time() + late)
    spec = spec_of(room_type=RoomType.TEXT)
    house.engine.join(spec.channel, "1001")
    house.engine.faults(start_lost=1)
    prepared = client.prepare(spec)
    with pytest.raises(ProviderUnavailable):
        client.start(spec, prepared)
    first = wait_until(lambda: house.running_in(spec.channel))
    late = SETTLE_AFTER_S
    handle = client.settle(spec, prepared)
    assert handle["task_id"] != first
    assert house.running_in(spec.channel) == handle["task_id"]
    older = {**prepared, "task_id": first}
    house.wait_for(EventKind.RECORDER_LEFT, older)
    left = [one.event for one in house.told(older) if one.event.kind is EventKind.RECORDER_LEFT]
    assert left[0].detail["reasons"] == ["replaced"]
    stop_quietly(client, handle)
    client.close()


def test_files_go_to_the_media_library(house):
    library = StorageTarget("tencent_vod", "", options={"record_id": "lesson-7", "keep_s": "3600"})
    spec = replace(spec_of(output=Output.HLS_MP4), storage=library)
    house.engine.join(spec.channel, "1001")
    handle = house.begin(spec)
    wait_until(lambda: house.client.query(handle).phase is Phase.RUNNING)
    house.wait_for(EventKind.RECORDER_STARTED, handle)
    wait_until(lambda: house.client.query(handle).vendor_status == "InProgress")
    house.client.stop(handle)
    house.wait_for(EventKind.UPLOADED, handle)
    files = [one.event.detail for one in house.told(handle)
             if one.event.detail.get("what") == "library_file"]  # fmt: skip
    assert files
    assert all(file["address"] and "lesson-7" in file["file"] for file in files)


@pytest.mark.parametrize("output", [Output.HLS_AAC, Output.MP4, Output.AAC])
def test_it_makes_every_kind_of_file(house, output):
    spec = spec_of(output=output)
    house.engine.join(spec.channel, "1001")
    handle = house.begin(spec)
    wait_until(lambda: house.client.query(handle).vendor_status == "InProgress")
    house.client.stop(handle)
    house.wait_for(EventKind.FILE_MADE, handle)
    told = [one.event for one in house.told(handle) if one.event.kind is EventKind.FILE_MADE]
    events = [registry.located("trtc", handle, event) for event in told]
    named = {file.name for event in events for file in event.files}
    ending = "mp4" if output is Output.MP4 else "aac"
    assert {name.rpartition(".")[2] for name in named} == {ending}
    assert named <= house.files(spec, handle)


def test_beginnings_of_names_choose_people(house):
    only = Choice(("10*",))
    spec = spec_of(mode=Mode.INDIVIDUAL, subscription=Subscription(only, only))
    for uid in ("1001", "2001"):
        house.engine.join(spec.channel, uid)
    handle = house.begin(spec)
    wait_until(lambda: len(house.client.query(handle).files) == 2)
    assert {file.uid for file in house.client.query(handle).files} == {"1001"}
    stop_quietly(house.client, handle)
