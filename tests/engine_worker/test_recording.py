"""Whole recordings on the virtual clock, decoded and looked at frame by frame."""

import numpy as np
import pytest

from dashboard.engine.playlist import parse
from tests.engine_worker.studio import (
    COLOURS,
    EPOCH_MS,
    FPS,
    HEIGHT,
    STEM,
    WIDTH,
    events,
    is_colour,
    make,
    person,
    tones,
    watch,
)  # fmt: skip

INDEX = f"{STEM}.m3u8"
WINDOWS = {"1001": (0, 0), "1002": (160, 0), "1003": (0, 90), "1004": (160, 90)}
"""Left and top of the windows of a grid of two by two."""


def window(picture, left, top, width=160, height=90, edge=2):
    """The pixels of a window, less a little for the encoder at its edges."""
    return picture[top + edge : top + height - edge, left + edge : left + width - edge]


def corner(pixels):
    """The upper left third of a test card, which is flat."""
    return pixels[: pixels.shape[0] // 3 - 2, : pixels.shape[1] // 3 - 4]


def owners(picture):
    """Whose colour is in the corner of each window, row by row."""
    found = []
    for place in WINDOWS.values():
        pixels = corner(window(picture, *place))
        found.append(next((u for u, c in COLOURS.items() if is_colour(pixels, c, 12)), None))
    return found


def test_it_shows_everybody_in_their_window_and_nothing_beside(tmp_path):
    make(tmp_path, "1001", "1002", "1003", script=1, layout={
        "preset": "custom", "background": "#C0C8D0", "regions": [
            {"uid": "1001", "x": 0.1, "y": 0.1, "w": 0.4, "h": 0.4},
            {"uid": "1002", "x": 0.5, "y": 0.1, "w": 0.4, "h": 0.4},
            {"uid": "1003", "x": 0.1, "y": 0.5, "w": 0.4, "h": 0.4}]},
        canvas={"bitrate_kbps": 4000})  # fmt: skip
    picture = watch(tmp_path / INDEX).pictures[5]
    for uid, (left, top) in {"1001": (32, 18), "1002": (160, 18), "1003": (32, 90)}.items():
        inside = corner(window(picture, left, top, 128, 72, edge=1))
        assert is_colour(inside, COLOURS[uid], within=14)
    for beside in (picture[:17], picture[163:], picture[:, :31], picture[:, 289:],
                   picture[91:161, 161:288]):  # fmt: skip
        assert is_colour(np.median(beside.reshape(-1, 3), axis=0), "#C0C8D0", within=4)
        assert np.mean(np.abs(beside.astype(int) - [0xC0, 0xC8, 0xD0])) < 4


def test_the_sharp_edge_of_a_window_is_where_it_was_drawn(tmp_path):
    make(tmp_path, "1001", script=1, canvas={"bitrate_kbps": 4000}, layout={
        "preset": "custom", "background": "#FFFFFF",
        "regions": [{"uid": "1001", "x": 0.25, "y": 0.2, "w": 0.5, "h": 0.6}]})  # fmt: skip
    picture = watch(tmp_path / INDEX).pictures[4].astype(int)
    across, down = picture[50, :, 0], picture[:, 100, 0]
    left, top = np.argmin(np.diff(across)) + 1, np.argmin(np.diff(down)) + 1
    right, bottom = np.argmax(np.diff(across)) + 1, np.argmax(np.diff(down)) + 1
    assert (left, right, top, bottom) == pytest.approx((80, 240, 36, 144), abs=1)


def test_people_come_and_go_on_the_very_frame(tmp_path):
    told = make(tmp_path, "1001", "1002", "1003", script=[
        (1.0, {"cmd": "join", "seq": 1, "publisher": person("1004")}),
        (2.0, {"cmd": "leave", "seq": 2, "uid": "1001"}),
        (3.0, {"cmd": "stop", "seq": 3})])  # fmt: skip
    assert [(e["seq"], e["frame"]) for e in events(told, "done")] == [(1, 10), (2, 20), (3, 30)]
    pictures = watch(tmp_path / INDEX).pictures
    assert sorted(pictures) == list(range(30))
    assert owners(pictures[9]) == ["1001", "1002", "1003", None]
    assert owners(pictures[10]) == ["1001", "1002", "1003", "1004"]
    assert owners(pictures[19]) == ["1001", "1002", "1003", "1004"]
    assert owners(pictures[20]) == ["1002", "1003", "1004", None]


def test_a_layout_takes_hold_on_the_very_frame(tmp_path):
    full = {"preset": "custom", "regions": [{"uid": "1002", "x": 0, "y": 0, "w": 1, "h": 1}]}
    half = {"preset": "custom", "background": "#FFFFFF", "regions": [
        {"uid": "1002", "x": 0, "y": 0, "w": 1, "h": 1, "opacity": 0.5}]}  # fmt: skip
    told = make(tmp_path, "1001", "1002", script=[
        (0.7, {"cmd": "set_layout", "seq": 1, "layout": full}),
        (1.25, {"cmd": "set_layout", "seq": 2, "layout": half}),
        (2.0, {"cmd": "stop"})])  # fmt: skip
    assert [e["frame"] for e in events(told, "done")] == [7, 13, 20]
    pictures = watch(tmp_path / INDEX).pictures
    lower_left = (slice(162, 178), slice(2, 40))
    assert is_colour(pictures[6][:50, 2:20], COLOURS["1001"], within=12)
    assert is_colour(pictures[7][lower_left], COLOURS["1002"], within=12)
    assert is_colour(pictures[12][lower_left], COLOURS["1002"], within=12)
    assert is_colour(pictures[13][lower_left], "#ECC195", within=14)


def test_everybody_is_heard_from_their_first_to_their_last_moment(tmp_path):
    make(tmp_path, "1001", "1002", script=[
        (1.0, {"cmd": "join", "publisher": person("1003")}),
        (2.0, {"cmd": "leave", "uid": "1001"}),
        (3.0, {"cmd": "stop"})], start_ms=EPOCH_MS + 200)  # fmt: skip
    heard = watch(tmp_path / INDEX)
    assert tones(heard.at(0.3, 0.6)) == [440, 550]
    assert tones(heard.at(1.1, 0.6)) == [440, 550, 660]
    assert tones(heard.at(2.1, 0.8)) == [550, 660]


@pytest.mark.parametrize("fps", [10, 15, 24, 30])
def test_flash_and_beep_come_together(tmp_path, fps):
    make(tmp_path, "1001", script=3.5, canvas={"fps": fps}, start_ms=EPOCH_MS + 1000)
    seen = watch(tmp_path / INDEX, fps)
    block = {n: p[9:21, 140:180].mean() for n, p in seen.pictures.items()}
    flashed = min(n for n, level in block.items() if level > 190) / fps
    beeped = np.flatnonzero(np.abs(seen.sound) > 0.15)[0] + seen.first_sample
    assert flashed == pytest.approx(1.0, abs=0.5 / fps)
    assert abs(beeped / 48_000 - flashed) < 1 / fps


def test_slices_are_fifteen_seconds_to_the_frame(tmp_path):
    told = make(tmp_path, "1001", script=36.2)
    closed = events(told, "slice_closed")
    assert [event["duration_s"] for event in closed] == [15.0, 15.0, 6.2]
    assert [event["start_ms"] - EPOCH_MS for event in closed] == [0, 15_000, 30_000]
    for event, frames in zip(closed, (range(150), range(150, 300), range(300, 362)), strict=True):
        path = tmp_path / event["name"]
        assert sorted(watch(path).pictures) == list(frames)
        assert path.stat().st_size == event["size_bytes"]


def test_the_index_is_complete_and_nothing_is_left_lying_about(tmp_path):
    told = make(tmp_path, "1001", script=16)
    assert (tmp_path / INDEX).read_text() == (
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-ALLOW-CACHE:YES\n"
        "#EXT-X-TARGETDURATION:15\n"
        "#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=VIDEO,TIME=20260101000000000\n"
        "#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=AUDIO,TIME=20260101000000000\n"
        f"#EXTINF:15.000000\n{STEM}_20260101000000000.ts\n"
        f"#EXTINF:1.000000\n{STEM}_20260101000015000.ts\n#EXT-X-ENDLIST\n"
    )
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {INDEX, *(event["name"] for event in events(told, "slice_closed"))}
    assert told[-1] == {"event": "finished", "slices": 2, "duration_s": 16.0, "files": [
        {"name": INDEX, "uid": "", "stream": "mix", "medium": "audio_video",
         "start_ms": EPOCH_MS, "end_ms": EPOCH_MS + 16_000, "kind": "hls"}]}  # fmt: skip


def test_sound_runs_through_slices_without_a_gap(tmp_path):
    make(tmp_path, "1001", script=17, start_ms=EPOCH_MS + 500)
    seen = watch(tmp_path / INDEX)
    around = seen.at(14.8, 0.4)
    assert tones(around) == [440]
    assert np.abs(around - np.roll(around, 1))[1:].max() < 0.02


def test_nobody_left_means_background_and_silence(tmp_path):
    make(tmp_path, "1001", script=[
        (1.0, {"cmd": "leave", "uid": "1001"}), (2.5, {"cmd": "stop"})],
        layout={"preset": "best_fit", "background": "#336699"})  # fmt: skip
    seen = watch(tmp_path / INDEX)
    assert len(seen.pictures) == 25
    assert is_colour(seen.pictures[24], "#336699", within=4)
    assert np.abs(seen.at(1.1, 1.2)).max() < 0.001


def test_it_waits_for_the_first_to_come(tmp_path):
    told = make(tmp_path, script=[
        (5.0, {"cmd": "join", "publisher": person("1001")}), (7.0, {"cmd": "stop"})])  # fmt: skip
    assert events(told, "ready")[0]["at_ms"] == EPOCH_MS
    opened = events(told, "slice_opened")[0]
    assert opened["start_ms"] == opened["discontinue_ms"] == EPOCH_MS + 5000
    assert len(watch(tmp_path / INDEX).pictures) == 20


def test_a_recording_nobody_came_to_has_no_files(tmp_path):
    told = make(tmp_path, script=4)
    assert told[-1] == {"event": "finished", "slices": 0, "duration_s": 0, "files": []}
    assert list(tmp_path.iterdir()) == []


def test_someone_who_is_not_subscribed_does_not_begin_it(tmp_path):
    told = make(tmp_path, "1001", script=2, subscription={
        "audio": {"allow": ["1002"]}, "video": {"deny": ["1001"]}})  # fmt: skip
    assert events(told, "slice_opened") == []
    assert events(told, "stream_state") == []


def test_it_takes_only_those_who_are_subscribed(tmp_path):
    make(tmp_path, "1001", "1002", script=1, start_ms=EPOCH_MS + 200, subscription={
        "audio": {"allow": ["1001"]}, "video": {"deny": ["1001"]}})  # fmt: skip
    seen = watch(tmp_path / INDEX)
    assert is_colour(seen.pictures[5][2:50, 2:90], COLOURS["1002"], within=12)
    assert tones(seen.at(0.2, 0.6)) == [440]


def test_a_subscription_changes_on_the_very_frame(tmp_path):
    told = make(tmp_path, "1001", "1002", script=[
        (1.0, {"cmd": "set_subscription", "subscription": {"audio": ["1002"], "video": ["1002"]}}),
        (2.0, {"cmd": "stop"})], start_ms=EPOCH_MS + 200)  # fmt: skip
    seen = watch(tmp_path / INDEX)
    assert is_colour(seen.pictures[9][2:50, 2:20], COLOURS["1001"], within=12)
    assert is_colour(seen.pictures[10][2:50, 2:90], COLOURS["1002"], within=12)
    assert tones(seen.at(0.2, 0.7)) == [440, 550]
    assert tones(seen.at(1.1, 0.8)) == [550]
    off = [(e["uid"], e["medium"]) for e in events(told, "stream_state") if not e["receiving"]]
    assert off == [("1001", "audio"), ("1001", "video")]


def test_a_camera_that_is_off_keeps_its_place(tmp_path):
    make(tmp_path, script=1, publishers=[person("1001", video=False), person("1002")])
    picture = watch(tmp_path / INDEX).pictures[5]
    assert is_colour(picture[2:-2, 2:157], "#000000", within=4)
    assert is_colour(picture[2:50, 163:180], COLOURS["1002"], within=12)


def test_a_changed_person_keeps_their_place(tmp_path):
    make(tmp_path, "1001", "1002", script=[
        (1.0, {"cmd": "join", "publisher": person("1001", color="#777777")}),
        (2.0, {"cmd": "stop"})])  # fmt: skip
    pictures = watch(tmp_path / INDEX).pictures
    assert is_colour(pictures[9][2:50, 2:20], COLOURS["1001"], within=12)
    assert is_colour(pictures[10][2:50, 2:20], "#777777", within=12)


def test_sound_alone_makes_a_recording(tmp_path):
    told = make(tmp_path, "1001", script=33, streams="audio", start_ms=EPOCH_MS + 200)
    closed = events(told, "slice_closed")
    assert [event["duration_s"] for event in closed[:2]] == [15.018667, 15.018667]
    seen = watch(tmp_path / INDEX)
    assert seen.pictures == {}
    assert tones(seen.at(15.1, 0.5)) == [440]
    assert parse((tmp_path / INDEX).read_text()).slices[0].tracks == ("AUDIO",)
    assert {event["medium"] for event in events(told, "stream_state")} == {"audio"}


def test_the_picture_alone_makes_a_recording(tmp_path):
    told = make(tmp_path, "1001", script=16, streams="video")
    assert [event["duration_s"] for event in events(told, "slice_closed")] == [15.0, 1.0]
    seen = watch(tmp_path / INDEX)
    assert len(seen.pictures) == 160
    assert len(seen.sound) == 0


@pytest.mark.parametrize(("profile", "channels"), [(0, 1), (1, 1), (2, 2)])
def test_the_sound_has_the_channels_of_its_profile(tmp_path, profile, channels):
    import av

    make(tmp_path, "1001", script=1, audio_profile=profile)
    with av.open(str(next(tmp_path.glob("*.ts")))) as container:
        stream = container.streams.audio[0]
        assert (stream.rate, stream.channels) == (48_000, channels)


@pytest.mark.parametrize("fps", [1, 7, 60])
def test_it_keeps_every_frame_at_any_pace(tmp_path, fps):
    told = make(tmp_path, "1001", script=16, canvas={"fps": fps, "width": 160, "height": 90})
    assert [event["duration_s"] for event in events(told, "slice_closed")] == [15.0, 1.0]
    assert len(watch(tmp_path / INDEX, fps).pictures) == 16 * fps


def test_several_changes_take_hold_on_the_same_frame(tmp_path):
    told = make(tmp_path, "1001", "1002", canvas={"bitrate_kbps": 4000}, script=[
        (1.0, {"cmd": "change", "seq": 1, "subscription": {"video": ["1002"], "audio": None},
               "layout": {"preset": "best_fit", "background": "#FFFFFF", "fit": "contain"},
               "watermarks": [{"kind": "text", "x": 0, "y": 0, "w": 0.1, "h": 0.1, "text": ".",
                               "background": "#C02020"}]}),
        (1.5, {"cmd": "change", "seq": 2, "subscription": None, "layout": {"preset": "custom"}}),
        (1.6, {"cmd": "change", "seq": 3}),
        (2.0, {"cmd": "stop"})])  # fmt: skip
    assert [(e["event"], e["seq"]) for e in told if "seq" in e and e["seq"]] == [
        ("done", 1), ("refused", 2), ("refused", 3),
    ]  # fmt: skip
    pictures = watch(tmp_path / INDEX).pictures
    assert is_colour(pictures[9][2:15, 2:30].mean((0, 1)), COLOURS["1001"], 12)
    assert is_colour(pictures[9][30:60, 165:185].mean((0, 1)), COLOURS["1002"], 12)
    for number in (10, 19):
        assert is_colour(pictures[number][2:15, 12:30].mean((0, 1)), "#C02020", 16)
        assert is_colour(pictures[number][30:60, 5:60].mean((0, 1)), COLOURS["1002"], 12)


def test_two_runs_are_the_same_to_the_byte(tmp_path):
    script = [(1.0, {"cmd": "join", "publisher": person("1002")}), (16.0, {"cmd": "stop"})]
    for name in ("one", "two"):
        make(tmp_path / name, "1001", script=script)
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert len(files) == 3
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_it_says_how_the_picture_is_to_be_read(tmp_path):
    import av

    make(tmp_path, "1001", script=1)
    with av.open(str(next(tmp_path.glob("*.ts")))) as container:
        context = container.streams.video[0].codec_context
        assert (context.width, context.height) == (WIDTH, HEIGHT)
        assert (context.colorspace, context.color_range, context.color_primaries) == (1, 1, 1)
        assert container.streams.video[0].average_rate == FPS
