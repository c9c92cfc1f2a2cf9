"""How values read: sentences, numbers, times, sizes, states."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.clock import FrozenClock
from dashboard.domain.lifecycle import RecordingState
from dashboard.errors import InvalidInput, Problem, text
from dashboard.web import filters
from dashboard.web.forms import Form

NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.fixture
def reading(app, monkeypatch):
    """A request in a language and a zone, at a known time."""

    def as_(language="en", zone="UTC"):
        monkeypatch.setitem(app.extensions, "tallydeck.clock", FrozenClock(NOON))
        return app.test_request_context(
            "/", headers={"Cookie": f"locale={language}; zone={zone}", "Host": "localhost"}
        )

    return as_


def test_it_fills_a_sentence_after_translating_it(reading):
    inner = text("Recording")
    with reading("zh"):
        said = filters.say(text("%(what)s: %(n)s", what=inner, n=3))
    assert said.endswith(": 3")
    assert said != "Recording: 3"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0:00"), (65, "1:05"), (3600, "1:00:00"), (7384.9, "2:03:04"), (None, "–")],
)
def test_it_writes_lengths_as_a_counter(seconds, words):
    assert filters.duration(seconds) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 KB"),
        (14_230_000, "14.2 MB"),
        (999_600, "1 MB"),
        (None, "–"),
    ],
)
def test_it_writes_sizes_with_units(reading, count, words):
    with reading():
        assert filters.size(count) == words


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (3, "just now"),
        (42, "42 s ago"),
        (300, "5 min ago"),
        (7200, "2 h ago"),
        (90_000, "1 day ago"),
        (200_000, "2 days ago"),
    ],
)
def test_it_tells_how_long_ago(reading, passed, words):
    with reading():
        assert filters.ago(NOON - timedelta(seconds=passed)) == words


def test_it_tells_times_in_the_readers_zone(reading):
    with reading(zone="Asia/Shanghai"):
        assert filters.when(NOON) == "1 Mar 2026, 20:00:00"
    with reading(zone="Not/There"):
        assert filters.when(NOON) == "1 Mar 2026, 12:00:00"


def test_it_ticks_from_the_clocks_now(reading):
    with reading():
        assert filters.elapsed(NOON - timedelta(seconds=61)) == "1:01"


def test_it_shortens_ids_in_the_middle():
    assert filters.short_id("0123456789abcdef") == "0123…cdef"
    assert filters.short_id("short") == "short"


@pytest.mark.parametrize("state", RecordingState)
def test_it_shows_every_state_by_word_and_icon(reading, state):
    with reading():
        badge = filters.state_badge(state)
        assert badge.words
        assert badge.icon
        assert (badge.kind == "on_air") is (state is RecordingState.RECORDING)


def test_it_says_unreachable_for_what_cannot_be_asked(reading):
    with reading():
        assert filters.state_badge(RecordingState.RECORDING, reachable=False).words == "Unreachable"
        assert filters.state_badge(RecordingState.COMPLETED, reachable=False).words == "Completed"


def test_it_puts_a_services_problems_beside_their_fields(reading):
    from wtforms import StringField

    class Named(Form):
        name = StringField()

    with reading():
        form = Named(data={"name": "kept"})
        form.validate()
        form.take(
            InvalidInput([Problem("name", text("Too long.")), Problem("other", text("Not so."))])
        )
        assert form.name.errors == ["Too long."]
        assert form.form_errors[-1] == "Not so."
        assert form.name.data == "kept"


@pytest.mark.parametrize(
    ("accepts", "language"),
    [("zh-CN,zh;q=0.9", "zh-Hans"), ("en-GB", "en"), ("fr-FR", "en"), ("zh-Hans-CN", "zh-Hans")],
)
def test_it_speaks_what_the_browser_prefers(anonymous, accepts, language):
    page = anonymous.get("/sign-in", headers={"Accept-Language": accepts}).text
    assert f'<html lang="{language}"' in page


def test_it_remembers_a_choice_in_the_browser(anonymous):
    anonymous.post("/preferences", {"locale": "zh", "theme": "light", "next": "/sign-in"})
    page = anonymous.get("/sign-in").text
    assert '<html lang="zh-Hans" data-theme="light"' in page


def test_it_remembers_a_choice_with_the_person(as_role):
    as_role("viewer").post("/preferences", {"theme": "auto"})
    assert 'data-theme="auto"' in as_role("viewer").get("/account").text


@pytest.mark.parametrize("chosen", [{"locale": "xx"}, {"theme": "<script>"}, {}])
def test_it_takes_no_choice_it_does_not_offer(anonymous, chosen):
    anonymous.post("/preferences", chosen)
    assert '<html lang="en" data-theme="dark"' in anonymous.get("/sign-in").text


def test_it_never_leads_away_after_a_choice(anonymous):
    answer = anonymous.post("/preferences", {"theme": "dark", "next": "//evil.example"})
    assert answer.location == "/"
