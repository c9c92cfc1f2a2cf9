"""Tallydeck's front door.

For a WSGI server and for the `flask` command: `create_app()`.
Run directly, it starts the web server, the worker and the recording engine under
one parent, and stops them together:

    python app.py                  everything on this machine
    python app.py web              one part alone (also: worker, engine, prepare)

Settings: docs/settings.md.
"""

import contextlib
import fcntl
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dashboard.settings import Settings, load

READY_LIMIT_S = 30
ENGINE_STOP_S = 3.5
"""The engine closes its slices first, while the web server can still take its callbacks."""
STOP_S = 1.0
RESTART_PAUSES_S = (0.2, 1, 5)
STEADY_AFTER_S = 60
PARENT_PIPE = "TALLYDECK_PARENT_PIPE"

log = logging.getLogger("tallydeck")


def create_app(settings: Settings | None = None) -> Any:
    from dashboard import create_app as build

    return build(settings)


# --- the parts, each in a process of its own ---------------------------------------------


def run_web(settings: Settings) -> int:
    """Serve the dashboard. Waitress reads requests without tying a thread to a slow client."""
    from waitress.server import create_server

    from dashboard.jobs import client

    client.warm_up()
    server = create_server(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        threads=settings.web_threads,
        connection_limit=2000,
        channel_timeout=60,
        max_request_header_size=32 * 1024,
        max_request_body_size=4 * 1024 * 1024,
        clear_untrusted_proxy_headers=False,
        ident=None,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.run()
    return 0


def run_worker(settings: Settings) -> int:
    from dashboard import jobs

    return jobs.run(create_app(settings)) or 0


def run_engine(_settings: Settings) -> int:
    from dashboard.engine.__main__ import main

    return main([]) or 0


def prepare(settings: Settings) -> int:
    """Bring the database up to date and put in what a new installation starts with.

    Prints one line of JSON: {"invite": the first administrator's one-time token, or null}.
    """
    import flask_migrate

    from dashboard.services import seed

    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        seeded = seed.ensure_defaults(settings)
    print(json.dumps({"invite": seeded.invite_token}), flush=True)
    return 0


PARTS: dict[str, Callable[[Settings], int]] = {
    "web": run_web,
    "worker": run_worker,
    "engine": run_engine,
    "prepare": prepare,
}


# --- the parent ---------------------------------------------------------------------------


@dataclass
class Child:
    """One part under the parent's care."""

    name: str
    stop_limit_s: float
    process: subprocess.Popen | None = None
    started: float = 0.0
    failures: int = 0
    restart_at: float = field(default=0.0)

    def start(self) -> None:
        # A session of its own keeps the terminal's Ctrl-C from reaching it: the parent
        # decides the order. Its standard input closes when the parent dies, however it does.
        self.process = subprocess.Popen(
            [sys.executable, __file__, self.name],
            stdin=subprocess.PIPE,
            env=os.environ | {PARENT_PIPE: "1"},
            start_new_session=True,
        )
        self.started = time.monotonic()

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def revive(self, now: float) -> None:
        """Start again after a death, the sooner the rarer it dies."""
        if not self.restart_at:
            if now - self.started > STEADY_AFTER_S:
                self.failures = 0
            pause = RESTART_PAUSES_S[min(self.failures, len(RESTART_PAUSES_S) - 1)]
            self.failures += 1
            self.restart_at = now + pause
            status = self.process.returncode if self.process else None
            log.error("%s ended by itself (status %s); again in %s s", self.name, status, pause)
        elif now >= self.restart_at:
            self.restart_at = 0.0
            self.start()

    def ask_to_stop(self) -> None:
        if self.is_running():
            self.process.terminate()

    def wait_or_kill(self) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(self.stop_limit_s)
        except subprocess.TimeoutExpired:
            log.warning("%s did not stop within %s s and is killed", self.name, self.stop_limit_s)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def run_everything(settings: Settings) -> int:
    stop = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, lambda *_: stop.set())
    with only_parent_of(settings.folder):
        refuse_taken_ports(settings)
        invite = prepared_in_a_process()
        engine = Child("engine", ENGINE_STOP_S)
        others = [Child("worker", STOP_S), Child("web", STOP_S)]
        try:
            for child in (engine, *others):
                child.start()
            if wait_until_ready(settings, stop):
                announce(settings, invite)
            watch([engine, *others], stop)
        finally:
            print("\nStopping …", flush=True)
            engine.ask_to_stop()
            engine.wait_or_kill()
            for child in others:
                child.ask_to_stop()
            for child in others:
                child.wait_or_kill()
    print("Stopped.", flush=True)
    return 0


def watch(children: list[Child], stop: threading.Event) -> None:
    while not stop.wait(0.2):
        for child in children:
            if not child.is_running():
                child.revive(time.monotonic())


@contextlib.contextmanager
def only_parent_of(folder: Path) -> Iterator[None]:
    """Hold the data folder: two parents on one database would record everything twice."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "parent.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"Tallydeck is already running on {folder}. Stop it first, "
                     "or choose another folder with TALLYDECK_DATA.")  # fmt: skip
        yield


def refuse_taken_ports(settings: Settings) -> None:
    wanted = (
        ("TALLYDECK_PORT", settings.host, settings.port),
        ("TALLYDECK_ENGINE_PORT", settings.engine_host, settings.engine_port),
    )
    for name, host, port in wanted:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as fault:
                sys.exit(f"Cannot listen on {host}:{port} ({fault.strerror}). "
                         f"Choose another port with {name}=…")  # fmt: skip


def prepared_in_a_process() -> str | None:
    """Run `prepare` apart, so that the parent stays small. Returns the invite token, if any."""
    done = subprocess.run([sys.executable, __file__, "prepare"], stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit(done.returncode)
    return json.loads(done.stdout.splitlines()[-1])["invite"]


def wait_until_ready(settings: Settings, stop: threading.Event) -> bool:
    until = time.monotonic() + READY_LIMIT_S
    wanted = [f"http://{settings.host}:{settings.port}/readyz"]
    while wanted and not stop.is_set() and time.monotonic() < until:
        if answers(wanted[0]):
            wanted.pop(0)
        else:
            stop.wait(0.1)
    if wanted and not stop.is_set():
        log.error("not everything is ready after %s s; see the lines above", READY_LIMIT_S)
    return not stop.is_set()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:  # noqa: S310 - our own address
            return reply.status == 200
    except (urllib.error.URLError, OSError):
        return False


def announce(settings: Settings, invite: str | None) -> None:
    lines = ["", f"  Tallydeck is running at  {settings.address}"]
    if invite:
        lines += [
            "",
            "  First sign-in: open this link once and choose the administrator's password",
            f"  {settings.address}/welcome/{invite}",
        ]
    lines += ["", "  Ctrl-C stops everything.", ""]
    print("\n".join(lines), flush=True)


# --- common -------------------------------------------------------------------------------


def end_with_parent() -> None:
    """End this process when the parent's side of standard input closes."""

    def wait() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, name="parent-pipe", daemon=True).start()


def main(arguments: list[str]) -> int:
    if arguments and arguments[0] not in PARTS:
        sys.exit(f"usage: python app.py [{'|'.join(PARTS)}]")
    settings = load()
    logging.basicConfig(
        level=settings.log_level,
        format=f"%(asctime)s {arguments[0] if arguments else 'parent':<7} %(levelname)-7s "
        "%(name)s: %(message)s",
        datefmt="%H:%M:%S",
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)  # tells its parts at each start
    if os.environ.pop(PARENT_PIPE, None):
        end_with_parent()
    return PARTS[arguments[0]](settings) if arguments else run_everything(settings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
