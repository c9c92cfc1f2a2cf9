"""The layout editor for accounts that speak TRTC: what only they have, and what is kept of it."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ADMIN, TRTC_APP
from tests.browser.editor import Editor
from tests.browser.operator import TOKEN, Operator
from tests.browser.test_layout_editor import serious_faults
from tests.engine.harness import wait_until

pytestmark = pytest.mark.browser

DATA = re.compile(r'<script type="application/json" id="layout-data">(.*?)</script>')
GRID = {"preset": "grid", "background": "#000000"}


@pytest.fixture(scope="module")
def operator(product):
    return Operator(product, *ADMIN)


def send(operator, path, **fields):
    token = TOKEN.search(operator.page(path).text).group(1)
    answer = operator.http.post(operator.address + path, data={"csrf_token": token, **fields})
    assert answer.ok, answer.text
    return answer


@pytest.fixture(scope="module")
def channel(product, operator):
    """The demo's channel once more, with an account of the engine's app that speaks TRTC.

    Put away afterwards: other tests look for the one row of that name.
    """
    send(
        operator, "/accounts/new", vendor="trtc", name="Rooms", studio="1",
        app_id=TRTC_APP["ENGINE_TRTC_SDK_APP_ID"], storage_id="1",
        base_url=f"http://127.0.0.1:{product.engine_port}",
        key_secret_id=TRTC_APP["ENGINE_TRTC_SECRET_ID"],
        key_secret_key=TRTC_APP["ENGINE_TRTC_SECRET_KEY"],
        key_app_secret=TRTC_APP["ENGINE_TRTC_APP_SECRET"],
    )  # fmt: skip
    page = operator.page("/channels/new").text
    account = re.search(r'<option value="(\d+)"[^>]*>\s*Rooms', page).group(1)
    send(
        operator, "/channels/new", name="studio-demo", account_id=account, storage_id="1",
        recorder_uid="robot", streams="both", size="1280x720", width="1280", height="720",
        fps="15", bitrate_kbps="800", preset="grid", background="#000000", output="hls",
        max_idle_s="60",
    )  # fmt: skip
    page = operator.page("/channels").text
    number = max(map(int, re.findall(r"/channels/(\d+)/layout", page)))
    yield number
    wait_until(lambda: _put_away(operator, number), what="the recording to let the channel go")


def _put_away(operator, number):
    """Whether it could be: not while it is recorded."""
    token = TOKEN.search(operator.page("/channels").text).group(1)
    operator.http.post(f"{operator.address}/channels/{number}/archive", data={"csrf_token": token})
    return f"/channels/{number}/edit" not in operator.page("/channels").text


@pytest.fixture
def edit(product, operator, channel, open_context, signed_in_state, complaints):
    """Open the editor of the channel's own layout: `edit(GRID)`. Nothing may break the policy."""
    path = f"/channels/{channel}/layout"

    def open_(document=GRID, width=1280):
        send(operator, path, document=json.dumps(document), overwrite="1", revision="0")
        context = open_context(width, storage_state=signed_in_state)
        return Editor(context.new_page(), product.address + path)

    yield open_
    assert not complaints


@pytest.fixture
def saved(operator, channel):
    """What the channel's next start will show."""
    return lambda: json.loads(
        DATA.search(operator.page(f"/channels/{channel}/layout").text).group(1)
    )["applied"]


def whole(editor):
    editor.page.get_by_role("tab", name="Layout", exact=True).click()


def test_it_gives_a_preset_to_a_shared_screen_and_makes_regions_of_it(edit, saved):
    editor = edit()
    whole(editor)
    editor.page.get_by_role("button", name="Screen share for 3 people").click()
    editor.page.locator("[data-focus-uid]").fill("1002")
    editor.page.locator("[data-focus-uid]").press("Enter")
    editor.page.locator("[data-focus-stream=screen]").click()
    editor.page.locator("[data-focus-side=right]").click()
    editor.page.get_by_label("Fit of all windows").select_option("smart")
    editor.page.get_by_label("No window for who sends no picture").check()
    editor.applied()
    assert saved() == {
        "preset": "screen_share", "background": "#000000", "focus_uid": "1002",
        "focus_stream": "screen", "focus_side": "right", "fit": "smart", "hide_audio_only": True,
    }  # fmt: skip
    editor.button("Turn into editable regions").click()
    editor.page.locator("[data-order] button.order-name").first.click()
    editor.page.locator("[data-fit=stretch]").click()
    editor.page.locator("[data-stream=screen]").click()
    editor.page.get_by_label("Person", exact=True).fill("anna-7")
    editor.page.get_by_label("Person", exact=True).press("Enter")
    editor.applied()
    last = saved()["regions"][-1]
    assert (last["uid"], last["fit"], last["stream"]) == ("anna-7", "stretch", "screen")


def test_it_places_twenty_five_people_and_refuses_one_more(edit, saved):
    editor = edit()
    whole(editor)
    editor.page.get_by_label("Preview for how many people").fill("25")
    editor.button("Turn into editable regions").click()
    expect(editor.page.locator("[data-order] li")).to_have_count(25)
    editor.applied()
    assert len(saved()["regions"]) == 25
    editor.button("Add a region").click()
    editor.apply()
    expect(editor.bar).to_contain_text("26 regions are more than the 25 that can be shown.")
    assert len(saved()["regions"]) == 25


def test_it_paints_watermarks_by_fields_by_dragging_and_by_keys(edit, saved):
    editor = edit()
    page, keys = editor.page, editor.page.keyboard
    whole(editor)
    editor.button("Add a watermark: Text").click()
    page.get_by_label("Words", exact=True).fill("Lesson 7")
    page.get_by_label("Size in pixels").fill("40")
    for name, number in (("x", "64"), ("y", "500"), ("w", "320"), ("h", "72")):
        page.locator(f"[data-mark-field={name}]").fill(number)
        page.locator(f"[data-mark-field={name}]").press("Enter")
    mark = page.locator("[data-mark='0']")
    expect(mark).to_have_attribute("aria-label", "Text: Lesson 7: x 64, y 500, 320 × 72")
    editor.drag((100, 530), (240, 410), keys=("Alt",))
    expect(mark).to_have_attribute("aria-label", "Text: Lesson 7: x 204, y 380, 320 × 72")
    keys.press("Shift+ArrowRight")
    keys.press("Alt+ArrowDown")
    expect(mark).to_have_attribute("aria-label", "Text: Lesson 7: x 214, y 380, 320 × 73")
    editor.button("Add a watermark: Time").click()
    page.get_by_label("Time zone").select_option("UTC-5")
    editor.drag((1200, 40), (640, 700))
    expect(page.get_by_label("Place", exact=True)).to_have_value("bottom")
    editor.button("Add a watermark: Image").click()
    expect(page.locator("[data-mark-findings]")).to_contain_text("Name an image.")
    page.get_by_label("Address of the image").fill("https://example.org/logo.png")
    page.get_by_label("Address of the image").press("Enter")
    expect(editor.bar).to_contain_text("Words are written over the picture.")
    editor.applied()
    words, time, image = saved()["watermarks"]
    assert words == {
        "kind": "text", "x": 0.167188, "y": 0.527778, "w": 0.25, "h": 0.101389,
        "text": "Lesson 7", "size_px": 40, "color": "#FFFFFF", "background": None,
    }  # fmt: skip
    assert time == {"kind": "time", "place": "bottom", "offset_min": -300}
    assert image["image"] == "https://example.org/logo.png"
    editor.button("Remove Time of day").click()
    expect(editor.bar).to_contain_text("The time of day over the picture goes away.")
    editor.button("Undo").click()
    expect(page.locator("[data-mark]")).to_have_count(3)
    for name in ("Text: Lesson 7", "Time of day"):
        editor.button(name).click()
        assert not serious_faults(page, "light")


def test_it_draws_smart_as_it_would_be_recorded(edit):
    upright = {"uid": "1001", "x": 0, "y": 0, "w": 0.25, "h": 0.75}
    alike = {"uid": "1002", "x": 0.5, "y": 0, "w": 0.25, "h": 0.275}
    regions = [each | {"opacity": 1, "fit": "smart"} for each in (upright, alike)]
    editor = edit(GRID | {"preset": "custom", "regions": regions})
    for uid, drawn in (("1001", "xMidYMid meet"), ("1002", "xMidYMid slice")):
        picture = editor.region(uid).locator("image")
        expect(picture).to_be_visible(timeout=20_000)
        expect(picture).to_have_attribute("preserveAspectRatio", drawn)


def test_it_keeps_images_of_the_whole_and_says_what_is_no_address(edit, saved):
    editor = edit()
    whole(editor)
    page = editor.page
    page.get_by_label("Background image", exact=True).fill("https://example.org/wall.png")
    page.get_by_label("Fit of the background image").select_option("stretch")
    page.get_by_label("Image wherever there is no picture").fill("not an address")
    page.get_by_label("Image wherever there is no picture").press("Enter")
    editor.apply()
    expect(editor.bar).to_contain_text("Give the image's address, beginning with https://.")
    page.get_by_label("Image wherever there is no picture").fill("https://example.org/all.png")
    page.get_by_label("Image wherever there is no picture").press("Enter")
    editor.applied()
    assert saved() == GRID | {
        "background_image": "https://example.org/wall.png", "background_fit": "stretch",
        "placeholder": "https://example.org/all.png",
    }  # fmt: skip


def test_it_orders_regions_by_keys_and_keeps_them_as_trtcs_json(edit, saved, operator):
    edges = {"w": 0.5, "h": 0.5, "opacity": 1, "fit": "smart"}
    regions = [{"uid": uid, "x": x, "y": 0, **edges} for uid, x in (("a", 0), ("b", 0.5))]
    marks = [{"kind": "time", "place": "top", "offset_min": 0}]
    editor = edit(GRID | {"preset": "custom", "regions": regions, "watermarks": marks})
    names = editor.page.locator("[data-order] .order-name")
    names.nth(1).focus()
    editor.page.keyboard.press("Alt+ArrowUp")
    expect(names).to_have_text(["a", "b"])
    editor.page.get_by_role("tab", name="Library").click()
    editor.page.get_by_label("Keep the draft as").fill("For TRTC")
    editor.button("Keep in the library").click()
    kept = editor.page.locator(".saved").filter(has_text="For TRTC")
    kept.get_by_role("button", name="Duplicate For TRTC").click()
    expect(kept).to_have_count(2)
    with editor.page.expect_download() as download:
        editor.page.get_by_role("link", name="Export For TRTC for TRTC", exact=True).click()
    theirs = json.loads(download.value.path().read_text())
    params = theirs["MixLayoutParams"]
    layers = {each["UserId"]: each["ImageLayer"] for each in params["MixLayoutList"]}
    assert layers == {"b": 0, "a": 1}
    assert params["WaterMarkList"][0]["WaterMarkTimestamp"]["Pos"] == 4
    editor.page.get_by_text("Bring in a layout").click()
    editor.page.get_by_label("Name", exact=True).fill("Back again")
    editor.page.locator("#import-text").fill(json.dumps(theirs))
    editor.button("Import").click()
    back = editor.page.locator(".saved").filter(has_text="Back again")
    back.get_by_role("button", name="Use Back again").click()
    expect(names).to_have_text(["a", "b"])
    expect(editor.page.locator("[data-mark]")).to_have_count(1)


def test_it_records_what_was_saved_and_takes_changes_live(
    product, operator, channel, edit, saved, open_context, signed_in_state
):
    edit(GRID | {"watermarks": [{"kind": "time"}]})
    operator.start(channel)
    operator.wait_for("/channels", "Edit the layout|Stop")
    found = re.findall(r"/recordings/(\d+)/layout", operator.page("/channels").text)
    number = max(map(int, found))
    operator.wait_for(f"/recordings/{number}", r"\bRecording\b", 30)
    context = open_context(storage_state=signed_in_state)
    editor = Editor(context.new_page(), f"{product.address}/recordings/{number}/layout")
    expect(editor.page.locator("[data-mark]")).to_have_count(1)
    whole(editor)
    editor.button("Add a watermark: Text").click()
    editor.applied()
    assert len(saved()["watermarks"]) == 1
    operator.stop(number)
