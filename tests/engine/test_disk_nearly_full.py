"""A disk that is nearly full: what runs ends in order, and is told of truly in either manner."""

import os

from dashboard.engine.disk import free_mb
from tests.engine.harness import CallbackReceiver
from tests.engine.trtc import TrtcReceiver, trtc_engine

MB = 1024 * 1024


def test_callbacks_tell_of_an_orderly_end_and_of_all_files(tmp_path):
    limits = {"stop_free_mb": max(0, free_mb(tmp_path) - 1500), "look_at_disk_s": 0.1}
    with CallbackReceiver() as agora, TrtcReceiver() as trtc:
        engine = trtc_engine(tmp_path, agora.url, cpu_share=0, **limits)
        engine.settings["TRTC_CALLBACK_URL"] = trtc.url
        with engine:
            engine.join("full", "1001")
            recording, task = engine.start_recording("full"), engine.create("full", RoomIdType=0)
            agora.wait_for(42, recording.sid)
            trtc.wait_for(307, task)
            ballast = tmp_path / "ballast"
            try:
                with open(ballast, "wb") as file:
                    os.posix_fallocate(file.fileno(), 0, 3000 * MB)
                agora.wait_for(1, recording.sid)
                trtc.wait_for(302, task)
            finally:
                ballast.unlink()
            assert agora.wait_for(11, recording.sid).details["exitStatus"] == 1
            assert trtc.wait_for(302, task).payload == {"LeaveCode": 3}
            assert trtc.wait_for(305, task).payload == {"Status": 0}
    index = engine.bucket() / f"{recording.sid}_full.m3u8"
    assert "#EXT-X-ENDLIST" in index.read_text()
    details = {one.event: one.details for one in agora.of(recording.sid)}
    assert details[41]["leaveCode"] == 8
    assert [file["fileName"] for file in details[31]["fileList"]] == [index.name]
    told = [event for event in agora.events(recording.sid) if event != 4]
    assert told[-5:] == [1, 41, 33, 31, 11]
    assert trtc.events(task).count(302) == trtc.events(task).count(305) == 1
