"""The file a slice is written into: MPEG-TS packets whose counters run on from slice to slice.

A muxer starts every file with its continuity counters at zero, which a player that
reads slice after slice takes for lost packets.
"""

import os
from pathlib import Path

import numpy as np

PACKET = 188


class Continuity:
    """The last counter of each PID, kept over the slices of a worker."""

    def __init__(self) -> None:
        self._next = np.zeros(8192, np.uint8)
        self._shift = np.zeros(8192, np.uint8)

    def new_file(self) -> None:
        """The muxer begins again at zero: from here on add where the last file ended."""
        self._shift = self._next.copy()

    def rewrite(self, packets: np.ndarray) -> None:
        """packets: (n, 188) uint8, changed in place.

        Only packets with payload count (ISO 13818-1, 2.4.3.3), and the muxer has counted
        them; all of a file are moved by the same step.
        """
        pids = (packets[:, 1].astype(np.uint16) & 0x1F) << 8 | packets[:, 2]
        counters = (packets[:, 3] + self._shift[pids]) & 0x0F
        packets[:, 3] = (packets[:, 3] & 0xF0) | counters
        self._next[pids] = (counters + 1) & 0x0F


class TsFile:
    """What PyAV writes to. A fault of the disk is kept in `fault` and the rest is dropped:
    the muxer is never left in the middle of a packet.
    """

    def __init__(self, path: Path, continuity: Continuity) -> None:
        """Raises OSError."""
        self._file = open(path, "wb", buffering=0)  # noqa: SIM115 - closed by close()
        self._continuity = continuity
        self._rest = b""
        self.fault: OSError | None = None
        self.size_bytes = 0
        continuity.new_file()

    def write(self, data: bytes) -> int:
        whole = (len(self._rest) + len(data)) // PACKET * PACKET
        joined = self._rest + bytes(data)
        self._rest = joined[whole:]
        if whole and self.fault is None:
            packets = np.frombuffer(bytearray(joined[:whole]), np.uint8).reshape(-1, PACKET)
            self._continuity.rewrite(packets)
            self._put(packets.tobytes())
        return len(data)

    def _put(self, data: bytes) -> None:
        left = memoryview(data)
        try:
            while left:
                written = os.write(self._file.fileno(), left)
                self.size_bytes += written
                left = left[written:]
        except OSError as fault:
            self.fault = fault

    def close(self) -> None:
        self._file.close()
