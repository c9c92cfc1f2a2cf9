"""How long to wait before a vendor is asked again how a recording is. Pure: facts in, seconds out.

Callbacks tell most of it, and vendors limit how often they may be asked. So the questions
go where something is doubtful: a young recording, one whose callbacks have fallen silent or
never came, one that the vendor did not know, one whose end is near. The others are asked
about every two minutes, as Agora's pages advise (5 s after the start, then every 2 min).
"""

from dataclasses import dataclass

from dashboard.domain.lifecycle import RecordingState

QUESTIONS = 0.4
"""Of the requests that a vendor allows a second; the rest is for people's commands."""
QUICK_S = {
    RecordingState.STARTING: 1.5,
    RecordingState.RECORDING: 5.0,
    RecordingState.STOPPING: 2.0,
    RecordingState.UPLOADING: 2.0,
}
"""Where asking costs next to nothing: the engine of this machine."""
FIRST_S = 5.0
YOUNG_S = 30.0
CALM_S = 120.0
SILENT_AFTER_S = 180.0
"""Vendors that report progress do so every minute: by now three are missing."""
SILENT_S = 30.0
NEVER_HEARD_S = 15.0
STOPPING_S = 5.0
CLOSING_S = 5.0
CLOSING_MOST_S = 60.0
CLEAR_S = 6.0
"""After a first "I know no such recording", when a closed playlist is believed."""
RESTORING_S = 90.0
"""A vendor may not know a recording for so long while it replaces a lost recorder."""
UNKNOWN_S = 30.0


@dataclass(frozen=True)
class Facts:
    """A recording at the moment when it has been looked after; all ages in seconds.

    quick: asking costs nothing. age_s: since Start was pressed. heard_s: since its last
    callback, None: there never was one. closing_s: since it stopped recording. unknown_s:
    since the vendor first did not know it. near_end_s: until we stop it, None: not planned.
    line_s: how long it takes to ask about all recordings of the account, at its share.
    """

    state: RecordingState
    quick: bool = False
    age_s: float = 0.0
    heard_s: float | None = None
    closing_s: float = 0.0
    unknown_s: float | None = None
    near_end_s: float | None = None
    line_s: float = 0.0


def pause_s(facts: Facts) -> float:
    """Seconds until it is asked about again."""
    wanted = _wanted_s(facts)
    if facts.near_end_s is not None:
        return min(wanted, max(1.0, facts.near_end_s))
    return wanted


def line_s(recordings: int, rate_per_s: float) -> float:
    """How long it takes to ask about each of so many once. rate_per_s: what the vendor allows."""
    return recordings / (rate_per_s * QUESTIONS)


def _wanted_s(facts: Facts) -> float:
    if facts.state is RecordingState.RECORDING and facts.unknown_s is not None:
        return _until_clear_s(facts.unknown_s)
    if facts.state is RecordingState.RECORDING:
        return max(QUICK_S[facts.state] if facts.quick else _running_s(facts), facts.line_s)
    if facts.quick:
        return QUICK_S[facts.state]
    if facts.state is RecordingState.UPLOADING:
        return min(CLOSING_MOST_S, max(CLOSING_S, facts.closing_s / 4))
    return STOPPING_S if facts.state is RecordingState.STOPPING else FIRST_S


def _until_clear_s(unknown_s: float) -> float:
    """Soon once, then sparingly until the vendor's time for a replacement is over."""
    if unknown_s < CLEAR_S:
        return CLEAR_S
    return min(UNKNOWN_S, max(1.0, RESTORING_S - unknown_s))


def _running_s(facts: Facts) -> float:
    """At ease as long as callbacks come; then at the moment when their silence is too long."""
    if facts.heard_s is None:
        return FIRST_S if facts.age_s < YOUNG_S else NEVER_HEARD_S
    return min(CALM_S, max(SILENT_S, SILENT_AFTER_S - facts.heard_s))
