"""What Agora's notification service tells us, checked and put into our words.

The signature is made over the raw bytes; the old form counts only where the new one is
missing. What a notice says is put into a RecordingEvent by `notices`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dashboard.clock import from_ms, to_ms
from dashboard.domain.events import RecordingEvent
from dashboard.protocols import signatures
from dashboard.protocols.agora_events import PRODUCT_ID, Event, Service
from dashboard.providers.agora import decoding, notices
from dashboard.providers.base import Fact, ParsedDelivery, Unreadable, Verdict
from dashboard.providers.strict_json import NotStrict, read_object

_LONGEST_ID = 100
_LONGEST_WORD = 255
_LATEST_MS = 253_402_300_799_000  # the end of the year 9999, where dates end
_PROBE = ("test_webhook", "12121212")  # channel and uid of the console's trial

counts = True


def verify(headers: Mapping[str, str], raw: bytes, secrets: Sequence[str]) -> Verdict:
    found = {name.lower(): value for name, value in headers.items()}
    v1 = found.get(signatures.AGORA_HEADER.lower())
    v2 = found.get(signatures.AGORA_HEADER_V2.lower())
    if not (v1 or v2):
        return Verdict.UNSIGNED
    genuine = signatures.verify(secrets, raw, v1=v1, v2=v2)
    return Verdict.GENUINE if genuine else Verdict.FORGED


def duplicate_key(raw: bytes, id_field: str = "noticeId") -> str:
    """Its id and a digest of what is said; `notifyMs`, new in every copy, stays out of it."""
    try:
        notice = read_object(raw)
    except NotStrict:
        return "raw:" + hashlib.sha256(raw).hexdigest()
    name = notice.pop(id_field, None)
    notice.pop("notifyMs", None)
    said = json.dumps(notice, sort_keys=True, separators=(",", ":")).encode()
    digest = hashlib.sha256(said).hexdigest()
    if not isinstance(name, str) or not name or not name.isprintable() or len(name) > _LONGEST_ID:
        return f"said:{hashlib.sha256(str(name).encode()).hexdigest()}:{digest}"
    return f"{name}:{digest[:32]}"


def parse(raw: bytes) -> ParsedDelivery | Unreadable:
    try:
        notice = read_object(raw)
        return delivery_of(notice)
    except NotStrict as fault:
        return Unreadable(fault.reason)


def explain(raw: bytes) -> tuple[Fact, ...]:
    try:
        return decoding.explain(read_object(raw))
    except NotStrict:
        return ()


def probe(nonce: str, at: datetime, id_field: str = "noticeId") -> bytes:
    """As the console's trial, and with a session of its own name."""
    channel, uid = _PROBE
    payload = {
        "cname": channel,
        "uid": uid,
        "sid": f"test-{nonce}",
        "sequence": 0,
        "sendts": to_ms(at),
        "serviceType": int(Service.CLOUD),
        "details": {"msgName": "test"},
    }
    return json.dumps(
        {
            id_field: f"test-{nonce}",
            "productId": PRODUCT_ID,
            "eventType": int(Event.SESSION_EXIT),
            "notifyMs": to_ms(at),
            "payload": payload,
        }
    ).encode()


def sign(secret: str, raw: bytes) -> Mapping[str, str]:
    return signatures.agora_headers(secret, raw)


def delivery_of(notice: Mapping[str, Any]) -> ParsedDelivery:
    """Raises NotStrict."""
    payload = notice.get("payload")
    if not isinstance(payload, Mapping):
        raise NotStrict("fields")
    number = _number(notice, "eventType", _LATEST_MS)
    sent_ms = _number(notice, "notifyMs", _LATEST_MS)
    at_ms = _number(payload, "sendts", _LATEST_MS)
    sid, channel, uid = (_word(payload, name) for name in ("sid", "cname", "uid"))
    sequence = _number(payload, "sequence", 2**53)
    moment_ms = sent_ms if at_ms is None else at_ms
    if number is None or moment_ms is None:
        raise NotStrict("fields")
    at = from_ms(moment_ms)
    return ParsedDelivery(
        key=sid,
        handle_parts={"sid": sid} if sid else {},
        channel=channel,
        recorder_uid=uid,
        event=_event(number, at, sequence, payload.get("details")),
        event_at=at,
        sent_at=None if sent_ms is None else from_ms(sent_ms),
        sequence=sequence,
        probe=(channel, uid) == _PROBE,
    )


def _event(number: int, at: datetime, sequence: int | None, details: Any) -> RecordingEvent:
    told = notices.tell(number, details if isinstance(details, Mapping) else {})
    return RecordingEvent(
        kind=told.kind,
        at=at,
        sequence=sequence,
        person_uid=told.person_uid,
        files=told.files,
        detail=told.detail,
    )


def _number(document: Mapping[str, Any], name: str, most: int) -> int | None:
    """A field that may be missing but, if it is there, is an integer 0..most."""
    if name not in document:
        return None
    value = document[name]
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise NotStrict("fields")
    return value


def _word(document: Mapping[str, Any], name: str) -> str | None:
    """A field of text, which may be missing or (a uid, in places) be a number."""
    value = document.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is not None and (not isinstance(value, str) or len(value) > _LONGEST_WORD):
        raise NotStrict("fields")
    return value or None
