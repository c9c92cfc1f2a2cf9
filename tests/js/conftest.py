"""A browser page that can load our modules: static/, these tests and the vectors on loopback.

The modules run where they will run, in Chromium; nothing of the product is started.
"""

import functools
import http.server
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import chromium

ROOT = Path(__file__).parents[2]
BLANK = b"<!doctype html><title>modules</title>"
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self'"


class Files(http.server.SimpleHTTPRequestHandler):
    """/static and /tests as they lie in the tree, and an empty page at /."""

    extensions_map = {".js": "text/javascript", ".json": "application/json", "": "text/plain"}

    def do_GET(self):
        if self.path == "/":
            self._answer(BLANK)
        elif self.path.startswith(("/static/", "/tests/")):
            super().do_GET()
        else:
            self.send_error(404)

    def _answer(self, body):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def files():
    """The address that modules are loaded from."""
    handler = functools.partial(Files, directory=str(ROOT))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(timeout=5)


class Page:
    """A page that lives in a thread of its own, apart from the loops of other tests."""

    def __init__(self, address):
        self._thread = ThreadPoolExecutor(1)
        self._stack = ExitStack()
        self._page = self._thread.submit(self._open, address).result()

    def evaluate(self, script, given=None):
        return self._thread.submit(self._page.evaluate, script, given).result()

    def close(self):
        self._thread.submit(self._stack.close).result()
        self._thread.shutdown()

    def _open(self, address):
        playwright = self._stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        self._stack.callback(browser.close)
        page = browser.new_page()
        page.set_default_timeout(20_000)
        page.goto(address)
        return page


@pytest.fixture(scope="session")
def page(files):
    assert chromium.find(), "no Chromium: run `make browser`"
    page = Page(files)
    yield page
    page.close()
