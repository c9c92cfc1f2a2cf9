"""The browser that tests of several rooms walk in."""

import pytest
from playwright.sync_api import sync_playwright

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
