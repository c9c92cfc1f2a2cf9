"""Secrets at rest: AES-256-GCM, bound to the place where they are kept.

A sealed value moved to another table, column or row cannot be opened there.
Form: one byte for the form, 12 random bytes of nonce, the ciphertext with its tag.
"""

import base64
import binascii
import json
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dashboard.errors import DashboardError, text
from dashboard.services import context

_FORM = b"\x01"
_NONCE_BYTES = 12


class VaultClosed(DashboardError):
    """The key is missing or not the one these secrets were sealed with."""

    status = 503


def seal(value: Any, place: str) -> bytes:
    """Encrypt a JSON value. place: "table/column/row"."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    plain = json.dumps(value, separators=(",", ":")).encode()
    return _FORM + nonce + _cipher().encrypt(nonce, plain, place.encode())


def unseal(sealed: bytes, place: str) -> Any:
    """Raises VaultClosed."""
    nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        return json.loads(_cipher().decrypt(nonce, rest, place.encode()))
    except (InvalidTag, ValueError) as fault:
        raise VaultClosed(
            text(
                "A stored secret cannot be opened: TALLYDECK_ENCRYPTION_KEY is not the key "
                "it was sealed with."
            )
        ) from fault


def _cipher() -> AESGCM:
    try:
        return AESGCM(base64.b64decode(context.settings().encryption_key.get_secret_value()))
    except (ValueError, binascii.Error) as fault:
        raise VaultClosed(text("TALLYDECK_ENCRYPTION_KEY must be 32 bytes in base64.")) from fault
