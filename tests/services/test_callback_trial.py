"""A signed test of our own address, over a real connection, and what can stand in its way."""

import socket
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dashboard.errors import CallbackRejected, Forbidden, StoreUnavailable
from dashboard.extensions import db
from dashboard.models import Account, Audit
from dashboard.providers import registry
from dashboard.services import accounts, callback_trial, callbacks, ledger
from dashboard.services.reading import ledger as reading
from dashboard.services.readmodels_ledger import LedgerFilters
from dashboard.services.unit_of_work import transaction

OURS = b'{"code":0}'


class Way:
    """A server at the public address. By default it is our own door.

    drop: a header taken away. change: what becomes of the body. answer: (status, body, headers)
    in place of ours; passing: it comes in nevertheless.
    """

    def __init__(self, app):
        self.drop, self.change, self.answer, self.passing = "", lambda raw: raw, None, False
        way = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                raw = way.change(self.rfile.read(int(self.headers["Content-Length"])))
                headers = {k: v for k, v in self.headers.items() if k != way.drop}
                status, body, more = 200, OURS, {}
                if way.answer is None or way.passing:
                    with app.app_context():
                        try:
                            callbacks.receive(self.path.rsplit("/")[-1], headers, raw, "10.0.0.1")
                        except (CallbackRejected, StoreUnavailable) as fault:
                            status, body, more = fault.status, b"{}", {"X-Fault": "1"}
                if way.answer:
                    status, body, more = way.answer
                self.send_response(status)
                for name, value in {**more, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def way(app, house, monkeypatch):
    way = Way(app)
    lead(monkeypatch, way.address)
    yield way
    way.server.shutdown()
    way.server.server_close()


def lead(monkeypatch, address):
    """Make this the public address."""
    monkeypatch.setattr(
        callback_trial, "callback_address", lambda account: f"{address}/callbacks/{account.url_key}"
    )


def send(house):
    return callback_trial.send(house.account_id, house.operator)


@pytest.mark.parametrize("vendor", ["agora", "anyrtc", "trtc"])
def test_it_goes_the_whole_way_round(way, house, vendor):
    with transaction() as work:
        work.session.get(Account, house.account_id).vendor = vendor
    found = send(house)
    assert found.ok, found
    assert 0 <= found.round_trip_ms < 5000
    entry = reading.entry(found.delivery_id)
    assert (entry.outcome, entry.signature) == ("test", "genuine")
    assert reading.page(LedgerFilters(outcome="test")).lines[0].id == found.delivery_id
    assert not ledger.replay(found.delivery_id, house.operator).changed
    assert send(house).delivery_id != found.delivery_id


def test_it_is_noted_who_sent_it(way, house):
    send(house)
    noted = db.session.query(Audit).filter_by(action="callback.test").one()
    assert (noted.actor_email, noted.detail["ok"]) == ("op@example.com", True)


@pytest.mark.parametrize(
    ("answer", "passing", "said", "then"),
    [
        ((502, b"<html>Bad gateway", {"Server": "nginx"}), False, "A proxy answers there",
         "passes /callbacks/ on to"),
        ((404, b"<html>Not found", {}), False, "Something else answers there, with status 404",
         "does not pass /callbacks/"),
        ((200, b"<html>Welcome", {}), False, "Something else answers there, with status 200", ""),
        ((200, OURS, {}), False, "Something else answers there", ""),
        ((301, b"", {"Location": "https://other.example/x"}), False,
         "redirect to https://other.example/x", "follow no redirects"),
        ((404, b"{}", {"X-Fault": "1"}), False, "does not know this account",
         "another installation"),
        ((500, b"oops", {}), True, "It arrived, but its sender gets another answer", "rewrites"),
        ((200, b"OK", {}), True, "It arrived, but its sender gets another answer", "rewrites"),
    ],
)  # fmt: skip
def test_it_says_who_answered_in_our_place(way, house, answer, passing, said, then):
    way.answer, way.passing = answer, passing
    found = send(house)
    assert not found.ok
    assert said in str(found.sentence)
    assert then in str(found.remedy)
    assert (found.delivery_id is not None) == passing


def test_it_says_that_something_takes_the_signature_away(way, house):
    way.drop = "Agora-Signature-V2"
    assert send(house).ok  # the older one is there still
    way.change = lambda raw: raw + b" "
    found = send(house)
    assert "signature was not right any more" in str(found.sentence)
    assert reading.page(LedgerFilters(show="refused")).lines


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://nobody-knows-this.invalid", "nobody knows the name"),
        ("nonsense", "no address that can be called"),
    ],
)
def test_it_says_that_the_address_is_not_reachable(house, monkeypatch, address, said):
    lead(monkeypatch, address)
    found = send(house)
    assert not found.ok
    assert said in str(found.sentence)
    assert found.details


def test_it_says_that_nobody_listens(house, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # not listening
        lead(monkeypatch, f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert "nobody listens there" in str(send(house).sentence)


def test_it_says_that_no_answer_came(house, monkeypatch):
    monkeypatch.setattr(callback_trial, "LIMIT_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        lead(monkeypatch, f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert "no answer came in time" in str(send(house).sentence)


def test_without_a_secret_nothing_can_be_signed(house):
    with transaction() as work:
        account = work.session.get(Account, house.account_id)
        accounts.seal_callback_secrets(account, ())
    assert "no callback secret" in str(send(house).sentence)


def test_viewers_may_not(house):
    with pytest.raises(Forbidden):
        callback_trial.send(house.account_id, house.viewer)


@pytest.mark.parametrize("vendor", ["agora", "anyrtc", "trtc"])
def test_each_vendors_trial_is_signed_as_its_own(vendor):
    reader = registry.callbacks_for(vendor)
    raw = reader.probe("abc", datetime(2026, 1, 1, tzinfo=UTC))
    assert reader.verify(reader.sign("s", raw), raw, ["s"]).value == "genuine"
    assert reader.verify(reader.sign("x", raw), raw, ["s"]).value == "forged"
    assert reader.parse(raw).probe
