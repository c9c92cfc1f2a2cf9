"""What has arrived in the storage of a recording, against what was told of.

Names come from the vendor's callbacks and answers, from the storage itself, and from the
playlists that lie in it: each file has a row from the moment it is first named.
"""

import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from dashboard.domain.recording import RecordingHandle, StorageTarget
from dashboard.errors import DashboardError, StorageFault, Text, text
from dashboard.extensions import db
from dashboard.models import Recording, RecordingFile
from dashboard.providers.base import FOLDER
from dashboard.services import context, texts
from dashboard.services.progress import kind_of
from dashboard.services.unit_of_work import calling_out, recording_feed, transaction
from dashboard.storage import store_for
from dashboard.storage.base import Store, StoredFile
from dashboard.storage.playlist import Playlist, read_playlist

log = logging.getLogger(__name__)

_SHORTEST_ID = 16
"""Vendors put the name of a task into the names of its files; shorter words of a handle
("mix", a uid) say nothing."""


MOST_PLAYLISTS = 40
"""Where each person has their own: so many are read at a time."""
_NO_WAY = text("Files in this kind of storage cannot be looked at from here.")


@dataclass(frozen=True)
class Found:
    """readable: False where we cannot look into that store now; away: it may answer later.

    missing: told, but not arrived. fault: why it cannot be looked into. words: the store's own.
    """

    readable: bool
    arrived: tuple[StoredFile, ...] = ()
    missing: tuple[str, ...] = ()
    playlists: tuple[Playlist, ...] = ()
    away: bool = False
    fault: Text | None = None
    words: str = ""

    @property
    def playlist(self) -> Playlist | None:
        return self.playlists[0] if self.playlists else None

    @property
    def is_whole(self) -> bool:
        """There is a playlist, all are closed, and all that they name is there."""
        return bool(self.playlists) and all(p.ended for p in self.playlists) and not self.missing

    def facts(self) -> dict[str, Any]:
        """What the storage holds, for the evidence of a lost recording. JSON-simple."""
        if not self.readable:
            return {"fault": texts.to_json(self.fault or _NO_WAY), "words": self.words}
        return {
            "arrived": len(self.arrived),
            "missing": len(self.missing),
            "closed": bool(self.playlists) and all(one.ended for one in self.playlists),
        }


def look(recording_id: int, target: StorageTarget, handle: RecordingHandle | None) -> Found:
    """Look into the storage and note what is new there."""
    store = _store(target)
    if store is None:
        return Found(readable=False, fault=_NO_WAY)
    try:
        with calling_out():
            arrived = _arrived(store, target, handle)
            playlists = _playlists(store, arrived)
    except (StorageFault, OSError) as fault:
        log.warning("recording %s: its store cannot be looked into: %s", recording_id, fault)
        return Found(False, away=True, fault=_in_words(fault), words=_own_words(fault))
    missing = _note(recording_id, arrived, playlists)
    return Found(True, arrived, missing, playlists)


def were_told(recording_id: int) -> bool:
    """Whether any file of it was named, by the vendor or by the store."""
    query = select(RecordingFile.id).where(RecordingFile.recording_id == recording_id)
    return db.session.scalar(query.limit(1)) is not None


def columns_of(found: Found) -> dict[str, Any]:
    """What a recording's row keeps of a look. One that failed leaves the last count alone."""
    if not found.readable:
        said = {"words": found.words} if found.words else {}
        return {"files_fault": texts.to_json(found.fault or _NO_WAY) | said}
    return {
        "files_checked_at": context.now(),
        "files_fault": None,
        "files_missing": len(found.missing),
    }


def _in_words(fault: StorageFault | OSError) -> Text:
    if isinstance(fault, StorageFault):
        return fault.message
    return text("The storage cannot be read: %(why)s", why=fault.strerror or type(fault).__name__)


def _own_words(fault: StorageFault | OSError) -> str:
    """The store's own code and text."""
    if isinstance(fault, StorageFault):
        return " · ".join(part for part in (fault.code, fault.words) if part)[:300]
    return ""


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


def _playlists(store: Store, arrived: tuple[StoredFile, ...]) -> tuple[Playlist, ...]:
    names = [file.name for file in arrived if kind_of(file.name) == "playlist"]
    read = (read_playlist(store, name) for name in names[:MOST_PLAYLISTS])
    return tuple(playlist for playlist in read if playlist is not None)


def _note(
    recording_id: int, arrived: tuple[StoredFile, ...], playlists: tuple[Playlist, ...]
) -> tuple[str, ...]:
    """Write down what changed, if anything did. Returns what is still missing."""
    query = select(RecordingFile).where(RecordingFile.recording_id == recording_id)
    known = {row.name: row.size_bytes for row in db.session.scalars(query)}
    arrived_before = {row.name for row in db.session.scalars(query) if row.arrived_at}
    here = {file.name: file for file in arrived}
    named = {piece.name for playlist in playlists for piece in playlist.slices}
    changed = [file for file in arrived if known.get(file.name) != file.size_bytes]
    unknown = named - known.keys() - here.keys()
    vanished = arrived_before - here.keys()
    if changed or unknown or vanished:
        with transaction() as work:
            for name in [*(file.name for file in changed), *sorted(unknown)]:
                work.insert_new(
                    RecordingFile, recording_id=recording_id, name=name, kind=kind_of(name)
                )
            rows = {row.name: row for row in work.session.scalars(query)}
            for file in changed:
                row = rows[file.name]
                row.size_bytes, row.arrived_at = file.size_bytes, row.arrived_at or context.now()
            for name in vanished:
                rows[name].arrived_at = None
            if changed:
                _note_arrival(work.session.get(Recording, recording_id), changed)
            work.touch(recording_feed(recording_id))
    return tuple(sorted((known.keys() | named) - here.keys()))


def _note_arrival(row: Recording, changed: list[StoredFile]) -> None:
    """By the store's own times: what lay there before a refusal says nothing of what came after.

    Its clock may be ahead of ours.
    """
    latest = min(max(file.modified_at for file in changed), context.now())
    row.last_upload_at = max(row.last_upload_at or latest, latest)
