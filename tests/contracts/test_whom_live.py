"""Whom a running recording takes, changed through our services and seen in what it recorded.

The vendor is the engine's door, over HTTP; the proof are decoded pictures and sound.
"""

import secrets
import time
from dataclasses import replace

import pytest

from dashboard.domain.recording import Profile
from dashboard.domain.subscription import Choice, Subscription
from dashboard.extensions import db
from dashboard.layouts.document import Fit, Layout, Preset, Region
from dashboard.layouts.geometry import Rect
from dashboard.models import Channel, Recording
from dashboard.providers import registry
from dashboard.services import recordings
from dashboard.services.layouts import live as layouts
from dashboard.services.subscriptions import live
from dashboard.services.unit_of_work import transaction
from tests.contracts.house import house_of
from tests.contracts.test_through_services import actor, app, channel_of, follow  # noqa: F401
from tests.engine_worker.studio import is_colour, tones, watch

LEFT, RIGHT, BACKGROUND = "#2F6FDE", "#D9822B", "#101010"
LEFT_HZ, RIGHT_HZ = 440, 880


def halves(left, right):
    """Two windows side by side on a canvas of 320 x 180."""
    return Layout(
        preset=Preset.CUSTOM,
        background=BACKGROUND,
        regions=tuple(
            Region(Rect(x, 0.0, 0.5, 1.0), uid, 1.0, Fit.FILL)
            for uid, x in ((left, 0.0), (right, 0.5))
        ),
    )


@pytest.fixture(params=["agora", "trtc"])
def house(request, doors, receivers):
    yield house_of(request.param, doors, receivers[request.param])
    registry.close_all()


def test_lists_and_layouts_change_without_undoing_each_other(app, actor, house, doors):  # noqa: F811
    channel_id, url_key = channel_of(house)
    with transaction() as work:
        channel = work.session.get(Channel, channel_id)
        profile = Profile.from_json(channel.profile)
        channel.profile = replace(profile, layout=halves("1001", "1002")).to_json()
        name = channel.name
    doors.join(name, "1001", color=LEFT, tone_hz=LEFT_HZ)
    doors.join(name, "1002", color=RIGHT, tone_hz=RIGHT_HZ)
    seen = len(house.receiver.deliveries)
    recording = recordings.start(channel_id, secrets.token_hex(8), actor)
    follow(house, url_key, seen, recording, "recording")

    time.sleep(1.0)
    without = Subscription(Choice(never=("1002",)), Choice(never=("1002",)))
    live.apply(recording, without, 1, actor)
    time.sleep(1.0)
    layouts.apply(recording, halves("1002", "1001").to_json(), 1, actor)
    time.sleep(1.0)
    live.apply(recording, Subscription(), 2, actor)
    time.sleep(1.0)
    recordings.stop(recording, actor)
    follow(house, url_key, seen, recording, "completed")

    footage = watch(playlist_of(house, recording))
    told = [picture_words(picture) for picture in by_number(footage.pictures)]
    assert stages(told) == ["both", "first alone", "first alone, moved", "both, moved"]
    heard = {stage: sound_during(footage, told, stage) for stage in stages(told)}
    assert heard == {
        "both": [LEFT_HZ, RIGHT_HZ],
        "first alone": [LEFT_HZ],
        "first alone, moved": [LEFT_HZ],
        "both, moved": [LEFT_HZ, RIGHT_HZ],
    }


def playlist_of(house, recording_id):
    db.session.expire_all()
    row = db.session.get(Recording, recording_id)
    bucket = house.engine.data / "buckets" / "rec"
    (found,) = bucket.joinpath(*row.storage["prefix"]).rglob("*.m3u8")
    return found


def by_number(pictures):
    return [pictures[number] for number in sorted(pictures)]


def picture_words(picture):
    """What a picture shows: who stands where, by the colour in the middle of each half."""
    halves_of = [picture[:, :160], picture[:, 160:]]
    shown = ["1" if has(half, LEFT) else "2" if has(half, RIGHT) else "-" for half in halves_of]
    return {
        "12": "both", "1-": "first alone", "-1": "first alone, moved", "21": "both, moved",
    }.get("".join(shown), f"{''.join(shown)}?")  # fmt: skip


def has(half, colour):
    """A good part of the half is of this colour; letters and marks are not."""
    patch = half[::6, ::6].reshape(-1, 3)
    return sum(is_colour(pixel, colour, 24) for pixel in patch) > len(patch) / 5


def stages(told):
    """Each thing shown once, in order, without the first pictures before people are there."""
    found = []
    for words in told:
        if words in ("--?", "1-?", "-2?") and not found:
            continue
        if not found or found[-1] != words:
            found.append(words)
    return found


def sound_during(footage, told, stage, fps=10):
    """Tones in the middle of a stage, to the nearest 10 Hz."""
    numbers = [number for number, words in enumerate(told) if words == stage]
    middle = (numbers[0] + numbers[-1] + 1) / 2 / fps
    return [hz for hz in tones(footage.at(middle - 0.2, 0.4)) if hz in (LEFT_HZ, RIGHT_HZ)]
