"""The screens of schedules, as people of each role see them."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event

from dashboard.extensions import db
from dashboard.models import Schedule
from dashboard.services.schedules import changes, checking, form, looking, planning, running
from dashboard.services.unit_of_work import transaction
from tests.views.conftest import seen, words

DAILY = {
    "title": "Night class", "repeats": "daily", "zone": "Europe/Berlin",
    "date": "2027-03-26", "time": "02:30", "ends": "length", "length_min": "60",
    "interval": "1", "lead_min": "15", "grace_min": "10",
}  # fmt: skip


@pytest.fixture
def night(house):
    return typed(house)


def typed(house, **more):
    return DAILY | {"channel_id": str(house.channel_id)} | more


def made(house, clock, **more):
    """A schedule for today at nine in UTC, made by a service."""
    values = form.usual("UTC", clock.now()) | {
        "title": "Lesson", "channel_id": str(house.channel_id), "repeats": "daily",
        "date": "2026-01-01", "time": "09:00", "until": "10:00",
    }  # fmt: skip
    return house.do(changes.create, values | more, house.operator)


def work(house):
    def passes():
        planning.plan_ahead()
        checking.check_due()
        running.act_due()
        running.notice_ends()

    house.do(passes)


def test_it_teaches_on_an_empty_list(operator, viewer):
    assert "A schedule starts a channel at given times" in words(operator.get("/schedules"))
    assert "New schedule" not in words(viewer.get("/schedules"))


def test_it_saves_a_schedule_and_shows_what_the_clocks_do(operator, night):
    answer = operator.post("/schedules/new", night)
    assert answer.status_code == 303
    page = words(operator.get(answer.location))
    assert "every day, 02:30 for 60 min" in page
    assert "02:30 does not exist on 2027-03-28 in Europe/Berlin; it starts at 03:30." in page
    assert "Sun 28 Mar 2027, 03:30 – 04:30" in page


def test_it_shows_times_by_the_clocks_of_schedule_and_reader(operator, night):
    operator.client.set_cookie("zone", "Asia/Shanghai")
    page = words(operator.get(operator.post("/schedules/new", night).location))
    assert "Fri 26 Mar 2027, 02:30 – 03:30" in page
    assert "Fri 26 Mar 2027, 09:30 – 10:30" in page


def test_it_previews_without_keeping(operator, house, night):
    part = operator.send("/schedules/preview", night)
    assert words(part).count("2027, 02:30") == 9
    assert "does not exist on 2027-03-28" in words(part)
    whole = operator.post("/schedules/preview", night)
    assert 'value="Night class"' in whole.text
    assert "does not exist" in words(whole)
    assert house.do(lambda: Schedule.query.count()) == 0


def test_it_says_why_there_is_no_preview_yet(operator, night):
    part = operator.send("/schedules/preview", night | {"date": ""})
    assert "A date like 2026-12-24." in words(part)


WRONG = [
    ({"title": ""}, "Give it a name."),
    ({"channel_id": ""}, "Choose one of the channels."),
    ({"channel_id": "99"}, "Choose one of the channels."),
    ({"zone": "Mars/Base"}, "There is no such time zone."),
    ({"time": "25:00"}, "A time like 09:30."),
    ({"date": "2027-02-30"}, "A date like"),
    ({"date": "2999-01-01"}, "ten years"),
    ({"length_min": "0"}, "A number from 1 to 10080."),
    ({"length_min": "1500"}, "begin again before it has ended"),
    ({"repeats": "sometimes"}, "Choose one of the list."),
    ({"repeats": "own", "rule": "FREQ=SECONDLY"}, "A rule begins with FREQ"),
    ({"repeats": "once", "date": "2025-12-01"}, "None of its times is still to come."),
    ({"last_date": "2027-01-01"}, "This rule has no time at all."),
    ({"except_dates": "Christmas"}, "A date like"),
    ({"lead_min": "x"}, "A number from 0 to 1440."),
]


@pytest.mark.parametrize(("wrong", "why"), WRONG)
def test_it_keeps_what_was_typed_and_says_what_is_wrong(operator, night, wrong, why):
    answer = operator.post("/schedules/new", night | wrong)
    assert answer.status_code == 422
    assert why in words(answer)
    assert 'aria-invalid="true"' in answer.text or wrong.keys() & {"repeats"}


def test_it_comes_back_in_the_form_as_it_was_typed(operator, house):
    weekly = typed(house, repeats="weekly", days=["MO", "FR"], interval="2", takes_over="1",
                   date="2027-03-29", last_date="2027-12-31",
                   except_dates="2027-04-05")  # fmt: skip
    at = operator.post("/schedules/new", weekly).location
    page = operator.get(f"{at}/edit").text
    for mark in ('id="repeats-weekly" name="repeats" value="weekly" checked',
                 'value="FR" checked', 'value="2027-12-31"', "2027-04-05",
                 'name="interval" type="number" value="2"',
                 'name="takes_over" value="1" checked'):  # fmt: skip
        assert mark in page


def test_it_tells_of_a_clash_when_it_is_saved(operator, house, night):
    operator.post("/schedules/new", night)
    answer = operator.post("/schedules/new", night | {"title": "Other", "time": "03:00"})
    page = words(operator.get(answer.location))
    assert "clashes with another" in page
    assert "Fri 26 Mar 2027, 03:00: Night class , Fri 26 Mar 2027, 02:30 – 03:30" in page


def test_it_leaves_a_time_out_and_takes_it_back(operator, night):
    at = operator.post("/schedules/new", night).location
    operator.post(f"{at}/skip/20270327T023000")
    assert "Record after all" in words(operator.get(at))
    operator.post(f"{at}/take-back/20270327T023000")
    assert "Record after all" not in words(operator.get(at))
    assert operator.post(f"{at}/skip/20270327T033000").status_code == 404
    assert operator.post(f"{at}/skip/nonsense").status_code == 404


def test_it_turns_off_and_on_from_the_list(operator, night):
    at = operator.post("/schedules/new", night).location
    answer = operator.post(f"{at}/off", {"from": "list"})
    assert answer.location == "/schedules"
    assert "Turn on" in words(operator.get("/schedules"))
    operator.post(f"{at}/on")
    assert "Turn off" in words(operator.get("/schedules"))


def test_it_removes_a_schedule_and_keeps_its_past(operator, house, clock):
    id = made(house, clock, date="2026-01-01", time="00:01", until="00:02")
    clock.advance(12 * 60)
    work(house)
    operator.post(f"/schedules/{id}/remove")
    assert operator.get(f"/schedules/{id}").status_code == 404
    assert "No schedules yet" in words(operator.get("/schedules"))
    assert "Missed" in words(operator.get("/schedules/agenda"))


def test_it_shows_what_runs_and_what_became_of_the_last(operator, house, clock):
    id = made(house, clock)
    clock.at = datetime(2026, 1, 1, 9, tzinfo=UTC)
    work(house)
    assert "Recording" in words(operator.get("/schedules/agenda"))
    assert "until Thu 1 Jan 2026, 10:00" in words(operator.get("/schedules"))
    clock.at += timedelta(hours=2)
    work(house)
    page = words(operator.get(f"/schedules/{id}"))
    assert "Recorded" in page
    assert "Ended 60 min late: no worker was there in time." in page
    recording = words(operator.get("/recordings/1"))
    assert "schedule: Lesson" in recording


def test_it_warns_on_every_screen_of_what_will_not_start(operator, house, clock, cloud):
    id = made(house, clock)
    clock.at = datetime(2026, 1, 1, 8, 50, tzinfo=UTC)
    cloud.down = True
    work(house)
    assert "Schedule Lesson will not start" in words(operator.get("/channels"))
    assert "will not start at Thu 1 Jan 2026, 09:00" in words(operator.get("/schedules"))
    assert "It will not start as things are." in words(operator.get(f"/schedules/{id}"))
    cloud.down = False
    operator.post(f"/schedules/{id}/check")
    assert "It can start." in words(operator.get(f"/schedules/{id}"))
    assert "will not start" not in words(operator.get("/channels"))


def test_it_polls_and_is_quiet_when_nothing_changed(operator, house, clock):
    made(house, clock)
    mark = seen(operator.get("/schedules"))
    assert operator.fetch(f"/schedules/rows?seen={mark}").status_code == 204
    clock.at = datetime(2026, 1, 1, 9, tzinfo=UTC)
    work(house)
    assert "Recording" in words(operator.fetch(f"/schedules/rows?seen={mark}"))
    one = operator.get("/schedules/1")
    assert "data-poll=" in one.text
    mark = seen(one)
    assert operator.fetch(f"/schedules/1/rows?seen={mark}").status_code == 204
    house.stop(1)
    work(house)
    assert "Stopped by op@example.com before its end." in words(
        operator.fetch(f"/schedules/1/rows?seen={mark}")
    )
    mark = seen(operator.get("/schedules/agenda"))
    assert operator.fetch(f"/schedules/agenda/rows?seen={mark}").status_code == 204


FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//outside//EN
BEGIN:VEVENT
UID:a@b
SUMMARY:From outside
DTSTART:20270105T090000Z
DURATION:PT1H
END:VEVENT
BEGIN:VEVENT
UID:c
SUMMARY:Holiday
DTSTART;VALUE=DATE:20270101
END:VEVENT
END:VCALENDAR
"""


def test_it_takes_a_calendar_file_and_gives_one(operator, house):
    data = FILE.replace("\n", "\r\n").encode()
    sent = {"file": (io.BytesIO(data), "a.ics"), "zone": "UTC", "channel_id": str(house.channel_id)}
    page = words(operator.post("/schedules/import", sent, content_type="multipart/form-data"))
    assert "Added 1: From outside" in page
    assert "Holiday: It takes the whole day." in page
    file = operator.get("/schedules.ics")
    assert file.mimetype == "text/calendar"
    assert "UID:a@b" in file.text
    assert "SUMMARY:From outside" in operator.get("/schedules/1.ics").text


def test_it_refuses_a_file_that_is_no_calendar(operator):
    for sent in ({}, {"file": (io.BytesIO(b"hello"), "a.ics")}):
        answer = operator.post("/schedules/import", {"zone": "UTC", **sent},
                               content_type="multipart/form-data")  # fmt: skip
        assert answer.status_code == 422
        assert "calendar file" in words(answer)


CHANGING = ["new", "preview", "import", "1/edit", "1/on", "1/off", "1/remove", "1/check",
            "1/skip/20270327T023000", "1/take-back/20270327T023000"]  # fmt: skip


@pytest.mark.parametrize("what", CHANGING)
def test_it_lets_viewers_look_and_nothing_else(viewer, house, clock, what):
    made(house, clock)
    assert viewer.post(f"/schedules/{what}").status_code == 403
    for path in ("", "/agenda", "/1", "/1.ics", ".ics"):
        assert viewer.get(f"/schedules{path}").status_code == 200
    assert "Turn off" not in viewer.get("/schedules/1").text


@pytest.mark.parametrize(
    "what", [one for one in CHANGING if one not in ("new", "import", "1/edit")]
)
def test_it_changes_nothing_by_get(operator, what):
    assert operator.get(f"/schedules/{what}").status_code == 405


def test_it_knows_no_such_schedule(operator):
    for path in ("/schedules/7", "/schedules/7/edit", "/schedules/7.ics"):
        assert operator.get(path).status_code == 404
    assert operator.post("/schedules/7/off").status_code == 404


def test_it_speaks_chinese(operator, house, clock):
    made(house, clock)
    operator.client.set_cookie("locale", "zh")
    for path in ("", "/agenda", "/1", "/new", "/import"):
        assert "日程" in operator.get(f"/schedules{path}").text


def test_it_reads_the_list_in_a_handful_of_selects(operator, house, clock, app):
    """However many schedules there are."""
    for n in range(12):
        made(house, clock, title=f"Lesson {n}", time=f"{n:02}:00", until=f"{n:02}:30")
    asked = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
        with transaction():
            pass
        asked.clear()
        looking.listed(house.operator)
    assert len([one for one in asked if one.startswith("SELECT")]) <= 8
