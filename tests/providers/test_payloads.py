"""What a recording looks like in Agora's own words."""

import json
from dataclasses import replace

import pytest

from dashboard.domain.recording import (
    Canvas,
    Output,
    Profile,
    RecordingSpec,
    StorageTarget,
    Streams,
)
from dashboard.layouts.document import Fit, Layout, Preset, Region
from dashboard.layouts.geometry import Rect
from dashboard.providers.agora import payloads, readings


def request_for(profile, target=None):
    spec = RecordingSpec("lesson-7", profile, target or StorageTarget("local", "rec"))
    return payloads.start_body(spec)["clientRequest"]


def test_it_writes_a_whole_start():
    profile = Profile(
        recorder_uid="900001",
        canvas=Canvas(1280, 720, 15, 1130),
        layout=Layout(background="#202020"),
        max_idle_s=60,
    )
    spec = RecordingSpec("lesson-7", profile, StorageTarget("local", "rec", ("year26", "l7")))
    assert payloads.start_body(spec) == {
        "cname": "lesson-7",
        "uid": "900001",
        "clientRequest": {
            "recordingConfig": {
                "channelType": 1,
                "streamTypes": 2,
                "maxIdleTime": 60,
                "privateParams": '{"correctEXTINF":true}',
                "transcodingConfig": {
                    "width": 1280,
                    "height": 720,
                    "fps": 15,
                    "bitrate": 1130,
                    "mixedVideoLayout": 1,
                    "backgroundColor": "#202020",
                },
            },
            "recordingFileConfig": {"avFileType": ["hls", "mp4"]},
            "storageConfig": {
                "vendor": 1,
                "region": 0,
                "bucket": "rec",
                "accessKey": "local",
                "secretKey": "local",
                "fileNamePrefix": ["year26", "l7"],
            },
        },
    }


def test_it_writes_the_same_start_twice(spec):
    assert json.dumps(payloads.start_body(spec)) == json.dumps(payloads.start_body(spec))


@pytest.mark.parametrize(
    ("streams", "number"), [(Streams.AUDIO, 0), (Streams.VIDEO, 1), (Streams.BOTH, 2)]
)
def test_it_asks_for_the_streams_that_were_chosen(streams, number):
    config = request_for(Profile("1", streams=streams))["recordingConfig"]
    assert config["streamTypes"] == number
    assert ("transcodingConfig" in config) == (streams is not Streams.AUDIO)


@pytest.mark.parametrize(
    ("output", "types"), [(Output.HLS, ["hls"]), (Output.HLS_MP4, ["hls", "mp4"])]
)
def test_it_asks_for_the_files_that_were_chosen(output, types):
    request = request_for(Profile("1", output=output))
    assert request["recordingFileConfig"] == {"avFileType": types}


@pytest.mark.parametrize(
    ("preset", "number"),
    [(Preset.FLOATING, 0), (Preset.BEST_FIT, 1), (Preset.VERTICAL, 2), (Preset.CUSTOM, 3)],
)
def test_it_numbers_each_preset(preset, number):
    layout = payloads.layout_body("c", "1", Layout(preset=preset))["clientRequest"]
    assert layout["mixedVideoLayout"] == number
    assert ("layoutConfig" in layout) == (preset is Preset.CUSTOM)


def test_it_names_the_large_window_of_a_vertical_layout_only():
    vertical = Layout(preset=Preset.VERTICAL, focus_uid="11")
    fields = payloads.layout_body("c", "1", vertical)["clientRequest"]
    assert fields["maxResolutionUid"] == "11"
    other = payloads.layout_body("c", "1", replace(vertical, preset=Preset.FLOATING))
    assert "maxResolutionUid" not in other["clientRequest"]


def test_it_writes_regions_in_their_order():
    regions = (
        Region(Rect(0, 0, 0.7, 1), uid="11", fit=Fit.CONTAIN),
        Region(Rect(0.7, 0, 0.3, 0.5), opacity=0.5),
    )
    layout = Layout(preset=Preset.CUSTOM, regions=regions)
    first, second = payloads.layout_body("c", "1", layout)["clientRequest"]["layoutConfig"]
    assert first == {
        "uid": "11", "x_axis": 0, "y_axis": 0, "width": 0.7, "height": 1,
        "alpha": 1.0, "render_mode": 1,
    }  # fmt: skip
    assert "uid" not in second
    assert (second["alpha"], second["render_mode"]) == (0.5, 0)


def test_it_keeps_rounded_regions_on_the_canvas():
    thirds = tuple(Region(Rect(n / 3, n / 3, 1 / 3, 1 / 3)) for n in range(3))
    layout = Layout(preset=Preset.CUSTOM, regions=thirds)
    for item in payloads.layout_body("c", "1", layout)["clientRequest"]["layoutConfig"]:
        assert round(item["x_axis"] + item["width"], 6) <= 1
        assert round(item["y_axis"] + item["height"], 6) <= 1
        assert len(str(item["width"]).partition(".")[2]) <= 6


def test_it_leaves_out_a_prefix_that_is_none():
    assert "fileNamePrefix" not in request_for(Profile("1"))["storageConfig"]


@pytest.mark.parametrize(
    ("value", "number"),
    [(5, 5), ("5", 5), (True, None), (5.0, None), ("x", None), ("", None), (None, None),
     ("-1", None), ("1" * 50, None)],
)  # fmt: skip
def test_it_reads_numbers_that_come_as_text(value, number):
    assert readings.whole_number(value) == number


@pytest.mark.parametrize(
    ("value", "truth"), [(True, True), ("true", True), ("False", False), (None, True), (7, True)]
)
def test_it_reads_truths_that_come_as_text(value, truth):
    assert readings.truth(value, True) is truth
