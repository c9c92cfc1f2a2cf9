import pytest

from dashboard.protocols import filenames
from dashboard.protocols.filenames import FileName, parse_name

SID = "5f0c9e3b7a1d4c0f8e6b2a9d31c47e58"
STEM = f"{SID}_lesson-7"
AT_MS = 1767225600123


def test_it_cleans_a_channel_for_a_file_name():
    assert filenames.clean_channel("a.b_c@d e-1") == "a-b-c-d e-1"
    assert filenames.stem(SID, "lesson_7") == STEM


def test_it_names_the_files_of_a_mixed_recording():
    assert filenames.playlist_name(STEM) == f"{STEM}.m3u8"
    assert filenames.slice_name(STEM, AT_MS) == f"{STEM}_20260101000000123.ts"
    prefix = filenames.failover_prefix(0)
    assert filenames.slice_name(STEM, AT_MS, prefix) == f"bak0_{STEM}_20260101000000123.ts"
    assert filenames.mp4_name(STEM, 2) == f"{STEM}_2.mp4"
    assert filenames.with_folders(("year26", "l7"), "x.ts") == "year26/l7/x.ts"
    assert filenames.with_folders((), "x.ts") == "x.ts"


def test_it_writes_and_reads_time_stamps_of_both_lengths():
    assert filenames.utc_stamp(AT_MS) == "20260101000000123"
    assert filenames.parse_stamp("20260101000000123") == AT_MS
    assert filenames.parse_stamp(str(AT_MS)) == AT_MS


@pytest.mark.parametrize("stamp", ["", "2026", "2026010100000012x", "20261301000000123"])
def test_it_refuses_what_is_not_a_time_stamp(stamp):
    with pytest.raises(ValueError):
        filenames.parse_stamp(stamp)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (f"a/b/{STEM}.m3u8", FileName("playlist", SID, STEM)),
        (f"{STEM}_20260101000000123.ts", FileName("slice", SID, STEM, AT_MS)),
        (f"bak1_{STEM}_20260101000000123.ts", FileName("slice", SID, STEM, AT_MS, failover=1)),
        (f"{STEM}_12.mp4", FileName("mp4", SID, STEM, index=12)),
        (f"{STEM}_20261301000000123.ts", FileName("other")),
        ("notes.txt", FileName("other")),
    ],
)
def test_it_reads_what_a_name_tells(name, told):
    assert parse_name(name) == told
