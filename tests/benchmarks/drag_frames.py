"""Milliseconds between two pictures of the display while 25 regions are dragged together.

`python -m tests.benchmarks.drag_frames`: a fresh installation, the editor of a channel's layout
with 25 regions, all of them chosen, and a real pointer that goes around for five seconds. Each
picture that the browser draws is counted; the same page at rest tells how evenly this machine
draws at all.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser import chromium
from tests.browser.conftest import ADMIN, sign_in
from tests.browser.editor import Editor
from tests.browser.product import Product

REGIONS = 25
DRAG_S = 5.0
REST_S = 2.0
RADIUS_PX = 60
COUNT = """() => {
  window.frames_at = []
  const note = at => { window.frames_at.push(at); window.counting = requestAnimationFrame(note) }
  window.counting = requestAnimationFrame(note)
}"""
STOP = "() => { cancelAnimationFrame(window.counting); return window.frames_at }"


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Product(Path(folder) / "data") as product,
        sync_playwright() as playwright,
    ):
        made = product.run(
            "user", "add", ADMIN[0], "--role", "admin", "--password-stdin", given=ADMIN[1]
        )
        assert made.returncode == 0, made.stderr
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        sign_in(page, product)
        editor = Editor(page, f"{product.address}/channels/1/layout")
        take_regions(editor)
        rest = counted(page, lambda: time.sleep(REST_S))
        before = first_place(page)
        dragged = counted(page, lambda: drag(editor))
        assert first_place(page) != before, "nothing was dragged"
        browser.close()
    report("at rest", rest)
    report(f"while {REGIONS} regions are dragged", dragged)


def take_regions(editor: Editor) -> None:
    """25 regions in the draft, kept for the page as it keeps drafts itself, and all chosen."""
    regions = [
        {"uid": None, "x": round(0.1 + 0.16 * (i % 5), 6), "y": round(0.1 + 0.16 * (i // 5), 6),
         "w": 0.14, "h": 0.14, "opacity": 1, "fit": "fill"}
        for i in range(REGIONS)
    ]  # fmt: skip
    draft = {"base": 0, "document": {"preset": "custom", "background": "#000000",
                                     "regions": regions}}  # fmt: skip
    editor.page.evaluate(
        "draft => sessionStorage.setItem(`layout-draft ${location.pathname}`, draft)",
        json.dumps(draft),
    )
    editor.open()
    editor.page.locator("[data-order] [data-name]").first.click()
    editor.page.locator("[data-canvas] [data-region]").last.focus()
    editor.page.keyboard.press("Control+a")
    assert editor.page.locator("[data-overlay=frames] rect").count() == REGIONS


def drag(editor: Editor) -> None:
    mouse = editor.page.mouse
    x, y = editor.at(*middle_of_last(editor))
    mouse.move(x, y)
    mouse.down()
    until, step = time.monotonic() + DRAG_S, 0
    while time.monotonic() < until:
        step += 1
        mouse.move(x + RADIUS_PX * triangle(step, 40), y + RADIUS_PX / 2 * triangle(step, 27))
    mouse.up()


def middle_of_last(editor: Editor) -> tuple[float, float]:
    return (0.1 + 0.64 + 0.07) * 1280, (0.1 + 0.64 + 0.07) * 720


def triangle(step: int, period: int) -> float:
    """Between -1 and 1, to and fro."""
    return abs(step % (2 * period) - period) / period * 2 - 1


def first_place(page: Page) -> str:
    return page.locator("[data-canvas] [data-region]").first.get_attribute("transform")


def counted(page: Page, act: Callable[[], object]) -> list[float]:
    """Milliseconds from picture to picture while something is done."""
    page.evaluate(COUNT)
    act()
    at = page.evaluate(STOP)
    return [later - earlier for earlier, later in zip(at, at[1:], strict=False)]


def report(what: str, gaps: list[float]) -> None:
    slow = statistics.quantiles(gaps, n=20)[-1]
    print(
        f"{what}: {len(gaps)} pictures, median {statistics.median(gaps):.1f} ms, "
        f"95th of 100 {slow:.1f} ms, worst {max(gaps):.1f} ms"
    )


if __name__ == "__main__":
    main()
