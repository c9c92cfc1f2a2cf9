"""Screens that refresh themselves, in Chromium: they must not disturb who works on them."""

import threading

import pytest
from playwright.sync_api import expect
from waitress.server import create_server

from dashboard.providers.base import Person
from dashboard.services import presence, sync
from tests.web.conftest import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
def address(app, house):
    server = create_server(app, host="127.0.0.1", port=0, threads=6)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.task_dispatcher.shutdown()
    server.close()


@pytest.fixture
def page(browser, address):
    context = browser.new_context()
    context.set_default_timeout(5000)
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail").fill("operator@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/channels")
    yield page
    context.close()


@pytest.fixture
def on_air(house):
    house.cloud.people["lesson"] = [Person("1001", "testcard", True, True, "#2F6FDE")]
    house.do(presence.refresh)
    house.start()
    house.tell(house.task(), 40, status=0)
    return house.task()


def open_recording(page, address):
    page.goto(f"{address}/recordings/1")


def refresh(page, region):
    """Ask now, as the region does by itself in a while; wait for the answer."""
    with page.expect_response(lambda answer: "seen=" in answer.url and region in answer.url):
        page.evaluate("id => htmx.trigger(document.getElementById(id), 'poll')", REGIONS[region])


REGIONS = {"/live": "recording-live", "/channels/rows": "channels-live"}


def test_it_sends_one_start_for_a_double_click(page, house):
    posts = []
    page.on("request", lambda request: request.method == "POST" and posts.append(request.url))
    page.get_by_role("button", name="Start lesson").dblclick()
    expect(page.locator("#channel-1")).to_contain_text("Starting")
    assert len(posts) == 1
    assert len(house.cloud.tasks) == 1


def test_it_leaves_the_focus_on_the_button_that_was_pressed(page):
    page.get_by_role("button", name="Start lesson").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Stop lesson")).to_be_focused()


def test_it_asks_by_name_before_it_stops_and_stops_by_keyboard(page, house, on_air):
    page.reload()
    page.get_by_role("button", name="Stop lesson").focus()
    page.keyboard.press("s")
    expect(page.get_by_role("dialog")).to_contain_text("Stop recording lesson?")
    expect(page.get_by_role("dialog")).to_contain_text("1 person is publishing.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("The recording is stopping.")
    expect(page.get_by_role("link", name="lesson", exact=True)).to_be_focused()
    assert house.cloud.running() == []


def test_it_reads_out_a_change_of_state_once_and_nothing_else(page, house):
    house.start()
    refresh(page, "/channels/rows")
    expect(page.locator("#live-words")).to_be_empty()
    house.tell(house.task(), 40, status=0)
    refresh(page, "/channels/rows")
    expect(page.locator("#live-words")).to_have_text("lesson: Recording")


def test_it_does_not_go_back_to_what_was_true_before_a_press(page, address):
    as_it_was = page.request.get(f"{address}/channels/rows").text()
    held = []
    page.route("**/channels/rows?*", lambda route: held.append(route))
    page.evaluate("htmx.trigger(document.getElementById('channels-live'), 'poll')")
    page.get_by_role("button", name="Start lesson").click()
    expect(page.locator("#channel-1")).to_contain_text("Starting")
    assert "Ready" in as_it_was
    held[0].fulfill(body=as_it_was, content_type="text/html")
    page.wait_for_timeout(200)
    expect(page.locator("#channel-1")).not_to_contain_text("Ready")


def test_it_keeps_an_opened_body_the_place_and_the_focus(page, address, house, on_air):
    open_recording(page, address)
    page.set_viewport_size({"width": 1280, "height": 500})
    page.locator(".callback summary").first.click()
    expect(page.locator(".callback pre")).to_contain_text('"eventType": 40')
    page.locator("#recording-query").focus()
    page.evaluate("window.scrollTo(0, 200)")
    house.tell(on_air, 44, streamUid="1001", state=0, UtcMs=1)
    refresh(page, "/live")
    expect(page.locator("#recording-live")).to_contain_text("1001 started sending picture.")
    expect(page.locator(".callback pre")).to_be_visible()
    expect(page.locator("#recording-query")).to_be_focused()
    assert page.evaluate("window.scrollY") == 200


def test_it_leaves_the_player_alone_when_the_mp4_comes(page, address, house, on_air):
    house.stop(1)
    told = house.cloud.upload(on_air)
    mp4 = house.cloud.bucket / f"{on_air.stem}_0.mp4"
    mp4.unlink()
    end(house, on_air, told)
    open_recording(page, address)
    expect(page.locator("video")).to_be_attached()
    page.evaluate("document.querySelector('video').mark = 'the same'")
    mp4.write_bytes(b"mp4")
    end(house, on_air, told)
    refresh(page, "/live")
    expect(page.locator(".player-bar a")).to_contain_text("MP4")
    assert page.evaluate("document.querySelector('video').mark") == "the same"


def end(house, task, told):
    """The vendor tells that all is uploaded; the storage is looked into."""
    house.tell(task, 31, fileList=told, status=0)
    house.clock.advance(10)
    house.do(sync.sync_due)


def test_it_tells_when_a_recording_cannot_be_played(page, address, house, on_air):
    house.stop(1)
    end(house, on_air, house.cloud.upload(on_air))
    open_recording(page, address)
    expect(page.get_by_text("The recording cannot be played here.")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("button", name="Try again")).to_be_visible()


def test_it_asks_for_width_and_height_only_for_a_canvas_of_ones_own(page, address):
    page.goto(f"{address}/channels/new")
    expect(page.get_by_label("Width")).to_be_hidden()
    page.get_by_role("radio", name="Custom").check(force=True)
    expect(page.get_by_label("Width")).to_be_visible()


def test_it_fills_in_the_advised_bitrate(page, address):
    page.goto(f"{address}/channels/new")
    page.get_by_role("radio", name="640 × 360").check(force=True)
    page.get_by_role("button", name="Use 400").click()
    expect(page.get_by_label("Bitrate")).to_have_value("400")
    expect(page.get_by_label("Bitrate")).to_be_focused()
