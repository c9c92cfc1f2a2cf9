"""Transport packets on the disk: whole, and counted through from slice to slice."""

import io

import numpy as np

from dashboard.engine.worker.tsfile import PACKET, Continuity, TsFile
from tests.engine_worker.studio import STEM, events, make, packets_of


def packet(pid, counter, payload=0):
    return bytes([0x47, pid >> 8, pid & 0xFF, 0x10 | counter]) + bytes([payload]) * 184


def counters(path, pid):
    packets = packets_of(path)
    pids = (packets[:, 1].astype(int) & 0x1F) << 8 | packets[:, 2]
    has_payload = packets[:, 3] & 0x10 > 0
    return (packets[(pids == pid) & has_payload, 3] & 0x0F).tolist()


def test_it_goes_on_counting_in_the_next_file(tmp_path):
    continuity = Continuity()
    for name in ("one", "two"):
        file = TsFile(tmp_path / name, continuity)
        file.write(b"".join(packet(256, i) for i in range(5)) + packet(0, 0))
        file.close()
    assert counters(tmp_path / "one", 256) == [0, 1, 2, 3, 4]
    assert counters(tmp_path / "two", 256) == [5, 6, 7, 8, 9]
    assert counters(tmp_path / "two", 0) == [1]


def test_it_writes_whole_packets_however_they_come(tmp_path):
    data = b"".join(packet(256, i % 16, i) for i in range(40))
    file = TsFile(tmp_path / "a", Continuity())
    stream = io.BytesIO(data)
    while piece := stream.read(331):
        file.write(piece)
        assert (tmp_path / "a").stat().st_size % PACKET == 0
    file.close()
    assert (tmp_path / "a").read_bytes() == data
    assert file.size_bytes == len(data)


def test_a_recording_never_skips_a_count(tmp_path):
    told = make(tmp_path, "1001", script=31)
    paths = [tmp_path / event["name"] for event in events(told, "slice_closed")]
    assert len(paths) == 3
    for pid in (0, 256, 257, 4096):
        run = [count for path in paths for count in counters(path, pid)]
        assert len(run) >= 3
        assert np.all(np.diff(run) % 16 == 1)


def test_every_slice_opens_with_its_tables_and_a_key_frame(tmp_path):
    import av

    make(tmp_path, "1001", script=16)
    for path in sorted(tmp_path.glob(f"{STEM}_*.ts")):
        first = packets_of(path)[:3]
        assert (((first[:, 1].astype(int) & 0x1F) << 8) | first[:, 2]).tolist()[:3] == [17, 0, 4096]
        with av.open(str(path)) as container:
            assert next(container.demux(video=0)).is_keyframe
