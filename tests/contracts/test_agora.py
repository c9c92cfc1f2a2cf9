"""The client and the engine's door agree, over real HTTP, on what is said and meant."""

import threading
import time
from dataclasses import replace

import pytest

from dashboard.domain.events import EventKind
from dashboard.domain.recording import Output, Phase, Streams
from dashboard.errors import (
    CredentialsRejected,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    Unsupported,
)
from dashboard.layouts.document import Fit, Layout, Preset, Region
from dashboard.layouts.geometry import Rect
from dashboard.protocols.filenames import parse_name
from dashboard.providers.agora import callbacks
from dashboard.providers.agora import client as agora
from dashboard.providers.base import Verdict
from dashboard.storage.local import LocalStore
from dashboard.storage.playlist import not_arrived, read_playlist
from tests.contracts.conftest import spec_for, stop_quietly
from tests.engine.harness import wait_until


def phase_of(client, handle):
    return client.query(handle).phase


# ---------------------------------------------------------------- the whole way


def test_it_records_from_start_to_files(client, engine, receiver, spec):
    engine.join(spec.channel, "1001")
    spec = replace(spec, profile=replace(spec.profile, output=Output.HLS_MP4))
    handle = client.start(spec, client.prepare(spec))
    wait_until(lambda: phase_of(client, handle) is Phase.RUNNING)
    receiver.wait_for(42, handle["sid"])
    time.sleep(1.5)  # something to keep
    assert client.stop(handle).phase is Phase.FINISHING
    receiver.wait_for(11, handle["sid"])
    assert phase_of(client, handle) is Phase.GONE

    store = LocalStore(engine.data / "buckets", "rec")
    found = store.list(spec.storage.prefix, containing=handle["sid"])
    kinds = {parse_name(file.name).kind for file in found}
    assert kinds == {"playlist", "slice", "mp4"}
    name = next(file.name for file in found if file.name.endswith(".m3u8"))
    playlist = read_playlist(store, name)
    assert playlist.ended
    assert not not_arrived(playlist, found)
    assert playlist.duration_s > 0.5


def test_it_understands_every_callback_on_the_way(client, engine, receiver, spec, config):
    engine.join(spec.channel, "1001")
    handle = client.start(spec, client.prepare(spec))
    receiver.wait_for(42, handle["sid"])
    client.stop(handle)
    receiver.wait_for(11, handle["sid"])
    told = []
    for delivery in receiver.of(handle["sid"]):
        secrets = config.callback_secrets
        assert callbacks.verify(delivery.headers, delivery.raw, secrets) is Verdict.GENUINE
        parsed = callbacks.parse(delivery.raw)
        assert (parsed.key, parsed.channel) == (handle["sid"], spec.channel)
        assert parsed.recorder_uid == handle["recorder_uid"]
        told.append(parsed.event)
    kinds = {event.kind for event in told}
    assert EventKind.UNKNOWN not in kinds
    assert {
        EventKind.RECORDER_STARTED,
        EventKind.SLICE_STARTED,
        EventKind.VIDEO_CHANGED,
        EventKind.AUDIO_CHANGED,
        EventKind.FIRST_FILE,
        EventKind.RECORDER_LEFT,
        EventKind.UPLOADED,
        EventKind.EXITED,
    } <= kinds
    left = next(event for event in told if event.kind is EventKind.RECORDER_LEFT)
    assert "asked" in left.detail["reasons"]
    assert sorted(event.sequence for event in told) == list(range(len(told)))


def test_it_says_that_nothing_was_recorded_when_nobody_was_there(client, spec):
    handle = client.start(spec, client.prepare(spec))
    wait_until(lambda: phase_of(client, handle) is Phase.RUNNING)
    assert client.stop(handle).phase is Phase.ENDED


def test_it_may_stop_twice(client, engine, receiver, spec):
    engine.join(spec.channel, "1001")
    handle = client.start(spec, client.prepare(spec))
    receiver.wait_for(42, handle["sid"])
    phases = {client.stop(handle).phase for _ in range(3)}
    assert phases <= {Phase.FINISHING, Phase.GONE}


@pytest.mark.parametrize("streams", list(Streams))
def test_it_starts_with_every_kind_of_streams(client, streams):
    spec = spec_for(f"room-{streams.value}", streams=streams)
    handle = client.start(spec, client.prepare(spec))
    assert phase_of(client, handle) in (Phase.STARTING, Phase.RUNNING)
    stop_quietly(client, handle)


LAYOUTS = {
    "floating": Layout(preset=Preset.FLOATING),
    "best_fit": Layout(preset=Preset.BEST_FIT, background="#202020"),
    "vertical": Layout(preset=Preset.VERTICAL, focus_uid="1001"),
    "custom": Layout(
        preset=Preset.CUSTOM,
        regions=(
            Region(Rect(0, 0, 2 / 3, 1), uid="1001", fit=Fit.CONTAIN),
            Region(Rect(2 / 3, 0, 1 / 3, 1 / 3), opacity=0.5),
        ),
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_it_applies_every_layout(client, running, spec, layout):
    wait_until(lambda: phase_of(client, running) is Phase.RUNNING)
    client.set_layout(running, layout, spec)


def test_it_starts_with_every_layout(client):
    for name, layout in LAYOUTS.items():
        spec = spec_for(f"room-{name}", layout=layout)
        handle = client.start(spec, client.prepare(spec))
        assert handle["sid"]
        stop_quietly(client, handle)


# ---------------------------------------------------------------- lost answers


def sids_in(engine, channel):
    answer = engine.studio(f"/channels/{channel}").json()
    return [item["sid"] for item in answer["recordings"]]


def test_it_settles_a_lost_start_by_the_studio(client, engine, spec):
    engine.faults(start_lost=1)
    prepared = client.prepare(spec)
    with pytest.raises(ProviderUnavailable) as caught:
        client.start(spec, prepared)
    assert caught.value.outcome == "unknown"
    handle = client.settle(spec, prepared)
    assert sids_in(engine, spec.channel) == [handle["sid"]]
    stop_quietly(client, handle)


def test_it_settles_a_lost_start_by_the_first_callback(plain_client, engine, receiver, spec):
    """Without a studio only a callback can tell the name of what runs."""
    engine.faults(start_lost=1)
    prepared = plain_client.prepare(spec)
    with pytest.raises(ProviderUnavailable):
        plain_client.start(spec, prepared)
    with pytest.raises(ProviderUnavailable) as caught:
        plain_client.settle(spec, prepared)
    assert caught.value.outcome == "unknown"

    def first():
        parsed = (callbacks.parse(one.raw) for one in list(receiver.deliveries))
        return next((one for one in parsed if one.channel == spec.channel), None)

    told = wait_until(first)
    handle = {**prepared, **told.handle_parts}
    assert sids_in(engine, spec.channel) == [handle["sid"]]
    assert phase_of(plain_client, handle) in (Phase.STARTING, Phase.RUNNING)
    stop_quietly(plain_client, handle)


def test_it_settles_a_start_that_never_arrived(client, engine, spec):
    prepared = client.prepare(spec)
    handle = client.settle(spec, prepared)
    assert sids_in(engine, spec.channel) == [handle["sid"]]
    assert client.settle(spec, prepared)["sid"] == handle["sid"]
    stop_quietly(client, handle)


def test_it_starts_once_however_many_settle_at_once(client, engine, spec):
    prepared = client.prepare(spec)
    found = []

    def settle():
        try:
            found.append(client.settle(spec, prepared)["sid"])
        except ProviderError as fault:
            found.append(fault.outcome)

    threads = [threading.Thread(target=settle) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    (sid,) = sids_in(engine, spec.channel)
    assert set(found) <= {sid, "unknown"}
    stop_quietly(client, {**prepared, "sid": sid})


def test_it_settles_that_a_stale_resource_never_started(client, engine, spec):
    prepared = client.prepare(spec)
    time.sleep(3.1)  # the life of a resource in this engine
    assert client.settle(spec, prepared) is None
    assert sids_in(engine, spec.channel) == []


def test_it_finds_a_running_recording_after_its_resource_went_stale(client, engine, spec):
    prepared = client.prepare(spec)
    handle = client.start(spec, prepared)
    time.sleep(3.1)
    assert client.settle(spec, prepared) == handle
    stop_quietly(client, handle)


def test_it_repeats_a_start_that_is_not_completed(client, engine, spec, monkeypatch):
    engine.faults(answers=[{"call": "start", "http": 206, "code": 65}])
    naps = []
    monkeypatch.setattr(client, "_sleep", naps.append)
    handle = client.start(spec, client.prepare(spec))
    assert naps == [3.0]
    stop_quietly(client, handle)


# ---------------------------------------------------------------- refusals


def test_it_is_told_that_the_recorder_is_busy(client, running, spec):
    with pytest.raises(ProviderRefused) as caught:
        client.start(spec, client.prepare(spec))
    assert (caught.value.vendor_code, caught.value.outcome) == ("53", "refused")
    assert caught.value.request_id


def test_it_is_told_that_its_key_is_wrong(config, spec):
    wrong = replace(config, credentials={"customer_key": "key", "customer_secret": "wrong"})
    with pytest.raises(CredentialsRejected):
        agora.make(wrong).prepare(spec)


def test_it_is_told_that_its_app_is_unknown(config, spec):
    with pytest.raises(CredentialsRejected):
        agora.make(replace(config, app_id="feed")).prepare(spec)


def test_it_is_told_which_setting_is_wrong(client):
    spec = spec_for("x" * 65)
    with pytest.raises(Unsupported) as caught:
        client.prepare(spec)
    assert "64" in str(caught.value.message)


def test_it_is_told_that_a_recording_is_unknown(client, running):
    assert phase_of(client, {**running, "sid": "0" * 32}) is Phase.GONE
    assert client.stop({**running, "sid": "0" * 32}).phase is Phase.GONE


def test_it_knows_that_a_stopped_engine_was_sent_nothing(config, spec):
    away = replace(config, base_url="http://127.0.0.1:9")
    with pytest.raises(ProviderUnavailable) as caught:
        agora.make(away).prepare(spec)
    assert caught.value.outcome == "refused"


# ---------------------------------------------------------------- the studio


def test_it_sees_who_comes_and_goes(studio, engine, spec):
    engine.join(spec.channel, "1001")
    engine.join(spec.channel, "77", audio=False)
    people = {person.uid: person for person in studio.people(spec.channel)}
    assert set(people) == {"1001", "77"}
    assert people["1001"].color == "#2F6FDE"
    assert (people["77"].audio, people["77"].video) == (False, True)
    engine.leave(spec.channel, "77")
    assert [person.uid for person in studio.people(spec.channel)] == ["1001"]


def test_it_finds_the_three_of_the_demo_channel(studio):
    assert [person.uid for person in studio.people("studio-demo")] == ["1001", "1002", "1003"]


def test_it_finds_nobody_where_nobody_is(studio):
    assert studio.people("nobody here") == ()


def test_it_shows_what_is_being_recorded(client, studio, engine, running, spec):
    engine.join(spec.channel, "1001")
    jpeg = wait_until(lambda: studio.preview(running, 160))
    assert jpeg.startswith(b"\xff\xd8")


def test_it_shows_nothing_of_what_is_unknown(studio):
    assert studio.preview({"sid": "0" * 32}, 160) is None


def test_it_speaks_from_many_threads_at_once(client, running):
    wait_until(lambda: phase_of(client, running) is Phase.RUNNING)
    phases = []
    threads = [
        threading.Thread(target=lambda: phases.append(phase_of(client, running))) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert phases == [Phase.RUNNING] * 12
