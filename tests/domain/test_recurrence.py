"""A plan by the clock on the wall, and the moments it means, whatever the clocks do."""

import contextlib
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard.domain.recurrence import Plan, at_key, coming, local_at, read_rule, zones
from dashboard.errors import InvalidInput

HOUR = timedelta(hours=1)


def daily(zone, first, **more):
    return Plan(zone, datetime.fromisoformat(first), "FREQ=DAILY", **(more or {"length": HOUR}))


def on(plan, day):
    """The occurrence of that day by the wall."""
    since = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(days=1)
    return next(one for one in coming(plan, since, 4) if f"{one.local:%Y-%m-%d}" == day)


GAPS = [  # zone, day, a time that the clocks jump over, when it starts by the wall, in UTC
    ("Europe/Berlin", "2027-03-28", "02:30", "03:30", "01:30"),
    ("America/New_York", "2027-03-14", "02:15", "03:15", "07:15"),
    ("Australia/Lord_Howe", "2026-10-04", "02:10", "02:40", "15:40"),
    ("America/Santiago", "2026-09-06", "00:00", "01:00", "04:00"),
    ("Africa/Cairo", "2027-04-30", "00:20", "01:20", "22:20"),
]


@pytest.mark.parametrize(("zone", "day", "wall", "real", "utc"), GAPS)
def test_it_starts_later_where_the_time_does_not_exist_and_says_so(zone, day, wall, real, utc):
    found = on(daily(zone, f"{day}T{wall}"), day)
    assert f"{found.starts_at:%H:%M}" == utc
    assert found.ends_at - found.starts_at == HOUR
    assert [str(note) for note in found.notes] == [
        f"{wall} does not exist on {day} in {zone}; it starts at {real}."
    ]


TWICE = [
    ("Europe/Berlin", "2026-10-25", "02:30", "00:30", "UTC+02:00"),
    ("America/New_York", "2026-11-01", "01:30", "05:30", "UTC-04:00"),
    ("Australia/Lord_Howe", "2027-04-04", "01:45", "14:45", "UTC+11:00"),
]


@pytest.mark.parametrize(("zone", "day", "wall", "utc", "offset"), TWICE)
def test_it_starts_the_first_time_where_the_time_comes_twice(zone, day, wall, utc, offset):
    found = on(daily(zone, f"{day}T{wall}"), day)
    assert f"{found.starts_at:%H:%M}" == utc
    assert offset in str(found.notes[0])


def test_it_keeps_to_the_clock_on_the_wall_before_and_after_a_change():
    plan = daily("Europe/Berlin", "2027-03-27T09:00")
    before, after = coming(plan, datetime(2027, 3, 27, tzinfo=UTC), 2)
    assert (before.starts_at.hour, after.starts_at.hour) == (8, 7)


def test_it_has_nothing_to_say_in_a_zone_without_changes():
    found = coming(
        daily("Asia/Shanghai", "2026-01-01T02:30"), datetime(2026, 1, 1, tzinfo=UTC), 366
    )
    assert not any(one.notes for one in found)


def test_it_tells_a_night_that_is_longer():
    plan = daily("Europe/Berlin", "2026-10-24T22:00", until=time(6))
    usual, longer = coming(plan, datetime(2026, 10, 23, tzinfo=UTC), 2)
    assert (usual.ends_at - usual.starts_at, longer.notes) == (9 * HOUR, usual.notes) or longer
    assert (
        str(usual.notes[0]) == "On 2026-10-24 it lasts 540 instead of 480 min: the clocks change."
    )


def test_it_lasts_as_long_as_meant_where_its_end_lies_in_the_gap():
    """From 02:10 to 03:00, on the day on which 02:10 is 03:10."""
    found = on(daily("Europe/Berlin", "2027-03-28T02:10", until=time(3)), "2027-03-28")
    assert found.ends_at - found.starts_at == timedelta(minutes=50)


def test_it_starts_once_where_the_gap_moves_one_onto_another():
    plan = Plan("Europe/Berlin", datetime(2027, 3, 28, 0, 30), "FREQ=HOURLY;COUNT=5", HOUR)
    starts = [one.starts_at.hour for one in coming(plan, datetime(2027, 3, 27, tzinfo=UTC), 9)]
    assert starts == [23, 0, 1, 2]


@given(
    zone=st.sampled_from(sorted(zones())),
    day=st.dates(datetime(2020, 1, 1).date(), datetime(2035, 1, 1).date()),
    start=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    end=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_it_always_ends_after_it_starts(zone, day, start, end):
    plan = Plan(zone, datetime.combine(day, start), None, until=end)
    since = plan.first.replace(tzinfo=UTC) - timedelta(days=2)
    (found,) = coming(plan, since, 2)
    assert timedelta() < found.ends_at - found.starts_at <= timedelta(hours=26)


RULES = [  # the examples of people: first, rule, the starts that follow
    ("2026-11-23T09:00", "FREQ=WEEKLY;BYDAY=MO,WE", ["11-23", "11-25", "11-30"]),
    ("2026-11-23T09:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", ["11-23", "12-07", "12-21"]),
    ("2026-11-30T09:00", "FREQ=MONTHLY;BYMONTHDAY=-1", ["11-30", "12-31", "01-31"]),
    ("2026-11-10T09:00", "FREQ=MONTHLY;BYDAY=2TU", ["11-10", "12-08", "01-12"]),
    ("2026-10-31T09:00", "FREQ=MONTHLY;BYMONTHDAY=31", ["10-31", "12-31", "01-31"]),
    ("2028-02-29T09:00", "FREQ=YEARLY", ["02-29", "02-29"]),
]


@pytest.mark.parametrize(("first", "rule", "days"), RULES)
def test_it_comes_again_as_the_rule_says(first, rule, days):
    begin = datetime.fromisoformat(first)
    plan = Plan("Europe/Berlin", begin, read_rule(rule, begin, "Europe/Berlin"), HOUR)
    found = coming(plan, begin.replace(tzinfo=UTC) - timedelta(days=1), len(days))
    assert [f"{one.local:%m-%d}" for one in found] == days


def test_it_stays_in_step_when_it_began_long_ago():
    long_ago = Plan("UTC", datetime(1990, 1, 1, 9), "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", HOUR)
    weeks = [(one.local - long_ago.first).days % 14
             for one in coming(long_ago, datetime(2026, 1, 1, tzinfo=UTC), 5)]  # fmt: skip
    assert weeks == [0] * 5


def test_it_leaves_out_what_is_skipped_but_can_still_show_it():
    plan = daily("UTC", "2026-01-01T09:00").skip(datetime(2026, 1, 2, 9))
    since = datetime(2026, 1, 1, tzinfo=UTC)
    assert [one.local.day for one in coming(plan, since, 3)] == [1, 3, 4]
    assert [one.skipped for one in coming(plan, since, 3, skipped=True)] == [False, True, False]
    assert at_key(plan, "20260102T090000").skipped


def test_it_ends_at_until_by_the_wall():
    first = datetime(2026, 1, 1, 23)
    rule = read_rule("FREQ=DAILY;UNTIL=20260102T070000Z", first, "America/Los_Angeles")
    plan = Plan("America/Los_Angeles", first, rule, HOUR)
    assert len(coming(plan, datetime(2026, 1, 1, tzinfo=UTC), 9)) == 1


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "DAILY",
        "FREQ=SECONDLY",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=DAILY;UNTIL=tomorrow",
        "FREQ=DAILY;UNTIL=20200101",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=YEARLY;BYMONTH=x",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6",
        "FREQ=DAILY;FREQ=WEEKLY",
        "FREQ=DAILY;BYEASTER=0",
    ],
)
def test_it_refuses_rules_that_cannot_be_read_or_never_come(rule):
    with pytest.raises(InvalidInput) as refused:
        read_rule(rule, datetime(2026, 11, 23, 9), "Europe/Berlin")
    assert refused.value.problems[0].where == "rule"


@given(st.text(alphabet="FREQ=DAILYWKMONTHBUSP0123456789;,-+:", max_size=60))
def test_it_refuses_any_other_text_in_words(typed):
    with contextlib.suppress(InvalidInput):
        read_rule(f"FREQ=WEEKLY;{typed}", datetime(2026, 11, 23, 9), "UTC")


def test_it_survives_being_kept():
    plan = Plan("Asia/Tokyo", datetime(2026, 1, 1, 9), "FREQ=DAILY", until=time(10, 30),
                skipped=frozenset({datetime(2026, 1, 3, 9)}),
                also=frozenset({datetime(2026, 1, 3, 15)}))  # fmt: skip
    assert Plan.from_json(plan.to_json()) == plan
    assert local_at(datetime(2026, 1, 1, tzinfo=UTC), plan.zone).hour == 9
