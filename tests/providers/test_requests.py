"""A vendor's own request: shown without its secrets, and taken over from elsewhere."""

import json
import shlex
from dataclasses import replace

import pytest

from dashboard.domain.recording import (
    Canvas,
    ChannelType,
    Cipher,
    Encryption,
    Merge,
    Mode,
    OnPause,
    Output,
    Pictures,
    Profile,
    RecordingSpec,
    RoomType,
    Sound,
    StorageTarget,
    Streams,
)
from dashboard.domain.subscription import Choice, Subscription
from dashboard.errors import InvalidInput
from dashboard.layouts.document import Fit, Layout, Missing, Portrait, Preset, Region, Side, Stream
from dashboard.layouts.geometry import Rect
from dashboard.layouts.watermarks import ImageMark, Place, TextMark, TimeMark
from dashboard.providers import registry
from dashboard.providers.shown import LEFT_OUT

VENDORS = ("agora", "anyrtc", "trtc")
SECRETS = ("bucket-secret", "bucket-key", "sts-token-1", "of-the-channel")
BUCKET = StorageTarget(
    "aws", "rec", ("d1", "l7"), access_key="bucket-key", secret_key="bucket-secret",
    region="us-east-1", sts_token="sts-token-1", sts_expires_s=2_000_000_000,
)  # fmt: skip
CUSTOM = Layout(
    Preset.CUSTOM,
    regions=(
        Region(Rect(0, 0, 0.75, 1), "1", fit=Fit.CONTAIN),
        Region(Rect(0.75, 0, 0.25, 0.25), opacity=0.6),
    ),
    background="#202020",
)
SHARED = [
    {},
    {"streams": Streams.AUDIO, "canvas": Canvas()},
    {"canvas": Canvas(640, 360, 30, 800), "max_idle_s": 60, "output": Output.HLS},
    {"layout": CUSTOM},
    {"subscription": Subscription(Choice(("1", "2")), Choice(never=("3",)))},
    {"sound": Sound.MUSIC},
    {"mode": Mode.INDIVIDUAL, "output": Output.HLS},
]
AGORAS = [
    {"channel_type": ChannelType.COMMUNICATION, "small_pictures": True},
    {"encryption": Encryption(Cipher.SM4_128_ECB)},
    {"encryption": Encryption(Cipher.AES_256_GCM2, "c2FsdA==")},
    {"mode": Mode.INDIVIDUAL, "output": Output.HLS, "merge": Merge.BESIDE, "expected_people": 49},
    {"mode": Mode.INDIVIDUAL, "output": Output.HLS, "snapshot_s": 20, "record": False},
    {"layout": Layout(Preset.VERTICAL, focus_uid="7", background_image="https://a.x/b.png",
                      placeholder="https://a.x/p.jpg",
                      portraits=(Portrait("7", "https://a.x/7.jpg"),))},
]  # fmt: skip
TRTCS = [
    {"room_type": RoomType.NUMBER, "part_min": 30, "gop_s": 4, "on_pause": OnPause.BLACK},
    {"pictures": Pictures.SCREEN, "relays": True, "output": Output.MP4},
    {"mode": Mode.INDIVIDUAL, "merge": Merge.ONLY},
    {"subscription": Subscription(Choice(("host*",)))},
    {"layout": Layout(Preset.SCREEN_SHARE, focus_uid="a", focus_stream=Stream.SCREEN,
                      focus_side=Side.RIGHT, fit=Fit.SMART, hide_audio_only=True,
                      placeholder="https://a.x/p.png", placeholder_when=Missing.AT_ONCE)},
    {"layout": Layout(Preset.GRID, watermarks=(
        ImageMark(Rect(0, 0, 0.25, 0.25), "https://a.x/m.png"),
        TextMark(Rect(0, 0.5, 0.5, 0.25), "live"), TimeMark(Place.BOTTOM, 120)))},
]  # fmt: skip
CASES = [
    *((vendor, case) for vendor in VENDORS for case in SHARED),
    *((vendor, case) for vendor in ("agora", "anyrtc") for case in AGORAS),
    *(("trtc", case) for case in TRTCS),
]


def spec_of(vendor, storage=BUCKET, **profile):
    layout = Layout(Preset.GRID if vendor == "trtc" else Preset.BEST_FIT)
    hours = {"resource_hours": 720} if vendor == "trtc" else {}
    given = {"layout": layout, **hours, **profile}
    return RecordingSpec("lesson-7", Profile("900001", **given), storage, "of-the-channel")


def sent(vendor, spec):
    return registry.request_format(vendor).requests_of(spec, "https://api.x/", "1400000001")


@pytest.mark.parametrize(("vendor", "profile"), CASES)
def test_what_was_shown_can_be_taken_over(vendor, profile):
    spec = spec_of(vendor, **profile)
    start = json.loads(json.dumps(sent(vendor, spec)[-1].body))
    formats = registry.request_format(vendor)
    assert formats.is_request(start)
    found = formats.read_request(start)
    assert found.profile == spec.profile
    assert (found.channel, found.left_out) == ("lesson-7", ())
    without_keys = {"access_key": "", "secret_key": "", "sts_token": "", "sts_expires_s": None}
    assert found.storage == replace(BUCKET, **without_keys)


@pytest.mark.parametrize("vendor", VENDORS)
def test_no_secret_is_shown(vendor):
    profile = {} if vendor == "trtc" else {"encryption": Encryption(Cipher.AES_128_XTS)}
    for request in sent(vendor, spec_of(vendor, **profile)):
        written = json.dumps(request.body) + request.curl
        assert not any(secret in written for secret in SECRETS)
    assert LEFT_OUT in written


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_line_for_a_shell_sends_just_that(vendor):
    quoted = Subscription(Choice(("it's",)))
    for request in sent(vendor, spec_of(vendor, subscription=quoted)):
        words = shlex.split(request.curl)
        assert words[:4] == ["curl", "-X", "POST", request.url]
        assert json.loads(words[words.index("-d") + 1]) == request.body


def test_agora_reserves_first():
    calls = [(request.call, request.url) for request in sent("agora", spec_of("agora"))]
    root = "https://api.x/v1/apps/1400000001/cloud_recording"
    assert calls == [
        ("acquire", f"{root}/acquire"),
        ("start", f"{root}/resourceid/RESOURCE_ID/mode/mix/start"),
    ]


OLD = {
    "recordingConfig": {
        "channelType": "1", "streamTypes": "2", "unsubscribeVideoUids": ["42"], "newThing": 1,
        "transcodingConfig": {"width": "640", "height": "360"},
    },
    "storageConfig": {"vendor": "2", "region": "1", "bucket": "rec", "accessKey": "AK"},
}  # fmt: skip


@pytest.mark.parametrize("wrap", [lambda it: it, lambda it: {"clientRequest": it}])
def test_it_reads_numbers_as_text_and_old_spellings(wrap):
    found = registry.request_format("agora").read_request(wrap(OLD))
    assert found.profile.canvas == Canvas(640, 360, 15, 500)
    assert found.profile.subscription.video == Choice(never=("42",))
    assert (found.storage.kind, found.storage.region) == ("aliyun", "cn-shanghai")
    assert [name.rpartition(".")[2] for name in found.left_out] == ["newThing"]


@pytest.mark.parametrize(
    ("vendor", "document", "where"),
    [
        ("agora", {"recordingConfig": 3}, "recordingConfig"),
        ("agora", {"recordingConfig": {"streamTypes": 9}}, "recordingConfig.streamTypes"),
        ("agora", {"storageConfig": {"vendor": 99}}, "storageConfig.vendor"),
        ("agora", {"recordingFileConfig": {"avFileType": ["mp4"]}},
         "recordingFileConfig.avFileType"),
        ("anyrtc", {"storageConfig": {"vendor": 7, "region": 0}}, "storageConfig.vendor"),
        ("trtc", {"RecordParams": {"RecordMode": 7}}, "RecordParams.RecordMode"),
        ("trtc", {"RecordParams": {"MaxIdleTime": "soon"}}, "RecordParams.MaxIdleTime"),
    ],
)  # fmt: skip
def test_it_says_which_member_is_wrong(vendor, document, where):
    with pytest.raises(InvalidInput) as caught:
        registry.request_format(vendor).read_request(document)
    assert [problem.where for problem in caught.value.problems] == [where]


def test_it_tells_which_sound_of_trtc_it_has_not():
    (sent,) = registry.request_format("trtc").requests_of(
        spec_of("trtc"), "https://trtc.example.org", "1400000001"
    )
    body = json.loads(json.dumps(sent.body))
    body["MixTranscodeParams"]["AudioParams"] = {"SampleRate": 3, "Channel": 2, "BitRate": 128_000}
    left_out = registry.request_format("trtc").read_request(body).left_out
    assert [name for name in left_out if "AudioParams" in name] == [
        "MixTranscodeParams.AudioParams.SampleRate"
    ]
