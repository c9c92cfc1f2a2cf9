"""Clients that stop half-way do not stop the others (waitress, as app.py runs it)."""

import socket
import threading
import time
from http.client import HTTPConnection

import pytest
from waitress.server import create_server

STALLED = 300
THREADS = 16
PATIENCE_S = 2.0
HALF_HEADERS = b"POST /callbacks/k HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Le"
HALF_BODY = (
    b"POST /callbacks/k HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n" + b'{"half": '
)


@pytest.fixture(scope="module")
def port(app):
    server = create_server(
        app,
        host="127.0.0.1",
        port=0,
        threads=THREADS,
        connection_limit=2000,
        channel_timeout=60,
    )
    threading.Thread(target=server.run, daemon=True).start()
    yield server.effective_port
    server.close()


@pytest.mark.parametrize("sent", [b"", HALF_HEADERS, HALF_BODY], ids=["idle", "headers", "body"])
def test_it_answers_while_three_hundred_clients_stall(port, sent):
    stalled = [socket.create_connection(("127.0.0.1", port)) for _ in range(STALLED)]
    try:
        for connection in stalled:
            connection.sendall(sent)
        for _ in range(3):
            began = time.monotonic()
            probe = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
            probe.request("GET", "/healthz")
            assert probe.getresponse().status == 200
            assert time.monotonic() - began < PATIENCE_S
            probe.close()
    finally:
        for connection in stalled:
            connection.close()
