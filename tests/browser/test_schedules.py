"""A person plans recordings: with scripts, without, and by keyboard."""

import pytest
from playwright.sync_api import expect

from tests.browser.schedules import fill_in, make_schedule

pytestmark = pytest.mark.browser

GAP = "02:30 does not exist on 2027-03-28 in Europe/Berlin; it starts at 03:30."


def test_it_tells_what_the_clocks_do_while_one_types(
    product, open_context, signed_in_state, complaints
):
    context = open_context(storage_state=signed_in_state, timezone_id="Asia/Shanghai")
    page = context.new_page()
    page.goto(f"{product.address}/schedules/new")
    expect(page.get_by_label("Rule (RRULE of iCalendar)")).to_be_hidden()
    fill_in(page, "Typed")
    page.keyboard.press("Tab")
    preview = page.locator("#schedule-preview")
    expect(preview).to_contain_text(GAP)
    expect(preview).to_contain_text("by your clock: Fri 26 Mar 2027, 09:30")
    page.get_by_label("after a length").check()
    page.get_by_label("Length in minutes").fill("3000")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("It would begin again before it has ended.")
    expect(page.get_by_label("Name")).to_have_value("Typed")
    assert not [one for one in complaints if "422" not in one]


def test_it_works_without_scripts(product, open_context, signed_in_state):
    page = open_context(storage_state=signed_in_state, java_script_enabled=False).new_page()
    page.goto(f"{product.address}/schedules/new")
    fill_in(page, "Plain")
    page.get_by_role("button", name="Show the times").click()
    expect(page.locator("#schedule-preview")).to_contain_text(GAP)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Plain")
    page.get_by_role("button", name="Turn off").click()
    expect(page.get_by_text("This schedule is off: nothing starts.")).to_be_visible()


def test_it_is_worked_by_keyboard_on_a_phone(product, open_context, signed_in_state):
    page = open_context(390, storage_state=signed_in_state).new_page()
    make_schedule(page, product.address, "Phone")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/schedules")
    off = page.get_by_role("button", name="Turn off Phone")
    off.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Turn on Phone")).to_be_visible()
