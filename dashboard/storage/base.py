"""What every store can do, wherever its files are.

A file's name is its full name in the bucket, folders and all, as the vendor tells it:
"year26/l7/5f0c…_lesson-7.m3u8". Names come from outside; a store trusts none of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

from dashboard.errors import NotFound, text

LONGEST_NAME = 1024


@dataclass(frozen=True)
class StoredFile:
    name: str
    size_bytes: int
    modified_at: datetime


class Store(Protocol):
    """Every method raises StorageFault where the store does not answer or does not let us."""

    def list(self, folder: Sequence[str], containing: str = "") -> Sequence[StoredFile]:
        """The finished files right in a folder (path elements), by name.

        containing: only names with this in them, such as a recording's sid.
        A folder that does not exist has no files.
        """
        ...

    def stat(self, name: str) -> StoredFile | None:
        """One file, None where it has not arrived."""
        ...

    def open(self, name: str) -> BinaryIO:
        """Its bytes, seekable; close it. Raises NotFound."""
        ...

    def fetch(self, name: str) -> tuple[BinaryIO, StoredFile]:
        """The same, with the facts of this very file. Raises NotFound."""
        ...

    def write(self, name: str, content: bytes) -> None:
        """A small new file, for trying the store out."""
        ...

    def remove(self, name: str) -> None:
        """Take a file away. One that is not there is no fault."""
        ...


def parts_of(name: str) -> tuple[str, ...]:
    """The folders and the file of a name, if it can be one. Raises NotFound."""
    parts = tuple(name.split("/"))
    if len(name) > LONGEST_NAME or not all(map(_is_plain, parts)):
        raise missing(name)
    return parts


def missing(name: str) -> NotFound:
    last = name.rsplit("/", 1)[-1][:100]
    return NotFound(text("There is no recorded file %(name)s.", name=last))


def _is_plain(part: str) -> bool:
    """A path element that stays where it is, and that every system takes."""
    return (
        0 < len(part.encode("utf-8", "replace")) <= 255
        and part not in (".", "..")
        and "\\" not in part
        and part.isprintable()
    )
