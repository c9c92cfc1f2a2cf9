"""The library, scenes, and layouts as files."""

import json
from dataclasses import replace

import pytest

from dashboard.domain.recording import Canvas
from dashboard.errors import Conflict, Forbidden, InvalidInput, NotFound, Unsupported
from dashboard.layouts.document import Layout
from dashboard.services.layouts import applied, exchange, library, live, scenes
from dashboard.services.readmodels_layouts import LibraryFilters
from tests.services.layouts import ONE, THREE, TWO, custom

HD = Canvas(1280, 720)


@pytest.fixture
def saved(house):
    return library.create("Two beside", "talk, Two", TWO, HD, house.operator)


def names(**filters):
    return [row.name for row in library.briefs(LibraryFilters(**filters))]


def test_it_keeps_a_layout_under_a_name(house, saved):
    (row,) = library.screen(LibraryFilters(), house.viewer).rows
    assert (row.name, row.tags, row.version, row.document) == (
        "Two beside",
        ("talk", "two"),
        1,
        TWO,
    )
    assert row.created_by == house.operator.email


def test_it_finds_by_name_and_tag(house, saved):
    library.create("Alone", "solo", ONE, HD, house.operator)
    assert names() == ["Alone", "Two beside"]
    assert names(search="beside") == ["Two beside"]
    assert names(tag="solo") == ["Alone"]
    assert library.screen(LibraryFilters(), house.viewer).tags == ("solo", "talk", "two")


def test_it_keeps_every_version(house, saved):
    assert library.new_version(saved, THREE, house.operator, base=1) == 2
    assert [version.version for version in library.versions(saved)] == [2, 1]
    assert library.restore_version(saved, 1, house.operator) == 3
    assert library.get(saved).document == TWO
    assert library.versions(saved)[1].document == THREE


def test_it_tells_of_a_newer_version(house, saved):
    library.new_version(saved, THREE, house.operator)
    with pytest.raises(Conflict, match="newer version"):
        library.new_version(saved, ONE, house.operator, base=1)


def test_it_duplicates_renames_tags_and_puts_away(house, saved):
    copy = library.duplicate(saved, house.operator)
    assert (library.get(copy).name, library.get(copy).document) == ("Copy of Two beside", TWO)
    library.rename(copy, "  Another\none ", house.operator)
    library.set_tags(copy, "A,b，a", house.operator)
    assert (library.get(copy).name, library.get(copy).tags) == ("Another one", ("a", "b"))
    library.archive(copy, house.operator)
    assert names() == ["Two beside"]
    assert names(archived=True) == ["Another one"]
    library.unarchive(copy, house.operator)
    assert len(names()) == 2


def test_it_lets_viewers_change_nothing(house, saved):
    for act in (
        lambda: library.create("x", "", ONE, HD, house.viewer),
        lambda: library.new_version(saved, ONE, house.viewer),
        lambda: library.rename(saved, "x", house.viewer),
        lambda: library.archive(saved, house.viewer),
        lambda: scenes.add(house.channel_id, "x", ONE, house.viewer),
    ):
        with pytest.raises(Forbidden):
            act()


@pytest.mark.parametrize(("name", "tags", "where"), [
    ("", "", "name"), ("\u0000\u200b ", "", "name"), ("x" * 81, "", "name"),
    ("x", "y" * 33, "tags"), ("x", ",".join("abcdefghijk"), "tags"),
])  # fmt: skip
def test_it_refuses_odd_names(house, name, tags, where):
    with pytest.raises(InvalidInput) as caught:
        library.create(name, tags, ONE, HD, house.operator)
    assert where in caught.value.by_field()


def test_it_keeps_layouts_of_other_vendors(house):
    grid = {"preset": "grid", "background": "#000000"}
    with pytest.raises(InvalidInput):
        library.create("Grid", "", grid, HD, house.operator)
    saved = library.create("Grid", "", grid, HD, house.operator, family="trtc")
    assert library.get(saved).family == "trtc"
    with pytest.raises(Unsupported):
        exchange.export_vendor(grid, "agora")


# ---------------------------------------------------------------- scenes


@pytest.fixture
def three_scenes(house):
    return [
        scenes.add(house.channel_id, name, document, house.operator)
        for name, document in (("One", ONE), ("Two", TWO), ("Three", THREE))
    ]


def order(house):
    return [(scene.key, scene.name) for scene in scenes.of(house.channel_id)]


def test_it_numbers_scenes_in_their_order(house, three_scenes):
    assert order(house) == [("1", "One"), ("2", "Two"), ("3", "Three")]
    scenes.move(three_scenes[2], 1, house.operator)
    assert order(house) == [("1", "Three"), ("2", "One"), ("3", "Two")]
    scenes.move(three_scenes[2], 99, house.operator)
    assert order(house) == [("1", "One"), ("2", "Two"), ("3", "Three")]
    scenes.remove(three_scenes[0], house.operator)
    assert order(house) == [("1", "Two"), ("2", "Three")]


def test_it_has_no_key_beyond_nine(house):
    for number in range(10):
        scenes.add(house.channel_id, f"S{number}", ONE, house.operator)
    assert scenes.of(house.channel_id)[8].key == "9"
    assert scenes.of(house.channel_id)[9].key is None


def test_it_renames_and_replaces_a_scene(house, three_scenes):
    scenes.rename(three_scenes[0], "Alone", house.operator)
    scenes.replace(three_scenes[0], THREE, house.operator)
    scene = scenes.of(house.channel_id)[0]
    assert (scene.name, scene.document) == ("Alone", THREE)


def test_it_switches_to_a_scene_whatever_is_applied(house, cloud, three_scenes):
    recording = house.start()
    live.apply(recording, ONE, 1, house.operator)
    done = scenes.apply(recording, three_scenes[1], house.operator)
    assert (done.source, done.revision, done.document) == ("scene", 3, TWO)
    assert house.sentences(recording)[-1] == "Scene Two was applied."
    assert applied.history(recording)[0].current


def test_it_applies_no_scene_of_another_channel(house, three_scenes):
    with pytest.raises(NotFound):
        scenes.apply(99, three_scenes[0], house.operator)


# ---------------------------------------------------------------- files

AGORA = {
    "mixedVideoLayout": 3,
    "backgroundColor": "#102030",
    "layoutConfig": [
        {"uid": "1001", "x_axis": 0.333333, "y_axis": 0.1, "width": 0.666667, "height": 0.25,
         "alpha": 0.5, "render_mode": 1},
        {"x_axis": 0.0, "y_axis": 0.000001, "width": 0.1, "height": 0.999999, "alpha": 1.0,
         "render_mode": 0},
    ],
}  # fmt: skip
VERTICAL = {"mixedVideoLayout": 2, "backgroundColor": "#000000", "maxResolutionUid": "1001"}
IMAGE = {"mixedVideoLayout": 1, "backgroundColor": "#FFFFFF",
         "backgroundImage": "https://example.com/wall.png"}  # fmt: skip


@pytest.mark.parametrize("theirs", [AGORA, VERTICAL, IMAGE], ids=["custom", "vertical", "image"])
def test_it_takes_agoras_json_there_and_back(app, theirs):
    found = exchange.import_vendor(json.dumps(theirs), "agora")
    ours = found.layout.to_json()
    assert json.loads(exchange.export_vendor(ours, "agora")) == theirs
    assert Layout.from_json(json.loads(json.dumps(ours))) == found.layout


def test_it_finds_the_layout_in_a_whole_request(app):
    start = {"cname": "room", "uid": "1", "clientRequest": {"recordingConfig": {
        "transcodingConfig": {"width": 640, "height": 360, **AGORA}}}}  # fmt: skip
    assert exchange.import_text(json.dumps(start)).layout == exchange.import_text(
        json.dumps({"clientRequest": AGORA})
    ).layout  # fmt: skip


TRTC = {
    "MixTranscodeParams": {"VideoParams": {"Width": 640, "Height": 360, "Fps": 15,
                                           "BitRate": 1000000, "Gop": 10}},
    "MixLayoutParams": {
        "MixLayoutMode": 4,
        "BackGroundColor": "#102030",
        "BackgroundImageUrl": "https://example.com/wall.png",
        "BackgroundImageRenderMode": 0,
        "PlaceHolderMode": 1,
        "DefaultSubBackgroundImage": "https://example.com/all.png",
        "MixLayoutList": [
            {"Top": 0, "Left": 0, "Width": 480, "Height": 360, "Alpha": 0, "RenderMode": 2,
             "MediaId": 1, "ImageLayer": 0, "UserId": "anna"},
            {"Top": 20, "Left": 480, "Width": 160, "Height": 90, "Alpha": 51, "RenderMode": 3,
             "MediaId": 0, "ImageLayer": 1, "SubBackgroundImage": "https://example.com/1.png"},
        ],
        "WaterMarkList": [
            {"WaterMarkType": 0, "WaterMarkImage": {"WaterMarkUrl": "https://example.com/l.png",
             "Top": 4, "Left": 8, "Width": 64, "Height": 36}},
            {"WaterMarkType": 1, "WaterMarkChar": {"Top": 300, "Left": 0, "Width": 320,
             "Height": 40, "Chars": "Lesson 7", "FontSize": 24, "FontColor": "0xFFCC00",
             "BackGroundColor": "0x000000"}},
            {"WaterMarkType": 2, "WaterMarkTimestamp": {"Pos": 3, "TimeZone": -5}},
        ],
    },
}  # fmt: skip


def test_it_takes_trtcs_json_there_and_back(app):
    found = exchange.import_text(json.dumps(TRTC))
    assert (found.kind, found.canvas.width, found.canvas.height) == ("trtc", 640, 360)
    assert exchange.family_of(found.layout) == "trtc"
    ours = found.layout.to_json()
    sent = json.loads(exchange.export_vendor(ours, "trtc", replace(found.canvas, fps=15)))
    sent["MixTranscodeParams"]["VideoParams"]["BitRate"] = 1000000
    assert sent == TRTC
    assert Layout.from_json(json.loads(json.dumps(ours))) == found.layout


def test_it_takes_trtcs_layout_alone(app):
    found = exchange.import_text('{"MixLayoutMode": 2, "MaxResolutionUserAlign": 1}')
    assert found.layout.to_json()["focus_side"] == "right"
    assert found.canvas is None


@pytest.mark.parametrize("width", [0, 10**9, "wide"])
def test_it_takes_no_picture_of_that_size(app, width):
    with pytest.raises(InvalidInput):
        exchange.import_text(
            json.dumps({**TRTC, "MixTranscodeParams": {"VideoParams": {"Width": width}}})
        )


def test_it_says_what_it_left_out(app):
    found = exchange.import_text('{"MixLayoutMode": 3, "Sparkle": 1}')
    assert found.left_out == ("Sparkle",)


def test_it_takes_our_own_json_there_and_back(app):
    words = exchange.export_ours(TWO, name="Two", canvas=HD, family="cloud_recording")
    found = exchange.import_text(words)
    assert (found.layout.to_json(), found.name, found.canvas) == (TWO, "Two", HD)
    assert exchange.import_text(json.dumps(TWO)).layout.to_json() == TWO


def test_it_sends_no_hidden_regions_out(app):
    document = custom("1001", "1002")
    document["regions"][1]["hidden"] = True
    assert len(json.loads(exchange.export_vendor(document, "agora"))["layoutConfig"]) == 1


@pytest.mark.parametrize("words", [
    '{"layoutConfig": null}', '{"layoutConfig": []}', '{"mixedVideoLayout": null}',
    '{"MixLayoutList": null}', "", "null", "[]", "{}", '{"a": 1}', '{"layoutConfig": 7}',
    '{"mixedVideoLayout": 9}',
    '{"layoutConfig": [7]}', '{"layoutConfig": [{"x_axis": "a"}]}',
    '{"layoutConfig": [{"x_axis": 0, "y_axis": 0, "width": 1, "height": 1, "render_mode": 7}]}',
    '{"format": "tallydeck/layout", "layout": 7}', "{" * 20_000, "x" * 70_000,
    '{"preset": "custom", "regions": "abc"}', '{"layoutConfig": [{}], "layoutConfig": []}',
])  # fmt: skip
def test_it_imports_no_nonsense(app, words):
    with pytest.raises(InvalidInput):
        exchange.import_text(words)


def test_it_knows_which_vendors_a_layout_is_for(app):
    assert exchange.family_of(Layout.from_json(TWO)) == "cloud_recording"
    many = custom(*map(str, range(1001, 1019)), w=0.05)
    assert exchange.family_of(Layout.from_json(many)) == "trtc"
