"""Quiet hours: when a destination is not to be disturbed, by its own clock."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def until(now: datetime, zone: str, begins: str | None, ends: str | None) -> datetime | None:
    """When the quiet hours that it is now will end; None outside of them.

    begins, ends: "HH:MM" by the clocks of `zone`; the end may be on the next day. An hour
    that the clocks skip or repeat counts as those clocks show it.
    """
    if not begins or not ends or begins == ends:
        return None
    here = now.astimezone(ZoneInfo(zone))
    start, end = time.fromisoformat(begins), time.fromisoformat(ends)
    clock = here.time().replace(tzinfo=None)
    over_night = start > end
    quiet = (clock >= start or clock < end) if over_night else start <= clock < end
    if not quiet:
        return None
    day = here.date() + timedelta(days=1 if over_night and clock >= start else 0)
    found = datetime.combine(day, end, ZoneInfo(zone)).astimezone(now.tzinfo)
    return found if found > now else now + timedelta(minutes=1)
