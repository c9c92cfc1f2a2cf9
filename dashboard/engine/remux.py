"""A finished recording as MP4 or as sound alone: the slices' packets, not encoded again.

All slices of a recording stand on one timeline, so a gap between two of them, an outage,
is kept, and so is the offset between picture and sound, also where each has an index of its
own. The index of an MP4 goes to its front, so that a browser can begin before it has
everything.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.engine.parts import PART_BYTES, Piece, split
from dashboard.engine.playlist import parse
from dashboard.engine.reels import Names, Reel
from dashboard.engine.writers import write_aac, write_mp4


@dataclass(frozen=True)
class Wanted:
    """part_s: the longest file. part_bytes: the largest."""

    mp4: bool = True
    aac: bool = False
    part_s: float = 2 * 3600
    part_bytes: int = PART_BYTES


def remux(folder: Path, names: Names, wanted: Wanted) -> list[dict[str, Any]]:
    """Write the files that are wanted beside the slices; old ones of their names are replaced.

    Returns them as entries of Task.files, none for a recording without slices.
    Raises OSError or av.error.FFmpegError.
    """
    made = []
    for (uid, stream), pieces in _people(folder, names).items():
        sound = [piece for piece in pieces if "audio" in piece.media]
        if wanted.mp4:
            made += _write(folder, names, uid, stream, pieces, wanted, "mp4")
        if wanted.aac and sound:
            made += _write(folder, names, uid, stream, sound, wanted, "aac")
    return made


def _people(folder: Path, names: Names) -> dict[tuple[str, str], list[Piece]]:
    """The slices of everybody, by time, from as many indexes as they have."""
    found: dict[Reel, list[Piece]] = {}
    for path in sorted(folder.glob("*.m3u8")):
        file = names.read(path.name)
        if file:
            slices = parse(path.read_text(encoding="utf-8")).slices
            pieces = [Piece(folder / item.name, item, file.reel.media) for item in slices]
            found.setdefault(file.reel, []).extend(pieces)
    people: dict[tuple[str, str], list[Piece]] = {}
    for reel, pieces in sorted(found.items()):
        together = Reel(reel.uid, reel.stream, "audio_video")
        if reel == together or together not in found:
            people.setdefault((reel.uid, reel.stream), []).extend(pieces)
    return {key: sorted(pieces, key=_by_time) for key, pieces in people.items() if pieces}


def _by_time(piece: Piece) -> tuple[int, bool, str]:
    """A picture before the sound that begins with it: it is what an MP4 counts from."""
    return piece.start_ms, "video" not in piece.media, piece.path.name


def _write(
    folder: Path, names: Names, uid: str, stream: str, pieces: Sequence[Piece], wanted: Wanted,
    kind: str,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    parts = split(pieces, wanted.part_s, wanted.part_bytes)
    write = {"mp4": write_mp4, "aac": write_aac}[kind]
    for number, part in enumerate(parts):
        name = names.part(uid, stream, number, len(parts), kind)
        draft = folder / f"{name}.part"
        try:
            write(part, draft)
            os.replace(draft, folder / name)
        finally:
            draft.unlink(missing_ok=True)
        yield {
            "name": name,
            "uid": uid,
            "medium": "audio" if kind == "aac" else _medium(part.pieces),
            "stream": stream,
            "start_ms": part.start_ms,
            "end_ms": part.last_ms,
            "kind": kind,
        }


def _medium(pieces: Iterable[Piece]) -> str:
    media = {medium for piece in pieces for medium in piece.media}
    return "_".join(sorted(media))
