"""Two engines on the virtual clock record the same to the byte, through the doors."""

from tests.engine.harness import CallbackReceiver, EngineProcess, wait_until
from tests.engine.trtc import TrtcReceiver, trtc_engine

LENGTH_S = 12
FROM_S = 1_767_225_600


def recorded(folder):
    """What each file of the bucket holds, by name; a mix and people apart, from start to MP4."""
    limits = {"virtual_s": LENGTH_S, "virtual_from_s": FROM_S, "cpu_share": 0}
    with CallbackReceiver() as agora, TrtcReceiver() as trtc:
        engine = trtc_engine(folder, agora.url, **limits)
        engine.flags = ("--clock", "virtual")
        engine.settings["TRTC_CALLBACK_URL"] = trtc.url
        with engine:
            engine.join("same", "1001", screen=True)
            engine.join("same", "1002")
            mix = engine.start_recording("same", output=("hls", "mp4"))
            apart = engine.create(
                "same", RoomIdType=0, RecordParams={"RecordMode": 1, "OutputFormat": 1}
            )
            wait_until(lambda: _lengths(engine) == [LENGTH_S] * 2, 60, "the whole length")
            assert EngineProcess.of(engine, mix, "stop").status_code == 200
            engine.delete(apart)
            trtc.wait_for(310, apart)
        return {
            path.name.replace(mix.sid, "sid"): path.read_bytes().replace(mix.sid.encode(), b"sid")
            for path in engine.data.joinpath("buckets").rglob("*")
            if path.is_file()
        }


def _lengths(engine):
    def of(studio):
        return [one["recorded_s"] for one in studio("/channels/same").json()["recordings"]]

    return of(engine.studio) + of(lambda path: EngineProcess.studio(engine, path))


def test_two_engines_make_the_same_files(tmp_path):
    one, two = recorded(tmp_path / "one"), recorded(tmp_path / "two")
    assert {"sid_same.m3u8", "sid_same_0.mp4", "sid_same_20260101000000000.ts"} <= one.keys()
    assert sum(name.endswith(".mp4") for name in one) == 4
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
