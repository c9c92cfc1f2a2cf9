"""A process to kill: `python -m tests.jobs.process worker|workflows`."""

import logging
import sys
import threading

from dashboard import create_app, jobs
from dashboard.jobs import runtime, worker
from dashboard.settings import load


def main(what: str) -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(name)s %(message)s")
    settings = load()
    app = create_app(settings)
    if what == "workflows":
        runtime.launch(app, settings, poll_s=0.05)
        print("is up", flush=True)
        threading.Event().wait()
    original = runtime.launch

    def launch_and_tell(*given):
        original(*given)
        print("is up", flush=True)

    worker.runtime.launch = launch_and_tell
    jobs.run(app)


if __name__ == "__main__":
    main(sys.argv[1])
