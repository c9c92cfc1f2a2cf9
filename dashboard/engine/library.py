"""The engine's own media library: finished files, each at an address where it plays.

It stands in for a vendor's video-on-demand service (trtc.md 3.3, CloudVod). Files arrive in
a folder per recording first; when all are there, each gets a folder of its own by its id.
"""

import hashlib
import json
import logging
import re
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from dashboard.engine.disk import place, write_atomically
from dashboard.engine.playlist import parse
from dashboard.engine.tasks import Task
from dashboard.protocols.trtc_filenames import user_defined

log = logging.getLogger(__name__)

PATH = "/library"
NOTE = "file.json"
_FILE_ID = re.compile(r"\d{19}")
_NAME = re.compile(r"[A-Za-z0-9_+.-]{1,255}")

File = Mapping[str, Any]
"""An entry of `Task.files`."""


class Library:
    """folder: of the library. address: of the engine, as those who play files reach it.

    `Spec.library` says how files enter: record_id goes before their names, keep_s is how
    long they stay (0: forever); the rest is kept beside them.
    """

    def __init__(self, folder: Path, address: str) -> None:
        self._folder = folder
        self._address = address.rstrip("/")

    @property
    def arriving(self) -> Path:
        """Holds a folder per recording, named by its sid, until `take`."""
        return self._folder / "arriving"

    def wanted(self, task: Task) -> list[File]:
        """Those files of a recording that are for the library: what was asked for, or the
        indexes where nothing of it could be made.
        """
        kinds = [name for name in ("hls", "mp4", "aac") if getattr(task.spec, name)]
        found = [file for file in task.files if file["kind"] in kinds]
        return found or [file for file in task.files if file["kind"] == "hls"]

    def kept(self, task: Task) -> list[File]:
        """Those of them that are here."""
        return [
            file
            for file in self.wanted(task)
            if self.find(self.file_id(task, file), self.name_of(task, file))
        ]

    def file_id(self, task: Task, file: File) -> str:
        """19 digits, the same whenever it is asked for; nobody guesses them."""
        digest = hashlib.sha256(f"{task.sid}\n{file['name']}".encode()).digest()
        return str(10**18 + int.from_bytes(digest[:8]) % (9 * 10**18))

    def name_of(self, task: Task, file: File) -> str:
        record_id = (task.spec.library or {}).get("record_id")
        return user_defined(record_id, file["name"]) if record_id else file["name"]

    def address_of(self, task: Task, file: File) -> str:
        name = quote(self.name_of(task, file), safe="")
        return f"{self._address}{PATH}/{self.file_id(task, file)}/{name}"

    def take(self, task: Task) -> None:
        """Put what arrived of a recording at its place; the same again changes nothing.

        Raises OSError.
        """
        arrived = self.arriving / task.sid
        for file in self.wanted(task):
            source = arrived / file["name"]
            if source.exists():
                self._take(task, file, source)
        shutil.rmtree(arrived, ignore_errors=True)

    def _take(self, task: Task, file: File, source: Path) -> None:
        folder = self._folder / self.file_id(task, file)
        folder.mkdir(parents=True, exist_ok=True)
        if file["kind"] == "hls":
            for item in parse(source.read_text(encoding="utf-8")).slices:
                place(source.with_name(item.name), folder / item.name)
        keep_s = (task.spec.library or {}).get("keep_s")
        note = {
            "task": task.sid,
            "file": dict(file),
            "ends_s": time.time() + keep_s if keep_s else None,
            **(task.spec.library or {}),
        }
        write_atomically(folder / NOTE, json.dumps(note).encode())
        place(source, folder / self.name_of(task, file))

    def find(self, file_id: str, name: str) -> Path | None:
        """A file that is in the library, whose time is not over."""
        if not (_FILE_ID.fullmatch(file_id) and _NAME.fullmatch(name)) or name == NOTE:
            return None
        path = self._folder / file_id / name
        if not path.is_file():
            return None
        return None if self._is_over(path.with_name(NOTE)) else path

    def sweep(self) -> None:
        """Remove what was to be kept for a time that is over."""
        for note in self._folder.glob(f"*/{NOTE}"):
            if self._is_over(note):
                shutil.rmtree(note.parent, ignore_errors=True)

    def _is_over(self, note: Path) -> bool:
        try:
            ends_s = json.loads(note.read_bytes())["ends_s"]
        except (OSError, ValueError, KeyError, TypeError) as fault:
            log.warning("%s cannot be read: %r", note, fault)
            return False
        return ends_s is not None and time.time() > ends_s
