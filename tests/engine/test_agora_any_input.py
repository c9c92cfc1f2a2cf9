"""Whatever a client sends: it is taken or refused by a field's name, and never a fault of ours."""

import copy
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.engine.doors.agora_layout import read_layout
from dashboard.engine.doors.agora_subscription import read_update
from dashboard.engine.doors.agora_validation import read_acquire, read_start, read_who
from dashboard.engine.doors.body import Fields
from dashboard.engine.doors.dialects import DIALECTS
from dashboard.engine.doors.errors import Answer
from dashboard.engine.tasks import Spec
from dashboard.layouts.document import Layout

WINDOW = {"uid": "11", "x_axis": 0, "y_axis": 0.5, "width": 0.5, "height": 0.5, "alpha": 0.5}
IMAGE = {"uid": "11", "image_url": "https://example.org/a.jpg", "render_mode": 1}
LAYOUT = {
    "mixedVideoLayout": 3, "backgroundColor": "#102030", "layoutConfig": [WINDOW],
    "backgroundConfig": [IMAGE], "backgroundImage": "https://example.org/b.png",
}  # fmt: skip
START = {
    "token": "t",
    "recordingConfig": {
        "channelType": 1, "streamTypes": 2, "streamMode": "standard", "subscribeUidGroup": 1,
        "maxIdleTime": 30, "decryptionMode": 1, "secret": "s", "privateParams": "{}",
        "subscribeAudioUids": ["1"], "subscribeVideoUids": ["2"],
        "transcodingConfig": {"width": 640, "height": 360, "fps": 15, "bitrate": 500, **LAYOUT},
    },
    "recordingFileConfig": {"avFileType": ["hls"]},
    "snapshotConfig": {"captureInterval": 10, "fileType": ["jpg"]},
    "storageConfig": {
        "vendor": 11, "region": 0, "bucket": "rec", "accessKey": "a", "secretKey": "s",
        "stsToken": "t", "stsExpiration": 2**33, "fileNamePrefix": ["a"],
        "extensionParams": {"endpoint": "https://s3.example.org"},
    },
}  # fmt: skip
UPDATE = {
    "streamSubscribe": {
        "audioUidList": {"subscribeAudioUids": ["1"]},
        "videoUidList": {"unsunscribeVideoUids": ["2"]},
    }
}
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


def paths(document, before=()):
    for key, value in document.items() if isinstance(document, dict) else enumerate(document):
        yield (*before, key)
        if isinstance(value, dict | list):
            yield from paths(value, (*before, key))


def spoilt(document):
    """The document with up to three of its values replaced by anything."""

    def spoil(changes):
        made = copy.deepcopy(document)
        for path, value in changes:
            where = made
            try:
                for key in path[:-1]:
                    where = where[key]
                where[path[-1]] = value
            except (KeyError, IndexError, TypeError):
                continue  # an earlier change took it away
        return made

    changes = st.tuples(st.sampled_from(list(paths(document))), ANY)
    return st.lists(changes, max_size=3).map(spoil)


def taken(read, document, *args):
    try:
        return read(Fields("Call", document), *args)
    except Answer as refusal:
        said = refusal
    assert (said.http, said.body["code"]) == (400, 2)
    assert said.body["reason"].startswith("Call: ")
    return None


def test_it_takes_what_is_not_spoilt():
    agora = DIALECTS["agora"]
    assert taken(read_start, START, "individual", agora)
    mixed = {name: value for name, value in START.items() if name != "snapshotConfig"}
    assert taken(read_start, mixed, "mix", agora)
    assert taken(read_layout, LAYOUT, agora)
    assert taken(read_update, UPDATE, "both", {"audio": None, "video": None}, agora)


@settings(max_examples=300, deadline=None)
@given(spoilt(START), st.sampled_from(["mix", "individual"]), st.sampled_from(list(DIALECTS)))
def test_it_bears_any_start(document, mode, dialect):
    if mode == "mix":
        document.pop("snapshotConfig", None)
    spec = taken(read_start, document, mode, DIALECTS[dialect])
    if spec:
        assert isinstance(spec, Spec)
        assert spec.canvas["width"] % 2 == spec.canvas["height"] % 2 == 0
        json.dumps([dict(spec.layout), dict(spec.subscription), dict(spec.notes)])


@settings(max_examples=200, deadline=None)
@given(spoilt(LAYOUT), st.sampled_from(list(DIALECTS)))
def test_it_bears_any_layout(document, dialect):
    layout = taken(read_layout, document, DIALECTS[dialect])
    assert layout is None or Layout.from_json(layout).to_json() == layout


@settings(max_examples=100, deadline=None)
@given(spoilt(UPDATE), st.sampled_from(["audio", "video", "both"]))
def test_it_bears_any_update(document, streams):
    current = {"audio": None, "video": {"deny": []}}
    lists = taken(read_update, document, streams, current, DIALECTS["agora"])
    assert lists is None or set(lists) == {"audio", "video"}


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["cname", "uid", "scene", "region"]), ANY))
def test_it_bears_any_acquire(document):
    taken(read_acquire, document)
    for dialect in DIALECTS.values():
        taken(read_who, document, dialect)
