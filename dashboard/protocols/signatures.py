"""How a callback proves where it comes from: a keyed digest of its raw bytes.

Source: agora-anyrtc.md section 9 (Agora), section 14 (anyRTC). Always sign and
verify the bytes as they travel; a body that was parsed and written again differs.
"""

import hashlib
import hmac
from collections.abc import Iterable

AGORA_HEADER = "Agora-Signature"
"""Hex HMAC-SHA1 of the raw body."""
AGORA_HEADER_V2 = "Agora-Signature-V2"
"""Hex HMAC-SHA256 of the raw body."""
ANYRTC_HEADER = "Ar-Signature"
"""Hex HMAC-SHA1 of the raw body; anyRTC has no second form."""


def sha1_signature(secret: str, raw: bytes) -> str:
    return hmac.new(secret.encode(), raw, hashlib.sha1).hexdigest()


def sha256_signature(secret: str, raw: bytes) -> str:
    return hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def agora_headers(secret: str, raw: bytes) -> dict[str, str]:
    """Both signature headers of one body, as the vendor sends them."""
    return {
        AGORA_HEADER: sha1_signature(secret, raw),
        AGORA_HEADER_V2: sha256_signature(secret, raw),
    }


def verify(
    secrets: Iterable[str], raw: bytes, v1: str | None = None, v2: str | None = None
) -> bool:
    """Whether a body was signed with one of these secrets.

    secrets: all that count now, so that one can be exchanged for another.
    v1, v2: the two headers as received. The stronger decides where it is given;
        neither given, or only empty secrets: False.
    Takes the same time whichever character differs.
    """
    given, digest = (v2, sha256_signature) if v2 else (v1, sha1_signature)
    if not given:
        return False
    received = given.strip().lower().encode("utf-8", "replace")
    matches = [
        hmac.compare_digest(digest(secret, raw).encode(), received) for secret in secrets if secret
    ]
    return any(matches)
