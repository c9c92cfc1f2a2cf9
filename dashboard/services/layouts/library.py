"""The library: layouts with names and tags, every version of them kept."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from dashboard.domain.recording import Canvas
from dashboard.errors import Conflict, InvalidInput, NotFound, Problem, text
from dashboard.extensions import db
from dashboard.layouts.document import Layout
from dashboard.layouts.families import FAMILIES
from dashboard.models import SavedLayout, SavedLayoutVersion
from dashboard.services import audit, context
from dashboard.services.layouts import documents, names
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.readmodels_layouts import (
    LibraryFilters,
    LibraryScreen,
    SavedBrief,
    SavedVersion,
)
from dashboard.services.unit_of_work import Transaction, transaction


def briefs(filters: LibraryFilters | None = None) -> tuple[SavedBrief, ...]:
    """By name."""
    filters = filters or LibraryFilters()
    query = select(SavedLayout).where(
        SavedLayout.archived_at.is_not(None) if filters.archived
        else SavedLayout.archived_at.is_(None)
    )  # fmt: skip
    if filters.search:
        query = query.where(SavedLayout.name.icontains(filters.search, autoescape=True))
    rows = db.session.scalars(query.order_by(func.lower(SavedLayout.name), SavedLayout.id))
    return tuple(_brief(row) for row in rows if not filters.tag or filters.tag in row.tags)


def screen(filters: LibraryFilters, actor: Actor) -> LibraryScreen:
    need(actor, "view")
    kept = db.session.scalars(select(SavedLayout.tags).where(SavedLayout.archived_at.is_(None)))
    return LibraryScreen(
        rows=briefs(filters),
        tags=tuple(sorted({tag for tags in kept for tag in tags})),
        filters=filters,
        may_change=actor.may("operate"),
    )


def get(saved_id: int) -> SavedBrief:
    """Raises NotFound."""
    return _brief(_row(saved_id))


def versions(saved_id: int) -> tuple[SavedVersion, ...]:
    """Newest first. Raises NotFound."""
    _row(saved_id)
    rows = db.session.scalars(
        select(SavedLayoutVersion)
        .where(SavedLayoutVersion.saved_layout_id == saved_id)
        .order_by(SavedLayoutVersion.version.desc())
    )
    return tuple(
        SavedVersion(version=row.version, document=row.document, at=row.at, by=row.by_email)
        for row in rows
    )


def create(
    name: str,
    tags: str,
    document: Mapping[str, Any] | str,
    canvas: Canvas,
    actor: Actor,
    *,
    family: str = "cloud_recording",
) -> int:
    """A new layout. Returns its id. Raises Forbidden, InvalidInput."""
    need(actor, "operate")
    layout = _checked(document, family, canvas)
    row = SavedLayout(
        name=names.name(name),
        tags=names.tags(tags),
        family=family,
        width=canvas.width,
        height=canvas.height,
        document=layout.to_json(),
        version=0,
        created_by=actor.email,
        updated_at=context.now(),
    )
    with transaction() as work:
        work.session.add(row)
        _next_version(work, row, layout, actor)
        audit.note(work, "saved_layout.create", "saved_layout", row.id, actor=actor, name=row.name,
                   after=audit.told(row))  # fmt: skip
        return row.id


def new_version(
    saved_id: int, document: Mapping[str, Any] | str, actor: Actor, *, base: int | None = None
) -> int:
    """Put a changed layout on top. Returns its version.

    base: the version it was made from; None asks nobody.
    Raises Forbidden, NotFound, InvalidInput, Conflict when there is a newer one.
    """
    need(actor, "operate")
    row = _row(saved_id)
    layout = _checked(document, row.family, Canvas(row.width, row.height))
    with transaction() as work:
        row = _row(saved_id, work)
        if base is not None and row.version != base:
            raise Conflict(text("%(name)s has a newer version by now.", name=row.name))
        before = audit.told(row)
        _next_version(work, row, layout, actor)
        audit.note(work, "saved_layout.version", "saved_layout", saved_id, actor=actor,
                   name=row.name, version=row.version, before=before,
                   after=audit.told(row))  # fmt: skip
        return row.version


def restore_version(saved_id: int, version: int, actor: Actor) -> int:
    """An older version becomes the newest, as a version of its own. Returns its number."""
    need(actor, "operate")
    old = db.session.get(SavedLayoutVersion, (saved_id, version))
    if old is None:
        raise NotFound(text("There is no such version."))
    return new_version(saved_id, old.document, actor)


def rename(saved_id: int, name: str, actor: Actor) -> None:
    need(actor, "operate")
    name = names.name(name)
    with transaction() as work:
        row = _row(saved_id, work)
        before, row.name = row.name, name
        audit.note(work, "saved_layout.rename", "saved_layout", saved_id, actor=actor, name=name,
                   before={"name": before}, after={"name": name})  # fmt: skip


def set_tags(saved_id: int, tags: str, actor: Actor) -> None:
    """tags: words between commas."""
    need(actor, "operate")
    found = names.tags(tags)
    with transaction() as work:
        row = _row(saved_id, work)
        before, row.tags = row.tags, found
        audit.note(work, "saved_layout.tags", "saved_layout", saved_id, actor=actor, name=row.name,
                   before={"tags": before}, after={"tags": found})  # fmt: skip


def duplicate(saved_id: int, actor: Actor, name: str = "") -> int:
    """The newest version under another name. Returns the copy's id."""
    row = get(saved_id)
    name = name.strip() or str(text("Copy of %(name)s", name=row.name))[: names.LONGEST_NAME]
    return create(name, ",".join(row.tags), row.document, row.canvas, actor, family=row.family)


def archive(saved_id: int, actor: Actor) -> None:
    _set_archived(saved_id, True, actor)


def unarchive(saved_id: int, actor: Actor) -> None:
    _set_archived(saved_id, False, actor)


# ---------------------------------------------------------------- helpers


def _set_archived(saved_id: int, away: bool, actor: Actor) -> None:
    need(actor, "operate")
    with transaction() as work:
        row = _row(saved_id, work)
        row.archived_at = (row.archived_at or context.now()) if away else None
        action = "saved_layout.archive" if away else "saved_layout.unarchive"
        audit.note(work, action, "saved_layout", saved_id, actor=actor, name=row.name)


def _checked(document: Mapping[str, Any] | str, family: str, canvas: Canvas) -> Layout:
    if family not in FAMILIES:
        raise InvalidInput([Problem("family", text("Choose one of the list."))])
    if not (16 <= canvas.width <= 7680 and 16 <= canvas.height <= 7680):
        raise InvalidInput([Problem("width", text("This is no size of a picture."))])
    return documents.taken(document, FAMILIES[family], canvas)


def _next_version(work: Transaction, row: SavedLayout, layout: Layout, actor: Actor) -> None:
    row.version += 1
    row.document, row.updated_at = layout.to_json(), context.now()
    work.session.flush()
    work.session.add(
        SavedLayoutVersion(
            saved_layout_id=row.id,
            version=row.version,
            document=row.document,
            by_email=actor.email,
            at=row.updated_at,
        )
    )


def _row(saved_id: int, work: Transaction | None = None) -> SavedLayout:
    row = db.session.get(SavedLayout, saved_id, with_for_update=True if work else None)
    if row is None:
        raise NotFound(text("There is no such layout in the library."))
    return row


def _brief(row: SavedLayout) -> SavedBrief:
    return SavedBrief(
        id=row.id,
        name=row.name,
        tags=tuple(row.tags),
        family=row.family,
        canvas=Canvas(row.width, row.height),
        document=row.document,
        version=row.version,
        updated_at=row.updated_at,
        created_by=row.created_by,
        archived=row.archived_at is not None,
    )
