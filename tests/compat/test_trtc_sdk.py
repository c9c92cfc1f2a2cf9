"""The vendor's own Python client records with our engine: whole recordings, errors included.

Its package is pinned in requirements-dev.txt. What it is strict about is in trtc.md 2.3.
"""

import io
import time

import av
import pytest
import requests
from tencentcloud.common import credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.trtc.v20190722 import errorcodes, models, trtc_client

from dashboard.protocols import trtc, trtc_errors
from tests.engine.harness import wait_until
from tests.engine.trtc import (
    APP,
    BUCKET,
    SECRET_ID,
    SECRET_KEY,
    SMALL,
    TrtcReceiver,
    assert_typical,
    trtc_engine,
    user_sig,
)


@pytest.fixture(scope="module")
def receiver():
    with TrtcReceiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def engine(tmp_path_factory, receiver):
    folder = tmp_path_factory.mktemp("engine")
    with trtc_engine(folder, receiver.url, cpu_share=0, trtc_most_tasks=4) as process:
        yield process


@pytest.fixture(autouse=True)
def without_proxies(monkeypatch):
    """The client would send calls to loopback through them."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


def client_of(engine, secret_id=SECRET_ID, secret_key=SECRET_KEY, **changes):
    """The three lines that somebody changes to record with the engine."""
    http = HttpProfile(protocol="http", endpoint=f"127.0.0.1:{engine.port}", reqTimeout=10)
    keys = credential.Credential(secret_id, secret_key)
    profile = ClientProfile(httpProfile=http)
    vars(profile).update(changes)
    return trtc_client.TrtcClient(keys, "ap-guangzhou", profile)


@pytest.fixture
def client(engine):
    return client_of(engine)


def request_of(kind, **members):
    """A request of the client's own classes."""
    made = getattr(models, f"{kind}CloudRecordingRequest")()
    made._deserialize({"SdkAppId": APP, **members})
    return made


def create_request(room, robot="robot", **members):
    return request_of(
        "Create",
        **{
            "RoomId": room,
            "UserId": robot,
            "UserSig": user_sig(robot),
            "RecordParams": {"RecordMode": 2, "MaxIdleTime": 30},
            "StorageParams": {"CloudStorage": BUCKET},
            "MixTranscodeParams": {"VideoParams": SMALL},
            **members,
        },
    )


def of(task_id, kind, **members):
    return request_of(kind, TaskId=task_id, **members)


def failing(call, request):
    with pytest.raises(TencentCloudSDKException) as caught:
        call(request)
    assert caught.value.get_request_id()
    return caught.value.get_code()


def test_it_records_everybody_in_one_picture(engine, client, receiver):
    engine.join("*8801", "anna")
    engine.join("*8801", "ben")
    record = {"RecordMode": 2, "MaxIdleTime": 60, "OutputFormat": 1}
    layout = {"MixLayoutMode": 1, "MaxResolutionUserId": "ben"}
    task_id = client.CreateCloudRecording(
        create_request("8801", RecordParams=record, MixLayoutParams=layout)
    ).TaskId
    answer = wait_until(lambda: _in_progress(client, task_id), what="InProgress")
    (file,) = answer.StorageFileList
    assert (file.UserId, file.FileName) == ("", f"{APP}_8801.m3u8")
    assert (file.TrackType, type(file.BeginTimeStamp)) == ("audio_video", int)
    assert answer.RequestId

    lists = {"SubscribeVideoUserIds": ["an.*$"], "SubscribeAudioUserIds": ["anna"]}
    windows = [{"Top": 0, "Left": 0, "Width": 160, "Height": 180, "UserId": "anna", "Alpha": 0}]
    change = {"MixLayoutMode": 4, "MixLayoutList": windows}
    changed = client.ModifyCloudRecording(
        of(task_id, "Modify", SubscribeStreamUserIds=lists, MixLayoutParams=change)
    )
    assert changed.TaskId == task_id
    time.sleep(1)

    assert client.DeleteCloudRecording(of(task_id, "Delete")).TaskId == task_id
    receiver.wait_for(310, task_id)
    assert_typical(receiver.events(task_id))
    _assert_plays(engine.stored(task_id) / f"{APP}_8801.mp4")
    wait_until(lambda: failing(client.DescribeCloudRecording, of(task_id, "Describe")))
    for call, kind in ((client.DescribeCloudRecording, "Describe"),
                       (client.ModifyCloudRecording, "Modify"),
                       (client.DeleteCloudRecording, "Delete")):  # fmt: skip
        assert failing(call, of(task_id, kind)) == errorcodes.RESOURCENOTFOUND


def test_it_records_people_one_by_one_into_the_library(engine, client, receiver):
    engine.join("class-7", "anna")
    engine.join("class-7", "ben", video=False)
    task_id = client.CreateCloudRecording(
        create_request(
            "class-7",
            RoomIdType=0,
            RecordParams={"RecordMode": 1},
            StorageParams={"CloudVod": {"TencentVod": {"MediaType": 0}}},
        )
    ).TaskId
    answer = wait_until(lambda: _in_progress(client, task_id), what="InProgress")
    assert answer.StorageFileList == []
    time.sleep(1)
    client.DeleteCloudRecording(of(task_id, "Delete"))
    receiver.wait_for(312, task_id)
    told = [one.payload for one in receiver.of(task_id) if one.event == 311]
    files = {one["TencentVod"]["UserId"]: one["TencentVod"] for one in told}
    assert set(files) == {"anna", "ben"}
    assert receiver.of(task_id)[0].info["RoomId"] == "class-7"
    for file in files.values():
        content = requests.get(file["VideoUrl"], timeout=5).content
        _assert_plays(io.BytesIO(content))


def test_it_takes_what_other_ways_of_calling_send(engine, client, receiver):
    """A body that is not signed, and a document instead of classes."""
    unsigned = client_of(engine, unsignedPayload=True)
    task_id = unsigned.CreateCloudRecording(create_request("8803")).TaskId
    document = {"SdkAppId": APP, "TaskId": task_id}
    said = client.call_json("DescribeCloudRecording", document)
    assert said["Response"]["Status"] == "Idle"
    assert client.call_json("DeleteCloudRecording", document)["Response"]["TaskId"] == task_id
    receiver.wait_for(302, task_id)


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"UserSig": "nonsense"}, "InvalidParameter.UserSig"),
        ({"UserSig": None}, "MissingParameter.UserSig"),
        ({"RoomId": "0"}, "InvalidParameter.OutOfRange"),
        ({"RecordParams": {"RecordMode": 2, "MaxIdleTime": 4}}, "InvalidParameter.OutOfRange"),
        ({"RecordParams": {"MaxIdleTime": 30}}, "MissingParameter.RecordMode"),
        ({"StorageParams": {}}, "MissingParameter.CloudStorage"),
        ({"SdkAppId": APP + 1}, "InvalidParameter.SdkAppId"),
    ],
    ids=str,
)
def test_it_hears_the_codes_of_what_is_wrong(client, members, code):
    assert failing(client.CreateCloudRecording, create_request("8804", **members)) == code


def test_it_hears_that_its_keys_are_wrong(engine):
    describe = of("-T+0.", "Describe")
    unknown = client_of(engine, secret_id="AKIDother")
    assert failing(unknown.DescribeCloudRecording, describe) == "AuthFailure.SecretIdNotFound"
    wrong = client_of(engine, secret_key="another")
    assert failing(wrong.DescribeCloudRecording, describe) == "AuthFailure.SignatureFailure"


def test_it_hears_of_limits_and_of_faults(engine, client):
    tasks = [
        client.CreateCloudRecording(create_request("8805", robot)).TaskId
        for robot in ("a", "b", "c", "d")
    ]
    full = failing(client.CreateCloudRecording, create_request("8805", "e"))
    assert full == errorcodes.FAILEDOPERATION_RESTRICTEDCONCURRENCY
    for code in ("InternalError.CRInternalError", "RequestLimitExceeded"):
        engine.faults(answers=[{"call": trtc.DESCRIBE, "error": code, "times": 1}])
        assert failing(client.DescribeCloudRecording, of(tasks[0], "Describe")) == code
    assert client.DescribeCloudRecording(of(tasks[0], "Describe")).Status == "Idle"
    for task_id in tasks:
        client.DeleteCloudRecording(of(task_id, "Delete"))


def test_our_table_has_every_field_of_the_clients_classes():
    ours = {name: shape for name, shape in trtc.SHAPES.items() if name not in trtc.CALLS}
    for name, shape in {**ours, **{call: trtc.SHAPES[call] for call in trtc.CALLS}}.items():
        kind = getattr(models, f"{name}Request" if name in trtc.CALLS else name)
        theirs = {field.removeprefix("_") for field in vars(kind())}
        international = {"EndpointUrl"} if name == "CloudStorage" else set()
        assert set(shape) == theirs | international, name


def test_our_errors_are_those_of_the_client():
    """Those that a gateway gives, before the service is asked, are in no client."""
    theirs = {value for name, value in vars(errorcodes).items() if name.isupper()}
    gateway = {"ActionOffline", "InvalidAction", "NoSuchVersion", "NoSuchProduct",
               "RequestLimitExceeded", "UnknownParameter", "InvalidParameterValue",
               "MissingParameter"}  # fmt: skip
    ours = {row.code for row in trtc_errors.TABLE}
    unknown = {code for code in ours - theirs - gateway if not code.startswith("AuthFailure.")}
    assert unknown == set()


def _in_progress(client, task_id):
    answer = client.DescribeCloudRecording(of(task_id, "Describe"))
    assert answer.TaskId == task_id
    return answer if answer.Status == "InProgress" else None


def _assert_plays(source):
    with av.open(source) as media:
        assert sum(1 for _ in media.decode()) > 20
