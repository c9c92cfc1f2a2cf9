"""Where alerts arrive in tests: a mail server and a web server on this machine."""

import json
import threading
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller


class _OnAnyPort(Controller):
    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class Mailbox:
    """A mail server that keeps what it takes. refused: addresses that it does not know."""

    def __init__(self) -> None:
        self.taken, self.refused = [], set()
        self._controller = _OnAnyPort(self, hostname="127.0.0.1", port=0)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.taken.append(
            (envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default))
        )
        return "250 OK"  # fmt: skip

    def start(self):
        self._controller.start()
        self.port = self._controller.port
        return self

    def stop(self):
        self._controller.stop()

    def form(self, **more):
        return {
            "name": "Mail", "host": "127.0.0.1", "port": str(self.port), "security": "insecure",
            "sender": "tallydeck@example.org", "to": "desk@example.org", "internal": "1",
            "language": "en", "zone": "UTC", **more,
        }  # fmt: skip

    @property
    def subjects(self):
        return [message["Subject"] for _, message in self.taken]


class Hook:
    """A web server that keeps what is posted, and answers as told."""

    def __init__(self) -> None:
        self.posted, self.paths = [], []
        self.status, self.words, self.hang_up = 200, "ok", False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                outer.paths.append(self.path)
                outer.posted.append(json.loads(raw))
                if outer.hang_up:
                    self.connection.close()
                    return
                self.send_response(outer.status)
                if outer.status == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
                self.wfile.write(outer.words.encode())

            def do_GET(self):
                outer.paths.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *values):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_port

    def start(self):
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def form(self, **more):
        return {
            "name": "Hook", "url": f"http://127.0.0.1:{self.port}/hook/s3cret-of-hook",
            "internal": "1", "language": "en", "zone": "UTC", **more,
        }  # fmt: skip

    @property
    def titles(self):
        return [one["title"] for one in self.posted]


@pytest.fixture
def mailbox():
    box = Mailbox().start()
    yield box
    box.stop()


@pytest.fixture
def hook():
    box = Hook().start()
    yield box
    box.stop()
