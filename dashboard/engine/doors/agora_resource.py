"""The resourceId: what acquire gave, sealed, so that nothing has to be kept for it.

Source: agora-anyrtc.md section 2: opaque, safe in an address, a few hundred characters,
good for five minutes and one recording.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

_SEAL = 32


@dataclass(frozen=True)
class Resource:
    """issued_ms: wall time. hours: resourceExpiredHour. scene: what it was acquired for.

    promised: fingerprint of the start it is for (startParameter); "" for any.
    """

    app_id: str
    channel: str
    uid: str
    issued_ms: int
    hours: int
    scene: int = 0
    promised: str = ""


def seal(resource: Resource, key: str) -> str:
    content = json.dumps({**asdict(resource), "nonce": secrets.token_hex(24)}).encode()
    return base64.urlsafe_b64encode(_mac(content, key) + content).decode().rstrip("=")


def unseal(text: str, key: str) -> Resource | None:
    """None for everything that was not sealed with this key."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    mac, content = raw[:_SEAL], raw[_SEAL:]
    if not hmac.compare_digest(mac, _mac(content, key)):
        return None
    document = json.loads(content)
    document.pop("nonce")
    return Resource(**document)


def fingerprint(request: Mapping[str, Any], key: str) -> str:
    """The same for the same clientRequest, in whatever order its fields stand."""
    return _mac(json.dumps(request, sort_keys=True).encode(), key).hex()


def _mac(content: bytes, key: str) -> bytes:
    return hmac.new(f"resource:{key}".encode(), content, hashlib.sha256).digest()
