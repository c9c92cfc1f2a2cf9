"""A bucket at an S3-compatible endpoint, through boto3 in a thread.

The client is made by the first upload, so that an engine that never meets such a store does
not load its library. Threads are daemons: an endpoint that hangs holds up no exit.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from dashboard.engine.uploads.targets import Progress, StoreFault
from dashboard.protocols.filenames import with_folders

log = logging.getLogger(__name__)

PART_BYTES = 8 * 1024 * 1024
"""Larger files go in parts of this size; a file of 80 GB would still do with 10000 parts."""
_ANSWER_LIMIT_S = 30
_CONNECT_LIMIT_S = 5
_CONFIG = {
    "connect_timeout": _CONNECT_LIMIT_S,
    "read_timeout": _ANSWER_LIMIT_S,
    "retries": {"mode": "standard", "total_max_attempts": 2},
    "signature_version": "s3v4",
    "s3": {"addressing_style": "path"},
    "request_checksum_calculation": "when_required",  # not every such store knows the newer ones
    "response_checksum_validation": "when_required",
}
_TRANSFER = TransferConfig(
    multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, use_threads=False
)
_REFUSALS = frozenset({301, 400, 401, 403, 404, 405})
_TYPES = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
    ".mp4": "video/mp4",
    ".aac": "audio/aac",
    ".jpg": "image/jpeg",
}
_making = threading.Lock()
"""boto3's sessions are not made side by side (its documentation, "Multithreading")."""


class _Closed(Exception):
    """Nobody waits for this upload any more."""


class Bucket:
    """storage: `Spec.storage`. keys: from the safe. folders: before every name."""

    def __init__(
        self, storage: Mapping[str, Any], keys: Mapping[str, str], folders: Sequence[str]
    ) -> None:
        self._storage, self._keys, self._folders = storage, keys, folders
        self._client: Any = None
        self._closed = threading.Event()

    async def put(self, source: Path, name: str, progress: Progress) -> None:
        await _in_thread(lambda: self._put(source, name, progress))

    def close(self) -> None:
        """An upload in parts is given up at its next piece, and the store told to drop it."""
        self._closed.set()

    def _put(self, source: Path, name: str, progress: Progress) -> None:
        size = source.stat().st_size
        sent = 0

        def count(more: int) -> None:
            nonlocal sent
            if self._closed.is_set():
                raise _Closed
            sent += more
            progress(sent / size if size else 1.0)

        try:
            with open(source, "rb") as file:
                self._made().upload_fileobj(
                    file,
                    self._storage["bucket"],
                    with_folders(self._folders, name),
                    ExtraArgs={"ContentType": _TYPES.get(source.suffix, "binary/octet-stream")},
                    Callback=count,
                    Config=_TRANSFER,
                )
        except ClientError as fault:
            raise _fault_of(fault) from fault
        except (BotoCoreError, ValueError) as fault:
            raise StoreFault(str(fault)) from fault

    def _made(self) -> Any:
        if self._client is None:
            with _making:
                session = boto3.session.Session(
                    aws_access_key_id=self._keys.get("access_key") or "none",
                    aws_secret_access_key=self._keys.get("secret_key") or "none",
                    aws_session_token=self._keys.get("session_token") or None,
                )
                self._client = session.client(
                    "s3",
                    endpoint_url=self._storage["endpoint"],
                    region_name=self._storage["region"] or "us-east-1",
                    config=Config(**_CONFIG),
                )
        return self._client


def _fault_of(fault: ClientError) -> StoreFault:
    error = fault.response.get("Error", {})
    status = fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    code = error.get("Code") or str(status)
    return StoreFault(
        f"{code}: {error.get('Message', '')}".rstrip(": "), code, refused=status in _REFUSALS
    )


async def _in_thread(work: Callable[[], None]) -> None:
    """As asyncio.to_thread, but nobody waits for it at the end of the process."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()

    def settle(fault: BaseException | None) -> None:
        if done.done():
            return
        if fault:
            done.set_exception(fault)
        else:
            done.set_result(None)

    def run() -> None:
        fault: BaseException | None = None
        try:
            work()
        except _Closed:
            fault = StoreFault("broken off")
        except Exception as cause:
            fault = cause
        try:
            loop.call_soon_threadsafe(settle, fault)
        except RuntimeError:
            log.debug("an upload ended after its engine")

    threading.Thread(target=run, name="upload", daemon=True).start()
    await done
