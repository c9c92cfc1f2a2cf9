"""Whole documented answers of all calls, in each spelling that a page or a service has.

Agora writes numbers and booleans, older pages write both as text; the file's name has two
keys; anyRTC puts an answer into {"Code", "Body"}, and some of its services do not.
"""

from dataclasses import replace

import pytest

from dashboard.domain.recording import Phase, StorageTarget
from dashboard.domain.subscription import Choice, Subscription
from dashboard.layouts.document import Layout, Preset
from dashboard.protocols import agora
from dashboard.providers.agora import client as agora_client
from dashboard.providers.anyrtc import client as anyrtc_client
from dashboard.providers.trtc.client import TrtcClient
from tests.providers.conftest import HANDLE, says

RID, SID = HANDLE["resource_id"], HANDLE["sid"]
BEGUN, LATER = 1767225600123, 1767225600200
IDS = {"cname": "lesson-7", "uid": "900001", "resourceId": RID}
NAMED = {**IDS, "sid": SID}
INDEX, MP4 = f"year26/l7/{SID}_lesson-7.m3u8", f"year26/l7/{SID}_lesson-7_0.mp4"
VOICE = f"{SID}_lesson-7__uid_s_11__uid_e_audio.m3u8"
FACE = f"{SID}_lesson-7__uid_s_12__uid_e_video.m3u8"


def entry(name, track="audio_and_video", uid="0", begun=BEGUN, playable=True):
    return {"fileName": name, "trackType": track, "uid": uid, "mixedAllUser": uid == "0",
            "isPlayable": playable, "sliceStartTime": begun}  # fmt: skip


MIXED = [entry(MP4), entry(INDEX)]
SINGLE = [entry(VOICE, "audio", "11", LATER), entry(FACE, "video", "12", LATER, playable=False)]
MIXED_READ = [(name, "audio_and_video", None, True, BEGUN) for name in (MP4, INDEX)]
SINGLE_READ = [(VOICE, "audio", "11", True, LATER), (FACE, "video", "12", False, LATER)]
INDEX_READ = [(INDEX, "audio_and_video", None, True, None)]

FILES = {
    "one index": ("mix", {"fileListMode": "string", "fileList": INDEX}, INDEX_READ),
    "index and mp4": ("mix", {"fileListMode": "json", "fileList": MIXED}, MIXED_READ),
    "each person": ("individual", {"fileListMode": "json", "fileList": SINGLE}, SINGLE_READ),
    "screenshots only": ("individual", {}, []),
}


def as_text(value):
    """The older pages' spelling: every number and boolean is a text."""
    if isinstance(value, dict):
        return {name: as_text(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_text(item) for item in value]
    return value if isinstance(value, str) else str(value).lower()


def lower_key(value):
    """The older pages' and anyRTC's name for a file's name."""
    if isinstance(value, dict):
        renamed = {"fileName": "filename"}
        return {renamed.get(name, name): lower_key(item) for name, item in value.items()}
    return [lower_key(item) for item in value] if isinstance(value, list) else value


def both(value):
    return lower_key(as_text(value))


SPELLINGS = {"as today": lambda value: value, "as text": as_text, "filename": lower_key,
             "as text, filename": both}  # fmt: skip
MAKERS = {"agora": agora_client.make, "anyrtc": anyrtc_client.make}
WRAPPERS = {"plain": lambda body: body, "wrapped": lambda body: {"Code": 200, "Body": body}}


@pytest.fixture(params=MAKERS)
def client(request, config):
    client = MAKERS[request.param](replace(config, vendor=request.param))
    yield client
    client.close()


@pytest.fixture(params=WRAPPERS)
def tells(request, vendor):
    return lambda *bodies: vendor.answers(
        *(says(200, WRAPPERS[request.param](body)) for body in bodies)
    )


@pytest.fixture(params=SPELLINGS)
def spelled(request):
    return SPELLINGS[request.param]


def read(files):
    return [
        (file.name, file.track, file.uid, file.playable,
         round(file.started_at.timestamp() * 1000) if file.started_at else None)
        for file in files
    ]  # fmt: skip


@pytest.mark.parametrize("more", [{}, {"cname": "lesson-7", "uid": 900001}], ids=["ids", "all"])
def test_acquire_and_start_name_the_recording(client, tells, spec, more):
    tells({**more, "resourceId": RID}, {**more, "resourceId": RID, "sid": SID})
    assert client.start(spec, client.prepare(spec)) == HANDLE


@pytest.mark.parametrize("case", FILES)
def test_query_lists_the_files(client, tells, spelled, case):
    mode, listed, files = FILES[case]
    response = {"status": 5, "sliceStartTime": BEGUN, **listed}
    tells({**NAMED, "serverResponse": spelled(response)})
    snapshot = client.query({**HANDLE, "mode": mode})
    assert (snapshot.phase, snapshot.vendor_status) == (Phase.RUNNING, "5")
    assert read(snapshot.files) == files


@pytest.mark.parametrize("status", agora.STATUSES)
def test_query_has_every_status(client, tells, spelled, status):
    tells({**NAMED, "serverResponse": spelled({"status": int(status)})})
    snapshot = client.query(HANDLE)
    assert snapshot.vendor_status == str(int(status))
    assert snapshot.phase is STATUS_MEANS[int(status)]


STATUS_MEANS = {
    **dict.fromkeys((0, 1, 2, 3), Phase.STARTING),
    **dict.fromkeys((4, 5), Phase.RUNNING),
    **dict.fromkeys((6, 7, 8), Phase.FINISHING),
    20: Phase.FAILED,
}


@pytest.mark.parametrize(
    ("word", "phase", "uploaded"),
    [("uploaded", Phase.ENDED, True), ("backuped", Phase.ENDED, False),
     ("unknown", Phase.FINISHING, None), ("unknow", Phase.FINISHING, None)],
)  # fmt: skip
@pytest.mark.parametrize("case", FILES)
def test_stop_lists_the_files(client, tells, spelled, case, word, phase, uploaded):
    mode, listed, files = FILES[case]
    tells({**NAMED, "serverResponse": spelled({**listed, "uploadingStatus": word})})
    snapshot = client.stop({**HANDLE, "mode": mode})
    assert (snapshot.phase, snapshot.uploaded) == (phase, uploaded)
    assert read(snapshot.files) == files


@pytest.mark.parametrize("more", [{}, {"serverResponse": {}}], ids=["ids", "empty response"])
def test_stop_may_say_nothing_yet(client, tells, more):
    tells({**NAMED, **more})
    assert client.stop(HANDLE).phase is Phase.FINISHING


@pytest.mark.parametrize("named", [NAMED, {"resourceId": RID, "sid": SID}], ids=["all", "ids"])
def test_a_taken_layout_is_no_fault(client, tells, vendor, spec, named):
    tells(named)
    client.set_layout(HANDLE, Layout(Preset.VERTICAL), spec)
    assert vendor.asked[0].path.endswith(f"/sid/{SID}/mode/mix/updateLayout")


def test_a_taken_subscription_is_no_fault(client, tells, vendor, spec):
    tells(NAMED)
    client.set_subscription(HANDLE, Subscription(video=Choice(only=("42",))), spec)
    assert vendor.asked[0].path.endswith(f"/sid/{SID}/mode/mix/update")


def test_a_taken_key_is_no_fault(config, tells, vendor):
    tells(NAMED)
    target = StorageTarget("aws", "rec", region="us-east-1", sts_token="next",
                           sts_expires_s=2_000_000_000)  # fmt: skip
    agora_client.make(config).renew_storage(HANDLE, target)
    assert vendor.asked[0].path.endswith(f"/sid/{SID}/mode/mix/update")


# ---------------------------------------------------------------- TRTC


TASK = "-T0k+demo."
ROOM = {"mode": "mix", "channel": "8801", "recorder_uid": "rec_8801_a", "room_type": "number",
        "prefix": "", "task_id": TASK, "folder": TASK}  # fmt: skip
ANNA = "1400000001_8801__UserId_s_YW5uYQ..__UserId_e_main_video.m3u8"
WHOLE = "1400000001_8801.m3u8"
LISTS = {
    "each person": (
        [{"UserId": "anna", "FileName": ANNA, "TrackType": "video", "BeginTimeStamp": BEGUN}],
        [(f"{TASK}/{ANNA}", "video", "anna", True, BEGUN)],
    ),
    "mixed": (
        [{"UserId": "", "FileName": WHOLE, "TrackType": "audio_video", "BeginTimeStamp": BEGUN}],
        [(f"{TASK}/{WHOLE}", "audio_and_video", None, True, BEGUN)],
    ),
    "with nulls": (
        [{"UserId": None, "FileName": WHOLE, "TrackType": None, "BeginTimeStamp": None}],
        [(f"{TASK}/{WHOLE}", "audio_and_video", None, True, None)],
    ),
    "to a media library": ([], []),
    "null": (None, []),
}


@pytest.fixture
def rooms(config):
    keys = {"secret_id": "AKIDlocal", "secret_key": "key", "app_secret": "0123456789abcdef" * 4}
    client = TrtcClient(replace(config, vendor="trtc", app_id="1400000001", credentials=keys))
    yield client
    client.close()


def tells_trtc(vendor, **members):
    vendor.answers(says(200, {"Response": {**members, "RequestId": "0b8c"}}))


@pytest.mark.parametrize("case", LISTS)
@pytest.mark.parametrize("spell", [lambda value: value, as_text], ids=["as today", "as text"])
def test_describe_lists_the_files(rooms, vendor, case, spell):
    listed, files = LISTS[case]
    listed = [{**file, "BeginTimeStamp": file["BeginTimeStamp"] and spell(file["BeginTimeStamp"])}
              for file in listed] if listed else listed  # fmt: skip
    tells_trtc(vendor, TaskId=TASK, Status="InProgress", StorageFileList=listed, RecorderKey="k")
    snapshot = rooms.query(ROOM)
    assert snapshot.phase is Phase.RUNNING
    assert read(snapshot.files) == files


def test_modify_answers_with_the_task(rooms, vendor, spec):
    tells_trtc(vendor, TaskId=TASK)
    rooms.set_layout(ROOM, Layout(Preset.GRID), spec)
    assert vendor.asked[0].headers["x-tc-action"] == "ModifyCloudRecording"


def test_delete_answers_with_the_task(rooms, vendor):
    tells_trtc(vendor, TaskId=TASK)
    assert rooms.stop(ROOM).phase is Phase.FINISHING
