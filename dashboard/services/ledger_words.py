"""What the ledger says of a callback, whatever became of it."""

from collections.abc import Mapping

from dashboard.domain.events import EventKind
from dashboard.errors import Text, text
from dashboard.models import CallbackDelivery
from dashboard.providers.base import ParsedDelivery, Unreadable
from dashboard.services import delivery_rows, wording
from dashboard.services.readmodels_ledger import Outcome

UNREADABLE_BECAUSE: Mapping[str, Text] = {
    "encoding": text("it is not UTF-8"),
    "json": text("it is no JSON"),
    "duplicate_name": text("a name stands in it twice"),
    "number": text("a number in it is none"),
    "depth": text("it is nested too deeply"),
    "text": text("it holds characters that cannot be kept"),
    "shape": text("it is JSON, but no object"),
    "fields": text("fields are missing or of the wrong kind"),
}


def outcome(row: CallbackDelivery) -> Outcome:
    if row.signature != "genuine":
        return "refused"
    if row.applied_at is not None:
        return "applied"
    if row.verdict.startswith(delivery_rows.UNREADABLE):
        return "unreadable"
    return _OUTCOMES.get(row.verdict, "waiting")


_OUTCOMES: Mapping[str, Outcome] = {
    delivery_rows.PROBE: "test",
    delivery_rows.OUT_OF_TIME: "out_of_time",
    delivery_rows.SET_ASIDE: "set_aside",
    delivery_rows.NO_RECORDING: "no_recording",
}


def sentence(row: CallbackDelivery, parsed: ParsedDelivery | Unreadable) -> Text:
    """parsed: its raw body, read."""
    genuine = row.signature == "genuine"
    if isinstance(parsed, Unreadable):
        why = UNREADABLE_BECAUSE.get(parsed.reason, Text(parsed.reason))
        if genuine:
            return text("Signed, but it cannot be read: %(why)s.", why=why)
        return text("Not signed as it should be, and it cannot be read: %(why)s.", why=why)
    if parsed.probe and genuine:
        return text("A test of our address. It arrived.")
    event = parsed.event
    told = wording.sentence(event.kind, event.detail, event.person_uid)
    return told if genuine else text("It claims: %(what)s", what=told)


KINDS: Mapping[EventKind, Text] = {
    EventKind.RECORDER_STARTED: text("Recorder started"),
    EventKind.UPLOADER_STARTED: text("Upload ready"),
    EventKind.SLICE_STARTED: text("Slice started"),
    EventKind.AUDIO_CHANGED: text("Sound of a person"),
    EventKind.VIDEO_CHANGED: text("Picture of a person"),
    EventKind.FIRST_FILE: text("First file uploaded"),
    EventKind.UPLOAD_PROGRESS: text("Upload progress"),
    EventKind.RECORDER_LEFT: text("Recorder left"),
    EventKind.UPLOADED: text("All uploaded"),
    EventKind.BACKED_UP: text("In the vendor's backup"),
    EventKind.FILE_MADE: text("File made"),
    EventKind.EXITED: text("Service finished"),
    EventKind.EXITED_ABNORMALLY: text("Service ended with a fault"),
    EventKind.FAILED_OVER: text("Recorder replaced"),
    EventKind.WARNING: text("Warning"),
    EventKind.ERROR: text("Error"),
    EventKind.STATUS: text("Status"),
    EventKind.UNKNOWN: text("Unknown to us"),
}
"""What a callback can be, in a word or two."""
