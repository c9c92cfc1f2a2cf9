"""Temporary keys of a store reach the recordings that run with old ones."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dashboard.domain.recording import StorageTarget
from dashboard.errors import ProviderRefused, text
from dashboard.extensions import db
from dashboard.models import Account, Channel, Recording
from dashboard.providers import registry
from dashboard.services import preflight, renewals, storage_changes, storage_form, storage_targets
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import transaction

HOUR_S = 3600


def target(clock, token="token-1", lasts_s=HOUR_S):
    return StorageTarget(
        "aws", "lessons", region="us-east-1", access_key="AKIA", secret_key="secret-key",
        sts_token=token, sts_expires_s=int(clock.now().timestamp()) + lasts_s,
    )  # fmt: skip


@pytest.fixture
def store(house, clock):
    """The account writes to a bucket with a temporary key."""
    with transaction() as work:
        row = storage_targets.add(work, "Lessons", target(clock))
        work.session.get(Account, house.account_id).storage_id = row.id
        return row.id


@pytest.fixture
def boss(house):
    return Actor(id=9, email="boss@example.com", role="administrator")


@pytest.fixture
def running(house, store):
    recording = house.start()
    house.tell(house.task(), 1, vendorName="x")
    house.tell(house.task(), 40)
    assert house.state(recording) == "recording"
    return recording


def put_in(store, clock, boss, token="token-2", lasts_s=2 * HOUR_S):
    """As an administrator does, in the form."""
    before = storage_targets.target_of(storage_targets.get(store))
    form = storage_form.written("Lessons", before)
    ends = clock.now() + timedelta(seconds=lasts_s)
    form |= {"sts_token": token, "sts_expires": f"{ends:%Y-%m-%dT%H:%M}", "secret_key": "secret-2"}
    storage_changes.edit(store, form, boss)


def kept(recording):
    db.session.rollback()
    return db.session.get(Recording, recording).storage


def test_nothing_is_renewed_while_the_key_is_the_same(house, running, cloud):
    assert renewals.renew_due() == 0
    assert cloud.keys == []


def test_a_new_key_is_handed_on(house, running, store, cloud, clock, boss):
    put_in(store, clock, boss)
    assert renewals.renew_due() == 1
    (given,) = cloud.keys
    assert (given.sts_token, given.secret_key, given.bucket) == ("token-2", "secret-2", "lessons")
    assert given.prefix == tuple(kept(running)["prefix"])  # its own folder, as before
    assert house.sentences(running)[-1] == (
        "The recorder was given the storage's new key, good until 2026-01-01 02:00 UTC."
    )
    assert renewals.renew_due() == 0


def test_no_key_is_kept_with_the_recording(house, running, store, cloud, clock, boss):
    put_in(store, clock, boss)
    renewals.renew_due()
    assert not any(word in str(kept(running)) for word in ("token-", "secret-", "AKIA"))


def test_a_refusal_is_told_once_and_tried_again(house, running, store, cloud, clock, boss):
    put_in(store, clock, boss)
    cloud.key_fault = ProviderRefused(
        text("The vendor does not accept one of the settings."), vendor="memory",
        operation="renew_storage", vendor_code="2", vendor_text="bad token",
    )  # fmt: skip
    assert renewals.renew_due() == 0
    assert renewals.renew_due() == 0  # not before its time
    clock.advance(31)
    renewals.renew_due()
    said = "The recorder was not given the storage's new key: The vendor does not accept one"
    assert sum(said in one for one in house.sentences(running)) == 1
    assert house.screen(running).events[0].vendor_words == "2 · bad token"
    cloud.key_fault = None
    clock.advance(31)
    assert renewals.renew_due() == 1
    assert "was given the storage's new key" in house.sentences(running)[-1]


def test_a_key_that_ends_with_none_to_follow_is_warned_of_once(house, running, cloud, clock):
    clock.advance(HOUR_S - 600)
    renewals.renew_due()
    renewals.renew_due()
    ends = "The temporary key of the storage ends soon. Put a new one into the storage."
    assert house.sentences(running).count(ends) == 1
    assert cloud.keys == []


def test_who_is_ending_is_left_alone(house, running, store, cloud, clock, boss):
    house.stop(running)
    put_in(store, clock, boss)
    assert renewals.renew_due() == 0
    assert cloud.keys == []


def test_a_vendor_without_the_call_is_left_alone(
    house, running, store, cloud, clock, boss, monkeypatch
):
    vendor = registry._VENDORS["memory"]
    can = replace(vendor.capabilities, renew_storage=False)
    without = {**registry._VENDORS, "memory": replace(vendor, capabilities=can)}
    monkeypatch.setattr(registry, "_VENDORS", without)
    put_in(store, clock, boss)
    assert renewals.renew_due() == 0
    report = preflight.look(house.channel_id, house.operator)
    (found,) = [step for step in report.findings if step.what == preflight.STORE]
    assert found.needed
    assert "takes no new one meanwhile" in str(found.why)


@pytest.mark.parametrize(("planned_min", "warned"), [(30, False), (90, True), (None, True)])
def test_the_check_says_when_the_key_ends_before_the_recording(house, store, planned_min, warned):
    with transaction() as work:
        channel = work.session.get(Channel, house.channel_id)
        channel.profile = channel.profile | {"max_duration_min": planned_min}
    report = preflight.look(house.channel_id, house.operator)
    (found,) = [step for step in report.findings if step.what == preflight.STORE]
    assert ("ends in 60 min" in str(found.why)) is warned
    assert report.ok
