"""What a rule can watch for: the conditions of recordings, and some that are not a recording's.

How a recording goes is found by services/conditions.py alone; here is only what a rule may ask
of it, and how it is called.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from dashboard.domain.conditions import Condition, Finding
from dashboard.errors import Text, text
from dashboard.services import condition_words
from dashboard.services.alerts import scheduled

DISK_FILLING = "disk_filling"
FINAL = frozenset({Condition.FAILED.value, Condition.LOST.value, Condition.FILES_MISSING.value,
                   scheduled.MISSED})  # fmt: skip
"""What has happened, and stays so until somebody has seen it or the channel records again."""
OF_SCHEDULES = (scheduled.TROUBLE, scheduled.MISSED)


@dataclass(frozen=True)
class Watched:
    """One kind of rule. amount: what its number means: minutes that it lasts, minutes before
    it comes, per cent that are free; None: it has none. first: offered. most: the largest.
    """

    word: str
    name: Text
    amount: Literal["lasting", "before", "percent"] | None = None
    first: int = 0
    most: int = 0

    @property
    def is_of_recordings(self) -> bool:
        return self.word != DISK_FILLING


_ALL = (
    Watched("failed", text("A recording failed")),
    Watched("lost", text("A recording was lost")),
    Watched("storage_error", text("The storage does not take files")),
    Watched("files_missing", text("Files have not arrived"), "lasting", 10, 1440),
    Watched("nobody_publishing", text("Nobody is publishing"), "lasting", 5, 1440),
    Watched("no_upload", text("No file is uploaded"), "lasting", 5, 1440),
    Watched("callbacks_silent", text("No callbacks come"), "lasting", 10, 1440),
    Watched("unreachable", text("The vendor does not answer"), "lasting", 2, 1440),
    Watched("unsettled", text("A start or stop stays unanswered"), "lasting", 5, 1440),
    Watched("ceiling_near", text("The longest time is nearly over"), "before", 10, 240),
    Watched(DISK_FILLING, text("The disk fills up"), "percent", 10, 90),
    Watched(scheduled.TROUBLE, text("A schedule will not start")),
    Watched(scheduled.MISSED, text("A schedule did not record")),
)
WATCHED: Mapping[str, Watched] = MappingProxyType({one.word: one for one in _ALL})


def to_json(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in detail.items()
    }


def sentence(condition: str, since: datetime, detail: Mapping[str, Any], now: datetime) -> Text:
    """What is wrong, as of `now`."""
    if condition == DISK_FILLING:
        return _disk(detail)
    if condition in OF_SCHEDULES:
        return scheduled.sentence(condition, detail)
    if condition == Condition.UNREACHABLE and "account" in detail:
        lasts = condition_words.lasting(now - since)
        account = detail["account"]
        return text("%(account)s has not answered for %(lasts)s.", account=account, lasts=lasts)
    return condition_words.sentence(Finding(Condition(condition), since, detail=detail), now)


def advice(condition: str, since: datetime, detail: Mapping[str, Any]) -> Text:
    """What to do next."""
    if condition in OF_SCHEDULES:
        return scheduled.advice(condition)
    if condition == DISK_FILLING:
        return text("Make room: move or delete what is no longer needed. When nothing is left, "
                    "recordings of the built-in engine end.")  # fmt: skip
    return condition_words.advice(Finding(Condition(condition), since, detail=detail))


def _disk(detail: Mapping[str, Any]) -> Text:
    values = {"percent": detail["percent"], "free": detail["free"], "worker": detail["worker"]}
    room = text("%(percent)s %% of the disk are free, %(free)s GB (%(worker)s).", **values)
    hours = detail.get("full_in_h")
    if hours is None:
        return room
    if hours < 1:
        return text("%(room)s At this pace it is full in less than an hour.", room=room)
    return text("%(room)s At this pace it is full in about %(hours)s h.", room=room, hours=hours)


def patience(condition: str, amount: int) -> timedelta:
    """How old a finding has to be before it counts."""
    watched = WATCHED[condition]
    return timedelta(minutes=amount) if watched.amount == "lasting" else timedelta()
