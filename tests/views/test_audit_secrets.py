"""Nothing that has to stay secret gets into the audit trail, whatever is done."""

import json

import pytest
from sqlalchemy import select

from dashboard.errors import InvalidInput
from dashboard.extensions import db
from dashboard.models import Account, Audit
from dashboard.services import people, rotation
from tests.views.test_accounts import form as account_form
from tests.views.test_channels_form import GOOD
from tests.views.test_profiles import LESSON

MARK = "mArKeR"


def secret(what: str) -> str:
    return f"{MARK}-{what}-{len(what):016}"


@pytest.fixture
def admin(browse):
    return browse("administrator")


def everything_with_a_secret(admin, house, app) -> list[int]:
    """Does it, and returns how it was answered."""
    account = account_form(
        key_customer_key=secret("key"), key_customer_secret=secret("secret"),
        callback_secret=secret("callback"),
    )  # fmt: skip
    bucket = {
        "kind": "s3", "name": "Bucket", "bucket": "rec", "endpoint": "http://127.0.0.1:9",
        "access_key": secret("access"), "secret_key": secret("store"),
    }  # fmt: skip
    hook = {
        "kind": "webhook", "name": "Hook", "url": f"https://chat.example.org/{secret('hook')}",
        "language": "en", "zone": "UTC",
    }  # fmt: skip
    encrypted = {"cipher": "aes-128-gcm", "secret": secret("channel")}
    posts = [
        ("/accounts/new", account),
        ("/accounts/2", account | {"key_customer_secret": secret("another"), "app_id": "other"}),
        ("/accounts/2/secrets", {"callback_secret": secret("second")}),
        ("/accounts/2/secrets/retire", {}),
        ("/accounts/2/disable", {}),
        ("/accounts/2/enable", {}),
        ("/storage/new", bucket),
        ("/storage/2", bucket | {"secret_key": secret("changed"), "name": "Bucket 2"}),
        ("/storage/2/disable", {}),
        ("/storage/2/enable", {}),
        ("/channels/1/edit", GOOD | encrypted | {"name": "lesson"}),
        ("/channels/1/edit", GOOD | encrypted | {"name": "lesson", "secret": secret("new")}),
        ("/profiles/new", LESSON | encrypted),
        ("/profiles/1", LESSON | encrypted | {"secret": secret("profile"), "name": "Other"}),
        ("/profiles/1/duplicate", {}),
        ("/channels/1/start", {"key": "press-0001"}),
        ("/recordings/1/stop", {}),
        ("/people/invite", {"email": "new@example.org", "role": "viewer"}),
        ("/people/1/password-link", {}),
        ("/preferences", {"theme": "light"}),
        ("/alerts/destinations/new", hook),
        ("/alerts/destinations/1", hook | {"url": f"https://chat.example.org/{secret('moved')}"}),
    ]
    answers = [admin.post(path, data).status_code for path, data in posts]
    with pytest.raises(InvalidInput):
        house.do(people.authenticate, "operator@example.org", secret("wrong"), "192.0.2.5")
    house.do(people.add_user, "made@example.org", "viewer", secret("password"))
    token = house.do(people.create_invite, "link@example.org", "viewer")
    house.do(people.set_password, token, secret("chosen"))
    house.do(rotation.rotate)
    house.secrets = [MARK, token]
    return answers


def test_it_never_holds_a_secret(admin, house, app):
    answers = everything_with_a_secret(admin, house, app)
    assert [code for code in answers if code >= 400] == []

    def look():
        rows = db.session.scalars(select(Audit)).all()
        written = json.dumps(
            [[row.action, row.actor_email, row.address, row.detail, row.before, row.after]
             for row in rows]
        )  # fmt: skip
        keys = [row.url_key for row in db.session.scalars(select(Account))]
        hashes = [str(user.password_hash) for user in db.session.scalars(select(people.User))]
        return written, {row.action for row in rows}, keys + hashes

    written, actions, hidden = house.do(look)
    for word in (*house.secrets, *hidden):
        assert word not in written
    assert "Bucket 2" in written
    assert actions >= {
        "account.create", "account.edit", "account.secret.add", "account.secret.retire",
        "account.disable", "account.enable", "storage.create", "storage.edit", "storage.disable",
        "storage.enable", "channel.edit", "profile.create", "profile.edit", "profile.duplicate",
        "recording.start", "recording.stop", "invite", "password.link", "password.set", "user.add",
        "alert_destination.create", "alert_destination.edit", "user.preferences", "sign_in",
        "sign_in.refused", "vault.rotate",
    }  # fmt: skip


def test_it_shows_none_on_the_screen_or_in_the_export(admin, house, app):
    everything_with_a_secret(admin, house, app)
    pages = (admin.get("/audit").text, admin.get("/audit/export.jsonl").text)
    for page in pages:
        assert MARK not in page
    assert "account.edit" in pages[1]


def test_it_names_the_user_of_the_machine_for_commands(app, house):
    said = app.test_cli_runner().invoke(args=["user", "invite", "cli@example.org"])
    assert said.exit_code == 0, said.output

    def look():
        row = db.session.scalar(select(Audit).order_by(Audit.id.desc()))
        return row.action, row.actor_email, row.address

    action, who, address = house.do(look)
    assert action == "invite"
    assert who.startswith("command line (")
    assert address is None
