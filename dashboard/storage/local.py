"""A folder per bucket on this machine.

Every step of a path is opened without following links, each from the folder before it,
so neither "..", nor a link, nor a swap between check and use leads out of the bucket.
"""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from dashboard.errors import NotFound, StorageFault, text
from dashboard.storage.base import StoredFile, missing, parts_of

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe must not block us
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_UNFINISHED = (".part", ".tmp")


class LocalStore:
    """root: the folder that holds the buckets; it may itself be reached through links."""

    def __init__(self, root: str | Path, bucket: str) -> None:
        self._root = Path(root)
        self._bucket = bucket

    def list(self, folder: Sequence[str], containing: str = "") -> list[StoredFile]:
        found = []
        try:
            with self._folder(tuple(folder)) as inside, os.scandir(inside) as entries:
                for entry in entries:
                    facts = _facts(entry) if containing in entry.name else None
                    if facts:
                        found.append(_stored((*folder, entry.name), facts))
        except NotFound:
            return []
        return sorted(found, key=lambda file: file.name)

    def stat(self, name: str) -> StoredFile | None:
        try:
            with self.open(name) as file:
                return _stored(parts_of(name), os.fstat(file.fileno()))
        except NotFound:
            return None

    def open(self, name: str) -> BinaryIO:
        *folders, last = parts_of(name)
        with self._folder(tuple(folders)) as inside:
            try:
                number = os.open(last, _FILE, dir_fd=inside)
            except OSError:
                raise missing(name) from None
        if not stat.S_ISREG(os.fstat(number).st_mode):
            os.close(number)
            raise missing(name)
        return os.fdopen(number, "rb")

    def fetch(self, name: str) -> tuple[BinaryIO, StoredFile]:
        file = self.open(name)
        return file, _stored(parts_of(name), os.fstat(file.fileno()))

    def write(self, name: str, content: bytes) -> None:
        *folders, last = parts_of("/".join((self._bucket, name)))
        try:
            self._root.joinpath(*folders).mkdir(parents=True, exist_ok=True)
            with self._folder(tuple(folders[1:])) as inside:
                number = os.open(last, _NEW, 0o666, dir_fd=inside)
                with os.fdopen(number, "wb") as file:
                    file.write(content)
        except OSError as fault:
            raise self._closed(fault) from fault

    def remove(self, name: str) -> None:
        *folders, last = parts_of(name)
        try:
            with self._folder(tuple(folders)) as inside, suppress(FileNotFoundError):
                os.unlink(last, dir_fd=inside)
        except OSError as fault:
            raise self._closed(fault) from fault

    def _closed(self, fault: OSError) -> StorageFault:
        return StorageFault(
            text("The folder %(folder)s cannot be written: %(why)s",
                 folder=str(self._root / self._bucket), why=fault.strerror or str(fault))
        )  # fmt: skip

    @contextmanager
    def _folder(self, folders: tuple[str, ...]) -> Iterator[int]:
        """A folder of the bucket, as a file number. Raises NotFound."""
        steps = parts_of("/".join((self._bucket, *folders)))
        number = _open_folder(self._root, None)
        try:
            for step in steps:
                inner = _open_folder(step, number)
                os.close(number)
                number = inner
            yield number
        finally:
            os.close(number)


def _open_folder(path: str | Path, inside: int | None) -> int:
    try:
        if inside is None:
            return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        return os.open(path, _FOLDER, dir_fd=inside)
    except OSError:
        raise missing(str(path)) from None


def _facts(entry: os.DirEntry) -> os.stat_result | None:
    """Size and time of a finished file; None for anything else, and for what has just gone."""
    if entry.name.startswith(".") or entry.name.endswith(_UNFINISHED):
        return None
    with suppress(OSError):
        facts = entry.stat(follow_symlinks=False)
        return facts if stat.S_ISREG(facts.st_mode) else None
    return None


def _stored(parts: Sequence[str], facts: os.stat_result) -> StoredFile:
    return StoredFile(
        name="/".join(parts),
        size_bytes=facts.st_size,
        modified_at=datetime.fromtimestamp(facts.st_mtime, UTC),
    )
