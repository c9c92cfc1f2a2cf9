"""What the layout editor and the library are given: frozen, JSON-simple, free of table rows.

`document` is always a Layout in the JSON form of layouts.document, six decimals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from dashboard.domain.recording import Canvas
from dashboard.errors import Conflict, Text
from dashboard.layouts.document import Layout
from dashboard.layouts.families import Family

AppliedSource = Literal["start", "apply", "scene", "restore"]
AppliedOutcome = Literal["applied", "refused", "unknown"]
Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class AppliedView:
    """One attempt to give a recording another layout.

    revision: None where it did not become the recording's layout, or nobody knows.
    vendor_words: code and text of a refusal. took_ms: until the vendor had answered.
    current: it is what is recorded now.
    """

    id: int
    revision: int | None
    document: Document
    at: datetime
    source: AppliedSource
    outcome: AppliedOutcome
    by: str | None = None
    vendor_words: str | None = None
    took_ms: int | None = None
    current: bool = False

    @property
    def layout(self) -> Layout:
        return Layout.from_json(self.document)


@dataclass(frozen=True, kw_only=True)
class NowApplied:
    """The layout that holds now, which a draft is compared with.

    revision: what an apply must name as its base. unsure: the answer to the last apply was
    lost, so that one of the two may be recorded.
    """

    document: Document
    revision: int
    by: str | None = None
    at: datetime | None = None
    unsure: bool = False

    @property
    def layout(self) -> Layout:
        return Layout.from_json(self.document)


@dataclass(frozen=True, kw_only=True)
class EditorPerson:
    """Somebody in the channel, in the order they joined.

    picture_version: changes with their picture; None where there is none.
    """

    uid: str
    kind: str
    audio: bool
    video: bool
    color: str | None = None
    picture_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class SceneView:
    """position: 1.., and the key that applies it while it is at most 9."""

    id: int
    position: int
    name: str
    document: Document

    @property
    def layout(self) -> Layout:
        return Layout.from_json(self.document)

    @property
    def key(self) -> str | None:
        return str(self.position) if self.position <= 9 else None


@dataclass(frozen=True, kw_only=True)
class SavedBrief:
    """A layout in the library, as its newest version is. canvas: what it was drawn on."""

    id: int
    name: str
    tags: tuple[str, ...]
    family: str
    canvas: Canvas
    document: Document
    version: int
    updated_at: datetime
    created_by: str | None = None
    archived: bool = False

    @property
    def layout(self) -> Layout:
        return Layout.from_json(self.document)


@dataclass(frozen=True, kw_only=True)
class SavedVersion:
    version: int
    document: Document
    at: datetime
    by: str | None = None

    @property
    def layout(self) -> Layout:
        return Layout.from_json(self.document)


@dataclass(frozen=True)
class LibraryFilters:
    search: str = ""
    tag: str = ""
    archived: bool = False


@dataclass(frozen=True, kw_only=True)
class LibraryScreen:
    """rows: by name. tags: all that are in use, to filter by."""

    rows: tuple[SavedBrief, ...]
    tags: tuple[str, ...]
    filters: LibraryFilters = LibraryFilters()
    may_change: bool = False


@dataclass(frozen=True, kw_only=True)
class Beat:
    """What may have changed while somebody edits. others: who has the same editor open.

    is_live: the recording still takes layouts. digest: of all of it.
    """

    now: NowApplied
    people: tuple[EditorPerson, ...]
    others: tuple[str, ...]
    is_live: bool
    digest: str
    poll_s: int = 3
    preview_version: int | None = None


@dataclass(frozen=True, kw_only=True)
class EditorScreen:
    """All that the editor begins with.

    recording_id: None when the channel's own layout is edited, for its next start.
    running_id: the channel's active recording, if there is one.
    """

    title: str
    channel_id: int
    channel_name: str
    canvas: Canvas
    family: Family
    beat: Beat
    recording_id: int | None = None
    running_id: int | None = None
    scenes: tuple[SceneView, ...] = ()
    history: tuple[AppliedView, ...] = ()
    library: tuple[SavedBrief, ...] = ()
    may_apply: bool = False
    has_pictures: bool = False

    @property
    def is_live(self) -> bool:
        return self.beat.is_live

    @property
    def applied(self) -> NowApplied:
        return self.beat.now

    @property
    def people(self) -> tuple[EditorPerson, ...]:
        return self.beat.people

    @property
    def other_editors(self) -> tuple[str, ...]:
        return self.beat.others


class LayoutConflict(Conflict):
    """Somebody else changed the layout since this draft was begun.

    now: theirs, with who and when. changes: what they changed, in words. undone: what
    applying this draft all the same would change of theirs.
    """

    def __init__(
        self,
        message: Text,
        now: NowApplied,
        changes: tuple[Text, ...] = (),
        undone: tuple[Text, ...] = (),
        recording_id: int | None = None,
    ) -> None:
        super().__init__(message, recording_id)
        self.now = now
        self.changes = changes
        self.undone = undone
