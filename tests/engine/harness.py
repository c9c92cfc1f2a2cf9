"""A real engine process and a real receiver of its callbacks, for tests of either side.

with CallbackReceiver() as receiver, EngineProcess(tmp_path, callback_url=receiver.url) as e:
    e.join("room", "1001")
    recording = e.start_recording("room")
    receiver.wait_for(42)
"""

import contextlib
import http.server
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

REPOSITORY = Path(__file__).parents[2]
START_LIMIT_S = 20.0
WAIT_S = 20.0
SMALL = {"width": 320, "height": 180, "fps": 10, "bitrate": 200, "mixedVideoLayout": 1}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(ask: Callable[[], Any], limit_s: float = WAIT_S, what: str = "it") -> Any:
    """Ask until the answer is true, and give it back. Raises AssertionError."""
    deadline = time.monotonic() + limit_s
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"waited {limit_s} s for {what}"
        time.sleep(0.02)


@dataclass(frozen=True)
class Delivery:
    """One callback as it came in."""

    headers: dict[str, str]
    raw: bytes
    at: float

    @property
    def body(self) -> dict[str, Any]:
        return json.loads(self.raw)

    @property
    def event(self) -> int:
        return self.body["eventType"]

    @property
    def sid(self) -> str:
        return self.body["payload"]["sid"]

    @property
    def sequence(self) -> int:
        return self.body["payload"]["sequence"]

    @property
    def details(self) -> dict[str, Any]:
        return self.body["payload"]["details"]


class CallbackReceiver:
    """Keeps what it is sent. `answer` chooses the status by delivery; a number or a function."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.answer: int | Callable[[Delivery], int] = 200
        self.reply = b'{"code":0}'
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/callbacks"

    def __enter__(self) -> "CallbackReceiver":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def of(self, sid: str) -> list[Delivery]:
        return [one for one in list(self.deliveries) if one.sid == sid]

    def events(self, sid: str) -> list[int]:
        return [one.event for one in self.of(sid)]

    def wait_for(self, event: int, sid: str | None = None, limit_s: float = WAIT_S) -> Delivery:
        def found() -> Delivery | None:
            return next(
                (
                    one
                    for one in list(self.deliveries)
                    if one.event == event and (sid is None or one.sid == sid)
                ),
                None,
            )

        return wait_until(found, limit_s, f"callback {event}")


def _handler(receiver: CallbackReceiver) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            delivery = Delivery(dict(self.headers), raw, time.monotonic())
            receiver.deliveries.append(delivery)
            answer = receiver.answer
            status = answer if isinstance(answer, int) else answer(delivery)
            body = receiver.reply
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


@dataclass
class Recording:
    """What a client of the Agora door holds."""

    cname: str
    uid: str
    rid: str
    sid: str


@dataclass
class EngineProcess:
    """`python -m dashboard.engine` in a folder of its own.

    tune: values for `--tune`; by default there is no limit of calls a second.
    apps: more apps, as `--apps` takes them; flags: more of the command line.
    settings: more of TALLYDECK_ENGINE_*, by name.
    wait_for_path: what has to say yes before a start counts as done.
    """

    folder: Path
    callback_url: str = ""
    demo_channel: str = ""
    tune: dict[str, object] = field(default_factory=dict)
    app_id: str = "0123abcd"
    customer_key: str = "key"
    customer_secret: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    callback_secret: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None
    wait_for_path: str = "/readyz"
    apps: list[dict[str, str]] = field(default_factory=list)
    flags: tuple[str, ...] = ()
    settings: dict[str, str] = field(default_factory=dict)

    # --- the process ------------------------------------------------------------------

    def __enter__(self) -> "EngineProcess":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "engine"

    @property
    def log(self) -> str:
        return (self.folder / "engine.log").read_text()

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        tune = {"rate_per_s": 100_000, "min_free_mb": 10, **self.tune}
        command = [sys.executable, "-m", "dashboard.engine", "--port", str(self.port)]
        command += ["--callback-url", self.callback_url, "--demo-channel", self.demo_channel]
        for name, value in tune.items():
            command += ["--tune", f"{name}={value}"]
        if self.apps:
            path = self.folder / "apps.json"
            path.write_text(json.dumps(self.apps))
            command += ["--apps", str(path)]
        command += self.flags
        environment = os.environ | {
            "TALLYDECK_DATA": str(self.folder),
            "TALLYDECK_ENGINE_APP_ID": self.app_id,
            "TALLYDECK_ENGINE_CUSTOMER_KEY": self.customer_key,
            "TALLYDECK_ENGINE_CUSTOMER_SECRET": self.customer_secret,
            "TALLYDECK_ENGINE_CALLBACK_SECRET": self.callback_secret,
            **{f"TALLYDECK_ENGINE_{name}": value for name, value in self.settings.items()},
        }
        with open(self.folder / "engine.log", "a") as output:
            self.process = subprocess.Popen(
                command, cwd=REPOSITORY, env=environment, stdout=output, stderr=output
            )
        wait_until(self.is_ready, START_LIMIT_S, "the engine to be ready")

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.log
        try:
            return requests.get(self.url + self.wait_for_path, timeout=5).ok
        except requests.ConnectionError:
            return False

    def stop(self, limit_s: float = 8.0) -> float:
        """SIGTERM. Returns the seconds it took; kills and fails beyond the limit."""
        if self.process is None or self.process.poll() is not None:
            return 0.0
        began = time.monotonic()
        self.process.terminate()
        try:
            self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise
        return time.monotonic() - began

    def kill(self) -> None:
        """As a crash would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        self.stop()
        self.start()

    def workers(self) -> list[int]:
        """Processes whose parent is the engine."""
        return children_of(self.process.pid)

    # --- its doors --------------------------------------------------------------------

    @property
    def auth(self) -> tuple[str, str]:
        return self.customer_key, self.customer_secret

    def call(self, path: str, body: Any = None, method: str = "POST", **more: Any):
        """A call below /v1/apps/{app id}/cloud_recording."""
        more.setdefault("auth", self.auth)
        more.setdefault("timeout", 30)
        address = f"{self.url}/v1/apps/{self.app_id}/cloud_recording{path}"
        return requests.request(method, address, json=body, **more)

    def studio(self, path: str, body: Any = None, method: str = "GET", **more: Any):
        """A call below /studio/v1/apps/{app id}."""
        address = f"{self.url}/studio/v1/apps/{self.app_id}{path}"
        return requests.request(method, address, json=body, auth=self.auth, timeout=10, **more)

    def faults(self, **switches: Any) -> None:
        address = f"{self.url}/studio/v1/faults"
        requests.post(address, json=switches, auth=self.auth, timeout=5).raise_for_status()

    def join(self, channel: str, uid: str, **card: Any) -> dict[str, Any]:
        answer = self.studio(f"/channels/{channel}/people/{uid}", card, "PUT")
        answer.raise_for_status()
        return answer.json()

    def leave(self, channel: str, uid: str) -> None:
        self.studio(f"/channels/{channel}/people/{uid}", method="DELETE").raise_for_status()

    def acquire(self, cname: str, uid: str = "900001") -> str:
        answer = self.call("/acquire", {"cname": cname, "uid": uid, "clientRequest": {}})
        answer.raise_for_status()
        return answer.json()["resourceId"]

    def start_call(self, cname: str, uid: str, rid: str, request: dict[str, Any]):
        body = {"cname": cname, "uid": uid, "clientRequest": request}
        return self.call(f"/resourceid/{rid}/mode/mix/start", body)

    def start_recording(self, cname: str, uid: str = "900001", **settings: Any) -> Recording:
        rid = self.acquire(cname, uid)
        answer = self.start_call(cname, uid, rid, start_request(**settings))
        assert answer.status_code == 200, answer.text
        return Recording(cname, uid, rid, answer.json()["sid"])

    def of(self, recording: Recording, call: str, request: dict[str, Any] | None = None):
        """query, update, updateLayout or stop."""
        path = f"/resourceid/{recording.rid}/sid/{recording.sid}/mode/mix/{call}"
        if call == "query":
            return self.call(path, method="GET")
        body = {"cname": recording.cname, "uid": recording.uid, "clientRequest": request or {}}
        return self.call(path, body)

    def bucket(self, *parts: str) -> Path:
        return self.data.joinpath("buckets", "rec", *parts)


def start_request(
    output: tuple[str, ...] = ("hls",),
    folders: tuple[str, ...] = (),
    storage: dict[str, Any] | None = None,
    **recording: Any,
) -> dict[str, Any]:
    """A clientRequest for a small picture; more fields go into recordingConfig.

    storage: another storageConfig than that of the engine's own bucket `rec`.
    """
    return {
        "recordingConfig": {
            "channelType": 1,
            "streamTypes": 2,
            "maxIdleTime": 30,
            "transcodingConfig": SMALL,
            **recording,
        },
        "recordingFileConfig": {"avFileType": list(output)},
        "storageConfig": {
            "vendor": 1,
            "region": 0,
            "bucket": "rec",
            "accessKey": "AKIDEXAMPLE",
            "secretKey": "a-storage-secret",
            "fileNamePrefix": list(folders),
            **(storage or {}),
        },
    }


def children_of(pid: int) -> list[int]:
    """Numbers of the processes that a process started and that still run."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(path.parent.name))
    return found


def is_running(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
