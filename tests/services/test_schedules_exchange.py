"""Calendar files go in and come out; nothing is doubled, nothing is dropped in silence."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import select

from dashboard.domain.recurrence import Plan, coming
from dashboard.errors import InvalidInput
from dashboard.extensions import db
from dashboard.models import Schedule
from dashboard.services.schedules import changes, exchange, form

SERIES = """
BEGIN:VEVENT
UID:monday@school
SUMMARY:Monday lesson
LOCATION:lesson
DTSTART;TZID=Europe/Berlin:20260105T090000
DTEND;TZID=Europe/Berlin:20260105T103000
RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260331T215959Z
EXDATE;TZID=Europe/Berlin:20260119T090000
END:VEVENT
"""
MOVED = """
BEGIN:VEVENT
UID:monday@school
RECURRENCE-ID;TZID=Europe/Berlin:20260126T090000
SUMMARY:Monday lesson, in the afternoon
DTSTART;TZID=Europe/Berlin:20260126T140000
DURATION:PT1H
END:VEVENT
"""


def calendar(*events, head=""):
    body = "".join(events).strip().replace("\n\n", "\n")
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//school//EN\n{head}{body}\nEND:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def take(house, *events, zone="Europe/Berlin", channel=True, head=""):
    chosen = house.channel_id if channel else None
    return exchange.bring_in(calendar(*events, head=head), zone, chosen, house.operator)


def rows():
    db.session.rollback()
    return db.session.scalars(select(Schedule).order_by(Schedule.id)).all()


def starts(row, n=4):
    plan = Plan.from_json(row.plan)
    since = datetime(2026, 1, 1, tzinfo=UTC)
    return [f"{one.local:%m-%d %H:%M}" for one in coming(plan, since, n)]


def test_it_takes_a_series_with_its_exceptions_and_moved_times(house):
    done = take(house, SERIES, MOVED, channel=False)
    assert (done.added, len(done.told)) == (["Monday lesson"], 1)  # the moved one has no channel
    done = take(house, SERIES, MOVED)
    assert (done.same, done.added) == (["Monday lesson"], ["Monday lesson, in the afternoon"])
    series, moved = rows()
    assert (series.uid, series.title, series.channel_id) == (
        "monday@school", "Monday lesson", house.channel_id,
    )  # fmt: skip
    assert starts(series) == ["01-05 09:00", "01-12 09:00", "02-02 09:00", "02-09 09:00"]
    assert starts(moved) == ["01-26 14:00"]


def test_it_changes_what_changed_and_nothing_twice(house):
    take(house, SERIES)
    later = SERIES.replace("T090000", "T110000").replace("T103000", "T123000")
    assert take(house, later).changed == ["Monday lesson"]
    assert take(house, later).same == ["Monday lesson"]
    assert len(rows()) == 1
    assert starts(rows()[0], 1) == ["01-05 11:00"]


def test_it_keeps_what_was_left_out_and_set_here(house):
    take(house, SERIES)
    (row,) = rows()
    changes.skip(row.id, "20260112T090000", house.operator)
    typed = form.written(Plan.from_json(rows()[0].plan)) | {
        "title": "Monday lesson", "channel_id": str(house.channel_id),
        "lead_min": "60", "grace_min": "30",
    }  # fmt: skip
    changes.edit(row.id, typed, house.operator)
    assert take(house, SERIES).same == ["Monday lesson"]
    assert rows()[0].lead_min == 60
    assert "01-12 09:00" not in starts(rows()[0])


def test_it_turns_off_what_is_cancelled(house):
    take(house, SERIES)
    cancelled = SERIES.replace("END:VEVENT", "STATUS:CANCELLED\nEND:VEVENT")
    assert take(house, cancelled).off == ["Monday lesson"]
    assert not rows()[0].enabled


def test_it_leaves_a_cancelled_time_out_of_its_series(house):
    take(house, SERIES)
    take(house, MOVED.replace("END:VEVENT", "STATUS:CANCELLED\nEND:VEVENT"))
    (series,) = rows()
    assert "01-26 09:00" not in starts(series)


def test_it_gives_times_without_a_zone_the_one_that_was_chosen(house):
    floating = "BEGIN:VEVENT\nUID:f\nDTSTART:20260105T090000\nDTEND:20260105T100000\nEND:VEVENT\n"
    take(house, floating, zone="Asia/Tokyo")
    take(house, floating.replace("UID:f", "UID:g"), head="X-WR-TIMEZONE:America/New_York\n")
    assert [row.plan["zone"] for row in rows()] == ["Asia/Tokyo", "America/New_York"]


def event(*lines, start="DTSTART:20260105T090000Z", end="DTEND:20260105T100000Z", uid="x"):
    return "\n".join(["BEGIN:VEVENT", f"UID:{uid}", start, end, *lines, "END:VEVENT", ""])


UNREADABLE = {
    "whole day": event(start="DTSTART;VALUE=DATE:20260105", end="DTEND;VALUE=DATE:20260106"),
    "has no end": event(end="DESCRIPTION:none"),
    "seven days": event(end="DURATION:P8D"),
    "less than a minute": event(end="DTEND:20260105T080000Z"),
    "more than one rule": event("RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"),
    "begins with FREQ": event("RRULE:FREQ=MINUTELY"),
    "time zone Mars/Base is not known": event(start="DTSTART;TZID=Mars/Base:20260105T090000",
                                              end="DURATION:PT1H"),
    "DTSTART cannot be read": event(start="DTSTART:soon"),
    "DTSTART is missing": event(start="SUMMARY:x"),
    "no UID": event(uid=""),
    "later times of a series": event("RECURRENCE-ID;RANGE=THISANDFUTURE:20260105T090000Z"),
    "begin again before it has ended": event("RRULE:FREQ=HOURLY", end="DURATION:PT2H"),
    "still to come": event(start="DTSTART:20200101T090000Z", end="DURATION:PT1H"),
    "It is cancelled": event("STATUS:CANCELLED"),
}  # fmt: skip


@pytest.mark.parametrize("why", UNREADABLE)
def test_it_tells_what_cannot_be_taken_and_takes_the_rest(house, why):
    done = take(house, UNREADABLE[why], SERIES)
    assert done.added == ["Monday lesson"]
    assert [why in str(one.what) for one in done.told] == [True]


def test_it_tells_what_schedules_do_not_know(house):
    alarm = event("SUMMARY:A", "BEGIN:VALARM", "TRIGGER:-PT15M", "ACTION:DISPLAY", "END:VALARM")
    task = "BEGIN:VTODO\nUID:t\nSUMMARY:Do\nEND:VTODO\n"
    done = take(house, alarm, task)
    assert done.added == ["A"]
    assert sorted(str(one.what) for one in done.told) == [
        "Its alarms are not taken over.", "Tasks are not taken over.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"\xff\xfe", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", b"%PDF-1.7"]
)
def test_it_refuses_what_is_no_calendar(house, data):
    with pytest.raises(InvalidInput) as refused:
        exchange.bring_in(data, "UTC", None, house.operator)
    assert refused.value.problems[0].where == "file"


def test_it_comes_back_as_it_went(house, clock):
    """Out, all removed, in again: the same plans."""
    take(house, SERIES, MOVED)
    typed = form.usual("Europe/Berlin", clock.now()) | {
        "title": "Nächte", "channel_id": str(house.channel_id), "repeats": "weekly",
        "days": "SA,SU", "date": "2026-01-03", "time": "22:00", "until": "01:00",
        "last_date": "2026-06-30", "takes_over": "1", "grace_min": "20",
    }  # fmt: skip
    night = changes.create(typed, house.operator)
    changes.set_enabled(night, False, house.operator)
    before = all_facts()
    data = exchange.written()
    for row in rows():
        changes.remove(row.id, house.operator)
    exchange.bring_in(data, "UTC", None, house.operator)
    assert all_facts() == before


def all_facts():
    kept = [row for row in rows() if row.archived_at is None]
    return {(row.uid, row.recurrence_id): changes.facts(row) for row in kept}


def test_it_writes_what_other_calendars_read(house):
    take(house, SERIES, MOVED)
    written = Calendar.from_ical(exchange.written(rows()[0].id))
    series, moved = written.walk("VEVENT")
    assert series["RRULE"]["UNTIL"] == [datetime(2026, 3, 31, 21, 59, 59, tzinfo=UTC)]
    assert series["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert series.get("DURATION").dt == timedelta(minutes=90)
    assert moved["RECURRENCE-ID"].dt.hour == 9
    assert [str(zone["TZID"]) for zone in written.walk("VTIMEZONE")] == ["Europe/Berlin"]
