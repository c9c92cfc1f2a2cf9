"""Secrets that only their holder knows: 256 random bits out, their digest into the table."""

import hashlib
import secrets


def new() -> str:
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """SHA-256 is enough for a secret that cannot be guessed."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
