"""What is applied to a recording now, what was before, and how a draft differs from it."""

from sqlalchemy import select

from dashboard.errors import Text, text
from dashboard.extensions import db
from dashboard.layouts.diff import diff
from dashboard.layouts.document import Layout
from dashboard.models import AppliedLayout, Recording
from dashboard.services import context, turns
from dashboard.services.readmodels import Actor
from dashboard.services.readmodels_layouts import AppliedView, Document, LayoutConflict, NowApplied
from dashboard.services.unit_of_work import Transaction
from dashboard.services.view_of import vendor_words

MOST_SHOWN = 200


def note_start(work: Transaction, row: Recording, actor: Actor) -> None:
    """The layout that a recording starts with is its first one."""
    work.session.add(
        AppliedLayout(
            recording_id=row.id,
            revision=1,
            document=row.profile["layout"],
            by_id=actor.id,
            by_email=actor.email,
            at=context.now(),
            source="start",
            outcome="applied",
        )
    )


def document_of(row: Recording) -> Document:
    """What is recorded now, as far as we know."""
    return row.layout or row.profile["layout"]


def now(row: Recording) -> NowApplied:
    line = db.session.scalar(
        select(AppliedLayout).where(
            AppliedLayout.recording_id == row.id, AppliedLayout.revision == row.layout_revision
        )
    )
    return NowApplied(
        document=Layout.from_json(document_of(row)).to_json(),
        revision=row.layout_revision,
        by=line.by_email if line else None,
        at=line.at if line else row.started_at,
        unsure=turns.is_unsure(AppliedLayout, row),
    )


def history(recording_id: int, most: int = MOST_SHOWN) -> tuple[AppliedView, ...]:
    """Newest first."""
    row = db.session.get(Recording, recording_id)
    lines = db.session.scalars(
        select(AppliedLayout)
        .where(AppliedLayout.recording_id == recording_id)
        .order_by(AppliedLayout.id.desc())
        .limit(most)
    )
    return tuple(_view(line, row.layout_revision) for line in lines)


def one(recording_id: int, applied_id: int) -> AppliedView:
    db.session.rollback()
    revision = db.session.scalar(
        select(Recording.layout_revision).where(Recording.id == recording_id)
    )
    return _view(db.session.get(AppliedLayout, applied_id), revision)


def conflict(recording_id: int, base: int, mine: Layout) -> LayoutConflict:
    """Theirs, with what they changed since `base`, and what of it this draft would undo."""
    row = db.session.get(Recording, recording_id)
    theirs = now(row)
    before = db.session.scalar(
        select(AppliedLayout.document).where(
            AppliedLayout.recording_id == recording_id, AppliedLayout.revision == base
        )
    )
    changes = in_words(Layout.from_json(before), theirs.layout) if before else ()
    return LayoutConflict(
        text("%(who)s has applied another layout meanwhile.", who=theirs.by or "?"),
        theirs,
        changes,
        in_words(theirs.layout, mine),
        recording_id,
    )


def in_words(before: Layout, after: Layout) -> tuple[Text, ...]:
    return tuple(change.what for change in diff(before, after))


def _view(line: AppliedLayout, revision: int) -> AppliedView:
    return AppliedView(
        id=line.id,
        revision=line.revision,
        document=line.document,
        at=line.at,
        source=line.source,
        outcome=line.outcome,
        by=line.by_email,
        vendor_words=vendor_words(line.vendor_code, line.vendor_text),
        took_ms=line.took_ms,
        current=line.revision is not None and line.revision == revision,
    )
