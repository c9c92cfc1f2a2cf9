"""Whatever stands in the place of a member: it is read or refused, never a fault of ours."""

import contextlib
import copy
import json

from hypothesis import given
from hypothesis import strategies as st

from dashboard.engine.apps import TRTC, App
from dashboard.engine.doors.trtc_answers import Refusal
from dashboard.engine.doors.trtc_reading import document_of
from dashboard.engine.doors.trtc_validation import read_create, read_modify
from dashboard.layouts.document import Layout
from dashboard.layouts.watermarks import parse
from tests.engine.trtc import APP, APP_SECRET, create_request

THE_APP = App(TRTC, str(APP), "AKIDlocal", "key", app_secret=APP_SECRET)
MARK = {"Top": 0, "Left": 0, "Width": 32, "Height": 18}
FULL = create_request(
    RecordParams={"SubscribeStreamUserIds": {"SubscribeAudioUserIds": ["anna"]}},
    MixTranscodeParams={
        "VideoParams": {"Width": 320, "Height": 180, "Fps": 10, "BitRate": 200_000, "Gop": 2},
        "AudioParams": {"SampleRate": 1, "Channel": 2, "BitRate": 64_000},
    },
    MixLayoutParams={
        "MixLayoutMode": 4,
        "MixLayoutList": [{**MARK, "UserId": "anna", "Alpha": 3}],
        "WaterMarkList": [
            {"WaterMarkType": 0, "WaterMarkImage": {**MARK, "WaterMarkUrl": "http://a.b/c.png"}},
            {"WaterMarkType": 1, "WaterMarkChar": {**MARK, "Chars": "x", "FontColor": "#000000"}},
            {"WaterMarkType": 2, "WaterMarkTimestamp": {"Pos": 1, "TimeZone": 8}},
        ],
    },
)

LETTERS = st.characters(exclude_categories=())  # lone surrogates as well
numbers = st.integers() | st.integers(-1, 3) | st.floats(allow_nan=False)
plain = st.none() | st.booleans() | numbers | st.text(LETTERS, max_size=8)
anything = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


def places(document, way=()):
    """The way to every member."""
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for name, value in items:
        yield (*way, name)
        if isinstance(value, dict | list):
            yield from places(value, (*way, name))


WAYS = list(places(FULL))


@given(st.sampled_from(WAYS), anything)
def test_it_reads_or_refuses_a_start(way, value):
    document = copy.deepcopy(FULL)
    place = document
    for step in way[:-1]:
        place = place[step]
    place[way[-1]] = value
    try:
        made = read_create(document_of(json.dumps(document).encode()), THE_APP, "-T+0.")
    except Refusal:
        return
    Layout.from_json(made.spec.layout)
    parse(made.spec.watermarks)


@given(anything, anything)
def test_it_reads_or_refuses_a_change(layout, lists):
    spec = read_create(FULL, THE_APP, "-T+0.").spec
    document = {"SdkAppId": APP, "TaskId": "-T+0.", "MixLayoutParams": layout,
                "SubscribeStreamUserIds": lists}  # fmt: skip
    with contextlib.suppress(Refusal):
        read_modify(document, THE_APP, spec)
