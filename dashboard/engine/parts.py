"""Where the files of a long recording end and the next ones begin."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard.engine.playlist import Slice

PART_BYTES = 2_000_000_000
"""Of either vendor: agora-anyrtc.md section 11, trtc.md section 1."""


@dataclass(frozen=True)
class Piece:
    """A slice with what is in it. media: "audio", "video" or both."""

    path: Path
    item: Slice
    media: tuple[str, ...]

    @property
    def start_ms(self) -> int:
        return self.item.start_ms

    @property
    def end_ms(self) -> int:
        return self.item.end_ms


@dataclass(frozen=True)
class Part:
    """pieces: those that reach into it, by time. until_ms: where the next begins, if one does."""

    pieces: tuple[Piece, ...]
    start_ms: int
    until_ms: int | None

    @property
    def last_ms(self) -> int:
        ends_ms = max(piece.end_ms for piece in self.pieces)
        return min(ends_ms, self.until_ms) if self.until_ms is not None else ends_ms


def split(pieces: Sequence[Piece], part_s: float, part_bytes: int) -> list[Part]:
    """pieces: by time. A part ends before the slice that would go beyond.

    A part begins with a picture, and with sound alone only where there is no picture.
    """
    seen = [piece for piece in pieces if "video" in piece.media]
    starts, size = [pieces[0].start_ms], 0
    for piece in pieces:
        more = piece.path.stat().st_size
        too_long = piece.end_ms - starts[-1] > part_s * 1000
        if (too_long or size + more > part_bytes) and _may_begin(piece, seen, starts[-1]):
            starts.append(piece.start_ms)
            size = 0
        size += more
    ends = [*starts[1:], None]
    return [_part(pieces, *edges) for edges in zip(starts, ends, strict=True)]


def _may_begin(piece: Piece, seen: Sequence[Piece], after_ms: int) -> bool:
    if piece.start_ms <= after_ms:
        return False
    if "video" in piece.media:
        return True
    return not any(other.start_ms <= piece.start_ms < other.end_ms for other in seen)


def _part(pieces: Sequence[Piece], start_ms: int, until_ms: int | None) -> Part:
    within = [
        piece for piece in pieces
        if piece.end_ms > start_ms and (until_ms is None or piece.start_ms < until_ms)
    ]  # fmt: skip
    return Part(tuple(within), start_ms, until_ms)
