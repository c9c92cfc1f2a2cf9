"""Keys of other people's stores: kept so that a restart can go on, unreadable on disk.

Sealed with AES-256-GCM by a key of this engine's own, which lies beside the tasks, not in
them: a task's folder can be handed on, or land in a backup, without giving a key away.
"""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dashboard.engine.disk import write_atomically

KEY_BYTES, NONCE_BYTES = 32, 12
_PURPOSE = b"tallydeck engine storage keys"


class Safe:
    """path: of the key, made at the first seal, readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def seal(self, keys: Mapping[str, str]) -> str:
        """Raises OSError when the key cannot be read or made."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        content = AESGCM(self._key()).encrypt(nonce, json.dumps(dict(keys)).encode(), _PURPOSE)
        return base64.b64encode(nonce + content).decode()

    def open(self, sealed: str) -> dict[str, str]:
        """Empty for what this key did not seal: the store will refuse, and say so."""
        try:
            raw = base64.b64decode(sealed)
            content = AESGCM(self._key()).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _PURPOSE)
        except (InvalidTag, ValueError):
            return {}
        return json.loads(content)

    def _key(self) -> bytes:
        if not self._path.exists():
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._path, base64.b64encode(os.urandom(KEY_BYTES)))
        return base64.b64decode(self._path.read_bytes())
