"""Whatever comes in, it is read or set aside; nothing is raised."""

import json
import string
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.recording import RecordingSnapshot
from dashboard.errors import InvalidInput
from dashboard.protocols import trtc_events
from dashboard.protocols.agora_events import EVENTS
from dashboard.protocols.trtc import SHAPES
from dashboard.providers import registry
from dashboard.providers.agora import readings
from dashboard.providers.base import ParsedDelivery, ReadRequest, Unreadable, Verdict
from dashboard.providers.trtc import payloads as trtc_payloads

HEADERS = {"agora": "Agora-Signature", "anyrtc": "Ar-Signature", "trtc": "Sign"}
VENDORS = pytest.mark.parametrize("vendor", HEADERS)
NUMBERS = sorted({*EVENTS, *trtc_events.EVENTS})

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
names = st.sampled_from(
    sorted(
        {field for row in EVENTS.values() for field in row.fields}
        | {field for row in trtc_events.EVENTS.values() for field in row.fields}
    )
    + ["payload", "details", "sid", "cname", "uid", "sequence", "sendts", "status", "fileName"]
    + ["FileMessage", "UserId", "EventTs", "EventMsTs", "TaskId", "RoomId", "Status"]
)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5),
    max_leaves=25,
)
objects = st.dictionaries(names, documents, max_size=8)
BOUNDED = settings(max_examples=100, deadline=None)


@VENDORS
@BOUNDED
@given(raw=st.binary(max_size=300) | st.text(string.printable).map(str.encode))
def test_it_reads_or_sets_aside_any_bytes(vendor, raw):
    callbacks = registry.callbacks_for(vendor)
    assert isinstance(callbacks.parse(raw), (ParsedDelivery, Unreadable))
    assert callbacks.verify({HEADERS[vendor]: "0"}, raw, ["s"]) is Verdict.FORGED
    assert len(callbacks.duplicate_key(raw)) <= 200


@VENDORS
@BOUNDED
@given(number=st.sampled_from(NUMBERS), payload=objects, details=objects | scalars)
def test_it_reads_or_sets_aside_any_notice(vendor, number, payload, details):
    if vendor == "trtc":
        info = {"EventMsTs": 1767225600180, **payload, "Payload": details}
        document = {"EventGroupId": 3, "EventType": number, "EventInfo": info}
    else:
        document = {"notifyMs": 1767229200456, "eventType": number,
                    "payload": {**payload, "details": details}}  # fmt: skip
    raw = json.dumps(document).encode()
    callbacks = registry.callbacks_for(vendor)
    parsed = callbacks.parse(raw)
    assert isinstance(parsed, (ParsedDelivery, Unreadable))
    assert len(callbacks.duplicate_key(raw)) <= 200
    if isinstance(parsed, ParsedDelivery):
        json.dumps(parsed.event.detail)  # it has to be kept in a table


@BOUNDED
@given(objects)
def test_it_reads_any_answer(response):
    assert isinstance(readings.snapshot_of_query(response), RecordingSnapshot)
    assert isinstance(readings.snapshot_of_stop(response), RecordingSnapshot)
    handle = {"task_id": "-T0.", "prefix": "a"}
    assert isinstance(trtc_payloads.snapshot_of(response, handle), RecordingSnapshot)


members = st.sampled_from(
    sorted({name for shape in SHAPES.values() for name in shape})
    + ["clientRequest", "recordingConfig", "storageConfig", "transcodingConfig", "layoutConfig",
       "snapshotConfig", "mixedVideoLayout", "width", "vendor", "region", "streamTypes",
       "backgroundConfig", "subscribeUidGroup", "avFileType", "recordingFileConfig"]
)  # fmt: skip
requests = st.recursive(
    st.integers(-1, 5) | st.booleans() | st.text(max_size=5) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(members, inner, max_size=6),
    max_leaves=25,
)


@VENDORS
@BOUNDED
@given(document=st.dictionaries(members, requests, max_size=8))
def test_it_takes_over_or_refuses_any_request(vendor, document):
    formats = registry.request_format(vendor)
    formats.is_request(document)
    with suppress(InvalidInput):
        assert isinstance(formats.read_request(document), ReadRequest)
