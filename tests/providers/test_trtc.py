"""TRTC: four signed calls, every documented answer and error, every parameter."""

import hashlib
import json
from dataclasses import replace

import pytest

from dashboard.domain.recording import (
    Canvas,
    Merge,
    Mode,
    OnPause,
    Output,
    Phase,
    Pictures,
    Profile,
    RecordingSpec,
    RoomType,
    Sound,
    StorageTarget,
    Streams,
)
from dashboard.domain.subscription import Choice, Subscription
from dashboard.errors import (
    CredentialsRejected,
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    Unsupported,
)
from dashboard.layouts.document import Fit, Layout, Preset, Region, Side, Stream
from dashboard.layouts.geometry import Rect
from dashboard.layouts.watermarks import ImageMark, Place, TextMark, TimeMark
from dashboard.protocols import trtc_tc3, trtc_usersig
from dashboard.protocols.trtc import SHAPES
from dashboard.protocols.trtc_errors import TABLE
from dashboard.providers.base import AccountConfig
from dashboard.providers.limits import problems_of
from dashboard.providers.trtc import payloads, tickets
from dashboard.providers.trtc.abilities import CAPABILITIES
from dashboard.providers.trtc.client import SETTLE_AFTER_S, TrtcClient
from tests.providers.conftest import resets, says

APP, NOW = 1_400_000_001, 1_767_225_600
APP_SECRET, SECRET_KEY = "0123456789abcdef" * 4, "localSecretKeyExample0001"
TASK = "-T0k+demo."
PREPARED = {
    "mode": "mix", "channel": "8801", "recorder_uid": "rec_8801_a", "room_type": "text",
    "prefix": "lessons/2026", "prepared_s": str(NOW),
}  # fmt: skip
HANDLE = {**PREPARED, "task_id": TASK, "folder": TASK}
LOCAL = StorageTarget("local", "rec-1250000000", ("lessons", "2026"))
CREATED = says(200, {"Response": {"TaskId": TASK, "RequestId": "0b8c"}})
GRID = Layout(Preset.GRID)
SINGLE = {"mode": Mode.INDIVIDUAL, "output": Output.HLS}


def error(code, words="no"):
    answer = {"Error": {"Code": code, "Message": words}, "RequestId": "5d2f"}
    return says(200, {"Response": answer})


def spec_of(storage=LOCAL, **profile):
    return RecordingSpec("8801", Profile("rec_8801_a", **profile), storage)


@pytest.fixture
def spec():
    return spec_of()


@pytest.fixture
def config(vendor):
    keys = {"secret_id": "AKIDlocal", "secret_key": SECRET_KEY, "app_secret": APP_SECRET}
    return AccountConfig(2, "trtc", "Rooms", vendor.url, str(APP), keys, ("LocalCbKey01",))


@pytest.fixture
def clock():
    return [NOW]


@pytest.fixture
def client(config, naps, clock):
    client = TrtcClient(config, sleep=naps.append, now=lambda: clock[0])
    yield client
    client.close()


# ---------------------------------------------------------------- the four calls


def test_it_signs_the_bytes_that_travel(client, vendor, spec):
    vendor.answers(CREATED)
    client.start(spec, PREPARED)
    asked = vendor.asked[0]
    given = trtc_tc3.parse(asked.headers["authorization"])
    assert asked.headers["x-tc-action"] == "CreateCloudRecording"
    assert asked.headers["x-tc-version"] == "2019-07-22"
    assert (given.secret_id, asked.headers["x-tc-timestamp"]) == ("AKIDlocal", str(NOW))
    assert trtc_tc3.verify(given, SECRET_KEY, NOW, asked.headers, asked.body)
    assert SECRET_KEY not in str(asked.headers)


def test_the_recorder_can_enter_the_room(client, vendor, spec):
    vendor.answers(CREATED)
    client.start(spec, client.prepare(spec))
    ticket = vendor.asked[0].json["UserSig"]
    assert trtc_usersig.verify(ticket, APP_SECRET, APP, "rec_8801_a", NOW) == ""
    assert trtc_usersig.read(ticket).expire_s > 720 * 3600


def test_preparing_asks_nobody(client, vendor, spec):
    vendor.answers(resets)
    assert client.prepare(spec) == PREPARED
    assert not vendor.asked


def test_an_account_without_a_key_for_tickets_is_told(config, spec):
    keys = {**config.credentials, "app_secret": ""}
    with pytest.raises(CredentialsRejected):
        TrtcClient(replace(config, credentials=keys)).prepare(spec)


def test_it_starts_and_stops(client, vendor, spec):
    vendor.answers(CREATED)
    assert client.start(spec, PREPARED) == HANDLE
    assert client.stop(HANDLE).phase is Phase.FINISHING
    assert vendor.asked[1].headers["x-tc-action"] == "DeleteCloudRecording"
    assert vendor.asked[1].json == {"SdkAppId": APP, "TaskId": TASK}


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("Idle", Phase.RUNNING),
        ("idle", Phase.RUNNING),
        ("InProgress", Phase.RUNNING),
        ("Exited", Phase.FINISHING),
        ("Dancing", Phase.STARTING),
        (None, Phase.STARTING),
    ],
)
def test_it_reads_every_status(client, vendor, status, phase):
    vendor.answers(says(200, {"Response": {"TaskId": TASK, "Status": status}}))
    assert client.query(HANDLE).phase is phase


@pytest.mark.parametrize("begun", [1767225603120, "1767225603120", 1767225603])
@pytest.mark.parametrize("uid", ["", None])
def test_files_have_their_whole_names(client, vendor, begun, uid):
    files = [{"UserId": uid, "FileName": "1400000001_8801.m3u8", "TrackType": "audio_video",
              "BeginTimeStamp": begun}]  # fmt: skip
    response = {"TaskId": TASK, "Status": "InProgress", "StorageFileList": files}
    vendor.answers(says(200, {"Response": response}))
    (file,) = client.query(HANDLE).files
    assert file.name == f"lessons/2026/{TASK}/1400000001_8801.m3u8"
    assert (file.uid, file.track, int(file.started_at.timestamp())) == (
        None, "audio_and_video", 1767225603,
    )  # fmt: skip


@pytest.mark.parametrize(
    "code",
    ["ResourceNotFound", "ResourceNotFound.Task", "FailedOperation.TaskNotExist",
     "FailedOperation.TaskFinished"],
)  # fmt: skip
def test_it_knows_that_a_task_is_over(client, vendor, spec, code):
    vendor.answers(error(code, "The task has ended."))
    assert client.query(HANDLE).phase is Phase.GONE
    assert client.stop(HANDLE).phase is Phase.GONE
    with pytest.raises(ProviderRefused) as caught:
        client.set_layout(HANDLE, Layout(Preset.GRID), spec)
    assert caught.value.vendor_text == "The task has ended."


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize("row", TABLE, ids=lambda row: str(row.code))
def test_it_explains_every_documented_error(client, vendor, spec, naps, row):
    vendor.answers(error(str(row.code), "said so"))
    with pytest.raises(ProviderError) as caught:
        client.start(spec, PREPARED)
    fault = caught.value
    assert (fault.message, fault.remedy) == (row.meaning, row.remedy)
    assert (fault.vendor_code, fault.vendor_text, fault.request_id) == (
        str(row.code), "said so", "5d2f",
    )  # fmt: skip
    is_internal = str(row.code).startswith("InternalError")
    assert fault.outcome == ("unknown" if is_internal else "refused")
    assert naps == ([3, 6, 12] if is_internal else [])


AFTER_START = {
    "DescribeCloudRecording": lambda client, spec: client.query(HANDLE),
    "ModifyCloudRecording": lambda client, spec: client.set_layout(HANDLE, GRID, spec),
    "DeleteCloudRecording": lambda client, spec: client.stop(HANDLE),
}
LATER = [(call, row) for row in TABLE for call in row.calls if call in AFTER_START]


@pytest.mark.parametrize(("call", "row"), LATER, ids=lambda it: str(getattr(it, "code", it)))
def test_it_explains_every_error_of_the_other_calls(client, vendor, spec, call, row):
    vendor.answers(error(str(row.code), "said so"))
    if row.ended and call != "ModifyCloudRecording":
        assert AFTER_START[call](client, spec).vendor_status == str(row.code)
        return
    with pytest.raises(ProviderError) as caught:
        AFTER_START[call](client, spec)
    fault = caught.value
    assert (fault.message, fault.remedy, fault.vendor_text) == (row.meaning, row.remedy, "said so")


def test_it_waits_until_a_task_is_there(client, vendor, spec, naps):
    vendor.answers(error("InternalError.CRInternalError"), error("InternalError"), CREATED)
    assert client.start(spec, PREPARED) == HANDLE
    assert naps == [3, 6]
    assert len({asked.body for asked in vendor.asked}) == 1


def test_it_knows_what_it_has_no_words_for(client, vendor, spec):
    vendor.answers(error("Unheard.Of"))
    with pytest.raises(ProviderRefused) as caught:
        client.start(spec, PREPARED)
    assert "Unheard.Of" in str(caught.value)


@pytest.mark.parametrize(
    "script",
    [
        resets,
        says(200, b"<html>", "text/html"),
        says(200, {"Response": {}}),
        says(200, {"Response": {"TaskId": ""}}),
        says(200, {"Response": {"Error": "odd"}}),
        says(502, b"Bad Gateway"),
    ],
)
def test_it_does_not_claim_to_know_whether_a_start_worked(client, vendor, spec, script):
    vendor.answers(script)
    with pytest.raises(ProviderUnavailable) as caught:
        client.start(spec, PREPARED)
    assert caught.value.outcome == "unknown"
    assert len(vendor.asked) == 1


def test_it_never_quotes_a_secret(client, vendor):
    spec = spec_of(StorageTarget("tencent", "rec", secret_key="bucket-key-1", region="ap-x"))
    vendor.answers(error("InvalidParameter", f"you sent {SECRET_KEY} and bucket-key-1"))
    with pytest.raises(ProviderRefused) as caught:
        client.start(spec, PREPARED)
    assert caught.value.vendor_text == "you sent (hidden) and (hidden)"


# ---------------------------------------------------------------- settling a lost start


def test_it_waits_for_the_first_callback_before_it_starts_again(client, vendor, spec, clock):
    vendor.answers(CREATED)
    with pytest.raises(ProviderUnavailable) as caught:
        client.settle(spec, PREPARED)
    assert caught.value.outcome == "unknown"
    assert not vendor.asked
    clock[0] += SETTLE_AFTER_S
    assert client.settle(spec, PREPARED) == HANDLE
    assert vendor.asked[0].json["UserId"] == "rec_8801_a"


def test_what_was_named_by_a_callback_is_settled(client, spec):
    assert client.settle(spec, HANDLE) == HANDLE


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("InvalidParameter.OutOfRange", "refused"),
        ("MissingParameter.Bucket", "refused"),
        ("FailedOperation.RestrictedConcurrency", "unknown"),
        ("AuthFailure.SecretIdNotFound", "unknown"),
        ("InvalidParameter.UserSig", "unknown"),
        ("RequestLimitExceeded", "unknown"),
        ("InternalError", "unknown"),
    ],
)
def test_only_what_is_wrong_with_the_words_proves_anything(
    client, vendor, spec, clock, code, outcome
):
    clock[0] += SETTLE_AFTER_S
    vendor.answers(error(code))
    with pytest.raises(ProviderError) as caught:
        client.settle(spec, PREPARED)
    assert caught.value.outcome == outcome


# ---------------------------------------------------------------- what is sent


def body_of(storage=LOCAL, **profile):
    body = payloads.create_body(spec_of(storage, **profile), APP, "sig")
    conforms(body, "CreateCloudRecording")
    return body


def conforms(document, shape):
    """Every member is documented, of its kind and range; what is required is there."""
    fields = SHAPES[shape]
    assert document.keys() <= fields.keys()
    for name, field in fields.items():
        assert not (field.required and name not in document), name
        values = document.get(name, [])
        for value in values if field.many else [values] if name in document else []:
            if field.kind in SHAPES:
                conforms(value, field.kind)
            elif field.kind == "integer":
                assert type(value) is int, name
                assert field.low <= value <= field.high, name
            else:
                assert type(value) is {"text": str, "flag": bool}[field.kind], name


def test_it_writes_a_whole_start():
    body = body_of(
        canvas=Canvas(1280, 720, 25, 1500), gop_s=4, max_idle_s=60, room_type=RoomType.NUMBER,
        subscription=Subscription(video=Choice(("anna", "host*"))),
        layout=Layout(Preset.SCREEN_SHARE, focus_uid="anna", focus_stream=Stream.SCREEN),
    )  # fmt: skip
    assert body == {
        "SdkAppId": APP, "RoomId": "8801", "RoomIdType": 1, "UserId": "rec_8801_a",
        "UserSig": "sig", "ResourceExpiredHour": 720,
        "RecordParams": {
            "RecordMode": 2, "MaxIdleTime": 60, "StreamType": 0, "MediaId": 0, "FillType": 0,
            "OutputFormat": 1,
            "SubscribeStreamUserIds": {
                "SubscribeAudioUserIds": [], "UnSubscribeAudioUserIds": [],
                "SubscribeVideoUserIds": ["anna", "host.*$"], "UnSubscribeVideoUserIds": [],
            },
        },
        "StorageParams": {"CloudStorage": {
            "Vendor": 0, "Region": "ap-guangzhou", "Bucket": "rec-1250000000",
            "AccessKey": "local", "SecretKey": "local", "FileNamePrefix": ["lessons", "2026"],
        }},
        "MixTranscodeParams": {
            "VideoParams": {"Width": 1280, "Height": 720, "Fps": 25, "BitRate": 1_500_000,
                            "Gop": 4},
            "AudioParams": {"SampleRate": 1, "Channel": 1, "BitRate": 48_000},
        },
        "MixLayoutParams": {
            "MixLayoutMode": 2, "BackGroundColor": "#000000", "MaxResolutionUserId": "anna",
            "MediaId": 1,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("profile", "field", "value"),
    [
        (SINGLE, "RecordMode", 1),
        (SINGLE | {"merge": Merge.ONLY}, "AvMerge", 1),
        ({"streams": Streams.AUDIO}, "StreamType", 1),
        ({"streams": Streams.VIDEO}, "StreamType", 2),
        ({"pictures": Pictures.MAIN}, "MediaId", 1),
        ({"pictures": Pictures.SCREEN}, "MediaId", 2),
        ({"on_pause": OnPause.BLACK}, "FillType", 1),
        ({"part_min": 30}, "MaxMediaFileDuration", 30),
        ({"relays": True}, "SubscribeAbility", 1),
        *(({"output": output}, "OutputFormat", n) for n, output in enumerate(
            (Output.HLS, Output.HLS_MP4, Output.HLS_AAC, Output.MP4, Output.AAC))),
    ],
)  # fmt: skip
def test_it_writes_a_field_of_the_recording(profile, field, value):
    assert body_of(**profile)["RecordParams"][field] == value


def test_the_canvas_is_never_left_to_the_vendor():
    assert body_of()["MixTranscodeParams"]["VideoParams"]["Width"] == 1280
    assert "VideoParams" not in body_of(streams=Streams.AUDIO)["MixTranscodeParams"]
    assert "MixTranscodeParams" not in body_of(**SINGLE)


@pytest.mark.parametrize("sound", Sound)
def test_every_sound_has_its_numbers(sound):
    found = body_of(sound=sound)["MixTranscodeParams"]["AudioParams"]
    assert found["BitRate"] <= 128_000


def test_files_go_to_a_media_library():
    target = StorageTarget("tencent_vod", "", options={"keep_s": "86400", "record_id": "l7"})
    body = body_of(target, output=Output.HLS)
    assert "OutputFormat" not in body["RecordParams"]
    assert body["StorageParams"] == {
        "CloudVod": {"TencentVod": {"MediaType": 1, "ExpireTime": 86_400,
                                    "UserDefineRecordId": "l7"}}
    }  # fmt: skip


def test_files_go_to_any_store_that_speaks_s3():
    target = StorageTarget("s3", "rec", access_key="A", secret_key="S", endpoint="https://s3.x")
    found = body_of(target)["StorageParams"]["CloudStorage"]
    assert (found["Vendor"], found["EndpointUrl"]) == (1, "https://s3.x")


def test_regions_are_pixels_and_clear_is_255():
    layout = Layout(
        Preset.CUSTOM,
        regions=(
            Region(Rect(0, 0, 0.75, 1), "anna", fit=Fit.CONTAIN),
            Region(Rect(0.75, 0, 0.25, 0.25), opacity=0.2, stream=Stream.SCREEN,
                   placeholder="https://a.x/p.png"),
            Region(Rect(0, 0, 1, 1), hidden=True),
        ),
    )  # fmt: skip
    params = body_of(layout=layout)["MixLayoutParams"]
    assert params["MixLayoutList"] == [
        {"Top": 0, "Left": 0, "Width": 960, "Height": 720, "Alpha": 0, "RenderMode": 2,
         "MediaId": 0, "ImageLayer": 0, "UserId": "anna"},
        {"Top": 0, "Left": 960, "Width": 320, "Height": 180, "Alpha": 204, "RenderMode": 1,
         "MediaId": 1, "ImageLayer": 1, "SubBackgroundImage": "https://a.x/p.png"},
    ]  # fmt: skip
    assert params["PlaceHolderMode"] == 1


def test_it_says_all_that_a_preset_takes():
    layout = Layout(
        Preset.SCREEN_SHARE, focus_uid="a", focus_side=Side.RIGHT, fit=Fit.SMART,
        background="#202020", background_image="https://a.x/b.png", background_fit=Fit.STRETCH,
        placeholder="https://a.x/p.png", hide_audio_only=True,
    )  # fmt: skip
    assert body_of(layout=layout)["MixLayoutParams"] == {
        "MixLayoutMode": 2, "BackGroundColor": "#202020", "MaxResolutionUserId": "a",
        "MediaId": 0, "MaxResolutionUserAlign": 1, "RenderMode": 3,
        "PureAudioDisableLayout": True, "BackgroundImageUrl": "https://a.x/b.png",
        "BackgroundImageRenderMode": 0, "PlaceHolderMode": 1,
        "DefaultSubBackgroundImage": "https://a.x/p.png",
    }  # fmt: skip


def test_it_paints_watermarks():
    marks = (
        ImageMark(Rect(0, 0, 0.1, 0.1), "https://a.x/m.png"),
        TextMark(Rect(0, 0.5, 0.5, 0.1), "live", 20, "#FF0000", "#000000"),
        TimeMark(Place.BOTTOM, -120),
    )
    layout = Layout(Preset.GRID, watermarks=marks)
    image, words, time = body_of(layout=layout)["MixLayoutParams"]["WaterMarkList"]
    assert image["WaterMarkImage"]["Width"] == 128
    assert words["WaterMarkChar"]["FontColor"] == "0xFF0000"
    assert time["WaterMarkTimestamp"] == {"Pos": 5, "TimeZone": -2}


@pytest.mark.parametrize("what", ["layout", "subscription"])
def test_a_change_always_sends_both_parts(client, vendor, what):
    """The vendor's call replaces all it covers: what is left out would be reset."""
    vendor.answers(CREATED)
    only = Subscription(audio=Choice(never=("ben",)))
    spec = spec_of(layout=Layout(Preset.TRTC_FLOATING), subscription=only)
    if what == "layout":
        client.set_layout(HANDLE, Layout(Preset.TRTC_FLOATING), replace_subscription(spec, only))
    else:
        client.set_subscription(HANDLE, only, replace_subscription(spec, Subscription()))
    body = vendor.asked[0].json
    conforms(body, "ModifyCloudRecording")
    assert body["MixLayoutParams"]["MixLayoutMode"] == 1
    assert body["SubscribeStreamUserIds"]["UnSubscribeAudioUserIds"] == ["ben"]


def replace_subscription(spec, subscription):
    return replace(spec, profile=replace(spec.profile, subscription=subscription))


def test_single_people_have_no_layout(client, vendor):
    single, spec = {**HANDLE, "mode": "individual"}, spec_of(**SINGLE)
    vendor.answers(CREATED)
    with pytest.raises(Unsupported):
        client.set_layout(single, Layout(Preset.GRID), spec)
    client.set_subscription(single, Subscription(Choice(("a",))), spec)
    assert "MixLayoutParams" not in vendor.asked[0].json


# ---------------------------------------------------------------- rooms with rights


def test_a_room_key_is_laid_out_as_documented():
    found = tickets.room_rights("ab", 0x01020304, "5", True, 0x0A0B0C0D)
    assert found.hex() == "000002616201020304000000050a0b0c0d0000002a00000000"


def test_rooms_with_rights_get_a_second_ticket(config, vendor, spec):
    keys = {**config.credentials, "room_rights": "yes"}
    vendor.answers(CREATED)
    TrtcClient(replace(config, credentials=keys), now=lambda: NOW).start(spec, PREPARED)
    key = vendor.asked[0].json["PrivateMapKey"]
    assert trtc_usersig.verify(key, APP_SECRET, APP, "rec_8801_a", NOW) == ""
    assert trtc_usersig.read(key).userbuf


@pytest.mark.parametrize("typed", ["", " No ", "false", "否"])
def test_rooms_without_rights_get_one_ticket(config, vendor, spec, typed):
    keys = {**config.credentials, "room_rights": typed}
    vendor.answers(CREATED)
    TrtcClient(replace(config, credentials=keys), now=lambda: NOW).start(spec, PREPARED)
    assert "PrivateMapKey" not in vendor.asked[0].json


# ---------------------------------------------------------------- what cannot be


@pytest.mark.parametrize(
    ("profile", "where"),
    [
        ({"snapshot_s": 10}, "snapshot_s"),
        ({"merge": Merge.ONLY}, "merge"),
        (SINGLE | {"merge": Merge.BESIDE}, "merge"),
        (SINGLE | {"gop_s": 2}, "gop_s"),
        ({"resource_hours": 5}, "resource_hours"),
        ({"small_pictures": True}, "small_pictures"),
        ({"canvas": Canvas(1280, 720, 61)}, "canvas.fps"),
        ({"canvas": Canvas(1280, 720, 15, 63)}, "canvas.bitrate_kbps"),
    ],
)
def test_it_says_what_an_account_cannot_do(profile, where):
    problems = problems_of(Profile("rec_a", **profile), CAPABILITIES, LOCAL)
    assert [problem.where for problem in problems] == [where]


def test_beginnings_are_understood():
    rules = Subscription(Choice(("host*",)))
    assert not problems_of(Profile("rec_a", subscription=rules), CAPABILITIES, LOCAL)


def test_the_documented_signature_comes_out():
    """Vector of trtc.md 2.2."""
    body = b'{"SdkAppId": 1400000001, "TaskId": "-T0."}'
    assert json.dumps({"SdkAppId": APP, "TaskId": "-T0."}).encode() == body
    assert hashlib.sha256(body).hexdigest().startswith("14662ced50e5")
    headers = {"content-type": "application/json", "host": "127.0.0.1:18080"}
    made = trtc_tc3.authorization("id", SECRET_KEY, NOW, "trtc", headers, body)
    assert made.endswith("32cac6566dd0c3b1ac0d4511c33c63cbf88d0d8abdf16d01eb573a4ac8137bd8")
