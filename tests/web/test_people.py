"""Administrators look after people."""

import pytest

from dashboard.services import people
from tests.web.conftest import PASSWORD


@pytest.fixture
def somebody(app, request):
    with app.app_context():
        email = f"{request.node.name[:40].lower().strip('[]')}@example.org".replace("_", "-")
        return people.add_user(email, "viewer", PASSWORD)


def role_of(app, user_id):
    with app.app_context():
        return next(row.role for row in people.list_users() if row.id == user_id)


def test_it_gives_another_role(app, administrator, somebody):
    answer = administrator.post(f"/people/{somebody}/role", {"role": "operator"})
    assert answer.status_code == 303
    assert role_of(app, somebody) == "operator"
    assert "Role changed." in administrator.get("/people").text


def test_it_refuses_a_role_there_is_not(app, administrator, somebody):
    assert administrator.post(f"/people/{somebody}/role", {"role": "god"}).status_code == 422
    assert role_of(app, somebody) == "viewer"


def test_it_shuts_out_and_lets_in_again(administrator, somebody):
    administrator.post(f"/people/{somebody}/disable")
    assert "Let in" in administrator.get("/people").text
    administrator.post(f"/people/{somebody}/enable")
    assert f'action="/people/{somebody}/disable"' in administrator.get("/people").text


def test_it_shows_an_invite_link_once(administrator):
    page = administrator.post("/people/invite", {"email": "once@example.org", "role": "viewer"})
    assert "/welcome/" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    later = administrator.get("/people").text
    assert "/welcome/" not in later
    assert "Invited" in later


def test_it_makes_a_link_for_a_forgotten_password(administrator, somebody):
    page = administrator.post(f"/people/{somebody}/password-link")
    assert "/welcome/" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "/welcome/" not in administrator.get("/people").text


def test_it_names_a_bad_address_at_its_field_and_keeps_it(administrator):
    page = administrator.post("/people/invite", {"email": "not an address", "role": "viewer"})
    assert page.status_code == 422
    assert 'value="not an address"' in page.text
    assert 'id="email-error"' in page.text


def test_it_knows_no_such_person(administrator):
    assert administrator.post("/people/99999/role", {"role": "viewer"}).status_code == 404


def test_it_escapes_what_people_typed(administrator):
    page = administrator.post("/people/invite", {"email": '"><script>x</script>', "role": "viewer"})
    assert "<script>x" not in page.text
