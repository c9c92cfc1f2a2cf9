"""A channel's scenes: layouts in an order, each applied at once by its number."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from dashboard.domain.recording import Profile
from dashboard.errors import InvalidInput, NotFound, Problem, text
from dashboard.extensions import db
from dashboard.layouts.document import Layout
from dashboard.models import Channel, Recording, Scene
from dashboard.services import audit
from dashboard.services.layouts import documents, live, names
from dashboard.services.permissions import need
from dashboard.services.readmodels import Actor
from dashboard.services.readmodels_layouts import AppliedView, SceneView
from dashboard.services.unit_of_work import Transaction, transaction

MOST = 50


def of(channel_id: int) -> tuple[SceneView, ...]:
    """In their order."""
    rows = db.session.scalars(
        select(Scene).where(Scene.channel_id == channel_id).order_by(Scene.position)
    )
    return tuple(
        SceneView(id=row.id, position=place, name=row.name, document=row.document)
        for place, row in enumerate(rows, 1)
    )


def channel_of(scene_id: int) -> int:
    """Raises NotFound."""
    return _get(scene_id).channel_id


def add(channel_id: int, name: str, document: Mapping[str, Any] | str, actor: Actor) -> int:
    """At the end. Returns its id. Raises Forbidden, NotFound, InvalidInput."""
    need(actor, "operate")
    name, layout = names.name(name), _layout(channel_id, document)
    with transaction() as work:
        count = work.session.scalar(
            select(func.count()).select_from(Scene).where(Scene.channel_id == channel_id)
        )
        if count >= MOST:
            raise InvalidInput(
                [Problem("name", text("A channel has %(n)s scenes at most.", n=MOST))]
            )
        row = Scene(channel_id=channel_id, position=count + 1, name=name, document=layout.to_json())
        work.session.add(row)
        work.session.flush()
        audit.note(work, "scene.add", "scene", row.id, actor=actor, name=name,
                   after=audit.told(row))  # fmt: skip
        return row.id


def rename(scene_id: int, name: str, actor: Actor) -> None:
    need(actor, "operate")
    name = names.name(name)
    with transaction() as work:
        row = _get(scene_id)
        before, row.name = row.name, name
        audit.note(work, "scene.rename", "scene", scene_id, actor=actor, name=name,
                   before={"name": before}, after={"name": name})  # fmt: skip


def replace(scene_id: int, document: Mapping[str, Any] | str, actor: Actor) -> None:
    """Put another layout under the same name and number."""
    need(actor, "operate")
    layout = _layout(channel_of(scene_id), document)
    with transaction() as work:
        row = _get(scene_id)
        before, row.document = row.document, layout.to_json()
        audit.note(work, "scene.replace", "scene", scene_id, actor=actor, name=row.name,
                   before={"layout": before}, after={"layout": row.document})  # fmt: skip


def move(scene_id: int, position: int, actor: Actor) -> None:
    """To the 1-based place, or the nearest there is; the others close up."""
    need(actor, "operate")
    with transaction() as work:
        row = _get(scene_id)
        before = row.position
        others = [other for other in _rows(work, row.channel_id) if other.id != scene_id]
        place = min(max(1, position), len(others) + 1) - 1
        _number([*others[:place], row, *others[place:]])
        audit.note(work, "scene.move", "scene", scene_id, actor=actor, name=row.name,
                   before={"position": before}, after={"position": place + 1})  # fmt: skip


def remove(scene_id: int, actor: Actor) -> None:
    need(actor, "operate")
    with transaction() as work:
        row = _get(scene_id)
        before = audit.told(row)
        work.session.delete(row)
        work.session.flush()
        _number(_rows(work, row.channel_id))
        audit.note(work, "scene.remove", "scene", scene_id, actor=actor, name=before["name"],
                   before=before)  # fmt: skip


def apply(recording_id: int, scene_id: int, actor: Actor) -> AppliedView:
    """Whatever is applied now gives way. Raises as `live.apply` does."""
    need(actor, "operate")
    scene = _get(scene_id)
    channel_id = db.session.scalar(select(Recording.channel_id).where(Recording.id == recording_id))
    if scene.channel_id != channel_id:
        raise NotFound(text("This channel has no such scene."))
    return live.apply(
        recording_id, scene.document, 0, actor, source="scene", overwrite=True, scene=scene.name
    )


def _layout(channel_id: int, document: Mapping[str, Any] | str) -> Layout:
    channel = db.session.get(Channel, channel_id)
    if channel is None:
        raise NotFound(text("There is no such channel."))
    family = documents.family_of(channel.account.vendor)
    return documents.taken(document, family, Profile.from_json(channel.profile).canvas)


def _get(scene_id: int) -> Scene:
    row = db.session.get(Scene, scene_id)
    if row is None:
        raise NotFound(text("There is no such scene."))
    return row


def _rows(work: Transaction, channel_id: int) -> list[Scene]:
    """Locked, where the database can: two who move at once leave no gap."""
    return list(
        work.session.scalars(
            select(Scene)
            .where(Scene.channel_id == channel_id)
            .order_by(Scene.position)
            .with_for_update()
        )
    )


def _number(rows: list[Scene]) -> None:
    for position, row in enumerate(rows, 1):
        row.position = position
