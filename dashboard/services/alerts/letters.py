"""What a message says, in the language and by the clock of its destination."""

from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.support import NullTranslations, Translations

from dashboard.errors import Text, text
from dashboard.models import AlertDestination, AlertIncident, AlertMessage
from dashboard.services import condition_words, context
from dashboard.services.alerts import ways
from dashboard.services.alerts.conditions import WATCHED, advice, sentence
from dashboard.services.alerts.postman import Letter

_TRANSLATIONS = Path(__file__).parents[2] / "translations"
_LOCALES = {"zh": "zh_Hans_CN"}
_TIMES = {"en": "d MMM y, HH:mm", "zh": "y年M月d日 HH:mm"}
LANGUAGES = tuple(_TIMES)
MOST_LINES = 30


class Teller:
    """Sentences in one language, times in one zone."""

    def __init__(self, language: str, zone: str) -> None:
        self._words = _catalog(language)
        self._locale, self._form = _LOCALES.get(language, language), _TIMES[language]
        self._zone = ZoneInfo(zone)

    def say(self, sentence: Text) -> str:
        template = self._words.gettext(sentence.template)
        if not sentence.values:
            return template
        values = {
            name: self.say(value) if isinstance(value, Text) else value
            for name, value in sentence.values.items()
        }
        return template % values

    def when(self, at: datetime) -> str:
        told = format_datetime(at, self._form, tzinfo=self._zone, locale=self._locale)
        return f"{told} ({self._zone.key})"


def of(row: AlertMessage, joined: list[AlertMessage]) -> Letter:
    """joined: the messages that a summary stands for."""
    teller = Teller(row.destination.language, row.destination.zone)
    if row.kind == "summary":
        title, lines, level = _summary(teller, joined)
    else:
        title, lines, level = _one(teller, row)
    if row.unsure:
        lines.append(teller.say(_REPEAT))
    about = {"id": str(row.id), "kind": row.kind}
    if row.incident is not None:
        about |= {"incident": str(row.incident_id), "condition": row.incident.condition,
                  "where": row.incident.where, "link": _link(row.incident)}  # fmt: skip
    return _letter(row.destination, title, lines, level, about, tuple(row.accepted))


def trial(destination: AlertDestination, email: str) -> Letter:
    teller = Teller(destination.language, destination.zone)
    title = teller.say(text("Test from Tallydeck"))
    lines = [
        teller.say(
            text("%(email)s tries out this destination. Nothing has happened.", email=email)
        ),
        context.settings().address,
    ]
    return _letter(destination, title, lines, "info", {"kind": "test"}, ())


def _letter(
    destination: AlertDestination,
    title: str,
    lines: list[str],
    level: str,
    about: dict[str, str],
    skip: tuple[str, ...],
) -> Letter:
    return Letter(
        way=ways.way_of(destination),
        internal=destination.internal,
        title=title,
        body="\n".join(lines),
        level=level,
        about=about,
        skip=skip,
    )


# ---------------------------------------------------------------- one incident

_REPEAT = text("This may be a repeat: the answer to an earlier try was lost.")
_TITLES = {
    "opened": text("%(where)s: %(what)s"),
    "repeated": text("Still, %(where)s: %(what)s"),
    "resolved": text("Over, %(where)s: %(what)s"),
}


def _one(teller: Teller, row: AlertMessage) -> tuple[str, list[str], str]:
    incident = row.incident
    what = WATCHED[incident.condition].name
    title = teller.say(Text(_TITLES[row.kind].template, {"where": incident.where, "what": what}))
    if row.kind == "resolved":
        lines, level = [teller.say(_lasted(teller, incident))], "success"
    else:
        lines = [
            teller.say(sentence(*_finding(incident), context.now())),
            teller.say(advice(*_finding(incident))),
            teller.say(text("Since %(when)s.", when=teller.when(incident.since))),
        ]
        level = "failure" if incident.level == "error" else "warning"
    return title, [*lines, _link(incident)], level


def _lasted(teller: Teller, incident: AlertIncident) -> Text:
    until = incident.resolved_at or context.now()
    return text(
        "It is over. It lasted %(lasts)s, from %(begun)s until %(ended)s.",
        lasts=condition_words.lasting(until - incident.since),
        begun=teller.when(incident.since),
        ended=teller.when(until),
    )


def _finding(incident: AlertIncident) -> tuple:
    return incident.condition, incident.since, incident.detail


def _link(incident: AlertIncident) -> str:
    address = context.settings().address
    if incident.recording_id:
        return f"{address}/recordings/{incident.recording_id}"
    return f"{address}/alerts"


# ---------------------------------------------------------------- several together


def _summary(teller: Teller, joined: list[AlertMessage]) -> tuple[str, list[str], str]:
    """A line for each incident, as it is now; those that go on first."""
    incidents = {row.incident_id: row.incident for row in joined}.values()
    ordered = sorted(incidents, key=lambda one: (one.resolved_at is not None, one.since))
    still = sum(one.resolved_at is None for one in ordered)
    title = teller.say(
        text("%(count)s alerts, %(open)s of them go on", count=len(ordered), open=still)
    )
    lines = [_line(teller, one) for one in ordered[:MOST_LINES]]
    if len(ordered) > MOST_LINES:
        lines.append(teller.say(text("And %(count)s more.", count=len(ordered) - MOST_LINES)))
    grave = any(one.level == "error" for one in ordered if one.resolved_at is None)
    level = "failure" if grave else "warning" if still else "success"
    return title, [*lines, f"{context.settings().address}/alerts"], level


def _line(teller: Teller, incident: AlertIncident) -> str:
    what = WATCHED[incident.condition].name
    if incident.resolved_at is None:
        words = text("%(where)s: %(what)s, since %(when)s", where=incident.where, what=what,
                     when=teller.when(incident.since))  # fmt: skip
    else:
        lasts = condition_words.lasting(incident.resolved_at - incident.since)
        words = text("%(where)s: %(what)s, over after %(lasts)s", where=incident.where, what=what,
                     lasts=lasts)  # fmt: skip
    return f"• {teller.say(words)}"


@cache
def _catalog(language: str) -> NullTranslations:
    return Translations.load(_TRANSLATIONS, [language])
