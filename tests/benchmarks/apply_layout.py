"""Milliseconds from Apply to the first recorded frame with the new layout, in the real browser.

`python -m tests.benchmarks.apply_layout`: a fresh installation records its demo channel. Twenty
times a region is dragged to the other side of the canvas and dropped, and Apply is clicked, at
moments that fall anywhere between two frames. Afterwards the recording is decoded: the moment
of the first frame with the region where it was dropped, less the moment at which the click was
delivered. A frame period (67 ms at 15 fps) is part of it. Where the machine is so busy that the
recorder runs behind, its frames are older than they look, and a value may even be below zero.
"""

import json
import random
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import av
from playwright.sync_api import Page, sync_playwright

from tests.browser import chromium
from tests.browser.product import Product

ROUNDS = 20
PAUSE_S = 0.5
FIRST = {"preset": "custom", "background": "#000000", "regions": [
    {"uid": "1001", "x": 0, "y": 0.25, "w": 0.5, "h": 0.5, "opacity": 1, "fit": "fill"},
]}  # fmt: skip
WATCH = """() => {
  const apply = document.querySelector("[data-apply]")
  const now = event => performance.timeOrigin + event.timeStamp
  window.clicks = []
  window.settled = []
  apply.addEventListener("click", event => clicks.push(now(event)), true)
  new MutationObserver(([{ oldValue }]) => {
    if (oldValue === "false" && apply.ariaDisabled === "true") settled.push(Date.now())
  }).observe(apply, { attributeFilter: ["aria-disabled"], attributeOldValue: true })
}"""
"""When Apply was clicked, and when nothing was left to apply; milliseconds since 1970."""
_STARTED = re.compile(r"_(\d{17})\.ts$")


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Product(Path(folder) / "data") as product,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        page = browser.new_page()
        sign_in(page, product)
        open_editor(page, product)
        for number in range(ROUNDS):
            one_apply(page, number)
        clicks, settled = page.evaluate("[clicks, settled]")
        time.sleep(1)
        stop(page, product)
        browser.close()
        changes = changes_in(finished(product.folder))
    report(f"Apply clicked to the first frame with the new layout, {ROUNDS} drops", clicks, changes)
    report("Apply clicked to the page saying so", clicks, settled)


def report(what: str, began: list[float], ended: list[float]) -> None:
    values = [end - begin for begin, end in zip(began, ended, strict=True)]
    print(f"{what}:\n  " + " ".join(f"{value:.0f}" for value in values))
    print(f"  median {statistics.median(values):.0f} ms, worst {max(values):.0f} ms")


# ------------------------------------------------------------------ in the browser


def sign_in(page: Page, product: Product) -> None:
    page.goto(product.invite)
    page.get_by_label("Password", exact=True).fill("a password to measure with")
    page.get_by_role("button", name="Set password").click()


def open_editor(page: Page, product: Product) -> None:
    """Start the demo channel, give it one region, and open the editor on it."""
    row = page.get_by_role("row").filter(has_text="studio-demo")
    row.get_by_role("button", name="Start").click()
    row.get_by_text("Recording", exact=True).wait_for()
    address = f"{product.address}/recordings/1/layout"
    page.goto(address)
    token = page.locator("[name=csrf_token]").first.input_value()
    form = {"csrf_token": token, "document": json.dumps(FIRST), "revision": "1", "overwrite": "1"}
    assert page.request.post(address, form=form, headers={"Origin": product.address}).ok
    time.sleep(1)
    page.goto(address)
    page.locator("[data-apply][aria-disabled=true]").wait_for()
    page.evaluate(WATCH)


def one_apply(page: Page, number: int) -> None:
    """Drag the region to the other side, drop it, and click on Apply."""
    time.sleep(PAUSE_S + random.random() * 0.2)  # noqa: S311 - not a secret
    region = page.locator("[data-canvas] [data-region]").bounding_box()
    x, y = region["x"] + region["width"] / 2, region["y"] + region["height"] / 2
    there = x + region["width"] * (-1 if number % 2 else 1)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move((x + there) / 2, y)
    page.mouse.move(there, y)
    page.mouse.up()
    apply = page.locator("[data-apply]").bounding_box()
    page.mouse.move(apply["x"] + apply["width"] / 2, apply["y"] + apply["height"] / 2)
    page.mouse.down()
    page.mouse.up()
    page.locator("[data-apply][aria-disabled=true]").wait_for()


def stop(page: Page, product: Product) -> None:
    page.goto(f"{product.address}/recordings/1")
    page.get_by_role("button", name="Stop").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Stop").click()


# ------------------------------------------------------------------ in the recording


def finished(folder: Path) -> list[Path]:
    """The slices, once the playlist says that there are no more."""
    limit = time.monotonic() + 30
    while True:
        lists = list(folder.glob("engine/buckets/**/*.m3u8"))
        if lists and lists[0].read_text().endswith("#EXT-X-ENDLIST\n"):
            return sorted(lists[0].parent.glob("*.ts"))
        assert time.monotonic() < limit, "the recording does not end"
        time.sleep(0.1)


def changes_in(files: list[Path]) -> list[float]:
    """Moments at which the region changed sides, milliseconds since 1970."""
    found, before = [], None
    for path in files:
        began = datetime.strptime(_STARTED.search(path.name).group(1), "%Y%m%d%H%M%S%f")
        for into_s, side in sides_in(path):
            if before is not None and side != before:
                found.append((began.replace(tzinfo=UTC).timestamp() + into_s) * 1000)
            before = side or before
    return found


def sides_in(path: Path) -> Iterator[tuple[float, str | None]]:
    """Seconds into the slice, and where the region is; None while another layout is recorded."""
    with av.open(str(path)) as container:
        first = None
        for frame in container.decode(video=0):
            at = float(frame.pts * frame.time_base)
            first = at if first is None else first
            yield at - first, side_of(frame)


def side_of(frame: av.VideoFrame) -> str | None:
    """The half in which the corner of a test card is, while all above it is black."""
    lit = frame.to_ndarray(format="gray") > 40
    high, wide = lit.shape
    across, corner_wide = slice(high * 26 // 100, high * 30 // 100), wide // 12
    left = lit[across, 4:corner_wide].all()
    right = lit[across, wide // 2 + 4 : wide // 2 + corner_wide].all()
    if left == right or lit[: high // 5].any():
        return None
    return "left" if left else "right"


if __name__ == "__main__":
    main()
