"""Storage: added, tried out on a real server that speaks S3, and played from."""

import re
import time

import pytest
from sqlalchemy import select

from dashboard.domain.recording import Canvas, Output, Profile
from dashboard.extensions import db
from dashboard.models import Account, Audit, Channel, Recording, StorageTarget
from dashboard.services import context, storage_targets, sync
from dashboard.services.unit_of_work import transaction
from tests.engine.harness import EngineProcess
from tests.engine.store import Store
from tests.views.conftest import words


@pytest.fixture(scope="module")
def server():
    with Store() as server:
        server.make_bucket("rec")
        yield server


@pytest.fixture
def admin(browse):
    return browse("administrator")


@pytest.fixture
def form(server):
    def of(**changes):
        return {
            "kind": "s3",
            "name": "Our MinIO",
            "bucket": "rec",
            "endpoint": server.url,
            "prefix": "lessons/2026",
            "access_key": server.access_key,
            "secret_key": server.secret_key,
        } | changes

    return of


def target(house, name="Our MinIO"):
    def read():
        row = db.session.scalar(select(StorageTarget).where(StorageTarget.name == name))
        return storage_targets.target_of(row)

    return house.do(read)


def test_it_adds_a_bucket_and_tries_it_out(admin, house, form, server):
    added = admin.post("/storage/new", form())
    assert added.status_code == 303
    assert target(house).prefix == ("lessons", "2026")
    found = words(admin.send(added.location + "/test"))
    assert found.count("works") == 4
    assert server.objects("rec") == {}
    assert "Tested" in words(admin.get("/storage"))


def test_it_says_what_is_wrong_with_a_bucket(admin, form):
    added = admin.post("/storage/new", form(secret_key="wrong"))
    found = words(admin.send(added.location + "/test"))
    assert "The secret key does not belong to this access key." in found
    assert "Test failed" in words(admin.get("/storage"))


def test_it_tries_the_local_folder_out(admin, house, settings):
    assert words(admin.send("/storage/1/test")).count("works") == 4
    assert [path for path in settings.bucket_folder.rglob("*") if path.is_file()] == []


def test_it_never_shows_a_key_again_and_keeps_it(admin, house, form, server):
    added = admin.post("/storage/new", form())
    assert server.secret_key not in admin.get(added.location).text
    admin.post(added.location, form(name="Renamed", secret_key=""))
    assert target(house, "Renamed").secret_key == server.secret_key


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": ""}, "name", "Give it a name."),
        ({"name": "local"}, "name", "Another storage has this name."),
        ({"bucket": "a bucket"}, "bucket", "Use letters, digits"),
        ({"endpoint": ""}, "endpoint", "full address"),
        ({"endpoint": "http://s3.example.org"}, "endpoint", "in the clear"),
        ({"prefix": "lessons/../x"}, "prefix", "Use letters and digits"),
        ({"prefix": "a" * 101}, "prefix", "Use at most 100 characters."),
        ({"access_key": ""}, "access_key", "This is needed."),
        ({"secret_key": ""}, "secret_key", "This is needed."),
        ({"kind": "aws", "region": "mars-1"}, "region", "Choose one of the list."),
        ({"kind": "aws", "region": "us-east-1", "sts_token": "t", "sts_expires": "x"},
         "sts_expires", "in UTC"),
        ({"kind": "aws", "region": "us-east-1", "sts_token": "t",
          "sts_expires": "2001-01-01T00:00"}, "sts_expires", "has ended already"),
        ({"kind": "aws", "region": "us-east-1", "opt_sse": "rot13"}, "opt_sse", "Choose one"),
        ({"kind": "tencent_vod", "opt_keep_s": "-4"}, "opt_keep_s", "whole number"),
        ({"kind": "tencent_vod", "opt_class_id": "news"}, "opt_class_id", "whole number"),
        ({"kind": "tencent_vod", "opt_sub_app_id": "٣"}, "opt_sub_app_id", "whole number"),
        ({"kind": "tencent_vod", "opt_record_id": "a b"}, "opt_record_id", "64 at most"),
    ],
)  # fmt: skip
def test_it_refuses_field_by_field_and_loses_nothing(admin, form, server, changes, field, sentence):
    answer = admin.post("/storage/new", form(**changes))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert f'href="#field-{field}"' in answer.text
    if field != "access_key" and changes.get("kind") != "tencent_vod":
        assert server.access_key in answer.text
    assert server.secret_key not in answer.text


def test_it_offers_stores_and_regions_by_name(admin):
    page = admin.get("/storage/new?kind=aws").text
    assert '<option value="us-east-1"' in page
    assert not re.search(r'<option value="\d+"', page)
    menu = words(admin.get("/storage"))
    for name in ("Local folder", "Any S3-compatible store", "Amazon S3", "Tencent COS"):
        assert name in menu
    for kind in ("local", "s3", "aliyun", "tencent", "azure", "google", "private", "tencent_vod"):
        assert admin.get(f"/storage/new?kind={kind}").status_code == 200
    assert admin.get("/storage/new?kind=floppy").status_code == 422


def test_it_takes_a_media_library_without_a_word_on_it(admin, house):
    added = admin.post("/storage/new", {"kind": "tencent_vod", "name": "Library"})
    assert added.status_code == 303
    assert target(house, "Library").region is None
    page = words(admin.get(added.location))
    assert "Tencent TRTC: Files go to the vendor's media library" in page.replace("&#39;", "'")
    assert "cannot look into this kind of store" in words(admin.send(added.location + "/test"))
    page = words(admin.get("/storage"))
    assert "Cannot be tested from here" in page
    assert "Test failed" not in page


def test_it_keeps_a_temporary_key_until_it_ends(admin, house, form):
    temporary = {"kind": "aws", "region": "eu-west-1", "endpoint": "", "sts_token": "token"}
    added = admin.post("/storage/new", form(**temporary, sts_expires="2038-01-01T10:00"))
    assert added.status_code == 303
    found = target(house)
    assert (found.sts_token, found.sts_expires_s) == ("token", 2145952800)
    assert 'value="2038-01-01T10:00"' in admin.get(added.location).text
    admin.post(added.location, form(**temporary | {"sts_token": ""}, sts_expires=""))
    assert target(house).sts_token == ""


def test_it_disables_what_nobody_writes_to(admin, form):
    admin.post("/storage/1/disable")
    assert "Test cloud writes there. Choose another storage first." in words(admin.get("/storage"))
    added = admin.post("/storage/new", form())
    admin.post(added.location + "/disable")
    assert "Disabled" in words(admin.get("/storage"))
    assert "Our MinIO" not in words(admin.get("/accounts/1"))
    admin.post(added.location + "/enable")
    assert "Our MinIO" in words(admin.get("/accounts/1"))


def test_it_does_not_disable_what_a_channel_writes_to(admin, house, form):
    added = admin.post("/storage/new", form())

    def choose():
        db.session.get(Channel, house.channel_id).storage_id = int(added.location.split("/")[-1])
        db.session.commit()

    house.do(choose)
    admin.post(added.location + "/disable")
    assert "Test cloud writes there." in words(admin.get("/storage"))


def test_it_does_not_lead_away_from_what_was_recorded(admin, house):
    house.start()
    answer = admin.post("/storage/1", {"name": "Local", "bucket": "elsewhere"})
    assert answer.status_code == 422
    assert "Recordings are there already" in words(answer)


def test_it_notes_everything_without_a_key(admin, house, form, server):
    added = admin.post("/storage/new", form())
    admin.post(added.location, form(secret_key="another"))

    def noted():
        rows = db.session.scalars(select(Audit).where(Audit.subject == "storage"))
        return [(row.action, row.detail) for row in rows]

    found = house.do(noted)
    action, detail = found[1]
    assert (action, detail["changed"]) == ("storage.edit", ["secret_key"])
    assert server.secret_key not in str(found)


@pytest.fixture
def engine(tmp_path):
    with EngineProcess(tmp_path / "engine") as engine:
        engine.join("lesson-9", "1001")
        yield engine


def test_a_recording_made_to_a_bucket_plays_here(admin, house, form, engine, server):
    """Recorded by a real engine, uploaded to a real store, listed, checked and played."""
    admin.post("/storage/new", form())
    storage_id = house.do(lambda: db.session.scalar(select(StorageTarget.id).order_by(
        StorageTarget.id.desc())))  # fmt: skip
    admin.post("/accounts/new", {
        "vendor": "agora", "name": "Engine", "app_id": engine.app_id, "base_url": engine.url,
        "key_customer_key": engine.customer_key, "key_customer_secret": engine.customer_secret,
        "storage_id": storage_id,
    })  # fmt: skip
    recording_id = _record(admin, house)
    page = admin.get(f"/recordings/{recording_id}")
    playlist = re.search(r'data-playlist="(/media/[^"]+)"', page.text).group(1)
    answer = admin.get(playlist)
    assert answer.text.startswith("#EXTM3U")
    slices = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    address = playlist.rpartition("/")[0] + "/" + slices[0]
    whole = admin.get(address)
    assert whole.mimetype == "video/mp2t"
    (name,) = [key for key in server.objects("rec") if key.endswith(slices[0])]
    assert name.startswith("lessons/2026/")
    assert whole.data == server.objects("rec")[name]
    part = admin.get(address, headers={"Range": "bytes=188-375"})
    assert part.status_code == 206
    assert part.data == whole.data[188:376]
    assert admin.client.get(address.replace("/media/", "/media/x")).status_code == 403
    server.stop()
    gone = admin.get(address)
    assert gone.status_code == 502
    assert "cannot be reached" in words(gone)


def _record(admin, house) -> int:
    def channel():
        with transaction() as work:
            account = db.session.scalar(select(Account).where(Account.name == "Engine"))
            profile = Profile("900001", canvas=Canvas(320, 180, 10, 200), output=Output.HLS)
            row = Channel(account_id=account.id, name="lesson-9", profile=profile.to_json(),
                          created_at=context.now())  # fmt: skip
            work.session.add(row)
            work.session.flush()
            return row.id

    started = admin.post(f"/channels/{house.do(channel)}/start", {"key": "press-0001"})
    recording_id = int(started.location.rpartition("/")[2])
    _until(house, recording_id, "recording")
    time.sleep(1.0)  # a second of picture
    admin.post(f"/recordings/{recording_id}/stop")
    _until(house, recording_id, "completed")
    return recording_id


def _until(house, recording_id, state):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        house.do(sync.sync_one, recording_id)
        found = house.do(lambda: db.session.get(Recording, recording_id).state)
        if found == state:
            return
        time.sleep(0.2)
        house.clock.advance(5)  # nobody calls back here: the store has the last word
    raise AssertionError(f"it is {found}, not {state}")
