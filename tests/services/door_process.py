"""A web process that dies: `python -m tests.services.door_process <when> <port>`.

when: "kept", after a callback is committed and before it is applied; "applied", after that and
before it is answered; "never".
"""

import os
import signal
import sys

import waitress

from dashboard import create_app
from dashboard.services import callbacks
from dashboard.settings import load


def die(*_given) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(when: str, port: int) -> None:
    if when == "kept":
        callbacks._apply_safely = die
    if when == "applied":
        apply = callbacks._apply_safely
        callbacks._apply_safely = lambda *given: (apply(*given), die())
    app = create_app(load())
    server = waitress.create_server(app, host="127.0.0.1", port=port, threads=4)
    print("is up", flush=True)
    server.run()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
