"""A profile as a document: what was stored before stays readable."""

from dashboard.domain.recording import (
    Area,
    ChannelType,
    Cipher,
    Encryption,
    Merge,
    Mode,
    OnPause,
    Pictures,
    Profile,
    RoomType,
    Sound,
)
from dashboard.domain.subscription import Choice, Subscription

FIRST_VERSION = {
    "recorder_uid": "900001",
    "streams": "both",
    "canvas": {"width": 1280, "height": 720, "fps": 15, "bitrate_kbps": 1130},
    "layout": {"preset": "best_fit", "background": "#000000"},
    "output": "hls+mp4",
    "max_idle_s": 30,
}


def test_it_reads_and_writes_what_the_first_version_wrote():
    assert Profile.from_json(FIRST_VERSION) == Profile("900001")
    assert Profile("900001").to_json() == FIRST_VERSION


def test_it_reads_back_every_field():
    profile = Profile(
        "900001",
        mode=Mode.INDIVIDUAL,
        subscription=Subscription(audio=Choice(("host*",))),
        sound=Sound.STEREO,
        keep_sound=True,
        pictures=Pictures.SCREEN,
        small_pictures=True,
        snapshot_s=10,
        record=False,
        merge=Merge.BESIDE,
        part_min=30,
        on_pause=OnPause.BLACK,
        resource_hours=6,
        encryption=Encryption(Cipher.AES_256_GCM2, "c2FsdA=="),
        max_duration_min=90,
        gop_s=2,
        channel_type=ChannelType.COMMUNICATION,
        room_type=RoomType.NUMBER,
        expected_people=40,
        relays=True,
        area=Area.EUROPE,
        stay=True,
    )
    document = profile.to_json()
    assert Profile.from_json(document) == profile
    assert len(document) == len(vars(profile)), "a field is at its default, and so not tested"
