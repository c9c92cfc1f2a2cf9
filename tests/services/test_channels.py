"""Channels: what may be typed, and what may be changed when."""

import pytest

from dashboard.errors import Conflict, Forbidden, InvalidInput, NotFound
from dashboard.extensions import db
from dashboard.models import Channel
from dashboard.services import channels, queries
from dashboard.services.readmodels import ChannelFilters


@pytest.fixture
def form(house):
    return {**queries.new_channel_form().values, "name": "room 2"}


def problems(form, channel_id=None):
    try:
        channels.check(form, channel_id)
    except InvalidInput as fault:
        return set(fault.by_field())
    return set()


def test_it_offers_a_form_that_needs_only_a_name(house):
    form = queries.new_channel_form().values
    assert problems(form) == {"name"}
    assert form["recorder_uid"] == "900002"
    assert problems({**form, "name": "any"}) == set()


def test_it_creates_what_was_typed(house, form):
    form |= {"width": "640", "height": "360", "fps": "30", "preset": "vertical", "output": "hls"}
    channel_id = channels.create(form, house.operator)
    assert queries.channel_form(channel_id).values == {**form, "background": "#000000"}


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("name", ""),
        ("name", "x" * 65),
        ("name", "é"),
        ("name", "a/b"),
        ("name", 'a"b'),
        ("name", "room\n2"),
        ("name", "😀"),
        ("account_id", ""),
        ("account_id", "99"),
        ("account_id", "1e3"),
        ("recorder_uid", "0"),
        ("recorder_uid", "01"),
        ("recorder_uid", "4294967296"),
        ("recorder_uid", "-1"),
        ("recorder_uid", "١"),
        ("recorder_uid", ""),
        ("streams", "none"),
        ("width", "639"),
        ("width", "1922"),
        ("width", "0"),
        ("width", ""),
        ("width", "1e3"),
        ("height", "99999999999999999999"),
        ("fps", "16"),
        ("fps", ""),
        ("bitrate_kbps", "6501"),
        ("bitrate_kbps", "0"),
        ("preset", "mosaic"),
        ("preset", "custom"),
        ("background", "red"),
        ("background", "#12345"),
        ("output", "avi"),
        ("max_idle_s", "4"),
        ("max_idle_s", "2592001"),
    ],
)
def test_it_refuses_at_the_field(house, form, field, bad):
    assert problems({**form, field: bad}) == {field}


@pytest.mark.parametrize(
    ("field", "good"),
    [
        ("name", "x" * 64),
        ("name", "a !#$%&()+-:;<=.>?@[]^_{}|~,"),
        ("recorder_uid", "1"),
        ("recorder_uid", "4294967295"),
        ("width", "1920"),
        ("bitrate_kbps", "6500"),
        ("max_idle_s", "5"),
        ("max_idle_s", "2592000"),
        ("background", "#a0B1c2"),
    ],
)
def test_it_takes_what_the_vendors_take(house, form, field, good):
    assert problems({**form, field: good}) == set()


def test_it_lists_everything_that_is_wrong_at_once(house):
    assert len(problems({})) >= 9


def test_it_refuses_a_picture_that_is_too_large_as_a_whole(house, form):
    assert problems({**form, "width": "1920", "height": "1920"}) == {"width"}


def test_it_refuses_a_name_that_the_account_has_already(house, form):
    assert problems({**form, "name": "lesson"}) == {"name"}
    with pytest.raises(InvalidInput):
        channels.create({**form, "name": "lesson"}, house.operator)


def test_it_leaves_the_last_word_on_names_to_the_database(house, form, monkeypatch):
    monkeypatch.setattr(channels, "_name_problems", lambda *a: [])
    with pytest.raises(InvalidInput) as refused:
        channels.create({**form, "name": "lesson"}, house.operator)
    assert "name" in refused.value.by_field()


def test_it_frees_a_name_by_archiving_and_keeps_it_from_coming_back(house, form):
    channels.archive(house.channel_id, house.operator)
    channels.create({**form, "name": "lesson"}, house.operator)
    with pytest.raises(Conflict):
        channels.unarchive(house.channel_id, house.operator)


def test_it_archives_and_brings_back(house):
    channels.archive(house.channel_id, house.operator)
    assert not queries.channels(ChannelFilters(), house.viewer).rows
    (row,) = queries.channels(ChannelFilters(archived=True), house.viewer).rows
    assert (row.name, row.may_start) == ("lesson", False)
    channels.unarchive(house.channel_id, house.operator)
    assert house.row().may_start


def test_it_archives_nothing_that_is_on_air(house):
    recording_id = house.start()
    with pytest.raises(Conflict) as refused:
        channels.archive(house.channel_id, house.operator)
    assert refused.value.recording_id == recording_id


def test_it_lets_a_running_recording_go_on_as_it_was_started(house):
    recording_id = house.start()
    form = dict(queries.channel_form(house.channel_id).values)
    channels.edit(house.channel_id, {**form, "width": "640", "height": "360"}, house.operator)
    assert house.screen(recording_id).canvas.width == 1280
    assert house.row().profile.canvas.width == 640
    with pytest.raises(Conflict):
        channels.edit(house.channel_id, {**form, "name": "renamed"}, house.operator)


def test_it_keeps_a_custom_layout_when_something_else_is_edited(house):
    regions = [{"x": 0, "y": 0, "w": 1, "h": 0.5, "uid": "7"}]
    row = db.session.get(Channel, house.channel_id)
    row.profile = row.profile | {
        "layout": {"preset": "custom", "background": "#000000", "regions": regions}
    }
    db.session.commit()
    form = queries.channel_form(house.channel_id).values
    channels.edit(house.channel_id, {**form, "fps": "30"}, house.operator)
    profile = house.row().profile
    assert (profile.canvas.fps, profile.layout.regions[0].uid) == (30, "7")


def test_it_is_not_for_viewers(house, form):
    for act in (
        lambda: channels.create(form, house.viewer),
        lambda: channels.edit(house.channel_id, form, house.viewer),
        lambda: channels.archive(house.channel_id, house.viewer),
        lambda: channels.unarchive(house.channel_id, house.viewer),
    ):
        with pytest.raises(Forbidden):
            act()


def test_it_knows_no_other_channels(house, form):
    with pytest.raises(NotFound):
        channels.edit(999, form, house.operator)
    with pytest.raises(NotFound):
        queries.channel_form(999)
