"""The Test button of accounts: real calls to a real service, and each fault in words."""

import socket
import threading

import pytest
from sqlalchemy import select

from dashboard.extensions import db
from dashboard.models import Account
from tests.engine.harness import EngineProcess
from tests.views.conftest import words

APP_SECRET = "0123456789abcdef" * 4


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    apps = [
        {"dialect": "anyrtc", "app_id": "any-app-1", "key": "any-key", "secret": "any-secret",
         "callback_secret": "s", "callback_url": ""},
        {"dialect": "trtc", "app_id": "1400000001", "key": "t-key", "secret": "t-secret",
         "callback_secret": "s", "callback_url": "", "app_secret": APP_SECRET},
    ]  # fmt: skip
    with EngineProcess(tmp_path_factory.mktemp("engine"), apps=apps) as engine:
        yield engine


def account(vendor, engine, **changes):
    """The form of an account that is in order."""
    given = {
        "agora": {
            "app_id": engine.app_id,
            "key_customer_key": engine.customer_key,
            "key_customer_secret": engine.customer_secret,
        },
        "anyrtc": {
            "app_id": "any-app-1",
            "key_customer_key": "any-key",
            "key_customer_secret": "any-secret",
        },
        "trtc": {
            "app_id": "1400000001",
            "key_secret_id": "t-key",
            "key_secret_key": "t-secret",
            "key_app_secret": APP_SECRET,
        },
    }[vendor]
    more = {"callback_secret": "s", "studio": "1", "storage_id": "1", "base_url": engine.url}
    return {"vendor": vendor, "name": "Cloud", **given, **more, **changes}


@pytest.fixture
def tried(browse, house):
    """A function: a form -> what the trial says of that account."""
    admin = browse("administrator")

    def try_out(form):
        answer = admin.post("/accounts/new", form)
        assert answer.status_code == 303, words(answer)
        return words(admin.send(answer.location.partition("?")[0] + "/test"))

    return try_out


@pytest.mark.parametrize("vendor", ["agora", "anyrtc", "trtc"])
def test_it_is_let_in_with_the_right_keys(tried, engine, house, vendor):
    found = tried(account(vendor, engine))
    assert "Be let in with these keys: works" in found
    assert "Clocks agree: works" in found
    assert "A storage that it can write to: works" in found
    assert "Know its callbacks: works" in found

    def kept():
        row = db.session.scalar(select(Account).where(Account.name == "Cloud"))
        return row.tested_at, row.test_fault

    at, fault = house.do(kept)
    assert at is not None
    assert fault is None


@pytest.mark.parametrize(
    ("vendor", "changes"),
    [
        ("agora", {"key_customer_secret": "wrong"}),
        ("agora", {"key_customer_key": "wrong"}),
        ("agora", {"app_id": "unknownapp"}),
        ("anyrtc", {"key_customer_secret": "wrong"}),
        ("trtc", {"key_secret_id": "wrong"}),
        ("trtc", {"key_secret_key": "wrong"}),
        ("trtc", {"app_id": "1400000009"}),
    ],
)
def test_it_says_that_the_keys_are_wrong(tried, engine, vendor, changes):
    found = tried(account(vendor, engine, **changes))
    assert "Be let in with these keys: works" not in found
    assert len(found.split("Be let in with these keys:")[1].split("Clocks agree")[0]) > 30
    assert not any(secret in found for secret in (engine.customer_secret, "t-secret"))


@pytest.mark.parametrize("vendor", ["agora", "trtc"])
def test_it_says_that_nobody_is_there(tried, engine, vendor):
    found = tried(account(vendor, engine, base_url="http://127.0.0.1:1"))
    assert "Cloud cannot be reached: 127.0.0.1:1 refuses the connection. Nothing was sent." in found
    assert "Clocks agree" not in found


def test_it_says_that_clocks_differ(tried, engine):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_answer_from_1999, args=(listener,), daemon=True).start()
        port = listener.getsockname()[1]
        found = tried(account("agora", engine, base_url=f"http://127.0.0.1:{port}"))
    assert "This machine's clock and the vendor's differ by" in found.replace("&#39;", "'")


def _answer_from_1999(listener):
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return
        with line:
            line.recv(65536)
            line.sendall(
                b"HTTP/1.1 401 Unauthorized\r\nDate: Fri, 31 Dec 1999 23:59:59 GMT\r\n"
                b"Content-Length: 0\r\nConnection: close\r\n\r\n"
            )


def test_it_says_what_is_missing_around_it(tried, engine):
    form = account("agora", engine, storage_id="", callback_secret="", studio="")
    found = tried(form)
    assert "A storage that it can write to: It has no storage yet." in found
    assert "Without a callback secret every callback is refused." in found


def test_right_keys_without_a_storage_are_a_pass_with_a_remark(browse, house, engine):
    admin = browse("administrator")
    form = account("agora", engine, storage_id="", studio="")
    found = words(admin.send(admin.post("/accounts/new", form).location + "/test"))
    assert "Be let in with these keys: works" in found
    assert "Choose one. Recording works without it." not in found
    page = words(admin.get("/accounts"))
    assert "Tested" in page
    assert "no storage yet" in page
    assert "Test failed" not in page


@pytest.mark.parametrize("typed", ["app-1", "14000000019", "0123", "12a"])
def test_it_takes_no_sdkappid_that_is_no_number(browse, engine, typed):
    answer = browse("administrator").post("/accounts/new", account("trtc", engine, app_id=typed))
    assert answer.status_code == 422
    assert "An SdkAppId is a whole number" in words(answer)


def test_room_permissions_are_ticked(browse, engine):
    admin = browse("administrator")
    page = admin.post("/accounts/new", account("trtc", engine, key_room_rights="yes")).location
    box = 'id="field-key_room_rights" name="key_room_rights" value="yes"'
    assert f"{box} checked" in admin.get(page).text
    admin.post(page, account("trtc", engine))
    text = admin.get(page).text
    assert box in text
    assert f"{box} checked" not in text


def test_it_says_that_a_far_vendor_cannot_call_back_here(tried, engine):
    """The host's name tells that it is far; that nobody can ask it changes nothing."""
    far = account("agora", engine, base_url="https://nobody.invalid")
    found = tried(far | {"storage_id": ""})
    assert "127.0.0.1 cannot be reached from outside. Set TALLYDECK_PUBLIC_URL." in found
    assert "Cloud cannot be reached: there is no host named nobody.invalid." in found


def test_it_works_without_scripts_too(browse, house, engine):
    admin = browse("administrator")
    answer = admin.post("/accounts/new", account("agora", engine))
    page = admin.post(answer.location + "/test")
    assert page.status_code == 200
    assert "<h1>" in page.text
    assert "Be let in with these keys: works" in words(page)
