"""Alerts tell of what will not be recorded, and of what was not."""

from sqlalchemy import event

from dashboard.extensions import db
from dashboard.models import AlertIncident
from dashboard.services.alerts import incidents, rules
from dashboard.services.alerts.conditions import sentence
from dashboard.services.schedules import checking
from tests.services.test_schedules_running import NINE, Desk, desk  # noqa: F401


def watch(admin, condition):
    rules.create({"condition": condition, "tell_resolved": "1"}, [], admin)


def told(desk: Desk):  # noqa: F811
    incidents.round_()
    return [
        str(sentence(one.condition, one.since, one.detail, desk.clock.now()))
        for one in AlertIncident.query.filter_by(resolved_at=None)
    ]


def test_it_tells_of_a_start_that_will_not_work_until_it_is_mended(desk, cloud, admin):  # noqa: F811
    watch(admin, "schedule_trouble")
    desk.schedule()
    desk.work()
    assert told(desk) == []
    cloud.down = True
    desk.at("08:45")
    (words,) = told(desk)
    assert words.startswith("Schedule Lesson will not start:")
    cloud.down = False
    desk.clock.advance(60)
    checking.check_next(desk.today().schedule_id, desk.house.operator)
    for _ in range(4):
        desk.clock.advance(60)
        last = told(desk)
    assert last == []


def test_it_reads_all_that_is_red_in_one_select(desk, cloud):  # noqa: F811
    for title in ("Lesson", "Choir", "Assembly"):
        desk.schedule(title=title)
    desk.work()
    cloud.down = True
    desk.at("08:45")
    statements = []

    def note(conn, cursor, statement, *_more):
        statements.append(statement)

    db.session.rollback()
    event.listen(db.engine, "before_cursor_execute", note)
    assert len(checking.troubles()) == 3
    event.remove(db.engine, "before_cursor_execute", note)
    assert sum(one.startswith("SELECT") for one in statements) == 1


def test_it_tells_once_of_what_was_missed_until_somebody_has_seen_it(desk, admin, house):  # noqa: F811
    watch(admin, "schedule_missed")
    desk.schedule()
    desk.work()
    desk.at("09:30")
    (words,) = told(desk)
    assert words.startswith("Schedule Lesson did not record: No worker was there")
    assert told(desk) == [words]
    incidents.acknowledge(AlertIncident.query.one().id, house.operator)
    assert told(desk) == []
    assert desk.today().starts_at == NINE
