"""What is typed into the form of a schedule, and a plan written as such a form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from dashboard.domain.recurrence import (
    LONGEST,
    Plan,
    between,
    coming,
    key_of,
    moment,
    read_rule,
    until_of,
    zones,
)
from dashboard.errors import InvalidInput, Problem, Text, text
from dashboard.services import context

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
REPEATS = ("once", "daily", "weekly", "monthly", "own")
MONTHLY = ("day", "weekday", "last")
FIELDS = (
    "title", "channel_id", "zone", "repeats", "date", "time", "ends", "until", "length_min",
    "interval", "days", "monthly_by", "rule", "last_date", "except_dates",
    "lead_min", "grace_min", "takes_over", "seen",
)  # fmt: skip
LONGEST_TITLE = 80
MOST_AHEAD = timedelta(days=3650)
MOST_EXCEPTIONS = 200
_LONGEST_MIN = int(LONGEST / timedelta(minutes=1))
_END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True)
class Wanted:
    """A form that can be taken, but for whether there is such a channel."""

    title: str
    channel_id: int
    plan: Plan
    lead_min: int
    grace_min: int
    takes_over: bool


def usual(zone: str, now: datetime) -> dict[str, str]:
    """What a new form starts with: tomorrow at nine, for an hour."""
    return {
        "title": "", "channel_id": "", "zone": zone, "repeats": "weekly",
        "date": f"{now + timedelta(days=1):%Y-%m-%d}", "time": "09:00",
        "ends": "until", "until": "10:00", "length_min": "60",
        "interval": "1", "days": "", "monthly_by": "day", "rule": "", "last_date": "",
        "except_dates": "", "lead_min": "15", "grace_min": "10", "takes_over": "", "seen": "",
    }  # fmt: skip


def written(plan: Plan) -> dict[str, str]:
    """The fields of a plan."""
    dates = sorted({f"{local:%Y-%m-%d}" for local in plan.skipped})
    minutes = round(plan.length / timedelta(minutes=1)) if plan.length else None
    return {
        "zone": plan.zone,
        "date": f"{plan.first:%Y-%m-%d}",
        "time": f"{plan.first:%H:%M}",
        "ends": "length" if plan.length else "until",
        "until": f"{plan.until:%H:%M}" if plan.until else "",
        "length_min": str(minutes) if minutes else "",
        "except_dates": "\n".join(dates),
        **_written_rule(plan),
    }


def read(typed: Mapping[str, str], present: Plan | None = None) -> Wanted:
    """Raises InvalidInput with all that is wrong."""
    reader = _Reader(typed)
    title, channel_id = reader.title(), reader.number("channel_id", 1, 2**31 - 1)
    lead_min = reader.number("lead_min", 0, 1440)
    grace_min = reader.number("grace_min", 2, 240)
    plan = reader.plan(present)
    if reader.problems:
        raise InvalidInput(reader.problems)
    return Wanted(title, channel_id, plan, lead_min, grace_min, bool(typed.get("takes_over")))


def read_plan(typed: Mapping[str, str], present: Plan | None = None) -> Plan:
    """The times alone. Raises InvalidInput."""
    reader = _Reader(typed)
    plan = reader.plan(present)
    if reader.problems:
        raise InvalidInput(reader.problems)
    return plan


def longer_than_its_pause(plan: Plan, now: datetime) -> bool:
    """It would begin again before it has ended."""
    found = coming(plan, now - timedelta(days=1), 60)
    return any(one.ends_at > after.starts_at for one, after in zip(found, found[1:], strict=False))


class _Reader:
    """Reads fields one after the other and keeps what is wrong with them."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self._typed = typed
        self.problems: list[Problem] = []

    def typed(self, name: str) -> str:
        return (self._typed.get(name) or "").strip()

    def wrong(self, name: str, what: Text) -> None:
        self.problems.append(Problem(name, what))

    def title(self) -> str:
        found = self.typed("title")
        if not found:
            self.wrong("title", text("Give it a name."))
        elif len(found) > LONGEST_TITLE:
            self.wrong("title", text("A name has %(n)s characters at most.", n=LONGEST_TITLE))
        elif not found.isprintable():
            self.wrong("title", text("A name is one line of plain characters."))
        return found

    def number(self, name: str, low: int, high: int) -> int:
        typed = self.typed(name)
        if typed.isascii() and typed.isdigit() and len(typed) < 11 and low <= int(typed) <= high:
            return int(typed)
        if name == "channel_id":
            self.wrong(name, text("Choose one of the channels."))
        else:
            self.wrong(name, text("A number from %(low)s to %(high)s.", low=low, high=high))
        return low

    def day(self, name: str, typed: str) -> date | None:
        try:
            return date.fromisoformat(typed)
        except ValueError:
            self.wrong(name, text("A date like 2026-12-24."))
        return None

    def clock(self, name: str) -> time | None:
        try:
            found = time.fromisoformat(self.typed(name))
        except ValueError:
            found = None
        if found is None or found.tzinfo or found.second or found.microsecond:
            self.wrong(name, text("A time like 09:30."))
            return None
        return found

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        found = self.typed(name)
        if found not in choices:
            self.wrong(name, text("Choose one of the list."))
        return found

    def plan(self, present: Plan | None) -> Plan | None:
        zone = self.typed("zone")
        if zone not in zones():
            self.wrong("zone", text("There is no such time zone. Choose one of the list."))
        first_day = self.day("date", self.typed("date"))
        clock = self.clock("time")
        ends = self.choice("ends", ("until", "length"))
        length = until = None
        if ends == "length":
            length = timedelta(minutes=self.number("length_min", 1, _LONGEST_MIN))
        elif ends == "until":
            until = self.clock("until")
        if self.problems and {one.where for one in self.problems} & _TIMES:
            return None
        first = datetime.combine(first_day, clock)
        if not _is_near(first):
            self.wrong("date", text("A date within the last and the next ten years."))
            return None
        plan = Plan(zone, first, None, length, until,
                    also=present.also if present else frozenset())  # fmt: skip
        return self.with_exceptions(self.with_rule(plan))

    def with_rule(self, plan: Plan) -> Plan | None:
        repeats = self.choice("repeats", REPEATS)
        if repeats not in REPEATS:
            return None
        if repeats == "once":
            return plan
        rule = self.typed("rule") if repeats == "own" else self.rule(repeats, plan.first)
        if rule is None:
            return None
        try:
            return replace(plan, rule=read_rule(rule, plan.first, plan.zone))
        except InvalidInput as fault:
            shown = "rule" if repeats == "own" else "last_date"
            self.problems += [replace(one, where=shown) for one in fault.problems]
            return None

    def rule(self, repeats: str, first: datetime) -> str | None:
        parts = _RULES[repeats](self, first)
        interval = self.number("interval", 1, 100)
        if interval > 1:
            parts.append(f"INTERVAL={interval}")
        if self.typed("last_date"):
            last = self.day("last_date", self.typed("last_date"))
            if last is None:
                return None
            parts.append(f"UNTIL={key_of(datetime.combine(last, _END_OF_DAY))}")
        return ";".join(parts)

    def weekly(self, first: datetime) -> list[str]:
        chosen = [day for day in DAYS if day in self.typed("days").split(",")]
        return ["FREQ=WEEKLY", f"BYDAY={','.join(chosen or [DAYS[first.weekday()]])}"]

    def monthly(self, first: datetime) -> list[str]:
        by = self.choice("monthly_by", MONTHLY)
        return ["FREQ=MONTHLY", _MONTHLY.get(by, _MONTHLY["day"])(first)]

    def with_exceptions(self, plan: Plan | None) -> Plan | None:
        """Each date stands for all times that begin on it."""
        if plan is None:
            return None
        typed = self.typed("except_dates").replace(",", " ").split()
        if len(typed) > MOST_EXCEPTIONS:
            self.wrong("except_dates", text("At most %(n)s dates.", n=MOST_EXCEPTIONS))
            return None
        days = [self.day("except_dates", one) for one in typed]
        if None in days:
            return None
        return replace(plan, skipped=frozenset(local for day in days for local in _on(plan, day)))


_TIMES = {"zone", "date", "time", "ends", "until", "length_min"}
_RULES: Mapping[str, Callable[[_Reader, datetime], list[str]]] = {
    "daily": lambda reader, first: ["FREQ=DAILY"],
    "weekly": _Reader.weekly,
    "monthly": _Reader.monthly,
}
_MONTHLY: Mapping[str, Callable[[datetime], str]] = {
    "day": lambda first: f"BYMONTHDAY={first.day}",
    "weekday": lambda first: f"BYDAY={nth(first)}{DAYS[first.weekday()]}",
    "last": lambda first: "BYMONTHDAY=-1",
}


def nth(first: datetime) -> int:
    """Which Monday (say) of its month a day is; the fifth counts as the last."""
    found = (first.day - 1) // 7 + 1
    return found if found < 5 else -1


def _is_near(first: datetime) -> bool:
    return abs(first.replace(tzinfo=UTC) - context.now()) < MOST_AHEAD


def _on(plan: Plan, day: date) -> list[datetime]:
    begin = datetime.combine(day, time())
    since = moment(begin, plan.zone)[0] - timedelta(hours=3)
    found = [one.local for one in between(plan, since, since + timedelta(hours=30))]
    return [local for local in found if local.date() == day] or [
        datetime.combine(day, plan.first.time())
    ]


# ---------------------------------------------------------------- a rule as fields


def _written_rule(plan: Plan) -> dict[str, str]:
    found = {"repeats": "once", "interval": "1", "days": "", "monthly_by": "day",
             "rule": plan.rule or "", "last_date": ""}  # fmt: skip
    if plan.rule is None:
        return found
    parts = dict(part.split("=", 1) for part in plan.rule.split(";"))
    until = until_of(plan.rule)
    shape = _shape(parts, plan.first)
    if shape is None or (until is not None and until.time() != _END_OF_DAY):
        return found | {"repeats": "own"}
    return (
        found
        | {"interval": parts.get("INTERVAL", "1"), "rule": ""}
        | {"last_date": f"{until:%Y-%m-%d}" if until else ""}
        | shape
    )


def _shape(parts: Mapping[str, str], first: datetime) -> dict[str, str] | None:
    """The fields of a rule that the form has fields for."""
    own = {name: value for name, value in parts.items()
           if name not in ("INTERVAL", "UNTIL")}  # fmt: skip
    if own == {"FREQ": "DAILY"}:
        return {"repeats": "daily"}
    days = own.get("BYDAY", "").split(",")
    if own.keys() == {"FREQ", "BYDAY"} and own["FREQ"] == "WEEKLY" and set(days) <= set(DAYS):
        return {"repeats": "weekly", "days": ",".join(days)}
    for by in MONTHLY:
        name, value = _MONTHLY[by](first).split("=")
        if own == {"FREQ": "MONTHLY", name: value}:
            return {"repeats": "monthly", "monthly_by": by}
    return None
