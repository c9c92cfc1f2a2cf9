"""What can happen to a recording, whoever tells of it: a command, a callback or a query."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from dashboard.domain.recording import OutputFile


class EventKind(StrEnum):
    # what we asked and were answered
    START_REQUESTED = "start_requested"
    START_ACCEPTED = "start_accepted"
    START_REFUSED = "start_refused"
    START_UNANSWERED = "start_unanswered"
    STOP_REQUESTED = "stop_requested"
    STOP_ACCEPTED = "stop_accepted"
    STOP_UNANSWERED = "stop_unanswered"
    LAYOUT_CHANGED = "layout_changed"
    LAYOUT_REFUSED = "layout_refused"
    LAYOUT_UNANSWERED = "layout_unanswered"
    SUBSCRIPTION_CHANGED = "subscription_changed"
    SUBSCRIPTION_REFUSED = "subscription_refused"
    SUBSCRIPTION_UNANSWERED = "subscription_unanswered"
    STORAGE_KEY_RENEWED = "storage_key_renewed"
    STORAGE_KEY_REFUSED = "storage_key_refused"
    # what the vendor tells
    RECORDER_STARTED = "recorder_started"
    UPLOADER_STARTED = "uploader_started"
    SLICE_STARTED = "slice_started"
    AUDIO_CHANGED = "audio_changed"
    VIDEO_CHANGED = "video_changed"
    FIRST_FILE = "first_file"
    UPLOAD_PROGRESS = "upload_progress"
    RECORDER_LEFT = "recorder_left"
    UPLOADED = "uploaded"
    BACKED_UP = "backed_up"
    FILE_MADE = "file_made"
    """A file of its own, such as an MP4; there may be more to come."""
    EXITED = "exited"
    EXITED_ABNORMALLY = "exited_abnormally"
    FAILED_OVER = "failed_over"
    WARNING = "warning"
    ERROR = "error"
    STATUS = "status"
    UNKNOWN = "unknown"
    # what we found out ourselves
    SEEN_RUNNING = "seen_running"
    UNREACHABLE = "unreachable"
    REACHABLE = "reachable"
    GONE = "gone"
    SETTLED_ENDED = "settled_ended"
    SETTLED_FAILED = "settled_failed"
    MARKED_ENDED = "marked_ended"
    SEEN_AFTER_END = "seen_after_end"
    """At work at the vendor, though it had ended for us."""
    FILES_MISSING = "files_missing"


@dataclass(frozen=True)
class RecordingEvent:
    """One thing that happened.

    at: when it happened, by the teller's clock; here_at: by ours, where the two can be told
    apart. sequence: the vendor's count, if it keeps one.
    person_uid: whom it concerns. files: what was named by it. detail: numbers and codes,
    in our words, for the sentence that tells it.
    """

    kind: EventKind
    at: datetime
    sequence: int | None = None
    person_uid: str | None = None
    files: tuple[OutputFile, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    here_at: datetime | None = None
