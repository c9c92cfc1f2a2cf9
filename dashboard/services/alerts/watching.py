"""What each rule finds now, and of what nothing can be said."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import or_, select

from dashboard.domain.conditions import NEAR, Condition, Finding
from dashboard.domain.lifecycle import RecordingState, is_active
from dashboard.extensions import db
from dashboard.models import Account, AccountState, AlertIncident, AlertRule, Channel, Recording
from dashboard.services import conditions
from dashboard.services.alerts import disk, scheduled
from dashboard.services.alerts.conditions import DISK_FILLING, FINAL, WATCHED, patience, to_json
from dashboard.services.alerts.sights import LOOKED_BACK, Seen, Sight

FORGOTTEN = timedelta(days=3)
"""What has happened is over by itself after so long."""
STILL = timedelta(minutes=1)
"""What was told of goes on when it holds for so long again, whatever the rule's patience."""


def look(rules: Iterable[AlertRule], now: datetime) -> Seen:
    """A handful of selects, however many recordings and rules there are."""
    rules = list(rules)
    incidents = _open_incidents()
    rows = _recordings(incidents, now)
    found = conditions.of(rows)
    told = {(one.rule_id, one.subject) for one in incidents}
    recording_again = _recording_again(rows)
    sights: list[Sight] = []
    for rule in rules:
        if rule.condition == DISK_FILLING:
            sights += _disks(rule, now)
        elif rule.condition in (scheduled.TROUBLE, scheduled.MISSED):
            sights += scheduled.sights(rule, now)
        elif rule.condition == Condition.UNREACHABLE and rule.channel_id is None:
            sights += _accounts(rule, told, now)
        else:
            ahead = _ahead(rule, rows, found, now)
            sights += _of_recordings(rule, rows, ahead, told, recording_again, now)
    return Seen({sight.key: sight for sight in sights}, _unknown(rows, found) | disk.unseen())


# ---------------------------------------------------------------- recordings


def _open_incidents() -> list[AlertIncident]:
    return list(db.session.scalars(
        select(AlertIncident).where(AlertIncident.resolved_at.is_(None))
    ))  # fmt: skip


def _recordings(incidents: list[AlertIncident], now: datetime) -> list[Recording]:
    """Those that run, those that ended lately in a way that matters, and those told of."""
    active = [state.value for state in RecordingState if is_active(state)]
    bad = [RecordingState.FAILED.value, RecordingState.LOST.value]
    ids = {one.recording_id for one in incidents if one.recording_id}
    lately = Recording.ended_at > now - LOOKED_BACK
    worth = or_(
        Recording.state.in_(bad),
        Recording.files_missing > 0,
        Recording.backed_up_at.is_not(None),
    )
    query = select(Recording).where(
        or_(Recording.state.in_(active), lately & worth, Recording.id.in_(ids))
    )
    return list(db.session.scalars(query))


def _ahead(
    rule: AlertRule, rows: list[Recording], found: Mapping, now: datetime
) -> Mapping[int, tuple[Finding, ...]]:
    """What holds; for a ceiling that is told of earlier than usual: what will hold then."""
    early = timedelta(minutes=rule.amount) - NEAR
    if rule.condition != Condition.CEILING_NEAR or early <= timedelta():
        return found
    return conditions.of(rows, now + early)


def _of_recordings(
    rule: AlertRule,
    rows: list[Recording],
    found: Mapping[int, tuple[Finding, ...]],
    told: set[tuple[int, str]],
    recording_again: Mapping[int, datetime],
    now: datetime,
) -> list[Sight]:
    sights = []
    for row in rows:
        if not _is_watched(rule, row):
            continue
        finding = next((one for one in found[row.id] if one.condition == rule.condition), None)
        subject = f"recording/{row.id}"
        if finding is None or not _counts(rule, finding, (rule.id, subject) in told, now):
            continue
        if rule.condition in FINAL and not _is_open_still(rule, row, recording_again, now):
            continue
        sights.append(_sight(rule, row, subject, finding))
    return sights


def _is_watched(rule: AlertRule, row: Recording) -> bool:
    if rule.channel_id is not None:
        return row.channel_id == rule.channel_id
    return rule.account_id in (None, row.account_id)


def _counts(rule: AlertRule, finding: Finding, told: bool, now: datetime) -> bool:
    if WATCHED[rule.condition].amount == "before":
        return finding.detail["at"] - now <= timedelta(minutes=rule.amount)
    wanted = patience(rule.condition, rule.amount)
    return now - finding.since >= (min(wanted, STILL) if told else wanted)


def _is_open_still(
    rule: AlertRule, row: Recording, recording_again: Mapping[int, datetime], now: datetime
) -> bool:
    """What has happened: since the rule watches, and until the channel records again."""
    ended = row.ended_at or row.started_at
    again = recording_again.get(row.channel_id)
    if rule.condition != Condition.FILES_MISSING and again is not None and again > ended:
        return False
    return rule.watched_since <= ended and now - ended < FORGOTTEN


def _recording_again(rows: list[Recording]) -> dict[int, datetime]:
    """Since when each channel records now."""
    return {
        row.channel_id: row.recording_since
        for row in rows
        if row.state == RecordingState.RECORDING.value and row.recording_since
    }


def _sight(rule: AlertRule, row: Recording, subject: str, finding: Finding) -> Sight:
    return Sight(
        rule_id=rule.id,
        subject=subject,
        condition=rule.condition,
        level=finding.level,
        where=row.channel_name,
        since=finding.since,
        detail=to_json(finding.detail),
        recording_id=row.id,
        channel_id=row.channel_id,
        account_id=row.account_id,
    )


def _unknown(rows: list[Recording], found: Mapping[int, tuple[Finding, ...]]) -> frozenset[str]:
    """While a vendor does not answer, how its recordings go is not known to be well again."""
    return frozenset(
        f"recording/{row.id}"
        for row in rows
        if any(one.condition is Condition.UNREACHABLE for one in found[row.id])
    )


# ---------------------------------------------------------------- accounts and disks


def _accounts(rule: AlertRule, told: set[tuple[int, str]], now: datetime) -> list[Sight]:
    query = (
        select(Account.id, Account.name, AccountState.unreachable_since)
        .join(AccountState, AccountState.account_id == Account.id)
        .where(Account.archived_at.is_(None), AccountState.unreachable_since.is_not(None))
    )
    if rule.account_id is not None:
        query = query.where(Account.id == rule.account_id)
    wanted = patience(rule.condition, rule.amount)
    return [
        Sight(rule.id, f"account/{id_}", rule.condition, "warning", name, since,
              {"account": name}, account_id=id_)
        for id_, name, since in db.session.execute(query)
        if now - since >= wanted or (rule.id, f"account/{id_}") in told
    ]  # fmt: skip


def _disks(rule: AlertRule, now: datetime) -> list[Sight]:
    return [
        Sight(rule.id, subject, rule.condition, "warning", detail["worker"], now, detail)
        for subject, detail in disk.filling(rule.amount)
    ]


def rules_at_work() -> list[AlertRule]:
    """Those of accounts and channels that are still there."""
    query = (
        select(AlertRule)
        .outerjoin(Account, Account.id == AlertRule.account_id)
        .outerjoin(Channel, Channel.id == AlertRule.channel_id)
        .where(
            AlertRule.archived_at.is_(None),
            Account.archived_at.is_(None),
            Channel.archived_at.is_(None),
        )
    )
    return list(db.session.scalars(query))
