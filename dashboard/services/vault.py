"""Secrets at rest: AES-256-GCM, bound to the place where they are kept.

A sealed value moved to another table, column or row cannot be opened there.
Form: one byte for the form, 12 random bytes of nonce, the ciphertext with its tag.
"""

import base64
import binascii
import json
import secrets
from contextlib import suppress
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dashboard.errors import DashboardError, text
from dashboard.services import context

_FORM = b"\x01"
_NONCE_BYTES = 12
_KEY_BYTES = 32


class VaultClosed(DashboardError):
    """The key is missing or not the one these secrets were sealed with."""

    status = 503


def seal(value: Any, place: str) -> bytes:
    """Encrypt a JSON value. place: "table/column/row"."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    plain = json.dumps(value, separators=(",", ":")).encode()
    return _FORM + nonce + _ciphers()[0].encrypt(nonce, plain, place.encode())


def unseal(sealed: bytes, place: str) -> Any:
    """Raises VaultClosed."""
    for cipher in _ciphers():
        with suppress(InvalidTag, ValueError):
            return json.loads(_opened(cipher, sealed, place))
    raise VaultClosed(
        text(
            "A stored secret cannot be opened: TALLYDECK_ENCRYPTION_KEY is not the key "
            "it was sealed with."
        )
    )


def is_new(sealed: bytes, place: str) -> bool:
    """Whether the present key opens it, not only the one before."""
    try:
        return bool(_opened(_ciphers()[0], sealed, place))
    except (InvalidTag, ValueError):
        return False


def new_key() -> str:
    """A random key as TALLYDECK_ENCRYPTION_KEY wants it."""
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def _opened(cipher: AESGCM, sealed: bytes, place: str) -> bytes:
    """Raises InvalidTag, ValueError."""
    nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    return cipher.decrypt(nonce, rest, place.encode())


def _ciphers() -> list[AESGCM]:
    """The present key's, then that of the key before, while it is being changed."""
    try:
        keys = [base64.b64decode(key) for key in context.settings().encryption_keys()]
        if not keys or any(len(key) != _KEY_BYTES for key in keys):
            raise ValueError
        return [AESGCM(key) for key in keys]
    except (ValueError, binascii.Error) as fault:
        raise VaultClosed(text("TALLYDECK_ENCRYPTION_KEY must be 32 bytes in base64.")) from fault
