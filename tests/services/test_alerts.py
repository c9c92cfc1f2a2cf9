"""Rules, incidents and messages, as whoever is told of them would notice."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from dashboard.domain.conditions import Condition
from dashboard.errors import Conflict, Forbidden, InvalidInput
from dashboard.extensions import db
from dashboard.models import (
    AccountState,
    AlertDestination,
    AlertIncident,
    AlertMessage,
    Channel,
    Recording,
)
from dashboard.services.alerts import destinations, incidents, messages, rules
from dashboard.services.alerts.conditions import WATCHED
from dashboard.services.reading import alerts as reading
from dashboard.services.unit_of_work import transaction
from tests.services.letterboxes import hook, mailbox  # noqa: F401


class Desk:
    """Short ways to act on alerts and to see what came of it."""

    def __init__(self, house, admin) -> None:
        self.house, self.admin, self.clock = house, admin, house.clock

    def destination(self, kind, form):
        return destinations.create(kind, form, self.admin)

    def rule(self, condition, *chosen, **form):
        typed = {"condition": condition, "tell_resolved": "1", "amount": "5", **form}
        return rules.create(typed, [str(one) for one in chosen], self.admin)

    def round(self, minutes=0.0):
        """Time passes, then everything is looked at and sent once."""
        self.clock.advance(minutes * 60)
        db.session.rollback()
        incidents.round_()
        messages.send_due()
        db.session.rollback()

    def change(self, recording_id, **columns):
        with transaction() as work:
            row = work.session.get(Recording, recording_id)
            for name, value in columns.items():
                setattr(row, name, value)

    def nobody(self, recording_id):
        self.change(recording_id, nobody_since=self.clock.now())

    def somebody(self, recording_id):
        self.change(recording_id, nobody_since=None, sending_since=self.clock.now())

    def fail(self, recording_id):
        self.change(recording_id, state="failed", ended_at=self.clock.now())

    @property
    def incidents(self):
        db.session.rollback()
        return list(db.session.scalars(select(AlertIncident).order_by(AlertIncident.id)))

    @property
    def messages(self):
        db.session.rollback()
        return list(db.session.scalars(select(AlertMessage).order_by(AlertMessage.id)))

    @property
    def open(self):
        return [one for one in self.incidents if one.resolved_at is None]


@pytest.fixture
def desk(house, admin):
    return Desk(house, admin)


@pytest.fixture
def running(desk, house):
    recording_id = house.start()
    desk.change(recording_id, state="recording", recording_since=desk.clock.now())
    return recording_id


# ---------------------------------------------------------------- when a rule tells


def test_it_waits_as_long_as_the_rule_says(desk, running):
    desk.rule("nobody_publishing", amount="5")
    desk.nobody(running)
    desk.round(minutes=4.9)
    assert desk.open == []
    desk.round(minutes=0.2)
    (incident,) = desk.open
    assert (incident.where, incident.condition) == ("lesson", "nobody_publishing")


def test_it_opens_an_incident_once_however_often_it_looks(desk, running):
    desk.rule("nobody_publishing")
    desk.nobody(running)
    for _ in range(4):
        desk.round(minutes=6)
    assert len(desk.incidents) == 1


def test_it_opens_one_incident_when_several_workers_look_at_once(app, desk, running):
    desk.rule("nobody_publishing")
    desk.nobody(running)
    desk.clock.advance(600)
    together = threading.Barrier(3)

    def look():
        with app.app_context():
            together.wait()
            incidents.round_()

    workers = [threading.Thread(target=look) for _ in range(3)]
    [one.start() for one in workers]
    [one.join() for one in workers]
    assert len(desk.incidents) == 1


def test_it_is_over_when_the_condition_is_and_that_has_lasted(desk, running):
    desk.rule("nobody_publishing")
    desk.nobody(running)
    desk.round(minutes=6)
    desk.somebody(running)
    desk.round()
    assert len(desk.open) == 1
    desk.round(minutes=2.1)
    assert desk.open == []


def test_it_stays_one_incident_while_somebody_comes_and_goes(desk, running):
    desk.rule("nobody_publishing")
    desk.nobody(running)
    desk.round(minutes=6)
    for _ in range(3):
        desk.somebody(running)
        desk.round(minutes=0.5)
        desk.nobody(running)
        desk.round(minutes=1.1)
    (incident,) = desk.incidents
    assert (incident.resolved_at, incident.returned) == (None, 3)
    desk.somebody(running)
    desk.round()
    (line,) = reading.alerts(desk.admin).open
    assert (line.fading, line.waits_min) == (True, 5)
    desk.round(minutes=4.9)
    assert len(desk.open) == 1, "each return doubles the wait, to five minutes at most"
    desk.round(minutes=0.2)
    assert desk.open == []


def test_it_tells_of_the_others_when_one_cannot_be_told(desk, running, monkeypatch):
    bad, good = desk.rule("nobody_publishing"), desk.rule("nobody_publishing")
    desk.nobody(running)
    write = messages.write

    def failing(work, incident, *more):
        if incident.rule_id == bad:
            raise ValueError("a bad row")
        return write(work, incident, *more)

    monkeypatch.setattr(messages, "write", failing)
    desk.round(minutes=6)
    assert [one.rule_id for one in desk.open] == [good]
    monkeypatch.setattr(messages, "write", write)
    desk.round()
    assert {one.rule_id for one in desk.open} == {bad, good}


def test_it_leaves_an_incident_open_while_the_vendor_does_not_answer(desk, running):
    desk.rule("nobody_publishing")
    desk.nobody(running)
    desk.round(minutes=6)
    desk.change(running, unreachable_since=desk.clock.now())
    desk.round(minutes=10)
    desk.round(minutes=10)
    assert len(desk.open) == 1


def test_it_tells_of_a_failed_recording_until_somebody_has_seen_it(desk, running, house):
    desk.rule("failed")
    desk.clock.advance(60)
    desk.fail(running)
    desk.round()
    desk.round(minutes=60)
    (incident,) = desk.open
    incidents.acknowledge(incident.id, house.operator)
    desk.round(minutes=1)
    assert desk.open == []
    assert len(desk.incidents) == 1


def test_it_ends_the_alert_of_a_failure_when_the_channel_records_again(desk, running, house):
    desk.rule("failed")
    desk.clock.advance(60)
    desk.fail(running)
    desk.round()
    desk.clock.advance(60)
    again = house.start()
    desk.change(again, state="recording", recording_since=desk.clock.now())
    desk.round()
    assert desk.open == []


def test_it_says_nothing_of_what_failed_before_the_rule_was_made(desk, running):
    desk.fail(running)
    desk.clock.advance(60)
    desk.rule("failed")
    desk.round()
    assert desk.incidents == []


@pytest.mark.parametrize(("minutes", "early"), [(10, 10), (30, 30), (4, 4)])
def test_it_tells_of_a_ceiling_so_many_minutes_before(desk, running, house, minutes, early):
    with transaction() as work:
        row = work.session.get(Recording, running)
        row.profile = {**row.profile, "max_duration_min": 180}
    desk.rule("ceiling_near", amount=str(minutes))
    desk.round(minutes=180 - early - 1)
    assert desk.open == []
    desk.round(minutes=1.1)
    assert len(desk.open) == 1


def test_it_tells_of_a_silent_vendor_once_for_the_whole_account(desk, running, house):
    desk.rule("unreachable", amount="2")
    with transaction() as work:
        state = work.session.get(AccountState, house.account_id)
        state.unreachable_since = desk.clock.now()
    desk.round(minutes=3)
    (incident,) = desk.open
    assert (incident.subject, incident.where) == (f"account/{house.account_id}", "Test cloud")


def test_it_watches_the_channel_of_the_rule_alone(desk, running, house):
    with transaction() as work:
        ours = work.session.get(Channel, house.channel_id)
        other = Channel(account_id=ours.account_id, name="other", profile=ours.profile,
                        created_at=desk.clock.now())  # fmt: skip
        work.session.add(other)
        work.session.flush()
        other_id = other.id
    desk.rule("nobody_publishing", scope=f"channel-{other_id}", name="Theirs")
    desk.rule("nobody_publishing", scope=f"channel-{house.channel_id}", name="Ours")
    desk.rule("nobody_publishing", scope=f"account-{house.account_id}", name="Account's")
    desk.nobody(running)
    desk.round(minutes=6)
    assert {one.rule.name for one in desk.open} == {"Ours", "Account's"}


def test_it_tells_of_a_disk_that_fills_up_and_when_it_will_be_full(desk, monkeypatch):
    from collections import namedtuple

    from dashboard.services.alerts import disk

    usage = namedtuple("usage", "total used free")
    free = {"now": 50}
    monkeypatch.setattr(
        disk.shutil, "disk_usage", lambda folder: usage(100 * disk.GB, 0, free["now"] * disk.GB)
    )
    desk.rule("disk_filling", amount="20")
    disk.look()
    desk.round()
    assert desk.open == []
    free["now"] = 10
    desk.clock.advance(3600)
    disk.look()
    desk.round()
    (incident,) = desk.open
    assert incident.detail["full_in_h"] == 0, "40 GB went in an hour, and 10 are left"
    assert incident.detail["percent"] == 10
    desk.round(minutes=30)
    desk.round(minutes=30)
    assert len(desk.open) == 1, "the worker is away, nobody knows"


# ---------------------------------------------------------------- telling it elsewhere


def test_it_tells_by_mail_and_web_what_is_wrong_and_when_it_is_over(
    desk, running, mailbox, hook  # noqa: F811
):  # fmt: skip
    mail = desk.destination("email", mailbox.form(to="desk@example.org, night@example.org"))
    web = desk.destination("webhook", hook.form())
    desk.rule("nobody_publishing", mail, web)
    desk.nobody(running)
    desk.round(minutes=6)
    assert mailbox.subjects == ["lesson: Nobody is publishing"] * 2
    assert hook.titles == ["lesson: Nobody is publishing"]
    assert "for 6 min" in hook.posted[0]["message"]
    assert hook.posted[0]["link"].endswith(f"/recordings/{running}")
    desk.somebody(running)
    desk.round()
    desk.round(minutes=3)
    assert hook.titles[1:] == ["Over, lesson: Nobody is publishing"]
    assert [one.state for one in desk.messages] == ["sent"] * 4


def test_it_tells_in_the_language_of_the_destination(desk, running, hook):  # noqa: F811
    web = desk.destination("webhook", hook.form(language="zh"))
    desk.rule("nobody_publishing", web)
    desk.nobody(running)
    desk.round(minutes=6)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in hook.titles[0])


def test_it_repeats_until_somebody_acknowledges(desk, running, hook, house):  # noqa: F811
    web = desk.destination("webhook", hook.form())
    desk.rule("nobody_publishing", web, repeat_minutes="30")
    desk.nobody(running)
    desk.round(minutes=6)
    desk.round(minutes=31)
    desk.round(minutes=31)
    assert len(hook.titles) == 3
    incidents.acknowledge(desk.open[0].id, house.operator)
    desk.round(minutes=31)
    assert len(hook.titles) == 3


def test_it_tries_again_after_growing_pauses_until_it_is_taken(desk, running, hook):  # noqa: F811
    web = desk.destination("webhook", hook.form())
    desk.rule("nobody_publishing", web)
    desk.nobody(running)
    hook.status, hook.words = 503, "busy"
    desk.round(minutes=6)
    (row,) = desk.messages
    assert (row.state, row.attempts) == ("waiting", 1)
    assert row.next_try_at - row.last_try_at == timedelta(seconds=30)
    desk.round(minutes=0.6)
    (row,) = desk.messages
    assert row.next_try_at - row.last_try_at == timedelta(seconds=60)
    assert row.last_fault["values"]["words"] == "Service Unavailable busy"
    hook.status = 200
    desk.round(minutes=1.1)
    assert desk.messages[0].state == "sent"
    desk.round(minutes=60)
    assert len(hook.posted) == 3


def test_it_shows_a_destination_that_fails_until_it_has_taken_it(desk, running, hook):  # noqa: F811
    web = desk.destination("webhook", hook.form())
    desk.rule("nobody_publishing", web)
    desk.nobody(running)
    hook.status, hook.words = 503, "busy"
    desk.round(minutes=6)
    (line,) = reading.destination_lines()
    assert "busy" in str(line.failing)
    hook.status = 200
    desk.round(minutes=1)
    (line,) = reading.destination_lines()
    assert line.failing is None


def test_it_gives_up_in_the_end_and_tries_again_when_asked(desk, running, hook, house):  # noqa: F811
    web = desk.destination("webhook", hook.form())
    desk.rule("nobody_publishing", web)
    desk.nobody(running)
    hook.status = 500
    desk.round(minutes=6)
    with transaction() as work:
        row = work.session.scalar(select(AlertMessage))
        row.attempts = len(messages.PAUSES_S)
    desk.round(minutes=300)
    assert desk.messages[0].state == "gave_up"
    hook.status = 200
    messages.retry_now(desk.messages[0].id, house.operator)
    desk.round()
    assert desk.messages[0].state == "sent"
    with pytest.raises(Conflict):
        messages.retry_now(desk.messages[0].id, house.operator)


def test_it_goes_on_with_others_when_an_address_cannot_be_opened(desk, running, hook):  # noqa: F811
    broken = desk.destination("webhook", hook.form(name="Broken"))
    web = desk.destination("webhook", hook.form())
    with transaction() as work:
        work.session.get(AlertDestination, broken).address = b"sealed with another key"
    desk.rule("nobody_publishing", broken, web)
    desk.nobody(running)
    desk.round(minutes=6)
    first, second = desk.messages
    assert (first.state, first.unsure, second.state) == ("waiting", False, "sent")
    assert "TALLYDECK_ENCRYPTION_KEY" in first.last_fault["template"]


def test_it_leaves_out_whom_a_mail_has_reached_already(desk, running, mailbox):  # noqa: F811
    mail = desk.destination("email", mailbox.form(to="a@example.org b@example.org"))
    desk.rule("nobody_publishing", mail)
    desk.nobody(running)
    mailbox.refused = {"b@example.org"}
    desk.round(minutes=6)
    mailbox.refused = set()
    desk.round(minutes=1)
    assert [to for to, _ in mailbox.taken] == [["a@example.org"], ["b@example.org"]]


def test_it_says_that_a_message_may_come_twice_when_an_answer_was_lost(
    desk, running, hook  # noqa: F811
):  # fmt: skip
    web = desk.destination("webhook", hook.form())
    desk.rule("nobody_publishing", web)
    desk.nobody(running)
    hook.hang_up = True
    desk.round(minutes=6)
    assert desk.messages[0].unsure
    hook.hang_up = False
    desk.round(minutes=1)
    assert "may be a repeat" not in hook.posted[0]["message"]
    assert "may be a repeat" in hook.posted[1]["message"]


def test_it_takes_up_what_a_killed_worker_was_sending(desk, running, hook):  # noqa: F811
    web = desk.destination("webhook", hook.form())
    desk.rule("nobody_publishing", web)
    desk.nobody(running)
    desk.clock.advance(400)
    incidents.round_()
    assert messages._claim(desk.messages[0].id) is not None  # and here it is killed
    desk.round(minutes=1)
    assert hook.posted == []
    desk.round(minutes=2)
    (row,) = desk.messages
    assert (row.state, row.attempts, row.unsure) == ("sent", 2, True)


def test_it_lets_one_of_two_workers_have_a_message(desk, running, hook):  # noqa: F811
    web = desk.destination("webhook", hook.form())
    desk.rule("nobody_publishing", web)
    desk.nobody(running)
    desk.clock.advance(400)
    incidents.round_()
    message_id = desk.messages[0].id
    assert messages._claim(message_id) is not None
    assert messages._claim(message_id) is None


def test_it_tells_only_the_end_of_what_was_over_before_it_could_be_told(
    desk, running, hook  # noqa: F811
):  # fmt: skip
    web = desk.destination("webhook", hook.form())
    desk.rule("nobody_publishing", web)
    desk.nobody(running)
    hook.status = 503
    desk.round(minutes=6)
    desk.somebody(running)
    desk.round(minutes=0.1)
    desk.round(minutes=3)
    hook.status = 200
    desk.round(minutes=5)
    desk.round(minutes=5)
    assert hook.titles[-1].startswith("Over, ")
    assert [one.state for one in desk.messages] == ["overtaken", "sent"]


# ---------------------------------------------------------------- quiet hours


def test_it_keeps_quiet_hours_and_tells_all_together_afterwards(
    desk, running, hook  # noqa: F811
):  # fmt: skip
    """It is midnight in UTC, one o'clock in Berlin."""
    web = desk.destination(
        "webhook", hook.form(zone="Europe/Berlin", quiet_from="22:00", quiet_until="07:00")
    )
    desk.rule("nobody_publishing", web)
    desk.rule("failed", web)
    desk.nobody(running)
    desk.round(minutes=6)
    desk.fail(running)
    desk.round(minutes=1)
    desk.round(minutes=5)
    assert hook.posted == []
    assert {one.state for one in desk.messages} == {"held", "overtaken"}
    desk.round(minutes=5 * 60 + 40)
    assert hook.posted == [], "it is 06:52 there"
    desk.round(minutes=10)
    assert hook.titles == ["2 alerts, 1 of them go on"]
    assert "A recording failed, since" in hook.posted[0]["message"]
    assert "Nobody is publishing, over after" in hook.posted[0]["message"]


def test_it_lets_a_grave_one_pass_the_quiet_hours(desk, running, hook):  # noqa: F811
    web = desk.destination("webhook", hook.form(quiet_from="22:00", quiet_until="07:00"))
    desk.rule("nobody_publishing", web, grave="1")
    desk.nobody(running)
    desk.round(minutes=6)
    assert len(hook.posted) == 1


def test_it_holds_back_what_is_tried_again_too_unless_somebody_asks(
    desk, running, hook, house  # noqa: F811
):  # fmt: skip
    web = desk.destination("webhook", hook.form(quiet_from="00:10", quiet_until="07:00"))
    desk.rule("nobody_publishing", web)
    desk.nobody(running)
    hook.status = 503
    desk.round(minutes=8)
    assert len(hook.posted) == 1
    desk.round(minutes=5)
    assert (len(hook.posted), desk.messages[0].state) == (1, "held")
    messages.retry_now(desk.messages[0].id, house.operator)
    desk.round()
    assert len(hook.posted) == 2


def test_it_tells_many_at_once_in_one_message(desk, running, hook):  # noqa: F811
    web = desk.destination("webhook", hook.form())
    for number in range(4):
        desk.rule("nobody_publishing", web, name=f"Rule {number}")
    desk.nobody(running)
    desk.round(minutes=6)
    assert hook.titles == ["4 alerts, 4 of them go on"]


# ---------------------------------------------------------------- destinations


def test_it_forgets_after_three_months(desk, running, hook):  # noqa: F811
    from dashboard.services import housekeeping

    web = desk.destination("webhook", hook.form())
    desk.rule("nobody_publishing", web)
    desk.nobody(running)
    desk.round(minutes=6)
    desk.somebody(running)
    desk.round(minutes=1)
    desk.round(minutes=3)
    desk.clock.advance(89 * 86400)
    housekeeping.clear_out()
    assert (len(desk.incidents), len(desk.messages)) == (1, 2)
    desk.clock.advance(2 * 86400)
    housekeeping.clear_out()
    assert (desk.incidents, desk.messages) == ([], [])


def test_it_seals_an_address_and_keeps_it_out_of_the_audit(desk, hook, house):  # noqa: F811
    destination_id = desk.destination("webhook", hook.form())
    row = db.session.get(AlertDestination, destination_id)
    assert b"s3cret" not in row.address
    for table in db.metadata.sorted_tables:
        assert "s3cret-of-hook" not in repr(db.session.execute(select(table)).all())


def test_it_opens_an_address_after_the_key_was_changed(desk, hook):  # noqa: F811
    from dashboard.services import rotation

    destination_id = desk.destination("webhook", hook.form())
    rotation.rotate()
    assert destinations.try_out(destination_id, desk.admin).outcome == "accepted"


def test_it_says_what_came_back_from_a_test(desk, hook, mailbox):  # noqa: F811
    web = desk.destination("webhook", hook.form())
    mail = desk.destination("email", mailbox.form())
    assert str(destinations.try_out(web, desk.admin).sentence) == "127.0.0.1 has taken it."
    assert str(destinations.try_out(mail, desk.admin).sentence) == "127.0.0.1 has taken it."
    assert mailbox.subjects == ["Test from Tallydeck"]
    hook.status, hook.words = 403, "not you, s3cret-of-hook"
    assert str(destinations.try_out(web, desk.admin).sentence) == (
        "127.0.0.1 refused it: 403 Forbidden not you, •••"
    )


def test_it_reaches_a_chat_service_through_the_library(desk, hook):  # noqa: F811
    url = f"mmost://127.0.0.1:{hook.port}/abcdefghijklmnopqrstuvwx"
    chat = desk.destination("chat", hook.form(url=url))
    hook.posted.clear()
    assert destinations.try_out(chat, desk.admin).outcome == "accepted"
    assert hook.paths == ["/hooks/abcdefghijklmnopqrstuvwx"]
    assert "Test from Tallydeck" in hook.posted[0]["text"]


def test_it_posts_to_no_internal_address_unless_that_is_allowed(desk, hook):  # noqa: F811
    """A name that leads to this machine, which a check of the name alone would let pass."""
    web = desk.destination("webhook", hook.form())
    with transaction() as work:
        work.session.get(AlertDestination, web).internal = False
    reply = destinations.try_out(web, desk.admin)
    assert reply.outcome == "blocked"
    assert hook.posted == []


def test_it_follows_no_redirect(desk, hook):  # noqa: F811
    web = desk.destination("webhook", hook.form())
    hook.status = 302
    assert destinations.try_out(web, desk.admin).outcome == "refused"
    assert len(hook.paths) == 1


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "syslog://",
        "exec://rm",
        "dbus://",
        "json://127.0.0.1/x",
        "slack://A/B/C/?template=/etc/passwd",
        "discord://1/2/?%74emplate=/etc/passwd",
        "https://discord.com/api/webhooks/1/2?template=file:///etc/passwd",
        "matrixs://user:password@host/?verify=no",
        "tgram://1/\x072",
        "https://example.com/hook",
    ],
)
def test_it_takes_no_address_beyond_its_list_of_services(desk, url):
    form = {"name": "X", "url": url, "language": "en", "zone": "UTC"}
    with pytest.raises(InvalidInput) as fault:
        desk.destination("chat", form)
    assert "url" in fault.value.by_field()


def test_it_asks_for_the_password_again_when_the_mail_server_changes(desk, mailbox):  # noqa: F811
    secure = {"security": "starttls", "user": "me", "password": "s3cret-pass"}
    mail = desk.destination("email", mailbox.form(**secure))
    kept = mailbox.form(**{**secure, "password": ""})
    destinations.edit(mail, kept, desk.admin)
    with pytest.raises(InvalidInput) as fault:
        destinations.edit(mail, {**kept, "host": "mail.example.net"}, desk.admin)
    assert "password" in fault.value.by_field()


def test_it_lets_nobody_but_administrators_change_where_is_told(desk, hook, house):  # noqa: F811
    with pytest.raises(Forbidden):
        destinations.create("webhook", hook.form(), house.operator)
    with pytest.raises(Forbidden):
        rules.create({"condition": "failed"}, [], house.operator)


def test_it_can_watch_every_condition_of_a_recording():
    """A replaced recorder is told on the recording's page; nobody has to get up for it."""
    assert {one.value for one in Condition} - set(WATCHED) == {"resumed"}
