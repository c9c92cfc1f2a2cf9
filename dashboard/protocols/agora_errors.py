"""Every error Agora answers with, what it means and what to do about it.

Source: agora-anyrtc.md section 8.2 (the current table), 8.3 (legacy, still seen),
section 1 (rate) and section 7 (stop).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from dashboard.errors import Text, text

ACQUIRE, START, QUERY, UPDATE, UPDATE_LAYOUT, STOP = CALLS = (
    "acquire", "start", "query", "update", "updateLayout", "stop",
)  # fmt: skip
AFTER_START = (QUERY, UPDATE, UPDATE_LAYOUT, STOP)


class Code(IntEnum):
    """`code` of an error body."""

    PARAMETER = 2
    STARTED_ALREADY = 7
    REQUEST = 8
    INVALID_OPERATION = 49
    TASK_CONFLICT = 53
    TIMEOUT = 62
    NOT_COMPLETED = 65
    TOKEN_EXPIRED = 109
    TOKEN_WRONG = 110
    INVALID_APP_ID = 400
    INVALID_CHANNEL = 401
    WORKER_NOT_FOUND = 404
    NOT_ACTIVE = 405
    OVERLOAD = 406
    PARAMETER_ILLEGAL = 432
    RESOURCE_EXPIRED = 433
    NO_DATA = 435
    INTERNAL = 500
    EXITING = 501
    NO_WORKER = 502
    ALLOCATE_TIMEOUT = 504
    RESOURCE_UNREADABLE = 1001
    RESOURCE_MISMATCH = 1003
    CHANNEL_NAME = 1013
    LAYOUT_BODY = 1028


@dataclass(frozen=True)
class ErrorRow:
    """One way a call can fail.

    calls: which calls. code: of the body, None for a gateway's answer. reason: the vendor's words.
    meaning, remedy: what an operator is told, and what to do.
    retry: the same request may be sent again. started: the thing asked for did or may happen.
    source: section of agora-anyrtc.md.
    """

    calls: tuple[str, ...]
    http: int
    code: int | None
    reason: str
    meaning: Text
    remedy: Text
    retry: bool = False
    started: bool = False
    source: str = "8.2"


_SETTINGS = text("Check the channel's settings.")
_AGAIN = text("Try again in a few seconds.")
_KEYS = text("Check the App ID and the customer key and secret of the account.")
_NEW = text("Start a new recording.")

GATEWAY: tuple[ErrorRow, ...] = (
    ErrorRow(CALLS, 400, None, "appid is invalid",
             text("The vendor does not know this App ID."), _KEYS),
    ErrorRow(CALLS, 401, None, "Unauthorized",
             text("The vendor was given no customer key."), _KEYS),
    ErrorRow(CALLS, 401, None, "Invalid authentication credentials",
             text("The vendor does not accept the customer key and secret."), _KEYS),
    ErrorRow(CALLS, 404, None, "no Route matched with those values",
             text("There is no cloud recording at this address."),
             text("Check the base address of the account.")),
    ErrorRow(CALLS, 429, None, "API rate limit exceeded",
             text("The account made too many calls in one second."), _AGAIN, retry=True),
)  # fmt: skip
"""Answers of the gateway: {"message": reason}, without a code."""

SERVICE: tuple[ErrorRow, ...] = (
    ErrorRow(CALLS, 400, Code.PARAMETER, "parameter error",
             text("The vendor does not accept one of the settings."), _SETTINGS),
    ErrorRow((ACQUIRE,), 400, Code.INVALID_APP_ID, "invalid_appid",
             text("The vendor does not know this App ID."), _KEYS),
    ErrorRow((ACQUIRE,), 400, Code.INVALID_CHANNEL, "invalid_channel_name",
             text("The vendor does not accept the channel's name."),
             text("Use another channel name.")),
    ErrorRow((ACQUIRE,), 400, Code.NOT_ACTIVE, "no_active_status",
             text("Cloud recording is not switched on for this App ID."),
             text("Switch cloud recording on in the vendor's console.")),
    ErrorRow((ACQUIRE,), 400, Code.OVERLOAD, "vendor_over_load",
             text("The account records as much as it may at a time."),
             text("Stop another recording or ask the vendor for more."), retry=True),
    ErrorRow((ACQUIRE,), 500, Code.INTERNAL, "internal_error",
             text("The vendor had a fault of its own."), _AGAIN, retry=True),
    ErrorRow((ACQUIRE,), 500, Code.EXITING, "no_worker_manager_available",
             text("The vendor has no machine free."), _AGAIN, retry=True),
    ErrorRow((ACQUIRE,), 500, Code.ALLOCATE_TIMEOUT, "allocate_timeout",
             text("The vendor did not find a machine in time."), _AGAIN, retry=True),
    ErrorRow((START,), 201, Code.STARTED_ALREADY, "already started",
             text("This recording was started before."),
             text("Nothing: it is running."), started=True),
    ErrorRow((START,), 206, Code.NOT_COMPLETED, "request not completed",
             text("The vendor has not finished starting the recording."),
             text("The same request is sent again by itself."), retry=True, started=True),
    ErrorRow((START,), 400, Code.TASK_CONFLICT, "task conflict",
             text("The same recorder is already recording this channel."),
             text("Stop that recording, or choose another recorder uid.")),
    ErrorRow((START,), 500, Code.NO_WORKER, "no worker allocated",
             text("The vendor has no machine free for this recording."), _AGAIN, retry=True),
    ErrorRow((START,), 500, Code.TIMEOUT, "request timeout",
             text("The vendor did not answer itself in time; the recording may have started."),
             text("Wait until it is known whether it runs."), started=True),
    ErrorRow(AFTER_START, 404, Code.WORKER_NOT_FOUND, "failed to find worker",
             text("The vendor no longer runs this recording."), _NEW),
    ErrorRow(AFTER_START, 206, Code.NOT_COMPLETED, "request not completed",
             text("The vendor has not finished this request."), _AGAIN, retry=True, started=True),
    ErrorRow(AFTER_START, 504, Code.TIMEOUT, "request timeout",
             text("The vendor did not answer itself in time."), _AGAIN, retry=True, started=True),
    ErrorRow((STOP,), 206, Code.NO_DATA, "no recorded data",
             text("Nobody published anything, so nothing was recorded."),
             text("Check that somebody is in the channel and publishes."), started=True),
    ErrorRow((STOP,), 400, Code.INVALID_OPERATION, "invalid operation",
             text("The recording is being stopped already."),
             text("Wait until it has ended."), started=True),
)  # fmt: skip
"""Answers of the service: {"code", "reason"}, often with cname, uid, resourceId and sid."""

LEGACY: tuple[ErrorRow, ...] = (
    ErrorRow(CALLS, 400, Code.REQUEST, "request error",
             text("The vendor could not read the request."),
             text("Check the base address of the account."), source="8.3"),
    ErrorRow((ACQUIRE,), 400, Code.TIMEOUT, "service not enabled",
             text("Cloud recording is not switched on for this App ID."),
             text("Switch cloud recording on in the vendor's console."), source="8.3"),
    ErrorRow((START,), 400, Code.TOKEN_EXPIRED, "token expired",
             text("The channel token is too old."), text("Make a new token."), source="8.3"),
    ErrorRow((START,), 400, Code.TOKEN_WRONG, "token wrong",
             text("The channel token does not fit this channel and recorder uid."),
             text("Make a new token."), source="8.3"),
    ErrorRow(CALLS, 400, Code.PARAMETER_ILLEGAL, "parameter illegal",
             text("The request does not fit the resource it names."), _NEW, source="8.3"),
    ErrorRow((START,), 400, Code.RESOURCE_EXPIRED, "resource expired",
             text("Too much time passed between reserving and starting."), _NEW, retry=False,
             source="8.3"),
    ErrorRow((STOP,), 400, Code.NO_DATA, "no recorded data",
             text("Nobody published anything, so nothing was recorded."),
             text("Check that somebody is in the channel and publishes."), started=True,
             source="8.3"),
    ErrorRow(AFTER_START, 400, Code.EXITING, "task is exiting",
             text("The recording is ending."), text("Wait until it has ended."), started=True,
             source="8.3"),
    ErrorRow(CALLS, 400, Code.RESOURCE_UNREADABLE, "resourceId cannot be decrypted",
             text("The vendor cannot read the reserved resource."), _NEW, source="8.3"),
    ErrorRow(CALLS, 400, Code.RESOURCE_MISMATCH, "appid or sid does not match resourceId",
             text("The recording does not belong to this account."), _KEYS, source="8.3"),
    ErrorRow(CALLS, 400, Code.CHANNEL_NAME, "invalid channel name",
             text("The vendor does not accept the channel's name."),
             text("Use another channel name."), source="8.3"),
    ErrorRow((UPDATE_LAYOUT,), 400, Code.LAYOUT_BODY, "invalid layout",
             text("The vendor does not accept the layout."), text("Check the layout."),
             source="8.3"),
    ErrorRow((STOP,), 400, 50, "upload timeout",
             text("The upload took longer than the vendor waits."),
             text("The files follow; nothing is lost."), started=True, source="7"),
    ErrorRow((STOP,), 206, 50, "upload timeout",
             text("The upload took longer than the vendor waits."),
             text("The files follow; nothing is lost."), started=True, source="7"),
)  # fmt: skip

TABLE: tuple[ErrorRow, ...] = (*SERVICE, *LEGACY, *GATEWAY)

_BY_KEY: Mapping[tuple[str, int, int | None], ErrorRow] = {
    (call, row.http, row.code): row for row in reversed(TABLE) for call in row.calls
}


def find(call: str, http: int, code: int | None, message: str = "") -> ErrorRow | None:
    """The row for an answer, None where the vendor's pages know of none.

    call: one of CALLS. code: of the body, None if it had none. message: the gateway's words,
        which tell two answers with the same status apart.
    The status may differ from the table's, as it does in the wild; the code then decides.
    """
    if code is None:
        same = [row for row in GATEWAY if row.http == http]
        return next((row for row in same if row.reason == message), same[0] if same else None)
    exact = _BY_KEY.get((call, http, code))
    return exact or next((row for row in TABLE if row.code == code and call in row.calls), None)
