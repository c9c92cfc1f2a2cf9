"""Takes over what a worker that died has left in a folder.

Its open slice is cut to whole packets, measured and put in place; slices that were
renamed but not listed any more are listed. Costs some ten milliseconds a slice.
"""

import contextlib
import os
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import median

import av

from dashboard.engine.playlist import Playlist, Slice, parse
from dashboard.engine.worker.mixer import RATE
from dashboard.engine.worker.shelf import OPEN, Shelf
from dashboard.engine.worker.tsfile import PACKET
from dashboard.protocols.filenames import playlist_name

_ROOM = 65_536
"""Bytes; enough for the list of a day."""
_SEAM_MS = 100
"""Slices that are nearer than this follow each other without a gap."""


def read_index(folder: Path, stem: str) -> Playlist:
    """The playlist on disk as one that goes on; an empty one if there is none."""
    try:
        found = parse((folder / playlist_name(stem)).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Playlist()
    return replace(found, ended=False)


def adopt(folder: Path, stem: str, shelf: Shelf) -> int:
    """List everything of this recording that is in the folder. Returns how many slices it added.

    Raises OSError if the index cannot be written.
    """
    for part in _named(folder, stem, f".ts{OPEN}"):
        _finish(part)
    listed = {item.name for item in shelf.playlist.slices}
    orphans = [path for path in _named(folder, stem, ".ts") if path.name not in listed]
    added = 0
    for path in orphans:
        measured = measure(path)
        if measured:
            shelf.add(_as_slice(path.name, *measured, shelf.playlist))
            added += 1
    if added:
        shelf.publish()
    return added


def salvage(folder: Path, stem: str, shelf: Shelf) -> None:
    """End the list of a recording whose disk is full. Gives up in silence where it must.

    A full disk may not even take the list: then the open slice gives up its end for it.
    """
    with contextlib.suppress(OSError):
        for part in _named(folder, stem, f".ts{OPEN}"):
            _make_room(part)
        adopt(folder, stem, shelf)
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


def _named(folder: Path, stem: str, ending: str) -> list[Path]:
    """Files of this recording, by the time in their names; a failover's prefix may stand first."""
    pattern = re.compile(rf"(?:bak\d+_)?{re.escape(stem)}_(\d{{17}}){re.escape(ending)}")
    named = ((pattern.fullmatch(path.name), path) for path in folder.iterdir())
    return [path for _, path in sorted((match[1], path) for match, path in named if match)]


def _finish(part: Path) -> None:
    """Rename an open slice into place, or remove it if nothing can be read from it."""
    os.truncate(part, part.stat().st_size // PACKET * PACKET)
    if measure(part):
        os.replace(part, part.with_name(part.name.removesuffix(OPEN)))
    else:
        part.unlink()


def measure(path: Path) -> tuple[float, tuple[str, ...]] | None:
    """Seconds of a slice and its tracks, by its packets; None when there are none.

    The picture counts where there is one: it decides where slices are cut.
    """
    try:
        with av.open(str(path), format="mpegts") as container:
            pictures, blocks, tracks = _read(container)
    except (av.error.FFmpegError, ValueError):
        return None
    if pictures:
        times = sorted(pictures)
        period = median(b - a for a, b in pairwise(times)) if len(times) > 1 else 0
        return round(times[-1] - times[0] + period, 6), tracks
    return (round(blocks * 1024 / RATE, 6), tracks) if blocks else None


def _read(container: av.container.InputContainer) -> tuple[list[float], int, tuple[str, ...]]:
    pictures, blocks = [], 0
    for packet in container.demux():
        if packet.pts is None:
            continue
        if packet.stream.type == "video":
            pictures.append(float(packet.pts * packet.time_base))
        else:
            blocks += 1
    kinds = {stream.type for stream in container.streams}
    return pictures, blocks, tuple(t for t in ("VIDEO", "AUDIO") if t.lower() in kinds)


def _as_slice(name: str, duration_s: float, tracks: tuple[str, ...], before: Playlist) -> Slice:
    alone = Slice(name, duration_s)
    last = before.slices[-1] if before.slices else None
    gap = last is not None and abs(alone.start_ms - last.end_ms) > _SEAM_MS
    return Slice(name, duration_s, gap, tracks if gap or last is None else ())
