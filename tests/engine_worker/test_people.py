"""Who of the people in a channel is recorded, where only so many are."""

import pytest

from dashboard.engine.worker.job import Job, Publisher, Subscription
from dashboard.engine.worker.people import People


@pytest.fixture
def people():
    def made(most, **lists):
        job = Job.from_json(
            {
                "folder": "/nowhere", "stem": "s", "layout": {}, "subscription": lists,
                "canvas": {"width": 64, "height": 64, "fps": 5, "bitrate_kbps": 64},
                "most_people": most,
            }
        )  # fmt: skip
        return People(job, lambda *_, **__: None)

    return made


def join(people, *uids):
    people.join([Publisher(uid) for uid in uids], 0)


def test_it_takes_everybody_where_there_is_no_limit(people):
    room = people(0)
    join(room, *map(str, range(30)))
    assert len(room.heard()) == len(room.seen()) == 30


def test_it_takes_the_first_to_join(people):
    room = people(2)
    join(room, "anna", "ben", "carl")
    assert list(room.heard()) == list(room.seen()) == ["anna", "ben"]
    assert [uid for uid, _ in room.places()] == ["anna", "ben"]
    room.leave("anna", 1)
    assert list(room.heard()) == ["ben", "carl"]
    join(room, "anna")
    assert list(room.heard()) == ["ben", "carl"]


def test_it_counts_those_whom_the_lists_take(people):
    room = people(2, audio={"deny": ["anna"]}, video={"deny": ["anna"]})
    join(room, "anna", "ben", "carl")
    assert list(room.heard()) == ["ben", "carl"]
    room.subscribe(Subscription.from_json(None), 1)
    assert list(room.heard()) == ["anna", "ben"]
