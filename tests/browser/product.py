"""The whole product as `make run` starts it, on free ports and a folder of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
READY_S = 60
INVITE = re.compile(r"http://\S+/welcome/\S+")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Product:
    """`with Product(folder) as product:` runs it; `product.address`, `product.invite`."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.port, self.engine_port = free_port(), free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.settings = settings
        self.output: list[str] = []
        self.process: subprocess.Popen | None = None

    @property
    def environment(self) -> dict[str, str]:
        ours = {
            "DATA": str(self.folder),
            "PORT": str(self.port),
            "ENGINE_PORT": str(self.engine_port),
            "ENGINE_URL": f"http://127.0.0.1:{self.engine_port}",
        } | self.settings
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("TALLYDECK_")}
        return inherited | {f"TALLYDECK_{name}": value for name, value in ours.items()}

    @property
    def invite(self) -> str | None:
        found = INVITE.search("".join(self.output))
        return found.group() if found else None

    @property
    def text(self) -> str:
        return "".join(self.output)

    def start(self) -> "Product":
        self.output = []
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py")],
            cwd=self.folder.parent,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        until = time.monotonic() + READY_S
        while "is running at" not in self.text:
            if self.process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise AssertionError(f"the product did not start:\n{self.text}")
            time.sleep(0.05)
        return self

    def _read(self) -> None:
        for line in self.process.stdout:
            self.output.append(line)

    def stop(self) -> float:
        """Ctrl-C. Returns how many seconds it took to end."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)
        return time.monotonic() - began

    def kill(self) -> None:
        """End it and whatever it started, without ceremony."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess:
        """A `flask` command on this installation, with `given` on standard input."""
        return subprocess.run(
            [sys.executable, "-m", "flask", "--app", str(ROOT / "app.py"), *arguments],
            cwd=self.folder.parent,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def processes(self) -> list[int]:
        """Every process that was started for this folder, by its environment (Linux)."""
        mark = f"TALLYDECK_DATA={self.folder}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def __enter__(self) -> "Product":
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process and self.process.poll() is None:
            self.stop()
        self.kill()
