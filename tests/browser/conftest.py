"""The product, started once, and a browser whose every complaint is collected."""

import pytest

from tests.browser.product import Product

ADMIN = ("ada@example.org", "correct horse battery staple")

TRTC_APP = {
    "ENGINE_TRTC_SDK_APP_ID": "1400000001",
    "ENGINE_TRTC_SECRET_ID": "the-id",
    "ENGINE_TRTC_SECRET_KEY": "the-key",
    "ENGINE_TRTC_APP_SECRET": "the-app-secret",
}
"""An app of the engine that speaks TRTC, beside the built-in one."""


@pytest.fixture(scope="session")
def product(tmp_path_factory):
    with Product(tmp_path_factory.mktemp("product") / "data", **TRTC_APP) as product:
        email, password = ADMIN
        made = product.run(
            "user", "add", email, "--role", "admin", "--password-stdin", given=password
        )
        assert made.returncode == 0, made.stderr
        yield product


@pytest.fixture
def complaints():
    """What the browser says against us: policy violations and script errors."""
    return []


@pytest.fixture
def open_context(browser, complaints):
    """Open a fresh browser context: `open_context(width=390, color_scheme="light")`."""
    contexts = []

    def open_(width=1280, height=800, **options):
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(10_000)
        context.on("weberror", lambda fault: complaints.append(str(fault.error)))
        context.on("console", lambda line: _keep_complaint(line, complaints))
        contexts.append(context)
        return context

    yield open_
    for context in contexts:
        context.close()


def _keep_complaint(line, complaints):
    if "Content Security Policy" in line.text or "Refused to" in line.text:
        complaints.append(line.text)


@pytest.fixture(scope="module")
def signed_in_state(product, browser):
    """The cookies of a signed-in administrator, to begin a context with."""
    context = browser.new_context()
    sign_in(context.new_page(), product)
    state = context.storage_state()
    context.close()
    return state


def sign_in(page, product, email=ADMIN[0], password=ADMIN[1]):
    page.goto(f"{product.address}/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/channels")
