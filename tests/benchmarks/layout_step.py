"""How long one step of a drag takes in Chromium: snap, rules and geometry of 25 regions.

`python -m tests.benchmarks.layout_step` prints it. The aim is a median under 1 ms, so that
drawing has the rest of a frame.
"""

import functools
import threading
from http.server import ThreadingHTTPServer

from playwright.sync_api import sync_playwright

from tests.browser import chromium
from tests.js.conftest import ROOT, Files

STEPS = 3000
WARM_UP = 300
MEASURE = """async ([kind, steps, warmUp]) => {
  const { times } = await import("/tests/js/step.js")
  times(kind, warmUp)
  return times(kind, steps)
}"""


def main() -> None:
    with serving() as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=list(chromium.FLAGS)
        )
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}")
        for kind in ("move", "resize"):
            took = page.evaluate(MEASURE, [kind, STEPS, WARM_UP])
            median, slow = took[STEPS // 2], took[STEPS * 99 // 100]
            print(f"{kind} with 25 regions: mean {sum(took) / STEPS:.3f} ms, "
                  f"median {median:.2f} ms, 99th of 100 {slow:.2f} ms")  # fmt: skip
        browser.close()
        server.shutdown()


def serving() -> ThreadingHTTPServer:
    return ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=str(ROOT)))


if __name__ == "__main__":
    main()
