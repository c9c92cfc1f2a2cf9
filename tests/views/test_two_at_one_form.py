"""Two administrators at one form: the second is told, and loses nothing."""

import html
import re
from dataclasses import replace

import pytest

from dashboard.domain.recording import StorageTarget
from dashboard.extensions import db
from dashboard.models import (
    Account,
    AlertDestination,
    AlertRule,
    Channel,
    RecordingProfile,
    Schedule,
)
from dashboard.models import StorageTarget as TargetRow
from dashboard.services import people, profiles, storage_targets
from dashboard.services.alerts import destinations, rules
from dashboard.services.schedules import changes
from dashboard.services.unit_of_work import transaction
from tests.views.conftest import Screen, words
from tests.views.test_profiles import ACTOR, LESSON
from tests.views.test_schedules import typed
from tests.web.conftest import PASSWORD

OTHER = "second@example.org"
BOSS = replace(ACTOR, role="administrator")


@pytest.fixture
def admin(browse):
    return browse("administrator")


@pytest.fixture
def other(app, house):
    house.do(people.add_user, OTHER, "administrator", PASSWORD)
    screen = Screen(app)
    assert screen.sign_in(OTHER).status_code == 303
    return screen


def bucket(house):
    def write():
        target = StorageTarget("aws", "lessons", region="us-east-1", access_key="AKIA",
                               secret_key="s3cret-key")  # fmt: skip
        with transaction() as work:
            return storage_targets.add(work, "Archive", target).id

    return house.do(write)


def account(house):
    def write():
        with transaction() as work:
            row = work.session.get(Account, house.account_id)
            row.vendor, row.builtin = "agora", False
            return row.id

    return house.do(write)


def profile(house):
    return house.do(profiles.create, LESSON | {"width": "640", "height": "360"}, ACTOR)


def rule(house):
    return house.do(rules.create, {"condition": "no_upload", "amount": "7"}, [], BOSS)


def destination(house):
    hook = {"name": "Room", "url": "https://example.com/hook", "language": "en", "zone": "UTC"}
    return house.do(destinations.create, "webhook", hook, BOSS)


def schedule(house):
    return house.do(changes.create, typed(house), house.operator)


FORMS = {
    "account": (account, "/accounts/{}", "name", "most_recordings", Account),
    "storage": (bucket, "/storage/{}", "name", "prefix", TargetRow),
    "channel": (lambda house: 1, "/channels/{}/edit", "name", "max_idle_s", Channel),
    "profile": (profile, "/profiles/{}", "name", "max_idle_s", RecordingProfile),
    "rule": (rule, "/alerts/rules/{}", "name", "amount", AlertRule),
    "destination": (destination, "/alerts/destinations/{}", "name", "zone", AlertDestination),
    "schedule": (schedule, "/schedules/{}/edit", "title", "lead_min", Schedule),
}


_TICKED = re.compile(r'type="(?:radio|checkbox)"')


def filled(page):
    """What a browser would send of the form as it stands."""
    form = max(re.findall(r"<form.*?</form>", page.text, re.S), key=len)
    tags = re.findall(r"<input[^>]*>", form)
    sent = [tag for tag in tags if not _TICKED.search(tag) or " checked" in tag]
    found = dict(re.findall(r'name="(\w+)"[^>]*?value="([^"]*)"', "".join(sent)))
    found |= {
        name: (re.findall(r'<option value="([^"]*)" selected', inner) or [""])[0]
        for name, inner in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.S)
    }
    return {name: html.unescape(value) for name, value in found.items()
            if name != "csrf_token"}  # fmt: skip


@pytest.mark.parametrize("kind", FORMS)
def test_the_second_is_told_and_loses_nothing(admin, other, house, kind):
    make, address, mine, theirs, table = FORMS[kind]
    id_ = make(house)
    path = address.format(id_)
    form = filled(admin.get(path))
    value = {"prefix": "theirs", "zone": "Asia/Tokyo"}.get(theirs, "77")
    assert other.post(path, filled(other.get(path)) | {theirs: value}).status_code == 303

    refused = admin.post(path, form | {mine: "renamed"})
    assert refused.status_code == 409
    shown = html.unescape(words(refused))
    assert f"{OTHER} has saved this since you opened it." in shown
    at_field = re.search(rf'id="field-{theirs}-error">(.*?)</div>', refused.text, re.S).group(1)
    assert f"{OTHER} has " in at_field
    assert 'value="renamed"' in refused.text

    again = filled(refused)
    assert admin.post(path, again).status_code == 303
    assert house.do(lambda: getattr(db.session.get(table, id_), mine)) == "renamed"


def test_a_form_with_a_mistake_is_not_fresh_for_that(admin, other, house):
    """The correction of something else must not write over the other's change unseen."""
    id_ = bucket(house)
    form = filled(admin.get(f"/storage/{id_}"))
    other.post(f"/storage/{id_}", filled(other.get(f"/storage/{id_}")) | {"prefix": "theirs"})
    wrong = admin.post(f"/storage/{id_}", form | {"name": ""})
    assert wrong.status_code == 422
    corrected = filled(wrong) | {"name": "mine"}
    assert admin.post(f"/storage/{id_}", corrected).status_code == 409


def test_what_is_done_beside_the_form_takes_nothing_from_it(admin, other, house):
    id_ = bucket(house)
    form = filled(admin.get(f"/storage/{id_}"))
    other.post(f"/storage/{id_}/disable")
    other.post(f"/storage/{id_}/enable")
    assert admin.post(f"/storage/{id_}", form | {"name": "mine"}).status_code == 303


def test_a_secret_that_the_other_changed_is_named_and_not_shown(admin, other, house):
    id_ = bucket(house)
    form = filled(admin.get(f"/storage/{id_}"))
    theirs = filled(other.get(f"/storage/{id_}")) | {"secret_key": "theirs-hush"}
    other.post(f"/storage/{id_}", theirs)
    refused = admin.post(f"/storage/{id_}", form | {"name": "mine"})
    error = re.search(r'id="field-secret_key-error">(.*?)</div>', refused.text, re.S).group(1)
    assert "has changed this." in error
    assert "theirs-hush" not in refused.text


def test_a_sealed_address_that_the_other_changed_is_named_and_not_shown(admin, other, house):
    id_ = destination(house)
    path = f"/alerts/destinations/{id_}"
    form = filled(admin.get(path))
    other.post(path, filled(other.get(path)) | {"url": "https://example.com/hush"})
    refused = admin.post(path, form | {"name": "mine"})
    error = re.search(r'id="field-url-error">(.*?)</div>', refused.text, re.S).group(1)
    assert "has changed this." in error
    assert "hush" not in refused.text


def test_times_that_the_other_changed_are_named(admin, other, house):
    id_ = schedule(house)
    path = f"/schedules/{id_}/edit"
    form = filled(admin.get(path))
    theirs = filled(other.get(path)) | {"date": "2027-04-01", "takes_over": "1"}
    other.post(path, theirs)
    shown = html.unescape(words(admin.post(path, form | {"title": "mine"})))
    assert f"First day: {OTHER} has changed this." in shown
    assert f"Started by hand: {OTHER} has changed this." in shown
