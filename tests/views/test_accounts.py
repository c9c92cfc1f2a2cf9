"""Accounts: added, tried out, changed and disabled by administrators."""

import html
import re

import pytest
from sqlalchemy import select

from dashboard.extensions import db
from dashboard.models import Account, Audit
from dashboard.services import accounts, callbacks, storage_targets
from tests.services.fakes import SECRET
from tests.views.conftest import words

KEYS = {
    "agora": {"key_customer_key": "the-key", "key_customer_secret": "the-secret"},
    "anyrtc": {"key_customer_key": "the-key", "key_customer_secret": "the-secret"},
    "trtc": {
        "key_secret_id": "the-key",
        "key_secret_key": "the-secret",
        "key_app_secret": "app-secret",
    },
}


def form(vendor="agora", **changes):
    return {
        "vendor": vendor,
        "name": "Customer cloud",
        "app_id": "1400000001",
        "base_url": "https://api.example.org",
        **KEYS[vendor],
    } | changes


@pytest.fixture
def admin(browse):
    return browse("administrator")


@pytest.fixture
def added(admin):
    """The address of an account that was added."""
    answer = admin.post("/accounts/new", form(callback_secret="first secret"))
    assert answer.status_code == 303
    return answer.location


def config(house, name="Customer cloud"):
    def read():
        row = db.session.scalar(select(Account).where(Account.name == name))
        return accounts.config_of(row)

    return house.do(read)


def value_of(answer, field):
    found = re.search(rf'<input[^>]*name="{field}"[^>]*>', answer.text).group()
    return html.unescape(re.search(r'value="([^"]*)"', found).group(1))


@pytest.mark.parametrize("vendor", KEYS)
def test_it_adds_an_account_with_each_vendor(admin, house, vendor):
    page = admin.get(f"/accounts/new?vendor={vendor}")
    assert page.status_code == 200
    for field in KEYS[vendor]:
        assert f'name="{field}"' in page.text
    answer = admin.post("/accounts/new", form(vendor))
    assert answer.status_code == 303
    found = config(house)
    assert found.vendor == vendor
    assert set(found.credentials.values()) == set(KEYS[vendor].values())


def test_it_never_shows_a_secret_again(admin, added):
    page = admin.get(added)
    assert value_of(page, "key_customer_key") == "the-key"
    assert value_of(page, "key_customer_secret") == ""
    assert "the-secret" not in page.text
    assert "first secret" not in page.text


def test_it_keeps_what_is_left_empty_and_takes_what_is_typed(admin, house, added):
    admin.post(added, form(name="New name", key_customer_secret=""))
    assert config(house, "New name").credentials["customer_secret"] == "the-secret"
    admin.post(added, form(name="New name", key_customer_secret="another"))
    assert config(house, "New name").credentials["customer_secret"] == "another"


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "Give it a name."),
        ("name", "test cloud", "Another account has this name."),
        ("app_id", "an app", "as the vendor's console shows it"),
        ("base_url", "api.example.org", "full address"),
        ("base_url", "https://api.example org", "full address"),
        ("base_url", "https://api.example.org,", "full address"),
        ("base_url", "https://api.example.org/v1", "scheme and host only"),
        ("base_url", "http://api.example.org", "Keys would travel in the clear"),
        ("key_customer_key", "", "This is needed."),
        ("key_customer_secret", "", "This is needed."),
        ("storage_id", "999", "Choose one of the list."),
        ("storage_id", "x", "Choose one of the list."),
        ("storage_id", "1", "Only an engine of your own"),
    ],
)
def test_it_refuses_field_by_field_and_loses_nothing(admin, field, typed, sentence):
    answer = admin.post("/accounts/new", form(**{"app_id": "myapp", field: typed}))
    assert answer.status_code == 422
    assert sentence in words(answer).replace("&#39;", "'")
    assert f'href="#field-{field}"' in answer.text
    if field != "name":
        assert value_of(answer, "name") == "Customer cloud"
    assert "the-secret" not in answer.text


def test_it_knows_no_other_vendors(admin):
    assert admin.get("/accounts/new?vendor=nobody").status_code == 422
    assert admin.post("/accounts/new", form(vendor="agora") | {"vendor": "x"}).status_code == 422


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_it_is_for_administrators_only(browse, role):
    screen = browse(role)
    for path in (
        "/accounts",
        "/accounts/1",
        "/accounts/new?vendor=agora",
        "/storage",
        "/storage/1",
    ):
        assert screen.get(path).status_code == 403
    for path in ("/accounts/1", "/accounts/1/test", "/accounts/1/disable", "/storage/1/test"):
        assert screen.post(path).status_code == 403
    assert "/accounts" not in screen.get("/channels").text


def test_it_shows_the_callback_address_to_paste(admin, house, added):
    def address():
        row = db.session.scalar(select(Account).where(Account.name == "Customer cloud"))
        return f"/callbacks/{row.url_key}"

    assert re.search(rf'data-copy="[^"]*{re.escape(house.do(address))}"', admin.get(added).text)


def test_it_takes_two_callback_secrets_until_the_old_one_is_retired(admin, house, app):
    headers, raw = house.cloud.callback(_task(), 31)
    with app.app_context():
        callbacks.receive("account-key", headers, raw, "192.0.2.1")
    house.do(_set_builtin, False)
    assert admin.post("/accounts/1/secrets", {"callback_secret": "the new one"}).status_code == 303
    assert config(house, "Test cloud").callback_secrets == ("the new one", SECRET)
    assert "Two secrets are good" in words(admin.get("/accounts/1"))
    assert "The older of the two is good no longer then." in words(admin.get("/accounts/1"))
    headers, raw = house.cloud.callback(_task(), 40)
    with app.app_context():
        callbacks.receive("account-key", headers, raw, "192.0.2.1")
    admin.post("/accounts/1/secrets/retire")
    assert config(house, "Test cloud").callback_secrets == ("the new one",)
    assert admin.client.post("/callbacks/account-key", data=raw, headers=headers).status_code == 403


def test_a_mistyped_secret_is_taken_back_and_the_one_in_use_stays(admin, house, app):
    house.do(_set_builtin, False)
    before = config(house, "Test cloud").callback_secrets
    assert admin.post("/accounts/1/secrets/back").status_code == 409
    admin.post("/accounts/1/secrets", {"callback_secret": "mistyped"})
    assert "Take the newest back" in words(admin.get("/accounts/1"))
    assert admin.post("/accounts/1/secrets/back").status_code == 303
    assert config(house, "Test cloud").callback_secrets == before


def _task():
    from tests.services.fakes import Task

    return Task("5f" * 16, "lesson", "900001", ())


def _set_builtin(value):
    db.session.get(Account, 1).builtin = value
    db.session.commit()


def test_it_leaves_the_built_in_account_to_the_settings(admin, house):
    before = config(house, "Test cloud")
    answer = admin.post("/accounts/1", form(name="Our engine", storage_id="1"))
    assert answer.status_code == 303
    after = config(house, "Our engine")
    assert after.credentials == before.credentials
    assert after.base_url == before.base_url
    assert admin.post("/accounts/1/secrets", {"callback_secret": "mine"}).status_code == 409


def test_it_disables_an_account_whose_recordings_have_ended(admin, house, operator):
    house.start()
    assert admin.post("/accounts/1/disable").status_code == 303
    assert "is recording. Stop its recordings first." in words(admin.get("/accounts"))
    for task in house.cloud.running():
        house.tell(task, 31)
        house.tell(task, 41)
    admin.post("/accounts/1/disable")
    assert "Disabled" in words(admin.get("/accounts"))
    refused = operator.send("/channels/1/start", {"key": "press-9999"})
    assert "Account Test cloud is disabled." in words(refused)
    admin.post("/accounts/1/enable")
    assert operator.send("/channels/1/start", {"key": "press-9998"}).status_code == 200
    assert house.cloud.running()


def test_it_does_not_move_an_account_that_records(admin, house):
    house.do(_set_builtin, False)
    house.start()
    answer = admin.post("/accounts/1", form(name="Test cloud", storage_id="1", studio="1"))
    assert answer.status_code == 409
    assert "cannot change while it records" in words(answer)


def test_it_notes_everything_without_a_secret(admin, house, added):
    admin.post(added, form(key_customer_secret="another"))
    admin.post(f"{added}/secrets", {"callback_secret": "second secret"})

    def noted():
        rows = db.session.scalars(select(Audit).where(Audit.subject == "account")).all()
        return [(row.action, row.detail) for row in rows]

    found = house.do(noted)
    assert [action for action, _ in found] == [
        "account.create", "account.edit", "account.secret.add",
    ]  # fmt: skip
    assert found[1][1] == {"changed": ["customer_secret"], "name": "Customer cloud"}
    assert not any(word in str(found) for word in ("another", "the-secret", "second secret"))


def test_it_says_on_the_list_what_needs_somebody(admin, house, added):
    page = words(admin.get("/accounts"))
    assert "Customer cloud" in page
    assert "None chosen" in page
    assert "not tested yet" in page


def test_it_offers_an_account_only_what_it_can_write_to(admin, house, added):
    page = admin.get(added).text
    assert "Only an engine of your own can write to a folder of this machine." in page
    option = re.search(r'<option value="1"[^>]*>', page).group()
    assert "disabled" in option


def test_it_starts_nothing_without_a_storage(admin, house, operator):
    def forget():
        db.session.get(Account, 1).storage_id = None
        db.session.commit()

    house.do(forget)
    answer = operator.send("/channels/1/start", {"key": "press-9999"})
    assert "has no storage yet" in words(answer)
    assert not house.cloud.tasks


def test_it_names_the_account_of_a_target_that_was_put_away(house, app):
    with app.app_context():
        account = db.session.get(Account, 1)
        assert storage_targets.chosen(account).target.bucket == "rec"


def test_it_limits_recordings_at_the_same_time(admin, house):
    page = admin.post("/accounts/new", form(most_recordings="3")).location
    assert value_of(admin.get(page), "most_recordings") == "3"
    admin.post(page, form(most_recordings=""))
    assert value_of(admin.get(page), "most_recordings") == ""


@pytest.mark.parametrize("typed", ["0", "-1", "x", "10000", "1.5", "٣"])
def test_it_takes_no_limit_that_is_none(admin, typed):
    answer = admin.post("/accounts/new", form(most_recordings=typed))
    assert answer.status_code == 422
    assert value_of(answer, "most_recordings") == typed
