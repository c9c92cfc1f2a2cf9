"""A vendor to speak to: a small server on loopback that answers what a test wrote down."""

import json
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from dashboard.domain.recording import Profile, RecordingSpec, StorageTarget
from dashboard.providers.agora import payloads
from dashboard.providers.agora.client import CAPABILITIES, explain
from dashboard.providers.base import AccountConfig
from dashboard.providers.cloud_recording import CloudRecordingClient
from dashboard.providers.studio import StudioClient

KEY, SECRET = "customer-key-1", "customer-secret-1"
HANDLE = {
    "resource_id": "Zk3v_8Qd-hT2",
    "mode": "mix",
    "channel": "lesson-7",
    "recorder_uid": "900001",
    "sid": "5f0c9e3b7a1d4c0f8e6b2a9d31c47e58",
}
PREPARED = {name: value for name, value in HANDLE.items() if name != "sid"}


@dataclass
class Asked:
    """One request as it came over the wire."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


Script = Callable[[socket.socket, Asked], None]


@dataclass
class Vendor:
    """Answers one connection after another by its scripts, the last of them for ever."""

    scripts: list[Script] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def answers(self, *scripts: Script) -> "Vendor":
        self.scripts = list(scripts)
        return self

    def close(self):
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.open:
            connection.close()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            connection.settimeout(5)
            self.open.append(connection)
            asked = _request(connection)
            self.asked.append(asked)
            script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
            with suppress(OSError):  # the client may have had enough
                script(connection, asked)


def _request(connection: socket.socket) -> Asked:
    with connection.makefile("rb") as stream:
        method, path, _ = stream.readline().decode().split()
        headers = {}
        while line := stream.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        return Asked(method, path, headers, stream.read(int(headers.get("content-length", 0))))


def says(status: int, body, content_type="application/json", **headers) -> Script:
    """An answer, after which the connection is closed."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()

    def script(connection, asked):
        given = {"Content-Type": content_type, "Connection": "close", "X-Request-Id": "req-1"}
        lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(raw)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in (given | headers).items()]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + raw)
        connection.close()

    return script


def resets(connection, asked):
    """Take the request, then break the connection off."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def hangs(connection, asked):
    """Take the request and never answer."""


def mumbles(connection, asked):
    connection.sendall(b"\x16\x03\x01 not http at all\r\n\r\n")
    connection.close()


@pytest.fixture
def vendor():
    vendor = Vendor()
    yield vendor
    vendor.close()


@pytest.fixture
def config(vendor):
    return AccountConfig(
        id=1,
        vendor="agora",
        name="Studio account",
        base_url=vendor.url,
        app_id="0123abcd",
        credentials={"customer_key": KEY, "customer_secret": SECRET},
        callback_secrets=("callback-secret-1",),
    )


@pytest.fixture
def naps():
    """How long the client wanted to sleep between tries."""
    return []


@pytest.fixture
def client(config, naps):
    client = build(config, naps)
    yield client
    client.close()


def build(config: AccountConfig, naps: list, gate=None):
    return CloudRecordingClient(
        config,
        gate,
        payloads=payloads,
        explain=explain,
        capabilities=CAPABILITIES,
        studio=StudioClient(config) if config.studio else None,
        sleep=naps.append,
    )


@pytest.fixture
def spec():
    return RecordingSpec(
        channel="lesson-7",
        profile=Profile(recorder_uid="900001"),
        storage=StorageTarget("local", "rec", ("year26", "l7")),
    )
