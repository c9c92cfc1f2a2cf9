"""`python -m tests.benchmarks.mix`: what a recorded second costs, beside the ffmpeg program.

The demo mix: three test cards of 640x360 at 15 frames a second on 1280x720, 1130 kbit/s,
H.264 and AAC in slices of 15 s, as fast as it goes. CPU is user and system time of the
whole process, start-up included. Three ways take turns:

  ours    draws the test cards itself, which ffmpeg does not have to; decodes nothing
  ours+   decodes the same three files as ffmpeg does
  ffmpeg  decodes three files, overlays them once and for all, mixes, encodes, slices;
          its layout cannot change while it runs
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

UIDS = ("1001", "1002", "1003")
CANVAS = {"width": 1280, "height": 720, "fps": 15, "bitrate_kbps": 1130}
FILM = {"width": 640, "height": 360, "fps": 15, "bitrate_kbps": 500}


def main() -> None:
    import imageio_ffmpeg

    asked = _arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        films = [_shoot(folder, uid, asked.seconds) for uid in UIDS]
        program = imageio_ffmpeg.get_ffmpeg_exe()
        ways: Mapping[str, Callable[[Path], float]] = {
            "ours": lambda out: _ours(out, asked.seconds),
            "ours+": lambda out: _ours(out, asked.seconds, films),
            "ffmpeg": lambda out: _cpu_of(_command_line(program, films, out, asked.seconds)),
        }
        rounds = [_round(ways, folder / str(i), asked.seconds) for i in range(asked.rounds)]
    _print(rounds, asked.seconds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="CPU of the demo mix beside ffmpeg")
    parser.add_argument("--seconds", type=int, default=30, help="length of the recording")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


def _round(ways: Mapping[str, Callable[[Path], float]], folder: Path, seconds: int) -> dict:
    """CPU seconds per recorded second of each way, one after the other."""
    found = {}
    for way, run in ways.items():
        out = folder / way
        out.mkdir(parents=True)
        found[way] = run(out) / seconds
    return found


def _print(rounds: list[dict[str, float]], seconds: int) -> None:
    print(f"{len(rounds)} rounds of {seconds} s; CPU seconds per recorded second")
    print(f"{'':8}{'median':>8}{'least':>8}{'of ffmpeg (median of the rounds)':>36}")
    for way in rounds[0]:
        costs = [one[way] for one in rounds]
        ratio = statistics.median(one[way] / one["ffmpeg"] for one in rounds)
        print(f"{way:8}{statistics.median(costs):8.4f}{min(costs):8.4f}{ratio:36.2f}")


def _job(folder: Path, uids: tuple[str, ...], canvas: Mapping[str, int], kind: str) -> dict:
    people = [{"uid": uid, "kind": kind, "color": color, "tone_hz": tone}
              for uid, color, tone in (("1001", "#2F6FDE", 440.0), ("1002", "#D9822B", 550.0),
                                       ("1003", "#2E9E6B", 660.0)) if uid in uids]  # fmt: skip
    return {"folder": str(folder), "stem": "bench", "canvas": canvas, "publishers": people,
            "layout": {"preset": "best_fit"}, "clock": "virtual"}  # fmt: skip


def _shoot(folder: Path, uid: str, seconds: int) -> Path:
    """Record one test card into a file, H.264 and AAC."""
    from dashboard.engine.reels import Names
    from dashboard.engine.remux import Wanted, remux

    place = folder / f"film-{uid}"
    place.mkdir()
    _record(_job(place, (uid,), FILM, "testcard"), seconds + 1)
    return place / remux(place, Names("agora", "bench"), Wanted())[0]["name"]


def _ours(out: Path, seconds: int, films: list[Path] | None = None) -> float:
    job = _job(out, UIDS, CANVAS, "film" if films else "testcard")
    told = json.dumps({"job": job, "seconds": seconds, "films": [str(f) for f in films or []]})
    return _cpu_of([sys.executable, "-m", "tests.benchmarks.mix", "--child", told])


def _cpu_of(command: list[str]) -> float:
    """User and system seconds of a process."""
    process = subprocess.Popen(command)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return used.ru_utime + used.ru_stime


def _command_line(program: str, films: list[Path], out: Path, seconds: int) -> list[str]:
    places = ("0:0", "640:0", "0:360")
    graph = ["color=black:s=1280x720:r=15[c0]"]
    graph += [f"[c{i}][{i}:v]overlay={place}[c{i + 1}]" for i, place in enumerate(places)]
    graph += ["[0:a][1:a][2:a]amix=inputs=3:normalize=0[a]"]
    inputs = [part for film in films for part in ("-i", str(film))]
    return [program, "-nostdin", "-v", "error", *inputs, "-filter_complex", ";".join(graph),
            "-map", "[c3]", "-map", "[a]", "-t", str(seconds), "-pix_fmt", "yuv420p",
            "-c:v", "libx264", "-preset", "veryfast", "-threads", "2", "-b:v", "1130k",
            "-maxrate", "1695k", "-bufsize", "2260k", "-g", "30", "-sc_threshold", "0",
            "-force_key_frames", "expr:gte(t,n_forced*15)", "-x264-params", "rc-lookahead=6",
            "-c:a", "aac", "-b:a", "48k", "-ac", "1", "-ar", "48000",
            "-f", "hls", "-hls_time", "15", "-hls_list_size", "0",
            str(out / "mix.m3u8")]  # fmt: skip


# -- in the process that is measured ----------------------------------------------------


def _child(told: str) -> None:
    from dashboard.engine import sources

    asked = json.loads(told)
    films = dict(zip(UIDS, asked["films"], strict=False))
    sources.KINDS["film"] = lambda uid, color, tone_hz, fps: _film(films[uid])
    _record(asked["job"], asked["seconds"])


def _record(job: dict, seconds: int) -> None:
    from dashboard.engine.worker.clock import VirtualClock
    from dashboard.engine.worker.job import Job
    from dashboard.engine.worker.recording import record

    record(Job.from_json(job), VirtualClock(), [(seconds, {"cmd": "stop"})])


def _film(path: str):
    """A source that decodes a file from its beginning, picture by picture as it is asked."""
    import av
    import numpy as np

    class Film:
        def __init__(self) -> None:
            self._pictures = av.open(path).decode(video=0)
            self._blocks = av.open(path).decode(audio=0)
            self._shown: tuple[int, av.VideoFrame] | None = None
            self._heard = np.zeros(0, np.float32)

        def number(self, at: Fraction) -> int:
            return int(at * FILM["fps"] + Fraction(1, 2))

        def picture(self, number: int) -> av.VideoFrame:
            if self._shown is None or self._shown[0] != number:
                self._shown = number, next(self._pictures)
            return self._shown[1]

        def sound(self, first: int, count: int) -> np.ndarray:
            while len(self._heard) < count:
                self._heard = np.concatenate([self._heard, next(self._blocks).to_ndarray()[0]])
            out, self._heard = self._heard[:count], self._heard[count:]
            return out

    return Film()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(sys.argv[2])
    else:
        main()
