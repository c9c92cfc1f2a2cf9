"""Headers, hosts, cookies and where requests come from."""

import re

import pytest

from dashboard import create_app, views
from dashboard.settings import load
from dashboard.web import security

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; media-src 'self' blob:; worker-src 'self'; font-src 'self'; "
    "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'"
)


@pytest.mark.parametrize(
    "path", ["/sign-in", "/account", "/people", "/nothing-here", "/healthz", "/static/js/main.js"]
)
def test_it_hardens_every_answer(administrator, path):
    answer = administrator.get(path)
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in answer.headers


def test_it_keeps_private_pages_out_of_caches(administrator):
    assert administrator.get("/account").headers["Cache-Control"] == "no-store"


def test_it_lets_browsers_keep_what_is_named_by_its_version(anonymous):
    page = anonymous.get("/sign-in").text
    sheet = re.search(r'href="(/static/[0-9a-f]{12}/css/tokens.css)"', page).group(1)
    answer = anonymous.get(sheet)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers
    plain = anonymous.get("/static/css/tokens.css")
    assert plain.headers["Cache-Control"] == "no-cache"
    missing = anonymous.get(sheet.replace("tokens", "none"))
    assert missing.status_code == 404
    assert missing.headers["Cache-Control"] == "no-store"


def test_it_serves_nothing_outside_the_static_folder(anonymous):
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"):
        assert anonymous.get(path).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.2"])
def test_it_answers_to_its_own_names_only(anonymous, host):
    answer = anonymous.get("/sign-in", headers={"Host": host})
    assert answer.status_code == 400
    assert "TALLYDECK_TRUSTED_HOSTS" in answer.text
    assert answer.headers["Content-Security-Policy"] == POLICY


def test_it_ignores_forwarded_headers_without_a_proxy(anonymous):
    answer = anonymous.get("/sign-in", headers={"X-Forwarded-Host": "evil.example"})
    assert answer.status_code == 200
    assert "evil.example" not in answer.text


@pytest.fixture(scope="module")
def behind_tls(tmp_path_factory):
    return create_app(
        load(data=tmp_path_factory.mktemp("tls"), public_url="https://deck.example", proxies=1)
    )


def test_it_locks_the_cookie_to_its_host_under_https(behind_tls):
    answer = behind_tls.test_client().get("/sign-in", base_url="https://deck.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-tallydeck=")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_it_believes_the_proxy_it_was_told_of(behind_tls):
    answer = behind_tls.test_client().get(
        "/sign-in",
        headers={
            "Host": "10.0.0.7",
            "X-Forwarded-Host": "deck.example",
            "X-Forwarded-Proto": "https",
        },
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/preferences", "/people/invite"])
def test_it_does_nothing_without_the_forms_token(administrator, path):
    answer = administrator.client.post(path, data={"email": "x@example.org"})
    assert answer.status_code == 400
    assert "nothing was done" in answer.text


def test_it_refuses_the_token_of_another_session(administrator, operator):
    assert administrator.post("/preferences", token=operator.token()).status_code == 400


def test_it_takes_the_token_from_htmxs_header(administrator):
    answer = administrator.client.post(
        "/preferences",
        data={"theme": "light"},
        headers={"X-CSRFToken": administrator.token(), "HX-Request": "true"},
    )
    assert answer.status_code == 204


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 303)]
)
def test_it_takes_forms_of_its_own_pages_only(administrator, site, status):
    answer = administrator.post("/preferences", headers={"Sec-Fetch-Site": site})
    assert answer.status_code == status


def test_it_refuses_a_form_beyond_a_megabyte(anonymous):
    assert anonymous.post("/sign-in", {"email": "x" * 1_100_000}).status_code == 413


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_it_refuses_methods_nobody_needs(anonymous, method):
    assert anonymous.client.open("/sign-in", method=method).status_code in {400, 405}


def test_it_leaves_nothing_but_callbacks_out_of_the_forms_rules(app):
    assert set(views.FOR_SERVERS) == {"callbacks"}
    for path, left_out in (("/callbacks/key", True), ("/sign-in", False)):
        with app.test_request_context(path, base_url="http://localhost", method="POST"):
            assert security.is_for_servers() is left_out


def test_it_finds_nothing_under_a_number_that_no_row_can_have(app, administrator):
    rules = [r for r in app.url_map.iter_rules() if "GET" in r.methods and r.arguments == {"id"}]
    pages = [rule.rule.replace("<int:id>", str(2**63)) for rule in rules]
    assert "/recordings/9223372036854775808" in pages
    wrong = {page: administrator.get(page).status_code for page in pages}
    assert set(wrong.values()) == {404}, wrong


def test_it_leaves_out_a_filter_for_a_number_that_no_row_can_have(administrator):
    assert administrator.get(f"/recordings?channel={2**63}").status_code == 200
