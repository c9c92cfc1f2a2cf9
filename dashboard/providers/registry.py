"""Which vendors there are, and the one client kept for each account.

A client holds warm connections, so it is made once for an account and shared by all
threads of a process; it is replaced when the account's settings change.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from dashboard.domain.events import RecordingEvent
from dashboard.domain.recording import OutputFile, RecordingHandle, RoomType
from dashboard.errors import InvalidInput, Problem, text
from dashboard.providers.agora import callbacks as agora_callbacks
from dashboard.providers.agora import client as agora_client
from dashboard.providers.agora import exchange as agora_exchange
from dashboard.providers.agora import requests as agora_requests
from dashboard.providers.anyrtc import callbacks as anyrtc_callbacks
from dashboard.providers.anyrtc import client as anyrtc_client
from dashboard.providers.anyrtc import exchange as anyrtc_exchange
from dashboard.providers.base import (
    AccountConfig,
    Callbacks,
    Capabilities,
    Gate,
    LayoutFormat,
    RecordingProvider,
    RequestFormat,
    Studio,
)
from dashboard.providers.studio import StudioClient
from dashboard.providers.trtc import callbacks as trtc_callbacks
from dashboard.providers.trtc import client as trtc_client
from dashboard.providers.trtc import exchange as trtc_exchange
from dashboard.providers.trtc import layout_exchange as trtc_layouts
from dashboard.providers.trtc import payloads as trtc_payloads

__all__ = [
    "AccountConfig",
    "callbacks_for",
    "capabilities_for",
    "close_all",
    "forget",
    "handle_key",
    "layout_formats",
    "located",
    "provider_for",
    "request_format",
    "studio_channel",
    "studio_for",
    "vendors",
]


Files = tuple[OutputFile, ...]


@dataclass(frozen=True)
class _Vendor:
    """One line of the registry.

    make: builds the client. handle_key: the part of a handle by which callbacks name it.
    located: the files of a callback by their whole names.
    studio_channel: what a studio calls a channel.
    """

    make: Callable[[AccountConfig, Gate | None, StudioClient | None], RecordingProvider]
    callbacks: Callbacks
    capabilities: Capabilities
    handle_key: str
    requests: RequestFormat
    located: Callable[[RecordingHandle, Files], Files] = lambda _handle, files: files
    studio_channel: Callable[[str, RoomType], str] = lambda name, _room_type: name


_VENDORS: Mapping[str, _Vendor] = {
    "agora": _Vendor(
        make=agora_client.make,
        callbacks=agora_callbacks,
        capabilities=agora_client.CAPABILITIES,
        handle_key="sid",
        requests=agora_requests,
    ),
    "anyrtc": _Vendor(
        make=anyrtc_client.make,
        callbacks=anyrtc_callbacks,
        capabilities=anyrtc_client.CAPABILITIES,
        handle_key="sid",
        requests=anyrtc_exchange,
    ),
    "trtc": _Vendor(
        make=trtc_client.make,
        callbacks=trtc_callbacks,
        capabilities=trtc_client.CAPABILITIES,
        handle_key="task_id",
        requests=trtc_exchange,
        located=trtc_payloads.located,
        studio_channel=trtc_payloads.studio_channel,
    ),
}

_LAYOUT_FORMATS: Mapping[str, LayoutFormat] = {"agora": agora_exchange, "trtc": trtc_layouts}

_lock = threading.Lock()
_clients: dict[int, tuple[AccountConfig, RecordingProvider]] = {}
_studios: dict[int, tuple[AccountConfig, StudioClient]] = {}


def vendors() -> tuple[str, ...]:
    """The words that AccountConfig.vendor may be."""
    return tuple(_VENDORS)


def provider_for(config: AccountConfig, gate: Gate | None = None) -> RecordingProvider:
    """The client of an account. gate: used when the client is made; the first one stays.

    Raises InvalidInput for a vendor we do not know.
    """
    make = _vendor(config.vendor).make
    with _lock:
        studio = _studio(config)
        return _kept(_clients, config, lambda: make(config, gate, studio))


def studio_for(config: AccountConfig) -> Studio | None:
    """The studio of an account that has one."""
    with _lock:
        return _studio(config)


def callbacks_for(vendor: str) -> Callbacks:
    return _vendor(vendor).callbacks


def capabilities_for(vendor: str) -> Capabilities:
    """What accounts of a vendor can do, a studio left aside (that is the account's own)."""
    return _vendor(vendor).capabilities


def layout_formats() -> Mapping[str, LayoutFormat]:
    """By vendor: whose own JSON a layout can be taken to and from."""
    return _LAYOUT_FORMATS


def request_format(vendor: str) -> RequestFormat:
    """The vendor's own requests: for showing what is sent, and for taking over what was."""
    return _vendor(vendor).requests


def handle_key(vendor: str, handle: RecordingHandle) -> str | None:
    """What callbacks call this recording, None until its start was answered.

    Worth a column with an index: ParsedDelivery.key is looked up in it.
    """
    return handle.get(_vendor(vendor).handle_key)


def located(vendor: str, handle: RecordingHandle, event: RecordingEvent) -> RecordingEvent:
    """An event of a callback whose files have their whole names in the store."""
    if not event.files:
        return event
    return replace(event, files=_vendor(vendor).located(handle, event.files))


def studio_channel(vendor: str, name: str, room_type: RoomType) -> str:
    """What a studio calls a channel: two rooms of the same digits are two there, too."""
    return _vendor(vendor).studio_channel(name, room_type)


def forget(account_id: int) -> None:
    """Close the connections of an account that is no longer used."""
    with _lock:
        for kept in (_clients, _studios):
            found = kept.pop(account_id, None)
            if found:
                found[1].close()


def close_all() -> None:
    for account_id in {*_clients, *_studios}:
        forget(account_id)


def _studio(config: AccountConfig) -> StudioClient | None:
    return _kept(_studios, config, lambda: StudioClient(config)) if config.studio else None


def _kept(kept: dict, config: AccountConfig, make: Callable):
    known = kept.get(config.id)
    if known and known[0] == config:
        return known[1]
    if known:
        known[1].close()
    kept[config.id] = (config, make())
    return kept[config.id][1]


def _vendor(word: str) -> _Vendor:
    try:
        return _VENDORS[word]
    except KeyError:
        raise InvalidInput(
            [Problem("vendor", text("There is no vendor called %(vendor)s.", vendor=word))]
        ) from None
