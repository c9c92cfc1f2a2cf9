"""Seconds from a click on Start to the row saying "Recording", in the real browser.

`python -m tests.benchmarks.start_click`: ten starts on a fresh installation. The clock runs
from the moment the click was delivered, so it holds the request, the vendor's calls, the
callback, and the poll that shows it.
"""

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser import chromium
from tests.browser.product import Product

ROUNDS = 10


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
        page.goto(product.invite)
        page.get_by_label("Password", exact=True).fill("a password to measure with")
        page.get_by_role("button", name="Set password").click()
        seen = [one_start(page) for _ in range(ROUNDS)]
        browser.close()
    print(f"start click to 'Recording' on the page, {ROUNDS} starts:")
    print("  " + " ".join(f"{value:.2f}" for value in seen))
    print(f"  median {statistics.median(seen):.2f} s, worst {max(seen):.2f} s")


def one_start(page: Page) -> float:
    row = page.get_by_role("row").filter(has_text="studio-demo")
    row.get_by_role("button", name="Start").click(timeout=30_000)
    began = time.monotonic()
    row.get_by_text("Recording", exact=True).wait_for()
    took = time.monotonic() - began
    row.get_by_role("button", name="Stop").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    row.get_by_role("button", name="Start").wait_for()
    return took


if __name__ == "__main__":
    main()
