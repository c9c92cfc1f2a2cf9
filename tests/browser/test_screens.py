"""Every screen, wide and narrow, dark and light, in both languages: readable, reachable, clean."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.schedules import make_schedule

pytestmark = pytest.mark.browser

SCREENS = {
    "live": "/live",
    "wall screen": "/live?kiosk=1",
    "channels": "/channels",
    "archived channels": "/channels?archived=1",
    "new channel": "/channels/new",
    "edit channel": "/channels/1/edit",
    "recordings": "/recordings",
    "no recordings": "/recordings?q=nothing-like-this",
    "recording": "/recordings/1",
    "who was recorded": "/recordings/1/subscription",
    "mark as ended": "/recordings/1/mark-ended",
    "who is recorded next": "/channels/1/subscription",
    "check a channel": "/channels/1/check",
    "what is sent": "/channels/1/request",
    "profiles": "/profiles",
    "new profile": "/profiles/new",
    "new profile for rooms": "/profiles/new?vendor=trtc",
    "bring in a request": "/profiles/import",
    "schedules": "/schedules",
    "agenda": "/schedules/agenda",
    "schedule": "/schedules/1",
    "new schedule": "/schedules/new",
    "import of a calendar": "/schedules/import",
    "callbacks": "/ledger",
    "callbacks of a recording": "/ledger?recording=1",
    "refused callbacks": "/ledger?show=refused&kind=error",
    "a callback": "/ledger/1",
    "test of callbacks": "/ledger/test",
    "layouts": "/layouts",
    "accounts": "/accounts",
    "the built-in account": "/accounts/1",
    "new account": "/accounts/new?vendor=trtc",
    "storage": "/storage",
    "the local folder": "/storage/1",
    "new storage": "/storage/new?kind=aws",
    "alerts": "/alerts",
    "rules of alerts": "/alerts/rules",
    "a rule": "/alerts/rules/4",
    "destinations": "/alerts/destinations",
    "new mail destination": "/alerts/destinations/new?kind=email",
    "new chat destination": "/alerts/destinations/new?kind=chat",
    "messages": "/alerts/messages",
    "people": "/people",
    "audit trail": "/audit",
    "audit trail of a channel": "/audit?subject=channel&subject_id=1",
    "account": "/account",
    "not found": "/no-such-page",
}
WIDTHS = {"wide": 1280, "narrow": 390}


@pytest.fixture(scope="module")
def recorded(product, signed_in_state, browser):
    """One finished recording, so that no screen is empty."""
    context = browser.new_context(storage_state=signed_in_state)
    page = context.new_page()
    page.goto(f"{product.address}/channels")
    if not page.request.get(f"{product.address}/recordings/1").ok:
        page.get_by_role("button", name="Start studio-demo").click()
        expect(page.get_by_role("row").filter(has_text="studio-demo")).to_contain_text("Recording")
        page.get_by_role("button", name="Stop studio-demo").click()
        page.get_by_role("dialog").get_by_role("button", name="Stop").click()
        page.goto(f"{product.address}/recordings/1")
        expect(page.locator(".recording-head")).to_contain_text("Completed", timeout=20_000)
    context.close()


@pytest.fixture(scope="module")
def scheduled(product, signed_in_state, browser):
    """One schedule, with a time that is left out and one that does not exist."""
    context = browser.new_context(storage_state=signed_in_state)
    page = context.new_page()
    if not page.request.get(f"{product.address}/schedules/1").ok:
        make_schedule(page, product.address, "Night class")
        page.get_by_role("button", name="Leave out").first.click()
        expect(page.get_by_role("button", name="Record after all")).to_be_visible()
    context.close()


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(
    ("width", "scheme"), [("wide", "dark"), ("wide", "light"), ("narrow", "dark")]
)
def test_it_passes_axe_without_a_serious_fault(
    recorded, scheduled, product, open_context, signed_in_state, complaints, screen, scheme, width
):
    context = open_context(WIDTHS[width], storage_state=signed_in_state, reduced_motion="reduce")
    context.add_cookies([{"name": "theme", "value": scheme, "url": product.address}])
    page = context.new_page()
    page.goto(product.address + SCREENS[screen])
    expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    found = Axe().run(page).response["violations"]
    serious = [
        f"{fault['id']}: {fault['help']} at {[node['target'] for node in fault['nodes'][:3]]}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
    ]
    assert not serious
    assert overflow(page) <= 0
    assert not complaints


def overflow(page) -> int:
    """How many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.mark.parametrize(
    "screen", ["channels", "recording", "new channel", "account", "new account"]
)
def test_it_speaks_chinese(recorded, product, open_context, signed_in_state, screen):
    page = open_context(locale="zh-CN", storage_state=signed_in_state).new_page()
    page.goto(product.address + SCREENS[screen])
    assert page.locator("html").get_attribute("lang").startswith("zh")
    expect(page.locator("nav").first).to_contain_text(re.compile("[\u4e00-\u9fff]"))


def test_it_walks_from_channels_to_the_recording_by_keyboard_alone(
    recorded, product, open_context, signed_in_state
):
    page = open_context(storage_state=signed_in_state).new_page()
    page.goto(f"{product.address}/channels")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.locator(":focus").inner_text().strip() == "studio-demo":
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/recordings/*")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/channels")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    while page.evaluate("document.activeElement.matches('input, select')"):
        page.keyboard.press("Tab")  # in a field, ? is a character
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
