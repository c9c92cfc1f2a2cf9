"""The screens of alerts: what is wrong, rules, destinations, messages."""

import re

import pytest

from dashboard.models import AlertIncident, AlertMessage, AlertRule, Recording
from dashboard.services.alerts import incidents, messages
from dashboard.services.unit_of_work import transaction
from tests.services.letterboxes import hook, mailbox  # noqa: F401
from tests.views.conftest import words


@pytest.fixture
def boss(browse):
    return browse("administrator")


@pytest.fixture
def wrong(house, clock, boss):
    """A running recording in which nobody is publishing, and a rule that says so."""
    boss.post("/alerts/rules/new", {"condition": "nobody_publishing", "amount": "5",
                                    "tell_resolved": "1"})  # fmt: skip
    recording_id = house.start()

    def leave():
        with transaction() as work:
            row = work.session.get(Recording, recording_id)
            row.state, row.recording_since, row.nobody_since = "recording", clock.now(), clock.now()

    house.do(leave)
    clock.advance(400)
    house.do(incidents.round_)
    return recording_id


def hook_form(hook, **more):  # noqa: F811
    return {"kind": "webhook", **hook.form(**more)}


def test_it_teaches_when_nothing_is_wrong(viewer):
    assert "Nothing is wrong" in words(viewer.get("/alerts"))


def test_it_shows_what_is_wrong_and_what_to_do(viewer, wrong):
    said = words(viewer.get("/alerts"))
    assert "1 open" in said
    assert "Nobody is publishing" in said
    assert "for 6 min" in said
    assert "Ask somebody to turn on camera or microphone" in said


def test_it_shows_one_thing_once_though_two_rules_tell_of_it(viewer, boss, house, wrong):
    boss.post("/alerts/rules/new", {"condition": "nobody_publishing", "amount": "1"})
    house.do(incidents.round_)
    assert house.do(lambda: AlertIncident.query.count()) == 2
    assert "1 open" in words(viewer.get("/alerts"))


def test_it_counts_open_alerts_in_the_top_bar_of_every_screen(viewer, operator, wrong):
    page = viewer.get("/channels")
    assert re.search(r'href="/alerts"[^>]*>.*?1 alert<', page.text, re.S)
    operator.post("/alerts/1/acknowledge")
    assert "alerts-count" not in viewer.get("/channels").text


def test_it_brings_the_count_with_the_poll_of_the_shell(viewer, wrong):
    answer = viewer.fetch("/shell")
    assert "alerts-count" in answer.text
    seen = re.search(r"seen=([0-9a-f]+)", answer.text).group(1)
    assert viewer.fetch(f"/shell?seen={seen}").status_code == 204


def test_it_says_nothing_new_until_something_changes(viewer, operator, wrong):
    seen = re.search(r"/rows\?[^\"]*seen=([0-9a-f]+)", viewer.get("/alerts").text).group(1)
    assert viewer.fetch(f"/alerts/rows?seen={seen}").status_code == 204
    operator.send("/alerts/1/acknowledge")
    answer = viewer.fetch(f"/alerts/rows?seen={seen}")
    assert "Acknowledged by operator@example.org" in words(answer)


def test_it_lets_operators_acknowledge_and_viewers_not(viewer, operator, wrong):
    assert "/acknowledge" not in viewer.get("/alerts").text
    assert viewer.post("/alerts/1/acknowledge").status_code == 403
    assert "operator@example.org" in words(operator.send("/alerts/1/acknowledge"))
    assert operator.post("/alerts/99/acknowledge").status_code == 404


def test_it_keeps_what_is_over(viewer, house, clock, wrong):
    def come():
        with transaction() as work:
            row = work.session.get(Recording, wrong)
            row.nobody_since, row.sending_since = None, clock.now()

    house.do(come)
    house.do(incidents.round_)
    clock.advance(200)
    house.do(incidents.round_)
    said = words(viewer.get("/alerts"))
    assert "Nothing is wrong" in said
    assert "6:40" in said


def test_it_leaves_rules_and_destinations_to_administrators(viewer, operator, boss):
    for path in ("/alerts", "/alerts/rules", "/alerts/messages"):
        assert viewer.get(path).status_code == 200
    for path in ("rules/new?condition=failed", "destinations", "destinations/new?kind=email"):
        assert operator.get(f"/alerts/{path}").status_code == 403
        assert boss.get(f"/alerts/{path}").status_code == 200
    for path in ("rules/new", "rules/1", "rules/1/disable", "rules/1/enable", "destinations/new",
                 "destinations/1", "destinations/1/test", "destinations/1/disable"):  # fmt: skip
        assert operator.post(f"/alerts/{path}").status_code == 403


def test_it_knows_no_other_kind_of_destination_or_rule(boss):
    for path in ("destinations/new", "destinations/new?kind=pigeon", "rules/new?condition=rain"):
        assert boss.get(f"/alerts/{path}").status_code == 422
    for path in ("destinations/7", "rules/7"):
        assert boss.get(f"/alerts/{path}").status_code == 404


def test_it_keeps_what_was_typed_when_a_rule_is_refused(boss):
    answer = boss.post("/alerts/rules/new", {"condition": "no_upload", "amount": "x",
                                             "name": "Mine"})  # fmt: skip
    assert answer.status_code == 422
    assert "Give a whole number from 1 to 1440" in words(answer)
    assert 'value="Mine"' in answer.text


def test_it_changes_and_disables_a_rule(boss, house):
    boss.post("/alerts/rules/new", {"condition": "no_upload", "amount": "7"})
    scope = f"channel-{house.channel_id}"
    boss.post("/alerts/rules/1", {"amount": "9", "scope": scope, "repeat_minutes": "15"})
    said = words(boss.get("/alerts/rules"))
    assert "after 9 min" in said
    assert "lesson" in said
    assert "every 15 min" in said
    boss.post("/alerts/rules/1/disable")
    assert "Disabled" in words(boss.get("/alerts/rules"))
    boss.post("/alerts/rules/1/enable")
    assert "Disabled" not in words(boss.get("/alerts/rules"))


def test_it_adds_tests_and_disables_a_destination(boss, hook):  # noqa: F811
    added = boss.post("/alerts/destinations/new", hook_form(hook))
    assert added.location == "/alerts/destinations/1"
    said = words(boss.send("/alerts/destinations/1/test"))
    assert "127.0.0.1 has taken it." in said
    assert hook.titles == ["Test from Tallydeck"]
    hook.status, hook.words = 410, "gone"
    whole_page = boss.post("/alerts/destinations/1/test")
    assert "127.0.0.1 refused it: 410 Gone gone" in words(whole_page)
    boss.post("/alerts/destinations/1/disable")
    assert "Disabled" in words(boss.get("/alerts/destinations"))


def test_it_never_shows_an_address_that_holds_a_secret(boss, hook, caplog):  # noqa: F811
    caplog.set_level("DEBUG")
    boss.post("/alerts/destinations/new", hook_form(hook))
    shown = [boss.get("/alerts/destinations/1"), boss.get("/alerts/destinations"),
             boss.post("/alerts/destinations/1", {**hook_form(hook), "zone": "Nowhere"}),
             boss.send("/alerts/destinations/1/test")]  # fmt: skip
    assert shown[2].status_code == 422
    assert not [page for page in shown if "s3cret" in page.text]
    assert "s3cret" not in caplog.text


def test_it_keeps_an_address_when_nothing_is_typed(boss, hook):  # noqa: F811
    boss.post("/alerts/destinations/new", hook_form(hook))
    boss.post("/alerts/destinations/1", {**hook_form(hook), "url": "", "name": "Renamed"})
    boss.post("/alerts/destinations/1/test")
    assert hook.titles == ["Test from Tallydeck"]
    assert "Renamed" in words(boss.get("/alerts/destinations"))


def test_it_shows_the_mail_destination_without_its_password(boss, mailbox):  # noqa: F811
    typed = {"kind": "email", **mailbox.form(user="desk", password="s3cret-mail",
                                             security="starttls")}  # fmt: skip
    assert boss.post("/alerts/destinations/new", typed).status_code == 303
    page = boss.get("/alerts/destinations/1")
    assert 'value="127.0.0.1"' in page.text
    assert "s3cret-mail" not in page.text


def test_it_shows_tries_failures_and_tries_again_on_demand(
    boss, operator, viewer, house, clock, wrong, hook  # noqa: F811
):  # fmt: skip
    boss.post("/alerts/destinations/new", hook_form(hook))
    boss.post("/alerts/rules/new", {"condition": "nobody_publishing", "amount": "5",
                                    "destinations": "1"})  # fmt: skip
    hook.status, hook.words = 502, "asleep"
    house.do(incidents.round_)
    house.do(messages.send_due)
    said = words(viewer.get("/alerts/messages"))
    assert "Tried again later" in said
    assert "127.0.0.1 refused it: 502 Bad Gateway asleep" in said
    assert "Messages do not arrive" in words(boss.get("/alerts/destinations"))
    assert viewer.post("/alerts/messages/1/retry").status_code == 403
    hook.status = 200
    operator.post("/alerts/messages/1/retry")
    house.do(messages.send_due)
    assert "Sent" in words(viewer.get("/alerts/messages"))
    assert "Told on the screen and to Hook" in words(viewer.get("/alerts"))
    again = operator.post("/alerts/messages/1/retry")
    assert again.status_code == 303
    assert house.do(lambda: AlertMessage.query.one().attempts) == 2


def test_it_says_when_messages_could_not_be_delivered(
    boss, viewer, house, wrong, hook  # noqa: F811
):  # fmt: skip
    boss.post("/alerts/destinations/new", hook_form(hook))
    boss.post("/alerts/destinations/1", {**hook_form(hook), "url": ""})
    boss.post("/alerts/rules/new", {"condition": "nobody_publishing", "amount": "5",
                                    "destinations": "1"})  # fmt: skip
    house.do(incidents.round_)
    boss.post("/alerts/destinations/1/disable")
    house.do(messages.send_due)
    assert "1 message could not be delivered" in words(viewer.get("/alerts"))


def test_it_reads_in_chinese(boss, wrong):
    boss.post("/preferences", {"locale": "zh", "next": "/"})
    for path in ("/alerts", "/alerts/rules", "/alerts/destinations/new?kind=chat",
                 "/alerts/rules/new?condition=ceiling_near", "/alerts/messages"):  # fmt: skip
        said = re.sub(r"<(script|style)\b.*?</\1>", "", boss.get(path).text, flags=re.S)
        assert re.search("[\u4e00-\u9fff]", said)
    assert "无人推流" in boss.get("/alerts/rules").text


def test_it_has_rules_on_a_new_installation(tmp_path):
    """Made by the migration; they tell on the screen alone."""
    import flask_migrate
    from flask import Flask

    from dashboard.extensions import db, migrate

    app = Flask("new")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'new.sqlite'}"
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        flask_migrate.upgrade()
        rules = db.session.scalars(db.select(AlertRule)).all()
        assert {"failed", "lost", "nobody_publishing", "disk_filling"} <= {
            rule.condition for rule in rules
        }
        assert not any(rule.destinations for rule in rules)
        db.session.remove()
        db.engine.dispose()
