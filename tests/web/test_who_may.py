"""Every screen, every role, and every address without a mark."""

import pytest

ADMINISTRATORS_ONLY = ["/people", "/audit", "/alerts/destinations"]
EVERYBODY_SIGNED_IN = [
    "/account",
    "/shell",
    "/alerts",
    "/alerts/rules",
    "/ledger",
    "/live",
    "/schedules",
]
POSTS = {
    "/alerts/rules/1/disable": "administrator",
    "/alerts/destinations/1/test": "administrator",
    "/people/invite": "administrator",
    "/people/1/password-link": "administrator",
    "/people/1/role": "administrator",
    "/people/1/disable": "administrator",
    "/people/1/enable": "administrator",
}
RANK = ("viewer", "operator", "administrator")


def test_it_has_a_mark_on_every_view(app):
    unmarked = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and not hasattr(view, "needs")
    ]
    assert unmarked == []


def test_it_refuses_a_view_that_forgot_its_mark(app, administrator, monkeypatch):
    monkeypatch.delattr(app.view_functions["people.index"], "needs")
    assert administrator.get("/people").status_code == 403


@pytest.mark.parametrize("path", ADMINISTRATORS_ONLY)
@pytest.mark.parametrize("role", RANK)
def test_it_shows_people_to_administrators_alone(as_role, role, path):
    expected = 200 if role == "administrator" else 403
    assert as_role(role).get(path).status_code == expected


@pytest.mark.parametrize("path", EVERYBODY_SIGNED_IN)
@pytest.mark.parametrize("role", RANK)
def test_it_shows_the_common_screens_to_every_role(as_role, role, path):
    assert as_role(role).get(path).status_code == 200


@pytest.mark.parametrize("path", [*ADMINISTRATORS_ONLY, *EVERYBODY_SIGNED_IN, "/", "/channels"])
def test_it_sends_strangers_to_the_sign_in_page(anonymous, path):
    answer = anonymous.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_it_refuses_the_posts_of_lower_roles(as_role, role, path):
    assert as_role(role).post(path).status_code == 403


@pytest.mark.parametrize("path", POSTS)
def test_it_refuses_the_posts_of_strangers(anonymous, path):
    answer = anonymous.post(path)
    assert answer.status_code == 302
    assert answer.location == "/sign-in"


@pytest.mark.parametrize("path", [*POSTS, "/sign-out", "/preferences"])
def test_it_changes_nothing_by_get(administrator, path):
    answer = administrator.get(path)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_it_shows_the_rail_that_fits_the_role(as_role):
    assert 'href="/people"' in as_role("administrator").get("/account").text
    assert 'href="/people"' not in as_role("operator").get("/account").text
