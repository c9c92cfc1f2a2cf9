"""The wall with fifty recordings in Chromium: all in sight, calm, cheap, and never stale."""

import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from waitress.server import create_server

from tests.services import crowd
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.browser
FULL_HD = {"width": 1920, "height": 1080}
LAPTOP = {"width": 1280, "height": 720}


@pytest.fixture
def address(app, house):
    server = create_server(app, host="127.0.0.1", port=0, threads=6)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.task_dispatcher.shutdown()
    server.close()


@pytest.fixture
def page(browser, address):
    context = browser.new_context(viewport=LAPTOP, bypass_csp=True)
    context.set_default_timeout(5000)
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail").fill("operator@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/channels")
    yield page
    context.close()


def look(page):
    """Ask now, as the wall does by itself in a while."""
    with page.expect_response("**/live/cards?*") as answer:
        page.evaluate("htmx.trigger(document.getElementById('wall'), 'poll')")
    return answer.value


def scrolls(page) -> bool:
    return page.evaluate("document.documentElement.scrollHeight > innerHeight")


def out_of_sight(page) -> list[str]:
    return page.evaluate(
        """[...document.querySelectorAll('.wall-card')].filter(card => {
          const box = card.getBoundingClientRect()
          return box.top < 0 || box.bottom > innerHeight + 1 || box.right > innerWidth + 1
        }).map(card => card.id)"""
    )


def test_it_shows_twelve_without_scrolling(page, address, house):
    house.do(crowd.record, house._house, 12)
    for size in (LAPTOP, FULL_HD):
        page.set_viewport_size(size)
        page.goto(f"{address}/live")
        expect(page.locator(".wall-card")).to_have_count(12)
        assert out_of_sight(page) == []
        assert not scrolls(page)
    page.goto(f"{address}/live?kiosk=1")
    found = Axe().run(page).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
    page.get_by_role("link", name="Leave the wall screen").click()
    page.wait_for_url(f"{address}/live")


def test_it_stays_calm_with_fifty(page, address, house):
    ids = house.do(crowd.record, house._house, 50)
    page.goto(f"{address}/live")
    expect(page.locator(".wall-card")).to_have_count(50)
    page.evaluate("window.scrollTo(0, 900)")
    page.wait_for_load_state("networkidle")
    stop = page.locator(f"#wall-{ids[20]}-stop")
    stop.focus()
    there = page.evaluate("window.scrollY")
    page.evaluate("document.querySelectorAll('.wall-image').forEach(i => { i.mark = i.src })")
    pictures = []
    page.on("request", lambda asked: "preview.jpg" in asked.url and pictures.append(asked.url))

    assert look(page).status == 204
    house.do(crowd.change_picture, house._house, 21)
    answer = look(page)

    assert answer.status == 200
    assert len(answer.body()) < 20_000
    changed = page.locator(f"#wall-{ids[20]} img")
    expect(changed).to_have_js_property("complete", True)
    page.wait_for_load_state("networkidle")
    assert [f"/recordings/{ids[20]}/" in asked for asked in pictures] == [True]
    expect(stop).to_be_focused()
    assert page.evaluate("window.scrollY") == there
    same = "[...document.querySelectorAll('.wall-image')].filter(i => i.mark === i.src).length"
    assert page.evaluate(same) == 49

    page.set_viewport_size(FULL_HD)
    page.goto(f"{address}/live?kiosk=1")
    expect(page.locator(".wall-card")).to_have_count(50)
    assert out_of_sight(page) == []
    assert not scrolls(page)


def test_it_never_shows_the_past_as_live(page, address, house):
    house.do(crowd.record, house._house, 2)
    page.clock.install()
    page.goto(f"{address}/live?kiosk=1")
    expect(page.locator(".wall-card")).to_have_count(2)
    page.wait_for_load_state("networkidle")
    page.route("**/live/cards?*", lambda route: route.abort())
    page.clock.run_for(15_000)
    expect(page.get_by_role("alert")).to_contain_text("No connection since")
    told = page.locator(".wall-elapsed time").first.inner_text()
    page.clock.run_for(3_000)
    assert page.locator(".wall-elapsed time").first.inner_text() == told
    assert "on air" not in page.title()
    page.unroute("**/live/cards?*")
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("[data-wall-stale]")).to_be_hidden()
    assert "2 on air" in page.title()


def test_it_asks_before_it_stops(page, address, house):
    (first, *_rest) = house.do(crowd.record, house._house, 2)
    page.goto(f"{address}/live")
    page.locator(f"#wall-{first}-stop").focus()
    page.keyboard.press("s")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Stop recording room-01?")
    dialog.get_by_role("button", name="Stop").click()
    expect(page.locator(f"#wall-{first}")).to_contain_text("Uploading")
