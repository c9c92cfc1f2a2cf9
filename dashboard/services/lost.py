"""A recording that its vendor no longer knows: when that is believed, and with what evidence.

One such answer proves nothing: a vendor says so, too, while it replaces a lost recorder, for
up to 90 s. It is believed at the second one that comes that much later, with none between
them that knew it. Where everything that was recorded lies in the storage, 6 s are enough.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from dashboard.domain.events import EventKind, RecordingEvent
from dashboard.domain.lifecycle import RecordingState
from dashboard.domain.recording import RecordingSnapshot
from dashboard.errors import text
from dashboard.services import context, files, live
from dashboard.services.live import Live
from dashboard.services.pacing import CLEAR_S, RESTORING_S

CLEAR = timedelta(seconds=CLEAR_S)
RESTORING = timedelta(seconds=RESTORING_S)
UPLOAD_PATIENCE = timedelta(minutes=20)
"""Files are in the bucket within 20 minutes, say the vendors."""

_NOTHING = text("The vendor no longer knows this recording, and its files are not in the storage.")
_UNSEEN = text(
    "The vendor no longer knows this recording. We cannot look into its storage from here."
)
_PLAYABLE = text("The vendor no longer knows this recording. What was uploaded can be played.")


def events(
    recording: Live, snapshot: RecordingSnapshot, found: files.Found
) -> Iterator[RecordingEvent]:
    """What follows from a "no such recording", which the storage may contradict."""
    if recording.gone < 1 or recording.gone_since is None:
        return
    waited = context.now() - recording.gone_since
    is_closing = recording.stop_sent_at is not None or recording.state is RecordingState.UPLOADING
    if found.is_whole and waited >= CLEAR:
        yield live.event(EventKind.SETTLED_ENDED)
    elif waited >= (UPLOAD_PATIENCE if is_closing else RESTORING):
        yield live.event(
            EventKind.GONE,
            why=_why(found),
            evidence=_evidence(recording, found),
            **live.said(snapshot),
        )


def _why(found: files.Found):
    if not found.readable:
        return _UNSEEN
    return _PLAYABLE if found.playlist and found.playlist.slices else _NOTHING


def _evidence(recording: Live, found: files.Found) -> dict[str, Any]:
    """What was asked, how often, between when, and what the storage held at the last time."""
    return {
        "asked": recording.gone + 1,
        "since": recording.gone_since.isoformat(),
        "until": context.now().isoformat(),
        "storage": found.facts(),
    }
