"""Every number of an Agora notice in words; anyRTC's are the same."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from dashboard.errors import Text, text
from dashboard.protocols import agora_events as events
from dashboard.protocols.agora import STATUSES
from dashboard.protocols.agora_storage import VENDORS
from dashboard.providers.agora.readings import whole_number
from dashboard.providers.base import Fact
from dashboard.providers.decoding import (
    MOST_FACTS,
    Meaning,
    Reader,
    Readers,
    a_time,
    facts_of,
    hundredths,
    just,
)

_FROM_ZERO = just(text("counted for each recording, from 0"))


def explain(notice: Mapping[str, Any]) -> tuple[Fact, ...]:
    """notice: read, with its details as an object."""
    number = whole_number(notice.get("eventType"))
    readers = {**_ALWAYS, **_BY_EVENT.get(number, {})}
    payload = notice.get("payload")
    details = payload.get("details") if isinstance(payload, Mapping) else None
    if number == events.Event.DOWNLOAD_FAILED and isinstance(details, Mapping):
        readers["region"] = _region_of(details.get("vendor"))
    return tuple(islice(facts_of(notice, readers), MOST_FACTS))


def _event(value: Any) -> Meaning:
    row = events.EVENTS.get(whole_number(value))
    if row is None:
        return None
    return (Text(row.msg_name) if row.msg_name else text("a second recorder is ready"),)


def _leave(value: Any) -> Meaning:
    code = whole_number(value)
    if code is None:
        return None
    unknown = events.unknown_leave_bits(code)
    more = (text("Bits %(bits)s, which no page explains.", bits=unknown),) if unknown else ()
    return (*events.leave_reasons(code), *more)


def _normal(value: Any) -> Meaning:
    known = whole_number(value)
    return None if known is None else (events.STAT[min(known, 1)],)


def _store(value: Any) -> Meaning:
    row = VENDORS.get(whole_number(value))
    return (Text(row.name),) if row else None


def _region_of(vendor: Any) -> Reader:
    row = VENDORS.get(whole_number(vendor))
    return {number: Text(name) for number, name in row.regions.items()} if row else {}


_ALWAYS: dict[str, Reader] = {
    "eventType": _event,
    "productId": events.PRODUCTS,
    "notifyMs": a_time,
    "eventMs": a_time,
    "sendts": a_time,
    "sequence": _FROM_ZERO,
    "serviceType": events.SERVICES,
    "serviceScene": events.SCENES,
    "UtcMs": a_time,
    "utcMs": a_time,
    "sliceStartTime": a_time,
    "payload.uid": just(text("the recorder's uid")),
    "uid": just(text("a uid; 0 for all")),
    "streamUid": just(text("a uid; 0 for all")),
}
_BY_EVENT: Mapping[int, Readers] = {
    events.Event.ERROR: {
        "module": events.MODULES,
        "errorLevel": events.ERROR_LEVELS,
        "errorCode": events.ERROR_CODES,
        "stat": _normal,
    },
    events.Event.WARNING: {"module": events.MODULES, "warnCode": events.WARNING_CODES},
    events.Event.STATUS_UPDATE: {"status": STATUSES, "recordingMode": events.RECORDING_MODES},
    events.Event.SESSION_EXIT: {"exitStatus": _normal},
    events.Event.SESSION_FAILOVER: {"newUid": just(text("the recorder's uid from now on"))},
    events.Event.UPLOADER_STARTED: {"status": _normal},
    events.Event.UPLOADED: {"status": _normal},
    events.Event.BACKED_UP: {"status": _normal},
    events.Event.UPLOADING_PROGRESS: {"progress": hundredths},
    events.Event.RECORDER_STARTED: {"status": _normal},
    events.Event.RECORDER_LEAVE: {"leaveCode": _leave},
    events.Event.SLICE_START: {"startUtcMs": a_time, "discontinueUtcMs": a_time},
    events.Event.AUDIO_STATE: {"state": events.STREAM_STATES},
    events.Event.VIDEO_STATE: {"state": events.STREAM_STATES},
    events.Event.WEB_STARTED: {"recorderStartTime": a_time},
    events.Event.WEB_STOPPED: {"code": events.WEB_STOPS},
    events.Event.WEB_LIMIT: {"limitType": events.PAGE_LIMITS},
    events.Event.WEB_RELOAD: {"reason": events.PAGE_RELOADS},
    events.Event.TRANSCODER_COMPLETED: {"result": events.RESULTS},
    events.Event.DOWNLOAD_FAILED: {"vendor": _store},
    events.Event.RTMP_STATUS: {"status": events.LIVE_PUSH_STATES},
    events.Event.POSTPONED_RESULT: {"result": events.RESULTS},
}
