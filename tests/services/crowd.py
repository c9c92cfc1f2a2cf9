"""Many recordings at once, started through the services in a cloud in memory."""

import io

from PIL import Image

from dashboard.domain.recording import Profile
from dashboard.models import Channel
from dashboard.providers.base import Person
from dashboard.services import files, live, presence, previews, recordings
from dashboard.services.unit_of_work import transaction

FIRST_UID = 910000


def jpeg(number: int) -> bytes:
    """A picture of 480 by 270 pixels; each number has another."""
    picture = Image.new("RGB", (480, 270), ((number * 67) % 200, (number * 41) % 200, 120))
    picture.paste((230, 230, 230), (20 + number % 400, 40, 60 + number % 400, 200))
    into = io.BytesIO()
    picture.save(into, "JPEG", quality=70)
    return into.getvalue()


def record(house, count: int, *, first: int = 1) -> list[int]:
    """`count` channels on the air, each with people, and a picture each. Returns their ids."""
    ids = []
    for number in range(first, first + count):
        name = f"room-{number:02}"
        house.cloud.people[name] = [
            Person(str(1000 + n), "testcard", True, True, "#2F6FDE") for n in range(1 + number % 4)
        ]
        channel_id = _channel(house, name, str(FIRST_UID + number))
        ids.append(_start(house, channel_id, name))
    presence.refresh()
    house.cloud.picture = lambda handle: jpeg(int(handle["recorder_uid"]) - FIRST_UID)
    previews.refresh(limit=1000)
    return ids


def change_picture(house, number: int) -> None:
    """One of the rooms looks different from now on."""

    def picture(handle) -> bytes:
        place = int(handle["recorder_uid"]) - FIRST_UID
        return jpeg(place + 100 if place == number else place)

    house.cloud.picture = picture
    previews.refresh(limit=1000)


def _channel(house, name: str, uid: str) -> int:
    with transaction() as work:
        channel = Channel(
            account_id=house.account_id,
            name=name,
            profile=Profile(recorder_uid=uid).to_json(),
            created_at=house.clock.now(),
        )
        work.session.add(channel)
        work.session.flush()
        return channel.id


def _start(house, channel_id: int, name: str) -> int:
    recording_id = recordings.start(channel_id, f"crowd-{name}", house.operator)
    (task,) = (task for task in house.cloud.running() if task.channel == name)
    house.tell(task, 40, status=0)
    house.cloud.upload(task, slices=3, ended=False, mp4=False)
    row = live.load(recording_id)
    files.look(recording_id, row.spec.storage, row.handle)
    return recording_id
