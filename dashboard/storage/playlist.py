"""Reading a playlist (HLS, RFC 8216): which slices a recording should have, and which arrived."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.errors import NotFound
from dashboard.storage.base import Store, StoredFile

LARGEST_PLAYLIST = 8 * 1024 * 1024
"""About 80,000 slices of 15 s: two weeks."""


@dataclass(frozen=True)
class Slice:
    """name: full, in the bucket. after_gap: something is missing before it."""

    name: str
    duration_s: float
    after_gap: bool = False


@dataclass(frozen=True)
class Playlist:
    """ended: nothing will be added to it."""

    slices: tuple[Slice, ...]
    ended: bool

    @property
    def duration_s(self) -> float:
        return sum(piece.duration_s for piece in self.slices)


def read_playlist(store: Store, name: str) -> Playlist | None:
    """The playlist of that name, None where it has not arrived or is none."""
    try:
        with store.open(name) as file:
            raw = file.read(LARGEST_PLAYLIST + 1)
    except NotFound:
        return None
    if len(raw) > LARGEST_PLAYLIST or not raw.startswith(b"#EXTM3U"):
        return None
    folder = name.rpartition("/")[0]
    return parse(raw.decode("utf-8", "replace"), folder)


def parse(words: str, folder: str = "") -> Playlist:
    """Read a playlist's text. Its slices lie in `folder`; lines we do not know are passed over."""
    slices: list[Slice] = []
    duration_s, after_gap, ended = 0.0, False, False
    for line in map(str.strip, words.splitlines()):
        if line.startswith("#EXTINF:"):
            duration_s = _seconds(line)
        elif line == "#EXT-X-DISCONTINUITY":
            after_gap = True
        elif line == "#EXT-X-ENDLIST":
            ended = True
        elif line and not line.startswith("#"):
            name = f"{folder}/{line}" if folder else line
            slices.append(Slice(name, duration_s, after_gap))
            duration_s, after_gap = 0.0, False
    return Playlist(tuple(slices), ended)


def not_arrived(playlist: Playlist, arrived: Iterable[StoredFile]) -> Sequence[str]:
    """The slices that a playlist names and the store does not have."""
    here = {file.name for file in arrived}
    return [piece.name for piece in playlist.slices if piece.name not in here]


def _seconds(line: str) -> float:
    """The length in an EXTINF line, with or without the comma that belongs behind it."""
    try:
        return max(0.0, float(line.removeprefix("#EXTINF:").partition(",")[0]))
    except ValueError:
        return 0.0
