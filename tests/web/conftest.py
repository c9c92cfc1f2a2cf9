"""The dashboard in-process, with a person of each role, on a database of its own."""

import re

import pytest

from dashboard import create_app
from dashboard.extensions import db
from dashboard.services import people
from dashboard.settings import load
from dashboard.web import translate

PASSWORD = "correct horse battery"
ROLES = ("viewer", "operator", "administrator")


@pytest.fixture(scope="session", autouse=True)
def _translations():
    """The .mo files are made, not kept."""
    translate.compile_all()


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    app = create_app(load(data=tmp_path_factory.mktemp("data"), host="127.0.0.1", port=8000))
    with app.app_context():
        db.create_all()
        for role in ROLES:
            people.add_user(f"{role}@example.org", role, PASSWORD)
    return app


class Browser:
    """A test client that keeps its cookies and brings the form's token along."""

    def __init__(self, app) -> None:
        self.client = app.test_client()

    def get(self, path, **options):
        return self.client.get(path, **options)

    def post(self, path, data=None, token=None, **options):
        data = {"csrf_token": token or self.token(), **(data or {})}
        return self.client.post(path, data=data, **options)

    def token(self) -> str:
        page = self.client.get("/sign-in", follow_redirects=False)
        if page.status_code == 302:
            page = self.client.get("/account")
        return re.search(r'name="csrf_token" value="([^"]+)"', page.text).group(1)

    def sign_in(self, email, password=PASSWORD, path="/sign-in"):
        return self.post(path, {"email": email, "password": password})

    def sign_out(self):
        return self.post("/sign-out")


@pytest.fixture
def anonymous(app):
    return Browser(app)


@pytest.fixture
def as_role(app):
    """A function: role -> a browser signed in as a person of that role."""

    def signed_in(role):
        browser = Browser(app)
        assert browser.sign_in(f"{role}@example.org").status_code == 303
        return browser

    return signed_in


@pytest.fixture
def administrator(as_role):
    return as_role("administrator")


@pytest.fixture
def operator(as_role):
    return as_role("operator")
