"""Each documented parameter of the shared dialect, as our words put it on the wire."""

from dataclasses import replace

import pytest

from dashboard.domain.recording import (
    Area,
    ChannelType,
    Cipher,
    Encryption,
    Merge,
    Mode,
    Output,
    Pictures,
    Profile,
    RecordingSpec,
    Sound,
    StorageTarget,
    Streams,
)
from dashboard.domain.subscription import Choice, Subscription
from dashboard.errors import Unsupported
from dashboard.layouts.document import Fit, Layout, Portrait
from dashboard.protocols import agora_storage, anyrtc
from dashboard.providers.agora import payloads, stores
from dashboard.providers.agora.abilities import CAPABILITIES
from dashboard.providers.anyrtc import payloads as anyrtc_payloads
from dashboard.providers.anyrtc.abilities import CAPABILITIES as ANYRTC
from dashboard.providers.limits import problems_of

LOCAL = StorageTarget("local", "rec")
SALT = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
SINGLE = {"mode": Mode.INDIVIDUAL, "output": Output.HLS}


def spec_of(storage=LOCAL, secret="", **profile):
    return RecordingSpec("lesson-7", Profile("900001", **profile), storage, secret)


def request_of(**spec):
    return payloads.start_body(spec_of(**spec))["clientRequest"]


def config_of(**profile):
    return request_of(**profile)["recordingConfig"]


@pytest.mark.parametrize(
    ("profile", "field", "value"),
    [
        ({"channel_type": ChannelType.COMMUNICATION}, "channelType", 0),
        ({"small_pictures": True}, "videoStreamType", 1),
        ({"sound": Sound.MUSIC}, "audioProfile", 1),
        ({"sound": Sound.STEREO}, "audioProfile", 2),
        (SINGLE | {"expected_people": 2}, "subscribeUidGroup", 0),
        (SINGLE | {"expected_people": 3}, "subscribeUidGroup", 1),
        (SINGLE | {"expected_people": 33}, "subscribeUidGroup", 5),
        (SINGLE | {"merge": Merge.BESIDE}, "streamMode", "standard"),
        (SINGLE | {"keep_sound": True, "streams": Streams.AUDIO}, "streamMode", "original"),
    ],
)
def test_it_writes_a_field_of_the_recording(profile, field, value):
    assert field not in config_of() or config_of()[field] != value
    assert config_of(**profile)[field] == value


@pytest.mark.parametrize(("cipher", "number"), list(zip(Cipher, range(1, 9), strict=True)))
def test_it_encrypts_by_name(cipher, number):
    config = config_of(encryption=Encryption(cipher, SALT), secret="of-the-channel")
    assert (config["decryptionMode"], config["secret"]) == (number, "of-the-channel")
    assert config.get("salt") == (SALT if number in (7, 8) else None)


def test_it_takes_screenshots_and_nothing_else():
    request = request_of(**SINGLE, snapshot_s=20, record=False)
    assert request["snapshotConfig"] == {"captureInterval": 20, "fileType": ["jpg"]}
    assert "recordingFileConfig" not in request


def test_it_composes_nothing_of_single_people():
    request = request_of(**SINGLE)
    assert "transcodingConfig" not in request["recordingConfig"]
    assert request["recordingFileConfig"] == {"avFileType": ["hls"]}


@pytest.mark.parametrize(
    ("profile", "storage", "fields"),
    [
        ({"resource_hours": 5}, {}, {"resourceExpiredHour": 5}),
        ({"area": Area.EUROPE}, {}, {"regionAffinity": 3}),
        ({"area": Area.EUROPE, "stay": True}, {}, {"region": "EU"}),
    ],
)
def test_it_reserves_as_asked(profile, storage, fields):
    request = payloads.acquire_body(spec_of(**profile))["clientRequest"]
    assert fields.items() <= request.items()


def test_it_keeps_recordings_apart():
    spec = replace(spec_of(), apart_from=({"resource_id": "r1"}, {}))
    assert payloads.acquire_body(spec)["clientRequest"]["excludeResourceIds"] == ["r1"]


def test_it_shows_pictures_of_those_who_send_none():
    layout = Layout(
        placeholder="https://a.example/p.jpg",
        portraits=(Portrait("7", "https://a.example/7.jpg", Fit.CONTAIN),),
    )
    fields = payloads.layout_fields(layout)
    assert fields["defaultUserBackgroundImage"] == "https://a.example/p.jpg"
    assert fields["backgroundConfig"] == [
        {"uid": "7", "image_url": "https://a.example/7.jpg", "render_mode": 1}
    ]


# ---------------------------------------------------------------- whom to record


ONE = Subscription(video=Choice(only=("42",)))


def test_a_list_for_one_medium_never_silences_the_other():
    config = config_of(subscription=ONE)
    assert config["subscribeAudioUids"] == ["#allstream#"]
    assert config["subscribeVideoUids"] == ["42"]


def test_it_sends_no_list_of_what_is_not_recorded():
    config = config_of(subscription=ONE, streams=Streams.AUDIO)
    assert not any("subscribe" in name.lower() for name in config)


def test_it_leaves_somebody_out():
    config = config_of(subscription=Subscription(audio=Choice(never=("42",))))
    assert config["unSubscribeAudioUids"] == ["42"]
    assert config["subscribeVideoUids"] == ["#allstream#"]


@pytest.mark.parametrize(
    ("subscription", "streams", "lists"),
    [
        (
            Subscription(),
            Streams.BOTH,
            {
                "audioUidList": {"subscribeAudioUids": ["#allstream#"]},
                "videoUidList": {"subscribeVideoUids": ["#allstream#"]},
            },
        ),
        (
            Subscription(video=Choice(never=("42",))),
            Streams.VIDEO,
            {"videoUidList": {"unSubscribeVideoUids": ["42"]}},
        ),
    ],
)
def test_it_replaces_both_lists(subscription, streams, lists):
    handle = {"channel": "lesson-7", "recorder_uid": "900001"}
    body = payloads.subscription_body(handle, subscription, streams)
    assert body["clientRequest"] == {"streamSubscribe": lists}


# ---------------------------------------------------------------- stores


VENDORS = [
    (vendor, number, row)
    for vendor, table in (("agora", agora_storage.VENDORS), ("anyrtc", anyrtc.STORES))
    for number, row in table.items()
]


@pytest.mark.parametrize(("vendor", "number", "row"), VENDORS)
def test_every_region_has_a_name(vendor, number, row):
    """There and back, for each number of the tables."""
    write = payloads if vendor == "agora" else anyrtc_payloads
    for region in row.regions or {0: None}:
        name = row.regions.get(region)
        target = StorageTarget(
            stores.KINDS[number], "rec", region=name and stores.name_of_region(name)
        )
        config = write.start_body(spec_of(target))["clientRequest"]["storageConfig"]
        assert (config["vendor"], config["region"]) == (number, region)


@pytest.mark.parametrize("kind", ["aws", "floppy"])
def test_it_refuses_a_store_that_is_not_in_the_table(kind):
    with pytest.raises(Unsupported):
        request_of(storage=StorageTarget(kind, "rec", region="on-the-moon"))


def test_it_writes_a_temporary_key_and_where_to():
    target = StorageTarget(
        "s3", "rec", access_key="AK", secret_key="SK", endpoint="https://s3.example",
        sts_token="T", sts_expires_s=2_000_000_000, options={"tag": "lesson"},
    )  # fmt: skip
    config = request_of(storage=target)["storageConfig"]
    assert (config["vendor"], config["region"]) == (11, 0)
    assert (config["stsToken"], config["stsExpiration"]) == ("T", 2_000_000_000)
    assert config["extensionParams"] == {"tag": "lesson", "endpoint": "https://s3.example"}


# ---------------------------------------------------------------- what cannot be


@pytest.mark.parametrize(
    ("profile", "where"),
    [
        ({"output": Output.MP4}, "output"),
        (SINGLE | {"output": Output.HLS_MP4}, "output"),
        ({"pictures": Pictures.SCREEN}, "pictures"),
        ({"snapshot_s": 10}, "snapshot_s"),
        (SINGLE | {"snapshot_s": 4}, "snapshot_s"),
        ({"record": False}, "record"),
        ({"gop_s": 2}, "gop_s"),
        ({"sound": Sound.CALL}, "sound"),
        ({"max_idle_s": 4}, "max_idle_s"),
        ({"encryption": Encryption(Cipher.AES_128_GCM2)}, "encryption.salt"),
        ({"subscription": Subscription(Choice(("a*",)))}, "subscription.audio.only"),
    ],
)
def test_it_says_what_an_account_cannot_do(profile, where):
    assert [problem.where for problem in problems_of(Profile("1", **profile), CAPABILITIES)] == [
        where
    ]


def test_a_plain_profile_is_all_right():
    assert not problems_of(Profile("900001"), CAPABILITIES, LOCAL)
    assert not problems_of(Profile("900001", **SINGLE, snapshot_s=5), ANYRTC, LOCAL)


def test_uids_of_anyrtc_are_text():
    assert problems_of(Profile("rec-a"), CAPABILITIES)[0].where == "recorder_uid"
    assert not problems_of(Profile("rec-a"), ANYRTC)


def test_each_reason_belongs_to_a_field():
    fields = vars(Profile("1"))
    for capabilities in (CAPABILITIES, ANYRTC):
        assert {bar.field for bar in capabilities.bars} <= fields.keys()
