"""The list of channels, their forms, and what to choose from."""

from collections.abc import Mapping

from sqlalchemy import Select, case, func, select

from dashboard.domain.lifecycle import ACTIVE
from dashboard.domain.recording import Profile
from dashboard.errors import NotFound, text
from dashboard.extensions import db
from dashboard.models import Account, AccountState, Channel, Recording
from dashboard.providers import registry
from dashboard.services import channel_form as forms
from dashboard.services import stale, view_of
from dashboard.services.channel_form import Wanted
from dashboard.services.channels import subjects_of
from dashboard.services.reading import feeds
from dashboard.services.reading.house import on_air
from dashboard.services.readmodels import (
    AccountChoice,
    Actor,
    ChannelChoice,
    ChannelFilters,
    ChannelForm,
    ChannelRow,
    ChannelsScreen,
)
from dashboard.services.unit_of_work import CHANNELS

_ACTIVE = [state.value for state in ACTIVE]


def channels_digest(filters: ChannelFilters, actor: Actor) -> str:
    """Changes whenever `channels` would show something else; and is cheap."""
    return feeds.digest("channels", filters, actor.role, actor.locale, feeds.version(CHANNELS))


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
        poll_s=feeds.MOVING_S if moving else feeds.QUIET_S,
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
    values = forms.written(
        Wanted(
            row.name,
            row.account_id,
            Profile.from_json(row.profile),
            row.recording_profile_id,
            row.storage_id,
        )
    )
    seen = stale.seen(*subjects_of(row))
    return ChannelForm(values, row.id, row.archived_at is not None, row.name, seen)


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
