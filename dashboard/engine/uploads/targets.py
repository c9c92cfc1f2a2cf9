"""Where files can go: a folder of this machine, or a store that speaks S3."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from dashboard.engine.disk import place
from dashboard.engine.tasks import Spec
from dashboard.engine.uploads.safe import Safe
from dashboard.engine.uploads.storage import S3

Progress = Callable[[float], None]
"""Hears how much of one file has arrived, 0..1; called from any thread."""


class StoreFault(OSError):
    """A store did not take a file. code: in the store's own words, "" when it said nothing.

    refused: it said no, and will again until its settings are other ones.
    """

    def __init__(self, message: str, code: str = "", refused: bool = False) -> None:
        super().__init__(message)
        self.code, self.refused = code, refused


class Target(Protocol):
    async def put(self, source: Path, name: str, progress: Progress) -> None:
        """Bring one file there, over an older one of its name. Raises OSError."""
        ...

    def close(self) -> None:
        """Break off what is under way."""
        ...


class Folder:
    """A bucket of the engine's own. Whoever reads it never finds half a file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, source: Path, name: str, progress: Progress) -> None:
        await asyncio.to_thread(place, source, self._folder / name)

    def close(self) -> None:
        pass


class Targets:
    """buckets: the folder of the engine's own buckets. safe: opens the keys of the others.

    arriving: where files wait that are for the media library.
    """

    def __init__(self, buckets: Path, safe: Safe, arriving: Path) -> None:
        self._buckets = buckets
        self._safe = safe
        self._arriving = arriving

    def of(self, spec: Spec) -> Target:
        if spec.library is not None:
            return Folder(self._arriving.joinpath(*spec.folders))
        if spec.storage is None or spec.storage["kind"] != S3:
            return Folder(self._buckets.joinpath(spec.bucket, *spec.folders))
        from dashboard.engine.uploads.s3 import Bucket

        return Bucket(spec.storage, self._safe.open(spec.storage["sealed"]), spec.folders)
