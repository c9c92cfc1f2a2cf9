"""Reading playlists as the vendors write them."""

from dashboard.storage.base import StoredFile
from dashboard.storage.local import LocalStore
from dashboard.storage.playlist import not_arrived, parse, read_playlist

AGORA = """#EXTM3U
#EXT-X-VERSION:3
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-ALLOW-CACHE:YES
#EXT-X-TARGETDURATION:17
#EXT-X-AGORA-TRACK-EVENT:EVENT=START,TRACK_TYPE=VIDEO,TIME=20260101000000123
#EXTINF:15.019000
a_20260101000000123.ts
#EXT-X-DISCONTINUITY
#EXTINF:3.500000,
bak0_a_20260101000015142.ts
#EXT-X-ENDLIST
"""


def test_it_reads_slices_with_and_without_the_comma():
    playlist = parse(AGORA, "year26")
    assert [piece.duration_s for piece in playlist.slices] == [15.019, 3.5]
    assert playlist.slices[0].name == "year26/a_20260101000000123.ts"
    assert playlist.duration_s == 18.519


def test_it_marks_the_slice_after_a_gap():
    assert [piece.after_gap for piece in parse(AGORA).slices] == [False, True]


def test_it_sees_that_more_may_come():
    assert parse(AGORA).ended
    assert not parse(AGORA.replace("#EXT-X-ENDLIST", "")).ended


def test_it_passes_over_lengths_that_are_none():
    assert parse("#EXTM3U\n#EXTINF:long,\na.ts\n").slices[0].duration_s == 0


def test_it_names_what_has_not_arrived(tmp_path):
    folder = tmp_path / "rec"
    folder.mkdir()
    (folder / "a.m3u8").write_text(AGORA)
    (folder / "a_20260101000000123.ts").write_bytes(b"x")
    store = LocalStore(tmp_path, "rec")
    playlist = read_playlist(store, "a.m3u8")
    assert not_arrived(playlist, store.list(())) == ["bak0_a_20260101000015142.ts"]


def test_it_takes_other_files_for_no_playlist(tmp_path):
    folder = tmp_path / "rec"
    folder.mkdir()
    (folder / "a.m3u8").write_text("<html>")
    store = LocalStore(tmp_path, "rec")
    assert read_playlist(store, "a.m3u8") is None
    assert read_playlist(store, "b.m3u8") is None


def test_it_counts_nothing_missing_from_an_empty_playlist():
    assert not_arrived(parse("#EXTM3U"), [StoredFile("a.ts", 1, None)]) == []
