"""A refused form does not ask for typed secrets again, and does not show them either."""

import re

import pytest

from dashboard.extensions import db
from dashboard.models import Account, Channel, RecordingProfile
from dashboard.models import StorageTarget as TargetRow
from dashboard.services import accounts, channel_secrets, people, storage_targets
from tests.views.conftest import Screen
from tests.views.test_channels_form import GOOD
from tests.views.test_profiles import LESSON
from tests.web.conftest import PASSWORD

HUSH = "hush-hush-1"
ACCOUNT = {"vendor": "agora", "name": "Cloud", "app_id": "app1", "key_customer_key": "ck",
           "key_customer_secret": HUSH, "base_url": "https://api.agora.io"}  # fmt: skip
STORE = {"kind": "aws", "name": "Archive", "bucket": "lessons", "region": "us-east-1",
         "access_key": "AKIA", "secret_key": HUSH}  # fmt: skip
CIPHER = {"cipher": "sm4-128-ecb", "secret": HUSH}
FORMS = {
    "account": ("/accounts/new", ACCOUNT, "key_customer_secret",
                lambda: accounts.config_of(last(Account)).credentials["customer_secret"]),
    "storage": ("/storage/new", STORE, "secret_key",
                lambda: storage_targets.target_of(last(TargetRow)).secret_key),
    "channel": ("/channels/new", GOOD | CIPHER, "secret",
                lambda: channel_secrets.of(last(Channel))),
    "profile": ("/profiles/new", LESSON | CIPHER, "secret",
                lambda: channel_secrets.of_profile(last(RecordingProfile))),
}  # fmt: skip


def last(table):
    return db.session.query(table).order_by(table.id.desc()).first()


@pytest.fixture
def admin(browse):
    return browse("administrator")


def carried(page):
    return re.search(r'name="typed_secrets" value="([^"]+)"', page.text).group(1)


@pytest.mark.parametrize("kind", FORMS)
def test_what_was_typed_is_good_for_the_next_try(admin, house, kind):
    path, form, field, kept = FORMS[kind]
    refused = admin.post(path, form | {"name": ""})
    assert refused.status_code == 422
    assert HUSH not in refused.text
    assert "What you typed is kept for this try." in refused.text
    again = form | {field: "", "typed_secrets": carried(refused)}
    assert admin.post(path, again).status_code == 303
    assert house.do(kept) == HUSH


@pytest.mark.parametrize("kind", FORMS)
def test_what_is_typed_anew_wins(admin, house, kind):
    path, form, field, kept = FORMS[kind]
    refused = admin.post(path, form | {"name": ""})
    again = form | {field: "another-1", "typed_secrets": carried(refused)}
    assert admin.post(path, again).status_code == 303
    assert house.do(kept) == "another-1"


def test_it_is_good_for_some_minutes_only(admin, house, clock):
    refused = admin.post("/storage/new", STORE | {"name": ""})
    clock.advance(16 * 60)
    again = STORE | {"secret_key": "", "typed_secrets": carried(refused)}
    assert admin.post("/storage/new", again).status_code == 422


def test_it_is_good_in_this_session_and_form_only(app, admin, house):
    sealed = carried(admin.post("/storage/new", STORE | {"name": ""}))
    again = STORE | {"secret_key": "", "typed_secrets": sealed}
    house.do(people.add_user, "second@example.org", "administrator", PASSWORD)
    other = Screen(app)
    other.sign_in("second@example.org")
    assert other.post("/storage/new", again).status_code == 422
    account = ACCOUNT | {"key_customer_secret": "", "typed_secrets": sealed}
    assert admin.post("/accounts/new", account).status_code == 422


@pytest.mark.parametrize("nonsense", ["x", "AAAA", "é", "A" * 100])
def test_nonsense_is_nothing(admin, nonsense):
    again = STORE | {"secret_key": "", "typed_secrets": nonsense}
    assert admin.post("/storage/new", again).status_code == 422
