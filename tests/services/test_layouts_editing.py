"""The editor's screen, who else is there, and a channel's own layout."""

import pytest

from dashboard.domain.subscription import Choice, Subscription
from dashboard.errors import Forbidden, InvalidInput, NotFound
from dashboard.extensions import db
from dashboard.models import Channel
from dashboard.providers.base import Person
from dashboard.services import channels, presence, queries
from dashboard.services.layouts import editing, live
from dashboard.services.readmodels import Actor
from dashboard.services.readmodels_layouts import LayoutConflict
from dashboard.services.unit_of_work import transaction
from tests.services.layouts import ONE, TWO, custom

OTHER = Actor(id=3, email="other@example.com", role="operator")


@pytest.fixture
def recording(house):
    return house.start()


def test_it_opens_on_what_a_running_recording_shows(house, recording):
    live.apply(recording, ONE, 1, OTHER)
    screen = editing.screen(recording_id=recording, actor=house.operator)
    assert (screen.title, screen.is_live, screen.may_apply) == ("lesson", True, True)
    assert screen.applied.document == ONE
    assert (screen.applied.by, screen.applied.revision) == (OTHER.email, 2)
    assert [line.source for line in screen.history] == ["apply", "start"]
    assert screen.family.most_regions == 17


def test_it_lets_viewers_look_only(house, recording):
    assert not editing.screen(recording_id=recording, actor=house.viewer).may_apply
    with pytest.raises(Forbidden):
        editing.save_for_channel(house.channel_id, ONE, 0, house.viewer)


def test_it_is_no_longer_live_when_the_recording_ends(house, recording):
    house.stop(recording)
    screen = editing.screen(recording_id=recording, actor=house.operator)
    assert (screen.is_live, screen.may_apply) == (False, False)


def test_it_knows_no_other_places(house):
    with pytest.raises(NotFound):
        editing.screen(recording_id=99, actor=house.operator)
    with pytest.raises(NotFound):
        editing.beat(channel_id=99, actor=house.operator)


def test_it_leads_from_the_channel_to_what_runs(house, recording):
    screen = editing.screen(channel_id=house.channel_id, actor=house.operator)
    assert (screen.recording_id, screen.running_id) == (None, recording)


def test_it_tells_two_operators_of_each_other(house, recording, clock):
    editing.beat(recording_id=recording, actor=house.operator)
    assert editing.beat(recording_id=recording, actor=OTHER).others == (house.operator.email,)
    assert editing.beat(recording_id=recording, actor=house.operator).others == (OTHER.email,)
    clock.advance(16)
    assert editing.beat(recording_id=recording, actor=house.operator).others == ()


def test_it_tells_nobody_of_viewers_and_of_those_who_left(house, recording):
    editing.beat(recording_id=recording, actor=house.viewer)
    editing.beat(recording_id=recording, actor=OTHER)
    assert editing.beat(recording_id=recording, actor=house.operator).others == (OTHER.email,)
    editing.leave(house.channel_id, recording, OTHER)
    assert editing.beat(recording_id=recording, actor=house.operator).others == ()


def test_it_beats_the_same_while_nothing_changes(house, recording):
    first = editing.beat(recording_id=recording, actor=house.operator)
    assert editing.beat(recording_id=recording, actor=house.operator).digest == first.digest
    live.apply(recording, ONE, 1, OTHER)
    later = editing.beat(recording_id=recording, actor=house.operator)
    assert later.digest != first.digest
    assert (later.now.by, later.now.document) == (OTHER.email, ONE)


def test_it_shows_people_in_the_order_they_joined(house, cloud):
    """Presets place them in that order, so it is the one that counts."""
    cloud.people["lesson"] = [
        Person(uid, "testcard", True, True, "#2F6FDE") for uid in ("1003", "1001", "1002")
    ]
    presence.refresh()
    screen = editing.screen(channel_id=house.channel_id, actor=house.operator)
    assert [person.uid for person in screen.people] == ["1003", "1001", "1002"]
    cloud.people["lesson"].reverse()
    assert presence.refresh() == 1
    assert [person.uid for person in house.row().people] == ["1002", "1001", "1003"]


def test_it_places_those_alone_whose_picture_is_recorded(house, cloud):
    cloud.people["lesson"] = [
        Person(uid, "testcard", True, True, "#2F6FDE") for uid in ("1003", "1001", "1002")
    ]
    presence.refresh()
    left_out = Subscription(video=Choice(never=("1001",)), audio=Choice(only=("1001",)))
    with transaction() as work:
        channel = work.session.get(Channel, house.channel_id)
        channel.profile = {**channel.profile, "subscription": left_out.to_json()}
    recording = house.start()
    for place in ({"channel_id": house.channel_id}, {"recording_id": recording}):
        screen = editing.screen(**place, actor=house.operator)
        assert [person.uid for person in screen.people] == ["1003", "1002"]


def test_it_saves_for_the_channels_next_start(house, cloud):
    before = editing.screen(channel_id=house.channel_id, actor=house.operator).applied
    saved = editing.save_for_channel(house.channel_id, TWO, before.revision, house.operator)
    assert (saved.document, saved.by) == (TWO, house.operator.email)
    assert house.row().profile.layout.to_json() == TWO
    recording_id = house.start()
    assert house.screen(recording_id).layout.to_json() == TWO


def test_it_shows_what_somebody_else_saved(house):
    before = editing.screen(channel_id=house.channel_id, actor=house.operator).applied
    editing.save_for_channel(house.channel_id, ONE, before.revision, OTHER)
    with pytest.raises(LayoutConflict) as caught:
        editing.save_for_channel(house.channel_id, TWO, before.revision, house.operator)
    assert (caught.value.now.by, caught.value.now.document) == (OTHER.email, ONE)
    editing.save_for_channel(house.channel_id, TWO, 0, house.operator, overwrite=True)


def test_it_notices_the_channels_form_as_well(house):
    before = editing.screen(channel_id=house.channel_id, actor=house.operator).applied
    form = dict(queries.channel_form(house.channel_id).values)
    channels.edit(house.channel_id, form | {"preset": "floating"}, OTHER)
    with pytest.raises(LayoutConflict):
        editing.save_for_channel(house.channel_id, TWO, before.revision, house.operator)


def test_it_keeps_all_of_the_layout_when_the_form_is_saved(house):
    document = {**custom("1001"), "background_image": "https://example.com/a.png"}
    editing.save_for_channel(house.channel_id, document, 0, house.operator, overwrite=True)
    channels.edit(house.channel_id, dict(queries.channel_form(house.channel_id).values), OTHER)
    assert house.row().profile.layout.to_json() == document


def test_it_judges_a_channels_layout_by_its_canvas(house):
    with pytest.raises(InvalidInput) as caught:
        editing.save_for_channel(
            house.channel_id, custom("1001", w=0.0005), 0, house.operator, overwrite=True
        )
    assert "regions.0" in caught.value.by_field()
    db.session.rollback()
    assert db.session.get(Channel, house.channel_id).profile["layout"]["preset"] == "best_fit"
