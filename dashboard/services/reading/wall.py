"""The live wall: every running recording, and those that ended badly a short while ago.

One look asks twice: whether anything the wall is made of was touched (two selects by key), and
only then for the cards. What merely touched the rows and shows nothing else is no news either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import and_, func, or_, select

from dashboard.domain.conditions import Condition, Finding
from dashboard.domain.lifecycle import ACTIVE, RecordingState
from dashboard.errors import Text
from dashboard.extensions import db
from dashboard.models import Account, Recording, RecordingFile
from dashboard.models.people import Acknowledgement
from dashboard.services import condition_words, conditions, context, view_of
from dashboard.services.reading import feeds, house
from dashboard.services.readmodels import Actor, Level, PersonView, RecordingBrief
from dashboard.services.unit_of_work import CHANNELS, SHELL

RECENT = timedelta(minutes=15)
"""So long a failed or lost recording stays, unless somebody says that it was seen."""
LOOK_ANEW_S = 10
"""What changes with time alone (a patience that runs out) is looked for this often."""
POLL_S = 2
IDLE_POLL_S = 5
MOST = 200
_ACTIVE = [state.value for state in ACTIVE]
_BAD = [RecordingState.FAILED.value, RecordingState.LOST.value]


@dataclass(frozen=True)
class WallFilters:
    """states: empty for all."""

    account_id: int | None = None
    states: tuple[RecordingState, ...] = ()


@dataclass(frozen=True)
class Warned:
    """One thing that is wrong, in a sentence, since when. age: how long that is."""

    condition: Condition
    sentence: Text
    level: Level
    since: datetime
    age: timedelta

    @property
    def told(self) -> tuple[object, ...]:
        """The same as long as its sentence need not be told anew: for ten seconds of its first
        minute, then for a minute."""
        seconds = int(self.age.total_seconds())
        step = LOOK_ANEW_S if seconds < 60 else 60
        return (self.condition, self.level, self.since, seconds // step, step)


@dataclass(frozen=True)
class Uploaded:
    """files: known so far; arrived: of these, seen in the storage."""

    files: int = 0
    arrived: int = 0
    size_bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class WallCard:
    """sign_at: the last sign of life: an event, or an answer of the vendor."""

    rec: RecordingBrief
    people: tuple[PersonView, ...] = ()
    warnings: tuple[Warned, ...] = ()
    uploaded: Uploaded = Uploaded()
    sign_at: datetime | None = None

    @cached_property
    def mark(self) -> str:
        """Another one when the card shows anything else: "12.3fa9c1"."""
        return f"{self.rec.id}.{feeds.digest(_content(self))[:6]}"

    @property
    def ended_badly(self) -> bool:
        return self.rec.state.value in _BAD

    @property
    def rank(self) -> int:
        """Errors first, then warnings, then what goes well."""
        levels = {warned.level for warned in self.warnings}
        if self.ended_badly or "error" in levels:
            return 0
        return 1 if levels else 2


@dataclass(frozen=True)
class Wall:
    """cards: warnings first, then by channel. total: without the filters. words: of the house."""

    cards: tuple[WallCard, ...]
    total: int
    on_air: int
    warned: int
    words: tuple[Text, ...]
    digest: str
    poll_s: int
    filters: WallFilters


def wall_unchanged(filters: WallFilters, actor: Actor, seen: str) -> bool:
    """Whether a wall with this digest would be shown again. Cheap as long as nothing moved."""
    return seen.partition("-")[0] == _key(filters, actor)


def wall(filters: WallFilters, actor: Actor) -> Wall:
    key = _key(filters, actor)
    rows = db.session.scalars(_query(filters).limit(MOST)).all()
    cards = _cards(rows)
    status = house.shell(actor)
    shown = tuple(sorted(cards, key=lambda c: (c.rank, c.rec.channel_name.casefold(), -c.rec.id)))
    return Wall(
        cards=shown,
        total=_total(),
        on_air=status.on_air,
        warned=sum(card.rank < 2 for card in shown),
        words=status.words,
        digest=f"{key}-{feeds.digest(*(card.mark for card in shown), status.digest)}",
        poll_s=POLL_S if shown else IDLE_POLL_S,
        filters=filters,
    )


def _key(filters: WallFilters, actor: Actor) -> str:
    part = int(context.now().timestamp()) // LOOK_ANEW_S
    versions = (feeds.version(CHANNELS), feeds.version(SHELL))
    return feeds.digest("wall", filters, actor.role, actor.locale, versions, part)


def _content(card: WallCard) -> tuple[Any, ...]:
    """What a card shows, without what ticks in the page; signs of life to ten seconds."""
    rec, sign = card.rec, card.sign_at
    return (
        rec.id, rec.version, rec.state, rec.reachable, rec.stop_wanted, rec.recording_since,
        rec.preview_version, rec.layout, rec.account_name, rec.failure, card.people,
        [warned.told for warned in card.warnings], card.uploaded,
        sign and int(sign.timestamp()) // LOOK_ANEW_S,
    )  # fmt: skip


def _query(filters: WallFilters):
    recent = and_(
        Recording.state.in_(_BAD),
        Recording.ended_at > context.now() - RECENT,
        ~select(Acknowledgement).where(Acknowledgement.recording_id == Recording.id).exists(),
    )
    query = select(Recording).where(or_(Recording.state.in_(_ACTIVE), recent))
    if filters.account_id is not None:
        query = query.where(Recording.account_id == filters.account_id)
    if filters.states:
        query = query.where(Recording.state.in_([state.value for state in filters.states]))
    return query.order_by(Recording.id.desc())


def _total() -> int:
    """All cards there would be without filters."""
    return db.session.scalar(
        select(func.count()).select_from(_query(WallFilters()).order_by(None).subquery())
    )


def _cards(rows: Iterable[Recording]) -> list[WallCard]:
    rows = list(rows)
    found = view_of.briefs(rows)
    present = view_of.people({row.channel_id for row in rows})
    warned = _warnings(rows)
    uploaded = _uploaded([row.id for row in rows])
    return [
        WallCard(
            rec=found[row.id],
            people=present.get(row.channel_id, ()) if found[row.id].is_active else (),
            warnings=warned.get(row.id, ()),
            uploaded=uploaded.get(row.id, Uploaded()),
            sign_at=_sign(row, found[row.id]),
        )
        for row in rows
    ]


def _sign(row: Recording, brief: RecordingBrief) -> datetime | None:
    told = brief.last_event.at if brief.last_event else None
    return max((at for at in (told, row.last_seen_at) if at), default=None)


def _uploaded(ids: list[int]) -> Mapping[int, Uploaded]:
    rows = db.session.execute(
        select(
            RecordingFile.recording_id,
            func.count(),
            func.count(RecordingFile.arrived_at),
            func.coalesce(func.sum(RecordingFile.size_bytes), 0),
        )
        .where(RecordingFile.recording_id.in_(ids))
        .group_by(RecordingFile.recording_id)
    )
    return {id_: Uploaded(files, arrived, int(size)) for id_, files, arrived, size in rows}


def _warnings(rows: list[Recording]) -> Mapping[int, tuple[Warned, ...]]:
    """What screens show of what is wrong, worst first."""
    now = context.now()
    return {
        id_: tuple(_warned(finding, now) for finding in conditions.shown(found, now))
        for id_, found in conditions.of(rows).items()
    }


def _warned(finding: Finding, now: datetime) -> Warned:
    sentence = condition_words.sentence(finding, now)
    return Warned(finding.condition, sentence, finding.level, finding.since, now - finding.since)


def accounts() -> tuple[tuple[int, str], ...]:
    """(id, name) of the accounts to filter by: enabled ones, and those that still record."""
    recording = select(Recording.account_id).where(Recording.state.in_(_ACTIVE))
    rows = db.session.execute(
        select(Account.id, Account.name)
        .where(or_(Account.archived_at.is_(None), Account.id.in_(recording)))
        .order_by(func.lower(Account.name))
    )
    return tuple((id_, name) for id_, name in rows)
