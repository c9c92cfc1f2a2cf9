"""What screens are given: frozen, JSON-simple, free of secrets and of table rows.

Times are aware datetimes in UTC. Sentences are `Text`, translated at the web's edge.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from dashboard.domain.events import EventKind
from dashboard.domain.lifecycle import RecordingState, is_active
from dashboard.domain.recording import Canvas, Profile
from dashboard.domain.subscription import Subscription
from dashboard.errors import Text
from dashboard.layouts.document import Layout
from dashboard.services.billing import Estimate

Role = Literal["viewer", "operator", "administrator"]
ROLES: tuple[Role, ...] = ("viewer", "operator", "administrator")
"""Each may do all that the ones before it may."""

Lamp = Literal["on_air", "busy", "attention", "off"]
Level = Literal["info", "warning", "error"]
Source = Literal["command", "callback", "sync", "watchdog"]
TimelineKind = Literal["command", "callback", "poll"]
TimelineFilter = Literal["all", "command", "callback", "poll", "state"]
FileKind = Literal["playlist", "slice", "mp4", "other"]
Sort = Literal["started", "channel", "state", "duration"]

_NEEDS = {"view": "viewer", "operate": "operator", "administer": "administrator"}

# ---------------------------------------------------------------- people


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who is signed in, and by which session.

    id: None for who acts without being a person: a schedule.
    session_id: the login session's row, to which media addresses are bound; None for the
        command line. token: the session's secret, which only the cookie may carry.
    """

    id: int | None
    email: str
    role: Role
    locale: str | None = None
    theme: str | None = None
    session_id: int | None = None
    token: str = field(default="", repr=False, compare=False)

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def may(self, action: Literal["view", "operate", "administer"]) -> bool:
        return ROLES.index(self.role) >= ROLES.index(_NEEDS[action])

    def get_id(self) -> str:
        """What the login cookie carries: the token of the server-side session."""
        return self.token


@dataclass(frozen=True)
class SignedIn:
    """A fresh session. token: 256 random bits, stored here only as a hash."""

    token: str = field(repr=False)
    actor: Actor


@dataclass(frozen=True)
class Invite:
    """A one-time link somebody holds. expired: too old, or used already."""

    email: str
    role: Role
    expired: bool


@dataclass(frozen=True)
class UserRow:
    """A person in the list of people. pending: invited, has no password yet."""

    id: int
    email: str
    role: Role
    disabled: bool
    pending: bool
    last_seen_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class SessionView:
    """One of a person's own sessions. device: what the browser called itself, shortened."""

    id: int
    address: str
    device: str
    started_at: datetime
    last_seen_at: datetime
    current: bool


# ---------------------------------------------------------------- recordings


@dataclass(frozen=True)
class PersonView:
    """Somebody in the channel. color: "#RRGGBB" of a test card, else None."""

    uid: str
    kind: str
    audio: bool
    video: bool
    color: str | None = None


@dataclass(frozen=True)
class EventView:
    """One thing that happened to a recording.

    at: when it happened by the teller's clock; here_at: by ours. sequence: the
    vendor's count. state: where it moved the
    recording, if it did. delivery_id: the callback that told it,
    whose raw body can be shown. actor_email: who pressed, for commands.
    vendor_words: code and text of a vendor's refusal, as it gave them.
    """

    id: int
    at: datetime
    source: Source
    kind: EventKind
    sentence: Text
    level: Level = "info"
    delivery_id: int | None = None
    actor_email: str | None = None
    vendor_words: str | None = None
    here_at: datetime | None = None
    sequence: int | None = None
    state: RecordingState | None = None


@dataclass(frozen=True)
class TimelineLine:
    """One line of a recording's timeline; all times by our clock.

    key: of this line among all, and in the page. kind: of what it tells; what we found out by
    asking counts as a poll. event: None for a run of equal answers, which began at `at`, was
    heard `times` times, and last at `until`. repeats: copies of a callback that came later; gap:
    the first and last number that are missing before it.
    """

    key: str
    at: datetime
    kind: TimelineKind
    sentence: Text
    level: Level = "info"
    event: EventView | None = None
    until: datetime | None = None
    times: int = 1
    repeats: int = 0
    gap: tuple[int, int] | None = None


@dataclass(frozen=True)
class Timeline:
    """Newest first, as much as was asked for. counts: of all there is, by kind; "state" are
    those that moved the recording. hidden: how many more there are of what is shown."""

    lines: tuple[TimelineLine, ...] = ()
    shown: TimelineFilter = "all"
    counts: Mapping[str, int] = field(default_factory=dict)
    hidden: int = 0


@dataclass(frozen=True)
class HealthLine:
    """A condition that holds, in words. advice: what to do next."""

    condition: str
    level: Level
    sentence: Text
    advice: Text
    since: datetime


@dataclass(frozen=True)
class FileView:
    """One recorded file. name: with its folders, as `media.address_for` takes it.

    size_bytes, arrived: what the storage says; None and False until it is there.
    """

    name: str
    kind: FileKind
    arrived: bool = False
    size_bytes: int | None = None
    started_at: datetime | None = None

    @property
    def short_name(self) -> str:
        return self.name.rsplit("/", 1)[-1]


@dataclass(frozen=True)
class StateStep:
    """The recording came into `state` at `at`, because `why`."""

    state: RecordingState
    at: datetime
    why: Text


@dataclass(frozen=True, kw_only=True)
class RecordingBrief:
    """A recording in a row.

    started_at: Start was pressed. recording_since: the recorder was first known to run.
    duration_s: recorded seconds so far; the page ticks on from `recording_since` itself.
    reachable: False while the vendor does not answer our questions.
    stop_wanted: Stop was pressed before the vendor had told what to stop.
    preview_version: changes with the picture; None where there is none.
    resumed: how often the recorder was replaced after a crash.
    failure, vendor_words: why it failed, and the vendor's code and text for it.
    health: what somebody should know of it now, worst first. outcome: of an ended one, why it
    ended and what there is of it.
    files_missing: of an ended one, files that were told of and never arrived.
    """

    id: int
    channel_id: int
    channel_name: str
    account_name: str
    state: RecordingState
    version: int
    started_at: datetime
    layout: Layout
    canvas: Canvas
    subscription: Subscription = Subscription()
    reachable: bool = True
    stop_wanted: bool = False
    recording_since: datetime | None = None
    ended_at: datetime | None = None
    duration_s: float | None = None
    last_event: EventView | None = None
    preview_version: int | None = None
    failure: Text | None = None
    vendor_words: str | None = None
    end_reason: Text | None = None
    health: tuple[HealthLine, ...] = ()
    outcome: Text | None = None
    resumed: int = 0
    files_missing: int = 0

    @property
    def is_active(self) -> bool:
        return is_active(self.state)

    @property
    def on_air(self) -> bool:
        return self.state is RecordingState.RECORDING


@dataclass(frozen=True, kw_only=True)
class RecordingScreen(RecordingBrief):
    """A recording's own page.

    events: newest first. unknown: what nothing tells of it. states: oldest first.
    playable: the playlist is in the storage.
    playlist, mp4_names: names for `media.address_for`, those that have arrived.
    handle: what the vendor calls it, as pairs for the Details. stops_at: its ceiling is reached.
    billing: what will probably be billed; None where nothing is.
    poll_s: when to ask again, None when nothing will change any more.
    """

    profile: Profile
    digest: str
    poll_s: int | None
    started_by: str | None = None
    events: tuple[EventView, ...] = ()
    states: tuple[StateStep, ...] = ()
    people: tuple[PersonView, ...] = ()
    files: tuple[FileView, ...] = ()
    playlist: str | None = None
    mp4_names: tuple[str, ...] = ()
    unknown: tuple[Text, ...] = ()
    handle: tuple[tuple[str, str], ...] = ()
    last_seen_at: datetime | None = None
    billing: Estimate | None = None
    stops_at: datetime | None = None

    @property
    def playable(self) -> bool:
        return self.playlist is not None


@dataclass(frozen=True)
class RecordingFilters:
    """The recordings list as somebody wants it. states: empty for all."""

    search: str = ""
    states: tuple[RecordingState, ...] = ()
    channel_id: int | None = None
    sort: Sort = "started"
    direction: Literal["asc", "desc"] = "desc"
    page: int = 1


@dataclass(frozen=True)
class RecordingsPage:
    """One page of the list. page: 1..pages, whatever was asked for."""

    rows: tuple[RecordingBrief, ...]
    total: int
    page: int
    pages: int
    digest: str
    poll_s: int
    filters: RecordingFilters
    per_page: int = 25


@dataclass(frozen=True)
class DeliveryView:
    """A callback as it came. raw_text, headers: signatures and secrets masked."""

    id: int
    received_at: datetime
    verdict: str
    raw_text: str
    headers: tuple[tuple[str, str], ...]
    applied: bool
    repeats: int = 0


# ---------------------------------------------------------------- channels


@dataclass(frozen=True)
class ChannelFilters:
    archived: bool = False
    search: str = ""


@dataclass(frozen=True, kw_only=True)
class ChannelRow:
    """A channel and its recording: the active one, else the last one, else None."""

    id: int
    name: str
    account_id: int
    account_name: str
    account_reachable: bool
    profile: Profile
    archived: bool = False
    people: tuple[PersonView, ...] = ()
    recording: RecordingBrief | None = None
    lamp: Lamp = "off"

    @property
    def may_start(self) -> bool:
        """Nothing stands in the way of a new recording (the person's role aside)."""
        return not self.archived and not (self.recording and self.recording.is_active)


@dataclass(frozen=True)
class ChannelsScreen:
    rows: tuple[ChannelRow, ...]
    digest: str
    poll_s: int
    on_air: int
    filters: ChannelFilters = ChannelFilters()


@dataclass(frozen=True)
class ChannelChoice:
    """A channel in a list to choose from."""

    id: int
    name: str
    archived: bool = False


@dataclass(frozen=True)
class AccountChoice:
    """An account in a list to choose from. most_regions: of a custom layout."""

    id: int
    name: str
    vendor: str
    reachable: bool = True
    most_regions: int = 17


@dataclass(frozen=True)
class ChannelForm:
    """A channel's form, filled in: values by field name, all text. name: what it is called.

    seen: the last change that it was filled in after, see services/stale.py.
    """

    values: Mapping[str, str]
    channel_id: int | None = None
    archived: bool = False
    name: str = ""
    seen: str = ""


# ---------------------------------------------------------------- the shell


@dataclass(frozen=True)
class ShellStatus:
    """The rail's foot and the title. words: one sentence a fault, empty when all is well.

    alerts: open ones that nobody has acknowledged.
    """

    on_air: int
    engine_ok: bool
    worker_ok: bool
    digest: str
    words: tuple[Text, ...] = ()
    poll_s: int = 5
    alerts: int = 0
