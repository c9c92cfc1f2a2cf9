"""Editing a layout while it is recorded: dragged, nudged, clicked, applied, and by two at once."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import ADMIN, sign_in
from tests.browser.editor import Editor
from tests.browser.gate import Gate
from tests.browser.operator import TOKEN, Operator
from tests.browser.product import Product

pytestmark = pytest.mark.browser

SECOND = ("ben@example.org", "another long password")
VIEWER = ("vic@example.org", "a password to look with")


def region(uid, x, y, w, h, **more):
    return {"uid": uid, "x": x, "y": y, "w": w, "h": h, "opacity": 1, "fit": "fill"} | more


def custom(*regions):
    return {"preset": "custom", "background": "#000000", "regions": list(regions)}


THREE = custom(
    region("1001", 0.1, 0.1, 0.25, 0.25),
    region("1002", 0.5, 0.1, 0.25, 0.25),
    region("1003", 0.1, 0.6, 0.25, 0.25),
)
"""In pixels: 1001 at 128, 72; 1002 at 640, 72; 1003 at 128, 432; each 320 × 180."""


@pytest.fixture(scope="module")
def operator(product):
    """Somebody without a browser, to set the scene with."""
    for (email, password), role in ((SECOND, "operator"), (VIEWER, "viewer")):
        product.run("user", "add", email, "--role", role, "--password-stdin", given=password)
    return Operator(product, *ADMIN)


@pytest.fixture(scope="module")
def recording(operator):
    """The number of a recording that runs while these tests do."""
    operator.start()
    page = operator.wait_for("/channels", "Edit the layout|Stop")
    assert page
    found = re.search(r"/recordings/(\d+)/layout", operator.page("/channels").text)
    number = int(found.group(1))
    operator.wait_for_state(number, "Recording", 20)
    yield number
    operator.stop(number)
    operator.wait_for_state(number, "Completed", 30)


@pytest.fixture
def set_layout(operator, recording):
    def set_(document):
        path = f"/recordings/{recording}/layout"
        answer = operator.http.post(
            operator.address + path,
            data={
                "csrf_token": TOKEN.search(operator.page(path).text).group(1),
                "document": json.dumps(document),
                "overwrite": "1",
                "revision": "0",
            },
            headers={"X-Requested-With": "fetch"},
        )
        assert answer.ok, answer.text

    return set_


@pytest.fixture
def edit(product, recording, set_layout, open_context, signed_in_state, complaints):
    """Open the editor on a layout: `edit(THREE, width=390)`. Nothing may break the policy."""

    def open_(document=THREE, width=1280, height=800, **options):
        set_layout(document)
        context = open_context(width, height, storage_state=signed_in_state, **options)
        return Editor(context.new_page(), f"{product.address}/recordings/{recording}/layout")

    yield open_
    assert not complaints


def applied_document(operator, recording):
    page = operator.page(f"/recordings/{recording}/layout").text
    data = re.search(r'<script type="application/json" id="layout-data">(.*?)</script>', page)
    return json.loads(data.group(1))["applied"]


# ---------------------------------------------------------------- with a pointer


def test_it_drags_a_region_and_takes_the_drag_back_in_one_step(edit):
    editor = edit()
    editor.drag((200, 120), (300, 160))
    editor.expect_place("1001", 228, 112, 320, 180)
    expect(editor.field("x")).to_have_value("228")
    expect(editor.bar).to_contain_text("1001 moves.")
    editor.button("Undo").click()
    editor.expect_place("1001", 128, 72, 320, 180)
    expect(editor.button("Undo")).to_have_attribute("aria-disabled", "true")
    editor.button("Redo").click()
    editor.expect_place("1001", 228, 112, 320, 180)


def test_it_snaps_to_another_region_and_shows_the_guide(edit):
    editor = edit()
    guides = editor.page.locator("[data-overlay=guides] .guide")
    editor.drag((200, 500), (200 + 509, 502), drop=False)
    editor.expect_place("1003", 640, 434, 320, 180)
    expect(guides.first).to_have_attribute("d", re.compile("^M640 "))
    editor.page.mouse.up()
    expect(guides).to_have_count(0)


def test_it_goes_where_it_is_dragged_with_snapping_off(edit):
    editor = edit()
    for keys in ((), ("Alt",)):
        editor.drag((200, 500), (710, 504), keys=keys)
        if not keys:
            editor.expect_place("1003", 640, 436, 320, 180)
            editor.button("Undo").click()
    editor.expect_place("1003", 638, 436, 320, 180)
    editor.button("Undo").click()
    editor.button("Snap").click()
    editor.drag((200, 500), (710, 504))
    editor.expect_place("1003", 638, 436, 320, 180)


def test_it_resizes_by_each_of_eight_handles(edit):
    editor = edit()
    editor.choose("1001")
    expect(editor.page.locator("[data-handle]")).to_have_count(8)
    ends = {
        "se": ((40, 20), (128, 72, 360, 200)),
        "n": ((0, -20), (128, 52, 360, 220)),
        "w": ((-40, 0), (88, 52, 400, 220)),
    }
    for handle, (by, place) in ends.items():
        box = editor.page.locator(f"[data-handle={handle}] .handle").bounding_box()
        at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        scale = editor.page.locator("[data-canvas]").bounding_box()["width"] / 1280
        editor.page.mouse.move(*at)
        editor.page.mouse.down()
        editor.page.keyboard.down("Alt")
        editor.page.mouse.move(at[0] + by[0] * scale, at[1] + by[1] * scale, steps=4)
        editor.page.mouse.up()
        editor.page.keyboard.up("Alt")
        editor.expect_place("1001", *place)


def test_it_keeps_the_proportions_when_told_to(edit):
    editor = edit()
    editor.choose("1001")
    editor.button("Keep proportions").click()
    editor.drag((448, 252), (608, 262), keys=("Alt",))
    _, _, w, h = editor.place("1001")
    assert w > 400
    assert w / h == pytest.approx(16 / 9, rel=0.01)


def test_it_gives_a_drag_up_on_escape(edit):
    editor = edit()
    editor.drag((200, 120), (400, 300), drop=False)
    editor.page.keyboard.press("Escape")
    editor.expect_place("1001", 128, 72, 320, 180)
    editor.page.mouse.up()
    expect(editor.bar).to_contain_text("The draft is what is applied.")


def test_it_chooses_with_a_marquee_what_lies_fully_inside_and_drags_it_together(edit):
    editor = edit()
    editor.drag((60, 40), (1100, 300))
    expect(editor.page.locator("[data-title]")).to_have_text("2 regions chosen")
    editor.drag((200, 120), (200, 220), keys=("Alt",))
    editor.expect_place("1001", 128, 172, 320, 180)
    editor.expect_place("1002", 640, 172, 320, 180)
    editor.expect_place("1003", 128, 432, 320, 180)


def test_it_is_dragged_by_a_finger(edit):
    editor = edit(width=390, height=844, has_touch=True, is_mobile=True)
    editor.button("Snap").click()
    touch = editor.page.context.new_cdp_session(editor.page)

    def finger(kind, *at):
        points = [dict(zip("xy", editor.at(*at), strict=True))] if at else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", 200, 120)
    for step in range(1, 6):
        finger("touchMove", 200 + 40 * step, 120 + 20 * step)
    finger("touchEnd")
    expect(editor.bar).to_contain_text("1001 moves.")
    x, y, *_ = editor.place("1001")
    assert (x, y) == (pytest.approx(328, abs=6), pytest.approx(172, abs=6))


# ---------------------------------------------------------------- without one


def tab_to(page, name, most=60):
    """Press Tab until what is in focus carries this name."""
    for _ in range(most):
        page.keyboard.press("Tab")
        now = page.evaluate(
            "() => document.activeElement.ariaLabel ?? document.activeElement.innerText"
        )
        if (now or "").strip().startswith(name):
            return
    raise AssertionError(f"Tab never came to {name!r}")


def test_it_builds_and_applies_a_layout_by_keyboard_alone(edit, operator, recording):
    editor = edit({"preset": "best_fit", "background": "#000000"})
    keys = editor.page.keyboard
    tab_to(editor.page, "Turn into editable regions")
    keys.press("Enter")
    expect(editor.page.get_by_role("tab", name="Region", exact=True)).to_be_focused()
    keys.press("Control+e")
    keys.type("640")
    keys.press("Enter")
    editor.expect_place("1003", 640, 360, 640, 360)
    keys.press("Shift+Tab")
    for _ in range(40):
        if editor.page.evaluate("() => !!document.activeElement.dataset.region"):
            break
        keys.press("Shift+Tab")
    expect(editor.region("1003")).to_be_focused()
    for _ in range(3):
        keys.press("ArrowLeft")
    keys.press("Shift+ArrowUp")
    keys.press("Alt+Shift+ArrowLeft")
    editor.expect_place("1003", 637, 350, 630, 360)
    keys.press("Control+z")
    editor.expect_place("1003", 637, 350, 640, 360)
    keys.press("Control+z")
    editor.expect_place("1003", 640, 360, 640, 360)
    keys.press("PageDown")
    expect(editor.region("1002")).to_be_focused()
    keys.press("Delete")
    expect(editor.region("1002")).to_have_count(0)
    keys.press("Control+Enter")
    expect(editor.bar).to_contain_text("The draft is what is applied.")
    uids = [each["uid"] for each in applied_document(operator, recording)["regions"]]
    assert uids == ["1001", "1003"]


def test_it_builds_and_applies_a_layout_by_clicks_alone(edit, operator, recording):
    editor = edit()
    page = editor.page
    editor.choose("1001")
    editor.button("Align right").click()
    editor.expect_place("1001", 960, 72, 320, 180)
    page.get_by_label("Choose 1002").click()
    page.get_by_label("Choose 1003").click()
    editor.button("Align top").click()
    editor.button("Same gaps across").click()
    editor.expect_place("1002", 544, 72, 320, 180)
    editor.choose("1003")
    editor.button("Remove").click()
    editor.button("Place 1003").click()
    editor.button("Fill the canvas").click()
    editor.button("To the back").click()
    page.locator("[data-fit=contain]").click()
    editor.expect_place("1003", 0, 0, 1280, 720)
    editor.choose("1002")
    page.get_by_role("group", name="Choose a person").get_by_role(
        "button", name="Next to join"
    ).click()
    editor.applied()
    found = applied_document(operator, recording)["regions"]
    assert [(each["uid"], each["fit"]) for each in found] == [
        ("1003", "contain"), ("1001", "fill"), (None, "fill"),
    ]  # fmt: skip


def test_it_shows_its_keys(edit):
    editor = edit()
    editor.page.keyboard.press("?")
    expect(editor.page.get_by_role("dialog", name="Keys of the editor")).to_be_visible()


def test_it_takes_numbers_opacity_and_a_typed_uid(edit, operator, recording):
    editor = edit()
    editor.choose("1001")
    editor.field("w").fill("501")
    editor.page.locator("[data-fraction=y]").fill("0.25")
    editor.page.locator("[data-opacity]").fill("40")
    editor.page.get_by_label("Person", exact=True).fill("77")
    editor.page.get_by_label("Person", exact=True).press("Enter")
    editor.expect_place("77", 128, 180, 501, 180)
    expect(editor.page.get_by_text("Recorded at even pixels: 500 × 180")).to_be_visible()
    editor.applied()
    first = applied_document(operator, recording)["regions"][0]
    assert first == region("77", 0.1, 0.25, 0.391406, 0.25, opacity=0.4)


def test_it_shows_the_number_it_took_where_another_was_typed(edit):
    editor = edit()
    editor.choose("1001")
    most = 1280 - float(editor.field("w").input_value())
    editor.field("x").fill("5000")
    editor.field("x").press("Enter")
    expect(editor.field("x")).to_have_value(f"{most:g}")


def test_it_says_at_the_region_what_is_wrong_with_it(edit):
    editor = edit()
    editor.choose("1001")
    editor.button("Fill the canvas").click()
    editor.button("To the front").click()
    covered = "Nobody will see this region: others in front cover it."
    expect(editor.region("1002")).to_have_attribute("aria-label", re.compile(re.escape(covered)))
    expect(editor.page.locator("[data-order]")).to_contain_text(covered)
    editor.choose("1002")
    editor.page.get_by_label("Person", exact=True).fill("no such uid")
    editor.page.get_by_label("Person", exact=True).press("Enter")
    editor.apply()
    expect(editor.bar).to_contain_text("This cannot be anybody's uid here.")
    expect(editor.page.locator("[data-findings]")).to_contain_text("This cannot be anybody's uid")


# ---------------------------------------------------------------- presets, scenes, library


def test_it_turns_a_preset_for_any_number_of_people_into_regions(edit):
    editor = edit({"preset": "best_fit", "background": "#000000"})
    editor.page.get_by_label("Preview for how many people").fill("9")
    expect(editor.page.locator("[data-canvas] [data-region]")).to_have_count(9)
    card = editor.page.get_by_role("button", name="Floating for 9 people")
    expect(card.locator("rect")).to_have_count(9)
    card.click()
    editor.button("Turn into editable regions").click()
    expect(editor.page.locator("[data-order] li")).to_have_count(9)
    editor.expect_place("1001", 0, 0, 1280, 720)
    expect(editor.region("Next to join, 6")).to_have_count(1)


def test_it_applies_scenes_by_key_and_by_click(edit, operator, recording):
    editor = edit()
    name = editor.page.get_by_label("Name of a new scene")
    name.fill("Three")
    editor.button("Add scene").click()
    expect(editor.page.locator("[data-scene]")).to_have_count(1)
    editor.choose("1003")
    editor.button("Remove").click()
    name.fill("Two")
    editor.button("Add scene").click()
    expect(editor.page.locator("[data-scene]")).to_have_count(2)
    editor.page.locator("h1").click()
    editor.page.keyboard.press("2")
    expect(editor.bar).to_contain_text("The draft is what is applied.")
    assert len(applied_document(operator, recording)["regions"]) == 2
    editor.button("Apply Three now").click()
    expect(editor.region("1003")).to_have_count(1)
    assert len(applied_document(operator, recording)["regions"]) == 3
    editor.page.get_by_label("More for Two").click()
    editor.page.get_by_label("New name of Two").fill("Pair")
    editor.page.get_by_label("New name of Two").press("Enter")
    expect(editor.page.locator("[data-scene]").nth(1)).to_contain_text("Pair")


def test_it_keeps_a_draft_in_the_library_and_uses_it_again(edit):
    editor = edit()
    editor.page.get_by_role("tab", name="Library").click()
    editor.page.get_by_label("Keep the draft as").fill("Talk of three")
    editor.page.get_by_label("Tags, with commas between them").fill("talk")
    editor.button("Keep in the library").click()
    saved = editor.page.locator(".saved").filter(has_text="Talk of three")
    expect(saved).to_contain_text("Version 1")
    editor.choose("1001")
    editor.button("Remove").click()
    saved.get_by_role("button", name="new version").click()
    expect(saved).to_contain_text("Version 2")
    editor.button("Undo").click()
    saved.get_by_role("button", name="Use Talk of three").click()
    expect(editor.region("1001")).to_have_count(0)


def test_it_restores_what_was_applied_before(edit):
    editor = edit()
    editor.choose("1002")
    editor.button("Remove").click()
    editor.applied()
    editor.page.get_by_role("tab", name="History").click()
    before = editor.page.locator("[data-applied]").nth(1)
    before.get_by_role("button", name="Restore").click()
    expect(editor.region("1002")).to_have_count(1)
    expect(editor.page.locator("[data-applied]").first).to_contain_text("Restored")


def test_it_names_images_of_people_without_a_picture(edit, operator, recording):
    editor = edit({"preset": "best_fit", "background": "#000000"})
    page = editor.page
    page.get_by_role("tab", name="Layout", exact=True).click()
    for uid in ("1001", "1003"):
        page.get_by_label("Whose image").fill(uid)
        page.get_by_label("Address of the image").fill(f"https://example.org/{uid}.png")
        editor.button("Add image").click()
    page.get_by_label("Fit of the image of 1003").select_option("contain")
    assert not serious_faults(page, "dark")
    editor.button("Remove Image of 1001").click()
    expect(editor.bar).to_contain_text("1003 has another image while there is no picture.")
    editor.applied()
    assert applied_document(operator, recording)["portraits"] == [
        {"uid": "1003", "image": "https://example.org/1003.png", "fit": "contain"}
    ]


# ---------------------------------------------------------------- two, and trouble


def test_it_lets_the_second_of_two_operators_choose(edit, product, open_context, recording):
    first = edit()
    page = open_context().new_page()
    sign_in(page, product, *SECOND)
    second = Editor(page, first.address)
    expect(first.page.get_by_text("ben@example.org is editing this layout, too.")).to_be_visible()
    second.choose("1001")
    second.button("Align right").click()
    first.choose("1002")
    first.button("Align bottom").click()
    first.applied()
    expect(second.page.locator("[data-theirs]")).to_contain_text(ADMIN[0])
    second.expect_place("1001", 960, 72, 320, 180)
    second.apply()
    expect(second.outcome).to_contain_text("1002 moves.")
    expect(second.page.locator("#toasts")).to_be_empty()
    second.button("Apply mine anyway").click()
    expect(second.bar).to_contain_text("The draft is what is applied.")
    first.expect_place("1001", 960, 72, 320, 180)
    first.expect_place("1002", 640, 72, 320, 180)


def test_it_takes_theirs_when_told_to(edit, set_layout):
    editor = edit()
    editor.choose("1001")
    editor.button("Remove").click()
    set_layout(custom(region("1002", 0, 0, 1, 1)))
    editor.apply()
    editor.page.get_by_role("link", name="Take theirs").click()
    editor.expect_place("1002", 0, 0, 1280, 720)
    expect(editor.bar).to_contain_text("The draft is what is applied.")
    expect(editor.outcome).to_be_empty()


def test_it_brings_the_draft_back_after_a_reload_and_asks_before_leaving(edit):
    editor = edit()
    editor.choose("1001")
    editor.button("Align right").click()
    asked = []
    editor.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    editor.page.reload()
    editor.wait()
    assert asked == ["beforeunload"]
    editor.expect_place("1001", 960, 72, 320, 180)
    editor.button("Discard").click()
    editor.expect_place("1001", 128, 72, 320, 180)
    editor.page.reload()
    assert asked == ["beforeunload"]


def test_it_only_shows_viewers(edit, product, open_context, recording):
    address = edit().address
    page = open_context().new_page()
    sign_in(page, product, *VIEWER)
    viewer = Editor(page, address)
    expect(page.locator("[data-apply], [data-command], [data-field]")).to_have_count(0)
    viewer.drag((200, 120), (400, 300))
    viewer.expect_place("1001", 128, 72, 320, 180)
    assert viewer.region("1001").get_attribute("role") == "img"


def test_it_has_no_empty_card_for_viewers_of_a_channel(product, open_context, recording):
    page = open_context().new_page()
    sign_in(page, product, *VIEWER)
    Editor(page, f"{product.address}/channels/1/layout")
    expect(page.locator(".editor-side")).to_be_hidden()


def test_it_keeps_the_draft_when_the_vendor_refuses_or_is_lost(
    tmp_path_factory, open_context, complaints
):
    product = Product(tmp_path_factory.mktemp("refusing") / "data")
    with Gate(product.engine_port) as gate:
        product.settings["ENGINE_URL"] = gate.address
        with product:
            editor = refuse_and_take(product, gate, open_context().new_page())
            lose_and_take(gate, editor)
    assert not complaints


def lose_and_take(gate, editor):
    """Nobody knows what holds, so that the very same layout can be sent once more."""
    editor.button("Align top").click()
    gate.loses = "updateLayout"
    editor.apply()
    expect(editor.outcome).to_contain_text("Whether it is applied is not known.", timeout=30_000)
    expect(editor.page.locator("[data-apply]")).to_have_attribute("aria-disabled", "false")
    gate.loses = None
    editor.applied()
    expect(editor.outcome).not_to_contain_text("Whether it is applied is not known.")


def refuse_and_take(product, gate, page):
    product.run("user", "add", ADMIN[0], "--role", "admin", "--password-stdin", given=ADMIN[1])
    operator = Operator(product, *ADMIN)
    operator.start()
    operator.wait_for_state(1, "Recording", 20)
    sign_in(page, product)
    editor = Editor(page, f"{product.address}/recordings/1/layout")
    editor.by_hand()
    editor.button("Align right").click()
    gate.refuses = "updateLayout"
    editor.apply()
    expect(editor.outcome).to_contain_text("layoutConfig is not right")
    expect(editor.outcome).to_contain_text("The old layout stays. Your draft is kept.")
    editor.expect_place("1003", 640, 360, 640, 360)
    expect(editor.bar).to_contain_text("The layout is placed by hand, with 3 regions.")
    gate.refuses = None
    editor.applied()
    expect(editor.outcome).not_to_contain_text("Your draft is kept.")
    return editor


def test_it_shows_the_picture_of_each_publisher_in_its_region(edit):
    editor = edit()
    picture = editor.region("1002").locator("image")
    expect(picture).to_be_visible(timeout=15_000)
    assert editor.page.request.get(editor.page.url.split("/recordings")[0] +
                                   picture.get_attribute("href")).ok  # fmt: skip


# ---------------------------------------------------------------- for everybody


@pytest.mark.parametrize("width", [1280, 390])
def test_it_passes_axe_without_a_serious_fault(edit, width):
    editor = edit(width=width, height=844, reduced_motion="reduce")
    page = editor.page
    tabs = [each for each in page.get_by_role("tab").all() if each.is_visible()]
    for number, tab in enumerate(tabs):
        tab.click()
        if tab.inner_text() == "Region":
            editor.region("1001").click()
        scheme = ("dark", "light")[number % 2]
        assert not serious_faults(page, scheme), (tab.inner_text(), scheme)
        assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert not serious_faults(page, ("light", "dark")[number % 2])


def serious_faults(page, scheme):
    """What axe calls serious, once the colours have changed over."""
    page.evaluate(
        """async scheme => {
          document.documentElement.dataset.theme = scheme
          await new Promise(requestAnimationFrame)
          await Promise.allSettled(document.getAnimations().map(each => each.finished))
        }""",
        scheme,
    )
    return [
        f"{fault['id']}: {fault['help']} at {[node['target'] for node in fault['nodes'][:3]]}"
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in {"serious", "critical"}
    ]
