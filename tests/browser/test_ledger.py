"""The ledger in the browser: it comes in live, and what is read stays where it is."""

import pytest
import requests
from dotenv import dotenv_values
from playwright.sync_api import expect

from dashboard.clock import SystemClock
from dashboard.protocols.signatures import agora_headers
from dashboard.providers.agora import callbacks as agora

pytestmark = pytest.mark.browser


@pytest.fixture
def vendor(product):
    """A function that sends a signed callback to the built-in account."""
    keys = dotenv_values(product.folder / "keys.env")
    key = keys["TALLYDECK_ENGINE_ACCOUNT_KEY"]
    secret = keys["TALLYDECK_ENGINE_CALLBACK_SECRET"]

    def send(name, signed_with=secret):
        raw = agora.probe(name, SystemClock().now()).replace(b"test_webhook", name.encode())
        headers = agora_headers(signed_with, raw)
        return requests.post(f"{product.address}/callbacks/{key}", data=raw, headers=headers)

    return send


@pytest.fixture
def page(product, signed_in_state, open_context, vendor):
    for number in range(30):
        vendor(f"before-{number}")
    page = open_context(height=600, storage_state=signed_in_state).new_page()
    page.goto(f"{product.address}/ledger")
    return page


def line(page, name):
    return page.locator(".ledger-line", has_text=name)


def top_of(page, name):
    return line(page, name).first.bounding_box()["y"]


def test_new_lines_come_in_and_move_nothing_that_is_read(page, vendor, complaints):
    line(page, "before-25").locator("summary").click()
    expect(line(page, "before-25").locator("pre")).to_be_visible()
    before = top_of(page, "before-25")
    for name in ("news-1", "news-2"):
        vendor(name)
    expect(line(page, "news-2")).to_have_count(1)
    expect(page.locator("#ledger-lines > li").first).to_contain_text("news-2")
    assert abs(top_of(page, "before-25") - before) < 2
    expect(line(page, "before-25").locator("details").first).to_have_attribute("open", "")
    assert not complaints


def test_it_can_be_paused_and_brings_all_that_came_meanwhile(page, vendor):
    page.get_by_role("link", name="Pause").click()
    expect(page.get_by_text("Paused")).to_be_visible()
    vendor("meanwhile")
    page.wait_for_timeout(2500)  # longer than a look takes
    expect(line(page, "meanwhile")).to_have_count(0)
    page.get_by_role("link", name="Resume").click()
    expect(line(page, "meanwhile")).to_have_count(1)
    expect(page.get_by_role("link", name="Pause")).to_be_focused()


def test_it_filters_as_one_types_and_opens_by_keyboard(page, vendor):
    vendor("a-forged-one", "a guess")
    page.keyboard.press("/")
    page.keyboard.type("a-forged")
    expect(page.locator(".ledger-line")).to_have_count(1)
    expect(line(page, "a-forged-one")).to_contain_text("Forged")
    line(page, "a-forged-one").locator("summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Check the signature again")).to_be_visible()


def test_a_test_goes_the_whole_way_round(page):
    page.get_by_role("link", name="Send a test").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("It went out, came in and was answered.")).to_be_visible()
    page.get_by_role("link", name="Number").click()
    expect(page.get_by_text("A test of our address. It arrived.")).to_be_visible()
