"""Who edits which layout, what they see, and a channel's own layout while nothing runs."""

import hashlib
import json
import zlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from dashboard.domain.recording import Profile
from dashboard.domain.subscription import Subscription
from dashboard.errors import text
from dashboard.extensions import db
from dashboard.layouts.document import Layout
from dashboard.models import (
    Channel,
    ChannelPerson,
    LayoutEditing,
    PersonPreview,
    Preview,
)
from dashboard.services import audit, context, lookup
from dashboard.services.layouts import applied, documents, library, live, scenes
from dashboard.services.live import profile_of
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.readmodels_layouts import (
    Beat,
    EditorPerson,
    EditorScreen,
    LayoutConflict,
    NowApplied,
)
from dashboard.services.unit_of_work import CHANNELS, RECORDINGS, transaction

SEEN_FOR = timedelta(seconds=15)
"""An editor that has not been heard of for so long is closed."""
FORGOTTEN_AFTER = timedelta(hours=1)
POLL_S = 3
_BY_HAND = ("channel.layout", "channel.edit", "channel.create")


def screen(
    *,
    channel_id: int | None = None,
    recording_id: int | None = None,
    actor: Actor,
    announce: bool = True,
) -> EditorScreen:
    """The editor of a channel's layout, or of a recording's. Raises Forbidden, NotFound.

    announce: the others are told that it is open.
    """
    need(actor, "view")
    recording = lookup.recording(recording_id) if recording_id else None
    channel = recording.channel if recording else lookup.channel(channel_id)
    profile = Profile.from_json(recording.profile if recording else channel.profile)
    seen = beat(channel_id=channel.id, recording_id=recording_id, actor=actor, announce=announce)
    return EditorScreen(
        title=recording.channel_name if recording else channel.name,
        channel_id=channel.id,
        channel_name=channel.name,
        canvas=profile.canvas,
        family=documents.family_of(channel.account.vendor),
        beat=seen,
        recording_id=recording_id,
        running_id=lookup.running_of(channel.id),
        scenes=scenes.of(channel.id),
        history=applied.history(recording_id) if recording_id else (),
        library=library.briefs(),
        may_apply=actor.may("operate") and (seen.is_live or recording is None),
        has_pictures=channel.account.studio,
    )


def beat(
    *,
    channel_id: int | None = None,
    recording_id: int | None = None,
    actor: Actor,
    announce: bool = True,
) -> Beat:
    """A sign of life of somebody's editor; what may have changed comes back.

    Who may not apply is not announced to the others. Raises Forbidden, NotFound.
    """
    need(actor, "view")
    recording = lookup.recording(recording_id) if recording_id else None
    channel = recording.channel if recording else lookup.channel(channel_id)
    channel_id = channel.id
    place = _place(channel_id, recording_id)
    if announce and actor.may("operate"):
        _note(place, channel_id, actor)
        channel = lookup.channel(channel_id)
        recording = lookup.recording(recording_id) if recording_id else None
    now = applied.now(recording) if recording else _now_of(channel)
    profile = profile_of(recording) if recording else Profile.from_json(channel.profile)
    people, others = _people(channel_id, profile.subscription), _others(place, actor)
    is_live = recording is not None and live.why_not(recording) is None
    preview = _preview_version(recording_id) if recording_id else None
    digest = _digest(now, people, others, is_live, preview)
    return Beat(
        now=now,
        people=people,
        others=others,
        is_live=is_live,
        digest=digest,
        poll_s=POLL_S,
        preview_version=preview,
    )


def leave(place_channel_id: int, recording_id: int | None, actor: Actor) -> None:
    """The editor was closed: the others need not wait to be told."""
    place = _place(place_channel_id, recording_id)
    with transaction() as work:
        work.session.execute(
            delete(LayoutEditing).where(
                LayoutEditing.place == place, LayoutEditing.user_id == actor.id
            )
        )


def save_for_channel(
    channel_id: int,
    document: Mapping[str, Any] | str,
    base_version: int,
    actor: Actor,
    *,
    overwrite: bool = False,
) -> NowApplied:
    """The layout of the channel's next start. A recording that runs keeps its own.

    base_version: the revision that the draft was begun from.
    Raises Forbidden, NotFound, InvalidInput, LayoutConflict.
    """
    need(actor, "operate")
    channel = lookup.channel(channel_id)
    profile = Profile.from_json(channel.profile)
    family = documents.family_of(channel.account.vendor)
    layout = documents.taken(document, family, profile.canvas)
    with transaction() as work:
        channel = lookup.locked_channel(work, channel_id)
        theirs = _now_of(channel)
        if not overwrite and theirs.revision != base_version:
            raise _conflict(theirs, layout)
        channel.profile = {**channel.profile, "layout": layout.to_json()}
        audit.note(work, "channel.layout", "channel", channel_id, actor=actor, name=channel.name,
                   before={"layout": theirs.document},
                   after={"layout": layout.to_json()})  # fmt: skip
        work.touch(CHANNELS, RECORDINGS)
    return _now_of(lookup.channel(channel_id))


def channel_of(recording_id: int) -> int:
    """Raises NotFound."""
    return lookup.recording(recording_id).channel_id


def being_edited() -> tuple[int, ...]:
    """Channels whose layout somebody has open now."""
    rows = db.session.scalars(
        select(LayoutEditing.channel_id)
        .where(LayoutEditing.seen_at > context.now() - SEEN_FOR)
        .distinct()
        .order_by(LayoutEditing.channel_id)
    )
    return tuple(rows)


# ---------------------------------------------------------------- reading


def _now_of(channel: Channel) -> NowApplied:
    """A channel counts no versions: its layout's own content tells whether it is another."""
    document = Layout.from_json(channel.profile["layout"]).to_json()
    by, at = lookup.last_change(channel, _BY_HAND)
    return NowApplied(document=document, revision=_fingerprint(document), by=by, at=at)


def _fingerprint(document: Mapping[str, Any]) -> int:
    return zlib.crc32(json.dumps(document, sort_keys=True).encode())


def _conflict(theirs: NowApplied, mine: Layout) -> LayoutConflict:
    return LayoutConflict(
        text("%(who)s has saved another layout meanwhile.", who=theirs.by or "?"),
        theirs,
        (),
        applied.in_words(theirs.layout, mine),
    )


def _people(channel_id: int, subscription: Subscription) -> tuple[EditorPerson, ...]:
    """Those who may be seen, in the order they joined, which presets follow."""
    rows = db.session.execute(
        select(ChannelPerson, PersonPreview.version)
        .outerjoin(
            PersonPreview,
            (PersonPreview.channel_id == ChannelPerson.channel_id)
            & (PersonPreview.uid == ChannelPerson.uid),
        )
        .where(ChannelPerson.channel_id == channel_id)
        .order_by(ChannelPerson.place, ChannelPerson.uid)
    )
    return tuple(
        EditorPerson(
            uid=row.uid,
            kind=row.kind,
            audio=row.audio,
            video=row.video,
            color=row.color,
            picture_version=version,
        )
        for row, version in rows
        if subscription.video.takes(row.uid)
    )


def person_picture(channel_id: int, uid: str) -> tuple[bytes, int] | None:
    """The latest picture as JPEG, and its version."""
    row = db.session.get(PersonPreview, (channel_id, uid))
    return (row.jpeg, row.version) if row else None


def _preview_version(recording_id: int) -> int | None:
    return db.session.scalar(select(Preview.version).where(Preview.recording_id == recording_id))


# ---------------------------------------------------------------- who is there


def _place(channel_id: int, recording_id: int | None) -> str:
    return f"recording/{recording_id}" if recording_id else f"channel/{channel_id}"


def _note(place: str, channel_id: int, actor: Actor) -> None:
    """Two tabs of one person are one editor."""
    now = context.now()
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    row = dialect.insert(LayoutEditing).values(
        place=place, user_id=actor.id, email=actor.email, channel_id=channel_id, seen_at=now
    )
    with transaction() as work:
        work.session.execute(
            row.on_conflict_do_update(
                index_elements=["place", "user_id"],
                set_={"seen_at": now, "email": actor.email},
            )
        )
        work.session.execute(
            delete(LayoutEditing).where(LayoutEditing.seen_at < now - FORGOTTEN_AFTER)
        )


def _others(place: str, actor: Actor) -> tuple[str, ...]:
    rows = db.session.scalars(
        select(LayoutEditing.email)
        .where(
            LayoutEditing.place == place,
            LayoutEditing.user_id != actor.id,
            LayoutEditing.seen_at > context.now() - SEEN_FOR,
        )
        .order_by(LayoutEditing.email)
    )
    return tuple(rows)


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
