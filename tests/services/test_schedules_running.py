"""A schedule starts once, ends for certain, respects people, and tells what it could not do."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from dashboard.domain.events import EventKind
from dashboard.errors import Conflict
from dashboard.extensions import db
from dashboard.models import (
    Account,
    Audit,
    Channel,
    Recording,
    RecordingEvent,
    Schedule,
    ScheduleOccurrence,
)
from dashboard.services import live, progress, recordings, sync, texts
from dashboard.services.schedules import changes, checking, claims, form, planning, running, states
from dashboard.services.unit_of_work import transaction

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def desk(house, clock):
    return Desk(house, clock)


class Desk:
    """A schedule's day, minute by minute."""

    def __init__(self, house, clock) -> None:
        self.house, self.clock = house, clock
        clock.at = NINE - timedelta(hours=12)

    def schedule(self, **typed):
        values = form.usual("UTC", self.clock.now()) | {
            "title": "Lesson", "channel_id": str(self.house.channel_id), "repeats": "daily",
            "date": "2026-01-05", "time": "09:00", "until": "10:00",
        }  # fmt: skip
        return changes.create(values | typed, self.house.operator)

    def at(self, time, passes=3):
        """Let a worker look at that time of the day."""
        hours, minutes = map(int, time.split(":"))
        self.clock.at = NINE.replace(hour=hours, minute=minutes)
        self.work(passes)

    def work(self, passes=3):
        for _ in range(passes):
            planning.plan_ahead()
            checking.check_due()
            running.act_due()
            running.notice_ends()

    def today(self, schedule_id=None):
        db.session.rollback()
        query = select(ScheduleOccurrence).where(ScheduleOccurrence.starts_at == NINE)
        if schedule_id:
            query = query.where(ScheduleOccurrence.schedule_id == schedule_id)
        return db.session.scalars(query).one()

    @property
    def outcome(self):
        return self.today().state

    @property
    def why(self):
        return self.why_of(None)

    def why_of(self, schedule_id):
        return str(texts.from_json(self.today(schedule_id).reason) or "")

    def recordings(self):
        db.session.rollback()
        return db.session.scalars(select(Recording).order_by(Recording.id)).all()

    def set(self, table, **values):
        with transaction() as work:
            for row in work.session.scalars(select(table)):
                for name, value in values.items():
                    setattr(row, name, value)


def test_it_starts_and_ends_at_its_times_under_its_own_name(desk, house, cloud):
    desk.schedule()
    desk.at("08:59")
    assert not cloud.tasks
    desk.at("09:00")
    assert (desk.outcome, len(cloud.running())) == ("running", 1)
    desk.at("09:59")
    assert cloud.running()
    desk.at("10:00")
    assert (desk.outcome, desk.why, cloud.running()) == ("done", "", [])
    (recording,) = desk.recordings()
    assert house.screen(recording.id).started_by == "schedule: Lesson"
    stop = db.session.scalars(
        select(RecordingEvent).where(RecordingEvent.kind == EventKind.STOP_REQUESTED.value)
    ).one()
    assert stop.actor_email == "schedule: Lesson"


def test_it_starts_each_time_once_whoever_looks(desk, cloud, monkeypatch):
    """Two workers that saw the same row: the second one's claim finds it moved."""
    desk.schedule()
    desk.at("08:59")
    desk.clock.advance(60)
    next_at = ScheduleOccurrence.next_at
    ((id_, seen),) = claims.due(next_at, 5)
    assert claims.take(next_at, id_, seen)
    assert not claims.take(next_at, id_, seen)
    running._act(desk.today().id)
    running._act(desk.today().id)
    assert len(desk.recordings()) == 1


def test_it_starts_once_though_six_workers_look_at_the_same_moment(desk, app, cloud):
    desk.schedule()
    desk.at("08:59")
    desk.clock.advance(60)
    ready = threading.Barrier(6)

    def work():
        with app.app_context():
            ready.wait()
            running.act_due()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert desk.outcome == "running"
    assert (len(desk.recordings()), cloud.asked.count("start")) == (1, 1)


@pytest.mark.parametrize("cut", ["transaction", "start", "_bind"])
def test_it_goes_on_after_a_kill_in_the_middle_of_a_start(desk, cloud, monkeypatch, cut):
    """Before the attempt is kept, before the vendor is asked, before the answer is kept."""
    desk.schedule()
    desk.at("08:59")
    with monkeypatch.context() as patch:
        if cut == "start":
            patch.setattr("dashboard.services.starting.begin", killed)
        elif cut == "_bind":
            patch.setattr(running, "_bind", killed)
        else:
            patch.setattr(running, "change", killed)
        desk.clock.advance(60)
        with pytest.raises(KeyboardInterrupt):
            running.act_due()
    assert desk.outcome in ("planned", "starting")
    desk.at("09:02")
    assert desk.outcome == "running"
    assert len(desk.recordings()) == 1


def killed(*_given, **_named):
    raise KeyboardInterrupt


def test_it_goes_on_after_a_kill_in_the_middle_of_the_end(desk, cloud, monkeypatch):
    desk.schedule()
    desk.at("09:00")
    desk.clock.at = NINE + timedelta(hours=1)
    with monkeypatch.context() as patch:
        patch.setattr(running, "close", killed)
        with pytest.raises(KeyboardInterrupt):
            running.act_due()
    desk.at("10:02")
    assert (desk.outcome, cloud.running()) == ("done", [])


def test_it_ends_what_was_started_just_before_everything_died(desk, cloud, monkeypatch):
    """Killed before the row knew of its recording; nobody came back before the end."""
    desk.schedule()
    desk.at("08:59")
    desk.clock.advance(60)
    with monkeypatch.context() as patch:
        patch.setattr(running, "_bind", killed)
        with pytest.raises(KeyboardInterrupt):
            running.act_due()
    assert cloud.running()
    desk.at("13:00")
    assert (desk.outcome, cloud.running()) == ("done", [])
    assert desk.why == "Ended 180 min late: no worker was there in time."


def test_it_starts_late_within_the_time_of_grace_and_says_so(desk, cloud):
    desk.schedule(grace_min="10")
    desk.work()
    desk.at("09:07")
    assert desk.outcome == "running"
    assert desk.why == "Started 7 min late: no worker was there in time."


def test_it_tells_what_was_missed_while_no_worker_ran(desk, cloud):
    schedule_id = desk.schedule(grace_min="10")
    desk.clock.at = NINE + timedelta(days=2, hours=3)
    desk.work(9)
    rows = db.session.scalars(
        select(ScheduleOccurrence).where(ScheduleOccurrence.starts_at < desk.clock.at)
    ).all()
    assert [row.state for row in rows] == ["missed"] * 3
    assert "No worker was there" in desk.why
    assert not desk.recordings()
    told = select(func.count()).where(
        Audit.action == "schedule.missed", Audit.subject_id == schedule_id
    )
    assert db.session.scalar(told) == 3


def test_it_ends_late_rather_than_never(desk, cloud):
    desk.schedule()
    desk.at("09:00")
    desk.at("11:30")
    assert (desk.outcome, cloud.running()) == ("done", [])
    assert desk.why == "Ended 90 min late: no worker was there in time."


def test_it_leaves_alone_what_somebody_records_by_hand(desk, house, cloud):
    desk.schedule(grace_min="10")
    desk.at("08:50")
    mine = house.start()
    desk.at("09:00")
    assert desk.outcome == "starting"
    desk.at("09:11")
    desk.at("10:00")
    assert desk.outcome == "refused"
    assert "lesson was being recorded already, started by op@example.com." in desk.why
    assert cloud.running()
    assert desk.today().recording_id == mine


def test_it_starts_late_when_the_channel_becomes_free_in_time(desk, house, cloud):
    desk.schedule()
    mine = house.start()
    desk.at("09:00")
    house.stop(mine)
    with transaction() as work:
        progress.apply_in(work, mine, live.event(EventKind.UPLOADED), "sync")
    desk.at("09:01")
    assert desk.outcome == "running"
    assert desk.why.startswith("Started 60 s late: lesson was being recorded already")


def test_it_ends_a_recording_by_hand_where_the_schedule_says_so(desk, house, cloud):
    desk.schedule(takes_over="1")
    mine = house.start()
    desk.at("09:00")
    assert (desk.outcome, desk.today().recording_id) == ("running", mine)
    desk.at("10:00")
    assert (desk.outcome, cloud.running()) == ("done", [])
    assert "It was being recorded already" in desk.why


def test_it_respects_a_stop_by_hand_and_a_recording_begun_after_it(desk, house, cloud):
    desk.schedule()
    desk.at("09:00")
    (first,) = desk.recordings()
    house.stop(first.id)
    with transaction() as work:
        progress.apply_in(work, first.id, live.event(EventKind.UPLOADED), "sync")
    desk.at("09:20")
    assert (desk.outcome, desk.why) == ("early", "Stopped by op@example.com before its end.")
    house.start()
    desk.at("10:00")
    assert len(cloud.running()) == 1
    assert desk.outcome == "early"


def test_it_tells_that_the_account_is_disabled(desk):
    desk.schedule(grace_min="10")
    desk.work()
    desk.set(Account, archived_at=desk.clock.now())
    desk.at("09:00")
    desk.at("09:11")
    assert desk.outcome == "refused"
    assert desk.why == "Not started within 10 min: Account Test cloud is disabled."


def test_it_tells_that_the_channel_is_archived(desk):
    desk.schedule()
    desk.work()
    desk.set(Channel, archived_at=desk.clock.now())
    desk.at("09:00")
    desk.at("09:11")
    assert "There is no such channel, or it is archived." in desk.why


def test_it_tells_that_the_vendor_refused_and_does_not_insist(desk, cloud):
    desk.schedule()
    cloud.refuse = ("433", "concurrency exceeded")
    desk.at("09:00")
    assert desk.outcome == "refused"
    assert "The vendor refused the start." in desk.why
    assert "433 · concurrency exceeded" in desk.why
    desk.at("09:05")
    assert len(desk.recordings()) == 1


def test_it_tries_again_while_the_vendor_is_away(desk, cloud):
    desk.schedule()
    desk.work()
    cloud.down = True
    desk.at("09:00")
    assert (desk.outcome, desk.why) == ("starting", "The account does not answer.")
    cloud.down = False
    desk.at("09:01")
    assert desk.outcome == "running"
    assert desk.why == "Started 60 s late: The account does not answer."
    assert len(cloud.tasks) == 1


def test_it_tells_of_keys_that_do_not_open_instead_of_no_worker(desk, cloud):
    desk.schedule(grace_min="5")
    desk.work()
    desk.set(Account, credentials=b"sealed with another key")
    for minute in range(8):
        desk.at(f"09:0{minute}")
    assert "TALLYDECK_ENCRYPTION_KEY" in desk.why


def test_it_plans_the_others_when_one_cannot_be_read(desk, cloud):
    broken, sound = desk.schedule(), desk.schedule()
    with transaction() as work:
        row = work.session.get(Schedule, broken)
        row.plan = row.plan | {"zone": "Gone/Away"}
    desk.clock.at = NINE + timedelta(hours=20)
    planning.plan_ahead()
    planned = select(ScheduleOccurrence.schedule_id).where(ScheduleOccurrence.starts_at > NINE)
    assert set(db.session.scalars(planned)) == {sound}


def test_it_gives_up_on_a_vendor_that_stays_away(desk, cloud):
    desk.schedule(grace_min="5")
    desk.work()
    cloud.down = True
    for minute in range(8):
        desk.at(f"09:0{minute}")
    assert desk.outcome == "refused"
    assert desk.why == "Not started within 5 min: The account does not answer."
    assert len(desk.recordings()) <= 6


def test_it_tells_of_a_recording_that_failed(desk, cloud):
    desk.schedule()
    desk.at("09:00")
    (recording,) = desk.recordings()
    with transaction() as work:
        why = live.event(EventKind.EXITED_ABNORMALLY, text="disk")
        progress.apply_in(work, recording.id, why, "sync")
    desk.at("09:20")
    assert desk.outcome == "broke"
    assert desk.why


def test_it_starts_nothing_once_it_is_off_but_ends_what_runs(desk, house, cloud):
    schedule_id = desk.schedule()
    desk.at("09:00")
    changes.set_enabled(schedule_id, False, house.operator)
    desk.at("10:00")
    assert (desk.outcome, cloud.running()) == ("done", [])
    desk.clock.advance(24 * 3600)
    desk.work()
    assert len(desk.recordings()) == 1


def test_it_leaves_out_one_time_and_takes_it_back(desk, house, cloud):
    schedule_id = desk.schedule()
    desk.work()
    changes.skip(schedule_id, "20260105T090000", house.operator)
    desk.at("09:00")
    assert not cloud.tasks
    changes.skip(schedule_id, "20260106T090000", house.operator)
    changes.skip(schedule_id, "20260106T090000", house.operator, skipped=False)
    desk.clock.at = NINE + timedelta(days=1)
    desk.work()
    assert cloud.running()
    with pytest.raises(Conflict):
        changes.skip(schedule_id, "20260106T090000", house.operator)


def test_it_follows_a_change_before_and_while_it_runs(desk, house, cloud):
    schedule_id = desk.schedule()
    desk.at("09:00")
    change(desk, schedule_id, until="09:30")
    desk.at("09:30")
    assert (desk.outcome, cloud.running()) == ("done", [])
    change(desk, schedule_id, time="11:00", until="12:00")
    desk.at("11:00")
    assert not cloud.running()  # the first recording still holds the channel
    assert states.State.STARTING in {
        row.state for row in db.session.scalars(select(ScheduleOccurrence))
    }


def change(desk, schedule_id, **typed):
    row = db.session.get(Schedule, schedule_id)
    plan = form.Plan.from_json(row.plan)
    values = {"title": row.title, "channel_id": str(row.channel_id), "lead_min": "15",
              "grace_min": "10", **form.written(plan)}  # fmt: skip
    changes.edit(schedule_id, values | typed, desk.house.operator)


def test_it_never_loses_a_time_that_is_due_when_it_is_changed(desk, house):
    """No worker at nine; at five past somebody changes the end."""
    schedule_id = desk.schedule()
    desk.clock.at = NINE + timedelta(minutes=5)
    change(desk, schedule_id, until="11:00")
    desk.work()
    assert desk.outcome == "running"


def test_it_is_checked_before_and_tells_what_is_red(desk, cloud, house):
    desk.schedule(lead_min="15")
    desk.at("08:40")
    assert desk.today().checked_at is None
    cloud.down = True
    desk.at("08:45")
    assert desk.today().checked_at == desk.clock.now()
    (trouble,) = checking.troubles()
    assert (trouble.title, trouble.channel_name) == ("Lesson", "lesson")
    assert str(trouble.why)
    cloud.down = False
    assert checking.check_next(trouble.schedule_id, house.operator)
    assert checking.troubles() == ()


def test_it_checks_that_account_and_channel_are_in_use(desk):
    desk.schedule()
    desk.work()
    desk.set(Account, archived_at=desk.clock.now())
    desk.at("08:50")
    (trouble,) = checking.troubles()
    assert str(trouble.why) == "Account Test cloud is disabled."


def test_it_warns_beforehand_that_somebody_records_by_hand(desk, house):
    desk.schedule()
    house.start()
    desk.at("08:50")
    found = {str(step.what): step for step in checking.steps_of(desk.today())}
    assert "by hand" in str(found["Nobody records the channel"].why)
    assert checking.troubles() == ()


def test_it_waits_for_the_recording_of_the_lesson_before(desk, house, cloud):
    """Back to back: the first one's files are still on their way."""
    desk.schedule(title="First", time="08:00", until="09:00")
    second = desk.schedule(title="Second")
    desk.at("08:00")
    desk.at("09:00")
    assert desk.today(second).state == "starting"
    (first,) = desk.recordings()
    with transaction() as work:
        progress.apply_in(work, first.id, live.event(EventKind.UPLOADED), "sync")
    desk.clock.advance(6)
    desk.work()
    assert (desk.today(second).state, desk.why_of(second)) == ("running", "")


def test_it_asks_for_a_role(house):
    with pytest.raises(Exception, match="role"):
        changes.create({}, house.viewer)
    with pytest.raises(Exception, match="role"):
        recordings.start(house.channel_id, "press-0001", house.viewer)


def test_it_ends_as_planned_though_no_schedule_is_looked_after(desk):
    """The loops of schedules are down; the one that looks after recordings is not."""
    desk.schedule()
    desk.at("09:00")
    desk.at("09:01")
    (recording,) = desk.recordings()
    desk.clock.at = NINE.replace(hour=10, second=20)
    sync.sync_one(recording.id)
    assert desk.recordings()[0].stop_wanted_at is None  # left to the schedule
    desk.clock.at = NINE.replace(hour=10, second=30)
    sync.sync_one(recording.id)
    assert desk.recordings()[0].stop_wanted_at is not None
    told = desk.house.sentences(recording.id)
    assert "The planned end is over and its schedule did not stop it. It is being stopped." in told
    desk.work()
    assert desk.outcome == states.State.DONE


def test_it_is_looked_after_when_its_planned_end_is_near(desk):
    desk.schedule()
    desk.at("09:00")
    desk.clock.at = NINE.replace(minute=59, second=50)
    (recording,) = desk.recordings()
    sync.sync_one(recording.id)
    assert desk.recordings()[0].next_sync_at <= NINE.replace(hour=10)
