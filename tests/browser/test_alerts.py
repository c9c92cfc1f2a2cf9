"""An alert, from its rule to whoever is told and whoever acknowledges it."""

import re

import pytest
from playwright.sync_api import expect

from tests.services.letterboxes import hook  # noqa: F401

pytestmark = pytest.mark.browser


@pytest.fixture
def page(open_context, signed_in_state):
    return open_context(storage_state=signed_in_state).new_page()


@pytest.fixture
def told(page, product, hook):  # noqa: F811
    """A destination that was tested, and a rule that tells it of a ceiling four hours before."""
    page.goto(f"{product.address}/alerts/destinations")
    page.get_by_text("Add destination").click()
    page.get_by_role("link", name="Webhook").click()
    page.get_by_label("Name", exact=True).fill("Control room")
    page.locator("#field-url").fill(hook.form()["url"])
    page.get_by_label("own network").check()
    page.get_by_role("button", name="Add destination").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.locator("#trial")).to_contain_text("127.0.0.1 has taken it.")
    page.goto(f"{product.address}/alerts/rules/new?condition=ceiling_near")
    page.get_by_label("Minutes before").fill("240")
    page.get_by_label("Control room").check()
    page.get_by_role("button", name="Add rule").click()
    yield
    page.goto(f"{product.address}/alerts/rules")
    page.get_by_role("row").filter(has_text="240 min").get_by_role("link").click()
    page.get_by_role("button", name="Disable this rule").click()


@pytest.fixture
def recorded(page, product, told):
    """A recording in a channel of its own that may last for an hour."""
    page.goto(f"{product.address}/channels/new")
    page.get_by_label("Channel name").fill("short-hour")
    page.locator("[name=max_duration_min]").fill("60")
    page.locator("[name=recorder_uid]").fill("660066")
    page.get_by_role("button", name="Add channel").click()
    page.goto(f"{product.address}/channels")
    page.get_by_role("button", name="Start short-hour").click()
    yield
    page.goto(f"{product.address}/channels")
    page.get_by_role("button", name="Stop short-hour").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    expect(page.get_by_role("row").filter(has_text="short-hour")).not_to_contain_text("Recording")


def test_it_tells_counts_and_is_acknowledged_by_keyboard(
    page, product, recorded, hook, complaints  # noqa: F811
):  # fmt: skip
    signal = page.locator("#shell-signals").get_by_role("link", name="1 alert")
    expect(signal).to_be_visible(timeout=30_000)  # it comes with the poll of the shell
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/alerts")
    alert = page.get_by_role("listitem").filter(has_text="short-hour")
    expect(alert).to_contain_text("Its longest time, 60 min, is nearly over")
    expect(alert).to_contain_text("Control room", timeout=20_000)
    assert hook.titles == ["Test from Tallydeck", "short-hour: The longest time is nearly over"]
    page.get_by_role("button", name=re.compile("Acknowledge: .*short-hour")).focus()
    page.keyboard.press("Enter")
    expect(alert).to_contain_text("Acknowledged by ada@example.org")
    expect(signal).to_be_hidden(timeout=15_000)
    assert not complaints
