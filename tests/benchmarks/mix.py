"""`python -m tests.benchmarks.mix`: what a recorded second costs, beside the ffmpeg program.

Mixes of H.264 and AAC films into slices of 15 s, as fast as it goes. CPU is user and system
time of the whole process, start-up included. Three ways take turns:

  cards   ours, with test cards that it draws itself; decodes nothing
  ours    decodes the same films as ffmpeg does
  ffmpeg  decodes them, scales and overlays them once and for all, mixes, encodes, slices;
          its layout cannot change while it runs
"""

import argparse
import statistics
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dashboard.layouts.document import Layout
from dashboard.layouts.geometry import PixelRect, Size, to_pixels
from dashboard.layouts.presets import arrange
from tests.benchmarks import films

SMALL = {"width": 320, "height": 180, "fps": 15, "bitrate_kbps": 200}


@dataclass(frozen=True)
class Case:
    """target: the highest ratio to ffmpeg that we are content with; None where none was set."""

    name: str
    count: int
    film: Mapping[str, int]
    canvas: Mapping[str, int]
    target: float | None


CASES = (
    Case("4 on 640x360@15", 4, SMALL,
         {"width": 640, "height": 360, "fps": 15, "bitrate_kbps": 500}, 1.05),
    Case("17 on 1280x720@15", 17, SMALL,
         {"width": 1280, "height": 720, "fps": 15, "bitrate_kbps": 1130}, 0.95),
    Case("4 on 1920x1080@30", 4, SMALL,
         {"width": 1920, "height": 1080, "fps": 30, "bitrate_kbps": 2080}, None),
    Case("3 on 1280x720@15", 3, {"width": 640, "height": 360, "fps": 15, "bitrate_kbps": 500},
         {"width": 1280, "height": 720, "fps": 15, "bitrate_kbps": 1130}, None),
)  # fmt: skip


def main() -> None:
    asked = _arguments()
    print(f"{asked.rounds} rounds of {asked.seconds} s; CPU seconds per recorded second")
    print(f"{'':20}{'':8}{'median':>8}{'least':>8}{'of ffmpeg, median of the rounds':>34}")
    for case in CASES:
        if asked.only in case.name:
            _measure(case, asked.seconds, asked.rounds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="CPU of mixes beside ffmpeg")
    parser.add_argument("--seconds", type=int, default=60, help="length of a recording")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="", help="cases with this in their name")
    return parser.parse_args()


def _measure(case: Case, seconds: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        films.shoot(folder, case.count, case.film, seconds)
        found = [_round(case, folder, number, seconds) for number in range(rounds)]
    for way in found[0]:
        costs = [one[way] for one in found]
        ratio = statistics.median(one[way] / one["ffmpeg"] for one in found)
        verdict = ""
        if way == "ours" and case.target:
            verdict = f"  target {case.target:.2f}: {'met' if ratio <= case.target else 'MISSED'}"
        print(f"{case.name:20}{way:8}{statistics.median(costs):8.4f}{min(costs):8.4f}"
              f"{ratio:8.2f}{verdict}", flush=True)  # fmt: skip


def _round(case: Case, folder: Path, number: int, seconds: int) -> dict[str, float]:
    """CPU seconds per recorded second of each way, one after the other."""
    found = {}
    for way in ("cards", "ours", "ffmpeg"):
        out = folder / f"{way}-{number}"
        out.mkdir()
        command = _command_line(case, folder, out, seconds)
        if way != "ffmpeg":
            people = films.people(case.count, "file" if way == "ours" else "testcard")
            job = films.job(out, case.canvas, people, folder)
            command = films.recorder(job, seconds)
        found[way] = films.cpu_of(command) / seconds
    return found


def _command_line(case: Case, folder: Path, out: Path, seconds: int) -> list[str]:
    import imageio_ffmpeg

    canvas = case.canvas
    kbps, fps = canvas["bitrate_kbps"], canvas["fps"]
    threads = 2 if canvas["width"] * canvas["height"] >= 1280 * 720 else 1
    uids = [person["uid"] for person in films.people(case.count)]
    inputs = [part for uid in uids for part in ("-i", str(folder / f"{uid}.mp4"))]
    return [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", *inputs,
            "-filter_complex", _graph(case, uids),
            "-map", "[v]", "-map", "[a]", "-t", str(seconds), "-pix_fmt", "yuv420p",
            "-c:v", "libx264", "-preset", "veryfast", "-threads", str(threads),
            "-b:v", f"{kbps}k", "-maxrate", f"{kbps * 1.5:.0f}k", "-bufsize", f"{kbps * 2}k",
            "-g", str(2 * fps), "-sc_threshold", "0",
            "-force_key_frames", "expr:gte(t,n_forced*15)",
            "-x264-params", f"rc-lookahead={min(10, int(0.4 * fps))}",
            "-c:a", "aac", "-b:a", "48k", "-ac", "1", "-ar", "48000",
            "-f", "hls", "-hls_time", "15", "-hls_list_size", "0",
            str(out / "mix.m3u8")]  # fmt: skip


def _graph(case: Case, uids: list[str]) -> str:
    """Everybody where our layout has them, filled and cut as we do."""
    canvas = case.canvas
    size = Size(canvas["width"], canvas["height"])
    places = arrange(Layout.from_json({"preset": "best_fit"}), uids)
    graph = [f"color=black:s={size.width}x{size.height}:r={canvas['fps']}[c0]"]
    for number, place in enumerate(places):
        rect = to_pixels(place.rect, size)
        graph.append(f"[{number}:v]{_fill(case.film, rect)}[t{number}]")
        graph.append(f"[c{number}][t{number}]overlay={rect.x}:{rect.y}[c{number + 1}]")
    graph[-1] = graph[-1].replace(f"[c{len(places)}]", "[v]")
    heard = "".join(f"[{number}:a]" for number in range(len(uids)))
    return ";".join([*graph, f"{heard}amix=inputs={len(uids)}:normalize=0[a]"])


def _fill(film: Mapping[str, int], rect: PixelRect) -> str:
    if (film["width"], film["height"]) == (rect.w, rect.h):
        return "null"
    scale = f"scale={rect.w}:{rect.h}:force_original_aspect_ratio=increase:flags=bilinear"
    return f"{scale},crop={rect.w}:{rect.h}"


if __name__ == "__main__":
    main()
