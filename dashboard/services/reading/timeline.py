"""One timeline of a recording: commands, callbacks, polls, and where they moved it.

Everything is put in order by our clock, whenever it was told.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from dashboard.domain.recording import Phase
from dashboard.errors import Text, text
from dashboard.models import Poll
from dashboard.services import polls, texts
from dashboard.services.reading import ledger
from dashboard.services.readmodels import (
    EventView,
    Level,
    Timeline,
    TimelineFilter,
    TimelineKind,
    TimelineLine,
)
from dashboard.services.view_of import vendor_words

FILTERS: tuple[TimelineFilter, ...] = ("all", "command", "callback", "poll", "state")

_KINDS: Mapping[str, TimelineKind] = {"command": "command", "callback": "callback"}
_ANSWERS: Mapping[str, Text] = {
    Phase.STARTING.value: text("Asked: it is starting."),
    Phase.RUNNING.value: text("Asked: it records."),
    Phase.FINISHING.value: text("Asked: it is finishing."),
    Phase.ENDED.value: text("Asked: it has ended."),
    Phase.FAILED.value: text("Asked: it has failed."),
    Phase.GONE.value: text("Asked: the vendor does not know it."),
    polls.NO_ANSWER: text("Asked: no answer."),
    polls.REFUSED: text("Asked: the question was refused."),
}
_DOUBTFUL = frozenset({Phase.FAILED.value, Phase.GONE.value, polls.NO_ANSWER, polls.REFUSED})


def of(
    recording_id: int, events: Iterable[EventView], shown: TimelineFilter, most: int | None
) -> Timeline:
    """events: of this recording. most: lines at most; None: all."""
    lines = _in_order([_of_event(event) for event in events])
    lines = _merged(lines, _runs(polls.of(recording_id)))
    wanted = [line for line in lines if _is_shown(line, shown)]
    cut = wanted if most is None else wanted[:most]
    return Timeline(
        lines=_marked(cut),
        shown=shown,
        counts={name: sum(_is_shown(line, name) for line in lines) for name in FILTERS},
        hidden=len(wanted) - len(cut),
    )


def _of_event(event: EventView) -> TimelineLine:
    return TimelineLine(
        key=f"event-{event.id}",
        at=event.here_at or event.at,
        kind=_KINDS.get(event.source, "poll"),
        sentence=event.sentence,
        level=event.level,
        event=event,
    )


def _in_order(lines: list[TimelineLine]) -> list[TimelineLine]:
    """Newest first. Callbacks that are numbered keep the order of their numbers, even where the
    times that they tell would have it otherwise."""
    numbered = [line for line in lines if line.event.sequence is not None]
    numbered.sort(key=lambda line: line.event.sequence)
    highest: dict[str, datetime] = {}
    latest: datetime | None = None
    for line in numbered:
        latest = line.at if latest is None else max(latest, line.at)
        highest[line.key] = latest

    def moment(line: TimelineLine) -> tuple[datetime, int, int]:
        return highest.get(line.key, line.at), line.event.sequence or 0, line.event.id

    return sorted(lines, key=moment, reverse=True)


def _merged(events: list[TimelineLine], runs: list[TimelineLine]) -> list[TimelineLine]:
    """Both newest first. An answer comes before what it led to."""
    lines: list[TimelineLine] = []
    waiting = list(runs)
    for line in events:
        while waiting and waiting[0].at > line.at:
            lines.append(waiting.pop(0))
        lines.append(line)
    return lines + waiting


def _runs(found: Iterable[Poll]) -> list[TimelineLine]:
    """Newest first. Answers that differ in nothing we tell are one."""
    lines: list[TimelineLine] = []
    for run in found:
        line = _of_poll(run)
        if lines and lines[-1].sentence == line.sentence:
            begun = lines.pop()
            line = replace(begun, times=begun.times + line.times, until=run.last_at)
        lines.append(line)
    return lines[::-1]


def _of_poll(run: Poll) -> TimelineLine:
    """It stands where it began, so that it does not wander while it goes on."""
    return TimelineLine(
        key=f"poll-{run.id}",
        at=run.first_at,
        kind="poll",
        sentence=_answer(run),
        level=_level(run),
        until=run.last_at if run.count > 1 else None,
        times=run.count,
    )


def _answer(run: Poll) -> Text:
    told = _ANSWERS.get(run.outcome) or text("Asked: %(outcome)s.", outcome=run.outcome)
    if run.outcome not in _DOUBTFUL:
        return told
    why = texts.from_json(run.detail.get("why"))
    said = vendor_words(run.detail.get("code"), run.detail.get("text"))
    if why and said:
        return text("%(told)s %(why)s (%(said)s)", told=told, why=why, said=said)
    if why:
        return text("%(told)s %(why)s", told=told, why=why)
    return text("%(told)s (%(said)s)", told=told, said=said) if said else told


def _level(run: Poll) -> Level:
    return "warning" if run.outcome in _DOUBTFUL else "info"


def _is_shown(line: TimelineLine, shown: str) -> bool:
    if shown == "state":
        return line.event is not None and line.event.state is not None
    return shown in ("all", line.kind)


def _marked(lines: list[TimelineLine]) -> tuple[TimelineLine, ...]:
    """With what the ledger knows of each callback: copies, and numbers that are missing."""
    ids = [line.event.delivery_id for line in lines if line.event and line.event.delivery_id]
    known = {entry.id: entry for entry in ledger.lines(ids)}
    return tuple(_mark(line, known) for line in lines)


def _mark(line: TimelineLine, known: Mapping[int, object]) -> TimelineLine:
    entry = known.get(line.event.delivery_id) if line.event else None
    return replace(line, repeats=entry.repeats, gap=entry.gap) if entry else line
