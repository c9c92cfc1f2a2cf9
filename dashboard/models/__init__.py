"""The tables. Columns and small selects, no decisions."""

from dashboard.models.accounts import Account, AccountState, CallbackDelivery, RateBucket
from dashboard.models.house import Feed, WorkerHeartbeat
from dashboard.models.people import Audit, Invite, LoginSession, LoginThrottle, User
from dashboard.models.recordings import (
    Channel,
    ChannelPerson,
    Preview,
    Recording,
    RecordingEvent,
    RecordingFile,
)

__all__ = [
    "Account",
    "AccountState",
    "Audit",
    "CallbackDelivery",
    "Channel",
    "ChannelPerson",
    "Feed",
    "Invite",
    "LoginSession",
    "LoginThrottle",
    "Preview",
    "RateBucket",
    "Recording",
    "RecordingEvent",
    "RecordingFile",
    "User",
    "WorkerHeartbeat",
]
