"""The screens in-process: the real application on a SQLite file, beside a cloud in memory."""

import re

import pytest
from jinja2 import FileSystemBytecodeCache

from dashboard import create_app
from dashboard.extensions import db
from dashboard.services import context, people
from tests.services.conftest import House, clock, cloud, settings  # noqa: F401
from tests.web.conftest import PASSWORD, Browser


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """Templates are compiled once for all tests, not once for each application."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(settings, clock, compiled):  # noqa: F811
    app = create_app(settings)
    app.jinja_env.bytecode_cache = compiled
    context.bind(app, settings, clock, lambda *work: None)
    with app.app_context():
        db.create_all()
        people.add_user("operator@example.org", "operator", PASSWORD)
    yield app
    with app.app_context():
        db.engine.dispose()


class Outside:
    """A House whose every act has an application context of its own.

    One that stays open would be shared by all requests of a test, with what they keep in it.
    """

    def __init__(self, app, house) -> None:
        self._app, self._house = app, house

    def do(self, act, *values):
        with self._app.app_context():
            return act(*values)

    def __getattr__(self, name):
        found = getattr(self._house, name)
        return (
            (lambda *values, **named: self.do(lambda: found(*values, **named)))
            if callable(found)
            else found
        )


@pytest.fixture
def house(app, cloud, settings, clock):  # noqa: F811
    with app.app_context():
        house = House(app, cloud, settings, clock)
    return Outside(app, house)


class Screen(Browser):
    """A browser that can ask as htmx does."""

    def fetch(self, path, **options):
        return self.get(path, headers={"HX-Request": "true"}, **options)

    def send(self, path, data=None, **options):
        return self.post(path, data, headers={"HX-Request": "true"}, **options)


@pytest.fixture
def browse(app, house):
    """A function: role -> a browser signed in as a person of that role."""

    def signed_in(role):
        if role != "operator":
            house.do(people.add_user, f"{role}@example.org", role, PASSWORD)
        screen = Screen(app)
        assert screen.sign_in(f"{role}@example.org").status_code == 303
        return screen

    return signed_in


@pytest.fixture
def operator(browse):
    return browse("operator")


@pytest.fixture
def viewer(browse):
    return browse("viewer")


def seen(answer) -> str:
    """The digest a fragment would send along when it asks again."""
    return re.search(r"/(?:rows|live)\?[^\"]*seen=([0-9a-f]+)", answer.text).group(1)


def words(answer) -> str:
    """What a person reads: the text without tags, each run of blanks as one."""
    text = re.sub(r"<(script|style|template)\b.*?</\1>|<[^>]+>", " ", answer.text, flags=re.S)
    return re.sub(r"\s+", " ", text)
