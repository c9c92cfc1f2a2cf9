"""Times that come again: an iCalendar rule in a time zone, and the moments it means.

A plan is kept in the clock of its zone, as people say it ("Mondays at nine in Berlin"), and is
turned into moments only here. Rules are expanded by python-dateutil without any zone; what a
change of the clocks does to each single time is decided, and told, by us (RFC 5545, 3.3.5:
a time that does not exist means the one that much later, a time that comes twice the first).
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import cache, lru_cache
from itertools import chain, islice
from typing import Any, Literal, NoReturn
from zoneinfo import ZoneInfo, available_timezones

from dateutil.rrule import rrule, rrulestr

from dashboard.errors import InvalidInput, Problem, Text, text

LONGEST = timedelta(days=7)
SHORTEST = timedelta(minutes=1)
RARE = timedelta(days=4000)
"""Nobody looks further ahead: in eleven years even the rarest rule comes round."""
_LOCAL = "%Y%m%dT%H%M%S"
_DAY = timedelta(days=1)
_STEP = {"HOURLY": timedelta(hours=1), "DAILY": _DAY, "WEEKLY": 7 * _DAY}
_COMMON = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYHOUR"})
_PARTS = {
    "HOURLY": _COMMON,
    "DAILY": _COMMON | {"BYMONTH", "BYMONTHDAY", "BYMINUTE"},
    "WEEKLY": _COMMON | {"BYMONTH", "BYMINUTE"},
    "MONTHLY": _COMMON | {"BYMONTH", "BYMONTHDAY", "BYSETPOS", "BYMINUTE"},
    "YEARLY": _COMMON | {"BYMONTH", "BYMONTHDAY", "BYSETPOS", "BYMINUTE", "BYWEEKNO", "BYYEARDAY"},
}
"""What a rule may say. Left out is what RFC 5545 forbids, and what could never come true only
after a search of 8000 years day by day."""
_UNTIL = re.compile(r"UNTIL=(\d{8}(?:T\d{6})?)")

Clock = Literal["plain", "gap", "twice"]


@dataclass(frozen=True)
class Plan:
    """When to record, in the clock of a zone.

    first: the first start; rule: an RRULE without its name, None for once. UNTIL in it is of
    the same clock. length: how long; None where `until` gives the time of day of the end.
    skipped, also: starts left out of the rule and beside it, without a zone.
    """

    zone: str
    first: datetime
    rule: str | None = None
    length: timedelta | None = None
    until: time | None = None
    skipped: frozenset[datetime] = frozenset()
    also: frozenset[datetime] = frozenset()

    def to_json(self) -> dict[str, Any]:
        return {
            "zone": self.zone,
            "first": key_of(self.first),
            "rule": self.rule,
            "length_min": int(self.length / timedelta(minutes=1)) if self.length else None,
            "until": f"{self.until:%H:%M}" if self.until else None,
            "skipped": sorted(map(key_of, self.skipped)),
            "also": sorted(map(key_of, self.also)),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Plan":
        return cls(
            zone=document["zone"],
            first=local_of(document["first"]),
            rule=document["rule"],
            length=timedelta(minutes=document["length_min"]) if document["length_min"] else None,
            until=time.fromisoformat(document["until"]) if document["until"] else None,
            skipped=frozenset(map(local_of, document["skipped"])),
            also=frozenset(map(local_of, document["also"])),
        )

    def skip(self, local: datetime) -> "Plan":
        return replace(self, skipped=self.skipped | {local})

    def take_back(self, local: datetime) -> "Plan":
        return replace(self, skipped=self.skipped - {local})


@dataclass(frozen=True)
class Occurrence:
    """One of the times of a plan. local: as its zone's clock says it; key: the same as text.

    starts_at, ends_at: the moments, in UTC. notes: what the change of a clock does to it.
    """

    local: datetime
    starts_at: datetime
    ends_at: datetime
    skipped: bool = False
    notes: tuple[Text, ...] = ()

    @property
    def key(self) -> str:
        return key_of(self.local)


def key_of(local: datetime) -> str:
    return local.strftime(_LOCAL)


def local_of(key: str) -> datetime:
    """Raises ValueError."""
    return datetime.strptime(key, _LOCAL)


@cache
def zones() -> frozenset[str]:
    """Of the IANA database, by name; those for compatibility with machines left out."""
    return frozenset(
        name
        for name in available_timezones()
        if not name.startswith(("posix", "right", "System"))
        and name not in {"localtime", "Factory"}
    )


# ---------------------------------------------------------------- moments


def moment(local: datetime, zone: str) -> tuple[datetime, Clock]:
    """The moment, in UTC, that a clock in a zone shows `local`, and whether it does so once."""
    there = ZoneInfo(zone)
    first, second = (local.replace(tzinfo=there, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first, "plain"
    shown = first.astimezone(there).replace(tzinfo=None, fold=0)
    return first, "twice" if shown == local else "gap"


def local_at(at: datetime, zone: str) -> datetime:
    """What the clock in a zone shows at a moment."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def between(plan: Plan, since: datetime, before: datetime) -> Iterator[Occurrence]:
    """Occurrences that start in [since, before), by start. Those left out come, too, marked."""
    low, high = (local_at(at, plan.zone) for at in (since, before))
    seen: set[datetime] = set()
    for local in _starts(plan, low - _DAY, high + _DAY):
        found = _occurrence(plan, local)
        if since <= found.starts_at < before and found.starts_at not in seen:
            seen.add(found.starts_at)  # a time in a gap may fall on one that there is anyway
            yield found


def coming(plan: Plan, since: datetime, most: int, *, skipped: bool = False) -> list[Occurrence]:
    """The next occurrences that start at or after `since`. skipped: with those left out."""
    edges = [since + timedelta(days=days) for days in (0, 40, 400)] + [since + RARE]
    found = chain.from_iterable(
        between(plan, low, high) for low, high in zip(edges, edges[1:], strict=False)
    )
    return list(islice((one for one in found if skipped or not one.skipped), most))


def at_key(plan: Plan, key: str) -> Occurrence | None:
    """The occurrence of that key, left out or not; None where the plan has none."""
    try:
        local = local_of(key)
    except ValueError:
        return None
    return _occurrence(plan, local) if local in set(_starts(plan, local, local)) else None


def _occurrence(plan: Plan, local: datetime) -> Occurrence:
    starts_at, clock = moment(local, plan.zone)
    notes = []
    if clock != "plain":
        notes.append(_start_note(plan.zone, local, starts_at, clock))
    ends_at = _end(plan, local, starts_at)
    usual = _usual_length(plan, local)
    if ends_at - starts_at != usual:
        real = ends_at - starts_at
        notes.append(
            text(
                "On %(date)s it lasts %(real)s instead of %(usual)s min: the clocks change.",
                date=f"{local:%Y-%m-%d}", real=_minutes(real), usual=_minutes(usual),
            )
        )  # fmt: skip
    return Occurrence(local, starts_at, ends_at, local in plan.skipped, tuple(notes))


def _start_note(zone: str, local: datetime, starts_at: datetime, clock: Clock) -> Text:
    facts = {
        "time": f"{local:%H:%M}",
        "date": f"{local:%Y-%m-%d}",
        "zone": zone,
        "real": f"{local_at(starts_at, zone):%H:%M}",
    }
    if clock == "gap":
        return text("%(time)s does not exist on %(date)s in %(zone)s; it starts at %(real)s.",
                    **facts)  # fmt: skip
    offset = starts_at.astimezone(ZoneInfo(zone)).strftime("%z")
    return text(
        "%(time)s comes twice on %(date)s in %(zone)s; it starts the first time (UTC%(offset)s).",
        time=facts["time"], date=facts["date"], zone=zone, offset=f"{offset[:3]}:{offset[3:]}",
    )  # fmt: skip


def _end(plan: Plan, local: datetime, starts_at: datetime) -> datetime:
    usual = _usual_length(plan, local)
    if plan.length:
        return starts_at + usual
    ends_at, _ = moment(local + usual, plan.zone)
    return ends_at if ends_at > starts_at else starts_at + usual  # a gap swallowed it whole


def _usual_length(plan: Plan, local: datetime) -> timedelta:
    """As the clock on the wall counts. An end that is not after the start is tomorrow's."""
    if plan.length:
        return plan.length
    end = datetime.combine(local.date(), plan.until)
    return end - local if end > local else end + _DAY - local


def _minutes(length: timedelta) -> int:
    return round(length / timedelta(minutes=1))


# ---------------------------------------------------------------- rules


def _starts(plan: Plan, low: datetime, high: datetime) -> Iterator[datetime]:
    """By the wall, in [low, high], in order."""
    found = {local for local in plan.also if low <= local <= high}
    if plan.rule is None:
        found |= {plan.first} if low <= plan.first <= high else set()
    else:
        rule = _moved_near(_ruled(plan.rule, plan.first), plan, low)
        found |= set(rule.between(low, high, inc=True))
    return iter(sorted(found))


@lru_cache(maxsize=1000)
def _parsed(rule: str) -> Mapping[str, str]:
    return dict(part.split("=", 1) for part in rule.split(";"))


def _ruled(rule: str, first: datetime) -> rrule:
    return rrulestr(f"RRULE:{rule}", dtstart=first)


def _moved_near(rule: rrule, plan: Plan, low: datetime) -> rrule:
    """Where every step is as long, do not walk all of them from the first on."""
    parts = _parsed(plan.rule)
    step = _STEP.get(parts["FREQ"])
    if step is None or "COUNT" in parts:
        return rule
    stride = step * int(parts.get("INTERVAL", 1))
    strides = (low - plan.first) // stride - 1
    return rule.replace(dtstart=plan.first + strides * stride) if strides > 0 else rule


def read_rule(typed: str, first: datetime, zone: str) -> str:
    """An RRULE as somebody wrote it, as we keep it: in capitals and in one order, UNTIL by the
    zone's clock. Raises InvalidInput("rule")."""
    parts = _split(typed)
    freq = parts.get("FREQ", "")
    if freq not in _PARTS:
        _wrong(text("A rule begins with FREQ=HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY."))
    beyond = sorted(set(parts) - _PARTS[freq])
    if beyond:
        _wrong(text("%(part)s cannot be used with FREQ=%(freq)s here.", part=beyond[0], freq=freq))
    if "COUNT" in parts and "UNTIL" in parts:
        _wrong(text("A rule ends by COUNT or by UNTIL, not by both."))
    if "UNTIL" in parts:
        parts["UNTIL"] = _until_by_the_wall(parts["UNTIL"], zone)
    _refuse_days_that_never_come(parts)
    ordered = sorted(parts.items(), key=lambda part: (part[0] != "FREQ", part))
    rule = ";".join(f"{name}={value}" for name, value in ordered)
    try:
        never = _ruled(rule, first).after(first, inc=True) is None
    except (ValueError, TypeError, KeyError, IndexError, OverflowError) as fault:
        raise InvalidInput(
            [Problem("rule", text("This rule cannot be read: %(why)s.", why=str(fault)[:200]))]
        ) from fault
    if never:
        _wrong(text("This rule has no time at all."))
    return rule


def until_of(rule: str | None) -> datetime | None:
    """The last moment by the wall at which a rule lets one begin."""
    found = _UNTIL.search(rule or "")
    if not found:
        return None
    written = found.group(1)
    return local_of(written if "T" in written else f"{written}T235959")


def _split(typed: str) -> dict[str, str]:
    """COUNT and INTERVAL as sensible numbers."""
    line = "".join(typed.split()).upper().removeprefix("RRULE:")
    pieces = [piece.partition("=") for piece in line.split(";") if piece]
    if not pieces or any(not value for _, _, value in pieces) or len(line) > 300:
        _wrong(text("Write it as FREQ=WEEKLY;BYDAY=MO,WE, for example."))
    parts = {name: value for name, _, value in pieces}
    if len(parts) < len(pieces):
        _wrong(text("Each part of a rule is written once."))
    for name, most in (("INTERVAL", 1000), ("COUNT", 10_000)):
        value = parts.get(name)
        if value is not None and not (re.fullmatch(r"\d{1,5}", value) and 1 <= int(value) <= most):
            _wrong(text("%(part)s is a number from 1 to %(most)s.", part=name, most=most))
    return parts


def _until_by_the_wall(written: str, zone: str) -> str:
    try:
        if written.endswith("Z"):
            return key_of(local_at(local_of(written[:-1]).replace(tzinfo=UTC), zone))
        return key_of(local_of(written if "T" in written else f"{written}T235959"))
    except ValueError:
        _wrong(text("UNTIL is a date like 20271231, or 20271231T180000Z."))


def _refuse_days_that_never_come(parts: Mapping[str, str]) -> None:
    """The 30th of February would be searched for until the year 9999."""
    days, months = (parts.get(name, "") for name in ("BYMONTHDAY", "BYMONTH"))
    try:
        numbers = [abs(int(day)) for day in days.split(",") if day]
        longest = [monthrange(2024, int(month))[1] for month in months.split(",") if month]
    except ValueError:
        _wrong(text("Months and days of a rule are numbers."))
    if numbers and min(numbers) > max(longest, default=31):
        _wrong(text("No month has this day."))


def _wrong(what: Text) -> NoReturn:
    raise InvalidInput([Problem("rule", what)])
