"""Where slices stand: their names, the open one, and the index of the finished ones.

A slice is renamed into place first and listed afterwards, so that a reader of the index
never finds a name without a file.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from dashboard.engine.playlist import Playlist, Slice
from dashboard.protocols.filenames import playlist_name, slice_name

Tell = Callable[..., Any]
"""tell(event, **values): one event for the supervisor."""

OPEN = ".part"


class Shelf:
    def __init__(self, folder: Path, stem: str, prefix: str, playlist: Playlist, tell: Tell):
        """playlist: what an earlier worker left, empty at first."""
        self._folder, self._stem, self._prefix = folder, stem, prefix
        self._tell = tell
        self.playlist = playlist
        self._fresh = True
        """No slice of this worker is listed yet."""

    @property
    def index_name(self) -> str:
        return playlist_name(self._stem)

    def open(self, start_ms: int) -> Path:
        """The path to write to until `close`. start_ms: wall time of the first picture."""
        name = slice_name(self._stem, start_ms, self._prefix)
        ended_ms = self.playlist.slices[-1].end_ms if self._fresh and self.playlist.slices else None
        discontinue_ms = start_ms if ended_ms is None else ended_ms
        self._tell("slice_opened", name=name, start_ms=start_ms, discontinue_ms=discontinue_ms)
        return self._folder / f"{name}{OPEN}"

    def close(self, path: Path, duration_s: float, tracks: tuple[str, ...]) -> None:
        """Rename the open slice and list it. Raises OSError."""
        done = path.with_name(path.name.removesuffix(OPEN))
        os.replace(path, done)
        gap = self._fresh and bool(self.playlist.slices)
        item = Slice(done.name, round(duration_s, 6), gap, tracks if self._fresh else ())
        self._fresh = False
        self.add(item)
        self.publish()

    def add(self, item: Slice) -> None:
        """List a slice that is in place."""
        self.playlist = self.playlist.add(item)
        size = (self._folder / item.name).stat().st_size
        self._tell("slice_closed", name=item.name, start_ms=item.start_ms,
                   duration_s=item.duration_s, size_bytes=size)  # fmt: skip

    def end(self) -> None:
        """Say in the index that nothing more will come. Raises OSError."""
        self.playlist = replace(self.playlist, ended=True)
        self.publish()

    def publish(self) -> None:
        """Put the index on disk, whole or not at all. Raises OSError."""
        path = self._folder / self.index_name
        draft = path.with_name(f".{path.name}.tmp")
        try:
            draft.write_text(self.playlist.render(), encoding="utf-8")
            os.replace(draft, path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        self._tell("playlist", name=path.name)
