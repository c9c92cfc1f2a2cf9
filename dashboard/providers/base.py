"""The one interface behind which every vendor stands, in both directions.

**A start in two steps.** `prepare` takes from the vendor whatever names the coming
recording without beginning it; the caller keeps that handle on disk, and only then
calls `start`. Should the answer to `start` be lost, the handle still says which
recording may be running, and `settle` finds out. A second handle is never prepared
while the first is unsettled, so there is never a second recording.

**What an error promises.** `ProviderError.outcome == "refused"`: nothing was begun or
changed. `"unknown"`: it may have been; settle it. `prepare` only ever fails "refused",
since a prepared recording that nobody starts costs nothing and expires by itself.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from dashboard.domain.events import RecordingEvent
from dashboard.domain.recording import (
    Canvas,
    Mode,
    Profile,
    RecordingHandle,
    RecordingSnapshot,
    RecordingSpec,
    RoomType,
    StorageTarget,
)
from dashboard.domain.subscription import Subscription, SubscriptionRules
from dashboard.errors import Text, text
from dashboard.layouts.document import Layout
from dashboard.layouts.families import CLOUD_RECORDING, Family


@dataclass(frozen=True)
class AccountConfig:
    """What is needed to speak to one account and to believe what it says.

    vendor: the word of the registry ("agora"). base_url: scheme, host and port, no path.
    credentials: by the names that Capabilities.credentials lists.
    callback_secrets: all that are valid now; two while a secret is being changed.
    studio: the account answers the engine's studio interface beside the vendor's own.
    """

    id: int
    vendor: str
    name: str
    base_url: str
    app_id: str
    credentials: Mapping[str, str] = field(repr=False)
    callback_secrets: tuple[str, ...] = field(default=(), repr=False)
    studio: bool = False


FOLDER = "folder"
"""Part of a handle where a vendor puts the files into a folder of their own, below the prefix."""

Gate = Callable[[str], None]
"""Called before every request with the operation's name ("query", "stop", ...).

It waits for the account's turn, so that the vendor's limit is kept by all processes together.
"""


@dataclass(frozen=True)
class Span:
    """Whole numbers low..high, both included."""

    low: int
    high: int

    def __contains__(self, value: int) -> bool:
        return self.low <= value <= self.high


@dataclass(frozen=True)
class Bar:
    """Something that accounts of a vendor cannot do, and why; a form shows the reason.

    field: of a Profile ("mode", "canvas.fps"). values: those that cannot be chosen; empty: any
    but the default. modes: where it holds; empty: everywhere.
    """

    field: str
    reason: Text
    values: tuple[str, ...] = ()
    modes: tuple[Mode, ...] = ()


@dataclass(frozen=True)
class Secret:
    """One of AccountConfig.credentials. hidden: write-only in a page. hint: what it is for.

    switch: it is on ("yes") or off ("").
    """

    name: str
    label: Text
    hidden: bool = True
    required: bool = True
    hint: Text | None = None
    switch: bool = False


_OFF = frozenset({"", "no", "0", "false", "off", "否"})
"""What people wrote for a switch that is off, when it was a field for text."""


def is_on(value: str) -> bool:
    """Whether a credential that is a switch is on."""
    return value.strip().lower() not in _OFF


@dataclass(frozen=True)
class StoreOffer:
    """A kind of store that a vendor can write to.

    kind: of StorageTarget. regions: names, lower case with dashes ("us-east-1"); empty: any
    text, or none where `region` is False. options: names of StorageTarget.options.
    prefix: what each element of the prefix must match wholly (a regular expression).
    prefix_most: characters of all elements joined with "/"; 0: no limit.
    """

    kind: str
    name: str
    regions: tuple[str, ...] = ()
    region: bool = True
    bucket: bool = True
    keys: bool = True
    endpoint: bool = False
    sts: bool = False
    options: tuple[str, ...] = ()
    prefix: str = "[A-Za-z0-9]+"
    prefix_most: int = 128
    hint: Text | None = None


@dataclass(frozen=True)
class Tells:
    """What the callbacks of a vendor tell of a recording that goes well.

    every_s: one comes at this pace; None: only at changes. senders: who begins and stops to
    send. uploads: how much has arrived, again and again, rather than the first file alone.
    """

    every_s: int | None = None
    senders: bool = False
    uploads: bool = False


@dataclass(frozen=True)
class NameRule:
    """What a channel may be called. pattern: matched wholly. words: the same for a person.

    most_bytes: in UTF-8. numbers: it is a whole number within this.
    """

    words: Text
    pattern: str = ".+"
    most_bytes: int = 64
    numbers: Span | None = None

    def takes(self, name: str) -> bool:
        fits = len(name.encode("utf-8", "replace")) <= self.most_bytes
        if not fits or not re.fullmatch(self.pattern, name):
            return False
        return self.numbers is None or int(name) in self.numbers


@dataclass(frozen=True)
class Capabilities:
    """What an account can do; forms and jobs ask this, never the vendor's name.

    studio: it can tell who is in a channel, publish test cards and show pictures.
    layouts: which presets, fits and streams its layouts have.
    ranges: of numeric fields of a Profile, by name ("max_idle_s", "canvas.bitrate_kbps").
    numbers: where only some numbers will do ("canvas.fps").
    most_pixels: of the canvas, width times height.
    changes_both: one call sends layout and subscription, so either change repeats the other.
    token_life_s: how long a recorder is let in with what the client makes; None: no such limit.
    bars: what it cannot do. hints: traps of a field that are built in, for whoever fills it in.
    uid, uid_hint: what a recorder's uid must match wholly (a regular expression), and in words.
    channel: what channels may be called; channel_by_number: those of rooms that go by number.
    app_id: what the vendor calls AccountConfig.app_id; app_id_rule, app_id_words: what it must
    match wholly (a regular expression), and in words. rate_per_s: calls of an account.
    """

    most_regions: int
    set_layout: bool = True
    set_subscription: bool = True
    studio: bool = False
    layouts: Family = CLOUD_RECORDING
    ranges: Mapping[str, Span] = field(default_factory=dict)
    numbers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    most_pixels: int = 1920 * 1080
    bars: tuple[Bar, ...] = ()
    hints: Mapping[str, Text] = field(default_factory=dict)
    subscription: SubscriptionRules = SubscriptionRules()
    stores: tuple[StoreOffer, ...] = ()
    credentials: tuple[Secret, ...] = ()
    app_id: Text = text("App ID")
    app_id_rule: str = r"[A-Za-z0-9_.\-]{1,64}"
    app_id_words: Text = text("Give it as the vendor's console shows it.")
    uid: str = ".{1,64}"
    uid_hint: Text | None = None
    channel: NameRule = NameRule(text("1 to 64 letters, digits or signs."))
    channel_by_number: NameRule | None = None
    base_urls: tuple[str, ...] = ()
    rate_per_s: int = 10
    token_life_s: int | None = None
    renew_storage: bool = False
    changes_both: bool = False
    tells: Tells = Tells()

    def why_not(self, name: str, value: object = None, mode: Mode | None = None) -> Text | None:
        """Why a field, or one value of it, cannot be used; None when it can.

        mode: of the profile; without it only what holds in every mode counts.
        """
        given = None if value is None else str(value)
        for bar in self.bars:
            holds = not bar.modes or mode in bar.modes
            if bar.field == name and holds and (not bar.values or given in bar.values):
                return bar.reason
        return None

    def channel_rule(self, room_type: RoomType) -> NameRule:
        is_number = room_type is RoomType.NUMBER and self.channel_by_number
        return self.channel_by_number if is_number else self.channel

    def store(self, kind: str) -> StoreOffer | None:
        return next((offer for offer in self.stores if offer.kind == kind), None)


@dataclass(frozen=True)
class Person:
    """Somebody in a channel, as a studio tells it. color: "#RRGGBB" or None."""

    uid: str
    kind: str
    audio: bool
    video: bool
    color: str | None = None


class RecordingProvider(Protocol):
    """Speaks to one account, from any thread. Every method may raise ProviderError."""

    capabilities: Capabilities

    def prepare(self, spec: RecordingSpec) -> RecordingHandle:
        """Ask the vendor for a name for the coming recording. Nothing runs yet.

        Keep the handle on disk before calling `start` with it; it is good for a few
        minutes and for one recording. Raises only with outcome "refused".
        """
        ...

    def start(self, spec: RecordingSpec, handle: RecordingHandle) -> RecordingHandle:
        """Begin what was prepared. spec: the same one. Returns the complete handle.

        Takes at most about 20 s. Raises with outcome "refused" (nothing runs) or
        "unknown" (leave the recording starting; a callback or `settle` will tell).
        """
        ...

    def settle(self, spec: RecordingSpec, handle: RecordingHandle) -> RecordingHandle | None:
        """Find out what became of a start whose answer was lost.

        It may repeat the very same start, which begins the recording only if it never
        began: so at the end one recording runs, or none. Somebody who no longer wants it
        stops the handle that comes back.

        Returns the complete handle: it runs (or did). Returns None: it never started and
        never will. Raises with outcome "refused": it never started, for the reason given.
        Raises with outcome "unknown": not known yet, ask again later; the first callback
        may well come before (its `handle_parts` complete the handle).
        """
        ...

    def query(self, handle: RecordingHandle) -> RecordingSnapshot:
        """What the vendor knows now. Phase.GONE: it says that it has no such recording,
        which is also true for up to 90 s while it restores a lost recorder.
        """
        ...

    def set_layout(self, handle: RecordingHandle, layout: Layout, spec: RecordingSpec) -> None:
        """Replace the whole layout.

        spec: how it is recorded now. Where a vendor's call replaces more than the layout, the
        rest is sent again as it says.
        """
        ...

    def set_subscription(
        self, handle: RecordingHandle, subscription: Subscription, spec: RecordingSpec
    ) -> None:
        """Replace whom it records. spec: how it is recorded now, with the present layout.

        Only where Capabilities.set_subscription is True.
        """
        ...

    def renew_storage(self, handle: RecordingHandle, storage: StorageTarget) -> None:
        """Give it a new temporary key for the same store, about once an hour.

        Only where Capabilities.renew_storage is True.
        """
        ...

    def stop(self, handle: RecordingHandle) -> RecordingSnapshot:
        """Ask the vendor to stop, without waiting for the upload. May be repeated.

        Phase.FINISHING: it is closing. ENDED: nothing more will come. GONE: as in `query`.
        """
        ...

    def close(self) -> None: ...


class Studio(Protocol):
    """What only an account with Capabilities.studio can do. May raise ProviderError."""

    def people(self, channel: str) -> Sequence[Person]: ...

    def preview(self, handle: RecordingHandle, width: int) -> bytes | None:
        """The picture being recorded now, as JPEG; None before the first one and after the end."""
        ...

    def person_preview(self, channel: str, uid: str, width: int) -> bytes | None:
        """What somebody in a channel looks like now, as JPEG; None without a picture."""
        ...

    def full_disk_mb(self) -> int | None:
        """What is left on a disk that takes no further recording; None where it takes one."""
        ...


class LayoutFormat(Protocol):
    """One vendor's own JSON for layouts. Pure: functions of a module."""

    def write(self, layout: Layout, canvas: Canvas) -> Mapping[str, Any]:
        """Raises Unsupported for a layout that the vendor has not."""
        ...

    def is_ours(self, document: Mapping[str, Any]) -> bool:
        """Whether there is a layout of this vendor in it."""
        ...

    def read(self, document: Mapping[str, Any]) -> tuple[Layout, tuple[str, ...]]:
        """The layout, and the fields that have no place in ours. Raises InvalidInput.

        document: one that `is_ours`.
        """
        ...

    def canvas_of(self, document: Mapping[str, Any]) -> Canvas | None:
        """The picture it was drawn on, None where it does not say. Raises InvalidInput."""
        ...


@dataclass(frozen=True)
class SentRequest:
    """A request as it would go out, without its secrets.

    call: the vendor's name for it. curl: the same as a line for a shell, which takes the keys
    from variables. remark: how those are made, where that takes words.
    """

    call: str
    url: str
    body: Mapping[str, Any]
    curl: str
    remark: Text | None = None


@dataclass(frozen=True)
class ReadRequest:
    """What a request of a vendor says in our words.

    channel, storage: None where it names none; keys are never taken over.
    left_out: names of members that have no place in ours.
    """

    profile: Profile
    channel: str | None
    storage: StorageTarget | None
    left_out: tuple[str, ...]


class RequestFormat(Protocol):
    """One vendor's own requests, for taking them along. Pure: functions of a module."""

    def requests_of(
        self, spec: RecordingSpec, base_url: str, app_id: str
    ) -> tuple[SentRequest, ...]:
        """What starts such a recording, in order. Raises Unsupported."""
        ...

    def is_request(self, document: Mapping[str, Any]) -> bool: ...

    def read_request(self, document: Mapping[str, Any]) -> ReadRequest:
        """document: one that `is_request`. What it does not say is as the vendor takes it.

        Raises InvalidInput with the member that is wrong.
        """
        ...


class Verdict(StrEnum):
    """What the signature of a callback says of it."""

    GENUINE = "genuine"
    UNSIGNED = "unsigned"
    FORGED = "forged"


@dataclass(frozen=True)
class ParsedDelivery:
    """A callback read. The words of the vendor stop here.

    key: what `handle_key` gives for the recording it is about; None if it names none.
    handle_parts: to be merged into a handle that lost the answer to its start.
    channel, recorder_uid: which recording it is where no handle has that key yet.
    sequence: the vendor's count within that recording, from 0. sent_at: when this copy was sent.
    probe: the vendor's console is only trying out our address.
    """

    key: str | None
    handle_parts: Mapping[str, str]
    channel: str | None
    recorder_uid: str | None
    event: RecordingEvent
    event_at: datetime
    sent_at: datetime | None = None
    sequence: int | None = None
    probe: bool = False


@dataclass(frozen=True)
class Unreadable:
    """A callback that is signed, hence genuine, but cannot be understood: kept, not applied.

    reason: a short fixed word for counting ("json", "duplicate_name", "depth", "fields", ...).
    """

    reason: str


@dataclass(frozen=True)
class Fact:
    """A number or fixed word of a callback, and what it means.

    name: the vendor's, with the object it stands in ("details.leaveCode"). meaning: one for each
    bit of a bit field; empty: nobody has written down what it means. at: where it is a time.
    """

    name: str
    value: str
    meaning: tuple[Text, ...] = ()
    at: datetime | None = None

    @property
    def is_known(self) -> bool:
        return bool(self.meaning) or self.at is not None


class Callbacks(Protocol):
    """How one vendor reports. Pure: bytes in, values out; nothing here raises for bad input."""

    counts: bool
    """Whether it numbers the callbacks of a recording: without that, gaps cannot be seen."""

    def verify(self, headers: Mapping[str, str], raw: bytes, secrets: Sequence[str]) -> Verdict:
        """Compare the signature over the raw bytes with each secret, in constant time.

        headers: names in any case.
        """
        ...

    def duplicate_key(self, raw: bytes) -> str:
        """The same for every copy of one notice, different for any other. At most 200 characters.

        An id that comes back with another content gives another key, so that both are kept.
        """
        ...

    def parse(self, raw: bytes) -> ParsedDelivery | Unreadable: ...

    def explain(self, raw: bytes) -> tuple[Fact, ...]:
        """Every number and fixed word in it; nothing where it cannot be read."""
        ...

    def probe(self, nonce: str, at: datetime) -> bytes:
        """A body that `parse` takes for a trial of our address. nonce: found again in
        `duplicate_key`, so that one trial is told from another."""
        ...

    def sign(self, secret: str, raw: bytes) -> Mapping[str, str]:
        """The headers by which the vendor would prove that a body is its own."""
        ...
