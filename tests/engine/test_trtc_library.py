"""The media library: files of TRTC's CloudVod, each at an address where it plays."""

import io
import time

import av
import pytest
import requests

from dashboard.engine.library import Library
from dashboard.engine.tasks import Spec, Task
from tests.engine.harness import wait_until
from tests.engine.trtc import TrtcReceiver, trtc_engine, vod

INDEX = "#EXTM3U\n#EXTINF:2.0,\na_20260101000000000.ts\n#EXT-X-ENDLIST\n"
FILES = [
    {"name": "a.mp4", "uid": "", "kind": "mp4"},
    {"name": "a.m3u8", "uid": "", "kind": "hls"},
]


def task(**wishes):
    spec = Spec({}, {}, {}, "", folders=("-T+0.",), library=wishes, mp4=True)
    return Task("-T+0.", "trtc", "r", "*1", "robot", 1, 2, spec, files=list(FILES))


@pytest.fixture
def library(tmp_path):
    made = Library(tmp_path / "library", "http://engine.example/")
    arrived = made.arriving / "-T+0."
    arrived.mkdir(parents=True)
    for name, content in (("a.mp4", "mp4"), ("a.m3u8", INDEX), ("a_20260101000000000.ts", "ts")):
        (arrived / name).write_text(content)
    return made


def find(library, made, number, name=None):
    file = made.files[number]
    return library.find(library.file_id(made, file), name or library.name_of(made, file))


def test_it_puts_each_file_where_its_address_says(library):
    made = task(record_id="week-7")
    library.take(made)
    assert find(library, made, 0).read_text() == "mp4"
    assert find(library, made, 1).read_text() == INDEX
    assert find(library, made, 1, "a_20260101000000000.ts").read_text() == "ts"
    name = "week-7__UserDefine_u_a.mp4"
    file_id = library.file_id(made, made.files[0])
    address = library.address_of(made, made.files[0])
    assert address == f"http://engine.example/library/{file_id}/{name}"
    assert not library.arriving.joinpath("-T+0.").exists()


def test_it_keeps_the_index_where_nothing_else_was_made(library):
    made = task()
    made.files = [FILES[1]]
    library.take(made)
    file_id = library.file_id(made, FILES[1])
    assert library.find(file_id, "a.m3u8").read_text() == INDEX
    assert library.find(file_id, "a_20260101000000000.ts")


def test_it_takes_a_recording_once_however_often_it_is_told(library):
    made = task()
    library.take(made)
    library.take(made)
    assert find(library, made, 0).read_text() == "mp4"


def test_it_gives_different_ids_to_different_files(library):
    made = task()
    assert library.file_id(made, FILES[0]) != library.file_id(made, FILES[1])


def test_it_hands_out_nothing_but_files(library):
    made = task()
    library.take(made)
    file_id = library.file_id(made, FILES[0])
    for name in ("file.json", "..", "../a", "", "b.mp4"):
        assert library.find(file_id, name) is None
    assert library.find("arriving", "a.mp4") is None
    assert library.find("../" + file_id, "a.mp4") is None


def test_it_keeps_files_for_as_long_as_was_asked_for(library, monkeypatch):
    made = task(keep_s=60)
    library.take(made)
    assert find(library, made, 0)
    library.sweep()
    assert find(library, made, 0)
    later = time.time() + 61
    monkeypatch.setattr("dashboard.engine.library.time.time", lambda: later)
    assert find(library, made, 0) is None
    library.sweep()
    assert [path.name for path in library.arriving.parent.iterdir()] == ["arriving"]


# ------------------------------------------------------------------ through the door


@pytest.fixture(scope="module")
def committed(tmp_path_factory):
    """Callbacks 311 by name, and everything that was told of the recording."""
    with (
        TrtcReceiver() as receiver,
        trtc_engine(tmp_path_factory.mktemp("engine"), receiver.url) as engine,
    ):
        engine.join("*8801", "anna")
        storage = vod(MediaType=3, UserDefineRecordId="week-7", ExpireTime=3600)
        task_id = engine.create(StorageParams=storage)
        receiver.wait_for(301, task_id)
        wait_until(lambda: engine.status(task_id) == "InProgress", what="InProgress")
        assert engine.describe(task_id)["StorageFileList"] == []
        engine.delete(task_id)
        receiver.wait_for(312, task_id)
        told = receiver.of(task_id)
        files = {
            one.payload["TencentVod"]["CacheFile"].rpartition(".")[2]: one.payload["TencentVod"]
            for one in told
            if one.event == 311
        }
        yield engine, files, told


def test_it_tells_of_each_file_and_of_the_end(committed):
    _, files, told = committed
    assert [one.event for one in told] == [301, 302, 311, 311, 312]
    assert set(files) == {"mp4", "m3u8"}
    for file in files.values():
        assert file["CacheFile"].startswith("week-7__UserDefine_u_1400000001_8801")
        assert file["FileId"] in file["VideoUrl"]
        assert (file["UserId"], file["MediaId"], file["TrackType"]) == ("", "mix", "audio_video")
        assert file["EndTimeStamp"] > file["StartTimeStamp"]


def test_it_serves_any_part_of_a_file(committed):
    url = committed[1]["mp4"]["VideoUrl"]
    whole = requests.get(url, timeout=5)
    assert (whole.status_code, whole.headers["Content-Type"]) == (200, "video/mp4")
    assert whole.headers["Accept-Ranges"] == "bytes"
    size = len(whole.content)
    for asked, start, end in (("0-99", 0, 99), (f"{size - 10}-", size - 10, size - 1),
                              ("-5", size - 5, size - 1)):  # fmt: skip
        part = requests.get(url, headers={"Range": f"bytes={asked}"}, timeout=5)
        assert part.status_code == 206
        assert part.headers["Content-Range"] == f"bytes {start}-{end}/{size}"
        assert part.content == whole.content[start : end + 1]
    beyond = requests.get(url, headers={"Range": f"bytes={size}-"}, timeout=5)
    assert beyond.status_code == 416
    assert requests.head(url, timeout=5).headers["Content-Length"] == str(size)


def test_its_files_play_from_their_addresses(committed):
    files = committed[1]
    whole = requests.get(files["mp4"]["VideoUrl"], timeout=5).content
    for source in (io.BytesIO(whole), files["mp4"]["VideoUrl"], files["m3u8"]["VideoUrl"]):
        with av.open(source) as media:
            assert {stream.type for stream in media.streams} == {"audio", "video"}
            assert sum(1 for _ in media.decode(video=0)) > 0


def test_it_does_not_say_what_else_there_is(committed):
    engine, files, _ = committed
    base, _, _ = files["mp4"]["VideoUrl"].rpartition("/")
    for address in (f"{base}/other.mp4", f"{base}/file.json", f"{engine.url}/library/",
                    f"{engine.url}/library/1000000000000000000/a.mp4",
                    f"{base}/..%2f..%2fchannels.json"):  # fmt: skip
        assert requests.get(address, timeout=5).status_code == 404
