"""Where slices stand: their names, the open one, and the index of the finished ones.

A slice is renamed into place first and listed afterwards, so that a reader of the index
never finds a name without a file.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from dashboard.engine.playlist import Head, Playlist, Slice, parse
from dashboard.engine.reels import OPEN, FileOf, Names, Reel
from dashboard.engine.worker.job import SLICE_S, Job
from dashboard.engine.worker.tsfile import Continuity

Tell = Callable[..., Any]
"""tell(event, **values): one event for the supervisor."""

_ROOM_FOR_KEYS_S = 2
"""How much later than asked a publisher's own key frame may come before the index says so."""


class Shelf:
    """One index and its slices."""

    def __init__(self, folder: Path, names: Names, reel: Reel, playlist: Playlist, tell: Tell):
        """playlist: what an earlier worker left, empty at first."""
        self.folder, self._names, self.reel = folder, names, reel
        self._tell = tell
        self.playlist = playlist
        self.continuity = Continuity()
        self._pixels: tuple[int, int] | None = None
        self._fresh = True
        """No slice is listed yet since this worker began, or since the last interruption."""

    @property
    def index_name(self) -> str:
        return self._names.index(self.reel)

    def open(self, start_ms: int) -> Path:
        """The path to write to until `close`. start_ms: wall time of the first picture."""
        name = self._names.slice(self.reel, start_ms)
        ended_ms = self.playlist.slices[-1].end_ms if self._fresh and self.playlist.slices else None
        discontinue_ms = start_ms if ended_ms is None else ended_ms
        self._tell("slice_opened", name=name, index=self.index_name, **self.reel.to_json(),
                   start_ms=start_ms, discontinue_ms=discontinue_ms)  # fmt: skip
        return self.folder / f"{name}{OPEN}"

    def close(self, path: Path, duration_s: float, tracks: tuple[str, ...]) -> None:
        """Rename the open slice and list it. Raises OSError."""
        done = path.with_name(path.name.removesuffix(OPEN))
        os.replace(path, done)
        gap = self._fresh and bool(self.playlist.slices)
        begun = (tracks, self._pixels) if self._fresh else ((), None)
        self._fresh = False
        self.add(Slice(done.name, round(duration_s, 6), gap, begun[0], pixels=begun[1]))
        self.publish()

    def begin(self, pixels: tuple[int, int] | None) -> None:
        """What comes next does not go on from what was there. pixels: of its picture."""
        self._fresh = True
        self._pixels = pixels if self.tells_pixels else None

    @property
    def tells_pixels(self) -> bool:
        """Agora tells the size of one person's picture, TRTC of any."""
        return bool(self.reel.uid) or self._names.style == "trtc"

    def add(self, item: Slice) -> None:
        """List a slice that is in place."""
        size = (self.folder / item.name).stat().st_size
        self.playlist = self.playlist.add(replace(item, size_bytes=size))
        self._tell("slice_closed", name=item.name, index=self.index_name, **self.reel.to_json(),
                   start_ms=item.start_ms, duration_s=item.duration_s, size_bytes=size)  # fmt: skip

    def end(self) -> None:
        """Say in the index that nothing more will come. Raises OSError."""
        self.playlist = replace(self.playlist, ended=True)
        self.publish()

    def publish(self) -> None:
        """Put the index on disk, whole or not at all. Raises OSError."""
        path = self.folder / self.index_name
        draft = path.with_name(f".{path.name}.tmp")
        try:
            draft.write_text(self.playlist.render(), encoding="utf-8")
            os.replace(draft, path)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        self._tell("playlist", name=path.name)

    def to_json(self) -> dict[str, Any]:
        """As an entry of Task.files."""
        slices = self.playlist.slices
        return {"name": self.index_name, **self.reel.to_json(), "start_ms": slices[0].start_ms,
                "end_ms": slices[-1].end_ms, "kind": "hls"}  # fmt: skip


class Shelves:
    """All indexes of a recording, by their names."""

    def __init__(self, job: Job, tell: Tell) -> None:
        """Raises OSError. After a crash it begins with the indexes in the folder."""
        self._job, self._tell = job, tell
        self._by_index: dict[str, Shelf] = {}
        job.folder.mkdir(parents=True, exist_ok=True)
        if job.resume:
            for file, _ in self.files():
                self.of(file)

    def __iter__(self) -> Iterator[Shelf]:
        return iter(self._by_index.values())

    @property
    def listed(self) -> list[Slice]:
        """Every slice of every index."""
        return [item for shelf in self for item in shelf.playlist.slices]

    def shelf(self, reel: Reel) -> Shelf:
        """The index that this worker writes for a reel."""
        return self.of(FileOf(reel, self._job.names.index(reel)))

    def of(self, file: FileOf) -> Shelf:
        """The index that a file of the folder belongs to."""
        if file.index not in self._by_index:
            names = replace(self._job.names, prefix=self._prefix_of(file))
            self._by_index[file.index] = Shelf(
                self._job.folder, names, file.reel, self._read(file), self._tell
            )
        return self._by_index[file.index]

    def files(self) -> list[tuple[FileOf, Path]]:
        """What of this recording lies in the folder, by time."""
        read = ((self._job.names.read(path.name), path) for path in self._job.folder.iterdir())
        found = ((file, path) for file, path in read if file)
        return sorted(found, key=lambda pair: (pair[0].start_ms or 0, pair[1].name))

    def end(self) -> None:
        """Raises OSError."""
        for shelf in self:
            if shelf.playlist.slices:
                shelf.end()

    def end_earlier(self) -> None:
        """End the indexes that this worker does not write any more. Raises OSError."""
        for shelf in self:
            if shelf.playlist.slices and shelf.index_name != self._job.names.index(shelf.reel):
                shelf.end()

    def to_json(self) -> list[dict[str, Any]]:
        entries = [shelf.to_json() for shelf in self if shelf.playlist.slices]
        return sorted(entries, key=lambda entry: entry["start_ms"])

    def _prefix_of(self, file: FileOf) -> str:
        """An index of an earlier worker keeps its prefix, where indexes have one."""
        now = self._job.names
        if file.index == now.index(file.reel):
            return now.prefix
        return file.index.removesuffix(replace(now, prefix="").index(file.reel))

    def _read(self, file: FileOf) -> Playlist:
        """The index on disk as one that goes on; an empty one if there is none."""
        try:
            found = parse((self._job.folder / file.index).read_text(encoding="utf-8"))
        except FileNotFoundError:
            found = Playlist()
        comma = self._job.correct_extinf or self._job.style == "trtc"
        return replace(found, ended=False, comma=comma, head=_head(self._job, file.reel))


def _head(job: Job, reel: Reel) -> Head:
    tracks = ("video", "audio") if reel.medium == "audio_video" else (reel.medium,)
    own_keys = reel.uid and "video" in tracks
    target_s = SLICE_S[job.style] + (_ROOM_FOR_KEYS_S if own_keys or job.style == "trtc" else 0)
    media = {"main": "main", "screen": "aux", "mix": "mix"}[reel.stream]
    return Head(job.style, target_s, reel.uid, media, tracks, job.sound.rate, job.sound.channels)
