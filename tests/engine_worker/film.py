"""Small media files whose every picture and sound can be told apart."""

from fractions import Fraction

import av
import numpy as np

RATE = 48_000


def shoot(path, pictures=30, fps=10, codec="libx264", size=(64, 48), beep_s=1.0, sound_s=None,
          audio="aac"):  # fmt: skip
    """Picture i is grey of `level(i)`; a tone sounds for a tenth of a second at `beep_s`."""
    with av.open(str(path), "w") as container:
        video = container.add_stream(codec, rate=fps)
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.codec_context.gop_size = 10
        if codec == "libx264":
            video.codec_context.options = {"bf": "2", "crf": "10"}
        sound = container.add_stream(audio, rate=RATE, layout="mono") if audio else None
        for i in range(pictures):
            frame = flat(*size, level(i))
            frame.pts, frame.time_base = i, Fraction(1, fps)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if sound:
            _speak(container, sound, sound_s or pictures / fps, beep_s)
    return path


def level(index):
    return 20 + 6 * index


def flat(width, height, luma):
    frame = av.VideoFrame(width, height, "yuv420p")
    for plane, value in zip(frame.planes, (luma, 128, 128), strict=True):
        plane.update(bytes([value]) * plane.buffer_size)
    return frame


def _speak(container, stream, seconds, beep_s):
    samples = np.zeros(round(seconds * RATE), np.float32)
    at = round(beep_s * RATE)
    turns = np.arange(RATE // 10) / RATE * 1000
    samples[at : at + RATE // 10] = 0.5 * np.sin(2 * np.pi * turns)
    for first in range(0, len(samples), 1024):
        block = samples[first : first + 1024]
        frame = av.AudioFrame.from_ndarray(block[None], "fltp", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, first, Fraction(1, RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
