"""Where recordings go, as part of a recording profile."""

import json
import re

import pytest

from dashboard.domain.recording import StorageTarget
from dashboard.extensions import db
from dashboard.models import Channel, RecordingProfile
from dashboard.services import accounts, profiles, storage_targets
from dashboard.services.live import load
from dashboard.services.unit_of_work import transaction
from tests.services.fakes import SECRET
from tests.views.conftest import words
from tests.views.test_profiles import ACTOR, LESSON, values

KEYS = {"access_key": "a", "secret_key": "s3cret-key"}


def add(house, name, kind="aws", bucket="lessons", region="us-east-1", **more):
    def write():
        target = StorageTarget(kind, bucket, region=region, **KEYS, **more)
        with transaction() as work:
            return storage_targets.add(work, name, target).id

    return house.do(write)


@pytest.fixture
def bucket(house):
    return add(house, "Archive")


@pytest.fixture
def lessons(house, bucket):
    return house.do(profiles.create, LESSON | {"storage_id": str(bucket)}, ACTOR)


def follow(operator, house, profile_id):
    """As a person does: choose the profile, take what the form then holds, and save."""
    shown = values(house) | {"recording_profile_id": str(profile_id), "profile_was": ""}
    page = operator.send("/channels/form?id=1", shown | {"size": "custom"})
    chosen = re.search(r'<option value="(\d*)" selected>[^<]*</option>', storage_field(page))
    assert operator.post(
        "/channels/1/edit", shown | {"storage_id": chosen.group(1) if chosen else ""}
    ).status_code == 303  # fmt: skip
    return page


def storage_field(page):
    return re.search(r'<select[^>]*id="field-storage_id".*?</select>', page.text, re.S).group()


def kept(house, id_=1, table=Channel):
    return house.do(lambda: db.session.get(table, id_).storage_id)


def test_its_channels_record_there(operator, house, lessons, bucket):
    follow(operator, house, lessons)
    assert kept(house) == bucket
    recording = house.start()
    assert house.do(lambda: load(recording).spec.storage.bucket) == "lessons"


def test_its_channels_move_along(operator, house, lessons):
    follow(operator, house, lessons)
    other = add(house, "Elsewhere", bucket="other")
    form = LESSON | {"storage_id": str(other)}
    assert operator.post(f"/profiles/{lessons}", form).status_code == 303
    assert kept(house) == other


def test_what_a_channel_chose_itself_stays(operator, house, lessons):
    follow(operator, house, lessons)
    own = add(house, "Our own", bucket="own")
    form = values(house) | {"storage_id": str(own)}
    assert operator.post("/channels/1/edit", form).status_code == 303
    label = re.search(r'for="field-storage_id">.*?</label>', operator.get("/channels/1/edit").text)
    assert "own-mark" in label.group()
    third = add(house, "Third", bucket="third")
    operator.post(f"/profiles/{lessons}", LESSON | {"storage_id": str(third)})
    assert kept(house) == own


def test_it_says_what_no_account_can_write_to(operator, house):
    foreign = add(house, "MinIO", kind="vod", bucket="", region=None)
    field = storage_field(operator.get("/profiles/new?vendor=memory"))
    option = re.search(rf'<option value="{foreign}"[^>]*>[^<]*</option>', field).group()
    assert "disabled" in option
    assert "cannot write to that kind of store" in option
    refused = operator.post("/profiles/new", LESSON | {"storage_id": str(foreign)})
    assert refused.status_code == 422
    assert "cannot write to that kind of store" in words(refused)


def test_a_followers_account_has_its_say(operator, house, lessons):
    """A folder of this machine is for engines; of two accounts one is none."""
    follow(operator, house, lessons)

    def far_away():
        with transaction() as work:
            account = work.session.get(Channel, 1).account
            account.studio, account.base_url = False, "https://api.example.org"

    def near():
        with transaction() as work:
            accounts.add(work, name="Engine", vendor="memory", base_url="http://127.0.0.1:9",
                         app_id="app", credentials={}, callback_secrets=(SECRET,),
                         storage_id=None, studio=True)  # fmt: skip

    house.do(far_away)
    house.do(near)
    refused = operator.post(f"/profiles/{lessons}", LESSON | {"storage_id": "1"})
    assert refused.status_code == 422
    assert "lesson follows this profile: Only an engine of your own" in words(refused)


def test_a_storage_that_a_profile_names_stays_enabled(house, lessons, bucket, browse):
    answer = browse("administrator").post(f"/storage/{bucket}/disable", follow_redirects=True)
    assert "Lessons writes there." in words(answer)


def test_its_request_names_the_store_without_keys(operator, lessons):
    page = operator.get(f"/profiles/{lessons}/request")
    assert "lessons" in words(page)
    assert "s3cret-key" not in page.text


@pytest.mark.parametrize(("bucket_name", "found"), [("lessons", True), ("unknown", False)])
def test_it_takes_over_the_store_that_a_request_names(operator, house, bucket, bucket_name, found):
    request = {
        "cname": "lesson", "uid": "1",
        "clientRequest": {
            "recordingConfig": {"channelType": 0},
            "storageConfig": {"vendor": 1, "region": 0, "bucket": bucket_name,
                              "accessKey": "a", "secretKey": "b"},
        },
    }  # fmt: skip
    form = {"request": json.dumps(request), "name": "Taken", "vendor": "memory"}
    page = operator.post("/profiles/import", form, follow_redirects=True)
    made = house.do(lambda: db.session.query(RecordingProfile).one())
    assert (made.storage_id == bucket) is found
    left = f"Its storage {bucket_name} is none of ours and was not taken over."
    assert (left in words(page)) is not found
    assert f"but for: {bucket_name}" not in words(page)
