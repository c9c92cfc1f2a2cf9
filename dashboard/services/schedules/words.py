"""A plan as a sentence: "every Monday and Friday, 09:00 to 10:30"."""

from functools import reduce

from dashboard.domain.recurrence import Plan
from dashboard.errors import Text, text
from dashboard.services.schedules import form

WEEKDAYS = {
    "MO": text("Monday"), "TU": text("Tuesday"), "WE": text("Wednesday"), "TH": text("Thursday"),
    "FR": text("Friday"), "SA": text("Saturday"), "SU": text("Sunday"),
}  # fmt: skip
_NTH = {
    1: text("first"), 2: text("second"), 3: text("third"), 4: text("fourth"), -1: text("last"),
}  # fmt: skip


def in_words(plan: Plan) -> Text:
    typed = form.written(plan)
    found = text("%(when)s, %(span)s", when=_when(plan, typed), span=_span(plan))
    if typed["last_date"]:
        return text("%(what)s, until %(date)s", what=found, date=typed["last_date"])
    return found


def _when(plan: Plan, typed: dict[str, str]) -> Text:
    repeats, n = typed["repeats"], int(typed["interval"])
    if repeats == "once":
        return text("once, on %(date)s", date=typed["date"])
    if repeats == "daily":
        return text("every day") if n == 1 else text("every %(n)s days", n=n)
    if repeats == "weekly":
        days = reduce(_and, (WEEKDAYS[day] for day in typed["days"].split(",")))
        if n == 1:
            return text("every week on %(days)s", days=days)
        return text("every %(n)s weeks on %(days)s", n=n, days=days)
    if repeats == "monthly":
        day = _day_of_month(plan, typed["monthly_by"])
        if n == 1:
            return text("every month on %(day)s", day=day)
        return text("every %(n)s months on %(day)s", n=n, day=day)
    return text("by the rule %(rule)s", rule=plan.rule)


def _day_of_month(plan: Plan, by: str) -> Text:
    if by == "last":
        return text("the last day")
    if by == "day":
        return text("day %(day)s", day=plan.first.day)
    weekday = WEEKDAYS[form.DAYS[plan.first.weekday()]]
    return text("the %(nth)s %(weekday)s", nth=_NTH[form.nth(plan.first)], weekday=weekday)


def _and(first: Text, second: Text) -> Text:
    return text("%(first)s, %(second)s", first=first, second=second)


def _span(plan: Plan) -> Text:
    start = f"{plan.first:%H:%M}"
    if plan.until:
        return text("%(start)s to %(end)s", start=start, end=f"{plan.until:%H:%M}")
    minutes = int(plan.length.total_seconds() // 60)
    return text("%(start)s for %(minutes)s min", start=start, minutes=minutes)
