"""Marking a recording as ended by hand, where nothing else ends it.

The way out when a vendor cannot be reached any more, has closed the account, or answers
nonsense: the channel is free at once. The vendor is told to stop if it can be; whether it
does, nobody here can promise.
"""

from dashboard.domain.events import EventKind
from dashboard.domain.lifecycle import RecordingState, is_active
from dashboard.errors import Conflict, InvalidInput, NotFound, Problem, text
from dashboard.models import Recording
from dashboard.services import audit, context, live, progress, stopping, texts
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import transaction

LONGEST_REASON = 500


def mark_ended(recording_id: int, reason: str, actor: Actor) -> bool:
    """End a recording for us, whatever the vendor says. Returns whether the vendor took a stop.

    Raises Forbidden, NotFound, InvalidInput("reason"), Conflict when it has ended already.
    """
    need(actor, "administer")
    reason = _read(reason)
    with transaction() as work:
        row = work.session.get(Recording, recording_id)
        if row is None:
            raise NotFound(text("There is no such recording."))
        before = row.state
        if not is_active(RecordingState(before)):
            raise Conflict(text("This recording has ended already."), recording_id)
        row.stop_wanted_at = row.stop_wanted_at or context.now()
        row.stop_sent_at = None
        work.session.flush()
        mark = live.event(EventKind.MARKED_ENDED, reason=reason)
        after = progress.apply_in(work, recording_id, mark, "command", actor_email=actor.email)
        audit.note(
            work,
            "recording.mark_ended",
            "recording",
            recording_id,
            actor=actor,
            before={"state": before},
            after={"state": after.value},
            name=row.channel_name,
            reason=reason,
        )
    recording = live.load(recording_id)
    return recording.handle_key is not None and stopping.stop_once_more(recording)


def _read(reason: str) -> str:
    words = texts.storable(" ".join((reason or "").split()), LONGEST_REASON) or ""
    if len(words) < 3:
        raise InvalidInput([Problem("reason", text("Say why, for those who read it later."))])
    return words
