"""Whatever comes in, it is read or set aside; nothing is raised."""

import json
import string

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.domain.recording import RecordingSnapshot
from dashboard.protocols.agora_events import EVENTS
from dashboard.providers.agora import callbacks, payloads
from dashboard.providers.base import ParsedDelivery, Unreadable, Verdict

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
names = st.sampled_from(
    sorted({field for row in EVENTS.values() for field in row.fields})
    + ["payload", "details", "sid", "cname", "uid", "sequence", "sendts", "status", "fileName"]
)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5),
    max_leaves=25,
)
objects = st.dictionaries(names, documents, max_size=8)
BOUNDED = settings(max_examples=150, deadline=None)


@BOUNDED
@given(st.binary(max_size=300) | st.text(string.printable).map(str.encode))
def test_it_reads_or_sets_aside_any_bytes(raw):
    assert isinstance(callbacks.parse(raw), (ParsedDelivery, Unreadable))
    assert callbacks.verify({"Agora-Signature": "0"}, raw, ["s"]) is Verdict.FORGED
    assert len(callbacks.duplicate_key(raw)) <= 200


@BOUNDED
@given(st.sampled_from(sorted(EVENTS)), objects, objects)
def test_it_reads_or_sets_aside_any_notice(number, payload, details):
    times = {"notifyMs": 1767229200456, "eventType": number}
    raw = json.dumps({**times, "payload": {**payload, "details": details}}).encode()
    parsed = callbacks.parse(raw)
    assert isinstance(parsed, (ParsedDelivery, Unreadable))
    if isinstance(parsed, ParsedDelivery):
        json.dumps(parsed.event.detail)  # it has to be kept in a table


@BOUNDED
@given(objects)
def test_it_reads_any_answer(response):
    assert isinstance(payloads.snapshot_of_query(response), RecordingSnapshot)
    assert isinstance(payloads.snapshot_of_stop(response), RecordingSnapshot)
