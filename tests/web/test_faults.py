"""Faults, told to people, to htmx and to machines."""

import pytest
from flask import Blueprint, abort
from werkzeug.exceptions import NotFound as NoSuchAddress

from dashboard import create_app, views
from dashboard.errors import (
    Conflict,
    DashboardError,
    InvalidInput,
    NotFound,
    Problem,
    ProviderUnavailable,
    TooManyAttempts,
    text,
)
from dashboard.services import people
from dashboard.settings import load
from dashboard.web.auth import public
from dashboard.web.htmx import fragment, go, only_toasts, toast, unchanged

FAULTS = {
    "missing": lambda: NotFound(text("There is no such recording.")),
    "conflict": lambda: Conflict(text("It is being recorded already."), recording_id=7),
    "invalid": lambda: InvalidInput([Problem("name", text("Use another <name>."))]),
    "throttled": lambda: TooManyAttempts(text("Slow down."), retry_after_s=12),
    "vendor": lambda: ProviderUnavailable(
        text("%(name)s did not answer.", name="Studio"),
        vendor="agora",
        operation="start",
        vendor_code="65",
        vendor_text="try again",
        request_id="r-1",
    ),
    "mistake": lambda: ZeroDivisionError("secret detail"),
    "ours": lambda: DashboardError(text("The disk is full.")),
    "http": lambda: NoSuchAddress(),
}
probe = Blueprint("probe", __name__)


@probe.route("/probe/<name>", methods=["GET", "POST"])
@public
def raising(name):
    raise FAULTS[name]()


@probe.get("/probe/teapot")
@public
def unusual():
    abort(418)


@probe.get("/probe/said")
@public
def said():
    toast("done", text("Saved."), more="and more", link=("/there", text("Show all")))
    return fragment("components/_drawing_lamp.html")


@probe.get("/probe/gone")
@public
def gone():
    toast("done", text("Saved."))
    return go("/sign-in")


@probe.get("/probe/only")
@public
def only():
    toast("attention", text("Saved."))
    return only_toasts()


@probe.get("/probe/same")
@public
def same():
    return unchanged()


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    app = create_app(load(data=tmp_path_factory.mktemp("faults")))
    app.register_blueprint(probe)
    return app.test_client()


HTMX = {"HX-Request": "true"}


def test_it_has_all_screens(client):
    assert set(views.SCREENS) < set(client.application.blueprints)


@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [
        ("missing", 404, "There is no such recording."),
        ("conflict", 409, "It is being recorded already."),
        ("invalid", 422, "Use another &lt;name&gt;."),
        ("throttled", 429, "Slow down."),
        ("vendor", 503, "Studio did not answer."),
        ("mistake", 500, "Tallydeck made a mistake."),
        ("ours", 500, "The disk is full."),
        ("http", 404, "There is nothing at this address."),
    ],
)
def test_it_tells_a_fault_on_a_page_and_in_a_toast(client, name, status, sentence):
    page = client.get(f"/probe/{name}", headers={"Accept": "text/html"})
    assert (page.status_code, sentence in page.text) == (status, True)
    assert "<!doctype html>" in page.text
    side = client.get(f"/probe/{name}", headers=HTMX)
    assert (side.status_code, sentence in side.text) == (status, True)
    assert 'hx-swap-oob="beforeend:#toasts"' in side.text
    assert side.headers["HX-Reswap"] == "none"
    assert side.headers["X-Fault"] == "1"


def test_it_shows_the_recording_in_the_way(client):
    assert 'href="/recordings/7"' in client.get("/probe/conflict").text
    assert 'href="/recordings/7"' in client.get("/probe/conflict", headers=HTMX).text


def test_it_shows_the_vendors_own_words_beside_ours(client):
    page = client.get("/probe/vendor").text
    assert "agora · 65 · try again · r-1" in page


def test_it_says_when_to_come_back(client):
    assert client.get("/probe/throttled").headers["Retry-After"] == "12"


def test_it_gives_a_mistake_a_number_and_keeps_the_trace_to_the_log(client, caplog):
    page = client.get("/probe/mistake")
    assert "secret detail" not in page.text
    assert "Traceback" not in page.text
    number = page.text.split("<code>")[1].split("<")[0]
    assert number in caplog.text
    assert "secret detail" in caplog.text


def test_it_keeps_secrets_of_addresses_out_of_the_log(client, caplog, monkeypatch):
    monkeypatch.setattr(people, "invite_for", lambda _token: 1 / 0)
    assert client.get("/welcome/a-secret-token").status_code == 500
    assert "/welcome/<token>" in caplog.text
    assert "a-secret-token" not in caplog.text


def test_it_answers_programs_in_json(client):
    answer = client.get("/probe/missing", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json == {"code": 404, "message": "There is no such recording."}


def test_it_keeps_an_unusual_status(client):
    assert client.get("/probe/teapot").status_code == 418


def test_it_says_which_methods_there_are(client):
    answer = client.get("/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_it_still_answers_when_the_page_itself_cannot_be_made(client, monkeypatch):
    def broken(*_args, **_values):
        raise RuntimeError("no database")

    monkeypatch.setitem(client.application.jinja_env.globals, "url_for", broken)
    page = client.get("/probe/missing")
    assert page.status_code == 404
    assert "There is no such recording." in page.text


def test_it_says_things_on_the_side_of_a_fragment(client):
    answer = client.get("/probe/said", headers=HTMX)
    assert answer.text.index("<svg") < answer.text.index("hx-swap-oob")
    assert "Saved." in answer.text
    assert 'href="/there"' in answer.text


def test_it_carries_what_it_said_over_a_redirect(client):
    assert client.get("/probe/gone").status_code == 303
    assert "Saved." in client.get("/sign-in").text
    assert "Saved." not in client.get("/sign-in").text


def test_it_sends_htmx_elsewhere_by_header(client):
    answer = client.get("/probe/gone", headers=HTMX)
    assert answer.headers["HX-Redirect"] == "/sign-in"


def test_it_may_answer_with_toasts_alone(client):
    answer = client.get("/probe/only", headers=HTMX)
    assert answer.headers["HX-Reswap"] == "none"
    assert "toast-attention" in answer.text


def test_it_swaps_nothing_when_nothing_is_new(client):
    answer = client.get("/probe/same", headers=HTMX)
    assert (answer.status_code, answer.data) == (204, b"")
