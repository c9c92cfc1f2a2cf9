"""One contract for the three clients, each against the engine's own door for it, over HTTP."""

import secrets
import time
from dataclasses import replace

import pytest

from dashboard.domain.events import EventKind
from dashboard.domain.recording import (
    Area,
    ChannelType,
    Cipher,
    Encryption,
    Merge,
    Mode,
    OnPause,
    Output,
    Phase,
    Pictures,
    RoomType,
    Sound,
    Streams,
)
from dashboard.domain.subscription import Choice, Subscription
from dashboard.errors import CredentialsRejected, ProviderError, ProviderUnavailable
from dashboard.layouts.document import Fit, Layout, Preset, Region
from dashboard.layouts.geometry import Rect
from dashboard.layouts.watermarks import TextMark, TimeMark
from dashboard.providers import registry
from dashboard.providers.limits import problems_of
from tests.contracts.conftest import spec_for as small_spec
from tests.contracts.conftest import stop_quietly
from tests.contracts.house import VENDORS, house_of
from tests.engine.harness import wait_until


def small(channel=None, **profile):
    """Of a small picture, in a channel of its own."""
    return small_spec(channel or "room-" + secrets.token_hex(3), **profile)


@pytest.fixture(params=VENDORS)
def house(request, doors, receivers):
    yield house_of(request.param, doors, receivers[request.param])
    registry.close_all()


@pytest.fixture
def spec():
    return small()


@pytest.fixture
def running(house, spec):
    house.engine.join(spec.channel, "1001")
    handle = house.begin(spec)
    yield handle
    stop_quietly(house.client, handle)


# ---------------------------------------------------------------- the whole way


def test_it_records_from_start_to_files(house):
    spec = small(output=Output.HLS_MP4)
    house.engine.join(spec.channel, "1001")
    handle = house.begin(spec)
    wait_until(lambda: house.client.query(handle).phase is Phase.RUNNING)
    house.wait_for(EventKind.SLICE_STARTED, handle)
    time.sleep(1.2)  # something to keep
    told = {file.name for file in house.client.query(handle).files}
    assert house.client.stop(handle).phase is Phase.FINISHING
    house.wait_for(EventKind.UPLOADED, handle)
    wait_until(lambda: house.client.query(handle).phase is Phase.GONE)

    files = house.files(spec, handle)
    assert {name.rpartition(".")[2] for name in files} == {"m3u8", "ts", "mp4"}
    assert told <= files
    events = [registry.located(house.vendor, handle, one.event) for one in house.told(handle)]
    named = {file.name for event in events for file in event.files}
    assert named, "no callback told of a file"
    assert named <= files


def test_it_understands_every_callback_on_the_way(house, spec, running):
    house.wait_for(EventKind.SLICE_STARTED, running)
    house.client.stop(running)
    house.wait_for(EventKind.UPLOADED, running)
    kinds = house.kinds(running)
    assert EventKind.UNKNOWN not in kinds
    assert {
        EventKind.RECORDER_STARTED, EventKind.UPLOADER_STARTED, EventKind.SLICE_STARTED,
        EventKind.FIRST_FILE, EventKind.RECORDER_LEFT, EventKind.UPLOADED,
    } <= set(kinds)  # fmt: skip
    for one in house.told(running):
        assert (one.channel, one.recorder_uid) == (spec.channel, "900001")
    left = next(one.event for one in house.told(running)
                if one.event.kind is EventKind.RECORDER_LEFT)  # fmt: skip
    assert "asked" in left.detail["reasons"]


def test_it_records_single_people_as_chosen(house):
    only = Subscription(video=Choice(only=("1001",)))
    spec = small(mode=Mode.INDIVIDUAL, subscription=only)
    for uid in ("1001", "1002"):
        house.engine.join(spec.channel, uid)
    handle = house.begin(spec)
    house.wait_for(EventKind.SLICE_STARTED, handle)
    time.sleep(1.2)  # something to keep
    house.client.stop(handle)
    house.wait_for(EventKind.UPLOADED, handle)
    told = [file for one in house.told(handle) for file in one.event.files]
    assert {(file.uid, file.track) for file in told if file.uid} == {
        ("1001", "video"), ("1001", "audio"), ("1002", "audio"),
    }  # fmt: skip


def test_it_may_stop_twice(house, running):
    house.wait_for(EventKind.SLICE_STARTED, running)
    phases = {house.client.stop(running).phase for _ in range(3)}
    assert phases <= {Phase.FINISHING, Phase.GONE}


# ---------------------------------------------------------------- changes while it runs


def layouts_of(house):
    regions = (
        Region(Rect(0, 0, 2 / 3, 1), uid="1001", fit=Fit.CONTAIN),
        Region(Rect(2 / 3, 0, 1 / 3, 1 / 3), opacity=0.5),
    )
    for preset in house.client.capabilities.layouts.presets:
        yield Layout(preset, regions if preset is Preset.CUSTOM else (), "#202020")


def test_it_applies_every_layout(house, running, spec):
    wait_until(lambda: house.client.query(running).phase is Phase.RUNNING)
    for layout in layouts_of(house):
        house.client.set_layout(running, layout, spec)


def test_it_changes_who_is_recorded(house, running, spec):
    wait_until(lambda: house.client.query(running).phase is Phase.RUNNING)
    for change in (
        Subscription(video=Choice(only=("1001",))),
        Subscription(audio=Choice(never=("1002", "1003"))),
        Subscription(),
    ):
        house.client.set_subscription(running, change, spec)


def test_every_setting_reaches_the_vendor(house):
    """All that an account can do at once is taken by the door that checks each field."""
    taken = house.begin(replace(full_spec(house), channel="room-" + secrets.token_hex(3)))
    stop_quietly(house.client, taken)


def full_layout(family):
    marks = (TextMark(Rect(0, 0, 0.5, 0.1), "live"), TimeMark())
    return Layout(family.presets[0], watermarks=marks if family.most_watermarks else ())


def full_spec(house):
    wish = {
        "streams": Streams.BOTH, "sound": Sound.STEREO, "channel_type": ChannelType.COMMUNICATION,
        "pictures": Pictures.MAIN, "small_pictures": True, "on_pause": OnPause.BLACK,
        "part_min": 30, "gop_s": 4, "resource_hours": 24, "relays": True, "max_idle_s": 60,
        "encryption": Encryption(Cipher.AES_128_XTS), "room_type": RoomType.TEXT,
        "area": Area.EUROPE, "stay": True, "output": Output.HLS_MP4, "merge": Merge.NONE,
        "layout": full_layout(house.client.capabilities.layouts),
        "subscription": Subscription(audio=Choice(never=("7",))),
    }  # fmt: skip
    spec = small(**wish)
    barred = {problem.where for problem in problems_of(spec.profile, house.client.capabilities)}
    kept = {name: value for name, value in wish.items() if name not in barred}
    assert len(kept) >= 8
    return replace(small(**kept), encryption_secret="of-the-channel")  # noqa: S106


# ---------------------------------------------------------------- lost answers


def lose_the_start(house, client, spec):
    house.engine.join(spec.channel, "1001")
    house.engine.faults(start_lost=1)
    prepared = client.prepare(spec)
    with pytest.raises(ProviderUnavailable) as caught:
        client.start(spec, prepared)
    assert caught.value.outcome == "unknown"
    return prepared


def test_it_settles_a_lost_start_by_the_studio(house, spec):
    prepared = lose_the_start(house, house.client, spec)
    handle = house.client.settle(spec, prepared)
    assert registry.handle_key(house.vendor, handle) == house.running_in(spec.channel)
    stop_quietly(house.client, handle)


def test_it_settles_a_lost_start_by_the_first_callback(house, spec):
    prepared = lose_the_start(house, house.plain, spec)
    with pytest.raises(ProviderUnavailable) as caught:
        house.plain.settle(spec, prepared)
    assert caught.value.outcome == "unknown"

    def first():
        parsed = map(house.read, list(house.receiver.deliveries))
        return next((one for one in parsed if one.channel == spec.channel), None)

    handle = {**prepared, **wait_until(first).handle_parts}
    assert registry.handle_key(house.vendor, handle) == house.running_in(spec.channel)
    assert house.plain.settle(spec, handle) == handle
    assert house.plain.query(handle).phase in (Phase.STARTING, Phase.RUNNING)
    stop_quietly(house.plain, handle)


# ---------------------------------------------------------------- refusals


def test_it_is_told_that_its_key_is_wrong(house, spec):
    names = ("customer_secret", "secret_key")
    wrong = {name: "wrong" if name in names else key
             for name, key in house.config.credentials.items()}  # fmt: skip
    assert_rejected(replace(house.config, id=900, credentials=wrong), spec)


def test_it_is_told_that_its_app_is_unknown(house, spec):
    app = "1400000999" if house.vendor == "trtc" else "feed"
    with pytest.raises(ProviderError) as caught:
        begin_with(replace(house.config, id=901, app_id=app), spec)
    assert caught.value.outcome == "refused"
    assert caught.value.remedy


def assert_rejected(config, spec):
    with pytest.raises(CredentialsRejected) as caught:
        begin_with(config, spec)
    assert caught.value.outcome == "refused"
    assert "wrong" not in str(caught.value.vendor_text)


def begin_with(config, spec):
    client = registry.provider_for(config)
    try:
        client.start(spec, client.prepare(spec))
    finally:
        registry.forget(config.id)


def test_it_is_told_which_setting_is_wrong(house):
    spec = small("x" * 65)
    with pytest.raises(ProviderError) as caught:
        house.begin(spec)
    assert caught.value.outcome == "refused"
    assert "64" in str(caught.value.message)


def test_it_is_told_that_a_recording_is_unknown(house, running):
    name = "task_id" if house.vendor == "trtc" else "sid"
    unknown = {**running, name: "0" * 32}
    assert house.client.query(unknown).phase is Phase.GONE
    assert house.client.stop(unknown).phase is Phase.GONE


def test_it_knows_that_an_engine_that_is_away_was_sent_nothing(house, spec):
    with pytest.raises(ProviderUnavailable) as caught:
        begin_with(replace(house.config, id=902, base_url="http://127.0.0.1:9"), spec)
    assert caught.value.outcome == "refused"
