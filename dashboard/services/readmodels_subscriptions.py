"""What the subscription editor is given: frozen, free of table rows.

`document` is always a Subscription in its JSON form.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from dashboard.domain.audience import Verdict
from dashboard.domain.subscription import Medium, Subscription, SubscriptionRules
from dashboard.errors import Conflict, Problem, Text

Document = Mapping[str, Any]
Answer = Literal["", "everybody", "nobody"]
Expected = Literal["here", "named", "placed", "added"]


@dataclass(frozen=True, kw_only=True)
class AppliedSubscriptionView:
    """One attempt to change whom a recording takes; the words of it are `summary`.

    revision: None where it did not come to hold, or nobody knows. current: it holds now.
    """

    id: int
    revision: int | None
    document: Document
    at: datetime
    source: str
    outcome: str
    summary: tuple[Text, ...]
    by: str | None = None
    note: str | None = None
    vendor_words: str | None = None
    took_ms: int | None = None
    current: bool = False

    @property
    def subscription(self) -> Subscription:
        return Subscription.from_json(self.document)


@dataclass(frozen=True, kw_only=True)
class NowSubscribed:
    """What holds now. revision: what a change must name as its base. unsure: the answer to
    the last change was lost, so that either of the two may hold. said_again: it was lost, and
    a later change of the layout gave the vendor these lists once more, so they hold.
    """

    subscription: Subscription
    revision: int
    summary: tuple[Text, ...]
    by: str | None = None
    at: datetime | None = None
    unsure: bool = False
    said_again: bool = False


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What somebody has made of it, and how it was typed.

    typed: texts by field ("audio_only"). problems: by field; of a person "row.<uid>.audio".
    added: uids that were typed to have a row. answer: what is to become of the medium that a
    one-sided list would turn off. sure: which questions were answered with yes.
    """

    subscription: Subscription
    typed: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    added: tuple[str, ...] = ()
    answer: Answer = ""
    sure: str = ""
    note: str = ""

    def problems_of(self, field_: str) -> tuple[Text, ...]:
        return tuple(problem.what for problem in self.problems if problem.where == field_)


@dataclass(frozen=True)
class Question:
    """What is to be asked before it happens. kind: "one_sided" or "nobody"."""

    kind: str
    medium: Medium
    what: Text


@dataclass(frozen=True, kw_only=True)
class MediumOfPerson:
    """on: the switch, as the lists say. sends: None where nobody can tell. why: a sentence."""

    medium: Medium
    on: bool
    verdict: Verdict
    why: Text
    sends: bool | None = None
    problem: Text | None = None


@dataclass(frozen=True, kw_only=True)
class PersonRow:
    uid: str
    expected: Expected
    expected_words: Text
    sound: MediumOfPerson
    picture: MediumOfPerson
    color: str | None = None

    @property
    def here(self) -> bool:
        return self.expected == "here"

    @property
    def media(self) -> tuple[MediumOfPerson, MediumOfPerson]:
        return self.sound, self.picture


@dataclass(frozen=True, kw_only=True)
class SubscriptionScreen:
    """recording_id: None where the channel's next start is edited. running_id: what runs of it.

    changes: how the draft differs from what holds. asked: a digest of the open questions.
    why_not: why nothing can be changed now. knows_people: the account tells who is there.
    """

    title: str
    channel_id: int
    channel_name: str
    vendor_name: str
    rules: SubscriptionRules
    now: NowSubscribed
    draft: Draft
    rows: tuple[PersonRow, ...]
    changes: tuple[Text, ...]
    questions: tuple[Question, ...]
    asked: str
    digest: str
    recording_id: int | None = None
    running_id: int | None = None
    is_live: bool = False
    may_apply: bool = False
    sound: bool = True
    pictures: bool = True
    knows_people: bool = True
    why_not: Text | None = None
    history: tuple[AppliedSubscriptionView, ...] = field(default=())

    @property
    def people_here(self) -> int:
        return sum(row.here for row in self.rows)

    def count(self, name: str) -> int:
        """How many of the rows are heard ("sound") or seen ("picture")."""
        return sum(getattr(row, name).verdict.taken for row in self.rows)


class SubscriptionConflict(Conflict):
    """Somebody else was faster. changes: what they changed, in words. undone: what this draft
    would change of theirs.
    """

    def __init__(
        self,
        message: Text,
        now: NowSubscribed,
        changes: tuple[Text, ...] = (),
        undone: tuple[Text, ...] = (),
        recording_id: int | None = None,
    ) -> None:
        super().__init__(message, recording_id)
        self.now = now
        self.changes = changes
        self.undone = undone


class NotSure(Conflict):
    """It would do what hardly anybody means. asked: names these questions when they are
    answered with yes.
    """

    def __init__(
        self, questions: tuple[Question, ...], asked: str, recording_id: int | None = None
    ) -> None:
        super().__init__(questions[0].what, recording_id)
        self.questions = questions
        self.asked = asked
