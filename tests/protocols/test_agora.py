import pytest

from dashboard.protocols import agora, agora_events, agora_storage
from dashboard.protocols.agora_errors import CALLS, TABLE, find


def test_it_knows_the_89_characters_of_a_channel():
    assert len(agora.CHANNEL_CHARACTERS) == 89
    assert agora.is_channel_name("lesson 7 {a|b}~,")


@pytest.mark.parametrize("name", ["", "x" * 65, "a/b", 'a"b', "a\\b", "caf\u00e9", "a\n", "a*b"])
def test_it_refuses_other_channel_names(name):
    assert not agora.is_channel_name(name)


def test_it_takes_uids_from_1_to_the_largest_of_32_bits():
    assert all(map(agora.is_uid, ["1", "1001", "4294967295"]))
    assert not any(map(agora.is_uid, ["", "0", "01", "-1", "4294967296", "1.0", "x", "\u0661"]))


def test_it_has_a_sentence_for_each_status():
    assert set(agora.STATUSES) == {*range(9), 20} == set(agora.Status)


@pytest.mark.parametrize(
    ("field", "low", "high", "default"),
    [
        ("resourceExpiredHour", 1, 720, 72),
        ("maxIdleTime", 5, 2592000, 30),
        ("streamTypes", 0, 2, 2),
        ("decryptionMode", 0, 8, 0),
        ("width", 1, 1920, 360),
        ("height", 1, 1920, 640),
        ("bitrate", 1, 6500, 500),
        ("mixedVideoLayout", 0, 3, 0),
    ],
)
def test_it_keeps_ranges_and_defaults(field, low, high, default):
    row = agora.RANGES[field]
    assert (row.low, row.high, row.default) == (low, high, default)
    assert low in row
    assert high in row
    assert high + 1 not in row


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.calls[0]}-{row.http}-{row.code}")
def test_it_explains_every_error(row):
    assert str(row.meaning).endswith(".")
    assert str(row.remedy).endswith(".")
    assert set(row.calls) <= set(CALLS)
    for call in row.calls:
        found = find(call, row.http, None if row.code is None else int(row.code), row.reason)
        assert found is not None
        assert (found.http, found.code) == (row.http, row.code)


def test_it_finds_errors_by_code_where_the_status_differs():
    assert find("start", 200, 53).code == 53
    assert find("start", 418, 53).code == 53
    assert find("start", 200, 999) is None
    assert find("query", 418, None, "teapot") is None
    assert find("query", 401, None, "anything").http == 401


def test_it_tells_apart_what_404_and_501_mean():
    assert find("query", 404, 404).reason == "failed to find worker"
    assert "no machine" in str(find("acquire", 500, 501).meaning)
    assert "ending" in str(find("query", 400, 501).meaning)


def test_it_lists_every_event_of_the_vendor():
    assert set(agora_events.EVENTS) == set(agora_events.Event)
    sent_by_anyrtc = {row.number for row in agora_events.EVENTS.values() if row.anyrtc}
    assert sent_by_anyrtc == {1, 2, 3, 4, 11, 12, 30, 31, 32, 33, 40, 41, 42, 43, 44, 60, 61}
    first = agora_events.EVENTS[42]
    assert (first.msg_name, first.service) == ("recorder_slice_start", 1)
    assert first.fields[0] == "startUtcMs"


def test_it_reads_the_bits_of_a_leave_code():
    assert len(agora_events.leave_reasons(0)) == 1
    assert "Nobody" in str(agora_events.leave_reasons(4)[0])
    assert len(agora_events.leave_reasons(2 | 16)) == 2


@pytest.mark.parametrize(
    ("vendor", "region", "name"),
    [
        (0, 3, "Beimei"),
        (1, 0, "US_EAST_1"),
        (1, 25, "EU_SOUTH_1"),
        (2, 13, "AP_Southeast_5"),
        (2, 27, "AP_Southeast_7"),
        (3, 19, "EU_Moscow"),
        (7, 14, "LA_South_2"),
        (7, 15, "SA_Chile_1"),
        (8, 1, "Baoding"),
        (8, 7, "Shanghai"),
        (11, 0, None),
        (99, 0, None),
    ],
)
def test_it_names_regions(vendor, region, name):
    assert agora_storage.region_name(vendor, region) == name


def test_it_takes_any_region_where_the_vendor_ignores_it():
    assert agora_storage.takes_region(5, 77)
    assert agora_storage.takes_region(1, 25)
    assert not agora_storage.takes_region(1, 26)
    assert not agora_storage.takes_region(8, 0)
