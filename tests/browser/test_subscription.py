"""Choosing who is recorded while it runs: by keyboard, without a script, and by two at once."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import ADMIN
from tests.browser.operator import Operator

pytestmark = pytest.mark.browser

EVERYBODY = "Of 3: 3 heard, 3 seen"


@pytest.fixture(scope="module")
def operator(product):
    return Operator(product, *ADMIN)


@pytest.fixture(scope="module")
def recording(operator):
    """The number of a recording that runs while these tests do."""
    operator.start()
    operator.wait_for("/channels", "Stop")
    number = int(re.search(r"/recordings/(\d+)", operator.page("/channels").text).group(1))
    operator.wait_for_state(number, "Recording", 20)
    operator.wait_for(f"/recordings/{number}/subscription", EVERYBODY, 20)
    yield number
    operator.stop(number)
    operator.wait_for_state(number, "Completed", 30)


@pytest.fixture
def open_page(product, open_context, signed_in_state, recording):
    def open_(**options):
        page = open_context(storage_state=signed_in_state, **options).new_page()
        page.goto(f"{product.address}/recordings/{recording}/subscription")
        return page

    return open_


@pytest.fixture(autouse=True)
def everybody_again(operator, recording):
    """The next test begins with everybody: what was recorded at the start is restored."""
    yield
    page = operator.page(f"/recordings/{recording}/subscription").text
    if EVERYBODY in page:
        return
    first = re.findall(r'action="(/recordings/\d+/subscription/restore/\d+)"', page)[-1]
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    answer = operator.http.post(operator.address + first, data={"csrf_token": token})
    assert EVERYBODY in answer.text


def count(page):
    return page.locator("#subscription-count")


def verdict(page, uid, name):
    return page.locator(f"td:has(#{name}-{uid})")


def test_it_leaves_somebody_out_by_keyboard_alone(open_page, complaints):
    page = open_page()
    switch = page.get_by_role("switch", name="Picture of 1002")
    switch.focus()
    page.keyboard.press("Space")
    expect(verdict(page, 1002, "seen")).to_contain_text("Named in the deny list for pictures.")
    expect(verdict(page, 1002, "heard")).to_contain_text("turns all sound off")
    expect(switch).to_be_focused()
    expect(page.locator("#video_never")).to_have_value("1002")

    page.get_by_label("Consent note").focus()
    page.keyboard.type("1002 asked not to be seen.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Apply
    expect(page.locator("#subscription-outcome")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Keep everybody's sound")
    assert not Axe().run(page).response["violations"]
    page.keyboard.press("Enter")
    expect(page.locator("#subscription[data-outcome=applied]")).to_be_visible()
    expect(count(page)).to_have_text("Of 3: 3 heard, 2 seen")
    expect(page.locator("#subscription-history")).to_contain_text("1002 asked not to be seen.")
    assert not complaints


def test_it_works_without_a_script(open_page):
    page = open_page(java_script_enabled=False, width=390)
    page.get_by_role("switch", name="Sound of 1001").click(force=True)
    page.get_by_role("switch", name="Picture of 1001").click(force=True)
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(count(page)).to_have_text("Of 3: 2 heard, 2 seen")
    page.get_by_label("Add a person by uid").fill("4242")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(verdict(page, 4242, "seen")).to_contain_text("Not in the deny list")
    page.get_by_role("button", name="Restore").last.click()
    expect(count(page)).to_have_text(EVERYBODY)


def test_two_at_once_lose_nothing(open_page):
    mine, other = open_page(), open_page()
    mine.locator("#audio_never").fill("1003")
    mine.locator("#video_never").fill("1003")
    expect(count(mine)).to_have_text("Of 3: 2 heard, 0 seen")  # told of the first list
    mine.locator("#video_never").blur()  # which did not undo what was being typed
    expect(count(mine)).to_have_text("Of 3: 2 heard, 2 seen")
    for name in ("Sound of 1001", "Picture of 1001"):
        other.get_by_role("switch", name=name).click()
    expect(count(other)).to_have_text("Of 3: 2 heard, 2 seen")
    other.get_by_role("button", name="Apply", exact=True).click()
    expect(other.locator("#subscription[data-outcome=applied]")).to_be_visible()

    expect(mine.locator("#subscription-beat")).to_contain_text("has changed whom it records")
    expect(mine.locator("#audio_never")).to_have_value("1003")
    mine.get_by_role("button", name="Apply", exact=True).click()
    expect(mine.locator("#subscription-outcome")).to_contain_text("everybody but 1001")
    mine.get_by_role("button", name="Apply mine anyway").click()
    expect(mine.locator("#subscription[data-outcome=applied]")).to_be_visible()
    expect(verdict(mine, 1003, "heard")).to_contain_text("Named in the deny list")
    expect(verdict(other, 1003, "heard")).to_contain_text("Named in the deny list")


def test_a_conflict_stays_until_it_is_answered(open_page):
    mine, other = open_page(), open_page()
    for page, uid in ((mine, 1002), (other, 1001)):
        for name in ("Sound", "Picture"):
            page.get_by_role("switch", name=f"{name} of {uid}").click()
        expect(count(page)).to_have_text("Of 3: 2 heard, 2 seen")
    beats = re.compile(r"/subscription/beat")
    mine.route(beats, lambda route: route.abort())  # it has not heard of theirs when it applies
    other.get_by_role("button", name="Apply", exact=True).click()
    expect(other.locator("#subscription[data-outcome=applied]")).to_be_visible()
    mine.get_by_role("button", name="Apply", exact=True).click()
    expect(mine.locator("#subscription-outcome")).to_contain_text("everybody but 1001")

    mine.unroute(beats)
    with mine.expect_response(beats):
        pass
    mine.get_by_role("button", name="Apply mine anyway").click()
    expect(mine.locator("#subscription[data-outcome=applied]")).to_be_visible()
    expect(verdict(mine, 1002, "heard")).to_contain_text("Named in the deny list")
