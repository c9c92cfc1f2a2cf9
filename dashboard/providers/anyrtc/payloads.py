"""anyRTC's messages: Agora's, written to anyRTC's own table of stores.

Source: agora-anyrtc.md section 14. Its answers differ by a wrapper, which `answers` takes
off, and by the spelling of a file's name, which Agora's reader takes either way.
"""

from collections.abc import Mapping
from typing import Any

from dashboard.domain.recording import RecordingHandle, RecordingSpec, StorageTarget
from dashboard.protocols import anyrtc
from dashboard.providers.agora import payloads
from dashboard.providers.agora.payloads import (
    Body,
    Dialect,
    layout_body,
    stop_body,
    subscription_body,
)

__all__ = [
    "acquire_body",
    "layout_body",
    "start_body",
    "stop_body",
    "storage_body",
    "subscription_body",
]

DIALECT = Dialect("anyrtc", anyrtc.STORES)


def acquire_body(spec: RecordingSpec) -> Body:
    """No scene: its pages know of one kind only."""
    body = payloads.acquire_body(spec)
    request: Mapping[str, Any] = body["clientRequest"]
    kept = {name: request[name] for name in request if name == "resourceExpiredHour"}
    return {**body, "clientRequest": kept}


def start_body(spec: RecordingSpec, token: str = "") -> Body:
    return payloads.start_body(spec, token, DIALECT)


def storage_body(handle: RecordingHandle, storage: StorageTarget) -> Body:
    return payloads.storage_body(handle, storage, DIALECT)
