"""A bucket of a real server that speaks S3 and checks keys and signatures."""

import socket

import pytest
import requests

from dashboard.domain.recording import StorageTarget
from dashboard.errors import NotFound, StorageFault
from dashboard.storage import is_readable, s3, store_for
from dashboard.storage.addresses import address_of
from dashboard.storage.playlist import read_playlist
from dashboard.storage.trial import try_out
from tests.engine.store import Store

PLAYLIST = b"#EXTM3U\n#EXTINF:15.0,\nsid_a.ts\n#EXT-X-ENDLIST\n"


@pytest.fixture(scope="module")
def server():
    with Store() as server:
        server.make_bucket("rec")
        for name, content in (
            ("year26/sid.m3u8", PLAYLIST),
            ("year26/sid_a.ts", bytes(range(256)) * 4000),
            ("year26/deeper/other.ts", b"x"),
            ("top.mp4", b"top"),
        ):
            server._s3.put_object(Bucket="rec", Key=name, Body=content)
        yield server


@pytest.fixture
def target(server):
    def at(bucket="rec", **changes):
        given = {
            "endpoint": server.url,
            "access_key": server.access_key,
            "secret_key": server.secret_key,
            "prefix": ("year26",),
        } | changes
        return StorageTarget("s3", bucket, **given)

    return at


@pytest.fixture
def store(target):
    return store_for(target())


def test_it_lists_one_folder_and_not_those_within(store):
    found = store.list(("year26",))
    assert [file.name for file in found] == ["year26/sid.m3u8", "year26/sid_a.ts"]
    assert found[0].size_bytes == len(PLAYLIST)
    assert [file.name for file in store.list(("year26",), "_a")] == ["year26/sid_a.ts"]
    assert store.list(("nothing",)) == []


def test_it_reads_a_playlist(store):
    playlist = read_playlist(store, "year26/sid.m3u8")
    assert playlist.ended
    assert [piece.name for piece in playlist.slices] == ["year26/sid_a.ts"]


def test_it_reads_from_anywhere_in_a_file(store):
    with store.open("year26/sid_a.ts") as file:
        file.seek(1000 * 256 + 7)
        assert file.read(3) == bytes([7, 8, 9])
        file.seek(-2, 2)
        assert file.read() == bytes([254, 255])
        file.seek(0)
        assert len(file.read()) == 1_024_000


def test_it_has_no_file_that_is_not_there(store):
    assert store.stat("year26/none.ts") is None
    for name in ("year26/none.ts", "../secret", "year26//sid.m3u8"):
        with pytest.raises(NotFound):
            store.open(name)


def test_it_tries_a_store_out_and_leaves_nothing_behind(server, target):
    before = set(server.objects("rec"))
    steps = try_out(target())
    assert [(str(step.what), step.ok) for step in steps] == [
        ("Write a file", True),
        ("Read it back", True),
        ("List the folder", True),
        ("Remove it", True),
    ]
    assert set(server.objects("rec")) == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bucket": "none"}, "There is no such bucket."),
        ({"access_key": "AKIANOBODY"}, "The store does not know this access key."),
        ({"secret_key": "wrong"}, "The secret key does not belong to this access key."),
        ({"endpoint": "http://127.0.0.1:1"}, "http://127.0.0.1:1 cannot be reached."),
        ({"endpoint": "ftp:nonsense"}, "cannot be used as a store"),
    ],
)
def test_it_says_in_words_what_is_wrong(target, changes, words):
    (step,) = try_out(target(**changes))
    assert step.needed
    assert words in str(step.why)


def test_it_takes_a_key_that_may_only_write_for_a_good_one(server, target):
    requests.post(f"{server.url}/moto-api/reset-auth", data=b"3", timeout=5)  # three unchecked
    iam = server._client("iam", "setup", "setup")
    iam.create_user(UserName="writer")
    policy = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:PutObject",'
        '"Resource":"*"}]}'
    )
    iam.put_user_policy(UserName="writer", PolicyName="write", PolicyDocument=policy)
    key = iam.create_access_key(UserName="writer")["AccessKey"]
    steps = try_out(target(access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"]))
    assert steps[0].ok
    assert [step.ok for step in steps[1:]] == [False] * 3
    assert str(steps[1].why) == "The store does not allow this key to do that."
    assert not any(step.needed for step in steps[1:])


def test_it_gives_up_on_a_store_that_says_nothing(target, monkeypatch):
    monkeypatch.setitem(s3._CONFIG, "read_timeout", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(StorageFault, match="did not answer in time"):
            store_for(target(endpoint=address)).list(())


def test_it_finds_amazons_buckets_by_region_and_others_by_their_address():
    amazon = s3._client_for(None, "eu-west-1", "virtual", "k", "s", "")
    assert amazon.meta.endpoint_url == "https://s3.eu-west-1.amazonaws.com"
    asked = {"Bucket": "rec", "Key": "a.ts"}
    other = s3._client_for("https://cos.ap-tokyo.example", None, "virtual", "k", "s", "")
    assert other.generate_presigned_url("get_object", asked).startswith(
        "https://rec.cos.ap-tokyo.example/a.ts?"
    )


@pytest.mark.parametrize(
    ("kind", "region", "host"),
    [
        ("tencent", "ap-guangzhou", "cos.ap-guangzhou.myqcloud.com"),
        ("aliyun", "cn-hangzhou", "s3.oss-cn-hangzhou.aliyuncs.com"),
    ],
)
def test_it_finds_a_clouds_bucket_by_its_region(kind, region, host):
    target = StorageTarget(kind, "rec", region=region, access_key="k", secret_key="s")
    assert is_readable(target)
    asked = {"Bucket": "rec", "Key": "a.ts"}
    url = store_for(target)._client.generate_presigned_url("get_object", asked)
    assert url.startswith(f"https://rec.{host}/a.ts?")


def test_an_address_that_was_typed_goes_before():
    target = StorageTarget("tencent", "rec", region="ap-tokyo", endpoint="https://cdn.example.org")
    assert address_of(target) == "https://cdn.example.org"
    assert address_of(StorageTarget("azure", "rec", region="westus")) is None
