"""Changing whom a running recording takes, as operators notice it."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from dashboard.domain.recording import Profile, Streams
from dashboard.domain.subscription import NOBODY, Choice, Subscription
from dashboard.errors import Conflict, Forbidden, InvalidInput, NotFound, ProviderError
from dashboard.extensions import db
from dashboard.models import AppliedSubscription, Audit, Channel, Recording
from dashboard.providers import registry
from dashboard.providers.base import Person
from dashboard.services import live as loaded
from dashboard.services import presence
from dashboard.services.layouts import live as layouts
from dashboard.services.readmodels import Actor
from dashboard.services.readmodels_subscriptions import NotSure, SubscriptionConflict
from dashboard.services.subscriptions import editing, history, live
from dashboard.services.unit_of_work import transaction
from tests.services.layouts import ONE

OTHER = Actor(id=3, email="other@example.com", role="operator")
NO_ANNA = Subscription(Choice(never=("1002",)), Choice(never=("1002",)))
NO_PICTURE = Subscription(Choice(never=("1003",)), Choice(never=("1002",)))
ONE_SIDED = Subscription(audio=Choice(only=("1001",)))


@pytest.fixture
def recording(house):
    return house.start()


def now(recording_id):
    db.session.rollback()
    return history.now_of_recording(db.session.get(Recording, recording_id))


def lines(recording_id):
    return history.views(recording_id=recording_id, revision=now(recording_id).revision)


def join(house, *uids):
    house.cloud.people["lesson"] = [Person(uid, "testcard", True, True, None) for uid in uids]
    presence.refresh()


def test_it_changes_both_lists_whole(house, cloud, recording):
    done = live.apply(recording, NO_ANNA, 1, house.operator, note="She asked for it.")
    assert [taken for taken, _ in cloud.subscriptions] == [NO_ANNA]
    assert (done.revision, done.outcome, done.by) == (2, "applied", "op@example.com")
    assert done.note == "She asked for it."
    assert (now(recording).subscription, now(recording).revision) == (NO_ANNA, 2)


def test_it_tells_the_recordings_history_and_the_audit(house, recording):
    live.apply(recording, Subscription(video=NOBODY), 1, house.operator, answer="nobody")
    assert house.sentences(recording)[-1] == (
        "Whom it records was changed: Pictures are recorded of nobody (before: everybody)."
    )
    row = db.session.scalars(select(Audit).where(Audit.action == "subscription.applied")).one()
    assert "nobody" in str(row.after)
    assert row.actor_email == "op@example.com"


def test_the_second_of_two_operators_sees_what_the_first_changed(house, cloud, recording):
    live.apply(recording, NO_ANNA, 1, OTHER)
    with pytest.raises(SubscriptionConflict) as caught:
        live.apply(recording, NO_PICTURE, 1, house.operator)
    assert caught.value.now.by == "other@example.com"
    assert [str(change) for change in caught.value.changes] == [
        "Sound is recorded of everybody but 1002 (before: everybody).",
        "Pictures are recorded of everybody but 1002 (before: everybody).",
    ]
    assert [str(change) for change in caught.value.undone] == [
        "Sound is recorded of everybody but 1003 (before: everybody but 1002)."
    ]
    assert len(cloud.subscriptions) == 1
    live.apply(recording, NO_PICTURE, 1, house.operator, overwrite=True)
    assert now(recording).revision == 3


def test_two_at_the_same_moment_speak_one_after_the_other(app, house, cloud, recording):
    """A layout and lists, too: one call of a vendor may replace both."""
    entered, go_on = threading.Event(), threading.Event()

    def hold():
        entered.set()
        go_on.wait(5)

    cloud.during_layout = hold

    def first():
        with app.app_context():
            layouts.apply(recording, ONE, 1, OTHER)

    thread = threading.Thread(target=first)
    thread.start()
    assert entered.wait(5)
    cloud.during_layout = None
    threading.Timer(0.1, go_on.set).start()
    live.apply(recording, NO_ANNA, 1, house.operator)
    thread.join(5)
    assert cloud.overlaps == 0
    ((_, profile),) = cloud.subscriptions
    assert profile.layout.to_json() == ONE


def test_a_layout_is_sent_with_the_present_lists(house, recording):
    """TRTC's call replaces both; what were left out would go back to its default."""
    live.apply(recording, NO_ANNA, 1, house.operator)
    assert loaded.load(recording).spec.profile.subscription == NO_ANNA
    layouts.apply(recording, ONE, 1, house.operator)
    assert now(recording).subscription == NO_ANNA
    assert loaded.load(recording).spec.profile.layout.to_json() == ONE


def test_a_refusal_leaves_the_old_lists(house, cloud, recording):
    cloud.layout_fault = "refused"
    with pytest.raises(ProviderError):
        live.apply(recording, NO_ANNA, 1, house.operator)
    assert (now(recording).subscription, now(recording).revision) == (Subscription(), 1)
    assert (lines(recording)[0].outcome, lines(recording)[0].revision) == ("refused", None)
    assert "layoutConfig is not right" in lines(recording)[0].vendor_words
    assert "was not changed" in house.sentences(recording)[-1]
    cloud.layout_fault = None
    assert live.apply(recording, NO_ANNA, 1, house.operator).revision == 2


def test_a_lost_answer_is_told_as_such(house, cloud, recording):
    cloud.layout_fault = "unknown"
    with pytest.raises(ProviderError):
        live.apply(recording, NO_ANNA, 1, house.operator)
    assert now(recording).unsure
    assert "is not known" in house.sentences(recording)[-1]
    cloud.layout_fault = None
    live.apply(recording, NO_ANNA, 1, house.operator)
    assert not now(recording).unsure


@pytest.mark.parametrize("changes_both", [True, False])
def test_a_later_layout_tells_which_lists_hold(house, cloud, recording, monkeypatch, changes_both):
    vendor = registry._VENDORS["memory"]
    can = replace(vendor.capabilities, changes_both=changes_both)
    monkeypatch.setitem(registry._VENDORS, "memory", replace(vendor, capabilities=can))
    cloud.layout_fault = "unknown"
    with pytest.raises(ProviderError):
        live.apply(recording, NO_ANNA, 1, house.operator)
    assert (now(recording).unsure, now(recording).said_again) == (True, False)
    cloud.layout_fault = None
    house.clock.advance(1)
    layouts.apply(recording, ONE, 1, house.operator)
    assert (now(recording).unsure, now(recording).said_again) == (not changes_both, changes_both)
    assert now(recording).subscription == Subscription()


def test_it_restores_an_earlier_line(house, cloud, recording):
    live.apply(recording, NO_ANNA, 1, house.operator)
    first = lines(recording)[-1]
    assert (first.source, first.subscription) == ("start", Subscription())
    done = live.restore(recording, first.id, house.operator)
    assert (done.source, now(recording).subscription) == ("restore", Subscription())
    with pytest.raises(NotFound):
        live.restore(recording, 999, house.operator)


def test_a_list_for_one_medium_asks_before_anything_is_sent(house, cloud, recording):
    with pytest.raises(NotSure) as caught:
        live.apply(recording, ONE_SIDED, 1, house.operator)
    assert [question.kind for question in caught.value.questions] == ["one_sided"]
    assert "turns every picture off" in str(caught.value)
    assert cloud.subscriptions == []
    live.apply(recording, ONE_SIDED, 1, house.operator, answer="everybody")
    assert cloud.subscriptions[-1][0] == ONE_SIDED
    more = Subscription(audio=Choice(only=("1001", "1002")))
    live.apply(recording, more, 2, house.operator)  # it was answered; the next one is not asked


def test_a_yes_to_everything_does_not_answer_which_of_the_two(house, cloud, recording):
    with pytest.raises(NotSure) as caught:
        live.apply(recording, ONE_SIDED, 1, house.operator)
    with pytest.raises(NotSure):
        live.apply(recording, ONE_SIDED, 1, house.operator, sure=caught.value.asked)


def test_lists_that_leave_nobody_ask(house, cloud, recording):
    join(house, "1001", "1002")
    silent = Subscription(Choice(only=("77",)), Choice(never=("5",)))
    with pytest.raises(NotSure) as caught:
        live.apply(recording, silent, 1, house.operator)
    assert "nobody is heard" in str(caught.value)
    other = Subscription(Choice(only=("78",)), Choice(never=("5",)))
    with pytest.raises(NotSure):  # a yes holds for these very lists
        live.apply(recording, other, 1, house.operator, sure=caught.value.asked)
    live.apply(recording, silent, 1, house.operator, sure=caught.value.asked)
    assert cloud.subscriptions[-1][0] == silent


def test_it_asks_of_those_who_are_there(house, cloud, recording):
    join(house, "1001")
    with pytest.raises(NotSure, match="nobody is heard"):
        live.apply(
            recording, Subscription(Choice(never=("1001",)), Choice(never=("9",))), 1,
            house.operator,
        )  # fmt: skip
    join(house, "1001", "1002")
    lists = Subscription(Choice(never=("1001",)), Choice(never=("9",)))
    assert live.apply(recording, lists, 1, house.operator).revision == 2


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        (Subscription(Choice(tuple(map(str, range(1, 34))))), "subscription.audio.only"),
        (Subscription(Choice(("1",), ("2",))), "subscription.audio.never"),
        (Subscription(video=Choice(never=("anna",))), "subscription.video.never"),
        (Subscription(video=Choice(only=("1*",))), "subscription.video.only"),
    ],
)
def test_it_refuses_what_the_account_cannot_before_anything_is_sent(
    house, cloud, recording, wanted, where
):
    with pytest.raises(InvalidInput) as caught:
        live.apply(recording, wanted, 1, house.operator)
    assert where in caught.value.by_field()
    assert "set_subscription" not in cloud.asked
    assert db.session.query(AppliedSubscription).filter_by(source="apply").count() == 0


def test_it_refuses_a_list_for_pictures_where_only_sound_is_recorded(house, cloud):
    with transaction() as work:
        channel = work.session.get(Channel, house.channel_id)
        sound = replace(Profile.from_json(channel.profile), streams=Streams.AUDIO)
        channel.profile = sound.to_json()
    recording = house.start()
    with pytest.raises(InvalidInput) as caught:
        live.apply(recording, Subscription(video=Choice(only=("1",))), 1, house.operator)
    assert "Only sound is recorded" in str(caught.value.by_field()["subscription.video.only"][0])
    live.apply(recording, Subscription(audio=Choice(never=("1",))), 1, house.operator)
    assert cloud.subscriptions[-1][0].audio.never == ("1",)


def test_it_takes_none_once_it_is_ending(house, cloud, recording):
    house.stop(recording)
    with pytest.raises(Conflict, match="ended or is ending"):
        live.apply(recording, NO_ANNA, 1, house.operator)
    assert cloud.subscriptions == []


def test_viewers_change_nothing(house, cloud, recording):
    for act in (
        lambda: live.apply(recording, NO_ANNA, 1, house.viewer),
        lambda: live.restore(recording, 1, house.viewer),
        lambda: editing.save_for_channel(house.channel_id, NO_ANNA, 0, house.viewer),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(NotFound):
        live.apply(99, NO_ANNA, 1, house.operator)


# ---------------------------------------------------------------- the next start


def saved(house):
    db.session.rollback()
    return history.now_of_channel(db.session.get(Channel, house.channel_id))


def test_a_channels_lists_hold_from_its_next_start(house, cloud, recording):
    base = saved(house).revision
    editing.save_for_channel(house.channel_id, NO_ANNA, base, house.operator, note="Form signed")
    assert now(recording).subscription == Subscription()
    house.stop(recording)
    cloud.tasks.clear()
    assert saved(house).subscription == NO_ANNA
    assert saved(house).by == "op@example.com"


def test_the_second_to_save_sees_what_the_first_did(house):
    base = saved(house).revision
    editing.save_for_channel(house.channel_id, NO_ANNA, base, OTHER)
    with pytest.raises(SubscriptionConflict) as caught:
        editing.save_for_channel(house.channel_id, NO_PICTURE, base, house.operator)
    assert len(caught.value.changes) == 2
    editing.save_for_channel(house.channel_id, NO_PICTURE, 0, house.operator, overwrite=True)
    assert saved(house).subscription == NO_PICTURE


def test_a_channels_history_can_be_restored(house):
    base = saved(house).revision
    editing.save_for_channel(house.channel_id, NO_ANNA, base, house.operator)
    found = history.views(channel_id=house.channel_id, revision=saved(house).revision)
    assert [line.source for line in found] == ["apply", "form"]
    assert [line.current for line in found] == [True, False]
    editing.restore_for_channel(house.channel_id, found[-1].id, house.operator)
    assert saved(house).subscription == Subscription()
