"""What is known after each way in which a request can go wrong."""

import contextlib
import logging
import socket
import ssl
import subprocess
import threading
import time
import traceback

import pytest

from dashboard.errors import ProviderUnavailable
from dashboard.providers import redaction, transport
from dashboard.providers.base import AccountConfig
from dashboard.providers.transport import Transport
from tests.providers.conftest import KEY, SECRET, hangs, mumbles, resets, says

BASIC = "Y3VzdG9tZXIta2V5LTE6Y3VzdG9tZXItc2VjcmV0LTE="


@pytest.fixture
def wire(config):
    wire = Transport(config)
    yield wire
    wire.close()


def test_it_signs_in_and_reads_the_answer(wire, vendor):
    vendor.answers(says(200, {"a": 1}))
    answer = wire.call("query", "GET", "/v1/x")
    assert (answer.status, answer.body, answer.request_id) == (200, {"a": 1}, "req-1")
    assert vendor.asked[0].headers["authorization"] == f"Basic {BASIC}"


def test_it_keeps_its_connection(wire, vendor):

    def keeps(connection, asked):
        for _ in range(3):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            connection.recv(65536)

    vendor.answers(keeps)
    for _ in range(3):
        wire.call("query", "GET", "/v1/x")
    assert len(vendor.asked) == 1


def test_it_knows_that_nothing_was_sent_when_nobody_listens(wire, vendor):
    vendor.close()
    with pytest.raises(ProviderUnavailable) as caught:
        wire.call("start", "POST", "/v1/x", {})
    assert caught.value.outcome == "refused"
    assert "refuses the connection. Nothing was sent." in str(caught.value.message)


def test_it_knows_that_nothing_was_sent_to_a_name_that_does_not_exist():
    config = AccountConfig(1, "agora", "A", "http://nowhere.invalid", "app", {})
    with pytest.raises(ProviderUnavailable) as caught:
        Transport(config).call("start", "POST", "/v1/x", {})
    assert caught.value.outcome == "refused"
    assert "there is no host named nowhere.invalid." in str(caught.value.message)


@pytest.fixture
def untrusted(tmp_path):
    """The address of a TLS server whose certificate nobody vouches for."""
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    rest = ["-nodes", "-subj", "/CN=127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*made, *rest], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_shake_hands, args=(listener, context), daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def _shake_hands(listener, context):
    with contextlib.suppress(OSError):
        line, _ = listener.accept()
        with context.wrap_socket(line, server_side=True):
            pass


def test_it_names_the_host_whose_certificate_it_does_not_trust(untrusted):
    config = AccountConfig(1, "agora", "A", f"https://{untrusted}", "app", {})
    with pytest.raises(ProviderUnavailable) as caught:
        Transport(config).call("start", "POST", "/v1/secret-path", {})
    said = str(caught.value.message)
    assert f"TLS with {untrusted} fails" in said
    assert "secret-path" not in said
    assert caught.value.outcome == "refused"


@pytest.mark.parametrize("script", [resets, mumbles])
def test_it_does_not_know_what_happened_when_the_connection_breaks(wire, vendor, script):
    vendor.answers(script)
    with pytest.raises(ProviderUnavailable) as caught:
        wire.call("start", "POST", "/v1/x", {})
    assert caught.value.outcome == "unknown"
    assert len(vendor.asked) == 1


def test_it_does_not_know_what_happened_when_time_runs_out(wire, vendor):
    vendor.answers(hangs)
    began = time.monotonic()
    with pytest.raises(ProviderUnavailable) as caught:
        wire.call("start", "POST", "/v1/x", {}, read_s=0.2)
    assert caught.value.outcome == "unknown"
    assert time.monotonic() - began < 2


def test_it_asks_again_on_a_fresh_connection_where_that_is_harmless(wire, vendor):
    vendor.answers(resets, says(200, {}))
    assert wire.call("query", "GET", "/v1/x", repeatable=True).status == 200
    assert len(vendor.asked) == 2


def test_it_does_not_wait_for_an_answer_that_drips(wire, vendor, monkeypatch):
    monkeypatch.setattr(transport, "CONNECT_S", 0.2)

    def drips(connection, asked):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        for _ in range(60):
            time.sleep(0.05)
            try:
                connection.sendall(b" ")
            except OSError:
                return

    vendor.answers(drips)
    began = time.monotonic()
    with pytest.raises(ProviderUnavailable):
        wire.call("query", "GET", "/v1/x", read_s=0.3)
    assert time.monotonic() - began < 1.5


def test_it_does_not_swallow_an_endless_answer(wire, vendor, monkeypatch):
    monkeypatch.setattr(transport, "LARGEST_BODY", 1000)
    vendor.answers(says(200, b"x" * 5000))
    with pytest.raises(ProviderUnavailable):
        wire.call("query", "GET", "/v1/x")


def test_it_follows_no_redirect(wire, vendor):
    vendor.answers(says(302, {}, Location="http://127.0.0.1:9/elsewhere"))
    assert wire.call("query", "GET", "/v1/x").status == 302
    assert len(vendor.asked) == 1


@pytest.mark.parametrize("body", [b"<html>busy</html>", b"[1,2]", b"", b"\xff\xfe", b"[" * 9999])
def test_it_takes_anything_but_an_object_for_no_body(wire, vendor, body):
    vendor.answers(says(200, body))
    assert wire.call("query", "GET", "/v1/x").body is None


def test_it_takes_its_turn_before_every_request(config, vendor):
    vendor.answers(resets, says(200, {}))
    turns = []
    Transport(config, turns.append).call("query", "GET", "/v1/x", repeatable=True)
    assert turns == ["query", "query"]


def test_it_shows_a_secret_to_nobody(wire, vendor, config, caplog):
    """Not in errors, their causes, their tracebacks; not in logs; not when printed."""
    caplog.set_level(logging.DEBUG)
    vendor.answers(says(500, f"your key {KEY}:{SECRET} and {BASIC} and callback-secret-1".encode()))
    answer = wire.call("query", "GET", "/v1/x")
    seen = [repr(config), repr(wire), repr(answer), wire.quote(answer.content)]
    vendor.answers(resets)
    with pytest.raises(ProviderUnavailable) as caught:
        wire.call("query", "GET", "/v1/x")
    seen += traceback.format_exception(caught.value)
    seen.append(caplog.text)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    for word in (SECRET, BASIC, "callback-secret-1"):
        assert not [line for line in seen if word in line]


def test_it_quotes_a_vendor_on_one_short_line(wire):
    assert wire.quote("no\r\nway\x00 \u202e out") == "no way out"
    assert len(wire.quote("x" * 5000)) == 300


def test_it_quotes_a_page_by_its_title(wire):
    page = "<!DOCTYPE html><html><head><title>502 Bad &amp; Gateway</title></head><p>x</p>"
    assert wire.quote(page) == "502 Bad & Gateway"
    assert wire.quote(b"<html><h1>busy</h1> <b>now</b></html>") == "busy now"


def test_it_quotes_no_secret_that_a_page_spells_with_entities():
    page = "<html><title>wrong key a&amp;b&#45;secret</title>"
    assert redaction.quote(page, ("a&b-secret",)) == "wrong key (hidden)"


def test_it_quotes_no_half_of_a_secret():
    words = b" " * (redaction.MOST_READ - 5) + b"secret-1"
    assert redaction.quote(words, ("secret-1",)) == ""


def test_it_ignores_the_proxies_and_passwords_of_the_shell(wire, vendor, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login other password wrong\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    vendor.answers(says(200, {}))
    wire.call("query", "GET", "/v1/x")
    assert vendor.asked[0].headers["authorization"] == f"Basic {BASIC}"
