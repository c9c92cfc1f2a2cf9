"""What has arrived in the storage of a recording."""

import logging
from dataclasses import dataclass

from sqlalchemy import select

from dashboard.domain.recording import RecordingHandle, StorageTarget
from dashboard.errors import DashboardError, StorageFault
from dashboard.extensions import db
from dashboard.models import RecordingFile
from dashboard.providers.base import FOLDER
from dashboard.services import context
from dashboard.services.progress import kind_of
from dashboard.services.unit_of_work import calling_out, recording_feed, transaction
from dashboard.storage import store_for
from dashboard.storage.base import Store, StoredFile
from dashboard.storage.playlist import Playlist, read_playlist

log = logging.getLogger(__name__)

_SHORTEST_ID = 16
"""Vendors put the name of a task into the names of its files; shorter words of a handle
("mix", a uid) say nothing."""


@dataclass(frozen=True)
class Found:
    """readable: False where we cannot look into that store now; away: it may answer later.

    missing: told, but not arrived.
    """

    readable: bool
    arrived: tuple[StoredFile, ...] = ()
    missing: tuple[str, ...] = ()
    playlist: Playlist | None = None
    away: bool = False

    @property
    def is_whole(self) -> bool:
        """There is a playlist, it is closed, and all that it names is there."""
        return self.playlist is not None and self.playlist.ended and not self.missing


def look(recording_id: int, target: StorageTarget, handle: RecordingHandle | None) -> Found:
    """Look into the storage and note what is new there."""
    store = _store(target)
    if store is None:
        return Found(readable=False)
    try:
        with calling_out():
            arrived = _arrived(store, target, handle)
            playlist = _playlist(store, arrived)
    except (StorageFault, OSError) as fault:
        log.warning("recording %s: its store cannot be looked into: %s", recording_id, fault)
        return Found(readable=False, away=True)
    missing = _note(recording_id, arrived, playlist)
    return Found(True, arrived, missing, playlist)


def _store(target: StorageTarget) -> Store | None:
    try:
        return store_for(target)
    except DashboardError:
        return None


def _arrived(
    store: Store, target: StorageTarget, handle: RecordingHandle | None
) -> tuple[StoredFile, ...]:
    """The files in the recording's folder that carry its name."""
    names = [value for value in (handle or {}).values() if len(value) >= _SHORTEST_ID]
    inner = (handle or {}).get(FOLDER)
    found = store.list((*target.prefix, inner) if inner else target.prefix)
    return tuple(file for file in found if any(name in file.name for name in names))


def _playlist(store: Store, arrived: tuple[StoredFile, ...]) -> Playlist | None:
    for file in arrived:
        if kind_of(file.name) == "playlist":
            return read_playlist(store, file.name)
    return None


def _note(
    recording_id: int, arrived: tuple[StoredFile, ...], playlist: Playlist | None
) -> tuple[str, ...]:
    """Write down what changed, if anything did. Returns what is still missing."""
    query = select(RecordingFile).where(RecordingFile.recording_id == recording_id)
    known = {row.name: row.size_bytes for row in db.session.scalars(query)}
    here = {file.name: file for file in arrived}
    named = {piece.name for piece in playlist.slices} if playlist else set()
    changed = [file for file in arrived if known.get(file.name) != file.size_bytes]
    unknown = named - known.keys() - here.keys()
    if changed or unknown:
        with transaction() as work:
            for name in [*(file.name for file in changed), *sorted(unknown)]:
                work.insert_new(
                    RecordingFile, recording_id=recording_id, name=name, kind=kind_of(name)
                )
            rows = {row.name: row for row in work.session.scalars(query)}
            for file in changed:
                row = rows[file.name]
                row.size_bytes, row.arrived_at = file.size_bytes, row.arrived_at or context.now()
            work.touch(recording_feed(recording_id))
    return tuple(sorted((known.keys() | named) - here.keys()))
