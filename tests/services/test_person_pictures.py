"""Pictures of people, only while somebody edits."""

from dataclasses import replace

import pytest

from dashboard.models import Channel
from dashboard.providers import registry
from dashboard.providers.base import Person
from dashboard.services import person_pictures, preflight, presence
from dashboard.services.layouts import editing
from dashboard.services.unit_of_work import transaction


@pytest.fixture
def people(house, cloud):
    cloud.people["lesson"] = [
        Person("1001", "testcard", True, True, "#2F6FDE"),
        Person("1002", "testcard", True, False, "#D9822B"),
    ]
    presence.refresh()
    cloud.asked.clear()
    return cloud.people["lesson"]


def versions(house):
    found = editing.screen(channel_id=house.channel_id, actor=house.operator).people
    return {person.uid: person.picture_version for person in found}


def test_it_asks_for_nobody_while_no_editor_is_open(house, cloud, people):
    assert person_pictures.refresh() == 0
    assert cloud.asked == []


def test_it_shows_who_sends_a_picture(house, cloud, people):
    editing.beat(channel_id=house.channel_id, actor=house.operator)
    assert person_pictures.refresh() == 1
    assert versions(house) == {"1001": 1, "1002": None}
    jpeg, version = editing.person_picture(house.channel_id, "1001")
    assert jpeg.startswith(b"\xff\xd8\xff")
    assert version == 1


def test_a_room_by_number_is_asked_for_by_its_own_name(house, cloud, monkeypatch):
    """The engine marks it, since the room of the same digits as text is another one."""
    trtc = registry._VENDORS["trtc"]
    rooms = replace(registry._VENDORS["memory"], studio_channel=trtc.studio_channel)
    monkeypatch.setattr(registry, "_VENDORS", {**registry._VENDORS, "memory": rooms})
    with transaction() as work:
        channel = work.session.get(Channel, house.channel_id)
        channel.name, channel.profile = "8801", channel.profile | {"room_type": "number"}
    cloud.people["*8801"] = [Person("1001", "testcard", True, True, "#2F6FDE")]
    cloud.people["8801"] = [Person("other", "testcard", True, True, "#2F6FDE")]
    presence.refresh()
    assert [person.uid for person in house.row().people] == ["1001"]
    assert cloud.asked_for == {"*8801"}
    editing.beat(channel_id=house.channel_id, actor=house.operator)
    person_pictures.refresh()
    assert cloud.asked_for == {"*8801"}
    report = preflight.check(house.channel_id, house.operator)
    assert cloud.asked_for == {"*8801"}
    assert all(step.what != preflight.UID or step.ok for step in report.findings)


def test_it_writes_only_what_is_new(house, cloud, people):
    editing.beat(channel_id=house.channel_id, actor=house.operator)
    person_pictures.refresh()
    assert person_pictures.refresh() == 0
    cloud.pictures += 1
    assert person_pictures.refresh() == 1
    assert versions(house)["1001"] == 2


def test_it_stops_when_the_editor_is_closed(house, cloud, people, clock):
    editing.beat(channel_id=house.channel_id, actor=house.operator)
    clock.advance(16)
    assert person_pictures.refresh() == 0
    assert cloud.asked == []


def test_it_forgets_who_left(house, cloud, people):
    editing.beat(channel_id=house.channel_id, actor=house.operator)
    person_pictures.refresh()
    people.pop(0)
    presence.refresh()
    person_pictures.refresh()
    assert editing.person_picture(house.channel_id, "1001") is None


def test_it_bears_an_account_that_is_away(house, cloud, people):
    editing.beat(channel_id=house.channel_id, actor=house.operator)
    cloud.down = True
    assert person_pictures.refresh() == 0
