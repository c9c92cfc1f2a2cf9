"""H.264 and AAC. The encoders live in an output that goes nowhere; slices borrow them.

`start_encoding` has to come first: without it AAC has no description of itself and the
sound of every slice would be unreadable.
"""

from collections.abc import Iterator

import av
import numpy as np
from av.video.frame import PictureType

from dashboard.engine.worker.job import Canvas, Job
from dashboard.engine.worker.mixer import RATE

SLICE_S = 15
START_S = 10
"""Added to every presentation time: frames that are stored out of order, and AAC's run-up,
begin before zero, and a muxer would move the first slice alone."""
LOOK_AHEAD_S = 0.4
"""The encoder's memory; what a killed worker loses."""

_BT709, _LIMITED = 1, 1
_AUDIO = {0: (48_000, "mono"), 1: (128_000, "mono"), 2: (192_000, "stereo")}
"""bit/s and channels of Agora's audioProfile (reference 4.2)."""


class Encoders:
    """video, audio: the streams a slice takes as its pattern, None where not recorded."""

    def __init__(self, job: Job) -> None:
        self._nowhere = av.open(_Nowhere(), "w", format="mpegts")
        self.fps = job.canvas.fps
        self._origin: int | None = None
        self.video = _video_stream(self._nowhere, job.canvas) if job.has_video else None
        self.audio = _audio_stream(self._nowhere, job.audio_profile) if job.has_audio else None
        self._nowhere.start_encoding()

    def encode_video(self, frame: av.VideoFrame, number: int) -> Iterator[av.Packet]:
        """number: of the tick since media time 0. Each slice begins with a forced IDR."""
        if self._origin is None:
            self._origin = number
        frame.pts = number + START_S * self.fps
        frame.time_base = self.video.codec_context.time_base
        forced = (number - self._origin) % (SLICE_S * self.fps) == 0
        frame.pict_type = PictureType.I if forced else PictureType.NONE
        yield from self.video.encode(frame)

    def encode_audio(self, block: np.ndarray, first: int) -> Iterator[av.Packet]:
        """block: 1024 mono samples. first: number of its first one since media time 0."""
        context = self.audio.codec_context
        planes = np.broadcast_to(block, (context.layout.nb_channels, len(block)))
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(planes), format="fltp", layout=context.layout.name
        )
        frame.sample_rate = RATE
        frame.pts = first + START_S * RATE
        frame.time_base = context.time_base
        yield from self.audio.encode(frame)

    def finish(self) -> tuple[list[av.Packet], list[av.Packet]]:
        """The video and audio packets the encoders still hold."""
        video = self.video.encode(None) if self.video and self._origin is not None else []
        audio = self.audio.encode(None) if self.audio else []
        return video, audio


class _Nowhere:
    def write(self, data: bytes) -> int:
        return len(data)


def _video_stream(container: av.container.OutputContainer, canvas: Canvas) -> av.VideoStream:
    stream = container.add_stream("libx264", rate=canvas.fps)
    stream.width, stream.height, stream.pix_fmt = canvas.width, canvas.height, "yuv420p"
    context = stream.codec_context
    context.bit_rate = canvas.bitrate_kbps * 1000
    context.gop_size = 2 * canvas.fps
    context.color_range = _LIMITED
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.thread_count = 2 if canvas.width * canvas.height >= 1280 * 720 else 1
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


def _audio_stream(container: av.container.OutputContainer, profile: int) -> av.AudioStream:
    bit_rate, layout = _AUDIO[profile]
    stream = container.add_stream("aac", rate=RATE, layout=layout)
    stream.codec_context.bit_rate = bit_rate
    return stream
