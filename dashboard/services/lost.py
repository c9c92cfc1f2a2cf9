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
from dashboard.domain.recording import Output, RecordingSnapshot
from dashboard.errors import text
from dashboard.services import context, files, live
from dashboard.services.live import Live
from dashboard.services.pacing import CLEAR_S, RESTORING_S

CLEAR = timedelta(seconds=CLEAR_S)
RESTORING = timedelta(seconds=RESTORING_S)
UPLOAD_PATIENCE = timedelta(minutes=20)
"""Files are in the bucket within 20 minutes, say the vendors."""

_NO_PLAYLIST = frozenset({Output.MP4, Output.AAC})

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
    is_made = is_closing and waited >= RESTORING and _is_made(recording, found)
    if is_made or (found.is_whole and waited >= CLEAR):
        yield live.event(EventKind.SETTLED_ENDED)
    elif waited >= (UPLOAD_PATIENCE if is_closing else RESTORING):
        yield live.event(
            EventKind.GONE,
            why=_why(found),
            evidence=_evidence(recording, found),
            **live.said(snapshot),
        )


def _is_made(recording: Live, found: files.Found) -> bool:
    """Without HLS no playlist tells that all is there; the files that were told do.

    They may be told before the recorder leaves, each part once, so that nothing else follows.
    Where we cannot look, the vendor's word that a file is made has to do.
    """
    if recording.spec.profile.output not in _NO_PLAYLIST:
        return False
    if found.readable:
        return bool(found.arrived) and not found.missing
    return not found.away and files.were_told(recording.id)


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
