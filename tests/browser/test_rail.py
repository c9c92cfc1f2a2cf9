"""Eleven places for an administrator: in the rail, folded, and in a phone's bottom bar."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

PLACES = {
    "w": "/live", "c": "/channels", "r": "/recordings", "t": "/alerts", "b": "/ledger",
    "l": "/layouts", "s": "/schedules", "f": "/profiles", "a": "/accounts", "p": "/people",
    "u": "/audit",
}  # fmt: skip


@pytest.fixture
def page(product, open_context, signed_in_state):
    def open_(width, height=720):
        page = open_context(width, height, storage_state=signed_in_state).new_page()
        page.goto(f"{product.address}/account")
        page.wait_for_load_state("networkidle")
        return page

    return open_


def test_it_shows_every_place_without_scrolling(page):
    for width in (1280, 1000):
        links = page(width).locator(".rail-group .rail-link")
        expect(links).to_have_count(len(PLACES))
        for link in links.all():
            expect(link).to_be_in_viewport()


def test_it_goes_everywhere_by_two_keys(page, product):
    walker = page(1280)
    for letter, place in PLACES.items():
        walker.keyboard.press("g")
        walker.keyboard.press(letter)
        walker.wait_for_url(lambda url, place=place: url.startswith(product.address + place))
        expect(walker.locator(".rail-group [aria-current=page]")).to_have_count(1)
        walker.wait_for_load_state("networkidle")


def test_it_has_four_places_and_more_on_a_phone(page, product):
    phone = page(390, 844)
    bar = phone.locator(".rail-group .rail-link:visible")
    expect(bar).to_have_count(4)
    assert [link.inner_text() for link in bar.all()] == [
        "Live", "Channels", "Recordings", "Alerts",
    ]  # fmt: skip
    phone.get_by_text("More", exact=True).click()
    more = phone.locator(".rail-more .rail-list .rail-link")
    expect(more).to_have_count(len(PLACES) - 4)
    for link in more.all():
        expect(link).to_be_in_viewport()
    phone.keyboard.press("Escape")
    expect(more.first).to_be_hidden()
    phone.get_by_text("More", exact=True).click()
    phone.get_by_role("link", name="Audit trail").click()
    phone.wait_for_url(f"{product.address}/audit")
    expect(phone.locator(".rail-more > summary")).to_have_attribute("aria-current", "true")
