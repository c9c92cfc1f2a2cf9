"""How long a recording may get, and how many an account may have at once."""

import pytest

from dashboard.errors import Conflict
from dashboard.extensions import db
from dashboard.models import Account, Channel
from dashboard.services import recordings, sync

pytestmark = pytest.mark.both_databases


@pytest.fixture
def hour(house):
    """A recording of at most one hour, running."""
    channel = db.session.get(Channel, house.channel_id)
    channel.profile = channel.profile | {"max_duration_min": 60}
    db.session.commit()
    recording_id = house.start()
    sync.sync_one(recording_id)
    return recording_id


def test_it_leaves_a_recording_alone_until_its_time_is_over(house, hour):
    house.clock.advance(59 * 60 + 50)
    sync.sync_one(hour)
    assert house.state(hour) == "recording"


def test_it_stops_a_recording_whose_time_is_over_and_says_so(house, hour):
    house.clock.advance(60 * 60)
    sync.sync_one(hour)
    assert house.state(hour) == "uploading"  # told to stop, it says that it is closing
    assert house.cloud.asked.count("stop") == 1
    assert "Its longest time, 60 min, is over. It is being stopped." in house.sentences(hour)
    reason = house.screen(hour).end_reason
    assert str(reason) == "It was stopped when its longest time, 60 min, was over."


def test_it_stops_it_once_and_keeps_at_it_while_the_vendor_is_away(house, hour):
    house.clock.advance(61 * 60)
    house.cloud.down = True
    sync.sync_one(hour)
    house.cloud.down = False
    house.clock.advance(10)
    sync.sync_one(hour)
    sync.sync_one(hour)
    told = [line for line in house.sentences(hour) if "longest time" in line]
    assert (house.state(hour), len(told)) == ("uploading", 1)


def test_it_lets_somebody_stop_before_and_keeps_their_reason(house, hour):
    house.stop(hour)
    house.clock.advance(61 * 60)
    sync.sync_one(hour)
    assert str(house.screen(hour).end_reason) == "Stopped by op@example.com."


def second_channel(house):
    first = db.session.get(Channel, house.channel_id)
    channel = Channel(account_id=house.account_id, name="other", created_at=house.clock.now(),
                      profile=first.profile | {"recorder_uid": "900009"})  # fmt: skip
    db.session.add(channel)
    db.session.commit()
    return channel.id


def allow(house, most):
    db.session.get(Account, house.account_id).most_recordings = most
    db.session.commit()


def test_it_refuses_one_too_many_before_anything_is_sent(house):
    other = second_channel(house)
    allow(house, 1)
    house.start()
    asked = list(house.cloud.asked)
    with pytest.raises(Conflict) as refused:
        recordings.start(other, "press-other", house.operator)
    assert "Account Test cloud may record 1 at the same time, and does." in str(refused.value)
    assert house.cloud.asked == asked


def test_it_starts_as_many_as_wanted_without_a_limit(house):
    other = second_channel(house)
    allow(house, None)
    house.start()
    assert recordings.start(other, "press-other", house.operator)
