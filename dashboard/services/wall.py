"""What people do on the live wall: say that they have seen what went wrong."""

from dashboard.domain.lifecycle import RecordingState
from dashboard.errors import Conflict, NotFound, text
from dashboard.models import Recording
from dashboard.models.people import Acknowledgement
from dashboard.services import audit, context
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.unit_of_work import CHANNELS, transaction

_BAD = frozenset({RecordingState.FAILED, RecordingState.LOST})


def acknowledge(recording_id: int, actor: Actor) -> None:
    """A failed or lost recording leaves the wall for everybody.

    Raises Forbidden, NotFound, Conflict for one that did not end badly. Twice is no mistake.
    """
    need(actor, "operate")
    with transaction() as work:
        row = work.session.get(Recording, recording_id)
        if row is None:
            raise NotFound(text("There is no such recording."))
        if RecordingState(row.state) not in _BAD:
            raise Conflict(text("This recording has not failed."), recording_id)
        if work.insert_new(
            Acknowledgement, recording_id=row.id, at=context.now(), email=actor.email
        ):
            audit.note(work, "recording.acknowledge", "recording", row.id, actor=actor,
                       name=row.channel_name)  # fmt: skip
            work.touch(CHANNELS)
