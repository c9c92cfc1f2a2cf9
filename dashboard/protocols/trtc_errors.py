"""Every error TRTC's cloud recording answers with, what it means and what to do about it.

Source: trtc.md section 5. A code is `Level1` or `Level1.Level2`; a code of which the pages
know nothing is judged by its first level.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from dashboard.errors import Text, text
from dashboard.protocols.trtc import CALLS, CREATE, DELETE, DESCRIBE, MODIFY

BACK_OFF_S = (3, 6, 12)
"""What a client waits between its tries after InternalError; from then on the last one."""


class Code(StrEnum):
    """`Error.Code`, by what we call it."""

    ACTION = "InvalidAction"
    VERSION = "NoSuchVersion"
    AUTHORIZATION = "AuthFailure.InvalidAuthorization"
    SECRET_ID = "AuthFailure.SecretIdNotFound"  # noqa: S105
    SIGNATURE = "AuthFailure.SignatureFailure"
    CLOCK = "AuthFailure.SignatureExpire"
    NOT_ALLOWED = "AuthFailure.UnauthorizedOperation"
    RATE = "RequestLimitExceeded"
    UNKNOWN_PARAMETER = "UnknownParameter"
    MISSING = "MissingParameter"
    INVALID = "InvalidParameter"
    RANGE = "InvalidParameter.OutOfRange"
    SDK_APP_ID = "InvalidParameter.SdkAppId"
    USER_SIG = "InvalidParameter.UserSig"
    FAILED = "FailedOperation"
    CONCURRENCY = "FailedOperation.RestrictedConcurrency"
    METHOD = "FailedOperation.CRUnsupportMethod"
    INTERNAL = "InternalError.CRInternalError"
    NOT_FOUND = "ResourceNotFound"


MISSING_NAMES = frozenset(
    [
        "AccessKey",
        "Bucket",
        "CloudStorage",
        "RecordMode",
        "RecordParams",
        "Region",
        "RoomId",
        "SdkAppId",
        "SecretKey",
        "StorageParams",
        "StreamType",
        "TaskId",
        "UserId",
        "UserSig",
        "Vendor",
    ]
)
"""Parameters whose absence has a code of its own: MissingParameter.<name>."""


def missing(name: str) -> str:
    """The code for a parameter that is not there."""
    return f"{Code.MISSING}.{name}" if name in MISSING_NAMES else Code.MISSING.value


@dataclass(frozen=True)
class ErrorRow:
    """One way a call can fail.

    calls: which calls. meaning, remedy: what an operator is told, and what to do.
    retry: the same request may be sent again. ended: the recording is over.
    """

    code: str
    meaning: Text
    remedy: Text
    calls: tuple[str, ...] = CALLS
    retry: bool = False
    ended: bool = False


_SETTINGS = text("Check the channel's settings.")
_AGAIN = text("Try again in a few seconds.")
_KEYS = text("Check the SdkAppId, SecretId and SecretKey of the account.")
_NEW = text("Start a new recording.")
_CONSOLE = text("Check the account's rights in the vendor's console.")
_BAD_KEYS = text("The vendor does not accept the keys of the account.")
_RIGHTS = text("The keys of the account may not do this.")
_APP = text("The vendor does not know this SdkAppId, or it is another account's.")
_OVER = text("The vendor no longer runs this recording.")
_OFFERED = text("The vendor does not offer this call.")
_ADDRESS = text("Check the base address of the account.")
_OWN_FAULT = text("The vendor had a fault of its own.")
_REFUSED = text("The vendor does not accept one of the settings.")
_LACKS = text("The request lacks something that the vendor asks for.")
_TOO_FAST = text("The account made too many calls in one second.")
_AFTER_CREATE = (DESCRIBE, MODIFY, DELETE)

TABLE: tuple[ErrorRow, ...] = (
    ErrorRow("ActionOffline", _OFFERED, _ADDRESS),
    ErrorRow(Code.ACTION, _OFFERED, _ADDRESS),
    ErrorRow(Code.VERSION, _OFFERED, _ADDRESS),
    ErrorRow("NoSuchProduct", _OFFERED, _ADDRESS),
    ErrorRow("AuthFailure", _BAD_KEYS, _KEYS),
    ErrorRow(Code.AUTHORIZATION, _BAD_KEYS, _KEYS),
    ErrorRow("AuthFailure.InvalidSecretId", _BAD_KEYS, _KEYS),
    ErrorRow(Code.SECRET_ID, _BAD_KEYS, _KEYS),
    ErrorRow(Code.SIGNATURE, _BAD_KEYS, _KEYS),
    ErrorRow("AuthFailure.TokenFailure", _BAD_KEYS, _KEYS),
    ErrorRow(Code.CLOCK, text("The clocks of the vendor and of this machine differ too much."),
             text("Set the clock of this machine.")),
    ErrorRow("AuthFailure.MFAFailure", _RIGHTS, _CONSOLE),
    ErrorRow("AuthFailure.UnRealNameAuthenticated", _RIGHTS, _CONSOLE),
    ErrorRow(Code.NOT_ALLOWED, _RIGHTS, _CONSOLE),
    ErrorRow("AuthFailure.UnsupportedOperation", _RIGHTS, _CONSOLE),
    ErrorRow("UnauthorizedOperation.SdkAppId", _APP, _KEYS),
    ErrorRow("UnsupportedOperation", _RIGHTS, _CONSOLE, (CREATE,)),
    ErrorRow(Code.RATE, _TOO_FAST, _AGAIN, retry=True),
    ErrorRow("FailedOperation.RestrictedFrequency", _TOO_FAST, _AGAIN, retry=True),
    ErrorRow(Code.UNKNOWN_PARAMETER, _REFUSED, _SETTINGS),
    ErrorRow("InvalidParameterValue", _REFUSED, _SETTINGS),
    ErrorRow(Code.INVALID, _REFUSED, _SETTINGS),
    ErrorRow(Code.RANGE, _REFUSED, _SETTINGS),
    ErrorRow(Code.SDK_APP_ID, _APP, _KEYS, (CREATE, DESCRIBE)),
    ErrorRow(Code.USER_SIG, text("The UserSig does not let the recorder into the room."),
             text("Check the key that the account makes UserSigs with."), (CREATE,)),
    ErrorRow(Code.MISSING, _LACKS, _SETTINGS),
    *(ErrorRow(missing(name), _LACKS, _SETTINGS) for name in sorted(MISSING_NAMES)),
    ErrorRow(Code.FAILED, _OWN_FAULT, _AGAIN, (CREATE, DESCRIBE, MODIFY)),
    ErrorRow(Code.METHOD, _OFFERED, _ADDRESS),
    ErrorRow(Code.CONCURRENCY, text("The account records as much as it may at a time."),
             text("Stop another recording or ask the vendor for more."), (CREATE,)),
    ErrorRow("FailedOperation.SdkAppIdNotExist", _APP, _KEYS),
    ErrorRow("FailedOperation.SdkAppIdNotUnderAppId", _APP, _KEYS),
    ErrorRow(Code.INTERNAL, _OWN_FAULT, _AGAIN, retry=True),
    ErrorRow(Code.NOT_FOUND, _OVER, _NEW, _AFTER_CREATE, ended=True),
    ErrorRow("FailedOperation.TaskNotExist", _OVER, _NEW, _AFTER_CREATE, ended=True),
    ErrorRow("FailedOperation.TaskFinished", _OVER, _NEW, _AFTER_CREATE, ended=True),
)  # fmt: skip

_BY_CODE: Mapping[str, ErrorRow] = {row.code: row for row in TABLE}
_BY_LEVEL: Mapping[str, str] = {
    "AuthFailure": "AuthFailure",
    "UnauthorizedOperation": Code.NOT_ALLOWED,
    "UnsupportedOperation": "UnsupportedOperation",
    "RequestLimitExceeded": Code.RATE,
    "InvalidParameter": Code.INVALID,
    "InvalidParameterValue": "InvalidParameterValue",
    "MissingParameter": Code.MISSING,
    "FailedOperation": Code.FAILED,
    "InternalError": Code.INTERNAL,
    "ResourceNotFound": Code.NOT_FOUND,
}


def find(code: str) -> ErrorRow | None:
    """The row for a code, else that of its first level; None for what is wholly unknown."""
    row = _BY_CODE.get(code)
    return row or _BY_CODE.get(_BY_LEVEL.get(code.partition(".")[0], ""))
