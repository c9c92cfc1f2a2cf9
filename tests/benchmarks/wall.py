"""What a look of the live wall costs with fifty recordings, and whether the page keeps its frames.

`python -m tests.benchmarks.wall`. Times are of one process's processor, in-process, the median
of many. The baseline is the same server's sign-in page, the smallest page there is, in the same
run: ratios hold on another machine, milliseconds do not.
"""

import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import sync_playwright
from waitress.server import create_server

from dashboard import create_app, settings
from dashboard.clock import SystemClock
from dashboard.extensions import db
from dashboard.providers import registry
from dashboard.services import context, people
from tests.browser import chromium
from tests.services import crowd
from tests.services.conftest import House
from tests.services.fakes import Cloud, MemoryClient, MemoryStudio
from tests.web.conftest import PASSWORD, Browser

RECORDINGS = 50
ROUNDS = 30
WATCHED_S = 8
EMAIL = "wall@example.org"
FRAMES = """seconds => new Promise(done => {
  const gaps = []; let last = performance.now(); const end = last + seconds * 1000
  const step = now => { gaps.push(now - last); last = now
    now < end ? requestAnimationFrame(step) : done(gaps.slice(2)) }
  requestAnimationFrame(step)
})"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app, house = seeded(Path(folder))
        requests(app, house)
        frames(app, house)


def seeded(folder: Path):
    """The dashboard beside a cloud in memory that records fifty channels."""
    loaded, clock = settings.load(data=folder / "data"), SystemClock()
    cloud = Cloud(loaded.bucket_folder / "rec", clock.now)
    memory = replace(
        registry._VENDORS["agora"],
        make=lambda config, gate, studio=None: MemoryClient(cloud),
        capabilities=MemoryClient.capabilities,
    )
    registry._VENDORS = {**registry._VENDORS, "memory": memory}
    registry.studio_for = lambda config: MemoryStudio(cloud) if config.studio else None
    app = create_app(loaded)
    context.bind(app, loaded, clock, lambda *work: None)
    with app.app_context():
        db.create_all()
        people.add_user(EMAIL, "viewer", PASSWORD)
        house = House(app, cloud, loaded, clock)
        crowd.record(house, RECORDINGS)
    return app, house


def requests(app, house) -> None:
    browser, anonymous = Browser(app), Browser(app)
    browser.sign_in(EMAIL)

    def change(number: int) -> None:
        with app.app_context():
            crowd.change_picture(house, number)

    def look() -> str:
        """The address that the wall would ask next."""
        found = re.search(r'hx-get="(/live/cards[^"]*)"', browser.get("/live").text)
        return found.group(1).replace("&amp;", "&")

    found = {
        "the sign-in page": measured(lambda: anonymous.get("/sign-in")),
        "nothing changed": measured(lambda address: browser.get(address), look),
        "one picture changed": measured(lambda address: browser.get(address), look, change),
        "the whole wall": measured(lambda: browser.get("/live/cards")),
    }
    baseline = found["the sign-in page"][0]
    print(f"a look at the live wall with {RECORDINGS} recordings (baseline: the sign-in page)")
    for name, (ms, size) in found.items():
        print(f"  {name:20} {ms:6.1f} ms  {ms / baseline:5.2f} x  {size:7,} bytes")


def measured(
    ask: Callable, prepare: Callable | None = None, change: Callable | None = None
) -> tuple[float, int]:
    """(median milliseconds of the processor, bytes). prepare: gives what `ask` is handed."""
    taken, size = [], 0
    for number in range(1, ROUNDS + 1):
        given = [prepare()] if prepare else []
        if change:
            change(number)
        began = time.process_time()
        size = len(ask(*given).data)
        taken.append((time.process_time() - began) * 1000)
    return statistics.median(taken), size


def frames(app, house) -> None:
    server = create_server(app, host="127.0.0.1", port=0, threads=6)
    threading.Thread(target=server.run, daemon=True).start()
    address = f"http://127.0.0.1:{server.effective_port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        page = browser.new_page(viewport={"width": 1920, "height": 1080})
        page.goto(f"{address}/sign-in")
        page.get_by_label("E-mail").fill(EMAIL)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/channels")
        page.goto(f"{address}/live?kiosk=1")
        page.wait_for_load_state("networkidle")
        still = page.evaluate(FRAMES, 3)
        stop = threading.Event()
        threading.Thread(target=keep_changing, args=(app, house, stop), daemon=True).start()
        moving = page.evaluate(FRAMES, WATCHED_S)
        stop.set()
        browser.close()
    for name, gaps in (("nothing changes", still), ("a picture a second", moving)):
        late = sum(gap > 50 for gap in gaps)
        print(f"  frames while {name}: median {statistics.median(gaps):.1f} ms, "
              f"worst {max(gaps):.0f} ms, {late} of {len(gaps)} later than 50 ms")  # fmt: skip


def keep_changing(app, house, stop: threading.Event) -> None:
    number = 0
    while not stop.wait(1):
        number += 1
        with app.app_context():
            crowd.change_picture(house, number)


if __name__ == "__main__":
    main()
