"""What a rule can watch for in schedules: a start that will not work, one that did not."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from dashboard.errors import Text, text
from dashboard.extensions import db
from dashboard.models import AlertRule, Schedule, ScheduleOccurrence
from dashboard.services import texts
from dashboard.services.alerts.sights import LOOKED_BACK, Sight
from dashboard.services.schedules import checking
from dashboard.services.schedules.states import State

TROUBLE, MISSED = "schedule_trouble", "schedule_missed"
_NOT_STARTED = (State.MISSED.value, State.REFUSED.value)


def sights(rule: AlertRule, now: datetime) -> Iterator[Sight]:
    """One select, however many schedules there are."""
    rows = _in_trouble() if rule.condition == TROUBLE else _not_started(now)
    for row, why in rows:
        channel = row.schedule.channel
        if rule.channel_id not in (None, channel.id):
            continue
        if rule.account_id not in (None, channel.account_id):
            continue
        if rule.condition == MISSED and row.starts_at < rule.watched_since:
            continue
        yield Sight(
            rule_id=rule.id,
            subject=f"schedule/{row.schedule_id}/{row.key}",
            condition=rule.condition,
            level="error" if rule.condition == MISSED else "warning",
            where=channel.name,
            since=row.checked_at if rule.condition == TROUBLE else row.starts_at,
            detail={"title": row.schedule.title, "why": texts.to_json(why)},
            recording_id=row.recording_id,
            channel_id=channel.id,
            account_id=channel.account_id,
        )


def sentence(condition: str, detail: Mapping[str, Any]) -> Text:
    values = {"title": detail["title"], "why": texts.from_json(detail["why"])}
    if condition == TROUBLE:
        return text("Schedule %(title)s will not start: %(why)s", **values)
    return text("Schedule %(title)s did not record: %(why)s", **values)


def advice(condition: str) -> Text:
    if condition == TROUBLE:
        return text("Mend it before the hour, then press Check now on the schedule's page.")
    return text("Start the channel by hand if there is still something to record.")


def _in_trouble() -> Iterator[tuple[ScheduleOccurrence, Text]]:
    for row in checking.coming_checked():
        why = checking.first_reason(row)
        if why is not None:
            yield row, why


def _not_started(now: datetime) -> Iterator[tuple[ScheduleOccurrence, Text]]:
    rows = db.session.scalars(
        select(ScheduleOccurrence)
        .where(ScheduleOccurrence.starts_at > now - LOOKED_BACK)
        .where(ScheduleOccurrence.state.in_(_NOT_STARTED))
        .options(joinedload(ScheduleOccurrence.schedule).joinedload(Schedule.channel))
    )
    for row in rows:
        yield row, texts.from_json(row.reason)
