"""What TRTC's calls may carry, in which order mistakes are told, and what becomes of it."""

import copy
import time

import pytest

from dashboard.engine.apps import TRTC, App
from dashboard.engine.doors.trtc_answers import Refusal
from dashboard.engine.doors.trtc_validation import read_create, read_modify, read_task
from tests.engine.trtc import APP, APP_SECRET, BUCKET, ROBOT, SMALL, create_request, user_sig, vod

THE_APP = App(TRTC, str(APP), "AKIDlocal", "key", app_secret=APP_SECRET)


def create(**changes):
    return read_create(create_request(**changes), THE_APP, "-T+0.")


def refused(document, read=None):
    with pytest.raises(Refusal) as caught:
        (read or (lambda: read_create(document, THE_APP, "-T+0.")))()
    return caught.value


def without(path, document=None):
    """A CreateCloudRecording in which a member is missing."""
    document = copy.deepcopy(document or create_request())
    *way, name = path.split(".")
    place = document
    for step in way:
        place = place[step]
    del place[name]
    return document


def with_record(**members):
    return create_request(RecordParams=members)


def with_layout(**members):
    return create_request(MixLayoutParams={"MixLayoutMode": 4, **members})


WINDOW = {"Top": 0, "Left": 0, "Width": 320, "Height": 180}
LOGO = "https://img.example/logo.png"


def test_it_reads_a_mixed_recording():
    made = create(RecordParams={"OutputFormat": 1, "MaxIdleTime": 60})
    assert (made.channel, made.robot, made.hours) == ("*8801", ROBOT, 72)
    spec = made.spec
    assert spec.mode == "mix"
    assert spec.style == "trtc"
    assert spec.stem == f"{APP}_8801"
    assert spec.canvas == {
        "width": 320, "height": 180, "fps": 10, "bitrate_kbps": 200, "gop_s": 2,
    }  # fmt: skip
    assert spec.sound == {"rate": 48_000, "channels": 2, "bitrate_kbps": 64}
    assert spec.layout["preset"] == "grid"
    assert (spec.hls, spec.mp4, spec.aac) == (True, True, False)
    assert (spec.max_idle_s, spec.part_min) == (60, 1440)
    assert (spec.bucket, spec.folders) == (BUCKET["Bucket"], ("-T+0.",))
    assert (spec.storage, spec.library) == (None, None)


def test_it_is_portrait_where_nothing_is_said():
    canvas = create(MixTranscodeParams=None).spec.canvas
    assert canvas == {"width": 360, "height": 640, "fps": 15, "bitrate_kbps": 550, "gop_s": 10}


def test_it_reads_a_recording_of_single_people():
    record = {"RecordMode": 1, "StreamType": 1, "MediaId": 2, "FillType": 1, "AvMerge": 1,
              "MaxMediaFileDuration": 30}  # fmt: skip
    spec = create(RecordParams=record).spec
    assert (spec.mode, spec.streams, spec.merge) == ("individual", "audio", "only")
    assert (spec.pictures, spec.on_pause, spec.part_min) == ("screen", "black", 30)


@pytest.mark.parametrize(
    ("number", "kept"),
    [(0, "hls"), (1, "hls mp4"), (2, "hls aac"), (3, "mp4"), (4, "aac")],
)
def test_it_knows_each_output_format(number, kept):
    spec = create(RecordParams={"OutputFormat": number}).spec
    assert [name for name in ("hls", "mp4", "aac") if getattr(spec, name)] == kept.split()


@pytest.mark.parametrize(
    ("number", "kept"),
    [(0, "mp4"), (1, "hls"), (2, "aac"), (3, "hls mp4"), (4, "hls aac")],
)
def test_it_knows_each_media_type_of_the_library(number, kept):
    storage = vod(MediaType=number, UserDefineRecordId="week-7", ExpireTime=60)
    record = {"StreamType": 1, "OutputFormat": 4}
    spec = create(StorageParams=storage, RecordParams=record).spec
    assert [name for name in ("hls", "mp4", "aac") if getattr(spec, name)] == kept.split()
    assert spec.library["record_id"] == "week-7"
    assert spec.library["keep_s"] == 60


def test_it_takes_a_library_without_any_wish():
    spec = create(StorageParams={"CloudVod": {"TencentVod": {}}}).spec
    assert spec.library is not None
    assert (spec.hls, spec.mp4, spec.aac) == (False, True, False)


@pytest.mark.parametrize(
    ("room", "kind", "channel", "stem"),
    [
        ("8801", 1, "*8801", f"{APP}_8801"),
        ("8801", 0, "8801", f"{APP}_ODgwMQ.."),
        ("class-7", 0, "class-7", f"{APP}_Y2xhc3MtNw.."),
        ("*8801", 0, "**8801", f"{APP}_Kjg4MDE."),
    ],
)
def test_it_keeps_rooms_apart_whose_ids_are_numbers_and_text(room, kind, channel, stem):
    made = create(RoomId=room, RoomIdType=kind)
    assert (made.channel, made.spec.stem) == (channel, stem)


def test_it_reads_lists_of_people():
    lists = {
        "SubscribeAudioUserIds": ["anna", "host.*$"],
        "UnSubscribeAudioUserIds": ["host_9"],
        "SubscribeVideoUserIds": [],
    }
    spec = create(RecordParams={"SubscribeStreamUserIds": lists}).spec
    assert spec.subscription == {
        "audio": {"allow": ["anna", "host.*$"], "deny": ["host_9"]},
        "video": None,
    }


def test_it_sends_files_to_an_endpoint_that_is_named():
    bucket = {**BUCKET, "Vendor": 1, "EndpointUrl": "http://127.0.0.1:9000",
              "FileNamePrefix": ["lessons", "2026"]}  # fmt: skip
    spec = create(StorageParams={"CloudStorage": bucket}).spec
    assert spec.storage["endpoint"] == "http://127.0.0.1:9000"
    assert spec.storage["bucket"] == BUCKET["Bucket"]
    assert spec.folders == ("lessons", "2026", "-T+0.")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("SdkAppId", "MissingParameter.SdkAppId"),
        ("RoomId", "MissingParameter.RoomId"),
        ("UserId", "MissingParameter.UserId"),
        ("UserSig", "MissingParameter.UserSig"),
        ("RecordParams", "MissingParameter.RecordParams"),
        ("RecordParams.RecordMode", "MissingParameter.RecordMode"),
        ("StorageParams", "MissingParameter.StorageParams"),
        ("StorageParams.CloudStorage", "MissingParameter.CloudStorage"),
        ("StorageParams.CloudStorage.Vendor", "MissingParameter.Vendor"),
        ("StorageParams.CloudStorage.Region", "MissingParameter.Region"),
        ("StorageParams.CloudStorage.Bucket", "MissingParameter.Bucket"),
        ("StorageParams.CloudStorage.AccessKey", "MissingParameter.AccessKey"),
        ("StorageParams.CloudStorage.SecretKey", "MissingParameter.SecretKey"),
        ("MixTranscodeParams.VideoParams.Gop", "MissingParameter"),
    ],
)
def test_it_names_what_is_missing(path, code):
    found = refused(without(path))
    assert found.code == code
    assert path.rpartition(".")[2] in found.message


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (create_request(RoomId="0"), "InvalidParameter.OutOfRange"),
        (create_request(RoomId="x" * 65, RoomIdType=0), "InvalidParameter.OutOfRange"),
        (create_request(RoomId=8801), "InvalidParameter"),
        (create_request(RoomIdType=2), "InvalidParameter.OutOfRange"),
        (create_request(robot="a b"), "InvalidParameter.OutOfRange"),
        (create_request(robot="r" * 33), "InvalidParameter.OutOfRange"),
        (create_request(ResourceExpiredHour=5), "InvalidParameter.OutOfRange"),
        (create_request(ResourceExpiredHour=721), "InvalidParameter.OutOfRange"),
        (create_request(SdkAppId=APP + 1), "InvalidParameter.SdkAppId"),
        (create_request(Colour="red"), "UnknownParameter"),
        (with_record(RecordMode=3), "InvalidParameter.OutOfRange"),
        (with_record(RecordMode="2"), "InvalidParameter"),
        (with_record(RecordMode=True), "InvalidParameter"),
        (with_record(MaxIdleTime=4), "InvalidParameter.OutOfRange"),
        (with_record(MaxIdleTime=86_401), "InvalidParameter.OutOfRange"),
        (with_record(OutputFormat=5), "InvalidParameter.OutOfRange"),
        (with_record(MaxMediaFileDuration=1441), "InvalidParameter.OutOfRange"),
        (with_record(Foo=1), "UnknownParameter"),
        (with_record(SubscribeStreamUserIds={"SubscribeAudioUserIds": ["a.*"]}),
         "InvalidParameter"),
        (with_record(SubscribeStreamUserIds={"SubscribeAudioUserIds": ["a"] * 33}),
         "InvalidParameter.OutOfRange"),
        (create_request(StorageParams={"CloudStorage": BUCKET, **vod()}), "InvalidParameter"),
        (create_request(StorageParams={"CloudStorage": {**BUCKET, "Bucket": "../x"}}),
         "InvalidParameter"),
        (create_request(StorageParams={"CloudStorage": {**BUCKET, "FileNamePrefix": ["a/b"]}}),
         "InvalidParameter"),
        (create_request(StorageParams={"CloudStorage": {**BUCKET, "EndpointUrl": "ftp://x"}}),
         "InvalidParameter"),
        (create_request(StorageParams=vod(MediaType=2)), "InvalidParameter"),
        (create_request(StorageParams=vod(UserDefineRecordId="a b")), "InvalidParameter"),
        (create_request(MixTranscodeParams={"VideoParams": {**SMALL, "BitRate": 63_999}}),
         "InvalidParameter.OutOfRange"),
        (create_request(MixTranscodeParams={"VideoParams": {**SMALL, "Width": 1920,
                                                            "Height": 1081}}),
         "InvalidParameter.OutOfRange"),
        (create_request(MixTranscodeParams={"AudioParams": {"SampleRate": 4, "Channel": 2,
                                                            "BitRate": 64_000}}),
         "InvalidParameter.OutOfRange"),
        (with_layout(), "MissingParameter"),
        (with_layout(MixLayoutList=[{**WINDOW, "Left": 1}]), "InvalidParameter.OutOfRange"),
        (with_layout(MixLayoutList=[{**WINDOW, "Height": 0}]), "InvalidParameter.OutOfRange"),
        (with_layout(MixLayoutList=[WINDOW] * 26), "InvalidParameter.OutOfRange"),
        (with_layout(MixLayoutList=[WINDOW], BackGroundColor="red"), "InvalidParameter"),
        (with_layout(MixLayoutList=[WINDOW], BackgroundImageUrl="https://img.example/a.gif"),
         "InvalidParameter"),
        (with_layout(MixLayoutList=[WINDOW], WaterMarkList=[{"WaterMarkType": 1}]),
         "MissingParameter"),
        (with_layout(MixLayoutList=[WINDOW], WaterMarkList=[
            {"WaterMarkImage": {**WINDOW, "Width": 321, "WaterMarkUrl": LOGO}}]),
         "InvalidParameter.OutOfRange"),
    ],
)  # fmt: skip
def test_it_refuses_what_is_out_of_range(document, code):
    assert refused(document).code == code


def test_it_tells_of_one_kind_of_mistake_after_the_other():
    document = create_request(
        UserSig="nonsense",
        Colour="red",
        RecordParams={"MaxIdleTime": 1},
        StorageParams={"CloudStorage": BUCKET, **vod()},
        MixLayoutParams={"MixLayoutMode": 4, "MixLayoutList": [{**WINDOW, "Left": 9}] * 26},
        MixTranscodeParams={"VideoParams": {"Width": 320, "Height": 180}},
    )
    del document["RoomId"]
    told = []
    for mend in (
        lambda: document.pop("Colour"),
        lambda: document.update(RoomId="8801"),
        lambda: document["RecordParams"].update(MaxIdleTime=30),
        lambda: document["StorageParams"].pop("CloudVod"),
        lambda: document["MixTranscodeParams"].update(VideoParams=SMALL),
        lambda: document["MixLayoutParams"].update(MixLayoutList=[WINDOW] * 26),
        lambda: document["MixLayoutParams"].update(MixLayoutList=[WINDOW]),
        lambda: document.update(UserSig=user_sig()),
    ):
        told.append(refused(document).message)
        mend()
    subjects = ["`Colour`", "`RoomId`", "`RecordParams.MaxIdleTime`", "CloudStorage or CloudVod",
                "`MixTranscodeParams.VideoParams.Fps`", "on the canvas", "at most 25",
                "`UserSig`"]  # fmt: skip
    assert [subject in message for subject, message in zip(subjects, told, strict=True)] == [
        True
    ] * 8, told
    read_create(document, THE_APP, "-T+0.")


@pytest.mark.parametrize(
    "ticket",
    [
        user_sig("rec_8801_b"),
        user_sig(app=APP + 1),
        user_sig(secret="f" * 64),
        user_sig(time_s=int(time.time()) - 100, expire_s=90),
        "eJwrSS0uAQAEXQHB",
    ],
)
def test_it_checks_the_user_sig(ticket):
    assert refused(create_request(UserSig=ticket)).code == "InvalidParameter.UserSig"


def test_it_never_says_a_secret():
    secret = "s3cr3t" * 4000
    for document in (
        create_request(UserSig=secret),
        create_request(StorageParams={"CloudStorage": {**BUCKET, "SecretKey": secret}}),
    ):
        assert "s3cr3t" not in refused(document).message


# ------------------------------------------------------------------ layouts and watermarks


def layout_of(**members):
    return create(MixLayoutParams=members).spec.layout


@pytest.mark.parametrize(
    ("members", "layout"),
    [
        ({"MixLayoutMode": 1}, {"preset": "trtc_floating"}),
        ({"MixLayoutMode": 2, "MaxResolutionUserId": "anna", "MediaId": 1,
          "MaxResolutionUserAlign": 1},
         {"preset": "screen_share", "focus_uid": "anna", "focus_stream": "screen",
          "focus_side": "right"}),
        ({"MixLayoutMode": 3, "MaxResolutionUserId": "anna", "MaxResolutionUserAlign": 1},
         {"preset": "grid"}),
        ({"MixLayoutMode": 3, "RenderMode": 2, "PureAudioDisableLayout": True},
         {"preset": "grid", "fit": "contain", "hide_audio_only": True}),
        ({"MixLayoutMode": 3, "BackGroundColor": "#ff8800", "BackgroundImageUrl": LOGO,
          "BackgroundImageRenderMode": 0},
         {"preset": "grid", "background": "#FF8800", "background_image": LOGO,
          "background_fit": "stretch"}),
        ({"MixLayoutMode": 3, "DefaultSubBackgroundImage": LOGO}, {"preset": "grid"}),
        ({"MixLayoutMode": 3, "DefaultSubBackgroundImage": LOGO, "PlaceHolderMode": 1},
         {"preset": "grid", "placeholder": LOGO}),
    ],
)  # fmt: skip
def test_it_reads_each_layout(members, layout):
    wanted = {"background": "#000000", "placeholder_when": "at_once", **layout}
    assert layout_of(**members) == wanted


def test_it_reads_windows_by_their_layer():
    windows = [
        {**WINDOW, "UserId": "anna", "ImageLayer": 2, "Alpha": 51, "RenderMode": 3},
        {**WINDOW, "Width": 160, "MediaId": 1, "UserId": "ben"},
        {**WINDOW, "Left": 160, "Width": 160, "ImageLayer": 0, "RenderMode": 2},
    ]
    regions = layout_of(MixLayoutMode=4, MixLayoutList=windows)["regions"]
    assert regions == [
        {"uid": "ben", "x": 0.0, "y": 0.0, "w": 0.5, "h": 1.0, "opacity": 1.0, "fit": "fill",
         "stream": "screen"},
        {"uid": None, "x": 0.5, "y": 0.0, "w": 0.5, "h": 1.0, "opacity": 1.0, "fit": "contain"},
        {"uid": "anna", "x": 0.0, "y": 0.0, "w": 1.0, "h": 1.0, "opacity": 0.8, "fit": "smart"},
    ]  # fmt: skip


def test_it_turns_alpha_round():
    windows = [{**WINDOW, "Alpha": alpha} for alpha in (0, 255)]
    regions = layout_of(MixLayoutMode=4, MixLayoutList=windows)["regions"]
    assert [region["opacity"] for region in regions] == [1.0, 0.0]


def test_it_takes_windows_on_a_canvas_of_odd_size():
    windows = [{"Top": 0, "Left": 0, "Width": 321, "Height": 181}]
    video = {"VideoParams": {**SMALL, "Width": 321, "Height": 181}}
    spec = create(
        MixLayoutParams={"MixLayoutMode": 4, "MixLayoutList": windows}, MixTranscodeParams=video
    ).spec
    assert (spec.canvas["width"], spec.canvas["height"]) == (320, 180)
    assert (spec.layout["regions"][0]["w"], spec.layout["regions"][0]["h"]) == (1.0, 1.0)


def test_it_reads_watermarks():
    marks = [
        {"WaterMarkImage": {"WaterMarkUrl": LOGO, "Top": 0, "Left": 160, "Width": 80,
                            "Height": 45}},
        {"WaterMarkType": 1, "WaterMarkChar": {"Top": 90, "Left": 0, "Width": 320, "Height": 18,
                                               "Chars": "Lesson 7", "FontColor": "0xff0000",
                                               "BackGroundColor": "#00FF00"}},
        {"WaterMarkType": 2, "WaterMarkTimestamp": {"Pos": 4, "TimeZone": -5}},
    ]  # fmt: skip
    spec = create(MixLayoutParams={"MixLayoutMode": 3, "WaterMarkList": marks}).spec
    assert list(spec.watermarks) == [
        {"kind": "image", "x": 0.5, "y": 0.0, "w": 0.25, "h": 0.25, "image": LOGO},
        {"kind": "text", "x": 0.0, "y": 0.5, "w": 1.0, "h": 0.1, "text": "Lesson 7",
         "size_px": 14, "color": "#FF0000", "background": "#00FF00"},
        {"kind": "time", "place": "top", "offset_min": -300},
    ]  # fmt: skip


# ------------------------------------------------------------------ the other calls


def test_it_replaces_all_that_a_change_covers():
    spec = create(MixLayoutParams={"MixLayoutMode": 1}).spec
    changes = read_modify({"SdkAppId": APP, "TaskId": "-T+0."}, THE_APP, spec)
    assert changes.layout["preset"] == "grid"
    assert changes.watermarks == ()
    assert changes.subscription == {"audio": None, "video": None}


def test_it_takes_new_windows_on_a_canvas_of_odd_size():
    odd = {**SMALL, "Width": 321, "Height": 181}
    spec = create(MixTranscodeParams={"VideoParams": odd}).spec
    whole = {"Top": 0, "Left": 0, "Width": 321, "Height": 181}

    def read(window):
        change = {"MixLayoutMode": 4, "MixLayoutList": [window]}
        document = {"SdkAppId": APP, "TaskId": "-T+0.", "MixLayoutParams": change}
        return read_modify(document, THE_APP, spec)

    (region,) = read(whole).layout["regions"]
    assert (region["w"], region["h"]) == (1, 1)
    assert (
        refused(None, lambda: read({**whole, "Width": 322})).code == "InvalidParameter.OutOfRange"
    )


def test_it_measures_new_windows_by_the_canvas_of_the_recording():
    spec = create().spec
    wide = {"MixLayoutMode": 4, "MixLayoutList": [{**WINDOW, "Width": 640}]}
    document = {"SdkAppId": APP, "TaskId": "-T+0.", "MixLayoutParams": wide}
    found = refused(document, lambda: read_modify(document, THE_APP, spec))
    assert found.code == "InvalidParameter.OutOfRange"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"SdkAppId": APP}, "MissingParameter.TaskId"),
        ({"SdkAppId": APP, "TaskId": ""}, "MissingParameter.TaskId"),
        ({"TaskId": "-T+0."}, "MissingParameter.SdkAppId"),
        ({"SdkAppId": APP, "TaskId": 7}, "InvalidParameter"),
        ({"SdkAppId": APP + 1, "TaskId": "-T+0."}, "InvalidParameter.SdkAppId"),
        ({"SdkAppId": APP, "TaskId": "-T+0.", "RoomId": "8801"}, "UnknownParameter"),
    ],
)
def test_it_wants_to_know_the_task(document, code):
    found = refused(document, lambda: read_task("DeleteCloudRecording", document, THE_APP))
    assert found.code == code
