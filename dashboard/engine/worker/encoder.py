"""H.264 and AAC. The encoders live in outputs that go nowhere; slices borrow them.

`start_encoding` has to come first: without it AAC has no description of itself and the
sound of every slice would be unreadable.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
import numpy as np
from av.video.frame import PictureType

from dashboard.engine.worker.job import Canvas, Sound
from dashboard.engine.worker.mixer import BLOCK, RATE

START_S = 10
"""Added to every presentation time: frames that are stored out of order, and AAC's run-up,
begin before zero, and a muxer would move the first slice alone."""
LOOK_AHEAD_S = 0.4
"""The encoder's memory; what a killed worker loses."""

_BT709, _LIMITED = 1, 1
_LARGE = 1280 * 720
_TICK = Fraction(1, RATE)


class VideoEncoder:
    """One encoder for one size. Each slice begins with a forced IDR.

    pattern: adds a stream for its packets to a muxer.
    """

    def __init__(self, canvas: Canvas, slice_s: int, is_live: bool) -> None:
        """is_live: large pictures take two threads, which never make quite the same twice:
        each sees how far the other is when it shares out the bits.
        """
        self._nowhere = av.open(_Nowhere(), "w", format="mpegts")
        threads = 2 if is_live and canvas.width * canvas.height >= _LARGE else 1
        self._stream = _video_stream(self._nowhere, canvas, threads)
        self._nowhere.start_encoding()
        self._start = START_S * canvas.fps
        self._every = slice_s * canvas.fps
        self._origin: int | None = None

    def pattern(self, muxer: av.container.OutputContainer) -> av.VideoStream:
        return muxer.add_stream_from_template(self._stream, opaque=True)

    def encode(self, frame: av.VideoFrame, number: int) -> Iterator[av.Packet]:
        """number: of the tick since media time 0."""
        if self._origin is None:
            self._origin = number
        frame.pts = number + self._start
        frame.time_base = self._stream.codec_context.time_base
        forced = (number - self._origin) % self._every == 0
        frame.pict_type = PictureType.I if forced else PictureType.NONE
        yield from self._stream.encode(frame)

    def finish(self) -> list[av.Packet]:
        """The packets it still holds."""
        return [] if self._origin is None else self._stream.encode(None)


class AudioEncoder:
    """AAC of mono blocks of 1024 samples at 48 kHz, as many channels at the rate asked for."""

    def __init__(self, sound: Sound) -> None:
        self._nowhere = av.open(_Nowhere(), "w", format="mpegts")
        layout = "stereo" if sound.channels == 2 else "mono"
        self._stream = self._nowhere.add_stream("aac", rate=sound.rate, layout=layout)
        self._stream.codec_context.bit_rate = sound.bitrate_kbps * 1000
        self._nowhere.start_encoding()
        self._resampler = None
        if sound.rate != RATE:
            self._resampler = av.AudioResampler("fltp", layout, sound.rate, frame_size=BLOCK)

    def pattern(self, muxer: av.container.OutputContainer) -> av.AudioStream:
        return muxer.add_stream_from_template(self._stream, opaque=True)

    def encode(self, block: np.ndarray, first: int) -> Iterator[av.Packet]:
        """first: number of the block's first sample at 48 kHz since media time 0."""
        context = self._stream.codec_context
        planes = np.broadcast_to(block, (context.layout.nb_channels, len(block)))
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(planes), format="fltp", layout=context.layout.name
        )
        frame.sample_rate = RATE
        frame.pts = first + START_S * RATE
        frame.time_base = _TICK
        for ready in self._resampled(frame):
            yield from self._stream.encode(ready)

    def finish(self) -> list[av.Packet]:
        """The packets it still holds."""
        last = self._resampled(None) if self._resampler else ()
        return [*(packet for frame in last for packet in self._stream.encode(frame)),
                *self._stream.encode(None)]  # fmt: skip

    def _resampled(self, frame: av.AudioFrame | None) -> Iterable[av.AudioFrame]:
        return self._resampler.resample(frame) if self._resampler else (frame,)


@dataclass(frozen=True)
class CodedPattern:
    """Stands for an encoder where a publisher's own packets are kept."""

    width: int
    height: int
    fps: int

    def pattern(self, muxer: av.container.OutputContainer) -> av.VideoStream:
        return muxer.add_mux_stream("h264", rate=self.fps, width=self.width, height=self.height)


class _Nowhere:
    def write(self, data: bytes) -> int:
        return len(data)


def _video_stream(
    container: av.container.OutputContainer, canvas: Canvas, threads: int
) -> av.VideoStream:
    stream = container.add_stream("libx264", rate=canvas.fps)
    stream.width, stream.height, stream.pix_fmt = canvas.width, canvas.height, "yuv420p"
    context = stream.codec_context
    context.bit_rate = canvas.bitrate_kbps * 1000
    context.gop_size = canvas.gop_s * canvas.fps
    context.color_range = _LIMITED
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.thread_count = threads
    context.options = _x264_options(canvas)
    return stream


def _x264_options(canvas: Canvas) -> dict[str, str]:
    """At few frames a second a look-ahead, or a B-frame, would hold back whole seconds."""
    ahead = min(10, int(LOOK_AHEAD_S * canvas.fps))
    options = {
        "preset": "veryfast",
        "forced-idr": "1",
        "sc_threshold": "0",
        "maxrate": str(canvas.bitrate_kbps * 1500),
        "bufsize": str(canvas.bitrate_kbps * 2000),
    }
    if ahead == 0:
        return {**options, "tune": "zerolatency"}
    return {**options, "rc-lookahead": str(ahead), "bf": str(min(3, max(0, ahead - 2)))}
