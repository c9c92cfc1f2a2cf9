"""What a recording's own page shows of its read model: the steps, the feed, the files."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from dashboard.domain.events import EventKind
from dashboard.domain.lifecycle import ACTIVE, RecordingState
from dashboard.errors import Text
from dashboard.services.readmodels import (
    EventView,
    FileView,
    PersonView,
    RecordingScreen,
    Timeline,
    TimelineLine,
)

TIMELINE_LINES = 60
FILE_LINES = 12
_SEEN_IN_PICTURE = frozenset(
    {
        EventKind.AUDIO_CHANGED,
        EventKind.VIDEO_CHANGED,
        EventKind.FAILED_OVER,
        EventKind.WARNING,
        EventKind.ERROR,
    }
)
_ON_THE_WAY = (*ACTIVE, RecordingState.COMPLETED)


@dataclass(frozen=True)
class Step:
    """A state on the way. at, why: None while it lies ahead. lasted_s: None while it lasts."""

    state: RecordingState
    place: Literal["done", "now", "ahead"]
    at: datetime | None = None
    why: Text | None = None
    lasted_s: float | None = None


@dataclass(frozen=True)
class FeedLine:
    """One line of the timeline. media_s: where to see it in the player; None: nowhere."""

    line: TimelineLine
    media_s: float | None


@dataclass(frozen=True)
class PageParts:
    """Long lists cut to what fits. hidden_files: how many more there are.

    people: only while it runs; who is in the channel later has nothing to do with it.
    """

    people: tuple[PersonView, ...]
    steps: tuple[Step, ...]
    feed: tuple[FeedLine, ...]
    files: tuple[FileView, ...]
    hidden_files: int
    arrived: int
    arrived_bytes: int


def parts(screen: RecordingScreen, timeline: Timeline, everything: bool = False) -> PageParts:
    files = _in_order(screen.files)
    rows = len(files) if everything else FILE_LINES
    here = [file for file in screen.files if file.arrived]
    return PageParts(
        people=screen.people if screen.is_active else (),
        steps=steps(screen),
        feed=tuple(FeedLine(line, _place(screen, line)) for line in timeline.lines),
        files=tuple(files[:rows]),
        hidden_files=max(0, len(files) - rows),
        arrived=len(here),
        arrived_bytes=sum(file.size_bytes or 0 for file in here),
    )


def steps(screen: RecordingScreen) -> tuple[Step, ...]:
    """The states it went through, then those still ahead."""
    been = [
        Step(step.state, "done", step.at, step.why, _lasted(screen, index))
        for index, step in enumerate(screen.states)
    ]
    if been:
        last = been[-1]
        been[-1] = Step(last.state, "now", last.at, last.why, last.lasted_s)
    ahead = _ON_THE_WAY[_ON_THE_WAY.index(screen.state) + 1 :] if screen.is_active else ()
    return (*been, *(Step(state, "ahead") for state in ahead))


def media_s(screen: RecordingScreen, event: EventView) -> float | None:
    """Seconds from the first recorded picture; None for what cannot be seen or heard in it."""
    starts = [file.started_at for file in screen.files if file.started_at]
    if event.kind not in _SEEN_IN_PICTURE or not starts or not screen.playable:
        return None
    offset = (event.at - min(starts)).total_seconds()
    return round(offset, 1) if 0 < offset < (screen.duration_s or 0) else None


def _place(screen: RecordingScreen, line: TimelineLine) -> float | None:
    return media_s(screen, line.event) if line.kind == "callback" and line.event else None


def _lasted(screen: RecordingScreen, index: int) -> float | None:
    if index + 1 >= len(screen.states):
        return None
    return (screen.states[index + 1].at - screen.states[index].at).total_seconds()


def _in_order(files: tuple[FileView, ...]) -> list[FileView]:
    """What one looks for first: MP4s, the playlist, then the slices, newest first."""
    rank = {"mp4": 0, "playlist": 1, "slice": 2, "other": 3}
    newest = sorted(files, key=lambda file: file.name, reverse=True)
    return sorted(newest, key=lambda file: rank[file.kind])
