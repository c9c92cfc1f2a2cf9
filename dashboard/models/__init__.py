"""The tables. Columns and small selects, no decisions."""

from dashboard.models.accounts import (
    Account,
    AccountState,
    CallbackDelivery,
    RateBucket,
    StorageTarget,
)
from dashboard.models.alerts import (
    AlertDestination,
    AlertIncident,
    AlertMessage,
    AlertRule,
    AlertRuleDestination,
    DiskSpace,
)
from dashboard.models.house import Feed, WorkerHeartbeat
from dashboard.models.layouts import (
    AppliedLayout,
    LayoutEditing,
    PersonPreview,
    SavedLayout,
    SavedLayoutVersion,
    Scene,
)
from dashboard.models.people import Audit, Invite, LoginSession, LoginThrottle, User
from dashboard.models.polls import Poll
from dashboard.models.profiles import RecordingProfile
from dashboard.models.recordings import (
    Channel,
    ChannelPerson,
    Preview,
    Recording,
    RecordingEvent,
    RecordingFile,
)
from dashboard.models.schedules import Schedule, ScheduleOccurrence
from dashboard.models.subscriptions import AppliedSubscription

__all__ = [
    "Account",
    "AccountState",
    "AlertDestination",
    "AlertIncident",
    "AlertMessage",
    "AlertRule",
    "AlertRuleDestination",
    "AppliedLayout",
    "AppliedSubscription",
    "Audit",
    "CallbackDelivery",
    "Channel",
    "ChannelPerson",
    "DiskSpace",
    "Feed",
    "Invite",
    "LayoutEditing",
    "LoginSession",
    "LoginThrottle",
    "PersonPreview",
    "Poll",
    "Preview",
    "RateBucket",
    "Recording",
    "RecordingEvent",
    "RecordingFile",
    "RecordingProfile",
    "SavedLayout",
    "SavedLayoutVersion",
    "Scene",
    "Schedule",
    "ScheduleOccurrence",
    "StorageTarget",
    "User",
    "WorkerHeartbeat",
]
