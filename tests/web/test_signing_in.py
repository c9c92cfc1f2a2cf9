"""Coming in, going out, and what a cookie is worth afterwards."""

import pytest

from dashboard.services import people
from dashboard.web.auth import safe_next
from tests.web.conftest import PASSWORD, Browser


def test_it_lets_a_person_in_and_shows_who_they_are(anonymous):
    assert anonymous.sign_in("operator@example.org").status_code == 303
    assert "operator@example.org" in anonymous.get("/account").text


def test_it_says_the_same_whatever_was_wrong(anonymous):
    wrong_password = anonymous.sign_in("operator@example.org", "not this one")
    nobody = anonymous.sign_in("nobody@example.org", "not this one")
    assert wrong_password.status_code == nobody.status_code == 422
    sentence = "E-mail address or password is not right."
    assert sentence in wrong_password.text
    assert sentence in nobody.text


def test_it_keeps_the_address_but_not_the_password_after_a_mistake(anonymous):
    answer = anonymous.sign_in("operator@example.org", "not this one")
    assert 'value="operator@example.org"' in answer.text
    assert "not this one" not in answer.text


def test_it_names_what_is_missing_beside_its_field(anonymous):
    answer = anonymous.sign_in("", "")
    assert answer.status_code == 422
    assert 'aria-describedby="email-error"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_it_refuses_a_huge_password_before_working_on_it(anonymous):
    assert anonymous.sign_in("operator@example.org", "x" * 500_000).status_code == 422


def test_it_tells_how_long_to_wait_after_too_many_attempts(app):
    with app.app_context():
        people.add_user("guessed@example.org", "viewer", PASSWORD)
    browser = Browser(app)
    answers = [browser.sign_in("guessed@example.org", f"guess {n}") for n in range(7)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "Too many attempts" in answers[-1].text


def test_it_ends_the_session_on_the_server_at_sign_out(app):
    browser = Browser(app)
    browser.sign_in("operator@example.org")
    kept = browser.client.get_cookie("tallydeck").value
    browser.sign_out()
    thief = Browser(app)
    thief.client.set_cookie("tallydeck", kept)
    answer = thief.get("/account")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_it_refuses_a_cookie_that_was_tampered_with(app, operator):
    cookie = operator.client.get_cookie("tallydeck").value
    browser = Browser(app)
    browser.client.set_cookie("tallydeck", cookie[:-4] + "AAAA")
    assert browser.get("/account").status_code == 302


def test_it_gives_a_new_token_at_every_sign_in(app):
    first, second = Browser(app), Browser(app)
    first.sign_in("operator@example.org")
    second.sign_in("operator@example.org")
    with first.client.session_transaction() as one, second.client.session_transaction() as other:
        assert one["_user_id"] != other["_user_id"]


def test_it_shuts_a_disabled_person_out_at_once(app, administrator):
    with app.app_context():
        user_id = people.add_user("leaver@example.org", "viewer", PASSWORD)
    leaver = Browser(app)
    leaver.sign_in("leaver@example.org")
    administrator.post(f"/people/{user_id}/disable")
    assert leaver.get("/account").status_code == 302


def test_it_comes_back_to_the_page_that_was_asked_for(anonymous):
    asked = anonymous.get("/people?x=1")
    assert asked.location == "/sign-in?next=/people?x%3D1"
    answer = anonymous.sign_in("administrator@example.org", path=asked.location)
    assert answer.location == "/people?x=1"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
        None,
    ],
)
def test_it_never_leads_away_after_sign_in(address):
    assert safe_next(address, "/here") == "/here"


def test_it_refuses_an_open_redirect_end_to_end(anonymous):
    answer = anonymous.sign_in("operator@example.org", path="/sign-in?next=//evil.example/x")
    assert answer.location == "/"


def test_it_tells_htmx_to_go_to_the_sign_in_page(anonymous):
    answer = anonymous.get(
        "/shell",
        headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/recordings?q=a"},
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/recordings?q%3Da"


def test_it_takes_up_an_invite_once(app, administrator):
    page = administrator.post("/people/invite", {"email": "new@example.org", "role": "operator"})
    link = page.text.split("/welcome/")[1].split("<")[0].split('"')[0]
    guest = Browser(app)
    assert "new@example.org" in guest.get(f"/welcome/{link}").text
    assert guest.post(f"/welcome/{link}", {"password": "short"}).status_code == 422
    assert guest.post(f"/welcome/{link}", {"password": "password123"}).status_code == 422
    answer = guest.post(f"/welcome/{link}", {"password": "a long enough sentence"})
    assert answer.status_code == 303
    assert "new@example.org" in guest.get("/account").text
    assert Browser(app).get(f"/welcome/{link}").status_code == 404


def test_it_ends_other_sessions_when_the_password_changes(app):
    with app.app_context():
        people.add_user("changer@example.org", "viewer", PASSWORD)
    here, elsewhere = Browser(app), Browser(app)
    here.sign_in("changer@example.org")
    elsewhere.sign_in("changer@example.org")
    refused = here.post("/account", {"current_password": "wrong", "password": "another sentence"})
    assert refused.status_code == 422
    assert 'id="current_password-error"' in refused.text
    changed = here.post("/account", {"current_password": PASSWORD, "password": "another sentence"})
    assert changed.status_code == 303
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302


def test_it_lists_own_sessions_and_ends_one(app):
    with app.app_context():
        people.add_user("two@example.org", "viewer", PASSWORD)
    here, elsewhere = Browser(app), Browser(app)
    elsewhere.sign_in("two@example.org")
    here.sign_in("two@example.org")
    page = here.get("/account").text
    path = page.split('action="/account/sessions/')[1:]
    ends = [part.split('"')[0] for part in path if part[0].isdigit()]
    assert len(ends) == 1
    assert here.post(f"/account/sessions/{ends[0]}").status_code == 303
    assert elsewhere.get("/account").status_code == 302
