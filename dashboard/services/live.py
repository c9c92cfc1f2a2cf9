"""One recording as those see it who speak to its vendor: plain values, no row, no transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from dashboard.domain.events import EventKind, RecordingEvent
from dashboard.domain.lifecycle import RecordingState
from dashboard.domain.recording import (
    Profile,
    RecordingHandle,
    RecordingSnapshot,
    RecordingSpec,
    StorageTarget,
)
from dashboard.errors import NotFound, ProviderError, Text, text
from dashboard.extensions import db
from dashboard.models import Recording
from dashboard.providers import registry
from dashboard.providers.base import AccountConfig
from dashboard.services import accounts, channel_secrets, context, storage_targets, texts
from dashboard.services.unit_of_work import Transaction


@dataclass(frozen=True)
class Live:
    """handle: None before it is prepared; complete when handle_key is there.

    spec: how it is recorded now, with the present layout and subscription.
    """

    id: int
    config: AccountConfig
    spec: RecordingSpec
    state: RecordingState
    handle: RecordingHandle | None
    handle_key: str | None
    started_at: datetime
    unanswered_at: datetime | None
    unreachable_since: datetime | None
    stop_wanted_at: datetime | None
    stop_sent_at: datetime | None
    gone: int
    gone_since: datetime | None
    next_sync_at: datetime | None


def load(recording_id: int) -> Live:
    """Raises NotFound, vault.VaultClosed."""
    row = db.session.get(Recording, recording_id)
    if row is None:
        raise NotFound(text("There is no such recording."))
    return Live(
        id=row.id,
        config=accounts.config_of(row.account),
        spec=RecordingSpec(
            channel=row.channel_name,
            profile=profile_of(row),
            storage=storage_of(row),
            encryption_secret=channel_secrets.of_recording(row),
        ),
        state=RecordingState(row.state),
        handle=row.handle,
        handle_key=row.handle_key,
        started_at=row.started_at,
        unanswered_at=row.unanswered_at,
        unreachable_since=row.unreachable_since,
        stop_wanted_at=row.stop_wanted_at,
        stop_sent_at=row.stop_sent_at,
        gone=row.gone,
        gone_since=row.gone_since,
        next_sync_at=row.next_sync_at,
    )


def profile_of(row: Recording) -> Profile:
    """How it is recorded now: as it was started, with the present layout and subscription."""
    present = {"layout": row.layout, "subscription": row.subscription}
    given = {name: value for name, value in present.items() if value is not None}
    return Profile.from_json({**row.profile, **given})


def storage_of(row: Recording) -> StorageTarget:
    """Its own folder, in the store as it was then; the keys as they are now."""
    return storage_targets.restored(row.storage)


def keep_handle(work: Transaction, live: Live, handle: RecordingHandle) -> None:
    """Store a complete handle; from here on callbacks find the recording by its key."""
    work.session.execute(
        update(Recording)
        .where(Recording.id == live.id)
        .values(
            handle=dict(handle),
            handle_key=registry.handle_key(live.config.vendor, handle),
            unanswered_at=None,
            next_sync_at=context.now() + timedelta(seconds=2),
        )
    )


def set_columns(work: Transaction, recording_id: int, **values: Any) -> None:
    """Columns that are nobody's state and shown to nobody."""
    work.session.execute(update(Recording).where(Recording.id == recording_id).values(**values))


def event(kind: EventKind, **detail: Any) -> RecordingEvent:
    """Something that we found out ourselves, now. Texts in `detail` are kept as such."""
    plain = {
        name: texts.to_json(value) if isinstance(value, Text) else value
        for name, value in detail.items()
        if value is not None
    }
    return RecordingEvent(kind=kind, at=context.now(), detail=plain)


def said(snapshot: RecordingSnapshot) -> dict[str, str | None]:
    """What the vendor answered with in place of a state: its code and words, for an event."""
    if not snapshot.vendor_text:
        return {}
    return {"code": snapshot.vendor_status, "text": snapshot.vendor_text}


def told_by(kind: EventKind, fault: ProviderError) -> RecordingEvent:
    """The same for a vendor's fault: our sentences, and the vendor's own words beside them."""
    return event(kind, why=fault.advice, code=fault.vendor_code, text=fault.vendor_text)
