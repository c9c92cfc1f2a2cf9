"""anyRTC's requests, for taking them along: Agora's, with anyRTC's own stores."""

from collections.abc import Mapping
from typing import Any

from dashboard.domain.recording import RecordingSpec
from dashboard.protocols import anyrtc
from dashboard.providers.agora import requests
from dashboard.providers.agora.requests import is_request
from dashboard.providers.anyrtc import payloads
from dashboard.providers.base import ReadRequest, SentRequest

__all__ = ["is_request", "read_request", "requests_of"]


def requests_of(spec: RecordingSpec, base_url: str, app_id: str) -> tuple[SentRequest, ...]:
    return requests.requests_of(spec, base_url, app_id, payloads)


def read_request(document: Mapping[str, Any]) -> ReadRequest:
    return requests.read_request(document, anyrtc.STORES)
