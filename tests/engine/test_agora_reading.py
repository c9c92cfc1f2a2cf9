"""What becomes of a start or an update in the task model, and what is refused by which name."""

import time

import pytest

from dashboard.engine.doors.agora_layout import read_layout
from dashboard.engine.doors.agora_storage import read_storage, renewed
from dashboard.engine.doors.agora_subscription import read_update
from dashboard.engine.doors.agora_validation import read_start
from dashboard.engine.doors.body import Fields
from dashboard.engine.doors.dialects import DIALECTS
from dashboard.engine.doors.errors import Answer
from tests.engine.harness import start_request

AGORA, ANYRTC = DIALECTS["agora"], DIALECTS["anyrtc"]
EVERYBODY, NOBODY = {"deny": []}, {"allow": []}
STORE = start_request()["storageConfig"]


def started(mode="mix", dialect=AGORA, drop=(), **request):
    whole = {**start_request(), **request}
    if mode == "individual" and "recordingConfig" not in request:
        whole["recordingConfig"] = {"channelType": 1, "subscribeUidGroup": 0}
    kept = {name: value for name, value in whole.items() if name not in drop}
    return read_start(Fields("Start", kept), mode, dialect)


def individual(recording=None, drop=(), **request):
    config = {"channelType": 1, "subscribeUidGroup": 0, **(recording or {})}
    return started("individual", recordingConfig=config, drop=drop, **request)


def refusal(act, *args, **kwargs):
    with pytest.raises(Answer) as said:
        act(*args, **kwargs)
    assert (said.value.http, said.value.body["code"]) == (400, 2)
    return said.value.body["reason"]


# --- modes --------------------------------------------------------------------------------


def test_it_records_people_apart():
    spec = individual({"streamTypes": 0, "subscribeAudioUids": ["7"]})
    assert (spec.mode, spec.streams, spec.merge) == ("individual", "audio", "none")
    assert (spec.record, spec.snapshot_s, spec.hls, spec.mp4) == (True, 0, True, False)
    assert spec.subscription == {"audio": {"allow": ["7"]}, "video": NOBODY}


def test_it_records_them_together_as_well_when_asked():
    assert individual({"streamMode": "standard"}).merge == "beside"
    assert individual({"streamMode": "original", "streamTypes": 0}).merge == "none"


def test_it_takes_screenshots_alone_or_beside_a_recording():
    shots = {"fileType": ["jpg"], "captureInterval": 20}
    both = individual(snapshotConfig=shots)
    assert (both.record, both.snapshot_s) == (True, 20)
    alone = individual(snapshotConfig={"fileType": ["jpg"]}, drop=("recordingFileConfig",))
    assert (alone.record, alone.snapshot_s) == (False, 10)
    assert individual(drop=("recordingFileConfig",)).record


@pytest.mark.parametrize(
    ("recording", "request_", "named"),
    [
        ({"subscribeUidGroup": None}, {}, "recordingConfig.subscribeUidGroup"),
        ({"transcodingConfig": {"width": 0}}, {}, "recordingConfig.transcodingConfig.width"),
        ({"streamMode": "original"}, {}, "recordingConfig.streamMode"),
        ({}, {"recordingFileConfig": {"avFileType": ["hls", "mp4"]}}, "avFileType"),
        ({}, {"snapshotConfig": {}}, "snapshotConfig.fileType"),
        ({}, {"snapshotConfig": {"fileType": ["png"]}}, "snapshotConfig.fileType"),
        ({}, {"snapshotConfig": {"fileType": ["jpg"], "captureInterval": 4}}, "captureInterval"),
        ({"streamTypes": 0}, {"snapshotConfig": {"fileType": ["jpg"]}}, "streamTypes"),
        (
            {"subscribeAudioUids": ["1"]},
            {"snapshotConfig": {"fileType": ["jpg"]}},
            "subscribeVideoUids",
        ),
    ],
)
def test_it_names_what_does_not_go_with_individual_mode(recording, request_, named):
    assert named in refusal(individual, recording, **request_)


def test_it_takes_the_files_in_any_order():
    assert started(recordingFileConfig={"avFileType": ["mp4", "hls"]}).mp4


# --- lists --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lists", "audio", "video"),
    [
        ({}, None, None),
        ({"subscribeAudioUids": ["1"]}, {"allow": ["1"]}, NOBODY),
        ({"unSubscribeVideoUids": ["1"]}, NOBODY, {"deny": ["1"]}),
        ({"unsubscribeVideoUids": ["1"]}, NOBODY, {"deny": ["1"]}),
        (
            {"subscribeAudioUids": ["#allstream#"], "subscribeVideoUids": ["1"]},
            EVERYBODY,
            {"allow": ["1"]},
        ),
    ],
)
def test_it_turns_off_the_medium_that_has_no_list(lists, audio, video):
    spec = started(recordingConfig={"channelType": 0, **lists})
    assert spec.subscription == {"audio": audio, "video": video}


def test_it_mixes_the_first_seventeen_pictures_of_a_list():
    uids = [str(uid) for uid in range(1, 20)]
    lists = {"subscribeVideoUids": uids, "subscribeAudioUids": uids}
    mixed = started(recordingConfig={"channelType": 0, **lists}).subscription
    assert (len(mixed["video"]["allow"]), len(mixed["audio"]["allow"])) == (17, 19)
    assert len(individual(lists).subscription["video"]["allow"]) == 19


def updated(current, **lists):
    request = Fields("Update", {"streamSubscribe": lists})
    return read_update(request, "both", current, AGORA)


def test_it_replaces_the_list_that_is_given():
    both = {"audio": {"allow": ["1"]}, "video": EVERYBODY}
    changed = updated(both, audioUidList={"unSubscribeAudioUids": ["2"]})
    assert changed == {"audio": {"deny": ["2"]}, "video": EVERYBODY}


def test_it_turns_off_what_was_never_listed_when_the_other_is():
    neither = {"audio": None, "video": None}
    changed = updated(neither, videoUidList={"unsunscribeVideoUids": ["2"]})
    assert changed == {"audio": NOBODY, "video": {"deny": ["2"]}}
    back = updated(changed, audioUidList={"subscribeAudioUids": ["#allstream#"]})
    assert back == {"audio": EVERYBODY, "video": {"deny": ["2"]}}


# --- layouts ------------------------------------------------------------------------------


def test_it_keeps_every_image_of_a_layout():
    layout = read_layout(
        Fields("UpdateLayout", {
            "mixedVideoLayout": 1,
            "backgroundImage": "https://example.org/hall.jpg",
            "defaultUserBackgroundImage": "http://example.org/anybody.jpg",
            "backgroundConfig": [
                {"uid": "11", "image_url": "https://example.org/11.jpg", "render_mode": 1},
                {"uid": "12", "image_url": "https://example.org/12.bmp"},
            ],
        }),
        AGORA,
    )  # fmt: skip
    assert layout == {
        "preset": "best_fit",
        "background": "#000000",
        "background_image": "https://example.org/hall.jpg",
        "placeholder": "http://example.org/anybody.jpg",
        "portraits": [
            {"uid": "11", "image": "https://example.org/11.jpg", "fit": "contain"},
            {"uid": "12", "image": "https://example.org/12.bmp", "fit": "fill"},
        ],
    }


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"backgroundImage": "https://["}, "backgroundImage"),
        ({"backgroundImage": "https://a.example/\ud800.png"}, "backgroundImage"),
        ({"backgroundConfig": [{"uid": "1", "image_url": "http://a.example/b.jpg"}]}, "image_url"),
        (
            {"backgroundConfig": [{"uid": "1", "image_url": "https://a.example/b.jpg"}] * 2},
            "backgroundConfig[1].uid",
        ),
    ],
)
def test_it_refuses_images_that_it_could_not_fetch(fields, named):
    assert named in refusal(read_layout, Fields("UpdateLayout", fields), AGORA)


# --- stores -------------------------------------------------------------------------------


def stored(dialect=AGORA, **fields):
    return read_storage(Fields("Start", {**STORE, **fields}), dialect)


def test_it_brings_files_to_an_endpoint_that_speaks_s3():
    store = stored(vendor=11, extensionParams={"endpoint": "https://s3.example.org"})
    assert store.storage["endpoint"] == "https://s3.example.org"
    assert store.storage["keys"].secret_key == "a-storage-secret"
    assert "a-storage-secret" not in repr(store)
    assert stored().storage is None


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"vendor": 9}, "vendor"),
        ({"vendor": 11}, "extensionParams.endpoint"),
        ({"vendor": 11, "extensionParams": {"endpoint": "s3"}}, "extensionParams.endpoint"),
        ({"extensionParams": {"sse": "rot13"}}, "extensionParams.sse"),
        ({"vendor": 2, "extensionParams": {"sse": "kms"}}, "extensionParams.sse"),
        ({"vendor": 5, "extensionParams": {"tag": "x"}}, "extensionParams.tag"),
        ({"vendor": 5, "stsToken": "t"}, "stsToken"),
        ({"stsToken": "t"}, "stsExpiration"),
        ({"stsToken": "t", "stsExpiration": 1_700_000_000}, "stsExpiration"),
        ({"stsToken": "t", "stsExpiration": "soon"}, "stsExpiration"),
    ],
)
def test_it_names_what_is_wrong_with_a_store(fields, named):
    assert f" {named} " in refusal(stored, **fields).replace("storageConfig.", "")


def test_it_takes_a_temporary_key_that_lasts():
    assert stored(stsToken="t", stsExpiration=int(time.time()) + 5 * 3600)


def test_it_renews_keys_of_the_same_store_only():
    endpoint = {"vendor": 11, "extensionParams": {"endpoint": "https://s3.example.org"}}
    spec = started(storageConfig={**STORE, **endpoint})

    def renew(**fields):
        config = Fields("Update", {**STORE, **endpoint, "secretKey": "newer", **fields})
        return renewed(config, AGORA, spec)

    assert renew()["keys"].secret_key == "newer"
    assert "vendor" in refusal(renew, vendor=1)
    assert "region" in refusal(renew, region=3)
    assert "bucket" in refusal(renew, bucket="other")
    other = {"endpoint": "https://other.example.org"}
    assert "endpoint" in refusal(renew, extensionParams=other)


# --- anyRTC -------------------------------------------------------------------------------


def test_it_calls_people_as_each_vendor_does():
    lists = {"subscribeVideoUids": ["anna.b@home"], "subscribeAudioUids": ["7"]}
    config = {"channelType": 0, **lists}
    spec = started(dialect=ANYRTC, recordingConfig=config)
    assert spec.subscription["video"] == {"allow": ["anna.b@home"]}
    assert "subscribeVideoUids" in refusal(started, recordingConfig=config)
    too_long = {"channelType": 0, "subscribeVideoUids": ["a" * 49]}
    assert "48" in refusal(started, dialect=ANYRTC, recordingConfig=too_long)


@pytest.mark.parametrize(
    ("vendor", "region", "taken"),
    [(0, 4, True), (1, 17, True), (1, 16, False), (3, 19, True), (3, 20, False), (4, 9, True),
     (4, 10, False), (5, 0, False), (11, 0, False)],
)  # fmt: skip
def test_it_knows_the_stores_of_anyrtc(vendor, region, taken):
    if taken:
        assert stored(ANYRTC, vendor=vendor, region=region).bucket == "rec"
    else:
        assert refusal(stored, ANYRTC, vendor=vendor, region=region)


def test_it_names_a_folder_after_a_private_store():
    address = "http://10.0.0.1:8080/arapi/v1/upload"
    store = stored(ANYRTC, vendor=100, bucket=address, accessKey="", secretKey="")
    assert store.bucket == "http-10.0.0.1-8080-arapi-v1-upload"
