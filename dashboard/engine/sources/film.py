"""A publisher whose picture and sound come from a file, again and again, on the media clock.

The file begins when the person joins, so what shows at a moment depends on nothing else.
Everything in it is read through once when it is opened, for the times of its pictures;
files of minutes are meant, not of hours. H.264 is handed out as it is, too.
"""

import bisect
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from av.bitstream import BitStreamFilterContext

from dashboard.engine.sources.coded import Coded

log = logging.getLogger(__name__)

RATE = 48_000
_OURS = ("fltp", "mono", RATE)
_NEAR = RATE // 2
"""Samples that are rather decoded and dropped than sought."""
_NEAR_PICTURES = 60
_RUN_UP = RATE // 5
"""Decoders of sound need a little from before."""
_SPS = 7


@dataclass(frozen=True)
class Reel:
    """What is in a file. Times in seconds from its first picture or sample.

    zero: the file's own time of it. run_up: how much earlier the first coded picture is due.
    shown: of each picture, in the order in which they are seen. ends: of the whole, which is
    when it begins again.
    """

    path: str
    zero: Fraction
    run_up: Fraction
    shown: tuple[Fraction, ...]
    ends: Fraction
    has_sound: bool
    is_h264: bool
    width: int
    height: int


@lru_cache(maxsize=32)
def read(path: str, changed_ns: int) -> Reel:
    """changed_ns: when the file was last written, so that another one is not taken for it.

    Raises av.error.FFmpegError or ValueError for what is neither picture nor sound.
    """
    with av.open(path) as container:
        video = next(iter(container.streams.video), None)
        audio = next(iter(container.streams.audio), None)
        wanted = [stream for stream in (video, audio) if stream]
        if not wanted:
            raise ValueError("neither picture nor sound")
        tracks = {stream.index: _Track(stream) for stream in wanted}
        for packet in container.demux(wanted):
            if packet.pts is not None and packet.size:
                tracks[packet.stream_index].take(packet)
        full = [track for track in tracks.values() if track.pts]
        if not full:
            raise ValueError("nothing in it")
        begins = [min(track.pts) * track.unit for track in full]
        ends = [track.ends * track.unit for track in full]
        pictures = tracks[video.index] if video else None
        shown = [at * pictures.unit for at in sorted(pictures.pts)] if pictures else []
        due = [min(pictures.dts) * pictures.unit] if shown else []
        zero = max(min(begins), Fraction(0))  # what is cut off in front lies before zero
        return Reel(
            path=path,
            zero=zero,
            run_up=max(Fraction(0), zero - min(due, default=zero)),
            shown=tuple(at - zero for at in shown),
            ends=_whole(max(ends) - zero),
            has_sound=audio is not None,
            is_h264=video is not None and video.codec_context.name.startswith("h264"),
            width=video.width if video else 0,
            height=video.height if video else 0,
        )


class _Track:
    """The times in one stream, whole numbers of its unit, which is in seconds."""

    def __init__(self, stream: av.stream.Stream) -> None:
        self.unit = stream.time_base
        rate = getattr(stream, "average_rate", None)
        self._usual = 1 / Fraction(rate) / self.unit if rate else Fraction(0)
        self.pts: list[int] = []
        self.dts: list[int] = []
        self.ends: int | Fraction = 0

    def take(self, packet: av.Packet) -> None:
        self.pts.append(packet.pts)
        self.dts.append(packet.pts if packet.dts is None else packet.dts)
        self.ends = max(self.ends, packet.pts + (packet.duration or self._usual))


def _whole(seconds: Fraction) -> Fraction:
    """Up to the next sample: picture and sound begin again together, for ever."""
    return Fraction(-(-seconds * RATE // 1), RATE)


def _last_at(times: Sequence[Fraction], at: Fraction, near: int) -> int:
    """Index of the last that is not later, -1 if all are. near: it was that, or one less,
    just before; fractions are slow to compare."""
    for index in (near, near + 1):
        if 0 <= index < len(times) - 1 and times[index] <= at < times[index + 1]:
            return index
    return bisect.bisect_right(times, at) - 1


class Film:
    """Asked for one moment after another it decodes on; asked for another it seeks."""

    def __init__(self, reel: Reel, joined_ms: int) -> None:
        self._reel = reel
        self._begins = Fraction(joined_ms, 1000) + reel.run_up
        self._pictures = _Pictures(reel)
        self._sounds = _Sounds(reel)
        self._index = 0

    def number(self, at: Fraction) -> int:
        turn, into = divmod(max(Fraction(0), at - self._begins), self._reel.ends)
        count = len(self._reel.shown)
        self._index = _last_at(self._reel.shown, into, self._index)
        return int(turn) * max(1, count) + max(0, self._index)

    def picture(self, number: int) -> av.VideoFrame:
        return self._pictures.at(number % max(1, len(self._reel.shown)))

    def sound(self, first: int, count: int) -> np.ndarray:
        length = int(self._reel.ends * RATE)
        passed = first - int(self._begins * RATE)
        before = min(count, max(0, -passed))
        pieces = [np.zeros(before, np.float32)]
        into, count = (passed + before) % length, count - before
        while count:
            part = min(count, length - into)
            pieces.append(self._sounds.at(into, part))
            into, count = 0, count - part
        return np.concatenate(pieces)


class CodedFilm(Film):
    """One whose pictures are H.264."""

    def __init__(self, reel: Reel, joined_ms: int) -> None:
        super().__init__(reel, joined_ms)
        self._packets: Iterator[Coded] | None = None
        self._next: Coded | None = None
        self._asked: Fraction | None = None

    def packets(self, since: Fraction, until: Fraction) -> Sequence[Coded]:
        """Those whose dts lies in since <= dts < until, seconds since 1970, by dts."""
        if self._packets is None or since != self._asked:
            self._packets = self._from(since)
            self._next = next(self._packets)
        found = []
        while self._next.dts < until:
            if self._next.dts >= since:
                found.append(self._next)
            self._next = next(self._packets)
        self._asked = until
        return found

    def _from(self, since: Fraction) -> Iterator[Coded]:
        """Endless. A turn early, for the first packets of one may belong before its beginning."""
        turn = max(0, int((since - self._begins) // self._reel.ends) - 1)
        while True:
            start = self._begins + turn * self._reel.ends
            yield from _coded(self._reel, start)
            turn += 1


def open_film(path: Path, joined_ms: int) -> Film | None:
    """None, with a word in the log, for what cannot be played."""
    try:
        reel = read(str(path), path.stat().st_mtime_ns)
        if reel.ends <= 0:
            raise ValueError("it has no length")
    except (OSError, ValueError, av.error.FFmpegError) as fault:
        log.warning("%s cannot be played: %s", path.name, fault)
        return None
    return (CodedFilm if reel.is_h264 else Film)(reel, joined_ms)


class _Pictures:
    def __init__(self, reel: Reel) -> None:
        self._reel = reel
        self._container: av.container.InputContainer | None = None
        self._frames: Iterator[av.VideoFrame] = iter(())
        self._asked = self._index = -1
        self._frame: av.VideoFrame | None = None

    def at(self, index: int) -> av.VideoFrame:
        """The picture of an index, or the nearest before it that could be decoded."""
        if not self._reel.shown:
            return self._dark()
        if self._frame and index == self._asked:
            return self._frame
        self._asked = index
        if self._frame is None or index < self._index or index > self._index + _NEAR_PICTURES:
            self._seek(index)
        while self._index < index and self._step():
            pass
        return self._frame or self._dark()

    def _seek(self, index: int) -> None:
        """To the key frame before, or to the beginning where the file leads somewhere else."""
        for at in (self._reel.shown[index] + self._reel.zero, None):
            self._frames = self._open(at)
            self._index, self._frame = -1, None
            self._step()
            if self._frame and self._index <= index:
                return

    def _open(self, at: Fraction | None) -> Iterator[av.VideoFrame]:
        if self._container is None or at is None:
            self._container = av.open(self._reel.path)
            self._container.streams.video[0].codec_context.thread_count = 1  # more cost more
        stream = self._container.streams.video[0]
        if at is not None:
            self._container.seek(int(at / stream.time_base), stream=stream)
        return self._container.decode(stream)

    def _step(self) -> bool:
        frame = next(self._frames, None)
        if frame is None:
            return False
        at = (frame.pts or 0) * frame.time_base - self._reel.zero
        self._index, self._frame = _last_at(self._reel.shown, at, self._index), frame
        return True

    def _dark(self) -> av.VideoFrame:
        frame = av.VideoFrame(self._reel.width or 640, self._reel.height or 360, "yuv420p")
        for plane, level in zip(frame.planes, (16, 128, 128), strict=True):
            plane.update(bytes([level]) * plane.buffer_size)
        return frame


class _Sounds:
    """buffer: samples that were decoded and not asked for yet; begins: the place of the first."""

    def __init__(self, reel: Reel) -> None:
        self._reel = reel
        self._container: av.container.InputContainer | None = None
        self._blocks: Iterator[tuple[int, np.ndarray]] = iter(())
        self._begins = 0
        self._buffer = np.zeros(0, np.float32)
        self._ready = False

    def at(self, first: int, count: int) -> np.ndarray:
        """Silence where the file has none. first: sample of the reel."""
        if not self._reel.has_sound:
            return np.zeros(count, np.float32)
        behind = first - self._begins - len(self._buffer)
        if not self._ready or first < self._begins or behind > _NEAR:
            self._seek(first)
        while self._begins + len(self._buffer) < first + count:
            found = next(self._blocks, None)
            if found is None:
                break
            self._take(*found)
        out = np.zeros(count, np.float32)
        at = first - self._begins
        known = self._buffer[max(0, at) : max(0, at + count)]
        out[max(0, -at) : max(0, -at) + len(known)] = known
        drop = min(len(self._buffer), max(0, at))  # what was given may be asked for once more
        self._buffer, self._begins = self._buffer[drop:], self._begins + drop
        return out

    def _take(self, begins: int, samples: np.ndarray) -> None:
        """Put a block where its time says: gaps are silence, what overlaps counts once."""
        end = self._begins + len(self._buffer)
        if not len(self._buffer):
            self._begins, self._buffer = begins, samples
        elif begins >= end:
            self._buffer = np.concatenate([self._buffer, np.zeros(begins - end, "f4"), samples])
        else:
            self._buffer = np.concatenate([self._buffer, samples[end - begins :]])

    def _seek(self, first: int) -> None:
        """To a little before, or to the beginning where the file leads somewhere else."""
        wanted = max(0, first - _RUN_UP)
        for at in (Fraction(wanted, RATE) + self._reel.zero, None):
            self._blocks = self._open(at)
            self._begins, self._buffer, self._ready = 0, np.zeros(0, np.float32), True
            found = next(self._blocks, None)
            if found and found[0] <= first:
                self._take(*found)
                return
        if found:
            self._take(*found)

    def _open(self, at: Fraction | None) -> Iterator[tuple[int, np.ndarray]]:
        if self._container is None or at is None:
            self._container = av.open(self._reel.path)
        stream = self._container.streams.audio[0]
        if at is not None:
            self._container.seek(int(at / stream.time_base), stream=stream)
        return _blocks(self._container, stream, self._reel.zero)


def _blocks(
    container: av.container.InputContainer, stream: av.AudioStream, zero: Fraction
) -> Iterator[tuple[int, np.ndarray]]:
    """Mono float32 at 48 kHz from where the container stands, with the place of each."""
    resampler = av.AudioResampler("fltp", "mono", RATE)
    place: int | None = None
    for frame in container.decode(stream):
        if place is None:
            place = round(((frame.pts or 0) * frame.time_base - zero) * RATE)
        is_ours = (frame.format.name, frame.layout.name, frame.sample_rate) == _OURS
        for block in (frame,) if is_ours else resampler.resample(frame):
            samples = np.frombuffer(block.planes[0], np.float32, block.samples)
            skip = min(len(samples), max(0, -place))
            if len(samples) > skip:
                yield place + skip, samples[skip:]
            place += len(samples)


def _coded(reel: Reel, start: Fraction) -> Iterator[Coded]:
    """All pictures of one turn in Annex B. start: when it begins, seconds since 1970."""
    with av.open(reel.path) as container:
        stream = container.streams.video[0]
        head = _parameter_sets(stream)
        annex_b = BitStreamFilterContext("h264_mp4toannexb", stream)
        for packet in container.demux(stream):
            for part in annex_b.filter(packet if packet.size else None):
                data = bytes(part)
                if part.is_keyframe and not _has(data, _SPS):
                    data = head + data
                offset = start - reel.zero
                yield Coded(part.pts * stream.time_base + offset,
                            part.dts * stream.time_base + offset,
                            part.is_keyframe, data, reel.width, reel.height)  # fmt: skip


def _parameter_sets(stream: av.VideoStream) -> bytes:
    """Those the file keeps apart, where it keeps them in Annex B."""
    extra = stream.codec_context.extradata or b""
    return extra if extra.startswith((b"\0\0\0\1", b"\0\0\1")) else b""


def _has(data: bytes, kind: int) -> bool:
    """Whether there is a unit of a kind among the first ones."""
    at = data.find(b"\0\0\1")
    while 0 <= at < 256:
        if data[at + 3] & 31 == kind:
            return True
        at = data.find(b"\0\0\1", at + 3)
    return False
