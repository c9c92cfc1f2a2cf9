"""What screens ask for. Everything comes back as a read model; nothing is changed here."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from dashboard.domain.lifecycle import ACTIVE, RecordingState, is_active
from dashboard.domain.recording import Profile
from dashboard.errors import NotFound, Text, text
from dashboard.extensions import db
from dashboard.models import (
    Account,
    AccountState,
    CallbackDelivery,
    Channel,
    Feed,
    Preview,
    Recording,
    RecordingEvent,
    User,
)
from dashboard.providers import registry
from dashboard.services import channel_form as forms
from dashboard.services import context, deliveries, health, view_of
from dashboard.services.channel_form import Wanted
from dashboard.services.readmodels import (
    AccountChoice,
    Actor,
    ChannelChoice,
    ChannelFilters,
    ChannelForm,
    ChannelRow,
    ChannelsScreen,
    DeliveryView,
    RecordingFilters,
    RecordingScreen,
    RecordingsPage,
    ShellStatus,
)
from dashboard.services.unit_of_work import CHANNELS, RECORDINGS, recording_feed
from dashboard.services.view_of import PersonView

MOVING_S, LOOKING_S, QUIET_S = 2, 5, 15
"""Seconds between polls: something moves; the last files are awaited; nothing happens."""
SHELL_S = 5
PER_PAGE = 25
EVENTS_SHOWN = 1000
_ACTIVE = [state.value for state in ACTIVE]


def _version(feed: str) -> int:
    """One row by its key: this is all that an unchanged poll costs."""
    return db.session.scalar(select(Feed.version).where(Feed.name == feed)) or 0


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


# ---------------------------------------------------------------- channels


def channels_digest(filters: ChannelFilters, actor: Actor) -> str:
    """Changes whenever `channels` would show something else; and is cheap."""
    return _digest("channels", filters, actor.role, actor.locale, _version(CHANNELS))


def channels(filters: ChannelFilters, actor: Actor) -> ChannelsScreen:
    digest = channels_digest(filters, actor)
    query = select(Channel).order_by(func.lower(Channel.name), Channel.id)
    query = query.where(
        Channel.archived_at.is_not(None) if filters.archived else Channel.archived_at.is_(None)
    )
    if filters.search:
        query = query.where(Channel.name.icontains(filters.search, autoescape=True))
    rows = _channel_rows(query)
    moving = any(row.recording and row.recording.is_active for row in rows)
    return ChannelsScreen(
        rows=rows,
        digest=digest,
        poll_s=MOVING_S if moving else QUIET_S,
        on_air=on_air(),
        filters=filters,
    )


def channel_row(channel_id: int, actor: Actor) -> ChannelRow:
    """One row of the list, archived or not. Raises NotFound."""
    rows = _channel_rows(select(Channel).where(Channel.id == channel_id))
    if not rows:
        raise NotFound(text("There is no such channel."))
    return rows[0]


def channel_form(channel_id: int) -> ChannelForm:
    """A channel's form as it is now. Raises NotFound."""
    row = db.session.get(Channel, channel_id)
    if row is None:
        raise NotFound(text("There is no such channel."))
    values = forms.written(Wanted(row.name, row.account_id, Profile.from_json(row.profile)))
    return ChannelForm(values, row.id, row.archived_at is not None)


def new_channel_form() -> ChannelForm:
    """What a new channel's form starts with: the first account, a recorder uid not in use."""
    account_id = db.session.scalar(
        select(Account.id).where(Account.archived_at.is_(None)).order_by(Account.id).limit(1)
    )
    profiles = db.session.scalars(select(Channel.profile)).all()
    taken = {profile["recorder_uid"] for profile in profiles}
    uid = next(str(uid) for uid in range(900001, 2**32) if str(uid) not in taken)
    values = forms.written(Wanted("", account_id or 0, Profile(recorder_uid=uid)))
    return ChannelForm(values | {"account_id": str(account_id or "")})


def channel_choices() -> tuple[ChannelChoice, ...]:
    """All channels, to filter by: the archived ones last."""
    rows = db.session.scalars(
        select(Channel).order_by(
            Channel.archived_at.is_not(None), func.lower(Channel.name), Channel.id
        )
    )
    return tuple(ChannelChoice(row.id, row.name, row.archived_at is not None) for row in rows)


def account_choices() -> tuple[AccountChoice, ...]:
    rows = db.session.execute(
        select(Account, AccountState.unreachable_since)
        .outerjoin(AccountState, AccountState.account_id == Account.id)
        .where(Account.archived_at.is_(None))
        .order_by(Account.id)
    )
    return tuple(
        AccountChoice(
            id=account.id,
            name=account.name,
            vendor=account.vendor,
            reachable=since is None,
            most_regions=registry.capabilities_for(account.vendor).most_regions,
        )
        for account, since in rows
    )


def _channel_rows(query: Select) -> tuple[ChannelRow, ...]:
    rows = db.session.scalars(query).all()
    ids = [row.id for row in rows]
    accounts = _accounts({row.account_id for row in rows})
    present = view_of.people(ids)
    latest = _latest(ids)
    return tuple(
        _channel_row(row, accounts[row.account_id], present.get(row.id, ()), latest.get(row.id))
        for row in rows
    )


def _channel_row(row: Channel, account: tuple[str, bool], people, recording) -> ChannelRow:
    name, reachable = account
    return ChannelRow(
        id=row.id,
        name=row.name,
        account_id=row.account_id,
        account_name=name,
        account_reachable=reachable,
        profile=Profile.from_json(row.profile),
        archived=row.archived_at is not None,
        people=people,
        recording=recording,
        lamp=view_of.lamp(recording, reachable),
    )


def _accounts(ids: set[int]) -> Mapping[int, tuple[str, bool]]:
    """id -> (name, whether it answers)."""
    rows = db.session.execute(
        select(Account.id, Account.name, AccountState.unreachable_since)
        .outerjoin(AccountState, AccountState.account_id == Account.id)
        .where(Account.id.in_(ids))
    )
    return {id_: (name, since is None) for id_, name, since in rows}


def _latest(channel_ids: list[int]):
    """By channel: the active recording, else the last one."""
    chosen = (
        select(
            Recording.id,
            func.row_number()
            .over(
                partition_by=Recording.channel_id,
                order_by=(case((Recording.state.in_(_ACTIVE), 0), else_=1), Recording.id.desc()),
            )
            .label("place"),
        )
        .where(Recording.channel_id.in_(channel_ids))
        .subquery()
    )
    rows = db.session.scalars(
        select(Recording).join(chosen, chosen.c.id == Recording.id).where(chosen.c.place == 1)
    ).all()
    found = view_of.briefs(rows)
    return {row.channel_id: found[row.id] for row in rows}


# ---------------------------------------------------------------- one recording


def recording_digest(recording_id: int) -> str:
    return _digest(recording_id, _version(recording_feed(recording_id)))


def recording(recording_id: int) -> RecordingScreen:
    """Raises NotFound."""
    digest = recording_digest(recording_id)
    row = db.session.get(Recording, recording_id)
    if row is None:
        raise NotFound(text("There is no such recording."))
    brief = view_of.briefs([row])[row.id]
    lines = _lines(recording_id)
    files = view_of.files(recording_id)
    here = [file.name for file in files if file.arrived]
    people = view_of.people([row.channel_id]).get(row.channel_id, ())
    return RecordingScreen(
        **vars(brief),
        profile=Profile.from_json(row.profile),
        digest=digest,
        poll_s=_recording_pace(row),
        started_by=_email(row.started_by),
        events=tuple(view_of.event(line) for line in reversed(lines)),
        states=view_of.steps(lines),
        people=people,
        files=files,
        playlist=next((name for name in here if name.endswith(".m3u8")), None),
        mp4_names=tuple(name for name in here if name.endswith(".mp4")),
        warnings=_warnings(row, people),
        handle=_handle_pairs(row),
        last_seen_at=row.last_seen_at,
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
        return MOVING_S
    return LOOKING_S if row.next_sync_at is not None else None


def _email(user_id: int | None) -> str | None:
    user = db.session.get(User, user_id) if user_id else None
    return user.email if user else None


def _warnings(row: Recording, people: tuple[PersonView, ...]) -> tuple[Text, ...]:
    """What somebody should look at while it runs."""
    state = RecordingState(row.state)
    found: list[Text] = []
    if not is_active(state):
        return ()
    if row.unreachable_since is not None:
        found.append(
            text("The vendor does not answer. Whether it still records is not known just now.")
        )
    if state is RecordingState.STARTING and row.unanswered_at is not None:
        found.append(text("The answer to the start was lost. Finding out whether it records."))
    if row.stop_wanted_at is not None and row.stop_sent_at is None:
        found.append(text("The vendor has not taken the stop yet. It is tried again."))
    nobody_sends = row.account.studio and not any(p.audio or p.video for p in people)
    if state is RecordingState.RECORDING and nobody_sends:
        idle_s = row.profile["max_idle_s"]
        found.append(
            text("Nobody is sending in this channel. The recording ends by itself after "
                 "%(s)s s without anybody.", s=idle_s)
        )  # fmt: skip
    return tuple(found)


def _handle_pairs(row: Recording) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in (row.handle or {}).items())


# ---------------------------------------------------------------- the list of recordings

_ORDER = {
    "started": lambda: Recording.started_at,
    "channel": lambda: func.lower(Recording.channel_name),
    "state": lambda: case(
        *((Recording.state == state.value, place) for place, state in enumerate(RecordingState)),
        else_=99,
    ),
    "duration": lambda: _duration(),
}


def recordings_digest(filters: RecordingFilters) -> str:
    return _digest("recordings", filters, _version(RECORDINGS))


def recordings(filters: RecordingFilters) -> RecordingsPage:
    """A page of the list. What cannot be sorted by is sorted by the start."""
    digest = recordings_digest(filters)
    wanted = _filtered(select(Recording.id), filters).subquery()
    total = db.session.scalar(select(func.count()).select_from(wanted))
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, filters.page), pages)
    rows = db.session.scalars(
        _filtered(select(Recording), filters)
        .order_by(*_order(filters))
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()
    found = view_of.briefs(rows)
    moving = any(brief.is_active for brief in found.values())
    return RecordingsPage(
        rows=tuple(found[row.id] for row in rows),
        total=total,
        page=page,
        pages=pages,
        digest=digest,
        poll_s=MOVING_S if moving else QUIET_S,
        filters=filters,
        per_page=PER_PAGE,
    )


def _filtered(query: Select, filters: RecordingFilters) -> Select:
    if filters.search:
        words = filters.search
        by_number = [Recording.id == int(words)] if words.isdecimal() and len(words) < 10 else []
        query = query.where(
            or_(Recording.channel_name.icontains(words, autoescape=True), *by_number)
        )
    if filters.states:
        query = query.where(Recording.state.in_([state.value for state in filters.states]))
    if filters.channel_id is not None:
        query = query.where(Recording.channel_id == filters.channel_id)
    return query


def _order(filters: RecordingFilters) -> list:
    """Equal ones by their start, so that pages do not overlap."""
    down = filters.direction != "asc"
    columns = [_ORDER.get(filters.sort, _ORDER["started"])(), Recording.id]
    return [column.desc() if down else column.asc() for column in columns]


def _duration() -> ColumnElement:
    """Recorded time so far, 0 where there is none: each database counts time in its own way."""
    until = func.coalesce(Recording.recorded_until, Recording.ended_at, context.now())
    since = Recording.recording_since
    if db.engine.dialect.name == "sqlite":
        length = func.julianday(until) - func.julianday(since)
    else:
        length = func.extract("epoch", until) - func.extract("epoch", since)
    return func.coalesce(length, 0)


# ---------------------------------------------------------------- the shell


def on_air() -> int:
    return db.session.scalar(
        select(func.count())
        .select_from(Recording)
        .where(Recording.state == RecordingState.RECORDING.value)
    )


def shell(actor: Actor) -> ShellStatus:
    count, engine, worker = on_air(), health.engine_ok(), health.worker_ok()
    return ShellStatus(
        on_air=count,
        engine_ok=engine,
        worker_ok=worker,
        digest=_digest("shell", count, engine, worker, actor.role, actor.locale),
        words=_shell_words(engine, worker),
        poll_s=SHELL_S,
    )


def _shell_words(engine: bool, worker: bool) -> tuple[Text, ...]:
    words: list[Text] = []
    if not engine:
        words.append(text("The built-in engine does not answer."))
    if not worker:
        words.append(text("The worker is not running: states may be out of date."))
    return tuple(words)
