"""Names of files in either style, written and read back."""

import pytest

from dashboard.engine.reels import Names, Reel, mixed
from dashboard.protocols import trtc_filenames

SID = "5f0c9e3b7a1d4c0f8e6b2a9d31c47e58"
AT_MS = 1_768_908_637_408
"""A real slice of 20260120113037408 (trtc.md section 6)."""
AGORA = Names("agora", f"{SID}_lesson-7")
TRTC = Names("trtc", "1400000001_8801")


def test_agora_names_people_as_they_are():
    reel = Reel("11", "main", "video")
    stem = f"{SID}_lesson-7__uid_s_11__uid_e_video"
    assert AGORA.index(reel) == f"{stem}.m3u8"
    assert AGORA.slice(reel, AT_MS) == f"{stem}_20260120113037408.ts"
    assert AGORA.snapshot("11", AT_MS) == f"{stem}_20260120113037408.jpg"
    assert AGORA.read_snapshot(f"{stem}_20260120113037408.jpg") == ("11", AT_MS)
    assert AGORA.index(Reel("11", "main", "audio_video")).endswith("__uid_e_av.m3u8")


def test_trtc_names_people_in_code():
    stem = "1400000001_8801__UserId_s_YW5uYQ..__UserId_e_main"
    assert TRTC.index(Reel("anna", "main", "audio")) == f"{stem}_audio.m3u8"
    assert TRTC.slice(Reel("anna", "main", "video"), AT_MS) == (
        f"{stem}_video_20260120113037408.ts"
    )
    assert TRTC.index(Reel("anna", "main", "audio_video")) == f"{stem}.m3u8"
    assert TRTC.index(Reel("anna", "screen", "video")).endswith("__UserId_e_aux_video.m3u8")
    assert TRTC.part("anna", "main", 0, 1, "mp4") == f"{stem}.mp4"
    assert TRTC.part("anna", "main", 1, 3, "mp4") == f"{stem}_2.mp4"
    assert TRTC.part("", "mix", 0, 1, "aac") == "1400000001_8801.aac"


def test_a_resumption_names_agoras_slices_and_trtcs_indexes_too():
    mix = mixed("both")
    agora = Names("agora", AGORA.stem, prefix="bak0_")
    assert agora.index(mix) == f"{AGORA.stem}.m3u8"
    assert agora.slice(mix, AT_MS) == f"bak0_{AGORA.stem}_20260120113037408.ts"
    trtc = Names("trtc", TRTC.stem, prefix="ha1_")
    assert trtc.index(mix) == "ha1_1400000001_8801.m3u8"
    assert trtc.slice(mix, AT_MS) == "ha1_1400000001_8801_20260120113037408.ts"


@pytest.mark.parametrize("uid", ["anna", "user?~>", "a_b", "x+y", "main", "ä"])
@pytest.mark.parametrize("stream", ["main", "screen"])
@pytest.mark.parametrize("prefix", ["", "ha2_"])
def test_what_trtc_writes_can_be_read(uid, stream, prefix):
    reel = Reel(uid, stream, "video")
    names = Names("trtc", TRTC.stem, prefix=prefix)
    found = TRTC.read(f"{names.slice(reel, AT_MS)}.part")
    assert (found.reel, found.index) == (reel, names.index(reel))
    assert (found.start_ms, found.is_open) == (AT_MS, True)
    assert TRTC.read(names.index(reel)).start_ms is None


@pytest.mark.parametrize("medium", ["audio", "video", "audio_video"])
@pytest.mark.parametrize("prefix", ["", "bak11_"])
def test_what_agora_writes_can_be_read(medium, prefix):
    reel = Reel("4294967295", "main", medium)
    found = AGORA.read(Names("agora", AGORA.stem, prefix=prefix).slice(reel, AT_MS))
    assert (found.reel, found.index, found.is_open) == (reel, AGORA.index(reel), False)


@pytest.mark.parametrize("name", [
    "state.json", "1400000001_88010.m3u8", "1400000001_8801.mp4",
    "1400000001_8801__UserId_s_%%__UserId_e_main_video.m3u8",
    "1400000001_8801_20261399000000000.ts", "ha_1400000001_8801.m3u8",
])  # fmt: skip
def test_files_of_others_are_none_of_ours(name):
    assert TRTC.read(name) is None


def test_a_room_that_is_text_is_in_code_as_well():
    assert trtc_filenames.stem(1, "8801", is_text=False) == "1_8801"
    assert trtc_filenames.stem(1, "class-7", is_text=True) == "1_Y2xhc3MtNw.."
    assert trtc_filenames.encode("user?~>") == "dXNlcj9+Pg.."
    assert trtc_filenames.decode("dXNlcj9+Pg..") == "user?~>"
