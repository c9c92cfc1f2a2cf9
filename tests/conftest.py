"""What tests of several rooms share: the browser they walk in, the databases they run on."""

import pytest
from playwright.sync_api import sync_playwright

from tests import postgres
from tests.browser import chromium


@pytest.fixture(scope="module")
def browser():
    """For one file of tests: its event loop would be in the way of tests that bring their own."""
    path = chromium.find()
    assert path, "no Chromium: run `make browser`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        yield browser
        browser.close()


def pytest_generate_tests(metafunc):
    """What is marked runs on both databases, or on the one address that the tests were given."""
    if metafunc.definition.get_closest_marker("both_databases") and not postgres.ADDRESS:
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def postgres_address():
    """A PostgreSQL database that is this process's own; skips where there is no server."""
    if postgres.ADDRESS:
        yield postgres.ADDRESS
        return
    try:
        with postgres.server() as address:
            yield address
    except postgres.NoServer as reason:
        pytest.skip(f"not tried on PostgreSQL: {reason}")


@pytest.fixture
def database(request):
    """The address of an emptied PostgreSQL database, or "" for a new SQLite file."""
    if getattr(request, "param", "") == "postgresql" or postgres.ADDRESS:
        return postgres.emptied(request.getfixturevalue("postgres_address"))
    return ""
