"""What TRTC tells us, checked and put into our words, in every spelling. Source: trtc.md 9.

A room comes as text or number; seconds as text or number, and milliseconds beside them in
newer notices only. There is no id: copies are known by task, kind, time and payload.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dashboard.clock import from_ms, to_ms
from dashboard.domain.events import RecordingEvent
from dashboard.protocols import trtc_events
from dashboard.protocols.trtc_events import GROUP_RECORDING
from dashboard.providers.agora.readings import whole_number
from dashboard.providers.base import Fact, ParsedDelivery, Unreadable, Verdict
from dashboard.providers.strict_json import NotStrict, read_object
from dashboard.providers.trtc import decoding, notices
from dashboard.providers.trtc.payloads import named

_LATEST_MS = 253_402_300_799_000
_LONGEST = 255
_PROBE = "tallydeck-test-"  # what the task of our own trial begins with; the vendor has none

counts = False


def verify(headers: Mapping[str, str], raw: bytes, secrets: Sequence[str]) -> Verdict:
    found = {name.lower(): value for name, value in headers.items()}
    signature = found.get(trtc_events.SIGN_HEADER.lower())
    if not signature:
        return Verdict.UNSIGNED
    genuine = trtc_events.verify(secrets, raw, signature)
    return Verdict.GENUINE if genuine else Verdict.FORGED


def duplicate_key(raw: bytes) -> str:
    """The time of sending, new in every copy, stays out of it."""
    try:
        notice = read_object(raw)
    except NotStrict:
        return "raw:" + hashlib.sha256(raw).hexdigest()
    notice.pop("CallbackTs", None)
    info = notice.get("EventInfo")
    if isinstance(info, dict) and "EventMsTs" in info:
        info.pop("EventTs", None)  # it comes as text or number, and says less
    said = json.dumps(notice, sort_keys=True, separators=(",", ":")).encode()
    return "said:" + hashlib.sha256(said).hexdigest()


def parse(raw: bytes) -> ParsedDelivery | Unreadable:
    try:
        return _delivery(read_object(raw))
    except NotStrict as fault:
        return Unreadable(fault.reason)


def explain(raw: bytes) -> tuple[Fact, ...]:
    try:
        return decoding.explain(read_object(raw))
    except NotStrict:
        return ()


def probe(nonce: str, at: datetime) -> bytes:
    """The vendor's console sends none; this one is told by its task."""
    info = {
        "RoomId": "test",
        "EventTs": to_ms(at) // 1000,
        "EventMsTs": to_ms(at),
        "UserId": "test",
        "TaskId": _PROBE + nonce,
        "Payload": {"Status": 0},
    }
    return json.dumps(
        {
            "EventGroupId": GROUP_RECORDING,
            "EventType": int(trtc_events.Event.FAILOVER),
            "CallbackTs": to_ms(at),
            "EventInfo": info,
        }
    ).encode()


def sign(secret: str, raw: bytes) -> Mapping[str, str]:
    return {trtc_events.SIGN_HEADER: trtc_events.sign(secret, raw)}


def _delivery(notice: Mapping[str, Any]) -> ParsedDelivery:
    info = notice.get("EventInfo")
    number, group = whole_number(notice.get("EventType")), whole_number(notice.get("EventGroupId"))
    if not isinstance(info, Mapping) or number is None:
        raise NotStrict("fields")
    at = _moment(info)
    payload = info.get("Payload")
    told = notices.tell(
        number if group in (None, GROUP_RECORDING) else 0,
        payload if isinstance(payload, Mapping) else {},
    )
    task_id = _word(info, "TaskId")
    sent_ms = whole_number(notice.get("CallbackTs"))
    return ParsedDelivery(
        key=task_id,
        handle_parts=named(task_id) if task_id else {},
        channel=_word(info, "RoomId"),
        recorder_uid=_word(info, "UserId"),
        event=RecordingEvent(
            kind=told.kind,
            at=at,
            person_uid=told.person_uid,
            files=told.files,
            detail=told.detail or ({"vendor_event": number} if told.is_unknown else {}),
        ),
        event_at=at,
        sent_at=from_ms(sent_ms) if sent_ms and sent_ms <= _LATEST_MS else None,
        probe=task_id is not None and task_id.startswith(_PROBE),
    )


def _moment(info: Mapping[str, Any]) -> datetime:
    ms = whole_number(info.get("EventMsTs"))
    if ms is None:
        seconds = whole_number(info.get("EventTs"))
        ms = None if seconds is None else seconds * 1000
    if ms is None or not 0 <= ms <= _LATEST_MS:
        raise NotStrict("fields")
    return from_ms(ms)


def _word(info: Mapping[str, Any], name: str) -> str | None:
    value = info.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is not None and (not isinstance(value, str) or len(value) > _LONGEST):
        raise NotStrict("fields")
    return value or None
