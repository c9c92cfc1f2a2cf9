"""A real worker starts and ends a channel by its schedule, also after a kill."""

from datetime import timedelta

import pytest

from dashboard.extensions import db
from dashboard.models import ScheduleOccurrence
from dashboard.services import context
from dashboard.services.schedules import changes, form
from dashboard.services.unit_of_work import transaction
from tests.engine.harness import wait_until
from tests.jobs.conftest import kill


@pytest.fixture
def lesson(house):
    """A function: a time that starts and ends so many seconds from now."""

    def plan(starts_s, ends_s):
        with house.app.app_context():
            now = context.now()
            typed = form.usual("UTC", now) | {
                "title": "Lesson", "channel_id": str(house.channel()), "repeats": "once",
                "date": f"{now + timedelta(days=20):%Y-%m-%d}",
            }  # fmt: skip
            schedule_id = changes.create(typed, house.actor)
            with transaction() as work:
                row = ScheduleOccurrence(
                    schedule_id=schedule_id, key="20260101T000000", state="planned",
                    starts_at=now + timedelta(seconds=starts_s),
                    ends_at=now + timedelta(seconds=ends_s),
                    next_at=now + timedelta(seconds=starts_s), check_at=now,
                    taken_over=False, attempts=0,
                )  # fmt: skip
                work.session.add(row)
                work.session.flush()
                return row.id

    return plan


def occurrence(house, id):
    with house.app.app_context():
        return db.session.get(ScheduleOccurrence, id)


def test_it_checks_starts_and_ends_though_it_is_killed_in_between(house, engine, lesson):
    worker = house.worker()
    id = lesson(2, 8)
    wait_until(lambda: occurrence(house, id).state == "running", 10, "the start")
    row = occurrence(house, id)
    assert row.checked_at < row.starts_at
    assert all(step["why"] is None for step in row.findings if step["needed"])
    recording = house.wait_for_state(row.recording_id, "recording")
    assert abs((recording.started_at - row.starts_at).total_seconds()) < 2
    assert house.sids(recording.id) == [recording.handle_key]
    kill(worker)
    wait_until(lambda: now(house) > row.ends_at, 10, "the end to be due")
    house.worker()
    wait_until(lambda: occurrence(house, id).state == "done", 10, "the end")
    house.wait_for_state(recording.id, "completed")


def test_it_starts_once_though_it_is_killed_while_the_vendor_starts(house, engine, lesson):
    worker = house.worker()
    engine.faults(start_delay_s=2)
    id = lesson(0.5, 60)
    wait_until(lambda: occurrence(house, id).attempts, 10, "the attempt")
    kill(worker)
    engine.faults(start_delay_s=0)
    with house.app.app_context(), transaction() as work:
        # as if the minute had passed for which the dead one had claimed it
        work.session.get(ScheduleOccurrence, id).next_at = context.now()
    house.worker()
    wait_until(lambda: occurrence(house, id).state == "running", 15, "the start")
    recording_id = occurrence(house, id).recording_id
    house.end_lease(recording_id)
    house.wait_for_state(recording_id, "recording")
    assert len(house.sids(recording_id)) == 1


def now(house):
    with house.app.app_context():
        return context.now()
