"""A bucket on this machine: what is in it can be read, what is outside of it cannot."""

import os

import pytest

from dashboard.domain.recording import StorageTarget
from dashboard.errors import InvalidInput, NotFound
from dashboard.storage import store_for
from dashboard.storage.local import LocalStore


@pytest.fixture
def bucket(tmp_path):
    folder = tmp_path / "buckets" / "rec"
    (folder / "year26").mkdir(parents=True)
    (folder / "year26" / "aa_x.m3u8").write_bytes(b"#EXTM3U\n")
    (folder / "year26" / "aa_x_1.ts").write_bytes(b"12345")
    (folder / "year26" / "bb_x_1.ts").write_bytes(b"1")
    (folder / "year26" / "aa_x_2.ts.part").write_bytes(b"1")
    (folder / "top.mp4").write_bytes(b"mp4")
    (tmp_path / "buckets" / "other").mkdir()
    (tmp_path / "secret").write_text("not for you")
    return folder


@pytest.fixture
def store(bucket):
    return store_for(StorageTarget("local", "rec", folder=str(bucket.parent)))


def test_it_lists_the_finished_files_of_one_recording(store):
    found = store.list(("year26",), containing="aa")
    assert [file.name for file in found] == ["year26/aa_x.m3u8", "year26/aa_x_1.ts"]
    assert found[1].size_bytes == 5


def test_it_lists_nothing_where_there_is_no_folder(store):
    assert store.list(("nowhere",)) == []
    assert store.list(("..",)) == []


def test_it_opens_a_file_for_reading_from_anywhere_in_it(store):
    with store.open("year26/aa_x_1.ts") as file:
        file.seek(3)
        assert file.read() == b"45"


def test_it_says_what_has_not_arrived(store):
    assert store.stat("year26/aa_x_9.ts") is None
    assert store.stat("top.mp4").size_bytes == 3


@pytest.mark.parametrize(
    "name",
    [
        "../../secret",
        "year26/../../../secret",
        "/etc/passwd",
        "year26//aa_x_1.ts",
        "./top.mp4",
        "year26/.",
        "",
        "top.mp4\0.ts",
        "year26\\aa_x_1.ts",
        "a/" * 600 + "b",
        "x" * 300,
        "year26",
    ],
)
def test_it_knows_no_file_of_that_name(store, name):
    with pytest.raises(NotFound):
        store.open(name)
    assert store.stat(name) is None


def test_it_follows_no_link(store, bucket):
    os.symlink(bucket.parents[1] / "secret", bucket / "link.ts")
    os.symlink(bucket.parents[1], bucket / "year26" / "out")
    assert store.stat("link.ts") is None
    assert store.stat("year26/out/secret") is None
    assert [file.name for file in store.list(())] == ["top.mp4"]


def test_it_reads_no_pipe(store, bucket):
    os.mkfifo(bucket / "pipe.ts")
    assert store.stat("pipe.ts") is None


@pytest.mark.parametrize("name", ["..", "../buckets/rec", "", "a/b"])
def test_it_takes_a_bucket_for_a_plain_name_only(bucket, name):
    with pytest.raises(NotFound):
        LocalStore(bucket.parent, name).open("secret")


def test_it_hands_out_a_file_with_its_own_facts(store):
    file, facts = store.fetch("top.mp4")
    with file:
        assert len(file.read()) == facts.size_bytes
    with pytest.raises(NotFound):
        store.fetch("../../secret")


def test_it_says_which_stores_it_cannot_read():
    with pytest.raises(InvalidInput):
        store_for(StorageTarget("s3", "rec"))
