"""What is thrown away, and what is not."""

import pytest

from dashboard.errors import InvalidInput
from dashboard.services import health, housekeeping, people
from tests.services.conftest import PASSWORD

DAY_S = 24 * 3600


@pytest.fixture
def traces(app):
    """A person with a session, an open invite, a wrong password and a worker."""
    people.add_user("a@example.org", "viewer", PASSWORD)
    signed_in = people.authenticate("a@example.org", PASSWORD, "127.0.0.1")
    people.create_invite("b@example.org", "viewer")
    with pytest.raises(InvalidInput):
        people.authenticate("a@example.org", "wrong horse battery", "127.0.0.1")
    health.beat("worker-1")
    return signed_in


def test_it_keeps_what_is_in_use(traces, clock):
    clock.advance(3600)
    assert housekeeping.clear_out() == 0
    assert people.user_for_session(traces.token)


def test_it_forgets_wrong_passwords_and_dead_workers_after_a_day(traces, clock):
    clock.advance(1.1 * DAY_S)
    assert housekeeping.clear_out() >= 2
    assert housekeeping.clear_out() == 0


def test_it_throws_away_sessions_and_invites_that_ended_long_ago(traces, clock):
    clock.advance(2 * DAY_S)
    housekeeping.clear_out()
    clock.advance(38 * DAY_S)
    assert housekeeping.clear_out() == 2
