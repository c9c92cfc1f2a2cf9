"""Jobs to record, and eyes and ears for what was recorded."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Colorspace

from dashboard.engine.worker.clock import VirtualClock
from dashboard.engine.worker.encoder import START_S
from dashboard.engine.worker.job import Job
from dashboard.engine.worker.recording import record

EPOCH_MS = 1_767_225_600_000
"""Where a VirtualClock starts: 2026-01-01T00:00:00Z, an even second."""
STEM = "5f0c9e3b7a1d4c0f8e6b2a9d31c47e58_demo"
COLOURS = {"1001": "#2F6FDE", "1002": "#D9822B", "1003": "#2E9E6B", "1004": "#8A4FBF"}
TONES = {"1001": 440.0, "1002": 550.0, "1003": 660.0, "1004": 770.0}
WIDTH, HEIGHT, FPS = 320, 180, 10


def person(uid, **changes):
    document = {
        "uid": uid, "kind": "testcard", "color": COLOURS.get(uid, "#777777"),
        "tone_hz": TONES.get(uid, 880.0), "audio": True, "video": True, "joined_ms": EPOCH_MS,
    }  # fmt: skip
    return {**document, **changes}


def document(folder, *uids, **changes):
    """The JSON of a job: a small canvas, the given people, a grid on black."""
    canvas = {"width": WIDTH, "height": HEIGHT, "fps": FPS, "bitrate_kbps": 600}
    base = {
        "sid": STEM[:32], "folder": str(folder), "stem": STEM, "prefix": "",
        "canvas": {**canvas, **changes.pop("canvas", {})}, "audio_profile": 0, "streams": "both",
        "layout": {"preset": "best_fit", "background": "#000000"},
        "subscription": {"audio": None, "video": None},
        "publishers": [person(uid) for uid in uids], "correct_extinf": False,
        "epoch_ms": None, "resume": False, "clock": "virtual",
    }  # fmt: skip
    return {**base, **changes}


def make(folder, *uids, script, start_ms=EPOCH_MS, **changes):
    """Record in this process. script: (seconds, command); a number alone is when to stop."""
    lines = script if isinstance(script, list) else [(script, {"cmd": "stop"})]
    job = Job.from_json(document(folder, *uids, **changes))
    return record(job, VirtualClock(start_ms), lines)


def events(told, name):
    return [event for event in told if event["event"] == name]


@dataclass
class Footage:
    """pictures: frame number -> RGB array. sound: mono samples. first_sample: of media time."""

    pictures: dict[int, np.ndarray]
    sound: np.ndarray
    first_sample: int

    def at(self, seconds, length):
        """The sound of a stretch of media time."""
        begin = round(seconds * 48_000) - self.first_sample
        return self.sound[begin : begin + round(length * 48_000)]


def watch(path, fps=FPS, start_s=START_S):
    """Decode a whole playlist, slice or MP4. start_s: what its times begin with."""
    pictures, sound = {}, Ears()
    with av.open(str(path)) as container:
        for packet in container.demux():
            for frame in packet.decode():
                if isinstance(frame, av.VideoFrame):
                    number = round((frame.time - start_s) * fps)
                    assert number not in pictures
                    pictures[number] = rgb(frame)
                else:
                    sound.hear(frame, start_s)
    return Footage(pictures, *sound.all())


class Ears:
    """Puts sound where its times say, with silence in gaps."""

    def __init__(self):
        self.pieces = []

    def hear(self, frame, start_s):
        """Other rates than 48 kHz, if they go into it: each sample counts several times."""
        first = round((frame.time - start_s) * 48_000)
        self.pieces.append((first, frame.to_ndarray()[0].repeat(48_000 // frame.sample_rate)))

    def all(self):
        if not self.pieces:
            return np.zeros(0, np.float32), 0
        begin = self.pieces[0][0]
        last, piece = self.pieces[-1]
        out = np.zeros(last + len(piece) - begin, np.float32)
        for first, samples in self.pieces:
            out[first - begin : first - begin + len(samples)] = samples
        return out, begin


def rgb(frame):
    return frame.reformat(format="rgb24", src_colorspace=Colorspace.ITU709).to_ndarray()


def is_colour(pixels, colour, within=10):
    """Whether pixels (or one) show "#RRGGBB", each channel within so many levels."""
    wanted = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return bool(np.all(np.abs(np.asarray(pixels, int) - wanted) <= within))


def tones(samples):
    """Hertz of the strong tones in a stretch of sound, to the nearest 10."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    hertz = np.fft.rfftfreq(len(samples), 1 / 48_000)
    peaks = [
        i for i in range(1, len(spectrum) - 1)
        if spectrum[i] > max(spectrum.max() / 8, 5) and spectrum[i] == spectrum[i - 1 : i + 2].max()
    ]  # fmt: skip
    return sorted({round(hertz[i], -1) for i in peaks})


def packets_of(path: Path):
    return np.frombuffer(path.read_bytes(), np.uint8).reshape(-1, 188)
