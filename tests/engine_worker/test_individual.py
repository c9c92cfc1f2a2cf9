"""People recorded by themselves: their files, decoded, and the indexes as text."""

import av
import numpy as np
import pytest

from dashboard.engine.playlist import parse
from tests.engine_worker.film import level, shoot
from tests.engine_worker.studio import (
    COLOURS,
    EPOCH_MS,
    FPS,
    STEM,
    events,
    is_colour,
    make,
    person,
    tones,
    watch,
)  # fmt: skip

ROOM = "1400000001_8801"


def index(uid, kind):
    return f"{STEM}__uid_s_{uid}__uid_e_{kind}.m3u8"


def alone(folder, *uids, **changes):
    return make(folder, *uids, mode="individual", **changes)


def listed(folder, name):
    return parse((folder / name).read_text())


def test_each_person_has_an_index_for_sound_and_one_for_the_picture(tmp_path):
    told = alone(tmp_path, "1001", "1002", script=2, start_ms=EPOCH_MS + 200)
    for uid, tone in (("1001", 440), ("1002", 550)):
        seen = watch(tmp_path / index(uid, "video"))
        assert sorted(seen.pictures) == list(range(20))
        assert is_colour(seen.pictures[9][4:100, 4:180], COLOURS[uid], within=12)
        assert not len(seen.sound)
        heard = watch(tmp_path / index(uid, "audio"))
        assert heard.pictures == {}
        assert tones(heard.at(0.3, 1.2)) == [tone]
    assert [(entry["uid"], entry["medium"]) for entry in told[-1]["files"]] == [
        ("1001", "audio"), ("1001", "video"), ("1002", "audio"), ("1002", "video"),
    ]  # fmt: skip
    assert {path.suffix for path in tmp_path.iterdir()} == {".ts", ".m3u8"}


def test_the_picture_keeps_its_own_size(tmp_path):
    alone(tmp_path, "1001", script=1)
    with av.open(str(next(tmp_path.glob("*video*.ts")))) as slice_:
        assert (slice_.streams.video[0].width, slice_.streams.video[0].height) == (640, 360)


def test_agoras_index_of_a_picture_says_what_begins_and_how_large_it_is(tmp_path):
    alone(tmp_path, "1001", script=16)
    stem = index("1001", "video").removesuffix(".m3u8")
    assert (tmp_path / index("1001", "video")).read_text() == (
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-ALLOW-CACHE:YES\n"
        "#EXT-X-TARGETDURATION:17\n"
        "#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=VIDEO,TIME=20260101000000000\n"
        "#EXT-X-AGORA-ROTATE:WIDTH=640,HEIGHT=360,ROTATE=0,TIME=20260101000000000\n"
        f"#EXTINF:15.000000\n{stem}_20260101000000000.ts\n"
        f"#EXTINF:1.000000\n{stem}_20260101000015000.ts\n#EXT-X-ENDLIST\n"
    )


def test_trtcs_index_says_whose_it_is_and_how_large_slices_are(tmp_path):
    alone(tmp_path, "anna", script=12, style="trtc", stem=ROOM)
    stem = f"{ROOM}__UserId_s_YW5uYQ..__UserId_e_main_video"
    first, second = f"{stem}_20260101000000000.ts", f"{stem}_20260101000010000.ts"
    sizes = [(tmp_path / name).stat().st_size for name in (first, second)]
    assert all(size % 188 == 0 for size in sizes)
    assert (tmp_path / f"{stem}.m3u8").read_text() == (
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-ALLOW-CACHE:NO\n#EXT-X-MEDIA-SEQUENCE:0\n"
        "#EXT-X-TARGETDURATION:12\n"
        f"#EXT-X-TRTC-START-REC-TIME:{EPOCH_MS}\n"
        "#EXT-X-TRTC-MEDIA-ID:main\n#EXT-X-TRTC-USER-ID:anna\n"
        "#EXT-X-TRTC-MIX-STREAM:0\n#EXT-X-TRTC-STREAM-TYPE:1\n"
        "#EXT-X-TRTC-VIDEO-METADATA:WIDTH:640 HEIGHT:360 Codec:27\n"
        f"#EXT-X-TRTC-FILE-ATTR:{EPOCH_MS},{sizes[0]}\n#EXTINF:10.000,\n{first}\n"
        f"#EXT-X-TRTC-FILE-ATTR:{EPOCH_MS + 10_000},{sizes[1]}\n#EXTINF:2.000,\n{second}\n"
        "#EXT-X-ENDLIST\n"
    )


def test_who_comes_late_and_comes_again_is_recorded_for_those_very_frames(tmp_path):
    told = alone(tmp_path, "1001", start_ms=EPOCH_MS + 200, script=[
        (1.0, {"cmd": "join", "publisher": person("1002")}),
        (2.0, {"cmd": "leave", "uid": "1002"}),
        (3.5, {"cmd": "join", "publisher": person("1002")}),
        (5.0, {"cmd": "stop"})])  # fmt: skip
    assert len(watch(tmp_path / index("1001", "video")).pictures) == 50
    seen = watch(tmp_path / index("1002", "video"))
    assert sorted(seen.pictures) == [*range(10, 20), *range(35, 50)]
    playlist = listed(tmp_path, index("1002", "video"))
    assert [item.discontinuity for item in playlist.slices] == [False, True]
    assert [item.start_ms - EPOCH_MS - 200 for item in playlist.slices] == [1000, 3500]
    assert [item.tracks for item in playlist.slices] == [("VIDEO",), ("VIDEO",)]
    opened = [e for e in events(told, "slice_opened") if e["index"] == index("1002", "video")]
    assert opened[1]["discontinue_ms"] == EPOCH_MS + 2200
    heard = watch(tmp_path / index("1002", "audio"))
    assert tones(heard.at(1.1, 0.8)) == [550]
    assert not heard.at(2.2, 1.2).any()
    assert tones(heard.at(4.0, 0.9)) == [550]


def test_a_subscription_ends_one_medium_of_one_person(tmp_path):
    alone(tmp_path, "1001", script=[
        (1.0, {"cmd": "set_subscription", "subscription": {"audio": None, "video": ["7"]}}),
        (3.0, {"cmd": "stop"})])  # fmt: skip
    assert len(watch(tmp_path / index("1001", "video")).pictures) == 10
    assert len(watch(tmp_path / index("1001", "audio")).sound) > 2.9 * 48_000


@pytest.mark.parametrize("medium", ["audio", "video"])
def test_one_medium_alone_has_one_index(tmp_path, medium):
    told = alone(tmp_path, "1001", script=1, streams=medium, merge="only")
    assert [path.name for path in tmp_path.glob("*.m3u8")] == [index("1001", medium)]
    assert [event["medium"] for event in events(told, "slice_opened")] == [medium]


def test_both_media_can_be_in_one_index_beside_their_own(tmp_path):
    alone(tmp_path, "1001", script=17, merge="beside", start_ms=EPOCH_MS + 500)
    together, picture = (watch(tmp_path / index("1001", kind)) for kind in ("av", "video"))
    assert together.pictures.keys() == picture.pictures.keys()
    assert np.array_equal(together.pictures[160], picture.pictures[160])
    assert tones(together.at(14.8, 0.4)) == [440]
    assert tones(watch(tmp_path / index("1001", "audio")).at(14.8, 0.4)) == [440]


def test_both_media_can_be_in_one_index_alone(tmp_path):
    told = alone(tmp_path, "anna", script=2, merge="only", style="trtc", stem=ROOM)
    name = f"{ROOM}__UserId_s_YW5uYQ..__UserId_e_main.m3u8"
    assert [path.name for path in tmp_path.glob("*.m3u8")] == [name]
    assert told[-1]["files"][0]["medium"] == "audio_video"
    assert len(watch(tmp_path / name).pictures) == 20


def test_a_voice_that_is_off_is_silence_beside_the_picture(tmp_path):
    alone(tmp_path, "1001", merge="only", start_ms=EPOCH_MS + 200, script=[
        (1.0, {"cmd": "join", "publisher": person("1001", audio=False)}),
        (2.0, {"cmd": "join", "publisher": person("1001")}),
        (3.0, {"cmd": "stop"})])  # fmt: skip
    seen = watch(tmp_path / index("1001", "av"))
    assert len(listed(tmp_path, index("1001", "av")).slices) == 1
    assert sorted(seen.pictures) == list(range(30))
    assert tones(seen.at(0.2, 0.7)) == [440]
    assert np.abs(seen.at(1.1, 0.8)).max() < 0.001
    assert tones(seen.at(2.1, 0.8)) == [440]


def test_a_picture_that_comes_later_begins_a_new_slice_beside_the_sound(tmp_path):
    alone(tmp_path, publishers=[person("1001", video=False)], merge="only", script=[
        (2.0, {"cmd": "join", "publisher": person("1001")}),
        (4.0, {"cmd": "join", "publisher": person("1001", video=False)}),
        (6.0, {"cmd": "stop"})], start_ms=EPOCH_MS + 200)  # fmt: skip
    playlist = listed(tmp_path, index("1001", "av"))
    assert [item.tracks for item in playlist.slices] == [
        ("AUDIO",), ("VIDEO", "AUDIO"), ("AUDIO",)]  # fmt: skip
    assert [item.start_ms - EPOCH_MS for item in playlist.slices] == pytest.approx(
        [200, 2200, 4200], abs=60)  # fmt: skip
    heard = [watch(tmp_path / item.name) for item in playlist.slices]
    assert sorted(heard[1].pictures) == list(range(20, 40))
    assert [tones(part.at(begin, 1.0)) for part, begin in zip(heard, (0.4, 2.4, 4.4), strict=True)
            ] == [[440]] * 3  # fmt: skip


def test_trtc_repeats_the_last_picture_while_it_is_paused(tmp_path):
    alone(tmp_path, "anna", style="trtc", stem=ROOM, script=[
        (1.0, {"cmd": "join", "publisher": person("anna", video=False)}),
        (2.0, {"cmd": "join", "publisher": person("anna")}),
        (3.0, {"cmd": "stop"})], canvas={"bitrate_kbps": 4000})  # fmt: skip
    name = f"{ROOM}__UserId_s_YW5uYQ..__UserId_e_main_video.m3u8"
    pictures = watch(tmp_path / name).pictures
    assert sorted(pictures) == list(range(30))
    assert len(listed(tmp_path, name).slices) == 1
    moved = [np.abs(pictures[a].astype(int) - pictures[b]).max() for a, b in ((9, 18), (18, 22))]
    assert moved[0] < 60 < moved[1]


def test_trtc_can_show_black_while_a_picture_is_paused(tmp_path):
    alone(tmp_path, "anna", style="trtc", stem=ROOM, on_pause="black", script=[
        (1.0, {"cmd": "join", "publisher": person("anna", video=False)}),
        (2.0, {"cmd": "leave", "uid": "anna"}),
        (3.0, {"cmd": "stop"})])  # fmt: skip
    name = f"{ROOM}__UserId_s_YW5uYQ..__UserId_e_main_video.m3u8"
    pictures = watch(tmp_path / name).pictures
    assert sorted(pictures) == list(range(20))
    assert pictures[12].max() < 12 < pictures[9].max()


def test_agora_does_not_record_a_picture_that_is_paused(tmp_path):
    alone(tmp_path, "1001", script=[
        (1.0, {"cmd": "join", "publisher": person("1001", video=False)}),
        (2.0, {"cmd": "join", "publisher": person("1001")}),
        (3.0, {"cmd": "stop"})])  # fmt: skip
    pictures = watch(tmp_path / index("1001", "video")).pictures
    assert sorted(pictures) == [*range(10), *range(20, 30)]


@pytest.mark.parametrize(
    ("pictures", "wanted"), [("main", {"main"}), ("screen", {"aux"}), ("all", {"main", "aux"})]
)
def test_a_screen_has_an_index_of_its_own(tmp_path, pictures, wanted):
    told = alone(tmp_path, publishers=[person("anna", screen=True)], script=1, style="trtc",
                 stem=ROOM, pictures=pictures)  # fmt: skip
    begin = f"{ROOM}__UserId_s_YW5uYQ..__UserId_e_"
    names = {path.name.removeprefix(begin) for path in tmp_path.glob("*.m3u8")}
    assert names == {"main_audio.m3u8", *(f"{media}_video.m3u8" for media in wanted)}
    if "aux" in wanted:
        assert len(watch(tmp_path / f"{begin}aux_video.m3u8").pictures) == FPS
        assert ("anna", "screen") in {(e["uid"], e["stream"]) for e in told[-1]["files"]}


def test_a_screenshot_of_everybody_is_taken_every_so_often(tmp_path):
    from PIL import Image

    told = alone(tmp_path, "1001", "1002", script=12, snapshot_s=5, record=False,
                 streams="video")  # fmt: skip
    taken = [(event["uid"], event["at_ms"] - EPOCH_MS) for event in events(told, "snapshot")]
    assert taken == [(uid, at) for at in (0, 5000, 10_000) for uid in ("1001", "1002")]
    assert {path.suffix for path in tmp_path.iterdir()} == {".jpg"}
    name = f"{STEM}__uid_s_1002__uid_e_video_20260101000005000.jpg"
    with Image.open(tmp_path / name) as picture:
        assert picture.size == (640, 360)
        assert is_colour(np.asarray(picture)[4:100, 4:180], COLOURS["1002"], within=12)
    assert (told[-1]["event"], told[-1]["files"]) == ("finished", [])


def test_screenshots_can_be_taken_beside_the_recording(tmp_path):
    alone(tmp_path, "1001", script=6, snapshot_s=5)
    assert len(list(tmp_path.glob("*.jpg"))) == 2
    assert len(watch(tmp_path / index("1001", "video")).pictures) == 60


# --- publishers whose pictures are coded already ------------------------------------------


@pytest.fixture
def film(tmp_path):
    """The folder of media files with three seconds of H.264, a key frame each second."""
    folder = tmp_path / "media"
    folder.mkdir()
    shoot(folder / "film.mp4")
    return folder


def test_h264_is_taken_over_bit_by_bit(tmp_path, film):
    out = tmp_path / "out"
    player = person("1001", kind="file", file="film.mp4")
    alone(out, publishers=[player], script=20, media=str(film))
    playlist = listed(out, index("1001", "video"))
    assert [item.duration_s for item in playlist.slices] == pytest.approx([15.0, 5.0], abs=0.11)
    theirs = [bytes(packet) for packet in _annex_b(film / "film.mp4")]
    ours = [_without_delimiter(data) for data in _packets(out / index("1001", "video"))]
    assert len(ours) == pytest.approx(200, abs=3)
    assert all(any(data.endswith(their[4:]) for their in theirs) for data in ours)
    seen = watch(out / index("1001", "video"))
    grey = {number: round(float(picture.mean())) for number, picture in seen.pictures.items()}
    steps = [grey[n + 1] - grey[n] for n in range(100, 125) if n + 1 in grey]
    assert steps.count(7) >= 20


def test_a_film_is_heard_where_it_is_seen(tmp_path, film):
    """A second into the film a tone begins with picture 10, in the packets as in the file."""
    out = tmp_path / "out"
    player = person("1001", kind="file", file="film.mp4")
    alone(out, publishers=[player], script=8, media=str(film), merge="only")
    seen = watch(out / index("1001", "av"))
    loud = np.flatnonzero(np.abs(seen.sound) > 0.2)
    begins = loud[np.flatnonzero(np.diff(loud, prepend=-48_000) > 24_000)] + seen.first_sample
    tenth = [n for n, picture in seen.pictures.items() if abs(_luma(picture) - level(10)) < 2]
    assert len(begins) == len(tenth) >= 2
    assert np.abs(begins / 48_000 - np.array(sorted(tenth)) / FPS).max() < 1 / FPS


def test_a_picture_of_another_size_begins_a_new_slice(tmp_path, film):
    out = tmp_path / "out"
    alone(out, "1001", media=str(film), start_ms=EPOCH_MS, script=[
        (2.0, {"cmd": "join", "publisher": person("1001", kind="file", file="film.mp4")}),
        (5.0, {"cmd": "stop"})])  # fmt: skip
    playlist = listed(out, index("1001", "video"))
    assert [item.pixels for item in playlist.slices] == [(640, 360), (64, 48)]
    assert [item.discontinuity for item in playlist.slices] == [False, True]
    assert sorted(watch(out / playlist.slices[0].name).pictures) == list(range(20))
    assert len(listed(out, index("1001", "audio")).slices) == 1


def test_trtc_goes_on_from_a_film_that_pauses(tmp_path, film):
    out = tmp_path / "out"
    player = person("anna", kind="file", file="film.mp4")
    alone(out, publishers=[player], style="trtc", stem=ROOM, media=str(film), script=[
        (4.0, {"cmd": "join", "publisher": {**player, "video": False}}),
        (6.0, {"cmd": "join", "publisher": player}),
        (9.0, {"cmd": "stop"})])  # fmt: skip
    playlist = listed(out, f"{ROOM}__UserId_s_YW5uYQ..__UserId_e_main_video.m3u8")
    assert [item.discontinuity for item in playlist.slices] == [False, True, True]
    paused = watch(out / playlist.slices[1].name).pictures
    assert sorted(paused)[:20] == list(range(40, 60))
    assert len({round(_luma(picture)) for picture in paused.values()}) == 1


def _luma(picture):
    """Limited range, from grey."""
    return float(picture.mean()) * 219 / 255 + 16


def _packets(path):
    with av.open(str(path)) as container:
        yield from (bytes(packet) for packet in container.demux(video=0) if packet.size)


def _annex_b(path):
    from av.bitstream import BitStreamFilterContext

    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        convert = BitStreamFilterContext("h264_mp4toannexb", stream)
        for packet in container.demux(stream):
            if packet.size:
                yield from convert.filter(packet)


def _without_delimiter(data):
    return data[6:] if data[4:5] == b"\x09" else data
