"""Coming in, going out, and who may do what."""

import threading

import pytest

from dashboard.errors import Conflict, InvalidInput, NotFound, TooManyAttempts
from dashboard.extensions import db
from dashboard.models import Audit, Invite, LoginSession, LoginThrottle, User
from dashboard.services import passwords, people
from tests.services.conftest import PASSWORD

NEW = "a brand new password"


def sign_in(email="boss@example.com", password=PASSWORD, address="192.0.2.1"):
    return people.authenticate(email, password, address)


def test_it_signs_in_with_the_right_password(app, admin):
    signed_in = sign_in(" Boss@Example.com ")
    assert people.user_for_session(signed_in.token) == signed_in.actor
    assert signed_in.actor.role == "administrator"


@pytest.mark.parametrize(
    ("email", "password"),
    [("boss@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("", ""), ("x", "y" * 9999)],
)
def test_it_says_the_same_whatever_was_wrong(app, admin, email, password):
    with pytest.raises(InvalidInput) as refused:
        sign_in(email, password)
    assert str(refused.value) == "E-mail address or password is not right."


def test_it_works_as_hard_for_somebody_who_does_not_exist(app, admin, monkeypatch):
    worked = []
    monkeypatch.setattr(
        passwords, "_hasher", type("H", (), {"verify": lambda s, h, p: worked.append(h) or 1 / 0})()
    )
    monkeypatch.setattr(passwords, "_nobodys", lambda: "dummy")
    with pytest.raises(ZeroDivisionError):
        sign_in("nobody@example.com", "x")
    assert worked == ["dummy"]


def test_it_keeps_only_hashes(app, admin):
    signed_in = sign_in()
    token = people.create_invite("new@example.com", "viewer")
    kept = [row.token_hash for row in db.session.query(LoginSession)]
    kept += [row.token_hash for row in db.session.query(Invite)]
    assert all(len(value) == 32 for value in kept)
    assert signed_in.token.encode() not in kept
    assert token.encode() not in kept
    assert (
        db.session.query(User).first().password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    )
    assert signed_in.token not in repr(signed_in)
    assert signed_in.token not in repr(signed_in.actor)


def test_it_slows_down_guessing_at_one_account_from_anywhere(app, admin, clock):
    for n in range(5):
        with pytest.raises(InvalidInput):
            sign_in(password="wrong", address=f"192.0.2.{n}")
    with pytest.raises(TooManyAttempts) as refused:
        sign_in(address="192.0.2.77")
    assert 0 < refused.value.retry_after_s <= 30
    clock.advance(31)
    assert sign_in().actor


def test_it_waits_longer_after_each_further_failure(app, admin, clock):
    waits = []
    for _ in range(9):
        try:
            sign_in(password="wrong")
        except TooManyAttempts as fault:
            waits.append(fault.retry_after_s)
            clock.advance(fault.retry_after_s)
        except InvalidInput:
            pass
    assert waits == [30, 60]


def test_it_slows_down_guessing_at_many_accounts_from_one_address(app, admin):
    for n in range(20):
        with pytest.raises(InvalidInput):
            sign_in(f"person{n}@example.com", "wrong")
    with pytest.raises(TooManyAttempts):
        sign_in("another@example.com", "wrong")
    assert sign_in(address="198.51.100.1").actor


def test_it_lets_no_more_guesses_through_when_they_come_at_once(app, admin):
    outcomes = []

    def guess():
        with app.app_context():
            try:
                sign_in(password="wrong")
            except (InvalidInput, TooManyAttempts) as fault:
                outcomes.append(type(fault))

    threads = [threading.Thread(target=guess) for _ in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(InvalidInput) <= 5


def test_it_keeps_nobodys_typing_in_the_throttle_table(app, admin):
    with pytest.raises(InvalidInput):
        sign_in("my-password-by-mistake", "x")
    subjects = [row.subject for row in db.session.query(LoginThrottle)]
    assert not any("mistake" in subject for subject in subjects)


def test_it_forgets_failures_after_a_right_password(app, admin):
    for _ in range(4):
        with pytest.raises(InvalidInput):
            sign_in(password="wrong")
    sign_in()
    for _ in range(4):
        with pytest.raises(InvalidInput):
            sign_in(password="wrong")
    assert sign_in().actor


def test_it_ends_a_session_at_logout(app, admin):
    signed_in = sign_in()
    people.end_session(signed_in.token)
    assert people.user_for_session(signed_in.token) is None
    assert people.user_for_session(admin.token) is not None


def test_it_ends_an_idle_session_after_twelve_hours(app, admin, clock):
    for _ in range(3):
        clock.advance(11 * 3600)
        assert people.user_for_session(admin.token)
    clock.advance(12 * 3600 + 1)
    assert people.user_for_session(admin.token) is None


def test_it_ends_every_session_after_seven_days(app, admin, clock):
    for _ in range(16):
        clock.advance(10 * 3600)
        assert people.user_for_session(admin.token)
    clock.advance(9 * 3600)
    assert people.user_for_session(admin.token) is None


def test_it_ends_all_sessions_of_somebody_who_is_disabled(app, admin):
    people.add_user("op@example.com", "operator", NEW)
    token = sign_in("op@example.com", NEW).token
    people.disable_user(people.find("op@example.com").id, admin)
    assert people.user_for_session(token) is None
    with pytest.raises(InvalidInput):
        sign_in("op@example.com", NEW)
    people.enable_user(people.find("op@example.com").id, admin)
    assert sign_in("op@example.com", NEW).actor


def test_it_ends_the_other_sessions_when_the_password_changes(app, admin):
    other = sign_in().token
    people.change_password(admin, PASSWORD, NEW)
    assert people.user_for_session(other) is None
    assert people.user_for_session(admin.token)
    assert sign_in(password=NEW).actor


def test_it_asks_for_the_present_password_first(app, admin):
    with pytest.raises(InvalidInput) as refused:
        people.change_password(admin, "wrong", NEW)
    assert refused.value.by_field().keys() == {"current_password"}


@pytest.mark.parametrize("password", ["", "short", "password123", "x" * 401, "aaaaaaaaaaaa"])
def test_it_refuses_a_bad_new_password(app, admin, password):
    with pytest.raises(InvalidInput) as refused:
        people.change_password(admin, PASSWORD, password)
    assert refused.value.by_field().keys() == {"password"}


def test_it_lets_an_invited_person_in_once(app, admin):
    token = people.create_invite("new@example.com", "operator", admin)
    assert people.invite_for(token).email == "new@example.com"
    signed_in = people.set_password(token, NEW)
    assert signed_in.actor.role == "operator"
    assert people.invite_for(token).expired
    with pytest.raises(NotFound):
        people.set_password(token, NEW)


def test_it_lets_an_invite_lapse_after_a_day(app, admin, clock):
    token = people.create_invite("new@example.com", "operator", admin)
    clock.advance(24 * 3600)
    assert people.invite_for(token).expired
    with pytest.raises(NotFound):
        people.set_password(token, NEW)


def test_it_replaces_an_earlier_invite(app, admin):
    first = people.create_invite("new@example.com", "viewer", admin)
    people.create_invite("new@example.com", "operator", admin)
    assert people.invite_for(first).expired
    (row,) = [row for row in people.list_users() if row.email == "new@example.com"]
    assert (row.pending, row.role) == (True, "operator")


def test_it_gives_a_new_password_to_somebody_who_forgot_it(app, admin):
    user_id = people.add_user("late@example.com", "operator", NEW)
    old = people.authenticate("late@example.com", NEW, "127.0.0.1")
    email, token = people.create_password_link(user_id, admin)
    assert email == "late@example.com"
    assert people.user_for_session(old.token)
    signed_in = people.set_password(token, "another long sentence")
    assert signed_in.actor.role == "operator"
    assert people.user_for_session(old.token) is None
    with pytest.raises(NotFound):
        people.set_password(token, NEW)


def test_it_gives_no_password_to_somebody_who_is_shut_out(app, admin):
    user_id = people.add_user("out@example.com", "viewer", NEW)
    people.disable_user(user_id, admin)
    with pytest.raises(Conflict):
        people.create_password_link(user_id, admin)


def test_it_knows_no_made_up_invite(app):
    assert people.invite_for("x" * 43) is None


@pytest.mark.parametrize("email", ["", "no", "a@b@c", "x" * 300 + "@example.com", "a@b c.com"])
def test_it_invites_only_to_real_addresses(app, admin, email):
    with pytest.raises(InvalidInput) as refused:
        people.create_invite(email, "viewer", admin)
    assert "email" in refused.value.by_field()


def test_it_invites_nobody_twice_over_an_account(app, admin):
    with pytest.raises(InvalidInput):
        people.create_invite("boss@example.com", "viewer", admin)


def test_it_keeps_one_administrator(app, admin):
    with pytest.raises(Conflict):
        people.set_role(admin.id, "viewer", admin)
    with pytest.raises(Conflict):
        people.disable_user(admin.id)
    people.add_user("second@example.com", "administrator", NEW)
    people.set_role(admin.id, "viewer", admin)
    assert people.user_for_session(admin.token).role == "viewer"


def test_it_does_not_let_people_disable_themselves(app, admin):
    people.add_user("second@example.com", "administrator", NEW)
    with pytest.raises(Conflict):
        people.disable_user(admin.id, admin)


@pytest.mark.parametrize("role", ["root", "", "Administrator"])
def test_it_knows_three_roles_only(app, admin, role):
    with pytest.raises(InvalidInput):
        people.set_role(admin.id, role, admin)


def test_it_orders_the_roles(app, admin, house):
    may = ("view", "operate", "administer")
    assert [house.viewer.may(action) for action in may] == [True, False, False]
    assert [house.operator.may(action) for action in may] == [True, True, False]
    assert [admin.may(action) for action in may] == [True, True, True]


def test_it_lists_and_ends_ones_own_sessions(app, admin, clock):
    other = people.authenticate("boss@example.com", PASSWORD, "198.51.100.7", "Firefox")
    found = people.own_sessions(admin)
    assert [s.current for s in found].count(True) == 1
    (row,) = [s for s in found if s.device == "Firefox"]
    people.end_own_session(admin, row.id)
    assert people.user_for_session(other.token) is None
    with pytest.raises(NotFound):
        people.end_own_session(admin, row.id)


def test_it_ends_nobody_elses_session(app, admin):
    people.add_user("op@example.com", "operator", NEW)
    theirs = sign_in("op@example.com", NEW)
    with pytest.raises(NotFound):
        people.end_own_session(admin, theirs.actor.session_id)


def test_it_keeps_preferences(app, admin):
    people.set_preferences(admin, locale="zh_Hans_CN", theme="dark")
    people.set_preferences(admin, theme="<script>")
    actor = people.user_for_session(admin.token)
    assert (actor.locale, actor.theme) == ("zh_Hans_CN", "dark")


def test_it_writes_down_who_came_in_and_who_was_refused(app, admin):
    with pytest.raises(InvalidInput):
        sign_in(password="wrong", address="203.0.113.5")
    rows = db.session.query(Audit).filter_by(action="sign_in.refused").all()
    assert [(row.actor_email, row.address) for row in rows] == [("boss@example.com", "203.0.113.5")]


def test_it_takes_two_passwords_at_once_and_turns_a_crowd_away(app, monkeypatch):
    gate, running, most = threading.Event(), [], []

    def slow(password):
        running.append(1)
        most.append(len(running))
        gate.wait(5)
        running.pop()
        return "hash"

    monkeypatch.setattr(passwords, "_hasher", type("H", (), {"hash": staticmethod(slow)})())
    refused = []

    def work():
        try:
            passwords.hashed("x")
        except TooManyAttempts:
            refused.append(1)

    threads = [threading.Thread(target=work) for _ in range(14)]
    for thread in threads:
        thread.start()
    while len(refused) < 4:
        pass
    gate.set()
    for thread in threads:
        thread.join()
    assert max(most) == 2
    assert len(refused) == 4
