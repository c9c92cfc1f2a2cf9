"""Every number of a TRTC notice in words."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

from dashboard.errors import Text, text
from dashboard.protocols import trtc_events as events
from dashboard.providers.agora.readings import whole_number
from dashboard.providers.base import Fact
from dashboard.providers.decoding import MOST_FACTS, Reader, Readers, a_time, facts_of, just


def explain(notice: Mapping[str, Any]) -> tuple[Fact, ...]:
    number = whole_number(notice.get("EventType"))
    return tuple(islice(facts_of(notice, {**_ALWAYS, **_BY_EVENT.get(number, {})}), MOST_FACTS))


_NAMES: Mapping[int, Text] = {
    events.Event.RECORDER_START: text("the recorder starts"),
    events.Event.RECORDER_STOP: text("the recorder leaves"),
    events.Event.UPLOAD_START: text("the upload starts"),
    events.Event.FILE_INFO: text("an index was uploaded"),
    events.Event.UPLOAD_STOP: text("the upload ends"),
    events.Event.FAILOVER: text("the recorder was replaced"),
    events.Event.FILE_SLICE: text("a first slice was cut"),
    events.Event.UPLOAD_ERROR: text("an upload failed"),
    events.Event.DOWNLOAD_IMAGE_ERROR: text("an image could not be fetched"),
    events.Event.MP4_STOP: text("MP4 files were made"),
    events.Event.VOD_COMMIT: text("a file for the media library"),
    events.Event.VOD_STOP: text("the media library is done"),
}
_ALWAYS: dict[str, Reader] = {
    "EventGroupId": events.GROUPS,
    "EventType": _NAMES,
    "CallbackTs": a_time,
    "EventTs": a_time,
    "EventMsTs": a_time,
    "RoomId": just(text("the room")),
    "BeginTimeStamp": a_time,
    "StartTimeStamp": a_time,
    "EndTimeStamp": a_time,
    "TrackType": events.TRACKS,
    "MediaId": events.STREAMS,
}
_BY_EVENT: Mapping[int, Readers] = {
    events.Event.RECORDER_START: {"Status": events.STARTS},
    events.Event.RECORDER_STOP: {"LeaveCode": events.LEAVE_REASONS},
    events.Event.UPLOAD_START: {"Status": events.STARTS},
    events.Event.UPLOAD_STOP: {"Status": events.UPLOAD_STOPS, "LeaveCode": events.UPLOAD_STOPS},
    events.Event.FAILOVER: {"Status": events.STARTS},
    events.Event.UPLOAD_ERROR: {"Code": just(text("the store's own code"))},
    events.Event.MP4_STOP: {"Status": events.FILE_STOPS},
    events.Event.VOD_COMMIT: {"Status": events.FILE_STOPS},
    events.Event.VOD_STOP: {"Status": events.LIBRARY_STOPS},
}
