"""A bucket of a store that speaks S3, through boto3.

Loaded by the first target that needs it, so that a house without such stores does not carry
its library. Clients are kept: they hold warm connections and are safe to share by threads.
"""

import io
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, BinaryIO

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from dashboard.domain.recording import StorageTarget
from dashboard.errors import NotFound
from dashboard.storage.addresses import HOSTS, address_of
from dashboard.storage.base import StoredFile, missing, parts_of
from dashboard.storage.s3_faults import fault_of, is_missing

CONNECT_S, READ_S = 3, 8
BUFFER_BYTES = 256 * 1024
_S3 = "s3"
_CONFIG = {
    "connect_timeout": CONNECT_S,
    "read_timeout": READ_S,
    "retries": {"mode": "standard", "total_max_attempts": 2},
    "request_checksum_calculation": "when_required",  # not every such store knows the newer ones
    "response_checksum_validation": "when_required",
}
_making = threading.Lock()
"""boto3's sessions are not made side by side (its documentation, "Multithreading")."""


class S3Store:
    """Every method but `parts_of`'s refusals may raise StorageFault."""

    def __init__(self, target: StorageTarget) -> None:
        self._target = target
        self._bucket = target.bucket

    def list(self, folder: Sequence[str], containing: str = "") -> list[StoredFile]:
        prefix = "".join(f"{part}/" for part in folder)
        try:
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=prefix, Delimiter="/"
            )
            found = [
                StoredFile(one["Key"], one["Size"], one["LastModified"])
                for page in pages
                for one in page.get("Contents", ())
                if containing in one["Key"][len(prefix) :] and _is_sound(one["Key"])
            ]
        except (ClientError, BotoCoreError, ValueError) as fault:
            raise fault_of(fault, self._target) from fault
        return sorted(found, key=lambda file: file.name)

    def stat(self, name: str) -> StoredFile | None:
        try:
            parts_of(name)
            head = self._client.head_object(Bucket=self._bucket, Key=name)
        except NotFound:
            return None
        except (ClientError, BotoCoreError, ValueError) as fault:
            if is_missing(fault):
                return None
            raise fault_of(fault, self._target) from fault
        return StoredFile(name, head["ContentLength"], head["LastModified"])

    def open(self, name: str) -> BinaryIO:
        return self.fetch(name)[0]

    def fetch(self, name: str) -> tuple[BinaryIO, StoredFile]:
        found = self.stat(name)
        if found is None:
            raise missing(name)
        return io.BufferedReader(_Object(self, found), BUFFER_BYTES), found

    def write(self, name: str, content: bytes) -> None:
        parts_of(name)
        try:
            self._client.put_object(Bucket=self._bucket, Key=name, Body=content)
        except (ClientError, BotoCoreError, ValueError) as fault:
            raise fault_of(fault, self._target) from fault

    def remove(self, name: str) -> None:
        parts_of(name)
        try:
            self._client.delete_object(Bucket=self._bucket, Key=name)
        except (ClientError, BotoCoreError, ValueError) as fault:
            raise fault_of(fault, self._target) from fault

    def stream(self, name: str, start: int) -> Any:
        """The object's bytes from `start` on, as they come; close it."""
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=name, Range=f"bytes={start}-")
        except (ClientError, BotoCoreError, ValueError) as fault:
            raise (missing(name) if is_missing(fault) else fault_of(fault, self._target)) from fault
        return answer["Body"]

    @property
    def _client(self) -> Any:
        target = self._target
        with _making:
            return _client_for(
                address_of(target),
                target.region if target.kind in ("aws", *HOSTS) else None,
                "path" if target.kind == _S3 else "virtual",
                target.access_key,
                target.secret_key,
                target.sts_token,
                "s3" if target.kind == "aliyun" else "s3v4",
            )


class _Object(io.RawIOBase):
    """One object as a file: a stream from where it stands, begun anew after a jump."""

    def __init__(self, store: S3Store, facts: StoredFile) -> None:
        self._store, self._facts = store, facts
        self._at, self._stream = 0, None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._facts.size_bytes}
        target = max(0, base[whence] + offset)
        if target != self._at:
            self._drop()
        self._at = target
        return target

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._facts.size_bytes:
            return 0
        if self._stream is None:
            self._stream = self._store.stream(self._facts.name, self._at)
        try:
            content = self._stream.read(len(buffer))
        except Exception as fault:  # urllib3 and botocore raise what they like in mid-stream
            self._drop()
            raise OSError(f"the store broke off: {type(fault).__name__}") from fault
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)

    def close(self) -> None:
        self._drop()
        super().close()

    def _drop(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def _is_sound(name: str) -> bool:
    try:
        return bool(parts_of(name))
    except NotFound:
        return False


@lru_cache(maxsize=32)
def _client_for(
    endpoint: str | None,
    region: str | None,
    addressing: str,
    key: str,
    secret: str,
    token: str,
    signature: str = "s3v4",
) -> Any:
    """signature: "s3" is the older one, which Alibaba asks for: it takes no chunked bodies
    ("Accessing OSS with the AWS SDK", Python)."""
    session = boto3.session.Session(
        aws_access_key_id=key or "none",
        aws_secret_access_key=secret or "none",
        aws_session_token=token or None,
    )
    return session.client(
        _S3,
        endpoint_url=endpoint or None,
        region_name=region or "us-east-1",
        config=Config(s3={"addressing_style": addressing}, signature_version=signature, **_CONFIG),
    )
