"""The index as text, whole."""

import pytest

from dashboard.engine.playlist import Playlist, Slice, parse

FIRST = Slice("ab_demo_20260101000000123.ts", 15.0, tracks=("VIDEO", "AUDIO"))
SECOND = Slice("ab_demo_20260101000015123.ts", 7.066667)
RESUMED = Slice("bak0_ab_demo_20260101000100000.ts", 2.2, True, ("VIDEO", "AUDIO"))

WHOLE = """\
#EXTM3U
#EXT-X-VERSION:3
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-ALLOW-CACHE:YES
#EXT-X-TARGETDURATION:15
#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=VIDEO,TIME=20260101000000123
#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=AUDIO,TIME=20260101000000123
#EXTINF:15.000000
ab_demo_20260101000000123.ts
#EXTINF:7.066667
ab_demo_20260101000015123.ts
#EXT-X-DISCONTINUITY
#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=VIDEO,TIME=20260101000100000
#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=AUDIO,TIME=20260101000100000
#EXTINF:2.200000
bak0_ab_demo_20260101000100000.ts
#EXT-X-ENDLIST
"""


def test_it_writes_every_tag_in_its_place():
    assert Playlist((FIRST, SECOND, RESUMED), ended=True).render() == WHOLE


def test_it_reads_back_what_it_wrote():
    playlist = Playlist((FIRST, SECOND, RESUMED), ended=True)
    assert parse(WHOLE) == playlist


def test_it_writes_the_comma_when_asked_to():
    told = Playlist((SECOND,), comma=True).render()
    assert "#EXTINF:7.066667,\nab_demo" in told
    assert parse(told).comma


def test_it_is_open_until_it_is_ended():
    assert "ENDLIST" not in Playlist((FIRST,)).render()
    assert not parse(Playlist((FIRST,)).render()).ended


@pytest.mark.parametrize("cut", range(0, len(WHOLE), 7))
def test_it_reads_a_list_that_was_cut_off_anywhere(cut):
    names = [item.name for item in parse(WHOLE[:cut]).slices]
    complete = [FIRST.name, SECOND.name, RESUMED.name]
    assert names[:-1] == complete[: len(names[:-1])]


def test_it_passes_over_tags_it_does_not_know():
    told = "#EXTM3U\n#EXT-X-NEW:1\n#EXTINF:1.5,title\na_20260101000000000.ts\nstray.ts\n"
    assert [(item.name, item.duration_s) for item in parse(told).slices] == [
        ("a_20260101000000000.ts", 1.5)
    ]


def test_it_adds_up_its_slices():
    assert Playlist((FIRST, SECOND, RESUMED)).duration_s == 24.266667


def test_a_slice_knows_when_it_began_and_ended():
    assert (SECOND.start_ms, SECOND.end_ms) == (1767225615123, 1767225622190)


def test_a_name_without_a_time_is_refused():
    with pytest.raises(ValueError, match="no time in the name"):
        _ = Slice("talk.ts", 1).start_ms
