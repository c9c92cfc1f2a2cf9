"""The shell in Chromium: keys, asking first, freshness, themes, and a page without scripts."""

import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from waitress.server import create_server

from dashboard.services import people
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def address(app):
    server = create_server(app, host="127.0.0.1", port=0, threads=6)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.fixture(scope="module")
def state(browser, address):
    """Signed in as an administrator."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail").fill("administrator@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/channels")
    yield context.storage_state()
    context.close()


@pytest.fixture
def complaints():
    return []


@pytest.fixture
def open_page(browser, address, state, complaints):
    contexts = []

    def open_(path, **options):
        context = browser.new_context(**{"storage_state": state, **options})
        context.set_default_timeout(5000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.on("console", lambda line: keep(line, complaints))
        page.goto(address + path)
        return page

    yield open_
    for context in contexts:
        context.close()


def keep(line, complaints):
    if line.type == "error" and "Failed to load resource" not in line.text:
        complaints.append(line.text)


def poll_now(page):
    page.evaluate("window.dispatchEvent(new Event('online'))")


@pytest.mark.parametrize("path", ["/channels", "/recordings", "/people", "/account", "/sign-in"])
def test_it_breaks_no_policy_and_no_script(open_page, complaints, path):
    page = open_page(path)
    page.wait_for_load_state("networkidle")
    assert complaints == []


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_is_open_to_everybody(open_page, address, theme, width):
    page = open_page("/account", bypass_csp=True, viewport={"width": width, "height": 800})
    page.context.add_cookies([{"name": "theme", "value": theme, "url": address}])
    for path in ("/account", "/people", "/channels", "/recordings", "/nothing-here"):
        page.goto(address + path)
        found = Axe().run(page, options={"runOnly": RULES}).response
        assert found["passes"]
        assert [
            (path, fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]
        ] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_goes_where_keys_say(open_page):
    page = open_page("/account")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url("**/people")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("r")
    page.wait_for_url("**/recordings")


def test_it_reaches_the_search_by_slash_and_leaves_typing_alone(open_page):
    page = open_page("/channels")
    page.keyboard.press("/")
    page.keyboard.type("g?p")
    expect(page.locator("[data-search]")).to_have_value("g?p")
    expect(page.locator("#keys")).to_be_hidden()


def test_it_asks_before_it_shuts_somebody_out(app, open_page):
    with app.app_context():
        user_id = people.add_user("asked@example.org", "viewer", PASSWORD)
    page = open_page("/people")
    row = page.locator(f"#person-{user_id}")
    row.get_by_role("button", name="Shut out").click()
    dialog = page.locator("#confirm")
    expect(dialog).to_contain_text("Shut out asked@example.org?")
    expect(dialog).to_contain_text("They are signed out everywhere at once.")
    dialog.get_by_role("button", name="Cancel").click()
    expect(row.get_by_role("button", name="Shut out")).to_be_focused()
    row.get_by_role("button", name="Shut out").click()
    dialog.get_by_role("button", name="Shut out").click()
    expect(page.locator("#toasts")).to_contain_text("Their sessions have ended.")
    expect(row.get_by_role("button", name="Let in")).to_be_visible()


def test_it_says_when_the_connection_is_lost_and_found(open_page):
    page = open_page("/account")
    page.route("**/shell*", lambda route: route.abort())
    poll_now(page)
    expect(page.locator("#freshness")).to_contain_text("Connection lost")
    expect(page.locator("#toasts")).to_be_empty()
    page.unroute("**/shell*")
    poll_now(page)
    expect(page.locator("#freshness")).to_be_empty()


def test_it_asks_nothing_in_a_hidden_tab_and_at_once_on_return(open_page):
    page = open_page("/account")
    asked = []
    page.on("request", lambda request: "/static/" in request.url or asked.append(request.url))
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    poll_now(page)
    page.wait_for_timeout(200)
    assert asked == []
    page.evaluate("Object.defineProperty(document, 'hidden', {value: false})")
    with page.expect_request("**/shell*"):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_it_lights_the_lamp_in_the_tab(open_page):
    page = open_page("/account")
    show = "count => import('/static/js/title.js').then(title => title.show(count))"
    page.evaluate(show, 3)
    expect(page).to_have_title("● 3 on air · Your account · Tallydeck")
    lit = page.locator("link[rel=icon]").get_attribute("data-lamp-on")
    expect(page.locator("link[rel=icon]")).to_have_attribute("href", lit)
    page.evaluate(show, 0)
    expect(page).to_have_title("Your account · Tallydeck")
    expect(page.locator("html")).to_have_attribute("data-on-air", "false")


def test_it_changes_the_theme_at_once_and_keeps_it(open_page):
    page = open_page("/account")
    with page.expect_response("**/preferences") as answer:
        page.locator("main").get_by_role("button", name="Light").click()
    assert answer.value.status == 204
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.locator("main").get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_it_tells_what_failed_in_a_toast(open_page):
    page = open_page("/account")
    page.route("**/preferences", lambda route: route.abort())
    page.locator("main").get_by_role("button", name="Light").click()
    expect(page.locator("#toasts .toast-fault")).to_contain_text("No connection to Tallydeck")
    page.unroute("**/preferences")
    page.route("**/preferences", lambda route: route.fulfill(status=502, body="<b>proxy</b>"))
    page.locator("main").get_by_role("button", name="Dark").click()
    expect(page.locator("#toasts .toast-fault").nth(1)).to_contain_text("answered with 502")
    page.locator("#toasts .toast-close").first.click()
    expect(page.locator("#toasts .toast-fault")).to_have_count(1)


def test_it_closes_a_menu_on_escape_and_gives_the_focus_back(open_page):
    page = open_page("/account")
    page.wait_for_load_state("networkidle")  # the menu's script is there
    person = page.locator("summary[aria-label^='You:']")
    person.click()
    expect(page.get_by_role("link", name="Your account")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Your account")).to_be_hidden()
    expect(person).to_be_focused()


def test_it_works_without_scripts(open_page, address):
    page = open_page("/account", java_script_enabled=False)
    page.locator("summary[aria-label='Language']").click()
    page.locator(".menu-body").get_by_role("button", name="简体中文").click()
    expect(page.get_by_role("heading", name="您的账户")).to_be_visible()
    page.locator("main").get_by_role("button", name="English").click()
    page.goto(f"{address}/people")
    page.get_by_label("E-mail").fill("no-script@example.org")
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_text("It works once, for 24 hours")).to_be_visible()
