"""Takes over what a worker that died has left in a folder.

Its open slices are cut to whole packets, measured and put in place; slices that were
renamed but not listed any more are listed. Costs some ten milliseconds a slice.
"""

import contextlib
import os
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median

import av

from dashboard.engine.playlist import Slice
from dashboard.engine.reels import OPEN
from dashboard.engine.worker.mixer import RATE
from dashboard.engine.worker.shelf import Shelf, Shelves
from dashboard.engine.worker.tsfile import PACKET

_ROOM = 65_536
"""Bytes; enough for the list of a day."""
_SEAM_MS = 100
"""Slices that are nearer than this follow each other without a gap."""
_AAC_BLOCK = 1024


def adopt(shelves: Shelves) -> int:
    """List everything of this recording that is in the folder. Returns how many slices it added.

    Raises OSError if an index cannot be written.
    """
    for file, path in shelves.files():
        if file.is_open:
            _finish(path)
    added: dict[str, Shelf] = {}
    total = 0
    for file, path in shelves.files():
        shelf = shelves.of(file)
        if file.start_ms is None or path.name in {item.name for item in shelf.playlist.slices}:
            continue
        measured = measure(path)
        if measured:
            shelf.add(_as_slice(path.name, measured, shelf))
            added[shelf.index_name] = shelf
            total += 1
    for shelf in added.values():
        shelf.publish()
    return total


def salvage(shelves: Shelves) -> None:
    """End the lists of a recording whose disk is full. Gives up in silence where it must.

    A full disk may not even take the lists: then the open slices give up their ends for them.
    """
    with contextlib.suppress(OSError):
        for file, path in shelves.files():
            if file.is_open:
                _make_room(path)
        adopt(shelves)
    for shelf in shelves:
        with contextlib.suppress(OSError):
            if shelf.playlist.slices:
                shelf.end()


def _make_room(part: Path) -> None:
    probe = part.with_name(f".{part.name}.room")
    try:
        probe.write_bytes(bytes(_ROOM))
    except OSError:
        os.truncate(part, max(0, part.stat().st_size - _ROOM))
    finally:
        probe.unlink(missing_ok=True)


def _finish(part: Path) -> None:
    """Rename an open slice into place, or remove it if nothing can be read from it."""
    os.truncate(part, part.stat().st_size // PACKET * PACKET)
    if measure(part):
        os.replace(part, part.with_name(part.name.removesuffix(OPEN)))
    else:
        part.unlink()


@dataclass(frozen=True)
class Measured:
    """duration_s: by the picture where there is one, as it decides where slices are cut."""

    duration_s: float
    tracks: tuple[str, ...]
    pixels: tuple[int, int] | None


def measure(path: Path) -> Measured | None:
    """What is in a slice, by its packets; None when there are none."""
    try:
        with av.open(str(path), format="mpegts") as container:
            times, sound_s = _read(container)
            kinds = {stream.type for stream in container.streams}
            pixels = next(((s.width, s.height) for s in container.streams.video), None)
    except (av.error.FFmpegError, ValueError):
        return None
    if not times and not sound_s:
        return None
    period = median(b - a for a, b in pairwise(times)) if len(times) > 1 else 0
    lasts_s = times[-1] - times[0] + period if times else sound_s
    tracks = tuple(track for track in ("VIDEO", "AUDIO") if track.lower() in kinds)
    return Measured(round(lasts_s, 6), tracks, pixels)


def _read(container: av.container.InputContainer) -> tuple[list[float], float]:
    """The times of its pictures, sorted, and the seconds of its sound."""
    pictures, sound_s = [], 0.0
    for packet in container.demux():
        if packet.pts is None:
            continue
        if packet.stream.type == "video":
            pictures.append(float(packet.pts * packet.time_base))
        else:
            sound_s += _AAC_BLOCK / (packet.stream.rate or RATE)
    return sorted(pictures), sound_s


def _as_slice(name: str, found: Measured, shelf: Shelf) -> Slice:
    alone = Slice(name, found.duration_s)
    last = shelf.playlist.slices[-1] if shelf.playlist.slices else None
    gap = last is not None and abs(alone.start_ms - last.end_ms) > _SEAM_MS
    if not gap and last is not None:
        return alone
    pixels = found.pixels if shelf.tells_pixels else None
    return replace(alone, discontinuity=gap, tracks=found.tracks, pixels=pixels)
