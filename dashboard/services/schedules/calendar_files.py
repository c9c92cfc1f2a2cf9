"""Calendar files (RFC 5545): entries into plans, and plans into entries.

What a calendar knows and a schedule does not is told, never dropped in silence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vRecur
from icalendar.error import BrokenCalendarProperty

from dashboard.domain.recurrence import (
    LONGEST,
    Plan,
    key_of,
    local_at,
    local_of,
    moment,
    read_rule,
    until_of,
    zones,
)
from dashboard.errors import DashboardError, InvalidInput, Problem, Text, text
from dashboard.models import Schedule
from dashboard.services import texts

MOST_ENTRIES = 500
_CHANNEL, _ENDS, _OFF = "X-TALLYDECK-CHANNEL", "X-TALLYDECK-ENDS", "X-TALLYDECK-OFF"
_CARE = {"lead_min": "X-TALLYDECK-CHECK-MIN", "grace_min": "X-TALLYDECK-GRACE-MIN",
         "takes_over": "X-TALLYDECK-TAKES-OVER"}  # fmt: skip
_MOST = {"lead_min": (0, 1440), "grace_min": (2, 240), "takes_over": (0, 1)}
_OTHERS = {
    "VTODO": text("Tasks are not taken over."),
    "VJOURNAL": text("Notes are not taken over."),
    "VFREEBUSY": text("Free and busy times are not taken over."),
}
_MINUTE = timedelta(minutes=1)


class Unreadable(DashboardError):
    """This entry cannot be taken, for the reason of the message."""

    status = 422


@dataclass(frozen=True)
class Entry:
    """One VEVENT. recurrence_id: key of the time of the series it stands for, else "".

    place: the channel it names, if any. care: what only our own files say.
    """

    uid: str
    recurrence_id: str
    title: str
    plan: Plan
    place: str
    cancelled: bool
    off: bool
    care: dict[str, int]


@dataclass(frozen=True)
class Told:
    """Something that was not taken over, and of which entry."""

    of: str
    what: Text


@dataclass(frozen=True)
class Read:
    entries: tuple[Entry, ...]
    told: tuple[Told, ...]


def read(data: bytes, zone: str) -> Read:
    """zone: for times that name none. Raises InvalidInput("file") for what is no calendar."""
    calendar = _calendar(data)
    wished = str(calendar.get("X-WR-TIMEZONE", ""))
    zone = wished if wished in zones() else zone
    events = calendar.walk("VEVENT")
    told = [Told("", words) for kind, words in _OTHERS.items() if calendar.walk(kind)]
    if len(events) > MOST_ENTRIES:
        told.append(Told("", text("Only the first %(n)s entries are read.", n=MOST_ENTRIES)))
    entries: list[Entry] = []
    for event in events[:MOST_ENTRIES]:
        name = _name(event)
        try:
            entries.append(_entry(event, zone))
            told += (Told(name, words) for words in _left_out(event))
        except Unreadable as fault:
            told.append(Told(name, fault.message))
        except InvalidInput as fault:
            told += (Told(name, problem.what) for problem in fault.problems)
        except (ValueError, TypeError, AttributeError, KeyError, OverflowError) as fault:
            told.append(Told(name, text("It cannot be read: %(why)s", why=str(fault)[:200])))
    return Read(tuple(_without_moved(entries)), tuple(told))


def write(schedules: Iterable[Schedule]) -> bytes:
    """A calendar of these, with the zones it uses."""
    rows = list(schedules)
    masters = {row.uid: row for row in rows if not row.recurrence_id}
    calendar = Calendar()
    calendar.add("prodid", "-//Tallydeck//Schedules//EN")
    calendar.add("version", "2.0")
    for row in rows:
        moved = {one.recurrence_id for one in rows if one.uid == row.uid and one.recurrence_id}
        calendar.add_component(_event(row, masters.get(row.uid, row), moved))
    calendar.add_missing_timezones()
    return calendar.to_ical()


# ---------------------------------------------------------------- reading


def _calendar(data: bytes) -> Any:
    try:
        found = Calendar.from_ical(data.decode("utf-8-sig"))
    except (ValueError, KeyError, IndexError, AttributeError, TypeError) as fault:
        why = text("This is no calendar file that can be read.")
        raise InvalidInput([Problem("file", why)]) from fault
    if getattr(found, "name", "") != "VCALENDAR":
        raise InvalidInput([Problem("file", text("This is no calendar file that can be read."))])
    return found


def _name(event: Any) -> str:
    return _words(event, "SUMMARY") or _words(event, "UID") or "?"


def _words(event: Any, name: str) -> str:
    """One line of printable characters."""
    found = event.get(name)
    found = found[0] if isinstance(found, list) else found
    plain = " ".join(str(found or "").split())
    return texts.storable("".join(c for c in plain if c.isprintable()), 255) or ""


def _entry(event: Any, zone: str) -> Entry:
    uid = _words(event, "UID")
    if not uid:
        raise Unreadable(text("It has no UID, so that it could not be found again."))
    plan = _plan(event, zone)
    return Entry(
        uid=uid,
        recurrence_id=_recurrence_id(event, plan.zone),
        title=(_words(event, "SUMMARY") or uid)[:80],
        plan=plan,
        place=_words(event, _CHANNEL) or _words(event, "LOCATION"),
        cancelled=_words(event, "STATUS").upper() == "CANCELLED",
        off=_words(event, _OFF) == "1",
        care=dict(_care(event)),
    )


def _care(event: Any) -> Iterator[tuple[str, int]]:
    for name, written in _CARE.items():
        found, (low, high) = _words(event, written), _MOST[name]
        if found.isascii() and found.isdigit() and len(found) < 6 and low <= int(found) <= high:
            yield name, int(found)


def _plan(event: Any, zone: str) -> Plan:
    start = _dt(event, "DTSTART")
    if not isinstance(start, datetime):
        raise Unreadable(text("It takes the whole day. A recording needs a start and an end."))
    zone = _zone_of(event, "DTSTART", start, zone)
    first, length = _wall(start, zone), _length(event, start, zone)
    if not timedelta() < length <= LONGEST:
        raise Unreadable(text("It lasts less than a minute or more than seven days."))
    rule = _rule(event, first, zone)
    also = frozenset(_wall(at, zone) for at in _dates(event, "RDATE"))
    skipped = frozenset(_wall(at, zone) for at in _dates(event, "EXDATE"))
    until = None
    if _words(event, _ENDS) == "UNTIL" and length <= timedelta(days=1):
        until = (first + length).time()
    return Plan(zone, first, rule, None if until else length, until, skipped, also)


def _dt(event: Any, name: str) -> Any:
    found = event.get(name)
    if found is None or isinstance(found, list):
        raise Unreadable(text("%(name)s is missing, or is there twice.", name=name))
    try:
        return found.dt
    except BrokenCalendarProperty:
        raise Unreadable(text("%(name)s cannot be read.", name=name)) from None


def _zone_of(event: Any, name: str, at: datetime, otherwise: str) -> str:
    if at.tzinfo is None:
        named = str(getattr(event.get(name), "params", {}).get("TZID", ""))
        if named:
            raise _unknown_zone(named)
        return otherwise
    found = getattr(at.tzinfo, "key", None) or str(at.tzinfo)
    if found not in zones():
        raise _unknown_zone(str(event.get(name).params.get("TZID", found)))
    return found


def _unknown_zone(name: str) -> Unreadable:
    return Unreadable(text("The time zone %(name)s is not known here.", name=name))


def _wall(at: datetime, zone: str) -> datetime:
    """To the minute; a schedule knows no seconds."""
    if not isinstance(at, datetime):
        raise Unreadable(text("It leaves out or adds whole days instead of times."))
    local = at if at.tzinfo is None else local_at(at, zone)
    return local.replace(second=0, microsecond=0)


def _length(event: Any, start: datetime, zone: str) -> timedelta:
    """To the full minute, rather longer."""
    if event.get("DURATION") is not None:
        found = _dt(event, "DURATION")
    elif event.get("DTEND") is not None:
        end = _dt(event, "DTEND")
        if not isinstance(end, datetime):
            raise Unreadable(text("%(name)s cannot be read.", name="DTEND"))
        if _words(event, _ENDS) == "UNTIL":
            found = _wall(end, zone) - _wall(start, zone)
        else:
            found = _at(end, zone) - _at(start, zone)
    else:
        raise Unreadable(text("It has no end."))
    return -(-found // _MINUTE) * _MINUTE


def _at(at: datetime, zone: str) -> datetime:
    return moment(at, zone)[0] if at.tzinfo is None else at.astimezone(UTC)


def _rule(event: Any, first: datetime, zone: str) -> str | None:
    found = event.get("RRULE")
    if found is None:
        return None
    if isinstance(found, list):
        raise Unreadable(text("It has more than one rule."))
    return read_rule(found.to_ical().decode(), first, zone)


def _dates(event: Any, name: str) -> list[Any]:
    found = event.get(name)
    lists = found if isinstance(found, list) else [found] if found is not None else []
    try:
        return [one.dt for each in lists for one in each.dts]
    except BrokenCalendarProperty:
        raise Unreadable(text("%(name)s cannot be read.", name=name)) from None


def _recurrence_id(event: Any, zone: str) -> str:
    if event.get("RECURRENCE-ID") is None:
        return ""
    found = _dt(event, "RECURRENCE-ID")
    if str(event["RECURRENCE-ID"].params.get("RANGE", "")):
        raise Unreadable(text("It changes all later times of a series at once. "
                              "Write these as a series of their own."))  # fmt: skip
    if not isinstance(found, datetime):
        raise Unreadable(text("%(name)s cannot be read.", name="RECURRENCE-ID"))
    return key_of(_wall(found, zone))


def _without_moved(entries: list[Entry]) -> Iterator[Entry]:
    """A series leaves out the times for which another entry stands."""
    moved: dict[str, list[str]] = {}
    for entry in entries:
        if entry.recurrence_id:
            moved.setdefault(entry.uid, []).append(entry.recurrence_id)
    for entry in entries:
        if entry.recurrence_id:
            yield entry
            continue
        gone = frozenset(local_of(key) for key in moved.get(entry.uid, ()))
        yield replace(entry, plan=replace(entry.plan, skipped=entry.plan.skipped | gone))


def _left_out(event: Any) -> Iterator[Text]:
    if event.walk("VALARM"):
        yield text("Its alarms are not taken over.")
    if event.get("EXRULE") is not None:
        yield text("Its rule of exceptions (EXRULE) is not taken over: more is recorded.")


# ---------------------------------------------------------------- writing


def _event(row: Schedule, master: Schedule, moved: set[str]) -> Event:
    plan, event = Plan.from_json(row.plan), Event()
    zone = ZoneInfo(plan.zone)
    event.add("uid", row.uid)
    event.add("dtstamp", row.updated_at)
    event.add("summary", row.title)
    event.add("location", row.channel.name)
    event.add("dtstart", plan.first.replace(tzinfo=zone))
    if plan.length:
        event.add("duration", plan.length)
    else:
        event.add("dtend", _end_of_first(plan).replace(tzinfo=zone))
        event.add(_ENDS, "UNTIL")
    if plan.rule:
        event.add("rrule", vRecur.from_ical(_rule_in_utc(plan)))
    left_out = [local for local in plan.skipped if key_of(local) not in moved]
    for name, locals_ in (("exdate", left_out), ("rdate", plan.also)):
        if locals_:
            event.add(name, [local.replace(tzinfo=zone) for local in sorted(locals_)])
    if row.recurrence_id:
        of_series = ZoneInfo(master.plan["zone"])
        event.add("recurrence-id", local_of(row.recurrence_id).replace(tzinfo=of_series))
    event.add(_CHANNEL, row.channel.name)
    for name, written in _CARE.items():
        event.add(written, str(int(getattr(row, name))))
    if not row.enabled:
        event.add(_OFF, "1")
    return event


def _end_of_first(plan: Plan) -> datetime:
    end = datetime.combine(plan.first.date(), plan.until or time())
    return end if end > plan.first else end + timedelta(days=1)


def _rule_in_utc(plan: Plan) -> str:
    """With a zone at the start, the rule's end is written in UTC."""
    until = until_of(plan.rule)
    if until is None:
        return plan.rule
    parts = [part for part in plan.rule.split(";") if not part.startswith("UNTIL=")]
    return ";".join([*parts, f"UNTIL={key_of(moment(until, plan.zone)[0])}Z"])
