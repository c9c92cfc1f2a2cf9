"""What the screens of alerts show: incidents, rules, destinations, and what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from dashboard.errors import InvalidInput, Problem, Text, text
from dashboard.extensions import db
from dashboard.models import (
    Account,
    AlertDestination,
    AlertIncident,
    AlertMessage,
    AlertRule,
    Channel,
)
from dashboard.services import context, stale, texts
from dashboard.services.alerts import (
    chat,
    destination_form,
    destinations,
    incidents,
    rules,
    ways,
)
from dashboard.services.alerts.conditions import WATCHED, Watched, advice, sentence
from dashboard.services.alerts.letters import LANGUAGES
from dashboard.services.reading import feeds
from dashboard.services.readmodels import Actor

PER_PAGE = 50
SHOWN_OPEN = 500


@dataclass(frozen=True)
class IncidentLine:
    """One thing that is or was wrong. rules: names of all that tell of it. id: of the first
    incident. fading: it does not hold just now, and is waited out, waits_min in all."""

    id: int
    what: Text
    level: str
    where: str
    sentence: Text
    advice: Text
    since: datetime
    fading: bool
    waits_min: int | None
    returned: int
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    recording_id: int | None
    account_id: int | None
    rules: tuple[Text | str, ...]
    told: tuple[str, ...]


@dataclass(frozen=True)
class AlertList:
    """resolved: one page of them, the latest first. undelivered: messages that were given up."""

    open: tuple[IncidentLine, ...]
    resolved: tuple[IncidentLine, ...]
    page: int
    pages: int
    total: int
    undelivered: int
    digest: str
    poll_s: int


@dataclass(frozen=True)
class RuleLine:
    id: int
    name: Text | str
    watched: Watched
    scope: Text | str
    amount: int
    repeat_minutes: int | None
    tell_resolved: bool
    grave: bool
    destinations: tuple[str, ...]
    disabled: bool


@dataclass(frozen=True)
class RuleForm:
    """values: as typed. chosen: ids of destinations. scopes: (value, words). seen: see stale."""

    line: RuleLine | None
    watched: Watched
    values: Mapping[str, str]
    chosen: frozenset[str]
    scopes: tuple[tuple[str, Text | str], ...]
    destinations: tuple["DestinationLine", ...]
    seen: str = ""


@dataclass(frozen=True)
class DestinationLine:
    """fault: of the last trial. failing: what went wrong with what waits, or was given up."""

    id: int
    name: str
    kind: Text
    service: str
    shown: str
    language: str
    zone: str
    quiet: tuple[str, str] | None
    internal: bool
    disabled: bool
    tested_at: datetime | None
    fault: Text | None
    failing: Text | None


@dataclass(frozen=True)
class DestinationForm:
    """has: secrets that are kept. seen: see stale."""

    kind: str
    kind_name: Text
    line: DestinationLine | None
    values: Mapping[str, str]
    has: frozenset[str]
    services: Sequence[chat.Service] = field(default=())
    seen: str = ""


@dataclass(frozen=True)
class MessageLine:
    """about: None for a summary. state: of AlertMessage."""

    id: int
    kind: str
    state: Literal["waiting", "held", "sending", "sent", "joined", "overtaken", "gave_up"]
    what: Text | None
    where: str
    joined: int
    destination: str
    created_at: datetime
    attempts: int
    last_try_at: datetime | None
    next_try_at: datetime | None
    sent_at: datetime | None
    fault: Text | None
    unsure: bool
    can_retry: bool


# ---------------------------------------------------------------- incidents


def unseen() -> int:
    """Open things that nobody has acknowledged."""
    things = (
        select(AlertIncident.condition, AlertIncident.subject)
        .where(AlertIncident.resolved_at.is_(None), AlertIncident.acknowledged_at.is_(None))
        .distinct()
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(things))


def alerts_digest(actor: Actor, page: int) -> str:
    """Changes at least each minute while something is open: its sentence tells how long."""
    opened = select(AlertIncident.id).where(AlertIncident.resolved_at.is_(None)).limit(1)
    minute = context.now().replace(second=0, microsecond=0)
    ticking = minute if db.session.scalar(opened) is not None else None
    return feeds.digest("alerts", feeds.version("alerts"), ticking, actor.role, actor.locale, page)


def alerts(actor: Actor, page: int = 1) -> AlertList:
    digest = alerts_digest(actor, page)
    over = AlertIncident.resolved_at.is_not(None)
    total = db.session.scalar(select(func.count()).select_from(AlertIncident).where(over))
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    open_rows = _incidents(
        select(AlertIncident)
        .where(AlertIncident.resolved_at.is_(None))
        .order_by(AlertIncident.id.desc())
        .limit(SHOWN_OPEN)
    )
    resolved_rows = _incidents(
        select(AlertIncident)
        .where(over)
        .order_by(AlertIncident.resolved_at.desc(), AlertIncident.id.desc())
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    told = _told([*open_rows, *resolved_rows])
    gave_up = select(func.count()).where(AlertMessage.state == "gave_up")
    lines = _lines(open_rows, told)
    return AlertList(
        open=tuple(sorted(lines, key=lambda one: (one.level != "error", _stamp(one.since)))),
        resolved=tuple(_lines(resolved_rows, told)),
        page=page,
        pages=pages,
        total=total,
        undelivered=db.session.scalar(gave_up),
        digest=digest,
        poll_s=feeds.LOOKING_S,
    )


def _stamp(at: datetime) -> float:
    """The youngest first."""
    return -at.timestamp()


def _incidents(query) -> list[AlertIncident]:
    return list(db.session.scalars(query.options(joinedload(AlertIncident.rule))))


def _lines(rows: list[AlertIncident], told: Mapping[int, tuple[str, ...]]) -> list[IncidentLine]:
    """What several rules tell of is one line."""
    groups: dict[tuple, list[AlertIncident]] = {}
    for row in rows:
        lasting = row.since if row.resolved_at else None
        groups.setdefault((row.condition, row.subject, lasting), []).append(row)
    return [_line(group, told) for group in groups.values()]


def _line(group: list[AlertIncident], told: Mapping[int, tuple[str, ...]]) -> IncidentLine:
    row = min(group, key=lambda one: one.id)
    known = next((one for one in group if one.acknowledged_at), row)
    finding = row.condition, row.since, row.detail
    fading = row.resolved_at is None and all(one.clear_since for one in group)
    return IncidentLine(
        id=row.id,
        what=WATCHED[row.condition].name,
        level=row.level,
        where=row.where,
        sentence=sentence(*finding, row.resolved_at or context.now()),
        advice=advice(*finding),
        since=row.since,
        fading=fading,
        waits_min=max(incidents.wait(one.returned) for one in group) // timedelta(minutes=1)
        if fading
        else None,
        returned=max(one.returned for one in group),
        acknowledged_by=known.acknowledged_by,
        acknowledged_at=known.acknowledged_at,
        resolved_at=row.resolved_at,
        recording_id=row.recording_id,
        account_id=row.account_id if row.recording_id is None else None,
        rules=tuple(_rule_name(one.rule) for one in group),
        told=tuple(dict.fromkeys(name for one in group for name in told.get(one.id, ()))),
    )


def _told(rows: list[AlertIncident]) -> dict[int, tuple[str, ...]]:
    """Names of the destinations that have it, by incident."""
    summary = select(AlertMessage.id).where(AlertMessage.state == "sent")
    query = (
        select(AlertMessage.incident_id, AlertDestination.name)
        .join(AlertDestination, AlertDestination.id == AlertMessage.destination_id)
        .where(
            AlertMessage.incident_id.in_([row.id for row in rows]),
            (AlertMessage.state == "sent") | AlertMessage.summary_id.in_(summary),
        )
        .distinct()
    )
    found: dict[int, tuple[str, ...]] = {}
    for incident_id, name in db.session.execute(query):
        found[incident_id] = (*found.get(incident_id, ()), name)
    return found


# ---------------------------------------------------------------- rules


def rule_lines() -> tuple[RuleLine, ...]:
    """In the order of what can be watched; disabled ones last."""
    query = select(AlertRule).options(selectinload(AlertRule.destinations))
    places = {word: place for place, word in enumerate(WATCHED)}
    scopes = _scope_names()
    lines = [_rule_line(row, scopes) for row in db.session.scalars(query)]
    return tuple(sorted(lines, key=lambda one: (one.disabled, places[one.watched.word], one.id)))


def new_rule(condition: str) -> RuleForm:
    """Raises InvalidInput."""
    watched = WATCHED.get(condition)
    if watched is None:
        raise InvalidInput([Problem("condition", text("Choose one of the list."))])
    values = {"amount": str(watched.first), "tell_resolved": "1"}
    return RuleForm(None, watched, values, frozenset(), _scopes(), destination_lines())


def rule(rule_id: int) -> RuleForm:
    """Raises NotFound."""
    row = rules.get(rule_id)
    values = {
        "name": row.name,
        "scope": f"account-{row.account_id}" if row.account_id
        else f"channel-{row.channel_id}" if row.channel_id else "",
        "amount": str(row.amount),
        "repeat_minutes": str(row.repeat_minutes or ""),
        "tell_resolved": "1" if row.tell_resolved else "",
        "grave": "1" if row.grave else "",
    }  # fmt: skip
    chosen = frozenset(str(one.id) for one in row.destinations)
    line = _rule_line(row, _scope_names())
    seen = stale.seen(("alert_rule", rule_id))
    return RuleForm(line, line.watched, values, chosen, _scopes(), destination_lines(), seen)


def _rule_line(row: AlertRule, scopes: Mapping[tuple, str]) -> RuleLine:
    scope = scopes.get(("account", row.account_id)) or scopes.get(("channel", row.channel_id))
    return RuleLine(
        id=row.id,
        name=_rule_name(row),
        watched=WATCHED[row.condition],
        scope=scope or _EVERYTHING,
        amount=row.amount,
        repeat_minutes=row.repeat_minutes,
        tell_resolved=row.tell_resolved,
        grave=row.grave,
        destinations=tuple(one.name for one in row.destinations if one.archived_at is None),
        disabled=row.archived_at is not None,
    )


_EVERYTHING = text("All channels")


def _rule_name(row: AlertRule) -> Text | str:
    return row.name or WATCHED[row.condition].name


def _scope_names() -> dict[tuple, str]:
    found = {("account", id_): name for id_, name in db.session.execute(
        select(Account.id, Account.name))}  # fmt: skip
    found |= {("channel", id_): name for id_, name in db.session.execute(
        select(Channel.id, Channel.name))}  # fmt: skip
    return found


def _scopes() -> tuple[tuple[str, Text | str], ...]:
    accounts = db.session.execute(
        select(Account.id, Account.name).where(Account.archived_at.is_(None)).order_by(Account.name)
    )
    channels = db.session.execute(
        select(Channel.id, Channel.name, Account.name)
        .join(Account, Account.id == Channel.account_id)
        .where(Channel.archived_at.is_(None))
        .order_by(Channel.name)
    )
    return (
        ("", _EVERYTHING),
        *((f"account-{id_}", text("Account %(name)s", name=name)) for id_, name in accounts),
        *(
            (f"channel-{id_}", text("Channel %(name)s (%(account)s)", name=name, account=account))
            for id_, name, account in channels
        ),
    )


# ---------------------------------------------------------------- destinations


def destination_lines() -> tuple[DestinationLine, ...]:
    query = select(AlertDestination).order_by(AlertDestination.archived_at, AlertDestination.name)
    rows = list(db.session.scalars(query))
    failing = _failing()
    lines = [_destination_line(row, failing.get(row.id)) for row in rows]
    return tuple(sorted(lines, key=lambda one: one.disabled))


def new_destination(kind: str) -> DestinationForm:
    """Raises InvalidInput."""
    if kind not in destination_form.KINDS:
        raise InvalidInput([Problem("kind", text("Choose one of the list."))])
    values = {"language": LANGUAGES[0], "zone": "UTC", "security": "starttls"}
    return _destination_form(kind, None, values, frozenset())


def destination(destination_id: int) -> DestinationForm:
    """Raises NotFound, VaultClosed."""
    row = destinations.get(destination_id)
    address = ways.opened(row)
    values = {
        **destination_form.written(address),
        "name": row.name,
        "language": row.language,
        "zone": row.zone,
        "quiet_from": row.quiet_from or "",
        "quiet_until": row.quiet_until or "",
        "internal": "1" if row.internal else "",
    }
    has = frozenset(name for name in destination_form.SECRETS if address.get(name))
    line = _destination_line(row, _failing().get(row.id))
    form = _destination_form(row.kind, line, values, has)
    return replace(form, seen=stale.seen(("alert_destination", destination_id)))


def _destination_form(
    kind: str, line: DestinationLine | None, values: Mapping[str, str], has: frozenset[str]
) -> DestinationForm:
    services = tuple(chat.SERVICES.values()) if kind == "chat" else ()
    return DestinationForm(kind, destination_form.KINDS[kind], line, values, has, services)


def _destination_line(row: AlertDestination, failing: Text | None) -> DestinationLine:
    quiet = (row.quiet_from, row.quiet_until) if row.quiet_from else None
    known = chat.SERVICES.get(row.service)
    return DestinationLine(
        id=row.id,
        name=row.name,
        kind=destination_form.KINDS[row.kind],
        service=known.name if known else "",
        shown=row.shown,
        language=row.language,
        zone=row.zone,
        quiet=quiet,
        internal=row.internal,
        disabled=row.archived_at is not None,
        tested_at=row.tested_at,
        fault=texts.from_json(row.test_fault),
        failing=failing,
    )


def _failing() -> dict[int, Text | None]:
    """By destination, what went wrong with the newest message that has not arrived."""
    newest = (
        select(func.max(AlertMessage.id))
        .where(AlertMessage.state.in_(("waiting", "gave_up")), AlertMessage.last_fault.is_not(None))
        .group_by(AlertMessage.destination_id)
    )
    query = select(AlertMessage.destination_id, AlertMessage.last_fault).where(
        AlertMessage.id.in_(newest)
    )
    return {id_: texts.from_json(fault) for id_, fault in db.session.execute(query)}


# ---------------------------------------------------------------- messages


def message_lines(page: int = 1) -> tuple[tuple[MessageLine, ...], int, int, int]:
    """The latest first; the page, how many pages and how many in all."""
    total = db.session.scalar(select(func.count()).select_from(AlertMessage))
    pages = max(1, -(-total // PER_PAGE))
    page = min(max(1, page), pages)
    query = (
        select(AlertMessage)
        .options(joinedload(AlertMessage.incident), joinedload(AlertMessage.destination))
        .order_by(AlertMessage.id.desc())
        .offset((page - 1) * PER_PAGE)
        .limit(PER_PAGE)
    )
    rows = list(db.session.scalars(query))
    joined = dict(
        db.session.execute(
            select(AlertMessage.summary_id, func.count())
            .where(AlertMessage.summary_id.in_([row.id for row in rows]))
            .group_by(AlertMessage.summary_id)
        ).all()
    )
    lines = tuple(_message_line(row, joined.get(row.id, 0)) for row in rows)
    return lines, page, pages, total


def _message_line(row: AlertMessage, joined: int) -> MessageLine:
    incident = row.incident
    return MessageLine(
        id=row.id,
        kind=row.kind,
        state=row.state,
        what=WATCHED[incident.condition].name if incident else None,
        where=incident.where if incident else "",
        joined=joined,
        destination=row.destination.name,
        created_at=row.created_at,
        attempts=row.attempts,
        last_try_at=row.last_try_at,
        next_try_at=row.next_try_at,
        sent_at=row.sent_at,
        fault=texts.from_json(row.last_fault),
        unsure=row.unsure,
        can_retry=row.state in ("waiting", "gave_up"),
    )
