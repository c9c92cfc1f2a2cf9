"""What anyRTC tells us: Agora's notices, in its own envelope.

Source: agora-anyrtc.md section 14. The signature is `Ar-Signature`; the id is called
`noticeID`, on its pages `noticeId`; details come as an object or as JSON in a text.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dashboard.protocols import signatures
from dashboard.providers.agora import callbacks, decoding
from dashboard.providers.base import Fact, ParsedDelivery, Unreadable, Verdict
from dashboard.providers.strict_json import NotStrict, read_object

_ID = "noticeID"

counts = True


def verify(headers: Mapping[str, str], raw: bytes, secrets: Sequence[str]) -> Verdict:
    found = {name.lower(): value for name, value in headers.items()}
    signature = found.get(signatures.ANYRTC_HEADER.lower())
    if not signature:
        return Verdict.UNSIGNED
    genuine = signatures.verify(secrets, raw, v1=signature)
    return Verdict.GENUINE if genuine else Verdict.FORGED


def duplicate_key(raw: bytes) -> str:
    """As Agora's, by whichever of the two spellings of the id is there."""
    try:
        is_documented = _ID not in read_object(raw)
    except NotStrict:
        is_documented = False
    return callbacks.duplicate_key(raw, "noticeId" if is_documented else _ID)


def parse(raw: bytes) -> ParsedDelivery | Unreadable:
    try:
        return callbacks.delivery_of(_plain(read_object(raw)))
    except NotStrict as fault:
        return Unreadable(fault.reason)


def explain(raw: bytes) -> tuple[Fact, ...]:
    try:
        return decoding.explain(_plain(read_object(raw)))
    except NotStrict:
        return ()


def probe(nonce: str, at: datetime) -> bytes:
    return callbacks.probe(nonce, at, _ID)


def sign(secret: str, raw: bytes) -> Mapping[str, str]:
    return {signatures.ANYRTC_HEADER: signatures.sha1_signature(secret, raw)}


def _plain(notice: dict[str, Any]) -> dict[str, Any]:
    """With details as an object. Raises NotStrict where the text is no JSON."""
    payload = notice.get("payload")
    if not isinstance(payload, dict) or not isinstance(payload.get("details"), str):
        return notice
    details = read_object(payload["details"].encode("utf-8", "surrogatepass"))
    return {**notice, "payload": {**payload, "details": details}}
