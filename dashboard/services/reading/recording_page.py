"""One recording: its page, its picture, the callbacks that told of it."""

from sqlalchemy import select

from dashboard.domain.events import EventKind
from dashboard.domain.lifecycle import RecordingState, is_active
from dashboard.domain.recording import Profile
from dashboard.errors import NotFound, text
from dashboard.extensions import db
from dashboard.models import CallbackDelivery, Preview, Recording, RecordingEvent, User
from dashboard.services import billing, conditions, deliveries, limits, view_of
from dashboard.services.reading import feeds
from dashboard.services.readmodels import DeliveryView, RecordingScreen
from dashboard.services.unit_of_work import recording_feed

EVENTS_SHOWN = 1000


def recording_digest(recording_id: int) -> str:
    return feeds.digest(recording_id, feeds.version(recording_feed(recording_id)))


def recording(recording_id: int) -> RecordingScreen:
    """Raises NotFound."""
    digest = recording_digest(recording_id)
    row = db.session.get(Recording, recording_id)
    if row is None:
        raise NotFound(text("There is no such recording."))
    brief = view_of.briefs([row])[row.id]
    profile = Profile.from_json(row.profile)
    lines = _lines(recording_id)
    files = view_of.files(recording_id)
    here = [file.name for file in files if file.arrived]
    people = view_of.people([row.channel_id]).get(row.channel_id, ())
    return RecordingScreen(
        **vars(brief),
        profile=profile,
        digest=digest,
        poll_s=_recording_pace(row),
        started_by=_email(row.started_by) or _starter(lines),
        events=tuple(view_of.event(line) for line in reversed(lines)),
        states=view_of.steps(lines),
        people=people,
        files=files,
        playlist=next((name for name in here if name.endswith(".m3u8")), None),
        mp4_names=tuple(name for name in here if name.endswith(".mp4")),
        unknown=conditions.unknown(row),
        handle=_handle_pairs(row),
        last_seen_at=row.last_seen_at,
        billing=billing.estimate(row.account.vendor, row.account.studio, profile, brief.duration_s),
        stops_at=limits.ceiling_at(row) if brief.is_active else None,
    )


def preview(recording_id: int) -> tuple[bytes, int] | None:
    """The latest picture as JPEG, and its version."""
    row = db.session.get(Preview, recording_id)
    return (row.jpeg, row.version) if row else None


def delivery(delivery_id: int) -> DeliveryView:
    """A callback as it came, its signature and anything secret masked. Raises NotFound."""
    row = db.session.get(CallbackDelivery, delivery_id)
    if row is None:
        raise NotFound(text("There is no such callback."))
    return deliveries.view(row)


def _lines(recording_id: int) -> list[RecordingEvent]:
    """Oldest first; of a very long history the end."""
    rows = db.session.scalars(
        select(RecordingEvent)
        .where(RecordingEvent.recording_id == recording_id)
        .order_by(RecordingEvent.id.desc())
        .limit(EVENTS_SHOWN)
    ).all()
    return list(reversed(rows))


def _recording_pace(row: Recording) -> int | None:
    if is_active(RecordingState(row.state)):
        return feeds.MOVING_S
    return feeds.LOOKING_S if row.next_sync_at is not None else None


def _starter(lines: list[RecordingEvent]) -> str | None:
    """Who is no person, but has a name: a schedule."""
    return next(
        (line.actor_email for line in lines if line.kind == EventKind.START_REQUESTED), None
    )


def _email(user_id: int | None) -> str | None:
    user = db.session.get(User, user_id) if user_id else None
    return user.email if user else None


def _handle_pairs(row: Recording) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in (row.handle or {}).items())
