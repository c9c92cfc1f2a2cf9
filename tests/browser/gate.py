"""A gate before the engine: it passes everything on, but can be told to refuse, as vendors do."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests

REFUSAL = {"code": 2, "reason": "layoutConfig is not right"}
_OWN_HEADERS = {"transfer-encoding", "content-length", "connection", "server", "date"}


class Gate:
    """`with Gate(behind=port) as gate:` listens at `gate.address`.

    behind: the port that requests go on to. refuses: a word; calls with it in their path are
    answered with Agora's code 2 and go no further. loses: the same for calls that go on, but
    whose answer never comes back.
    """

    def __init__(self, behind: int) -> None:
        self.behind = behind
        self.refuses: str | None = None
        self.loses: str | None = None

    def __enter__(self) -> "Gate":
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def _any(self):
                gate.answer(self)

            do_GET = do_POST = do_PUT = do_DELETE = _any  # noqa: N815

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, asked: BaseHTTPRequestHandler) -> None:
        body = asked.rfile.read(int(asked.headers.get("Content-Length", 0)))
        if self.refuses and self.refuses in asked.path:
            self._reply(asked, 400, {"Content-Type": "application/json"}, json.dumps(REFUSAL))
            return
        try:
            found = requests.request(
                asked.command, f"http://127.0.0.1:{self.behind}{asked.path}", data=body,
                headers=dict(asked.headers), timeout=30,
            )  # fmt: skip
        except requests.ConnectionError:
            self._reply(asked, 503, {}, "")
            return
        if self.loses and self.loses in asked.path:
            asked.close_connection = True
            asked.connection.shutdown(socket.SHUT_RDWR)
            return
        headers = {k: v for k, v in found.headers.items() if k.lower() not in _OWN_HEADERS}
        self._reply(asked, found.status_code, headers, found.content)

    def _reply(self, asked, status: int, headers: dict[str, str], body: str | bytes) -> None:
        raw = body.encode() if isinstance(body, str) else body
        asked.send_response(status)
        for name, value in headers.items():
            asked.send_header(name, value)
        asked.send_header("Content-Length", str(len(raw)))
        asked.end_headers()
        asked.wfile.write(raw)
